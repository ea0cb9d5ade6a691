// German words of the logs screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("de");

export const de: typeof en = {
  title: (pack) => `Ereignisspeicher von Pack ${pack}`,
  count: n({ one: "# Eintrag.", other: "# Einträge." }),
  newest: "Wie viele, neueste zuerst",
  kind: "Zeigen",
  kinds: { all: "alle Einträge", protections: "Schutzauslösungen", faults: "Störungen" },
  search: "Filter",
  read: "Lesen",
  csv: "Als CSV speichern",
  json: "Als JSON speichern",
  clear: "Ansicht leeren",
  readFirst: "Keine Einträge: zuerst lesen.",
  keepsNone: "Das Pack hat keine Einträge.",
  noneFits: "Kein Eintrag passt zum Filter.",
  more: n({ one: "# weiteren zeigen", other: "# weitere zeigen" }),
  records: "Einträge",
  number: "Nr.",
  when: "Wann, nach der Uhr des Packs",
  what: "Was",
  charge: "Ladung",
  ofFull: (left, full) => `${left} von ${full}`,
  protects: "Schutz:",
  alarms: "Alarm:",
  faults: "Störung:",
  nothing: "Kein Alarm",
  cells: n({ one: "# Zelle, mV", other: "# Zellen, mV" }),
};
