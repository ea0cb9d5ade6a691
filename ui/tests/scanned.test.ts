// What a scan says about the addresses of a rack, and the seconds of an incident.

import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOf, type Moment } from "../src/incident";
import { moves, slots, switchesFor } from "../src/scanned";
import type { Survey, SurveyedPack } from "../src/service";

const pack = (number: number, switches?: boolean[]): SurveyedPack => ({
  pack: number,
  address: number,
  master: number === 1,
  dialect: "pace",
  baud: 9600,
  ...(switches ? { address_switches: switches } : {}),
});

function survey(packs: SurveyedPack[], remarks: Survey["remarks"] = []): Survey {
  return { link: "tcp://here:1", packs, overheard: null, remarks, tried: [], not_tried: [] };
}

test("a rack has a place for each number up to the last, and one in front for whoever stands alone", () => {
  const found = slots(survey([pack(1), pack(2), pack(4), pack(0)]));
  assert.deepEqual(found.map((slot) => [slot.number, slot.packs.length]), [[0, 1], [1, 1], [2, 1], [3, 0], [4, 1]]);
  assert.deepEqual([...moves(found)], [[0, 3]]);
  assert.deepEqual(slots(survey([])), []);
});

test("two at one address are seen although neither is understood, and the next free address is after all others", () => {
  const found = slots(survey([pack(1), pack(3)], [{ kind: "duplicate_address", packs: [2], sentence: "" }]));
  assert.deepEqual(found.map((slot) => slot.doubled), [false, true, false]);
  assert.deepEqual([...moves(found)], [[2, 4]]);
  const both = slots(survey([pack(1), pack(4), pack(0)], [{ kind: "duplicate_address", packs: [2], sentence: "" }]));
  assert.deepEqual([...moves(both)], [[0, 3], [2, 5]]);
});

test("switches are drawn as those of the packs that were found count", () => {
  const fromOne = [pack(1, [true, false, false, false]), pack(2, [false, true, false, false])];
  assert.deepEqual(switchesFor(3, fromOne), [true, true, false, false]);
  assert.equal(switchesFor(16, fromOne), null);
  const fromZero = [pack(1, [false, false, false, false])];
  assert.deepEqual(switchesFor(3, fromZero), [false, true, false, false]);
  assert.equal(switchesFor(3, [pack(1)]), null);
});

test("a moment is found by any time within its second", () => {
  const moments = [10, 11, 12].map((time_s): Moment => ({ time_s, packs: [], told: null, bytes: [] }));
  assert.deepEqual([9, 10, 10.2, 12, 99].map((time_s) => placeOf(moments, time_s)), [0, 0, 1, 2, 2]);
  assert.equal(placeOf([], 5), 0);
});
