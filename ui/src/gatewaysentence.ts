// What the inverter is told and why, composed from the session's state and values.

import { duration, fixed } from "./format";
import { inverterWords } from "./i18n/inverter";
import type { Gateway, GatewayStep, Known } from "./model";
import { own, tagOf, type Said } from "./told";

/** Where the session stands; `null` for a state that the page has no words for. */
export function standing(gateway: Gateway): string | null {
  const say = inverterWords.standing[gateway.state];
  if (!say) return null;
  const told = gateway.told;
  const limits = leaves(told?.charge_voltage_limit_v, told?.charge_current_limit_a, told?.discharge_current_limit_a);
  return say(limits, duration(gateway.age_s ?? 0));
}

/** The same as a text with its language: beside another battery how the two differ, and what only the server can say. */
export function standingSaid(gateway: Gateway): Said {
  if (gateway.shadow) return { text: gateway.shadow.sentence, lang: tagOf(gateway.shadow.spoken ?? "en") };
  const composed = standing(gateway);
  return composed === null ? { text: gateway.sentence, lang: "en" } : own(composed);
}

/** One step of the chain of reasons; `null` for a rule without words. */
export function stepWords(step: GatewayStep): string | null {
  const rule = inverterWords.rule[step.rule];
  if (rule === undefined) return null;
  return inverterWords.step(rule, leaves(step.charge_voltage_v, step.charge_current_a, step.discharge_current_a));
}

function leaves(volts: Known<number>, charge_a: Known<number>, discharge_a: Known<number>): string {
  const amps = (value: number) => `${fixed(value, 1)}\u00a0A`;
  const parts = [
    volts == null ? null : `${fixed(volts, 1)}\u00a0V`,
    charge_a == null ? null : inverterWords.into(amps(charge_a)),
    discharge_a == null ? null : inverterWords.out(amps(discharge_a)),
  ].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(inverterWords.between) : inverterWords.nothing;
}
