// How old a value is, and what it may still be shown as.

import type { Battery, Connection, Freshness, Known, Rack, Snapshot } from "./model";

/** A server that says nothing for this long is taken as gone (it speaks once a second). */
export const SILENCE_S = 3;

/** The age now of something that was `age_s` old when it last arrived; unknown stays unknown. */
export function ageNow(age_s: Known<number>, sinceReceipt_s: number): number | null {
  return age_s == null || !Number.isFinite(age_s) ? null : age_s + Math.max(0, sinceReceipt_s);
}

/** The least of the ages that are known. */
export function youngest(ages: readonly (number | null)[]): number | null {
  const known = ages.filter((age) => age !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** A battery that is asked and does not answer is not shown as live, though its values still hold for the inverter. */
export function asHeard<T extends Battery>(battery: T, silent: boolean): T {
  return silent && battery.freshness === "fresh" ? { ...battery, freshness: "stale" } : battery;
}

/** States of the way to the packs in which nothing can come from them: what they told is the past, however young. */
const CUT = ["lost", "cannot_open"];

/** Whether a pack cannot be heard, or is asked and does not answer. */
export function isUnheard(connection: Known<Connection>, number: number): boolean {
  return connection != null && (CUT.includes(connection.state) || (connection.silent ?? []).includes(number));
}

/** A rack of which nobody answers is as old as what was heard last of any pack. */
export function rackAsHeard({ rack, packs, connection }: Snapshot): Rack {
  const told = asHeard(rack, CUT.includes(connection?.state ?? ""));
  return told === rack ? rack : { ...told, age_s: youngest(Object.values(packs).map((pack) => pack.age_s ?? null)) };
}

/** Nothing counts as fresh without a server; a source that does not say how fresh it is counts as stale. */
export function freshnessNow(battery: Battery | null | undefined, serverGone: boolean): Freshness {
  if (!battery) return "absent";
  const told = battery.freshness ?? "stale";
  return told === "fresh" && serverGone ? "stale" : told;
}
