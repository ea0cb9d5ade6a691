// What is counted and what the voltages say: where the two part, the page must neither hide it nor contradict itself.

import assert from "node:assert/strict";
import test from "node:test";
import { bandWithCount, countIsOff } from "../src/socband";

const told = (soc_pct: number | null) => ({ soc_pct, soc_low_pct: 10.4, soc_high_pct: 16.9 });

test("a count outside the interval is off, one at its end is rounded into it", () => {
  assert.equal(countIsOff(told(6)), true);
  assert.equal(countIsOff(told(17.5)), true);
  assert.equal(countIsOff(told(10)), false);
  assert.equal(countIsOff(told(17.3)), false);
});

test("what is not known is not off", () => {
  assert.equal(countIsOff(told(null)), false);
  assert.equal(countIsOff({ soc_pct: 50 }), false);
});

test("times are worked out of an interval that holds the count", () => {
  assert.deepEqual(bandWithCount(told(6)), [6, 16.9]);
  assert.deepEqual(bandWithCount(told(20)), [10.4, 20]);
  assert.deepEqual(bandWithCount(told(12)), [10.4, 16.9]);
  assert.deepEqual(bandWithCount(told(null)), [10.4, 16.9]);
  assert.equal(bandWithCount({ soc_pct: 12 }), null);
});
