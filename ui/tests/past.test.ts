// What is asked of the kept past, and what is made of its answers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { telling, type DrillRow } from "../src/drill";
import { apart, cellColumns, csv, eventsOf, eventsPath, isEmpty, lowestCell, meanOf, moved, nextMinute_s, pathsOf, queryOf, shownIn, subjectOf, type Past, type PastEvent } from "../src/past";

const PAST: Past = {
  source: { kind: "pack", name: "A1", pack: 2 },
  every: "1m",
  every_s: 60,
  times_s: [60, 120, 180],
  series: [
    { quantity: "soc_pct", unit: "%", min: [49, null, 51], mean: [50, null, 52] },
    { quantity: "cell_voltages_mv", unit: "mV", cells: [[3300, 3310, 3290], null, [3301, 3313, 3292]] },
  ],
};

test("the address says what is looked at", () => {
  assert.deepEqual(subjectOf([]), { kind: "rack" });
  assert.deepEqual(subjectOf(["packs"]), { kind: "packs" });
  assert.deepEqual(subjectOf(["pack", "3"]), { kind: "pack", pack: 3 });
  assert.deepEqual(subjectOf(["cells", "3", "11"]), { kind: "cells", pack: 3, cell: 11 });
  assert.deepEqual(subjectOf(["cells", "x"]), { kind: "rack" });
});

test("packs are asked for one by one by what they keep, the rack without a number", () => {
  const packs = [{ number: 1, serial: "A/1" }, { number: 5, serial: null }];
  const span = { from_s: 100.4, to_s: 200.2 };
  assert.equal(pathsOf({ kind: "packs" }, packs, span, 300).length, 2);
  assert.match(pathsOf({ kind: "pack", pack: 1 }, packs, span, 300)[0] ?? "", /&serial=A%2F1$/);
  assert.match(pathsOf({ kind: "cells", pack: 5, cell: 2 }, packs, span, 300)[0] ?? "", /cell_voltages_mv.*&pack=5$/);
  assert.match(eventsPath({ kind: "pack", pack: 7 }, packs, span), /&pack=7$/);
  const [rack] = pathsOf({ kind: "rack" }, packs, span, 300);
  assert.match(rack ?? "", /from=100&to=201&points=300$/);
  assert.doesNotMatch(rack ?? "", /pack=/);
});

test("cells become columns, and the lowest of them is the weakest", () => {
  const columns = cellColumns(PAST);
  assert.deepEqual(columns, [[3300, null, 3301], [3310, null, 3313], [3290, null, 3292]]);
  assert.deepEqual(meanOf(columns), [3300, null, 3302]);
  assert.deepEqual(apart(columns[1] ?? [], meanOf(columns)), [10, null, 11]);
  assert.equal(lowestCell(columns), 3);
  assert.equal(lowestCell([]), null);
});

test("a table has a line for each moment, and nothing where nothing is known", () => {
  const lines = csv([PAST, { ...PAST, source: { kind: "rack", name: "rack", pack: null }, times_s: [60, 120, 240], series: PAST.series.slice(0, 1) }]).split("\r\n");
  assert.equal(lines[0], "time,pack 2 soc_pct min,pack 2 soc_pct mean,pack 2 cell 1 mV,pack 2 cell 2 mV,pack 2 cell 3 mV,rack soc_pct min,rack soc_pct mean");
  assert.equal(lines[1], "1970-01-01T00:01:00.000Z,49,50,3300,3310,3290,49,50");
  assert.equal(lines[2], "1970-01-01T00:02:00.000Z,,,,,,,");
  assert.equal(lines[4], "1970-01-01T00:04:00.000Z,,,,,,51,52");
});

test("a span moves and zooms around its middle, never beyond now", () => {
  assert.deepEqual(moved({ from_s: 0, to_s: 1000 }, 0, 0.5, 5000), { from_s: 250, to_s: 750 });
  assert.deepEqual(moved({ from_s: 0, to_s: 1000 }, -0.5, 1, 5000), { from_s: -500, to_s: 500 });
  assert.deepEqual(moved({ from_s: 4000, to_s: 5000 }, 0.5, 1, 5000), { from_s: 4000, to_s: 5000 });
  assert.equal(moved({ from_s: 0, to_s: 100 }, 0, 0.1, 5000).to_s - moved({ from_s: 0, to_s: 100 }, 0, 0.1, 5000).from_s, 60);
});

test("of a drill only seconds that tell something are listed", () => {
  const row = (at_s: number, more: Partial<DrillRow> = {}): DrillRow => ({
    at_s, state: "live", charge_voltage_limit_v: 56, charge_current_limit_a: 10, discharge_current_limit_a: 20, charge_enabled: true,
    discharge_enabled: true, frames: 6, age_s: at_s, packs: 3, pack_current_a: at_s, alarms: [], events: [], ...more,
  });
  const rows = [row(1), row(2), row(3, { events: ["The plug is pulled."] }), row(4), row(5, { packs: 2 }), row(6, { packs: 2 })];
  assert.deepEqual(telling(rows).map((one) => one.at_s), [1, 3, 5]);
});

test("a past of unknown values is empty, one value is a past", () => {
  const past = (values: (number | null)[], cells?: (number[] | null)[]): Past => ({
    source: { kind: "rack", name: "rack", pack: null },
    every: "1m",
    every_s: 60,
    times_s: [0, 60],
    series: [{ quantity: "soc_pct", unit: "%", mean: values, ...(cells ? { cells } : {}) }],
  });
  assert.equal(isEmpty([]), true);
  assert.equal(isEmpty([past([null, null]), past([null, null])]), true);
  assert.equal(isEmpty([past([null, null]), past([null, 0])]), false);
  assert.equal(isEmpty([past([null, null], [null, [3300]])]), false);
});

test("a minute can be seen a minute after it is over", () => {
  assert.equal(nextMinute_s(600.5), 720);
  assert.equal(nextMinute_s(659.9), 720);
});

test("the time that is shown stands in the address", () => {
  for (const shown of [{ width_s: 86_400, to_s: null }, { width_s: 600, to_s: 1_795_270_600 }]) {
    assert.deepEqual(shownIn(queryOf(shown)), shown);
  }
  for (const query of ["", "last=0", "last=-1", "from=5&to=5", "from=5", "to=7", "at=3", "last=1e9x"]) assert.equal(shownIn(query), null, query);
});

test("a drill makes no mark on the charts of a real battery", () => {
  const event = (code: string, virtual: boolean): PastEvent => ({ source: "rack", name: "rack", pack: null, kind: "alarm", code, level: "critical", began_s: 1, ended_s: null, text: "", virtual });
  const both = [event("drill", true), event("real", false)];
  const of = (name: string) => eventsOf({ ...PAST, source: { kind: "rack", name, pack: null } }, both).map(({ code }) => code);
  assert.deepEqual([of("rack"), of("virtual rack"), of("VIRTUAL-0001"), of("A5L-0001")], [["real"], ["drill"], ["drill"], ["real"]]);
});
