// The overview: the sentence and its reasons, what needs attention, how long it takes, who is ahead.

import assert from "node:assert/strict";
import test from "node:test";
import { barredByGateway, matters, wait } from "../src/attention";
import { bleeders, extremesOf, furthest, spreadOf } from "../src/balance";
import { useLocale } from "../src/format";
import { asHeard, isUnheard, rackAsHeard, youngest } from "../src/freshness";
import { standing, stepWords } from "../src/gatewaysentence";
import { language } from "../src/i18n/language";
import { bring } from "../src/i18n/words";
import type { Gateway, Pack, Rack, Snapshot } from "../src/model";
import { moment, rackSentence } from "../src/racksentence";
import { flowing, hoursBetween, type Told } from "../src/timeleft";
import { packsOf, type Moment } from "../src/incident";
import { headline } from "../src/screens/health";
import CASES from "./timeleft.json";
import { wayOf } from "../src/view/flow";

const NOON_S = new Date(2026, 5, 1, 12, 0, 0).getTime() / 1000;
const FRESH: Rack = { freshness: "fresh", pack_voltage_v: 53, pack_current_a: 0, remaining_ah: 100, full_ah: 400 };
const PACK: Pack = { freshness: "fresh", pack_current_a: 10 };

function say(rack: Partial<Rack>, packs: [number, Pack][] = [[1, PACK]], told: Told | null = null): string | null {
  return rackSentence({ ...FRESH, ...rack }, packs, NOON_S, told)?.replaceAll("\u00a0", " ") ?? null;
}

test("what the rack does, until when, and what holds it back", () => {
  useLocale("en-GB");
  assert.equal(say({ pack_current_a: 41 }), "Charging with 41 A, full about 19:00.");
  assert.equal(say({ pack_current_a: -50 }), "Discharging with 50 A, empty about 14:00.");
  assert.equal(say({ pack_current_a: 41, full_ah: null }), "Charging with 41 A.");
  assert.equal(
    say({ pack_current_a: 41, charge_current_limit_a: 60, charge_reason: { rule: "cell_voltage", value: 3462, cell: 11, pack: 3 } }),
    "Charging with 41 A, full about 19:00. Limited to 60 A: cell 11 of pack 3 is at 3.46 V.",
  );
  assert.equal(say({ pack_current_a: 41, charge_current_limit_a: 200, charge_reason: { rule: "rated", value: 50 } }), "Charging with 41 A, full about 19:00.");
});

test("that it may not charge is said whatever flows, once, and a full battery is called full", () => {
  useLocale("en-GB");
  const gateway = { chain: [{ rule: "packs", charge_current_a: 200 }, { rule: "user", charge_current_a: 0 }], alarms: [] } as unknown as Gateway;
  const found = (rack: Partial<Rack>, told: Gateway | null = null) =>
    matters({ ...FRESH, ...rack }, [[1, PACK]], told, false, 0).filter((matter) => matter.key === "not charging").map((matter) => matter.text.replaceAll("\u00a0", " "));
  const full: Partial<Rack> = { charge_current_limit_a: 0, soc_pct: 99.5, charge_reason: { rule: "cell_voltage", value: 3606, cell: 5, pack: 1 } };
  assert.deepEqual(found({ ...full, pack_current_a: -16 }), ["Charging is not allowed: the battery is full, cell 5 of pack 1 is at 3.61 V."]);
  assert.deepEqual(found({ ...full, soc_pct: 60, pack_current_a: -16 }), ["Charging is not allowed: cell 5 of pack 1 is at 3.61 V."]);
  assert.deepEqual(found(full), []);
  assert.equal(say(full), "At rest. Charging is not allowed: the battery is full, cell 5 of pack 1 is at 3.61 V.");
  assert.deepEqual(found({ pack_current_a: -16, charge_current_limit_a: 200 }, gateway), ["Charging is not allowed: you set a limit of 0 A."]);
  assert.deepEqual(found({ pack_current_a: 40, charge_current_limit_a: 200 }), []);
});

test("why it is not charging, in four cases", () => {
  useLocale("en-GB");
  const why = (rack: Partial<Rack>, packs?: [number, Pack][]) => say({ charge_current_limit_a: 0, ...rack }, packs);
  assert.equal(why({ charge_reason: { rule: "cold", value: -2, pack: 2 } }), "At rest. Charging is not allowed: the cells of pack 2 are cold, −2 °C.");
  assert.equal(why({ charge_reason: { rule: "pack_lost", pack: 3 } }), "At rest. Charging is not allowed: pack 3 is not heard any more.");
  assert.equal(why({ charge_reason: { rule: "user_cap" } }), "At rest. Charging is not allowed: you set this limit.");
  assert.equal(
    why({ charge_reason: { rule: "protection", names: ["cell_over_voltage"], pack: 4 } }, [[4, { ...PACK, protections: ["cell_over_voltage"] }]]),
    "Pack 4 protects itself: cell over-voltage. At rest. Charging is not allowed: pack 4: cell over-voltage.",
  );
});

