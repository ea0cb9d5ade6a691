// Light or dark: the system's choice unless the reader made one, which this browser then remembers.

import { computed, effect, signal } from "@preact/signals";

export type Choice = "system" | "light" | "dark";
const STORED = "openress.theme";

const dark = matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(dark.matches);
export const choice = signal<Choice>(remembered());
/** True while the page is laid out for paper. */
export const printing = signal(false);
export const theme = computed<"light" | "dark">(() => {
  if (printing.value) return "light";
  if (choice.value !== "system") return choice.value;
  return systemDark.value ? "dark" : "light";
});

export function startTheme(): void {
  dark.addEventListener("change", () => {
    systemDark.value = dark.matches;
  });
  // charts are drawn in ink, not styled by it: they are drawn again for paper
  matchMedia("print").addEventListener("change", (event) => {
    printing.value = event.matches;
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}

/** Goes to the other look; when that is the system's own, the choice is forgotten again. */
export function toggleTheme(): void {
  const next = theme.value === "dark" ? "light" : "dark";
  choice.value = next === (systemDark.value ? "dark" : "light") ? "system" : next;
  try {
    if (choice.value === "system") localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, choice.value);
  } catch (problem) {
    console.info("This browser does not let pages remember the look.", problem);
  }
}

function remembered(): Choice {
  try {
    const stored = localStorage.getItem(STORED);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system"; // storage is closed to this page: follow the system
  }
}
