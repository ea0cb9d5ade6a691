// The flashes of the guide's LED table, sampled every 50 ms as an eye would see them, and its rows.

import assert from "node:assert/strict";
import test from "node:test";
import { FLASHES, LEGEND, lit, untilNextEdge } from "../src/lamps";
import { lampWords, addWords } from "../src/view/panel";

const SAMPLE_S = 0.05;

test("each flash is lit as long and as often as the guide says", () => {
  const guide = { flash1: [0.25, 4], flash2: [0.5, 1], flash3: [0.5, 2] } as const;
  for (const flash of FLASHES) {
    const samples = Array.from({ length: 20 / SAMPLE_S }, (_, index) => lit(flash, 100 + index * SAMPLE_S + 0.001));
    const rises = samples.flatMap((on, index) => (on && index > 0 && !samples[index - 1] ? [index * SAMPLE_S] : []));
    const falls = samples.flatMap((on, index) => (!on && index > 0 && samples[index - 1] ? [index * SAMPLE_S] : []));
    const period = (rises.at(-1)! - rises[0]!) / (rises.length - 1);
    const fallAfter = falls.find((time) => time > rises[0]!)! - rises[0]!;
    assert.ok(Math.abs(period - guide[flash][1]) <= SAMPLE_S, `${flash} period ${period}`);
    assert.ok(Math.abs(fallAfter - guide[flash][0]) <= SAMPLE_S, `${flash} lit ${fallAfter}`);
  }
});

test("steady lamps are steady", () => {
  assert.ok(lit("on", 0.3));
  assert.ok(!lit("off", 0.3));
});

test("the clock wakes at every edge and never between", () => {
  let time = 0;
  const edges: number[] = [];
  while (time < 3.999) {
    time += untilNextEdge(time);
    edges.push(Math.round(time * 1000) / 1000);
  }
  assert.deepEqual(edges, [0.25, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]);
});

test("the legend's rows are the guide's", () => {
  const rows = Object.fromEntries(LEGEND.map(({ key, lamps }) => [key, [lamps.run, lamps.alm, ...(lamps.soc ?? [])].join(" ")]));
  assert.deepEqual(rows, {
    dormant: "off off off off off off",
    standby: "flash1 off on on on off",
    standbyWarning: "flash1 flash3 on on on off",
    charge: "on off on on flash2 off",
    chargeWarning: "on flash3 on on flash2 off",
    overCharge: "on off on on on on",
    chargeProtection: "off off off off off off",
    discharge: "on off on on on off",
    dischargeWarning: "on flash3 on on on off",
    underVoltage: "off off off off off off",
    dischargeProtection: "off on off off off off",
    failure: "off on off off off off",
  });
});

test("lamps and switch can be read as well as seen", () => {
  assert.equal(
    lampWords({ run: "flash1", alm: "off", soc: ["on", "on", "flash2", "off"] }),
    "Lamps: RUN flash 1, ALM off, SOC on, on, flash 2, off",
  );
  assert.equal(lampWords(null), "Lamps: not known");
  assert.equal(addWords([true, false, true, false]), "ADD switch: 1 on, 2 off, 3 on, 4 off; address 5");
  assert.equal(addWords(undefined), "ADD switch: not known");
});
