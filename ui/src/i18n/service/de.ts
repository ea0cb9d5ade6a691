// German words that all screens share on which something is asked of packs.

import { list, plural } from "../grammar";
import type { en } from "./en";

const n = plural("de");

const DOES: Record<string, (pack: number) => string> = {
  read: (pack) => `Einstellungen von Pack ${pack} lesen`,
  write: (pack) => `Einstellungen in Pack ${pack} schreiben`,
  restore: (pack) => `Standardwerte von Pack ${pack} wiederherstellen`,
  undo: (pack) => `letzte Änderung von Pack ${pack} zurücknehmen`,
  clone: (pack) => `Einstellungen von Pack ${pack} übertragen`,
  recover: (pack) => `offene Änderungen von Pack ${pack} aufnehmen`,
  read_system: (pack) => `Systemeinstellungen von Pack ${pack} lesen`,
  clock: (pack) => `Uhr von Pack ${pack} stellen`,
  limiter: (pack) => `Begrenzer von Pack ${pack} einstellen`,
  protocol: (pack) => `Wechselrichterprotokoll von Pack ${pack} wählen`,
  logs: (pack) => `Ereignisspeicher von Pack ${pack} lesen`,
};
const kept = (pack: number) => `Pack ${pack} hat diese Einstellungen schon; nichts wurde geändert.`;
const written = n({ one: "# Wert geschrieben und zurückgelesen.", other: "# Werte geschrieben und zurückgelesen." });
const wrote = (pack: number, values: number) => (values === 0 ? kept(pack) : `Pack ${pack}: ${written(values)}`);
const DID: Record<string, (pack: number, values: number) => string> = {
  read: (pack) => `Einstellungen von Pack ${pack} gelesen.`,
  write: wrote,
  restore: wrote,
  undo: wrote,
  clone: (pack, values) => `Von Pack ${pack} übertragen: ${written(values)}`,
  read_system: (pack) => `Systemeinstellungen von Pack ${pack} gelesen.`,
};

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
  does: (kind, pack) => DOES[kind]?.(pack ?? 0),
  did: (kind, pack, values) => DID[kind]?.(pack ?? 0, values),
  by: (who, what) => `${who}: ${what}.`,
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
