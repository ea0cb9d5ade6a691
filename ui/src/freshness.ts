// How old a value is, and what it may still be shown as.

import type { Battery, Freshness, Known } from "./model";

/** A server that says nothing for this long is taken as gone (it speaks once a second). */
export const SILENCE_S = 3;

/** The age now of something that was `age_s` old when it last arrived; unknown stays unknown. */
export function ageNow(age_s: Known<number>, sinceReceipt_s: number): number | null {
  return age_s == null || !Number.isFinite(age_s) ? null : age_s + Math.max(0, sinceReceipt_s);
}

/** Nothing counts as fresh without a server; a source that does not say how fresh it is counts as stale. */
export function freshnessNow(battery: Battery | null | undefined, serverGone: boolean): Freshness {
  if (!battery) return "absent";
  const told = battery.freshness ?? "stale";
  return told === "fresh" && serverGone ? "stale" : told;
}
