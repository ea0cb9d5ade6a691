// German words of the health screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("de");

export const de: typeof en = {
  headline: (soh) => `Die Packs haben ${soh} ihrer Nennkapazität.`,
  assumed: "Noch hat kein Pack seine Kapazität gezeigt: Was hier steht, kommt vom Typenschild, bis ein voller Hub gesehen wurde.",
  unknown: "Die Packs nennen ihren Alterungszustand nicht.",
  soh: "Alterungszustand (SOH)",
  capacity: "Kapazität",
  capacityBand: (low, high) => `${low}–${high} Ah in 95 von 100 Fällen`,
  swings: n({ one: "aus # Ladehub zwischen bekannten Ladungen", other: "aus # Ladehüben zwischen bekannten Ladungen" }),
  label: "vom Typenschild: noch kein voller Ladehub gesehen",
  rated: "Nennkapazität",
  cycles: "Vollzyklen",
  cyclesNote: (into, out) => `${into} hinein, ${out} heraus`,
  resistance: "Innenwiderstand",
  resistanceNote: (sigma) => `± ${sigma}, bezogen auf das Profil; so verschieden sind auch neue Zellen`,
  steps: n({ one: "aus # Stromsprung", other: "aus # Stromsprüngen" }),
  noSteps: "noch kein Stromsprung gesehen",
  growth: (percent) => `${percent}, seit er erstmals bekannt war`,
  events: "Was die Lebensdauer verkürzt hat",
  noEvents: "bisher nichts",
  eventNames: {
    deep_discharge: "Tiefentladung",
    over_charge: "Überladung",
    over_temperature: "Übertemperatur",
    frost_charge: "Laden unter 0 °C",
    over_current: "Überstrom",
    short_circuit: "Kurzschluss",
  },
  times: (name, count) => `${name}: ${count} ×`,
  trend: "Von Tag zu Tag",
  trendFull: "Kapazität",
  trendResistance: "Widerstand des Packs",
  trendSoh: "Alterungszustand (SOH)",
  trendChart: (name) => `${name} von Tag zu Tag`,
  trendShort: "Ein Trend braucht mindestens zwei Tage; so lange ist dieses Pack noch nicht beobachtet.",
  trendNone: "Dieser Server hebt keinen Verlauf auf, deshalb gibt es keinen Trend.",
  passportPdf: "Batteriepass (PDF, englisch)",
  passportPdfOf: (pack) => `Batteriepass (PDF, englisch) von ${pack}, zum Drucken und Weitergeben`,
  passportOf: (pack) => `Batteriepass von ${pack} als JSON`,
};
