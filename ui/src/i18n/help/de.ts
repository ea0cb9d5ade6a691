// German words of the help screen.

import type { en } from "./en";

export const de: typeof en = {
  title: "Hilfe",
  dangers: "Gefahren",
  dangersIntro: "Eine Batterie lässt sich innen nicht abschalten. Fehler können verursachen:",
  hazards: ["Stromschlag", "Verbrennungen durch Kurzschluss", "Brand", "Explosion"],
  handling: "Vor und bei der Arbeit",
  handlingItems: [
    "Kabel verwenden, die für den Strom stark genug sind.",
    "Abstände um jedes Pack einhalten, damit Luft strömen kann.",
    "Mit isoliertem Werkzeug arbeiten und nie eines auf ein Pack fallen lassen.",
    "Nie Plus mit Minus verbinden: kein Kurzschluss an den Klemmen.",
    "Vor jedem Anschließen Plus und Minus prüfen; nie vertauschen.",
    "Nie ein Pack öffnen, quetschen oder ins Feuer werfen.",
  ],
  removal: "Ein Pack ausbauen",
  removalItems: [
    "Alles trennen, was die Batterie lädt oder aus ihr bezieht.",
    "Die geerdete Klemme zuerst lösen.",
  ],
  spacing: "Platz",
  spacingItems: ["Zwischen den Packs Platz lassen.", "Vor Stürzen und Stößen schützen."],
  professional: "Teile und Einstellungen sind Sache einer Fachkraft.",
  lamps: "Was die Lampen sagen",
  lampsIntro: "Wie auf der Frontplatte, im wirklichen Takt; der Balken ist der eines Packs bei 60 %.",
  situation: "Lage",
  lampsColumn: "RUN, ALM, SOC",
  flashes: "Blinken",
  shapes: "Was die Zeichen sagen",
  addSwitch: "ADD-Schalter",
  addIntro:
    "Die Schalter 1# bis 4# zählen 1, 2, 4 und 8; die Adresse ist die Summe derer, die auf ON stehen. 1 ist der Master, 2 bis 15 folgen, 0 ist ein Pack für sich allein.",
  keys: "Tasten",
  keyList: [
    ["Tab, Enter", "erreichen und öffnen alles"],
    ["← →", "voriges und nächstes Pack, in der Ansicht eines Packs"],
    ["Esc", "zurück zum Rack, in der Ansicht eines Packs"],
  ],
  rows: {
    dormant: ["Ausgeschaltet oder schlafend", ""],
    standby: ["Bereit, normal", ""],
    standbyWarning: ["Bereit, Warnung", "Pack mit niedriger Spannung."],
    charge: ["Laden, normal", ""],
    chargeWarning: ["Laden, Warnung", ""],
    overCharge: ["Laden, Überladeschutz", "Fällt die Versorgung weg, wechseln die Lampen auf Bereit."],
    chargeProtection: [
      "Laden, Schutz wegen Temperatur, Überstrom oder Störung",
      "Das Laden stoppt. Das Pack sieht tot aus, ist aber im Schutz; Schwesterprodukte lassen stattdessen ALM leuchten.",
    ],
    discharge: ["Entladen, normal", ""],
    dischargeWarning: ["Entladen, Warnung", ""],
    underVoltage: ["Entladen, Unterspannungsschutz", "Das Entladen stoppt."],
    dischargeProtection: [
      "Entladen, Schutz wegen Temperatur, Überstrom, Kurzschluss oder Störung",
      "Das Entladen stoppt.",
    ],
    failure: ["Störung", "Laden und Entladen stoppen."],
  },
  shapeRows: {
    nominal: "Alles in Ordnung; ein Pfeil nach oben lädt, einer nach unten entlädt, ein Ring ist bereit.",
    notice: "Etwas Wissenswertes; es eilt nicht.",
    warning: "Ein Wert ist nahe an seiner Grenze. Nichts ist abgeschaltet.",
    protection: "Eine Grenze wurde überschritten, und die Batterie hat etwas abgeschaltet.",
    fault: "Etwas im Pack funktioniert nicht.",
    asleep: "Aus oder schlafend.",
    stale: "Die Werte sind alt; ihr Alter steht daneben.",
    absent: "Erwartet, antwortet aber nicht.",
  },
};
