// Numbers of packs as people write them.

const MOST = 64;

/** `1, 3-5` is 1, 3, 4 and 5; nothing is no number; `null` for what is none. */
export function numbersIn(written: string): number[] | null {
  const found = new Set<number>();
  for (const part of written.split(/[\s,;]+/).filter((one) => one !== "")) {
    const match = /^(\d{1,3})(?:[-–](\d{1,3}))?$/.exec(part);
    if (!match) return null;
    const from = Number(match[1]);
    const to = Number(match[2] ?? match[1]);
    if (to < from || to > 255 || to - from >= MOST) return null;
    for (let number = from; number <= to; number += 1) found.add(number);
  }
  return found.size > MOST ? null : [...found].sort((a, b) => a - b);
}
