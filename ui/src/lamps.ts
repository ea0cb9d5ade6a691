// The front panel's lamps: when each flash is lit, and which lamps the guide's LED table asks for.

import type { LampMode, Lamps } from "./model";

/** Seconds lit and period of each flash (A5L guide, LED table: 0.25/3.75, 0.5/0.5, 0.5/1.5 s). */
export const FLASH: Record<"flash1" | "flash2" | "flash3", { lit_s: number; period_s: number }> = {
  flash1: { lit_s: 0.25, period_s: 4 },
  flash2: { lit_s: 0.5, period_s: 1 },
  flash3: { lit_s: 0.5, period_s: 2 },
};

export type Flash = keyof typeof FLASH;
export const FLASHES = Object.keys(FLASH) as Flash[];

/** Whether a lamp is lit at a moment of the clock that all lamps share. */
export function lit(mode: LampMode, time_s: number): boolean {
  if (mode === "on") return true;
  if (mode === "off") return false;
  const { lit_s, period_s } = FLASH[mode];
  return ((time_s % period_s) + period_s) % period_s < lit_s;
}

/** Seconds from now until any flash changes. */
export function untilNextEdge(time_s: number): number {
  const waits = FLASHES.flatMap((mode) => {
    const { lit_s, period_s } = FLASH[mode];
    const phase = ((time_s % period_s) + period_s) % period_s;
    return [phase < lit_s ? lit_s - phase : period_s - phase];
  });
  return Math.min(...waits);
}

const BAR: LampMode[] = ["on", "on", "on", "off"];
const BAR_CHARGING: LampMode[] = ["on", "on", "flash2", "off"];
const DARK: LampMode[] = ["off", "off", "off", "off"];
const FULL: LampMode[] = ["on", "on", "on", "on"];

/** One row of the guide's LED table; the SOC bar is drawn for a pack at 60 %. */
export interface LegendRow {
  key:
    | "dormant"
    | "standby"
    | "standbyWarning"
    | "charge"
    | "chargeWarning"
    | "overCharge"
    | "chargeProtection"
    | "discharge"
    | "dischargeWarning"
    | "underVoltage"
    | "dischargeProtection"
    | "failure";
  lamps: Required<Lamps>;
}

/** The rows in the guide's order. */
export const LEGEND: LegendRow[] = [
  { key: "dormant", lamps: { run: "off", alm: "off", soc: DARK } },
  { key: "standby", lamps: { run: "flash1", alm: "off", soc: BAR } },
  { key: "standbyWarning", lamps: { run: "flash1", alm: "flash3", soc: BAR } },
  { key: "charge", lamps: { run: "on", alm: "off", soc: BAR_CHARGING } },
  { key: "chargeWarning", lamps: { run: "on", alm: "flash3", soc: BAR_CHARGING } },
  { key: "overCharge", lamps: { run: "on", alm: "off", soc: FULL } },
  { key: "chargeProtection", lamps: { run: "off", alm: "off", soc: DARK } },
  { key: "discharge", lamps: { run: "on", alm: "off", soc: BAR } },
  { key: "dischargeWarning", lamps: { run: "on", alm: "flash3", soc: BAR } },
  { key: "underVoltage", lamps: { run: "off", alm: "off", soc: DARK } },
  { key: "dischargeProtection", lamps: { run: "off", alm: "on", soc: DARK } },
  { key: "failure", lamps: { run: "off", alm: "on", soc: DARK } },
];
