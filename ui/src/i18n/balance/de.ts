// German words of the balance screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("de");

export const de: typeof en = {
  nothing: "Kein Pack nennt Zellspannungen.",
  apart: (pack, mv) => `Am weitesten auseinander sind die Zellen von Pack ${pack}: ${mv}.`,
  bleeding: n({ one: "# Zelle wird entladen (Balancing).", other: "# Zellen werden entladen (Balancing)." }),
  noneBleeds: "Keine Zelle wird entladen.",
  spread: "Spanne",
  mean: "Mittel",
  highest: "Höchste",
  lowest: "Tiefste",
  cellAt: (cell, mv) => `Zelle ${cell}, ${mv}`,
  bleeders: "Balancing jetzt",
  nobody: "keine",
  cells: (count, cells) => `${count === 1 ? "Zelle" : "Zellen"} ${cells}`,
  debt: "Am weitesten voraus",
  debtOf: (cell, ah) => `Zelle ${cell}, ${ah}`,
  atLeast: (text) => `mindestens ${text}`,
  hours: "Balancing noch",
  hoursOf: (hours, bleed) => `${hours} h bei ${bleed}`,
  unknownDebt: "Noch nicht bekannt.",
  unknownWhy: "Es zeigt sich, wenn sanftes Laden die Zellen über 3,45 V bringt.",
  picture: (low, high, spread) => `Zellen um ihren Mittelwert: tiefste ${low}, höchste ${high}, Spanne ${spread}.`,
  aheadPicture: "Ladung, um die jede Zelle der letzten voraus ist",
  voltages: "Spannung um den Mittelwert",
  lines: "Gestrichelt ist die Alarmgrenze, durchgezogen die Schutzgrenze. Der Maßstab ist nahe am Mittelwert weit und fern davon eng.",
  bleedMark: "Ein Tropfen unter einer Zelle: Sie wird gerade entladen.",
  how: "Was davon zu halten ist",
  howItems: [
    "Auf dem Plateau von LiFePO4 sagt ein Millivolt nichts über die Ladung: Zellen können gleich aussehen und weit auseinander sein, und umgekehrt.",
    "Am oberen Ende einer Ladung sprechen die Spannungen. Was dort voraus ist, wird gelernt und danach abgebaut, wo immer das Pack gerade steht.",
    "Bei 100 mA bewegt eine Stunde 0,1 Ah. Ein langer Aufenthalt oben hilft mehr als viele kurze.",
  ],
  details: (pack) => `Alle Zellen von Pack ${pack}`,
  weakest: (cell, pack, volts) => `Schwächste Zelle: ${cell} von Pack ${pack}, ${volts}`,
  strongest: (cell, pack, volts) => `Höchste Zelle: ${cell} von Pack ${pack}, ${volts}`,
  past: "Ihr Verlauf",
  pastOf: (pack) => `Verlauf der Zellen von Pack ${pack}`,
};
