// Which screen is shown: the part of the address after the hash, so that links and the back button are real.

import { signal } from "@preact/signals";

export type Route =
  | { screen: "rack" }
  | { screen: "pack"; pack: number }
  | { screen: "links" }
  | { screen: "help" };

/** Reads an address; whatever is not known leads to the rack. */
export function parseRoute(hash: string): Route {
  const parts = hash.replace(/^#\/?/, "").split("/");
  if (parts[0] === "pack" && /^\d{1,3}$/.test(parts[1] ?? "")) return { screen: "pack", pack: Number(parts[1]) };
  if (parts[0] === "links") return { screen: "links" };
  if (parts[0] === "help") return { screen: "help" };
  return { screen: "rack" };
}

export function address(route: Route): string {
  if (route.screen === "rack") return "#/";
  return route.screen === "pack" ? `#/pack/${route.pack}` : `#/${route.screen}`;
}

export const route = signal<Route>({ screen: "rack" });

export function followAddress(): void {
  const read = () => {
    route.value = parseRoute(location.hash);
  };
  addEventListener("hashchange", read);
  read();
}
