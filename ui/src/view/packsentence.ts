// What one pack does or suffers, in one or two sentences.

import { ageNow, freshnessNow } from "../freshness";
import { duration, measured } from "../format";
import type { Pack } from "../model";
import { faultName, nameOf, words } from "../i18n/words";

export function packSentence(pack: Pack, number: number, serverGone: boolean, silence_s: number): string {
  const say = words.sentence;
  const fresh = freshnessNow(pack, serverGone);
  // Where the page hears nothing, nobody knows whether the pack is silent.
  if (serverGone && freshnessNow(pack, false) === "fresh") return `${words.lastKnown} ${packSentence(pack, number, false, silence_s)}`;
  if (fresh === "absent") return say.absent(number);
  if (fresh === "asleep") return say.asleep;
  if (fresh === "stale") {
    const age = ageNow(pack.age_s, silence_s);
    return age === null ? say.stale(number) : say.staleFor(number, duration(age));
  }
  const list = (codes: string[], name: (code: string) => string) => words.listAnd(codes.map((code) => words.inSentence(name(code))));
  const parts: string[] = [];
  if (pack.faults?.length) parts.push(say.fault(list(pack.faults, faultName)));
  if (pack.protections?.length) parts.push(say.protection(list(pack.protections, nameOf)));
  if (parts.length > 0) {
    const { charge, discharge } = pack.switches ?? {};
    if (charge === false && discharge === false) parts.push(say.bothStopped);
    else if (charge === false) parts.push(say.chargeStopped);
    else if (discharge === false) parts.push(say.dischargeStopped);
  } else {
    parts.push(activity(pack));
  }
  if (pack.alarms?.length) parts.push(say.warning(list(pack.alarms, nameOf)));
  return words.text(parts);
}

function activity(pack: Pack): string {
  const say = words.sentence;
  const current = measured(pack.pack_current_a == null ? null : Math.abs(pack.pack_current_a), 1, "A");
  switch (pack.state) {
    case "CHARGE":
      return say.charge(current);
    case "DISCHARGE":
      return say.discharge(current);
    case "STANDBY":
      return say.standby;
    case "DORMANT":
      return say.asleep;
    case "OFF":
      return say.off;
    default:
      return say.state(pack.state ? words.state[pack.state] : words.unknownState);
  }
}
