// How the cells of a pack lie around their mean, and which pack's lie furthest apart.

import { mean } from "./cellscale";
import type { Known, Pack } from "./model";

export interface Spread {
  cells: readonly Known<number>[];
  known: readonly number[];
  mean_mv: number;
  spread_mv: number;
  /** Numbers of cells, from 1. */
  highest: number;
  lowest: number;
}

/** `null` for a pack that gives no cell voltage. */
export function spreadOf(pack: Pack): Spread | null {
  const cells = pack.cell_voltages_mv ?? [];
  const known = cells.filter((cell): cell is number => cell != null);
  const middle = mean(known);
  if (middle === null) return null;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return {
    cells,
    known,
    mean_mv: middle,
    spread_mv: high - low,
    highest: cells.indexOf(high) + 1,
    lowest: cells.indexOf(low) + 1,
  };
}

/** Numbers of the cells that are being bled, from 1; `null` when the pack does not tell. */
export function bleeders(pack: Pack): number[] | null {
  return pack.balancing == null ? null : pack.balancing.flatMap((on, index) => (on === true ? [index + 1] : []));
}

/** Numbers in ascending order as one reads them out: `1–3, 5, 6, 8–10`; two neighbours are no range. */
export function runs(numbers: readonly number[]): string {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([from, to]) => (to - from > 1 ? `${from}–${to}` : to > from ? `${from}, ${to}` : `${from}`)).join(", ");
}

/** The pack whose cells lie furthest apart. */
export function furthest(packs: readonly (readonly [number, Pack])[]): { number: number; spread_mv: number } | null {
  let found: { number: number; spread_mv: number } | null = null;
  for (const [number, pack] of packs) {
    const spread = spreadOf(pack);
    if (spread !== null && (found === null || spread.spread_mv > found.spread_mv)) found = { number, spread_mv: spread.spread_mv };
  }
  return found;
}

/** A cell of the rack with its voltage. */
export interface CellOfRack {
  pack: number;
  cell: number;
  mv: number;
}

export interface Extremes {
  lowest: CellOfRack;
  highest: CellOfRack;
}

/** Two cells that differ by so little look alike: that is noise and the last digit. */
const ALIKE_MV = 2;

/**
 * The lowest and the highest cell of all packs; `null` where no pack gives any. A cell that was told before is told
 * until another one is clearly beyond it, so that a name does not change under the reader's finger.
 */
export function extremesOf(packs: readonly (readonly [number, Pack])[], before: Extremes | null = null): Extremes | null {
  const all = packs.flatMap(([pack, { cell_voltages_mv }]) =>
    (cell_voltages_mv ?? []).flatMap((mv, index) => (mv == null ? [] : [{ pack, cell: index + 1, mv }])),
  );
  const first = all[0];
  if (first === undefined) return null;
  const best = (better: (a: CellOfRack, b: CellOfRack) => boolean) => all.reduce((held, next) => (better(next, held) ? next : held), first);
  const now = { lowest: best((a, b) => a.mv < b.mv), highest: best((a, b) => a.mv > b.mv) };
  const held = (old: CellOfRack | undefined, found: CellOfRack) => {
    const same = all.find(({ pack, cell }) => pack === old?.pack && cell === old.cell);
    return same !== undefined && Math.abs(same.mv - found.mv) <= ALIKE_MV ? same : found;
  };
  return { lowest: held(before?.lowest, now.lowest), highest: held(before?.highest, now.highest) };
}
