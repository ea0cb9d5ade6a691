// German words of the drills screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("de");

export const de: typeof en = {
  title: "Übungen: Ein Fehler wird absichtlich gemacht, und Sie sehen, was dem Wechselrichter vorgegeben wird.",
  virtual: "Virtuell",
  meaning:
    "Jede Übung läuft auf einem eigenen simulierten Rack, in simulierter Zeit. Keine Batterie, kein Wechselrichter und nichts von dem Rack der anderen Seiten wird berührt.",
  notHere: "Hier sind echte Packs angeschlossen. Übungen laufen nur neben einem virtuellen Rack, damit niemand das eine für das andere hält.",
  notHereNext: "Starten Sie eines auf irgendeinem Rechner:",
  refused: "Die Liste der Übungen kam nicht an.",
  run: "Starten",
  runName: (title) => `Starten: ${title}`,
  running: "Läuft, einige Sekunden",
  shows: "Was sich zeigen soll",
  takes: (seconds) => `${seconds} simulierte Zeit`,
  held: "Jede Sicherheitsregel wurde eingehalten.",
  broken: "Eine Sicherheitsregel wurde verletzt.",
  summary: (frames, gap) => `${frames}, die längste Lücke zwischen zweien ${gap}.`,
  frames: n({ one: "# Telegramm", other: "# Telegramme" }),
  verdicts: "Sicherheitsregeln",
  heldMark: "eingehalten",
  brokenMark: "verletzt",
  breaches: n({ one: "# Verletzung", other: "# Verletzungen" }),
  first: (sentence) => `Die erste: ${sentence}`,
  happened: "Was geschah",
  told: "Was dem Wechselrichter vorgegeben wird",
  flows: "Strom des Racks",
  charge: "Laden, höchstens",
  discharge: "Entladen, höchstens",
  chart: (name) => `${name} über die Sekunden der Übung; die Tabelle darunter hat jeden Wert.`,
  rows: "Sekunde für Sekunde",
  allRows: "Jede Sekunde",
  at: "Zeit",
  state: "Zustand",
  age: "Alter",
  packs: "Packs",
  allowed: "Erlaubt",
  into: "hinein",
  out: "heraus",
  nothing: "nichts auf der Leitung",
  stateName: {
    live: "aktuell",
    fading: "fallend",
    stopped: "angehalten",
    silent: "still",
    waiting: "wartend",
    listening: "hörend",
    ending: "endend",
    down: "kein Gateway",
  },
  name: {
    "pull-plug": {
      title: "Den Stecker von Pack 3 ziehen",
      shows: "Pack 3 zählt nicht mehr mit, sobald seine Werte veraltet sind, die Summe fällt nur; ist es zurück, kommt es wieder hinzu.",
    },
    "freeze-data": {
      title: "Die Daten einfrieren",
      shows: "Die Werte ändern sich nicht mehr: 0 bis 15 s Alter, Stille ab 30 s, danach wieder von 0.",
    },
    "duplicate-address": {
      title: "Einem zweiten Pack die Adresse von Pack 2 geben",
      shows: "Zwei, die zugleich antworten, versteht niemand: Adresse 2 verlässt rechtzeitig die Summe, und nichts zählt doppelt.",
    },
    "drop-inverter": {
      title: "Den Wechselrichter wegnehmen",
      shows: "Telegramme gehen nicht hinaus; ist er zurück, hört er zuerst 0 und dann langsam Steigendes.",
    },
    "corrupt-frames": {
      title: "Telegramme auf der Leitung zu den Packs verstümmeln",
      shows: "Beschädigte Antworten ändern keinen Wert; Packs, die niemand versteht, verlassen die Summe und kommen wieder, wenn die Leitung sauber ist.",
    },
    "restart-gateway": {
      title: "Das Gateway während des Ladens gewaltsam beenden",
      shows: "Der Nachfolger führt die letzte Vorgabe fort und gibt nie mehr vor: Die Lücke ist kürzer als jede bekannte Zeitüberwachung.",
    },
    "restart-program": {
      title: "Das ganze Programm während des Ladens gewaltsam beenden",
      shows: "Das neue gibt nicht mehr vor als das letzte, bis es alle Packs gehört hat; dann steigen die Grenzen von 0.",
    },
  },
};
