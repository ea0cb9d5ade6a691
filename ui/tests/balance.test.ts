// Cells in a sentence: many of them are read out as ranges.

import assert from "node:assert/strict";
import test from "node:test";
import { runs } from "../src/balance";

test("neighbours become a range from three on", () => {
  assert.equal(runs([]), "");
  assert.equal(runs([7]), "7");
  assert.equal(runs([7, 8]), "7, 8");
  assert.equal(runs([1, 2, 3, 5, 6, 8, 9, 10, 11, 12, 13, 15, 16]), "1–3, 5, 6, 8–13, 15, 16");
});
