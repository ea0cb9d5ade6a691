// One scale on which a cell 2 mV off the mean and a protection line 800 mV away can both be read.

/** Deviations well below this are drawn almost in proportion, those well above by their magnitude. */
const SOFT_MV = 5;

/** Places a voltage between 0 and 1; the mean is at 0.5 and `reach_mv` is the largest deviation drawn. */
export function place(voltage_mv: number, mean_mv: number, reach_mv: number): number {
  const full = Math.asinh(Math.max(reach_mv, 1) / SOFT_MV);
  const part = Math.asinh((voltage_mv - mean_mv) / SOFT_MV) / full;
  return 0.5 + 0.5 * Math.max(-1, Math.min(1, part));
}

/** The reach that keeps every given line and cell inside, with a little air; at least 50 mV. */
export function reach(mean_mv: number, voltages_mv: readonly number[]): number {
  return Math.max(50, ...voltages_mv.map((voltage) => Math.abs(voltage - mean_mv) * 1.15));
}

export function mean(voltages_mv: readonly number[]): number | null {
  return voltages_mv.length === 0 ? null : voltages_mv.reduce((sum, voltage) => sum + voltage, 0) / voltages_mv.length;
}
