// How long a rack takes until it is full or empty, where that can be told, and what holds the current that flows.
//
// What is left, divided by the current, is a time only while the current stays: at the voltage limit it falls by itself,
// and with the limits that follow the cells it falls as well.

import type { Known, Pack, Rack } from "./model";

/** Below this a rack is at rest. */
export const EFFECTIVE_A = 0.5;
/** What lies further ahead is not told. */
export const LONGEST_H = 24;
/** So near to a voltage limit, as a share of it, an inverter holds the voltage: 0.3 V of 55 V. */
const AT_VOLTAGE = 0.005;
/** A limit so many times the current is not why no more flows. */
const FAR = 1.5;
/** Of a limit that holds a current, so much flows; and a battery that is nearly full is so full. */
const NEARLY = 0.9;

type Packs = readonly (readonly [number, Pack])[];

/** What the inverter is told; it may be less than the packs allow. */
export type Told = Pick<Rack, "charge_voltage_limit_v" | "charge_current_limit_a" | "discharge_current_limit_a" | "discharge_voltage_limit_v">;

export interface Flowing {
  /** Until full or empty; `null` where that cannot be told. */
  hours: number | null;
  /** The current falls by itself, so that no time can be told. */
  falls: boolean;
  /** It falls, as the end is near. */
  near: boolean;
  /** The limit that holds the current, of the packs or of what the inverter is told; `null` where none does. */
  held: { by: "packs" | "told"; amps: number } | { by: "voltage"; volts: number } | null;
  /** Ah in all packs that take part. */
  full_ah: number | null;
  /** Whether every pack takes part. */
  whole: boolean;
}

/** What becomes of the current; `null` at rest, and when it is not known. */
export function flowing(rack: Rack, packs: Packs = [], told: Known<Told> = null): Flowing | null {
  const current = rack.pack_current_a;
  if (current == null || Math.abs(current) <= EFFECTIVE_A) return null;
  const charging = current > 0;
  const amps = Math.abs(current);
  const part = packs.map(([, pack]) => pack).filter((pack) => !blocked(pack, charging));
  const volts = reached(part.length > 0 ? part : [rack], charging, rack, told ?? null);
  const { allowed, by } = least(rack, told ?? null, charging);
  const held = allowed !== null && (volts !== null ? amps >= NEARLY * allowed : amps * FAR >= allowed);
  const { left, full_ah } = leftIn(part, rack, charging);
  const reason = charging ? rack.charge_reason : rack.discharge_reason;
  const cells = by === "packs" && (reason?.rule === "cell_voltage" || reason?.rule === "pack_voltage");
  const falls = volts !== null || (cells && allowed !== null && amps >= NEARLY * allowed);
  const hours = falls || left === null ? null : left / amps;
  return {
    hours: hours === null || hours > LONGEST_H ? null : hours,
    falls,
    near: falls && left !== null && full_ah !== null && 1 - left / full_ah >= NEARLY,
    held: held ? { by, amps: allowed } : volts !== null ? { by: "voltage", volts } : null,
    full_ah,
    whole: part.length === packs.length,
  };
}

/** Whether a pack says that its switch is open: nothing flows into it, or out of it. */
function blocked(pack: Pack, charging: boolean): boolean {
  return (charging ? pack.switches?.charge : pack.switches?.discharge) === false;
}

/** The voltage limit, where a pack has come to it. */
function reached(packs: readonly { pack_voltage_v?: Known<number> }[], charging: boolean, rack: Rack, told: Told | null): number | null {
  const volts = packs.flatMap(({ pack_voltage_v }) => (pack_voltage_v == null ? [] : [pack_voltage_v]));
  const key = charging ? "charge_voltage_limit_v" : "discharge_voltage_limit_v";
  const limits = [rack[key], told?.[key]].filter((limit) => limit != null);
  if (volts.length === 0 || limits.length === 0) return null;
  const limit = charging ? Math.min(...limits) : Math.max(...limits);
  const there = charging ? Math.max(...volts) >= limit * (1 - AT_VOLTAGE) : Math.min(...volts) <= limit * (1 + AT_VOLTAGE);
  return there ? limit : null;
}

/** The smaller of what the packs allow and what the inverter is told. */
function least(rack: Rack, told: Told | null, charging: boolean): { allowed: number | null; by: "packs" | "told" } {
  const key = charging ? "charge_current_limit_a" : "discharge_current_limit_a";
  const [packs, inverter] = [rack[key] ?? null, told?.[key] ?? null];
  // What it is told lags behind a little, and is rounded.
  if (inverter !== null && (packs === null || inverter < NEARLY * packs)) return { allowed: inverter, by: "told" };
  return { allowed: packs, by: "packs" };
}

/** Ah until the end in the packs that take part, and what these hold. */
function leftIn(part: readonly Pack[], rack: Rack, charging: boolean): { left: number | null; full_ah: number | null } {
  const known = part.length > 0 && part.every((pack) => pack.remaining_ah != null && pack.full_ah != null);
  const all: readonly Pick<Rack, "remaining_ah" | "full_ah">[] = known ? part : [rack];
  if (all.some(({ remaining_ah, full_ah }) => remaining_ah == null || full_ah == null)) return { left: null, full_ah: null };
  const sum = (of: (one: Pick<Rack, "remaining_ah" | "full_ah">) => Known<number>) => all.reduce((total, one) => total + (of(one) ?? 0), 0);
  const [remaining, full_ah] = [sum((one) => one.remaining_ah), sum((one) => one.full_ah)];
  if (full_ah <= 0) return { left: null, full_ah: null };
  return { left: Math.max(0, charging ? full_ah - remaining : remaining), full_ah };
}

/** Hours at the ends of the band of the state of charge, the earlier first; `null` where they do not hold the time told. */
export function hoursBetween(rack: Rack, found: Flowing): readonly [number, number] | null {
  const { soc_low_pct: low, soc_high_pct: high, pack_current_a: current } = rack;
  if (!found.whole || found.hours === null || found.full_ah === null || low == null || high == null || current == null) return null;
  const { full_ah, hours } = found;
  const at = (soc: number) => (((current > 0 ? 100 - soc : soc) / 100) * full_ah) / Math.abs(current);
  const [early, late] = [at(low), at(high)].sort((a, b) => a - b) as [number, number];
  return early <= hours && hours <= late && late <= LONGEST_H ? [early, late] : null;
}
