// German words of the connect screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("de");

export const de: typeof en = {
  where: "Wo die Packs sind",
  how: "Was sie sprechen",
  noPorts: "Kein serieller Anschluss gesteckt. Ein Adapter erscheint hier binnen 2 s.",
  tcp: "TCP-Adapter",
  tcpNote: "RS485 über das Netzwerk",
  address: "Rechner und Port",
  otherPort: "Anderer Anschluss",
  otherNote: "Ein serielles Gerät, das nicht aufgeführt ist",
  device: "Gerät",
  virtual: "Virtuelles Rack",
  virtualNote: "Hier simuliert; nichts kann gestört werden",
  dialect: "Dialekt",
  baud: "Geschwindigkeit",
  usualBaud: "üblich für den Dialekt",
  product: "Batterie",
  asConfigured: "wie eingestellt",
  asNow: (title) => `wie jetzt: ${title}`,
  packs: "Packs",
  packsNote: "Nummern wie 1 oder 1-4; leer für alle, die antworten.",
  count: "Anzahl der Packs",
  countNote: "Leer für so viele wie eingestellt.",
  connect: "Verbinden",
  disconnect: "Trennen",
  findConnect: "Packs suchen und verbinden",
  scan: "Diesen Anschluss absuchen",
  scanLine: "Verbundene Leitung absuchen",
  choosePort: "Wählen, wo die Packs sind.",
  giveAddress: "Rechner und Port des Adapters angeben.",
  giveDevice: "Das Gerät angeben.",
  wrongPacks: "Packs sind Nummern wie 1 oder 1-4.",
  virtualFirst: "Zuerst das virtuelle Rack verbinden.",
  narrow: "Nur diesen Dialekt und diese Geschwindigkeit absuchen (schneller)",
  onLink: (dialect) => `Dialekt ${dialect}`,
  asRack: "Das Rack mit seinen Schaltern, und was zu stellen ist",
  found: "Was die Suche gefunden hat",
  serial: "Seriennummer",
  master: (pack) => `${pack}, Master`,
  onlyThis: "Nur dieses verbinden",
  connectFound: n({ one: "Dieses # Pack verbinden", other: "Diese # Packs verbinden" }),
  tried: (tried, left) => `${n({ one: "# Art zu fragen", other: "# Arten zu fragen" })(tried)} versucht, ${left} ausgelassen.`,
};
