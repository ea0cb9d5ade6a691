// What somebody has ticked and typed on a settings screen and not written yet; a reload does not lose it.

const STORED = "openress.draft";

export interface Draft {
  ticked: readonly string[];
  /** As typed, by key. */
  typed: Readonly<Record<string, string>>;
}

export const NOTHING: Draft = { ticked: [], typed: {} };

export function draftOf(pack: number, serial: string): Draft {
  try {
    const kept = JSON.parse(sessionStorage.getItem(`${STORED}.${pack}.${serial}`) ?? "null") as Draft | null;
    return kept ?? NOTHING;
  } catch {
    return NOTHING; // storage is closed to this page, or holds something else
  }
}

export function keep(pack: number, serial: string, draft: Draft): void {
  try {
    sessionStorage.setItem(`${STORED}.${pack}.${serial}`, JSON.stringify(draft));
  } catch {
    // storage is closed to this page: a reload loses what was typed
  }
}

/** A number as people type it: with a point or a comma; `null` for none, `NaN` for what is not a number. */
export function typedNumber(text: string | undefined): number | null {
  const trimmed = (text ?? "").trim().replace("−", "-").replace(",", ".");
  if (trimmed === "") return null;
  return /^-?\d*\.?\d+$|^-?\d+\.$/.test(trimmed) ? Number(trimmed) : Number.NaN;
}

/** The values that ticked fields shall get. */
export function wantedOf(draft: Draft): Record<string, number> {
  const wanted: Record<string, number> = {};
  for (const key of draft.ticked) {
    const value = typedNumber(draft.typed[key]);
    if (value !== null && !Number.isNaN(value)) wanted[key] = value;
  }
  return wanted;
}
