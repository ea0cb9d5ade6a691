// What is counted and what the voltages say: where the two part, the page must neither hide it nor contradict itself.

import assert from "node:assert/strict";
import test from "node:test";
import { countIsOff } from "../src/socband";

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
