// The few line drawings of the navigation.

const PATHS = {
  overview: "M3 11.5 12 4l9 7.5M5.5 9.5V20h13V9.5M13 10.5l-3 4h4l-3 4",
  rack: "M4 3h16v18H4zM4 9h16M4 15h16M8 6h.01M8 12h.01M8 18h.01",
  balance: "M4 12h16M6 12V7m4 5v4m4-4V5m4 7v7",
  health: "M3 12h4l2.5-6 4 12 2.5-6h5",
  history: "M3 20h18M4 16l5-6 4 4 7-9",
  incidents: "M12 3.5 21.5 20h-19zM12 10v4m0 2.6v.4",
  logs: "M6 3h9l4 4v14H6zM9 11h7M9 14.5h7M9 18h4",
  gateway: "M3 8h13l-3-3m8 11H8l3 3",
  protocol: "M4 6h16v12H4zM8 10h.01M12 10h.01M16 10h.01M8 14h8",
  connect: "M9 3v6m6-6v6M6 9h12v3a6 6 0 0 1-12 0zm6 9v3",
  scan: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13m4.7 11.2L21 21",
  commission: "M8 4H5v17h14V4h-3M8 2.5h8V6H8zM8.5 13.5l2.5 2.5 4.5-5",
  settings: "M4 7h9m4 0h3M4 12h3m4 0h9M4 17h11m4 0h1M15 5v4M9 10v4m8 1v4",
  system: "M5 4h14v12H5zM9 20h6m-3-4v4",
  links: "M9.5 14.5l5-5M8 12l-2.5 2.5a3.5 3.5 0 0 0 5 5L13 17m3-5 2.5-2.5a3.5 3.5 0 0 0-5-5L11 7",
  drills: "M12 3v4m0 10v4M3 12h4m10 0h4M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7",
  account: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20.5a7.5 7.5 0 0 1 15 0",
  tools: "M4 4h6v6H4zm10 0h6v6h-6zM4 14h6v6H4zm10 0h6v6h-6z",
  help: "M9.2 9.2a2.9 2.9 0 1 1 4.2 2.6c-.9.45-1.4 1-1.4 2M12 17h.01M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19",
  light: "M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.4 1.4m11.2 11.2L19 19M5 19l1.4-1.4M17.6 6.4 19 5",
  dark: "M20 14.2A8.5 8.5 0 0 1 9.8 4 8.5 8.5 0 1 0 20 14.2z",
  left: "m14.5 5-7 7 7 7",
  right: "m9.5 5 7 7-7 7",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