test("the same in the other languages", async () => {
  const cold: Partial<Rack> = { charge_current_limit_a: 0, charge_reason: { rule: "cold", value: -2, pack: 2 } };
  for (const [name, sentence] of [
    ["de", "In Ruhe. Laden ist nicht erlaubt: die Zellen von Pack 2 sind kalt, −2 °C."],
    ["es", "En reposo. No se permite cargar: las celdas del módulo 2 están frías, −2 °C."],
    ["zh", "静置。禁止充电：电池包 2 的电芯温度过低（−2 °C）。"],
  ] as const) {
    await bring(name);
    language.value = name;
    useLocale(name);
    assert.equal(say(cold), sentence);
  }
  language.value = "en";
  useLocale("en-GB");
});

test("a rule that lacks what it looked at says that a value is missing", () => {
  assert.match(say({ charge_current_limit_a: 0, charge_reason: { rule: "cold", pack: 2 } }) ?? "", /a value of pack 2 is not known/);
  assert.match(say({ charge_current_limit_a: 0, charge_reason: { rule: "fault", pack: 2 } }) ?? "", /a value of pack 2 is not known/);
});

test("a moment is told no finer than it can be known", () => {
  useLocale("en-GB");
  assert.equal(moment(NOON_S + 30 * 60, NOON_S), "12:30");
  assert.equal(moment(NOON_S + 124 * 60, NOON_S), "14:00");
  assert.equal(moment(NOON_S + 11.8 * 3600, NOON_S), "00:00 tomorrow");
});

test("hours left are told of a current that flows, and not beyond a day", () => {
  const hours = (rack: Partial<Rack>, packs: [number, Pack][] = []) => flowing({ ...FRESH, ...rack }, packs)?.hours ?? null;
  assert.equal(hours({ pack_current_a: 30 }), 10);
  assert.equal(hours({ pack_current_a: -50 }), 2);
  for (const current of [0, 0.4, 1, 12, null]) assert.equal(hours({ pack_current_a: current }), null);
  const blocked: Pack = { ...PACK, remaining_ah: 60, full_ah: 100, switches: { charge: false } };
  assert.equal(hours({ pack_current_a: 20 }, [[1, { ...PACK, remaining_ah: 80, full_ah: 100 }], [2, blocked]]), 1);
  assert.equal(wait(2.667).replaceAll("\u00a0", " "), "2 h 40 min");
  assert.equal(wait(0.999), "1 h 0 min");
});

interface Case {
  about: string;
  rack: Partial<Rack>;
  packs: (Partial<Pack> & { charge?: boolean; discharge?: boolean })[];
  limits: Partial<Rack> & { rule?: string };
  told: Told | null;
  becomes: object;
}

const BETWEEN: Partial<Rack> = {
  charge_voltage_limit_v: 55,
  discharge_voltage_limit_v: 48,
  charge_current_limit_a: 33,
  discharge_current_limit_a: 127,
  charge_reason: { rule: "cell_voltage", value: 3440, cell: 13, pack: 3 },
  discharge_reason: { rule: "cell_voltage", value: 3010, cell: 4, pack: 1 },
};

function part(volts: number, remaining: number, charge = true): Pack {
  return { ...PACK, pack_voltage_v: volts, remaining_ah: remaining, full_ah: 100, switches: { charge, discharge: true } };
}

test("at a voltage limit no time is told, and the voltage is what holds the current", () => {
  useLocale("en-GB");
  const top: [number, Pack][] = [[1, part(54.9, 98.7)], [2, part(54.9, 98.3)], [3, part(54.9, 98.6)], [4, part(53.1, 60, false)]];
  assert.equal(
    say({ ...BETWEEN, pack_current_a: 4 }, top),
    "Charging with 4 A, nearly full: charging slows down. The charge voltage of 55.0 V is reached, so less and less flows in.",
  );
  assert.equal(
    say({ ...BETWEEN, pack_current_a: 32 }, top),
    "Charging with 32 A, nearly full: charging slows down. Limited to 33 A: cell 13 of pack 3 is at 3.44 V.",
  );
  assert.equal(
    say({ ...BETWEEN, pack_current_a: -2 }, [[1, part(48.1, 2)]]),
    "Discharging with 2 A, nearly empty. The end-of-discharge voltage of 48.0 V is reached, so less and less flows out.",
  );
  // A voltage that somebody has set low is no full battery.
  assert.equal(
    say({ ...BETWEEN, charge_reason: null, pack_current_a: 3 }, [[1, part(53.4, 50)]], { charge_voltage_limit_v: 53.5 }),
    "Charging with 3 A. The charge voltage of 53.5 V is reached, so less and less flows in.",
  );
  const found = flowing({ ...FRESH, ...BETWEEN, pack_current_a: 4 }, top);
  assert.deepEqual([found?.hours, found?.falls, found?.whole], [null, true, false]);
});

