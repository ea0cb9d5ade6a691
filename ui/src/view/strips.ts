// What is drawn over the last minutes, of the rack and of a pack.

import { words } from "../i18n/words";
import type { StripProps } from "./chart";

/** `owner` is "rack" or "pack.3". */
export function stripsOf(owner: string): StripProps[] {
  const of = (name: string) => `${owner}.${name}`;
  const leastCurrent = owner === "rack" ? 4 : 2;
  return [
    { name: words.rack.current, unit: "A", decimals: 1, signed: true, least: leastCurrent, toZero: true, lines: [{ key: of("pack_current_a") }] },
    { name: words.rack.voltage, unit: "V", decimals: 2, least: 0.4, lines: [{ key: of("pack_voltage_v") }] },
    { name: words.rack.soc, unit: "%", decimals: 1, least: 1, lines: [{ key: of("soc_pct") }] },
    {
      name: words.rack.cells,
      unit: "mV",
      decimals: 0,
      least: 20,
      lines: [{ key: of("cell_voltage_min_mv"), second: true }, { key: of("cell_voltage_max_mv") }],
    },
  ];
}
