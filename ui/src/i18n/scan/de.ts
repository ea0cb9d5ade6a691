// German words of the scan screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("de");

export const de: typeof en = {
  title: "Wer an der Leitung ist, und wie die Schalter stehen",
  found: n({ one: "# Pack antwortet.", other: "# Packs antworten." }),
  nobody: "Kein Pack antwortet.",
  allRight: "An ihren Adressen ist nichts falsch.",
  wrong: n({ one: "Eines stimmt nicht.", other: "# Dinge stimmen nicht." }),
  intro: "Eine Suche fragt jede Adresse in jedem Dialekt und mit jeder Geschwindigkeit. Packs werden nur gefragt, nichts wird geändert.",
  scan: "Leitung absuchen",
  again: "Noch einmal absuchen",
  elsewhere: "Einen anderen Anschluss absuchen",
  on: (link, age) => `Gefunden auf ${link}, ${age}.`,
  picture: "Das Rack, wie seine Schalter es sagen",
  pictureNote: "Vom Master abwärts. Schieber oben ist ON; Schalter 1 ist links.",
  master: "Master",
  isSet: "steht auf",
  setTo: "stellen auf",
  free: (address) => `Adresse ${address}: niemand antwortet`,
  twice: (address) => `Adresse ${address}: zwei Packs antworten zugleich`,
  what: "Was nicht stimmt, und was zu tun ist",
  dialects: "Was sie sprechen",
  tried: n({ one: "# Art zu fragen wurde versucht.", other: "# Arten zu fragen wurden versucht." }),
  kind: {
    nothing_answers: { what: "Kein Pack antwortet.", next: "Sind sie eingeschaltet, steckt das Kabel in der richtigen Buchse, sind A und B nicht vertauscht?" },
    somebody_asks: { what: "Noch jemand fragt auf dieser Leitung.", next: "Trennen Sie dieses Gerät, oder hören Sie nur zu: Zwei, die fragen, stören einander." },
    second_master: { what: "Zwei Master fragen auf dieser Leitung.", next: "Adresse 1 nur einem Pack lassen, und nur ein Rechner an der Leitung." },
    no_master: { what: "Kein Pack hat die Adresse des Masters.", next: "Stellen Sie die Schalter des ersten Packs wie bei Adresse 1 gezeichnet." },
    gap: { what: "Eine Adresse zwischen anderen antwortet nicht.", next: "Stellen Sie die Packs danach so, dass die Adressen aufeinander folgen, oder sehen Sie nach, warum dieses Pack schweigt." },
    stand_alone: { what: "Ein Pack steht allein, auf Adresse 0.", next: "Geben Sie ihm die nächste freie Adresse." },
    duplicate_address: { what: "Zwei Packs haben dieselbe Adresse.", next: "Schalten Sie eines aus, geben Sie ihm die nächste freie Adresse wie gezeichnet, und suchen Sie erneut." },
    duplicate_serial: { what: "Zwei Packs nennen dieselbe Seriennummer.", next: "Eines antwortet auf zwei Adressen, oder die Nummer ist falsch: Vergleichen Sie die Schilder." },
    other_speed: { what: "Ein Pack antwortet mit anderer Geschwindigkeit.", next: "Stellen Sie alle Packs auf die Geschwindigkeit der anderen." },
    other_dialect: { what: "Ein Pack spricht einen anderen Dialekt.", next: "Stellen Sie alle Packs auf dasselbe Protokoll." },
    swapped_wires: { what: "Die Adern A und B scheinen vertauscht.", next: "Tauschen Sie die beiden Adern an einem Ende des Kabels." },
    disturbed: { what: "Antworten kommen beschädigt an.", next: "Kabel und Abschlusswiderstände prüfen, Kabel von Leistungskabeln fernhalten." },
    unreadable: { what: "Jemand antwortet, und niemand hier versteht es.", next: "Versuchen Sie eine andere Geschwindigkeit oder einen anderen Dialekt." },
    echo: { what: "Der Adapter hört seine eigenen Bytes.", next: "Das schadet nicht; sie werden weggenommen." },
  },
};
