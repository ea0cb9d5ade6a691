// An incident as the flight recorder tells it, moment by moment.

import type { Known } from "./model";
import type { Told } from "./service";

export interface Summary extends Told {
  id: string;
  version: string;
  time_s: number;
  kind: string;
  what: string;
  pack: Known<number>;
  sentence: string;
  from_s: number;
  to_s: number;
  redacted: boolean;
  missed: string;
  /** It can be opened when it is complete. */
  recording?: Known<boolean>;
}

export interface IncidentMark {
  time_s: number;
  kind: string;
  what: string;
  pack: Known<number>;
  sentence: string;
  opens: boolean;
}

export interface PackThen {
  pack: number;
  cell_voltages_mv: Known<number[]>;
  pack_voltage_v: Known<number>;
  pack_current_a: Known<number>;
  soc_pct: Known<number>;
  temperatures_c: Known<number[]>;
  charge_current_limit_a: Known<number>;
  discharge_current_limit_a: Known<number>;
  alarms: string[];
  protections: string[];
  faults: string[];
}

export interface ToldThen {
  state: string;
  sent: boolean;
  charge_voltage_limit_v: Known<number>;
  charge_current_limit_a: Known<number>;
  discharge_current_limit_a: Known<number>;
  rules: string[];
  charge_reason: Known<string>;
  discharge_reason: Known<string>;
  troubles: string[];
}

/** A second, named by its end. */
export interface Moment {
  time_s: number;
  packs: PackThen[];
  told: Known<ToldThen>;
  bytes: { time_s: number; to: string; text: string }[];
}

export interface Incident extends Told {
  incident: Summary;
  product: string;
  links: string[];
  marks: IncidentMark[];
  moments: Moment[];
  most: number;
}

/** The place of the second in which `time_s` lies; the nearest where none does. */
export function placeOf(moments: readonly Moment[], time_s: number): number {
  const found = moments.findIndex((moment) => time_s <= moment.time_s);
  return found < 0 ? Math.max(0, moments.length - 1) : found;
}

/** Every pack that tells something at any moment. */
export function packsOf(moments: readonly Moment[]): number[] {
  return [...new Set(moments.flatMap(({ packs }) => packs.map(({ pack }) => pack)))].sort((a, b) => a - b);
}
