// English words of the health screen.

import { plural } from "../grammar";

const n = plural("en");

export const en = {
  headline: (soh: string) => `The packs have ${soh} of their rated capacity.`,
  assumed: "No pack has shown its capacity yet: what stands here is from the label, until one full swing has been seen.",
  unknown: "The packs do not tell their state of health.",
  soh: "State of health",
  capacity: "Capacity",
  capacityBand: (low: string, high: string) => `${low}–${high} Ah, 95 times out of 100`,
  swings: n({ one: "from # swing between known charges", other: "from # swings between known charges" }),
  label: "from the label: no full swing has been seen yet",
  rated: "Rated capacity",
  cycles: "Full cycles",
  cyclesNote: (into: string, out: string) => `${into} in, ${out} out`,
  resistance: "Resistance",
  resistanceNote: (sigma: string) => `± ${sigma} of the profile, as new cells differ too`,
  steps: n({ one: "from # step of the current", other: "from # steps of the current" }),
  noSteps: "no step of the current has been seen yet",
  growth: (percent: string) => `${percent} since it was first known`,
  events: "What shortened its life",
  noEvents: "nothing so far",
  eventNames: {
    deep_discharge: "Deep discharge",
    over_charge: "Over-charge",
    over_temperature: "Over-temperature",
    frost_charge: "Charge below 0 °C",
    over_current: "Over-current",
    short_circuit: "Short circuit",
  } as Record<string, string>,
  times: (name: string, count: number) => `${name}: ${count} ×`,
  trend: "From day to day",
  trendFull: "Capacity",
  trendResistance: "Resistance of the pack",
  trendSoh: "Health",
  trendChart: (name: string) => `${name} from day to day`,
  trendShort: "A trend needs two days at least; this pack has been watched for less.",
  trendNone: "This server keeps no history, so there is no trend.",
  passportPdf: "Battery passport (PDF)",
  passportPdfOf: (pack: string) => `Battery passport (PDF) of ${pack}, to print and hand on; in English`,
  passportOf: (pack: string) => `Battery passport of ${pack} as JSON`,
};
