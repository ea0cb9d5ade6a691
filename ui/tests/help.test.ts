// The help: search with other makers' words in any language, lamps to states, a tree without dead ends.

import assert from "node:assert/strict";
import test from "node:test";
import { systemWords } from "../src/i18n/system";
import { words } from "../src/i18n/words";
import { HELP, entries, isChoice, nearStates, search, statesOf, type Choice, type Leaf } from "../src/view/helpdata";

const titles = (wanted: string) => search(wanted).map(({ title }) => title);

test("a search finds every word, in any order, and titles first", () => {
  assert.equal(titles("short circuit")[0], "Short circuit");
  assert.ok(titles("circuit short").includes("Short circuit"));
  assert.deepEqual(titles("   "), []);
  assert.deepEqual(titles("zebra"), []);
});

test("words of other makers find ours", () => {
  assert.ok(titles("OVP").includes("Cell over voltage"));
  assert.ok(titles("host").includes("Planning the wiring of a rack"));
  assert.ok(titles("toggles").includes("Setting the address switches"));
});

test("every setting, switch, notice and fault number that is shown anywhere is found", () => {
  assert.deepEqual(titles("F58"), ["F58: Sol-Ark, BMS mode 00"]);
  assert.ok(titles("F952").some((title) => title.endsWith("SMA Sunny Island")));
  assert.equal(titles("forced shutdown")[0], "Forced Shutdown");
  assert.ok(titles("cell_ov_alarm_mv").includes("Cell OV Alarm"));
  assert.ok(titles("locked over-current").length > 0);
  const all = new Set(entries().map(({ title }) => title));
  for (const title of [...Object.values(systemWords.controls), ...Object.values(words.notice), ...Object.values(words.condition), ...Object.values(words.fault)]) {
    assert.ok([...all].some((one) => one.toLowerCase() === title.toLowerCase()) || search(title).length > 0, title);
  }
});

test("the search looks at the help it is given, whatever accents and case are typed", () => {
  const topic = { name: "safety", title: "Peligros", sentences: ["Una batería puede causar una descarga eléctrica."] };
  const help = { ...HELP, topics: [topic], aliases: { sobretensión: ["ov"], eléctrica: ["choque"] } };
  const found = (wanted: string) => search(wanted, help).map(({ title }) => title);
  assert.deepEqual(found("ELECTRICA bateria"), ["Peligros"]);
  assert.deepEqual(found("choque"), ["Peligros"]);
  assert.deepEqual(found("electric shock"), []);
});

test("every entry has something to say, and no title comes twice", () => {
  const all = entries();
  assert.ok(all.length > 40);
  assert.equal(new Set(all.map(({ title }) => title)).size, all.length);
  for (const { title, lines } of all) assert.ok(lines.length > 0, title);
});

test("lamps lead to their states; dark ones to three", () => {
  const dark = Array(6).fill("off");
  assert.equal(statesOf(dark).length, 3);
  const [standby] = statesOf(["flash1", "off", "on", "on", "off", "off"]);
  assert.equal(standby?.state.state, "standby");
  assert.deepEqual(standby?.charge, [25, 50]);
  assert.deepEqual(statesOf(["flash2", "on", ...dark.slice(2)]), []);
  assert.deepEqual(nearStates("off", "on"), ["discharge, temperature / over-current / short circuit", "failure"]);
});

test("every way through the tree ends with something to do", () => {
  const walk = (node: Choice | Leaf): number => {
    if (!isChoice(node)) {
      assert.ok(node.steps.length > 0, node.title);
      return 1;
    }
    assert.ok(node.answers.length > 0, node.title);
    return node.answers.reduce((sum, answer) => sum + walk(answer), 0);
  };
  assert.ok(walk(HELP.tree) > 30);
});
