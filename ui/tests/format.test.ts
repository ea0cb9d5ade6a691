// Numbers as the service tool prints them, in the reader's own signs, and never a 0 for what is not known.

import assert from "node:assert/strict";
import test from "node:test";
import { duration, fixed, measured, toolClock, unbroken, useLocale } from "../src/format";

test("the guide's realtime screen", () => {
  useLocale("en");
  const printed = [
    [0, 1, "0.0"],
    [48.8, 1, "48.8"],
    [21, 1, "21.0"],
    [100, 1, "100.0"],
    [6.3, 1, "6.3"],
    [30, 1, "30.0"],
    [1, 0, "1"],
    [28.4, 1, "28.4"],
    [3252, 0, "3252"],
  ] as const;
  for (const [value, decimals, text] of printed) assert.equal(fixed(value, decimals), text);
});

test("what is not known is no number", () => {
  for (const nothing of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) assert.equal(fixed(nothing, 1), null);
  assert.equal(measured(null, 1, "A"), "–");
});

test("no minus before nothing, a true minus elsewhere, a plus where direction matters", () => {
  useLocale("en");
  assert.equal(fixed(-0.04, 1), "0.0");
  assert.equal(fixed(-0.04, 1, true), "0.0");
  assert.equal(fixed(-10.25, 1), "−10.2");
  assert.equal(fixed(10.2, 1, true), "+10.2");
});

test("the reader's decimal sign", () => {
  useLocale("de");
  assert.equal(fixed(71.2, 1), "71,2");
  useLocale("en");
});

test("the tool's clock", () => {
  assert.equal(toolClock(new Date(2021, 11, 22, 9, 9, 10).getTime() / 1000), "2021-12-22 09:09:10");
});

test("ages are as coarse as they need be", () => {
  useLocale("en");
  const said = [3.9, 59.9, 60, 3599, 7300, 259_199, 4_750_000].map((seconds) => duration(seconds).replace("\u00a0", " "));
  assert.deepEqual(said, ["3 s", "59 s", "1 min", "59 min", "2 h", "71 h", "54 d"]);
});

test("a number stays with its unit", () => {
  assert.equal(unbroken("Charging with 41 A, full about 14:20."), "Charging with 41\u00a0A, full about 14:20.");
});
