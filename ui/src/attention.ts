// What needs attention, the worst first: of the packs, of the gateway, of the cells' balance.

import { ageNow, freshnessNow, youngest } from "./freshness";
import { duration, fixed, measured } from "./format";
import { connectionWords } from "./i18n/connection";
import { inverterWords } from "./i18n/inverter";
import { language } from "./i18n/language";
import { overviewWords } from "./i18n/overview";
import { faultName, nameOf, words } from "./i18n/words";
import type { Connection, Gateway, Pack, Rack } from "./model";
import type { PlaceName } from "./places";
import { whyNoCharge } from "./racksentence";
import type { Level } from "./status";
import { EFFECTIVE_A } from "./timeleft";

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

export function matters(rack: Rack, packs: Numbered, gateway: Gateway | null, serverGone: boolean, silence_s: number, link: Connection | null = null): Matter[] {
  const all = [
    ...standing(rack, packs),
    ...(serverGone ? [] : ofRack(rack, packs)),
    ...(serverGone ? [] : notCharging(rack, gateway)),
    ...silent(rack, packs, serverGone, silence_s, link),
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
  // Which pack has fallen silent is told with its number.
  const told = (code: string) => code !== "pack_lost" || !packs.some(([, pack]) => isSilent(pack));
  return kinds.flatMap(({ level, key, name }) => {
    const codes = new Set([...(rack[key] ?? []), ...packs.flatMap(([, pack]) => pack[key] ?? [])]);
    return [...codes].filter(told).flatMap((code) => {
      const all = packs.filter(([, pack]) => pack[key]?.includes(code));
      // What has opened a switch is not told a second time as a mere alarm.
      const found = key === "alarms" ? all.filter(([, pack]) => !pack.protections?.includes(code)) : all;
      if (found.length === 0 && all.length > 0) return [];
      return [{ key: `${level} ${code}`, level, text: name(code), packs: found.map(([number]) => number) }];
    });
  });
}

/** What says of the line itself why nobody is heard on it. */
const OF_THE_LINE = ["line_gone", "line_lent", "second_master"];
/** States of the link in which nobody is asked, or not yet. */
const NOT_ASKED = ["parked", "busy", "opening"];

function isSilent(pack: Pack): boolean {
  const fresh = freshnessNow(pack, false);
  return fresh === "absent" || fresh === "stale";
}

/**
 * Who does not answer. One cause is one matter: when nobody does, it is the line; while the server is gone everything
 * is silent, and the banner says so.
 */
function silent(rack: Rack, packs: Numbered, serverGone: boolean, silence_s: number, link: Connection | null): Matter[] {
  const found = packs.filter(([, pack]) => isSilent(pack));
  const ofTheLine = rack.findings?.some(({ trouble }) => OF_THE_LINE.includes(trouble)) ?? false;
  if (serverGone) return [];
  // Without a pack it is the way to them that wants to be looked at: that nothing is known is not all well.
  if (packs.length === 0 && link !== null && link.state in connectionWords.sentence && !ofTheLine) return [{ key: "line", level: "absent", packs: [], place: "connect", ...sentenceOf(link, null) }];
  if (found.length === 0) return [];
  const lost = (rack.findings ?? []).filter(({ trouble }) => trouble === "lost");
  if (link !== null && found.length === packs.length) {
    if (ofTheLine) return [];
    const age = youngest(found.map(([, pack]) => ageNow(pack.age_s, silence_s)));
    const of = { key: "line", level: "stale", packs: [] } as const;
    if (NOT_ASKED.includes(link.state)) return [{ ...of, ...sentenceOf(link, age) }];
    if (age !== null) {
      const text = [overviewWords.lineSilent(link.link, duration(age)), ...(lost.length > 0 ? [overviewWords.nothingAllowed] : [])];
      return [{ ...of, text: words.text(text) }];
    }
  }
  return found.map(([number, pack]): Matter => {
    const of = { key: `silent ${number}`, level: freshnessNow(pack, false), packs: [number] } as const;
    const age = ageNow(pack.age_s, silence_s);
    if (age === null) return { ...of, level: "absent", text: words.sentence.absent(number) };
    const about = lost.some((finding) => finding.packs.includes(number)) ? overviewWords.packSilent : words.sentence.staleFor;
    return { ...of, level: of.level === "absent" ? "absent" : "stale", text: about(number, duration(age)) };
  });
}

function sentenceOf(link: Connection, age: number | null): { text: string; english?: boolean } {
  return saidOf(link.sentence, link.spoken, connectionWords.sentence[link.state]?.(link.link, duration(age ?? 0)));
}

/** What the server says, which names more than the page knows; the page's own words where that is in another language. */
function saidOf(sentence: string, spoken: string | undefined, own: string | undefined): { text: string; english: boolean } {
  const foreign = (spoken ?? "en") !== language.value;
  return { text: foreign ? (own ?? sentence) : sentence, english: foreign && own === undefined };
}

/** What is wrong with the rack as a whole. */
function ofRack(rack: Rack, packs: Numbered): Matter[] {
  // Packs that have fallen silent are told with their age.
  const told = (numbers: readonly number[]) => packs.some(([number, pack]) => numbers.includes(number) && isSilent(pack));
  return (rack.findings ?? []).filter((finding) => finding.trouble !== "lost" || !told(finding.packs)).map(({ trouble, packs: where, sentence, spoken }) => {
    const said = saidOf(sentence, spoken, connectionWords.finding[trouble]);
    return { key: `finding ${trouble} ${where}`, level: "warning", ...said, packs: where };
  });
}

/** Why the gateway lets nothing in, where the packs would. */
export function barredByGateway(gateway: Gateway | null): string | null {
  const step = gateway?.chain?.findLast((one) => one.charge_current_a != null);
  const because = step?.charge_current_a === 0 ? overviewWords.gatewayForbids[step.rule] : undefined;
  return because === undefined ? null : words.say.noCharge(because);
}

/** Why nothing may flow in, whatever flows now; at rest the rack's own sentence says so where the packs decide it. */
function notCharging(rack: Rack, gateway: Gateway | null): Matter[] {
  const told = (text: string): Matter[] => [{ key: "not charging", level: "notice", text, packs: [], ...(gateway ? { place: "gateway" as const } : {}) }];
  const { charge_current_limit_a: allowed, charge_reason: reason } = rack;
  if (allowed === 0 && reason) return Math.abs(rack.pack_current_a ?? 0) <= EFFECTIVE_A ? [] : told(words.say.noCharge(whyNoCharge(rack, reason)));
  const barred = barredByGateway(gateway);
  return barred === null ? [] : told(barred);
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
    const text = overviewWords.debt(String(number), cell, measured(most, 1, "Ah"), hours, balance.basis === "voltage");
    return [{ key: `debt ${number}`, level: "notice", text, packs: [], place: "balance" }];
  });
}

/** "2 h 40 min", as long as somebody waits. */
export function wait(hours: number): string {
  const minutes = Math.round(hours * 60);
  if (minutes < 60) return overviewWords.durationShort(fixed(minutes, 0) ?? "");
  return overviewWords.durationOf(fixed(Math.floor(minutes / 60), 0) ?? "", fixed(minutes % 60, 0) ?? "");
}
