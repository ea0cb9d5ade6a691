// What a rack does, how long it will, and what holds it back, from the same values and reasons that its limits carry.

import { clockMinute, fixed } from "./format";
import { overviewWords } from "./i18n/overview";
import { faultName, nameOf, words } from "./i18n/words";
import type { Known, Pack, Rack, Reason } from "./model";
import { because } from "./reason";
import { flowing, type Flowing, type Told } from "./timeleft";

/**
 * The sentence; `null` when the rack does not say enough to compose one. `barred` says why the gateway allows no charging,
 * where it is not the packs.
 */
export function rackSentence(rack: Rack, packs: readonly (readonly [number, Pack])[], now_s: number | null, told: Known<Told> = null, barred: string | null = null): string | null {
  const say = words.say;
  if (packs.length === 0) return say.noPack;
  if (rack.freshness === "stale") return say.old;
  if (rack.pack_current_a === undefined && rack.pack_voltage_v === undefined) return null;
  const found = flowing(rack, packs, told);
  return words.text([trouble(packs), doing(rack, found, now_s, packs), found === null ? (forbidden(rack) ?? barred) : held(rack, found)].filter((part) => part !== null));
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

/** Packs of which one takes so much and another gives it do not rest, whatever the rack does. */
const EXCHANGED_A = 2;

function doing(rack: Rack, found: Flowing | null, now_s: number | null, packs: readonly (readonly [number, Pack])[]): string {
  const current = rack.pack_current_a;
  if (current == null) return words.say.currentUnknown;
  if (found === null) {
    const currents = packs.map(([, pack]) => pack.pack_current_a ?? 0);
    const [into, out] = [Math.max(0, ...currents), -Math.min(0, ...currents)];
    return Math.min(into, out) < EXCHANGED_A ? words.say.atRest : words.say.exchange(`${fixed(Math.max(into, out), 0)}\u00a0A`);
  }
  const amps = `${fixed(Math.abs(current), 0)}\u00a0A`;
  if (found.near) return current > 0 ? words.say.nearlyFull(amps) : words.say.nearlyEmpty(amps);
  if (found.hours === null || now_s === null) return current > 0 ? words.say.charging(amps) : words.say.discharging(amps);
  const when = moment(now_s + found.hours * 3600, now_s);
  return current > 0 ? words.say.full(amps, when) : words.say.empty(amps, when);
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
  return days === 0 ? clock : words.say.tomorrow(clock);
}

/** What holds back the current that flows: a limit, the voltage, or nothing but the inverter. */
function held(rack: Rack, found: Flowing): string | null {
  const charging = (rack.pack_current_a ?? 0) > 0;
  if (found.held?.by === "voltage") {
    const volts = `${fixed(found.held.volts, 1)}\u00a0V`;
    return charging ? words.say.atChargeVoltage(volts) : words.say.atDischargeVoltage(volts);
  }
  if (found.held?.by === "told") return words.say.toldAtMost(`${fixed(found.held.amps, 0)}\u00a0A`);
  const allowed_a = charging ? rack.charge_current_limit_a : rack.discharge_current_limit_a;
  const reason = charging ? rack.charge_reason : rack.discharge_reason;
  if (!reason || allowed_a == null || reason.rule === "rated") return null;
  const amps = `${fixed(allowed_a, 0)}\u00a0A`;
  if (found.held === null) return charging ? words.say.givesNoMore(amps) : words.say.takesNoMore(amps);
  return words.say.limited(amps, because(reason));
}

/** At rest, what forbids a current. */
function forbidden(rack: Rack): string | null {
  const { charge_reason, discharge_reason } = rack;
  if (rack.charge_current_limit_a === 0 && charge_reason && charge_reason.rule !== "rated") return words.say.noCharge(whyNoCharge(rack, charge_reason));
  if (rack.discharge_current_limit_a === 0 && discharge_reason && discharge_reason.rule !== "rated") return words.say.noDischarge(because(discharge_reason));
  return null;
}

/** From so much on a battery that its voltage holds back is full. */
const FULL_PCT = 98;

/** The reason for a charge current of 0; a full battery is called so. */
export function whyNoCharge(rack: Rack, reason: Reason): string {
  const top = reason.rule === "cell_voltage" || reason.rule === "pack_voltage";
  return top && (rack.soc_pct ?? 0) >= FULL_PCT ? overviewWords.full(because(reason)) : because(reason);
}
