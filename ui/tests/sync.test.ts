// A page that joins late, loses events or hears some twice still ends with the server's rack.

import assert from "node:assert/strict";
import test from "node:test";
import type { Delta, Snapshot } from "../src/model";
import { apply, NOTHING, takeDelta, takeSnapshot } from "../src/sync";

const FIRST: Snapshot = {
  seq: 17,
  time_s: 1000,
  rack: { soc_pct: 71.2, state: "CHARGE", sentence: "Charging with 41 A." },
  packs: { "1": { pack: 1, soc_pct: 71 }, "2": { pack: 2, soc_pct: 70, serial: "S2" } },
  links: [{ name: "RS485", url: "pty:/tmp/rack" }],
};

const started = takeSnapshot(NOTHING, FIRST);
const delta = (seq: number, change: Partial<Delta> = {}): Delta => ({ seq, time_s: 1000 + seq - 17, ...change });

test("a delta that follows changes what it names and leaves the rest as it is, identity included", () => {
  const { snapshot, behind } = takeDelta(started, delta(18, { rack: { soc_pct: 71.3 }, packs: { "2": { soc_pct: 70.1 } } }));
  assert.equal(behind, null);
  assert.deepEqual(snapshot?.rack, { soc_pct: 71.3, state: "CHARGE", sentence: "Charging with 41 A." });
  assert.deepEqual(snapshot?.packs["2"], { pack: 2, soc_pct: 70.1, serial: "S2" });
  assert.equal(snapshot?.packs["1"], FIRST.packs["1"]);
  assert.equal(snapshot?.links, FIRST.links);
  assert.equal(snapshot?.time_s, 1001);
  assert.equal(FIRST.rack.soc_pct, 71.2, "the old snapshot is not touched");
});

test("null removes a key, and a pack", () => {
  const next = apply(FIRST, delta(18, { rack: { sentence: null }, packs: { "1": null, "2": { serial: null } } }));
  assert.ok(!("sentence" in next.rack));
  assert.ok(!("1" in next.packs));
  assert.deepEqual(next.packs["2"], { pack: 2, soc_pct: 70 });
});

test("a new pack appears", () => {
  assert.deepEqual(apply(FIRST, delta(18, { packs: { "3": { soc_pct: 50 } } })).packs["3"], { soc_pct: 50 });
});

test("links and simulation are replaced when they come", () => {
  const next = apply(FIRST, delta(18, { links: [], simulation: { running: false, speed: 10 } }));
  assert.deepEqual(next.links, []);
  assert.deepEqual(next.simulation, { running: false, speed: 10 });
});

test("an event heard twice changes nothing", () => {
  assert.equal(takeDelta(started, delta(17, { rack: { soc_pct: 1 } })), started);
  assert.equal(takeDelta(started, delta(3, { rack: { soc_pct: 1 } })), started);
});

test("after a gap nothing is applied until a snapshot comes, and then what is newer than it", () => {
  let sync = takeDelta(started, delta(20, { rack: { soc_pct: 72 } }));
  assert.equal(sync.snapshot, FIRST);
  assert.deepEqual(sync.behind?.map(({ seq }) => seq), [20]);
  sync = takeDelta(sync, delta(21, { rack: { soc_pct: 73 } }));
  sync = takeSnapshot(sync, { ...FIRST, seq: 20, rack: { soc_pct: 72 } });
  assert.equal(sync.behind, null);
  assert.equal(sync.snapshot?.seq, 21);
  assert.equal(sync.snapshot?.rack.soc_pct, 73);
});

test("a gap inside what was kept asks for another snapshot", () => {
  let sync = takeDelta(started, delta(20));
  sync = takeDelta(sync, delta(23));
  sync = takeSnapshot(sync, { ...FIRST, seq: 20 });
  assert.deepEqual(sync.behind?.map(({ seq }) => seq), [23]);
});

test("a server that starts again counts from anew and is believed", () => {
  const sync = takeSnapshot(started, { ...FIRST, seq: 1 });
  assert.equal(takeDelta(sync, delta(2)).snapshot?.seq, 2);
});

test("a delta before any snapshot waits for one", () => {
  assert.deepEqual(takeDelta(NOTHING, delta(5)).behind?.map(({ seq }) => seq), [5]);
});
