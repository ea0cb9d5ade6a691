// English words of the logs screen.

import { plural } from "../grammar";

const n = plural("en");

export const en = {
  title: (pack: number) => `Logs of pack ${pack}`,
  count: n({ one: "# record.", other: "# records." }),
  newest: "How many, newest first",
  kind: "Show",
  kinds: { all: "all records", protections: "protections", faults: "faults" },
  search: "Filter",
  read: "Read",
  csv: "Export CSV",
  json: "Export JSON",
  clear: "Clear the view",
  readFirst: "There are no records: read them first.",
  keepsNone: "The pack keeps no records.",
  noneFits: "No record fits the filter.",
  more: n({ one: "Show # more", other: "Show # more" }),
  records: "Records",
  number: "No.",
  when: "When, by the pack's clock",
  what: "What",
  charge: "Charge",
  ofFull: (left: string, full: string) => `${left} of ${full}`,
  protects: "Protection:",
  alarms: "Alarm:",
  faults: "Fault:",
  nothing: "No alarm",
  cells: n({ one: "# cell, mV", other: "# cells, mV" }),
};
