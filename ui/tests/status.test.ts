// What is old never looks fresh, and the worst of a pack is what is said of it.

import assert from "node:assert/strict";
import test from "node:test";
import { ageNow, freshnessNow } from "../src/freshness";
import { levelOf, power_kw } from "../src/status";

test("nothing stays fresh without a server", () => {
  assert.equal(freshnessNow({ freshness: "fresh" }, false), "fresh");
  assert.equal(freshnessNow({ freshness: "fresh" }, true), "stale");
  assert.equal(freshnessNow({ freshness: "asleep" }, true), "asleep");
  assert.equal(freshnessNow({ freshness: "absent" }, true), "absent");
});

test("a source that does not say how fresh it is counts as stale, none at all as absent", () => {
  assert.equal(freshnessNow({}, false), "stale");
  assert.equal(freshnessNow(null, false), "absent");
});

test("age grows with the silence; an unknown age stays unknown", () => {
  assert.equal(ageNow(0.4, 12), 12.4);
  assert.equal(ageNow(5, -1), 5);
  assert.equal(ageNow(undefined, 12), null);
  assert.equal(ageNow(null, 0), null);
});

test("old data come first, then fault over protection over warning over sleep", () => {
  const worst = { freshness: "fresh", state: "FAULT", alarms: ["a"], protections: ["p"], faults: ["f"] } as const;
  const pack = { ...worst, alarms: ["a"], protections: ["p"], faults: ["f"] };
  assert.equal(levelOf(pack, true), "stale");
  assert.equal(levelOf(pack, false), "fault");
  assert.equal(levelOf({ ...pack, state: "CHARGE", faults: [] }, false), "protection");
  assert.equal(levelOf({ ...pack, state: "CHARGE", faults: [], protections: [] }, false), "warning");
  assert.equal(levelOf({ freshness: "fresh", state: "DORMANT" }, false), "asleep");
  assert.equal(levelOf({ freshness: "fresh", state: "CHARGE", alarms: [] }, false), "nominal");
  assert.equal(levelOf({ freshness: "fresh", state: "PROTECT" }, false), "protection");
});

test("power needs both of its factors", () => {
  assert.equal(power_kw({ pack_voltage_v: 50, pack_current_a: -20 }), -1);
  assert.equal(power_kw({ pack_voltage_v: 50 }), null);
});
