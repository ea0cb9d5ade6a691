// Addresses, the cells' scale, the sentence of a pack, and words for everything a pack may report.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { deedTold } from "../src/audit";
import { mean, place, reach } from "../src/cellscale";
import { useLocale } from "../src/format";
import type { Pack } from "../src/model";
import type { PlaceName } from "../src/places";
import { address, packIn, parseRoute, type Route } from "../src/route";
import { packSentence } from "../src/view/packsentence";
import { accountWords } from "../src/i18n/account";
import { nameOf, words } from "../src/i18n/words";
import { SCREENS } from "../src/screens/registry";

declare const UI_FOLDER: string;

test("every screen has an address that leads back to it", () => {
  const routes: Route[] = (Object.keys(SCREENS) as PlaceName[]).map((screen) => ({ screen, rest: [] }));
  routes.push({ screen: "pack", rest: ["12"] }, { screen: "pack", rest: ["a/b", "ü %"] });
  for (const { screen, rest } of routes) assert.deepEqual(parseRoute(address(screen, ...rest)), { screen, rest });
  for (const unknown of ["", "#", "#/", "#/nowhere", "#/toString", "#/%"]) {
    assert.deepEqual(parseRoute(unknown), { screen: "overview", rest: [] });
  }
});

test("an address may say more behind a question mark", () => {
  assert.deepEqual(parseRoute("#/history/packs?last=86400"), { screen: "history", rest: ["packs"], query: "last=86400" });
  assert.deepEqual(parseRoute("#/history?"), { screen: "history", rest: [] });
});

test("a pack is named by a number and nothing else", () => {
  assert.equal(packIn(["12"]), 12);
  for (const rest of [[], ["x"], ["-1"], ["1234"]]) assert.equal(packIn(rest), null);
});

test("what the audit noted of a request is told in words", () => {
  const say = (action: string) => deedTold(action, accountWords.deeds, (part) => (part === "buzzer" ? "Buzzer" : part));
  assert.equal(say("POST /api/packs/12/system/read"), "Read the system settings of pack 12");
  assert.equal(say("POST /api/packs/3/controls/buzzer"), "Buzzer of pack 3");
  assert.equal(say("DELETE /api/users/ines"), "Remove the account ines");
  assert.equal(say("accounts token add"), "Make a token");
  for (const unknown of ["accounts sell", "POST /api/packs/3/more", "GET /api/users"]) assert.equal(say(unknown), null);
});

test("on the cells' scale 5 mV can be seen and 800 mV is still on it, in the right order", () => {
  const span = reach(3331, [3329, 3334, 2500, 2800, 3500, 3650]);
  const voltages = [2500, 2800, 3329, 3331, 3334, 3336, 3500, 3650];
  const places = voltages.map((voltage) => place(voltage, 3331, span));
  assert.deepEqual([...places].sort((a, b) => a - b), places);
  assert.equal(places[3], 0.5);
  assert.ok(places[0]! > 0 && places.at(-1)! < 1);
  assert.ok(places[5]! - 0.5 > 0.05, "5 mV from the mean takes more than a twentieth of the picture");
  assert.equal(place(9000, 3331, span), 1);
});

test("a mean of nothing is nothing", () => {
  assert.equal(mean([]), null);
  assert.equal(mean([3300, 3310]), 3305);
});

test("what a pack does or suffers, in a sentence", () => {
  useLocale("en");
  const say = (pack: Pack, gone = false) => packSentence(pack, 3, gone, 2).replaceAll("\u00a0", " ");
  const fresh: Pack = { freshness: "fresh", age_s: 0.4 };
  assert.equal(say({ ...fresh, state: "CHARGE", pack_current_a: 10.24 }), "Charging with 10.2 A.");
  assert.equal(say({ ...fresh, state: "DISCHARGE", pack_current_a: -10.24 }), "Discharging with 10.2 A.");
  assert.equal(
    say({ ...fresh, state: "CHARGE", pack_current_a: 3, alarms: ["cell_over_voltage"] }),
    "Charging with 3.0 A. Warning: cell over-voltage.",
  );
  assert.equal(
    say({ ...fresh, state: "PROTECT", protections: ["cell_over_voltage"], switches: { charge: false, discharge: true } }),
    "Protection: cell over-voltage. Charging is stopped.",
  );
  assert.equal(
    say({ ...fresh, state: "FAULT", faults: ["current_sensor"], switches: { charge: false, discharge: false } }),
    "Fault: current sensor. Charging and discharging are stopped.",
  );
  assert.match(say({ freshness: "absent" }), /^Pack 3 does not answer\./);
  assert.match(say({ freshness: "asleep" }), /ON\/OFF button/);
  // Without a server nobody knows whether the pack is silent: it is not said to be.
  assert.equal(say({ ...fresh, state: "CHARGE", pack_current_a: 3 }, true), "Last known: Charging with 3.0 A.");
  assert.equal(say({ freshness: "stale", age_s: 5 }, true), "Pack 3 has been silent for 7 s; these are its last known values.");
});

test("everything the pack's model can report has words", () => {
  const model = readFileSync(`${UI_FOLDER}/../src/openress/model/condition.py`, { encoding: "utf8" });
  const codes = [...model.matchAll(/^ {4}[A-Z0-9_]+ = "([a-z0-9_]+)"/gm)].map((match) => match[1]!);
  assert.ok(codes.length > 20);
  for (const code of codes) assert.notEqual(nameOf(code), code.replaceAll("_", " "), `no words for ${code}`);
});

test("a name without words is shown as it is", () => {
  assert.equal(nameOf("some_new_thing"), "some new thing");
});

test("short, calm words", () => {
  const texts: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === "string") texts.push(value);
    else if (value && typeof value === "object") Object.values(value).forEach(collect);
  };
  collect(words);
  assert.ok(texts.length > 150);
  for (const text of texts) assert.ok(!text.includes("!") && !/please/i.test(text), text);
});

test("the lock file names no host", () => {
  const lock = readFileSync(`${UI_FOLDER}/package-lock.json`, { encoding: "utf8" });
  assert.ok(!lock.includes("://") && !lock.includes('"resolved"'));
  assert.ok(lock.includes('"integrity"'));
});
