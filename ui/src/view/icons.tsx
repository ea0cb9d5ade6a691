// The few line drawings of the navigation.

const PATHS = {
  rack: "M4 3h16v18H4zM4 9h16M4 15h16M8 6h.01M8 12h.01M8 18h.01",
  packs: "M3 7h18v10H3zM7 11v2m3.5-2v2m3.5-2v2M18 10v4",
  links: "M9 3v6m6-6v6M6 9h12v3a6 6 0 0 1-12 0zm6 9v3",
  help: "M9.2 9.2a2.9 2.9 0 1 1 4.2 2.6c-.9.45-1.4 1-1.4 2M12 17h.01M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19",
  light: "M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.4 1.4m11.2 11.2L19 19M5 19l1.4-1.4M17.6 6.4 19 5",
  dark: "M20 14.2A8.5 8.5 0 0 1 9.8 4 8.5 8.5 0 1 0 20 14.2z",
  left: "m14.5 5-7 7 7 7",
  right: "m9.5 5 7 7-7 7",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
