// German words of the help's tools.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("de");

export const de: typeof en = {
  search: "In der Hilfe suchen",
  searchHint: "Eine Lampe, ein Alarm, ein Kabel, ein Wort wie RJ45 oder OVP.",
  results: n({ one: "# Eintrag", other: "# Einträge" }),
  nothing: "Nichts enthält alle diese Wörter. Versuchen Sie ein einziges, oder sehen Sie die Listen unten an.",
  guides: "Anleitungen",
  decoder: "Was bedeuten die Lampen?",
  decoderIntro: "Stellen Sie jede Lampe ein, wie sie am Pack zu sehen ist, und lesen Sie darunter. Sehen Sie zehn Sekunden hin: manche blitzen selten.",
  run: "RUN",
  alm: "ALM",
  soc: (index) => `SOC ${index}`,
  nextMode: (lamp) => `${lamp}: nächste Art zu leuchten`,
  modes: {
    off: "aus",
    on: "an",
    flash1: "kurz, alle 4 s",
    flash2: "jede Sekunde",
    flash3: "alle 2 s",
  },
  next: "Nächster Schritt:",
  lamps: (state) => `Lampen: ${state}`,
  charge: (low, high) => `, ${low} bis ${high} % geladen`,
  several: (count) => `${count} Zustände sehen so aus; beginnen Sie mit dem ersten.`,
  noState: "Kein Zustand des Packs zeigt diese Lampen. Sehen Sie noch einmal zehn Sekunden hin.",
  nearest: (states) => `Mit diesem RUN und ALM: ${states.join("; ")}.`,
  tree: "Einen Fehler finden",
  back: "Zurück",
  again: "Von vorn",
  releasedBy: "Aufgehoben durch eines von:",
  steps: "Was zu tun ist",
  ways: (ways) => `${ways.join("; ")}.`,
  planner: "Mein Rack zeichnen",
  plannerIntro: "Verdrahtung, Kabel und Schalter für ein Produkt; die Zeichnungen kommen von dem OpenRESS, das diese Seite zeigt.",
  product: "Batterie",
  inverter: "Wechselrichter",
  packs: "Packs",
  scheme: "Die Schalter zählen als",
  noScheme: "wie veröffentlicht",
  plan: "Verdrahtung",
  cable: "Kabel",
  dip: "Schalter",
  open: "Die Zeichnung allein öffnen, zum Drucken",
  asText: "Verdrahtung als Text, mit Materialliste",
  notDrawn: "Diese Zeichnung gibt es nicht:",
  noServer: "Die Zeichnung braucht den Server, und er antwortet nicht.",
  language: "Englisch",
};