test("a limit far above the current is not its cause; the inverter is, or what it is told", () => {
  useLocale("en-GB");
  const cold: Partial<Rack> = { charge_current_limit_a: 60, charge_reason: { rule: "cold", value: 3, pack: 1 }, pack_current_a: 20 };
  assert.equal(say(cold), "Charging with 20 A, full about 03:00 tomorrow. The packs allow 60 A; the inverter gives no more.");
  assert.equal(say(cold, [[1, PACK]], { charge_current_limit_a: 20 }), "Charging with 20 A, full about 03:00 tomorrow. The inverter is told 20 A at most.");
  assert.match(say({ ...BETWEEN, pack_current_a: -20 }) ?? "", /The packs allow 127 A; the inverter takes no more\.$/);
});

test("the rule is that of the program: the same racks, the same answers", () => {
  for (const { about, rack, packs, limits, told, becomes } of CASES as Case[]) {
    const { rule, ...allowed } = limits;
    const reason = rule === undefined ? null : { rule, value: 3440, cell: 13, pack: 1 };
    const all: [number, Pack][] = packs.map(({ charge, discharge, ...values }, index) => [index + 1, { ...PACK, ...values, switches: { ...(charge === undefined ? {} : { charge }), ...(discharge === undefined ? {} : { discharge }) } }]);
    const { remaining_ah: _, full_ah: __, ...fresh } = FRESH;
    const found = flowing({ ...fresh, ...rack, ...allowed, charge_reason: reason, discharge_reason: reason } as Rack, all, told);
    const held = found?.held ?? null;
    const answer = {
      hours: found?.hours == null ? null : Math.round(found.hours * 1000) / 1000,
      near: found?.near ?? false,
      limited_a: held === null || held.by === "voltage" ? null : held.amps,
      by_told: held?.by === "told",
      at_v: held?.by === "voltage" ? held.volts : null,
    };
    assert.deepEqual(answer, becomes, about);
  }
});

test("a time lies within its own range, or has none", () => {
  const rack: Rack = { ...FRESH, pack_current_a: -50, soc_low_pct: 20, soc_high_pct: 30 };
  const between = (of: Rack) => { const found = flowing(of); return found && hoursBetween(of, found); };
  assert.deepEqual(between(rack), [1.6, 2.4]);
  assert.equal(between({ ...rack, soc_low_pct: 26 }), null);
  assert.equal(between({ ...rack, soc_low_pct: null }), null);
});

test("which way it flows", () => {
  assert.deepEqual([10, -10, 0.3, null].map(wayOf), ["in", "out", "none", "unknown"]);
});

test("the worst needs attention first, each once with its packs", () => {
  useLocale("en-GB");
  const packs: [number, Pack][] = [
    [1, { ...PACK, alarms: ["cell_over_voltage"], notices: ["equalisation_due"] }],
    [2, { ...PACK, alarms: ["cell_over_voltage"], full_ah: 100, balance: { basis: "learned", ahead_ah: [0, 2.4], bleed_a: 0.1, hours_left: 24 } }],
    [3, { ...PACK, faults: ["current_sensor"] }],
    [4, { freshness: "absent" }],
  ];
  const gateway = { alarms: [{ trouble: "inverter_silent", sentence: "The inverter has said nothing for 12 s." }] } as unknown as Gateway;
  const found = matters({ alarms: ["cell_over_voltage"] }, packs, gateway, false, 0);
  assert.deepEqual(found.map(({ level, packs: where }) => [level, ...where]), [
    ["fault", 3],
    ["absent", 4],
    ["warning", 1, 2],
    ["warning"],
    ["notice", 1],
    ["notice"],
  ]);
  assert.equal(found.at(-1)?.place, "balance");
  const least = { ...PACK, full_ah: 100, balance: { basis: "voltage", ahead_ah: [0, 2.4], bleed_a: 0.1, hours_left: 24 } } as Pack;
  assert.match(matters({}, [[2, least]], null, false, 0)[0]?.text ?? "", /^Cell 2 of pack 2 is ahead by at least 2\.4/);
  assert.deepEqual(matters({}, [[1, PACK]], null, false, 0), []);
});

