// RealTimeMonitoring: the rack in figures, or one of its packs.

import { words } from "../i18n/words";
import { packIn } from "../route";
import { PackScreen } from "../view/pack";
import { RackScreen } from "../view/rack";
import type { ScreenProps } from "./registry";

export default function Packs({ rest }: ScreenProps) {
  const number = packIn(rest);
  return number === null ? <RackScreen /> : <PackScreen number={number} />;
}

export function title(rest: readonly string[]): string {
  const number = packIn(rest);
  return number === null ? words.rack.title : words.pack.title(number);
}
