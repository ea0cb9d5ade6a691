// German words of the incidents screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("de");

export const de: typeof en = {
  title: "Was um jedes Ereignis herum aufgezeichnet wurde",
  count: n({ one: "# Vorfall ist aufgehoben.", other: "# Vorfälle sind aufgehoben." }),
  none: "Es ist nichts geschehen, was eine Aufzeichnung wert war.",
  underWay: "Ein Vorfall wird gerade aufgezeichnet.",
  how: "Um jeden Schutz, jede Störung und jede verlorene Verbindung hebt der Flugschreiber alle Messwerte, Entscheidungen und Bytes auf, von einer Weile davor bis einer Weile danach.",
  refused: "Die Aufzeichnungen kamen nicht an.",
  back: "Alle Vorfälle",
  open: (what) => `Öffnen: ${what}`,
  lasts: (time) => `${time} aufgezeichnet`,
  recording: (time) => `wird seit ${time} aufgezeichnet; lässt sich öffnen, wenn die Aufzeichnung fertig ist`,
  slider: "Augenblick",
  earlier: "Eine Sekunde zurück",
  later: "Eine Sekunde weiter",
  play: "Abspielen",
  pause: "Anhalten",
  marks: "Was geschah",
  goTo: (text) => `Zum Augenblick von: ${text}`,
  opens: "dafür aufgezeichnet",
  cells: "Packs in diesem Augenblick",
  missing: "Keine Werte von ihm in diesem Augenblick.",
  told: "Was dem Wechselrichter vorgegeben wurde",
  sent: "auf der Leitung",
  notSent: "entschieden, nicht gesendet",
  because: "Weil",
  bytes: "Bytes dieser Sekunde",
  noBytes: "Keine Bytes in dieser Sekunde.",
  most: (count) => `Von einer Sekunde werden höchstens ${count} Telegramme gezeigt.`,
  to: { inverter: "an den Wechselrichter", us: "vom Wechselrichter", packs: "an die Packs", from_packs: "von den Packs" },
  download: "Herunterladen",
  downloadRedacted: "Ohne Seriennummern und Adressen herunterladen",
  missed: "Es lässt sich nicht als Ganzes wiederholen:",
  chart: "Was dem Wechselrichter während der Aufzeichnung vorgegeben wurde",
  state: "Zustand",
  lowest: "Tiefste Zelle",
  highest: "Höchste Zelle",
};
