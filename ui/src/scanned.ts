// What a scan says about the addresses of a rack: slot by slot, who is there, and which setting is missing.

import type { Survey, SurveyedPack } from "./service";

/** A place in the rack. */
export interface Slot {
  /** Number of the pack that belongs there; 0 stands alone. */
  number: number;
  packs: readonly SurveyedPack[];
  /** Two answer at once here, so that nobody is understood. */
  doubled: boolean;
}

/** Every number from the master to the last, with those that nobody answers to, and one that stands alone before them. */
export function slots(survey: Survey): Slot[] {
  const doubled = new Set(survey.remarks.filter((remark) => remark.kind === "duplicate_address").flatMap((remark) => remark.packs));
  const known = [...survey.packs.map((pack) => pack.pack), ...doubled];
  const last = Math.max(0, ...known);
  const numbers = Array.from({ length: last }, (_, index) => index + 1);
  if (known.includes(0)) numbers.unshift(0);
  return numbers.map((number) => ({ number, packs: survey.packs.filter((pack) => pack.pack === number), doubled: doubled.has(number) }));
}

/** The numbers that nobody has, for whoever must move, by the number where each is now; no two get the same. */
export function moves(found: readonly Slot[]): Map<number, number> {
  const taken = new Set(found.filter((slot) => slot.number > 0 && (slot.packs.length > 0 || slot.doubled)).map((slot) => slot.number));
  const wanted = new Map<number, number>();
  for (const slot of found.filter((one) => one.doubled || (one.number === 0 && one.packs.length > 0))) {
    let free = 1;
    while (taken.has(free)) free += 1;
    taken.add(free);
    wanted.set(slot.number, free);
  }
  return wanted;
}

/**
 * How the switches of a pack have to stand, as those of the packs that were found do: their sliders count in ones, twos,
 * fours. `null` where none tells its own.
 */
export function switchesFor(number: number, packs: readonly SurveyedPack[]): boolean[] | null {
  const example = packs.find((pack) => pack.address_switches !== undefined && pack.pack > 0);
  if (!example?.address_switches) return null;
  const counted = (switches: readonly boolean[]) => switches.reduce((sum, on, index) => sum + (on ? 2 ** index : 0), 0);
  const value = counted(example.address_switches) + number - example.pack;
  const count = example.address_switches.length;
  if (value < 0 || value >= 2 ** count) return null;
  return Array.from({ length: count }, (_, index) => Math.floor(value / 2 ** index) % 2 === 1);
}
