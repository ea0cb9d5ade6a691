// Which screen is shown: the part of the address after the hash, so that links and the back button are real.

import { signal } from "@preact/signals";
import type { PlaceName } from "./places";
import { SCREENS } from "./screens/registry";

/** `#/pack/3` is the screen "pack" with the rest `["3"]`. */
export interface Route {
  screen: PlaceName;
  rest: readonly string[];
  /** What a screen has written behind a question mark about itself, such as the time that it shows. */
  query?: string;
}

/** Reads an address; whatever is not known leads to the overview. */
export function parseRoute(hash: string): Route {
  const [place = "", query] = hash.split("?", 2);
  const [name, ...rest] = place.replace(/^#\/?/, "").split("/").map(decoded);
  return name && Object.keys(SCREENS).includes(name)
    ? { screen: name as PlaceName, rest: rest.filter((part) => part !== ""), ...(query ? { query } : {}) }
    : { screen: "overview", rest: [] };
}

/** The address of a screen and of a place on it: `address("pack", 3)`. */
export function address(screen: PlaceName, ...rest: (string | number)[]): string {
  if (screen === "overview" && rest.length === 0) return "#/";
  return `#/${[screen, ...rest].map((part) => encodeURIComponent(part)).join("/")}`;
}

/** Number of the pack that the rest of a route names. */
export function packIn(rest: readonly string[]): number | null {
  return /^\d{1,3}$/.test(rest[0] ?? "") ? Number(rest[0]) : null;
}

export const route = signal<Route>({ screen: "overview", rest: [] });

/** Writes behind the address what the screen shows, so that a reload and a copied link keep it; no step for the back button. */
export function note(query: string): void {
  const place = location.hash.split("?", 1)[0] ?? "";
  const wanted = query === "" ? place : `${place}?${query}`;
  if (location.hash !== wanted) history.replaceState(history.state, "", wanted === "" ? "#/" : wanted);
}

export function followAddress(): void {
  const read = () => {
    route.value = parseRoute(location.hash);
  };
  addEventListener("hashchange", read);
  read();
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray per cent sign typed by hand
  }
}
