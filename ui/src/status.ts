// How things stand, as one level: what the reader must see first decides.

import { freshnessNow } from "./freshness";
import type { Battery, Freshness } from "./model";

export type Level = "nominal" | "notice" | "warning" | "protection" | "fault" | "asleep" | "stale" | "absent";

/** Old data come first, since whatever they say may no longer hold; then fault over protection over warning. */
export function levelOf(battery: Battery, serverGone: boolean): Level {
  const fresh: Freshness = freshnessNow(battery, serverGone);
  if (fresh !== "fresh") return fresh;
  if (battery.state === "FAULT" || battery.faults?.length) return "fault";
  if (battery.state === "PROTECT" || battery.protections?.length) return "protection";
  if (battery.alarms?.length) return "warning";
  if (battery.state === "DORMANT" || battery.state === "OFF") return "asleep";
  return "nominal";
}

/** Power into the battery in kW. */
export function power_kw(battery: Battery): number | null {
  const { pack_voltage_v, pack_current_a } = battery;
  return pack_voltage_v == null || pack_current_a == null ? null : (pack_voltage_v * pack_current_a) / 1000;
}
