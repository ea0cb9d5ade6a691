// The state of charge that a battery counts, against the interval in which its cells' voltages put it.

import type { Battery } from "./model";

/** As much as the rounding of the interval's ends can hide. */
const ROUNDED_PCT = 0.5;

/** Whether the count lies outside the interval; then one of the two is wrong, and that is worth saying. */
export function countIsOff({ soc_pct: soc, soc_low_pct: low, soc_high_pct: high }: Battery): boolean {
  return soc != null && low != null && high != null && (soc < low - ROUNDED_PCT || soc > high + ROUNDED_PCT);
}