test("a line on which nobody answers is one matter, a pack that is silent beside others is its own", () => {
  useLocale("en-GB");
  const told = (rack: Partial<Rack>, packs: [number, Pack][], state = "lost") =>
    matters({ ...FRESH, ...rack }, packs, null, false, 0, { state, title: "", sentence: `It is ${state}.`, link: "serial:x", dialect: "pace" }).map((matter) =>
      matter.text.replaceAll("\u00a0", " "),
    );
  const silent: Pack = { freshness: "stale", age_s: 41 };
  const all: [number, Pack][] = [[1, silent], [2, { ...silent, age_s: 40 }]];
  const finding = (trouble: string, packs: number[] = []) => ({ findings: [{ trouble, packs, sentence: `Finding ${trouble}.` }], notices: ["pack_lost"] });
  const dead = "No pack has answered on serial:x for 40 s: check the cable to the packs, and that they are on.";
  assert.deepEqual(told(finding("lost", [1, 2]), all), [`${dead} No current is allowed until they answer again.`]);
  assert.deepEqual(told({}, all), [dead]);
  assert.deepEqual(told(finding("line_gone"), all, "cannot_open"), ["Finding line_gone."]);
  assert.deepEqual(told({}, all, "parked"), ["It is parked."]);
  assert.deepEqual(told(finding("lost", [2]), [[1, PACK], [2, silent]], "disturbed"), [
    "Pack 2 has been silent for 41 s and may still be on the busbar: its last limits hold until it answers or you remove it.",
  ]);
});

test("what has opened a switch is not told a second time as an alarm", () => {
  const code = "charge_over_current";
  const tripped: Pack = { ...PACK, protections: [code], alarms: [code] };
  const found = (packs: [number, Pack][]) => matters({ alarms: [code], protections: [code] }, packs, null, false, 0).map(({ level, packs: where }) => [level, ...where]);
  assert.deepEqual(found([[1, PACK], [4, tripped]]), [["protection", 4]]);
  assert.deepEqual(found([[1, { ...PACK, alarms: [code] }], [4, tripped]]), [["protection", 4], ["warning", 1]]);
});

test("who is asked and does not answer is not shown as live", () => {
  const pack: Pack = { freshness: "fresh", age_s: 6 };
  assert.equal(asHeard(pack, true).freshness, "stale");
  assert.equal(asHeard(pack, false), pack);
  assert.equal(asHeard({ freshness: "asleep" }, true).freshness, "asleep");
  const connection = { state: "lost", title: "", sentence: "", link: "", dialect: "" };
  const lost = rackAsHeard({ seq: 1, rack: { freshness: "fresh", age_s: 0 }, packs: { "1": pack, "2": { age_s: 7 } }, connection });
  assert.deepEqual([lost.freshness, lost.age_s], ["stale", 6]);
  assert.equal(youngest([7, null, 6]), 6);
  assert.equal(youngest([null]), null);
});

test("what the inverter is told, from codes and values", () => {
  useLocale("en-GB");
  const told = { charge_voltage_limit_v: 56, charge_current_limit_a: 40, discharge_current_limit_a: 0 };
  const now = { state: "live", told, age_s: 1 } as unknown as Gateway;
  assert.equal(standing(now)?.replaceAll("\u00a0", " "), "The inverter is told 56.0 V, 40.0 A in, 0.0 A out.");
  assert.equal(standing({ ...now, state: "unheard_of" }), null);
  assert.equal(stepWords({ rule: "user", charge_current_a: 40 })?.replaceAll("\u00a0", " "), "you allow no more than: 40.0 A in");
  assert.equal(stepWords({ rule: "unheard_of" }), null);
});

test("cells around their mean", () => {
  const pack: Pack = { cell_voltages_mv: [3330, null, 3340, 3320], balancing: [false, true, null, true] };
  const spread = spreadOf(pack);
  assert.deepEqual([spread?.mean_mv, spread?.spread_mv, spread?.highest, spread?.lowest], [3330, 20, 3, 4]);
  assert.deepEqual(bleeders(pack), [2, 4]);
  assert.equal(bleeders({}), null);
  assert.equal(spreadOf({ cell_voltages_mv: [null] }), null);
  assert.deepEqual(furthest([[1, {}], [2, pack], [3, { cell_voltages_mv: [3300, 3310] }]]), { number: 2, spread_mv: 20 });
  assert.equal(furthest([]), null);
});

