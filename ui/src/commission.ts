// The commissioning as the server has it: asked for, answered, and kept here only to be shown.

import { signal } from "@preact/signals";
import { may, reader } from "./access";
import { serviceWords } from "./i18n/service";
import { words } from "./i18n/words";
import { sentenceOf } from "./jobs";
import { serverGone } from "./live";
import { ask, type Told } from "./service";
import type { Said } from "./told";

export interface Done {
  at: string;
  found: string;
  override: string | null;
}

export interface Step {
  key: string;
  title: string;
  done: Done | null;
}

export interface Present {
  key: string;
  number: number;
  title: string;
  lines: string[];
  asks: "confirm" | "part_numbers" | "switches" | "values" | "look" | "judge";
  check: string;
  pack: number | null;
  may_override: boolean;
  switches: { pack: number; address: number; positions: boolean[] }[];
  wait_s: number | null;
  wait_left_s: number | null;
  refused_at: string | null;
  refusals: string[];
}

export interface Begun {
  battery: string;
  inverter: string;
  packs: number;
  site: string;
  rehearsal: boolean;
  steps: Step[];
  present: Present | null;
  part_numbers: (string | null)[];
  signed_by: string | null;
  signed_at: string | null;
}

export interface Commissioning extends Told {
  source: "none" | "virtual" | "packs";
  commissioning: Begun | null;
}

/** What the server said last, and when that was on the clock of this page. */
export const known = signal<{ told: Commissioning; at_ms: number } | null>(null);
export const busy = signal(false);
export const problem = signal<Said | null>(null);

const PATH = "api/commissioning";
let newest = 0;

async function take(asked: Promise<Commissioning>): Promise<boolean> {
  newest += 1;
  const mine = newest;
  try {
    const told = await asked;
    if (mine !== newest) return true;
    known.value = { told, at_ms: performance.now() };
    problem.value = null;
    return true;
  } catch (wrong) {
    if (mine === newest) problem.value = sentenceOf(wrong);
    return false;
  }
}

export async function load(): Promise<void> {
  await take(ask<Commissioning>("GET", PATH));
}

/** Tells the server something; says whether it took it, which does not mean that the step is passed. */
export async function tell(way: "" | "/step" | "/sign", body: unknown): Promise<boolean> {
  busy.value = true;
  const taken = await take(ask<Commissioning>("POST", PATH + way, body));
  busy.value = false;
  return taken;
}

export async function putAway(): Promise<void> {
  try {
    await ask("DELETE", PATH);
    await load();
  } catch (wrong) {
    problem.value = sentenceOf(wrong);
  }
}

/** Why the reader cannot go on now. */
export function whyNotNow(): string | null {
  if (serverGone.value) return words.footer.lost;
  if (may("installer")) return null;
  const mine = reader.value;
  return serviceWords.needsRole(words.nav.roles.installer, mine === null ? null : words.nav.roles[mine.role]);
}

/** What somebody typed as a number, with a point or a comma; `null` where it is none. */
export function numberIn(text: string): number | null {
  return /^\s*\d+([.,]\d+)?\s*$/.test(text) ? Number(text.replace(",", ".")) : null;
}

/** When something was done, of the server's "2026-11-21 18:45:26 UTC". */
export function momentOf(at: string): number {
  return Date.parse(at.replace(" UTC", "Z").replace(" ", "T")) / 1000;
}
