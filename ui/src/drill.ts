// A drill as the server tells it, and what of it is worth a row.

import type { Known } from "./model";
import type { Told } from "./service";

export interface Drill {
  name: string;
  title: string;
  shows: string;
  seconds: number;
}

/** One second; limits as the inverter decodes them, `null` without frames. */
export interface DrillRow {
  at_s: number;
  state: string;
  charge_voltage_limit_v: Known<number>;
  charge_current_limit_a: Known<number>;
  discharge_current_limit_a: Known<number>;
  charge_enabled: Known<boolean>;
  discharge_enabled: Known<boolean>;
  frames: number;
  age_s: Known<number>;
  packs: number;
  pack_current_a: number;
  alarms: string[];
  events: string[];
}

export interface Verdict {
  invariant: string;
  title: string;
  held: boolean;
  breaches: number;
  first: string;
}

export interface DrillRun extends Told {
  drill: string;
  title: string;
  dialect: string;
  held: boolean;
  longest_gap_s: number;
  rows: DrillRow[];
  verdicts: Verdict[];
}

/** Rows in which something happens or what the inverter is told differs from the row before. */
export function telling(rows: readonly DrillRow[]): DrillRow[] {
  const worth = (row: DrillRow) =>
    [row.state, row.charge_voltage_limit_v, row.charge_current_limit_a, row.discharge_current_limit_a, row.charge_enabled, row.discharge_enabled, row.packs].join();
  return rows.filter((row, index) => {
    const before = rows[index - 1];
    return before === undefined || row.events.length > 0 || row.alarms.join() !== before.alarms.join() || worth(row) !== worth(before);
  });
}