test("at rest the sentence says that the gateway allows no charging", () => {
  language.value = "en";
  useLocale("en-GB");
  const gateway = { chain: [{ rule: "packs", charge_current_a: 200 }, { rule: "user", charge_current_a: 0 }], alarms: [] } as unknown as Gateway;
  const barred = barredByGateway(gateway);
  const sentence = (current_a: number) => rackSentence({ ...FRESH, pack_current_a: current_a }, [[1, { pack_current_a: 0 }]], NOON_S, null, barred);
  assert.equal(sentence(0)?.replaceAll("\u00a0", " "), "At rest. Charging is not allowed: you set a limit of 0 A.");
  assert.doesNotMatch(sentence(-20) ?? "", /limit/);
  assert.equal(barredByGateway(null), null);
});

test("the name of the weakest cell does not follow the last digit", () => {
  const packs = (first: number, second: number): [number, Pack][] => [[1, { cell_voltages_mv: [first, 3310] }], [2, { cell_voltages_mv: [second, 3320] }]];
  const began = extremesOf(packs(3300, 3301));
  assert.deepEqual(began?.lowest, { pack: 1, cell: 1, mv: 3300 });
  assert.deepEqual(extremesOf(packs(3302, 3300), began)?.lowest, { pack: 1, cell: 1, mv: 3302 });
  assert.deepEqual(extremesOf(packs(3303, 3300), began)?.lowest, { pack: 2, cell: 1, mv: 3300 });
  assert.deepEqual(extremesOf([[2, { cell_voltages_mv: [3300] }]], began)?.lowest, { pack: 2, cell: 1, mv: 3300 });
});

test("a capacity from the label is not told as one that was found out", () => {
  language.value = "en";
  const learned = (capacity_swings: number) => ({ health: { capacity_swings } }) as unknown as Pack;
  assert.match(headline({ soh_pct: 100 }, [learned(0), learned(0)]), /from the label/);
  assert.match(headline({ soh_pct: 98 }, [learned(0), learned(1)]), /98/);
  // What a pack says of itself is its own word.
  assert.match(headline({ soh_pct: 97 }, [{}]), /97/);
});

test("a rack whose packs exchange current is not said to rest", () => {
  language.value = "en";
  useLocale("en-GB");
  const packs = (first: number): [number, Pack][] => [[1, { pack_current_a: first }], [2, { pack_current_a: -first }]];
  assert.equal(say({}, packs(-45)), "Nothing flows in or out; the packs exchange up to 45 A among themselves.");
  assert.equal(say({}, packs(1)), "At rest.");
});

test("with nothing connected it is not said that nothing needs attention", () => {
  language.value = "en";
  useLocale("en-GB");
  const link = { state: "disconnected", title: "Not Connected", sentence: "Not connected: choose a serial port.", link: "", dialect: "" };
  const found = matters({ freshness: "absent" }, [], null, false, 0, link);
  assert.deepEqual(found.map(({ level, place }) => [level, place]), [["absent", "connect"]]);
  assert.deepEqual(matters(FRESH, [], null, false, 0, { ...link, state: "virtual" }), []);
  // The line's own trouble is told once.
  const gone: Rack = { freshness: "stale", findings: [{ trouble: "line_gone", packs: [], sentence: "The line is gone." }] };
  assert.deepEqual(matters(gone, [], null, false, 0, { ...link, state: "cannot_open" }).map(({ key }) => key), ["finding line_gone "]);
});

test("where the way to the packs is cut nothing looks live, from the first moment", () => {
  const connection = (state: string, silent: number[] = []) => ({ state, title: "", sentence: "", link: "tcp://a", dialect: "pace", silent });
  const rack = (state: string) => rackAsHeard({ rack: { ...FRESH, age_s: 0.2 }, packs: { "1": { age_s: 1.5 } }, connection: connection(state) } as unknown as Snapshot);
  assert.equal(rack("normal").freshness, "fresh");
  for (const state of ["cannot_open", "lost"]) {
    assert.deepEqual([rack(state).freshness, rack(state).age_s], ["stale", 1.5]);
    assert.equal(isUnheard(connection(state), 1), true);
  }
  assert.deepEqual([1, 2].map((number) => isUnheard(connection("normal", [2]), number)), [false, true]);
  assert.equal(isUnheard(null, 1), false);
});

test("an incident shows every pack it has heard, also where one is missing", () => {
  const moments = [[1, 2, 3], [1, 2], []].map((packs) => ({ packs: packs.map((pack) => ({ pack })) })) as unknown as Moment[];
  assert.deepEqual(packsOf(moments), [1, 2, 3]);
});
