// The plotted past: one time axis for all columns, gaps where nothing was heard, fifteen minutes kept.

import assert from "node:assert/strict";
import test from "node:test";
import { History, KEPT_S } from "../src/history";
import type { Freshness, Snapshot } from "../src/model";

function at(time_s: number, soc_pct: number, freshness: Freshness = "fresh"): Snapshot {
  return { seq: time_s, time_s, rack: { soc_pct, freshness }, packs: { "1": { soc_pct: soc_pct - 1, freshness } } };
}

test("samples stand beside their time", () => {
  const history = new History();
  history.append(at(10, 50));
  history.append(at(11, 51));
  assert.deepEqual(history.times, [10, 11]);
  assert.deepEqual(history.column("rack.soc_pct"), [50, 51]);
  assert.deepEqual(history.column("pack.1.soc_pct"), [49, 50]);
  assert.deepEqual(history.column("rack.pack_voltage_v"), [null, null]);
  assert.deepEqual(history.column("pack.9.soc_pct"), [null, null]);
});

test("what is not fresh is a gap, a repeated time is not a sample", () => {
  const history = new History();
  history.append(at(10, 50));
  history.append(at(10, 99));
  history.append(at(11, 50, "stale"));
  assert.deepEqual(history.column("rack.soc_pct"), [50, null]);
});

test("a pack that joins or leaves keeps its column as long as the others", () => {
  const history = new History();
  history.append({ ...at(10, 50), packs: {} });
  history.append(at(11, 51));
  history.append({ ...at(12, 52), packs: {} });
  assert.deepEqual(history.column("pack.1.soc_pct"), [null, 50, null]);
});

test("the server's record takes the place of our own, and newer samples follow it", () => {
  const history = new History();
  history.append(at(100, 1));
  history.append(at(101, 2));
  history.append(at(102, 3));
  history.load({ interval_s: 1, start_s: 98, series: { "rack.soc_pct": [7, 8, null, 9], "pack.2.soc_pct": [1] } });
  assert.deepEqual(history.times, [98, 99, 100, 101, 102]);
  assert.deepEqual(history.column("rack.soc_pct"), [7, 8, null, 9, 3]);
  assert.deepEqual(history.column("pack.1.soc_pct"), [null, null, null, null, 2]);
  assert.deepEqual(history.column("pack.2.soc_pct"), [1, null, null, null, null]);
});

test("samples of another run, or before the server's clock was set, go", () => {
  const history = new History();
  history.append(at(5000, 1));
  history.load({ interval_s: 1, start_s: 100, series: { "rack.soc_pct": [7] } });
  history.append(at(101, 8));
  assert.deepEqual(history.times, [100, 101]);
});

test("other packs have another past", () => {
  const history = new History();
  const link = (name: string) => ({ connection: { state: "", title: "", sentence: "", link: name, dialect: "" } });
  history.append({ ...at(10, 50), virtual: true });
  history.append({ ...at(11, 0, "absent"), ...link("") });
  history.append({ ...at(12, 80), ...link("serial:x") });
  assert.deepEqual(history.times, [12]);
  assert.deepEqual(history.column("rack.soc_pct"), [80]);
  history.append({ ...at(13, 0, "absent"), ...link("") });
  history.append({ ...at(14, 81), ...link("serial:x") });
  assert.deepEqual(history.times, [12, 13, 14]);
});

test("no line is drawn across a silence", () => {
  const history = new History();
  history.append(at(10, 50));
  history.gap();
  history.append(at(40, 51));
  assert.deepEqual(history.column("rack.soc_pct"), [50, null, 51]);
  assert.equal(history.times.length, 3);
});

test("fifteen minutes are kept, marks included", () => {
  const history = new History();
  history.mark(1, "early");
  for (let time = 0; time <= KEPT_S + 100; time += 1) history.append(at(time, 50));
  history.mark(KEPT_S, "late");
  history.append(at(KEPT_S + 101, 50));
  assert.equal(history.times[0], 101);
  assert.equal(history.column("rack.soc_pct").length, history.times.length);
  assert.deepEqual(history.marks.map(({ text }) => text), ["late"]);
});

test("what cannot be heard any more draws no line on", () => {
  const history = new History();
  history.append(at(10, 50));
  const connection = { state: "cannot_open", title: "", sentence: "", link: "", dialect: "" };
  history.append({ ...at(11, 50), connection });
  history.append({ ...at(12, 50), connection: { ...connection, state: "normal", silent: [1] } });
  assert.deepEqual(history.column("rack.soc_pct"), [50, null, 50]);
  assert.deepEqual(history.column("pack.1.soc_pct"), [49, null, null]);
});
