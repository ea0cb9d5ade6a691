// German words of the overview.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("de");

export const de: typeof en = {
  flow: "Leistungsfluss",
  flowIn: (kw, amps) => `${kw} fließen in die Batterie, ${amps}.`,
  flowOut: (kw, amps) => `${kw} fließen aus der Batterie, ${amps}.`,
  flowNone: "Es fließt nichts.",
  flowUnknown: "Was fließt, ist nicht bekannt.",
  supply: "Wechselrichter",
  battery: "Batterie",
  packFlow: (pack, amps) => `Pack ${pack}: ${amps}`,
  toFull: "Zeit bis voll",
  toEmpty: "Zeit bis leer",
  resting: "In Ruhe: weder Laden noch Entladen.",
  tooLong: "Mehr als ein Tag bei diesem Strom.",
  slowsIn: "Der Strom fällt gegen Ende des Ladens: Eine Zeit lässt sich nicht sagen.",
  slowsOut: "Der Strom fällt gegen Ende des Entladens: Eine Zeit lässt sich nicht sagen.",
  about: (when) => `gegen ${when}`,
  between: (early, late) => `wahrscheinlich zwischen ${early} und ${late}`,
  bandNote: (low, high) => `in 95 von 100 Fällen ${low}–${high} %`,
  attention: "Zu beachten",
  allWell: "Nichts zu beachten.",
  debt: (pack, cell, ah, hours, least) => `Zelle ${cell} von Pack ${pack} ist ${least ? "mindestens " : ""}${ah} voraus: noch ${hours} Balancing`,
  hours: n({ one: "# Stunde", other: "# Stunden" }),
  durationOf: (hours, minutes) => `${hours} h ${minutes} min`,
  durationShort: (minutes) => `${minutes} min`,
  lineSilent: (link, age) =>
    `Seit ${age} hat auf ${link} kein Pack geantwortet: Prüfen Sie das Kabel zu den Packs und ob sie eingeschaltet sind.`,
  nothingAllowed: "Bis sie wieder antworten, ist kein Strom erlaubt.",
  packSilent: (pack, age) =>
    `Pack ${pack} schweigt seit ${age} und hängt vielleicht noch an der Sammelschiene: Seine letzten Grenzen gelten, bis es antwortet oder Sie es entfernen.`,
  full: (because) => `die Batterie ist voll, ${because}`,
  gatewayForbids: {
    invalid: "ein Wert, der darüber entscheidet, ist nicht bekannt",
    product: "das Datenblatt erlaubt keines",
    user: "Sie haben eine Grenze von 0 A gesetzt",
    remote: "ein Fernbefehl verbietet es",
    soc_window: "der Ladezustand ist am Ende des von Ihnen gesetzten SOC-Bereichs",
    contradiction: "die Ladespannungsgrenze liegt unter der Entladeschlussspannung",
    rising: "nach einem Start oder einer Lücke beginnt die Grenze bei 0",
    stale: "die Werte der Packs sind alt",
    handed_over: "das Gateway wurde neu gestartet und führt die letzte Vorgabe fort",
    ending: "das Gateway hört gleich auf",
  },
};
