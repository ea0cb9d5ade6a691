// The screens this page has. Each is a file of its own that the browser fetches when somebody goes there.

import type { ComponentType } from "preact";
import { PLACES, type PlaceName } from "../places";

export interface ScreenProps {
  /** What follows the screen's name in the address. */
  rest: readonly string[];
}

export interface ScreenFile {
  default: ComponentType<ScreenProps>;
  /** What the window's title says for this rest; without it, the name of the place. */
  title?: (rest: readonly string[]) => string | null;
}

/** A line for each, in the order of `PLACES`; what has no line here is nowhere on the page. */
export const SCREENS: Partial<Record<PlaceName, () => Promise<ScreenFile>>> = {
  overview: () => import("./overview"),
  pack: () => import("./pack"),
  balance: () => import("./balance"),
  health: () => import("./health"),
  history: () => import("./history"),
  incidents: () => import("./incidents"),
  logs: () => import("./logs"),
  gateway: () => import("./gateway"),
  protocol: () => import("./protocol"),
  connect: () => import("./connect"),
  scan: () => import("./scan"),
  commission: () => import("./commission"),
  settings: () => import("./settings"),
  system: () => import("./system"),
  links: () => import("./links"),
  drills: () => import("./drills"),
  account: () => import("./account"),
  tools: () => import("./tools"),
  help: () => import("./help"),
};

/** The places that have a screen, in the order of the navigation. */
export function registered(): PlaceName[] {
  return (Object.keys(PLACES) as PlaceName[]).filter((name) => SCREENS[name] !== undefined);
}
