// Where one can go: every place of the page, whether or not this page has a screen for it yet.

import type { IconName } from "./view/icons";

/** What a reader may do; each includes those before it. */
export const ROLES = ["viewer", "operator", "installer"] as const;
export type Role = (typeof ROLES)[number];

export type PlaceGroup = "battery" | "past" | "inverter" | "setup" | "help";

export interface Place {
  group: PlaceGroup;
  icon: IconName;
  /** The least role for which the screen is of use. */
  role: Role;
}

/** In the order of the navigation. */
export const PLACES = {
  overview: { group: "battery", icon: "overview", role: "viewer" },
  pack: { group: "battery", icon: "rack", role: "viewer" },
  balance: { group: "battery", icon: "balance", role: "viewer" },
  health: { group: "battery", icon: "health", role: "viewer" },
  history: { group: "past", icon: "history", role: "viewer" },
  incidents: { group: "past", icon: "incidents", role: "viewer" },
  logs: { group: "past", icon: "logs", role: "viewer" },
  gateway: { group: "inverter", icon: "gateway", role: "viewer" },
  protocol: { group: "inverter", icon: "protocol", role: "viewer" },
  connect: { group: "setup", icon: "connect", role: "viewer" },
  scan: { group: "setup", icon: "scan", role: "viewer" },
  commission: { group: "setup", icon: "commission", role: "viewer" },
  settings: { group: "setup", icon: "settings", role: "viewer" },
  system: { group: "setup", icon: "system", role: "viewer" },
  links: { group: "setup", icon: "links", role: "viewer" },
  drills: { group: "setup", icon: "drills", role: "viewer" },
  account: { group: "setup", icon: "account", role: "viewer" },
  tools: { group: "help", icon: "tools", role: "viewer" },
  help: { group: "help", icon: "help", role: "viewer" },
} as const satisfies Record<string, Place>;

export type PlaceName = keyof typeof PLACES;

/** Of the bar at the bottom of a phone; Tools leads to all others. */
export const BAR: readonly PlaceName[] = ["overview", "pack", "history", "tools", "help"];
/** What only the phone's bar has: the rail shows everything that it opens. */
export const BAR_ONLY: readonly PlaceName[] = ["tools"];

export const GROUPS: readonly PlaceGroup[] = ["battery", "past", "inverter", "setup", "help"];
