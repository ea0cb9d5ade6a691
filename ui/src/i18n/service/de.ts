// German words that all screens share on which something is asked of packs.

import { list, plural } from "../grammar";
import type { en } from "./en";

const n = plural("de");

export const de: typeof en = {
  choosePack: "Pack wählen",
  notConnected: "Es ist nichts verbunden.",
  toConnect: "Packs verbinden",
  beginning: "Der Server wird gerade gefragt.",
  heldBy: (who) => `${who} hat gerade die Leitung: warten, bis das endet, oder es anhalten.`,
  needsRole: (role, mine) => `Braucht die Rolle ${role}${mine === null ? "" : `, Ihre ist ${mine}`}; melden Sie sich mit einem Konto an, das sie hat.`,
  noAnswer: "Der Server hat nicht geantwortet; ob er die Anfrage gehört hat, ist nicht bekannt.",
  refusedWith: (status) => `Der Server hat mit Status ${status} abgelehnt.`,
  restarted: "Der Server wurde inzwischen neu gestartet. Pack neu lesen, um zu sehen, was es behalten hat.",
  whyFor: (names, reason) => `${list("de")(names)}: ${reason}`,
  dismiss: "Schließen",
  cancel: "Abbrechen",
  stop: "Anhalten",
  progress: "Fortschritt",
  steps: (done, of) => `${done} von ${of}`,
  values: n({ one: "# Wert", other: "# Werte" }),
  fromTo: (old, now) => `${old} → ${now}`,
  readAt: (when, serial) => `Gelesen um ${when} von ${serial}.`,
  neverRead: "Noch nicht gelesen.",
  jobState: { running: "Läuft.", done: "Fertig.", failed: "Misslungen.", stopped: "Angehalten." },
  fieldState: {
    waiting: "wartet",
    ordered: "befohlen",
    written: "geschrieben und zurückgelesen",
    put_back: "wie zuvor, zurückgelesen",
    failed: "misslungen",
    unknown: "unbekannt: das Pack ist verstummt",
    not_sent: "nicht gesendet",
  },
};
