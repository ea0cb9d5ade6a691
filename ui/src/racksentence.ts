// What a rack does, how long it will, and what holds it back, from the same values and reasons that its limits carry.

import { clockMinute, fixed } from "./format";
import { overviewWords } from "./i18n/overview";
import { faultName, nameOf, words } from "./i18n/words";
import type { Known, Pack, Rack, Reason } from "./model";
import { because } from "./reason";

/** Below this a rack is at rest. */
export const EFFECTIVE_A = 0.5;
/** What lies further ahead is not told. */
const LONGEST_H = 48;

/** The sentence; `null` when the rack does not say enough to compose one. */
export function rackSentence(rack: Rack, packs: readonly (readonly [number, Pack])[], now_s: number | null): string | null {
  const say = words.say;
  if (packs.length === 0) return say.noPack;
  if (rack.freshness === "stale") return say.old;
  if (rack.pack_current_a === undefined && rack.pack_voltage_v === undefined) return null;
  return words.text([trouble(packs), doing(rack, now_s), held(rack)].filter((part) => part !== null));
}

function trouble(packs: readonly (readonly [number, Pack])[]): string | null {
  for (const [kind, say, name] of [
    ["faults", words.say.fault, faultName],
    ["protections", words.say.protects, nameOf],
  ] as const) {
    for (const [number, pack] of packs) {
      const codes = pack[kind] ?? [];
      if (codes.length > 0) return say(String(number), words.listAnd(codes.map((code) => words.inSentence(name(code)))));
    }
  }
  return null;
}

function doing(rack: Rack, now_s: number | null): string {
  const current = rack.pack_current_a;
  if (current == null) return words.say.currentUnknown;
  if (Math.abs(current) <= EFFECTIVE_A) return words.say.atRest;
  const amps = `${fixed(Math.abs(current), 0)}\u00a0A`;
  const hours = hoursLeft(rack);
  if (hours === null || now_s === null) return current > 0 ? words.say.charging(amps) : words.say.discharging(amps);
  const when = moment(now_s + hours * 3600, now_s);
  return current > 0 ? words.say.full(amps, when) : words.say.empty(amps, when);
}

/** Hours until full or empty at the current of now; `null` at rest, when not known, and beyond two days. */
export function hoursLeft(rack: Rack, remaining_ah: Known<number> = rack.remaining_ah): number | null {
  const { pack_current_a: current, full_ah: full } = rack;
  if (current == null || Math.abs(current) <= EFFECTIVE_A || remaining_ah == null || full == null) return null;
  const hours = Math.max(0, current > 0 ? full - remaining_ah : remaining_ah) / Math.abs(current);
  return hours > LONGEST_H ? null : hours;
}

/** When, no finer than it can be known: to ten minutes beyond an hour, to the hour beyond six. */
export function moment(then_s: number, now_s: number): string {
  const ahead_s = then_s - now_s;
  const grain_min = ahead_s > 6 * 3600 ? 60 : ahead_s > 3600 ? 10 : 1;
  const then = new Date(then_s * 1000 + grain_min * 30_000);
  then.setMinutes(Math.floor(then.getMinutes() / grain_min) * grain_min, 0, 0);
  const clock = clockMinute(then.getTime() / 1000);
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const days = Math.round((midnight(then) - midnight(new Date(now_s * 1000))) / 86_400_000);
  if (days === 0) return clock;
  return days === 1 ? words.say.tomorrow(clock) : words.say.inDays(clock, days);
}

/** What holds back the current that flows; at rest, what forbids one. */
function held(rack: Rack): string | null {
  const current = rack.pack_current_a ?? 0;
  const resting = Math.abs(current) <= EFFECTIVE_A;
  if (resting || current > 0) {
    const told = limit(rack.charge_current_limit_a, rack.charge_reason, resting, () => words.say.noCharge(rack.charge_reason ? whyNoCharge(rack, rack.charge_reason) : ""));
    if (told !== null || !resting) return told;
  }
  return limit(rack.discharge_current_limit_a, rack.discharge_reason, resting, words.say.noDischarge);
}

/** From so much on a battery that its voltage holds back is full. */
const FULL_PCT = 98;

/** The reason for a charge current of 0; a full battery is called so. */
export function whyNoCharge(rack: Rack, reason: Reason): string {
  const top = reason.rule === "cell_voltage" || reason.rule === "pack_voltage";
  return top && (rack.soc_pct ?? 0) >= FULL_PCT ? overviewWords.full(because(reason)) : because(reason);
}

function limit(
  allowed_a: Known<number>,
  reason: Known<Reason>,
  resting: boolean,
  forbidden: (because: string) => string,
): string | null {
  if (!reason || allowed_a == null || reason.rule === "rated") return null;
  if (resting) return allowed_a > 0 ? null : forbidden(because(reason));
  return words.say.limited(`${fixed(allowed_a, 0)}\u00a0A`, because(reason));
}
