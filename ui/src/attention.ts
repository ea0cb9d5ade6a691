// What needs attention, the worst first: of the packs, of the gateway, of the cells' balance.

import { ageNow, freshnessNow } from "./freshness";
import { duration, fixed, measured } from "./format";
import { connectionWords } from "./i18n/connection";
import { inverterWords } from "./i18n/inverter";
import { language } from "./i18n/language";
import { overviewWords } from "./i18n/overview";
import { faultName, nameOf, words } from "./i18n/words";
import type { Gateway, Pack, Rack } from "./model";
import type { PlaceName } from "./places";
import { EFFECTIVE_A, whyNoCharge } from "./racksentence";
import type { Level } from "./status";

export interface Matter {
  key: string;
  level: Level;
  text: string;
  /** Set where the text is the server's own English. */
  english?: boolean;
  /** Packs that it concerns. */
  packs: readonly number[];
  /** A screen that says more. */
  place?: PlaceName;
}

/** The worst first; what is old or missing counts as much as a warning, since nobody knows what it hides. */
const ORDER: readonly Level[] = ["fault", "protection", "absent", "stale", "warning", "notice", "asleep", "nominal"];

/** A difference in charge is worth a word when it takes this share of the capacity. */
const DEBT_SHARE = 0.02;

type Numbered = readonly (readonly [number, Pack])[];

export function matters(rack: Rack, packs: Numbered, gateway: Gateway | null, serverGone: boolean, silence_s: number): Matter[] {
  const all = [
    ...standing(rack, packs),
    ...(serverGone ? [] : ofRack(rack)),
    ...(serverGone ? [] : notCharging(rack, gateway)),
    ...silent(packs, serverGone, silence_s),
    ...(serverGone ? [] : ofGateway(gateway)),
    ...debts(packs),
  ];
  return all.sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));
}

/** Every fault, protection, alarm and notice once, with the packs that report it. */
function standing(rack: Rack, packs: Numbered): Matter[] {
  const kinds = [
    { level: "fault", key: "faults", name: faultName },
    { level: "protection", key: "protections", name: nameOf },
    { level: "warning", key: "alarms", name: nameOf },
    { level: "notice", key: "notices", name: nameOf },
  ] as const;
  return kinds.flatMap(({ level, key, name }) => {
    const codes = new Set([...(rack[key] ?? []), ...packs.flatMap(([, pack]) => pack[key] ?? [])]);
    return [...codes].map((code) => ({
      key: `${level} ${code}`,
      level,
      text: name(code),
      packs: packs.filter(([, pack]) => pack[key]?.includes(code)).map(([number]) => number),
    }));
  });
}

/** While the server is gone everything is silent, and the banner says so. */
function silent(packs: Numbered, serverGone: boolean, silence_s: number): Matter[] {
  if (serverGone) return [];
  return packs.flatMap(([number, pack]): Matter[] => {
    const fresh = freshnessNow(pack, false);
    if (fresh === "absent") return [{ key: `absent ${number}`, level: "absent", text: words.sentence.absent(number), packs: [number] }];
    if (fresh !== "stale") return [];
    const age = ageNow(pack.age_s, silence_s);
    const text = age === null ? words.sentence.stale(number) : words.sentence.staleFor(number, duration(age));
    return [{ key: `stale ${number}`, level: "stale", text, packs: [number] }];
  });
}

/** What the server says, which names more than the page knows; the page's own words where that is in another language. */
function saidOf(sentence: string, spoken: string | undefined, own: string | undefined): { text: string; english: boolean } {
  const foreign = (spoken ?? "en") !== language.value;
  return { text: foreign ? (own ?? sentence) : sentence, english: foreign && own === undefined };
}

/** What is wrong with the rack as a whole. */
function ofRack(rack: Rack): Matter[] {
  return (rack.findings ?? []).map(({ trouble, packs, sentence, spoken }) => {
    const said = saidOf(sentence, spoken, connectionWords.finding[trouble]);
    return { key: `finding ${trouble} ${packs}`, level: "warning", ...said, packs };
  });
}

/** Why nothing may flow in, whatever flows now; at rest the rack's own sentence says so where the packs decide it. */
function notCharging(rack: Rack, gateway: Gateway | null): Matter[] {
  const told = (text: string): Matter[] => [{ key: "not charging", level: "notice", text, packs: [], ...(gateway ? { place: "gateway" as const } : {}) }];
  const { charge_current_limit_a: allowed, charge_reason: reason } = rack;
  if (allowed === 0 && reason) return Math.abs(rack.pack_current_a ?? 0) <= EFFECTIVE_A ? [] : told(words.say.noCharge(whyNoCharge(rack, reason)));
  const step = gateway?.chain?.findLast((one) => one.charge_current_a != null);
  const because = step?.charge_current_a === 0 ? overviewWords.gatewayForbids[step.rule] : undefined;
  return because === undefined ? [] : told(words.say.noCharge(because));
}

function ofGateway(gateway: Gateway | null): Matter[] {
  return (gateway?.alarms ?? []).map(({ trouble, sentence, spoken }) => {
    const said = saidOf(sentence, spoken, inverterWords.trouble[trouble]);
    return { key: `gateway ${trouble}`, level: "warning", ...said, packs: [], place: "gateway" };
  });
}

function debts(packs: Numbered): Matter[] {
  return packs.flatMap(([number, pack]): Matter[] => {
    const { balance, full_ah } = pack;
    if (!balance || full_ah == null) return [];
    const most = Math.max(...balance.ahead_ah);
    if (most < DEBT_SHARE * full_ah) return [];
    const cell = String(balance.ahead_ah.indexOf(most) + 1);
    const hours = overviewWords.hours(Math.max(1, Math.round(balance.hours_left)));
    const text = overviewWords.debt(String(number), cell, measured(most, 1, "Ah"), hours);
    return [{ key: `debt ${number}`, level: "notice", text, packs: [], place: "balance" }];
  });
}

/** "2 h 40 min", as long as somebody waits. */
export function wait(hours: number): string {
  const minutes = Math.round(hours * 60);
  if (minutes < 60) return overviewWords.durationShort(fixed(minutes, 0) ?? "");
  return overviewWords.durationOf(fixed(Math.floor(minutes / 60), 0) ?? "", fixed(minutes % 60, 0) ?? "");
}
