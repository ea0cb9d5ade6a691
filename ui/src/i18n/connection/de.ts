// German words of how the connection stands.

import type { en } from "./en";

export const de: typeof en = {
  title: {
    normal: "Kommunikation normal",
    virtual: "Kommunikation normal",
    opening: "Verbindet",
    cannot_open: "Kommunikation unterbrochen",
    occupied: "Leitung belegt",
    searching: "Packs werden gesucht",
    busy: "Leitung in Gebrauch",
    disturbed: "Kommunikation gestört",
    lost: "Kommunikation verloren",
    asleep: "Packs schlafen",
    parked: "Suche läuft",
    disconnected: "Nicht verbunden",
  },
  sentence: {
    opening: (link) => `${link} wird geöffnet.`,
    cannot_open: (link) => `${link} lässt sich nicht öffnen oder ist weg; es wird erneut versucht.`,
    occupied: (link) => `Auf ${link} fragt noch jemand, deshalb wird nichts gesendet.`,
    searching: (link) =>
      `Noch antwortet kein Pack auf ${link}: Prüfen Sie, ob sie eingeschaltet sind, das Kabel, den Dialekt und die Geschwindigkeit, oder starten Sie eine Suche.`,
    busy: (link) => `Ein Auftrag hat die Leitung ${link}; die gezeigten Werte sind von vorher.`,
    lost: (link, age) => `Kein Pack antwortet mehr auf ${link}; die gezeigten Werte sind ${age} alt.`,
    asleep: () => "Die Packs schlafen; ein Ladegerät oder ihre Taste weckt sie.",
    parked: () => "Die Leitung wird abgesucht.",
    disconnected: () => "Nicht verbunden: Wählen Sie einen seriellen Anschluss, einen TCP-Adapter oder das virtuelle Rack.",
  },
  finding: {
    no_master: "Kein Pack hat die Master-Adresse 1.",
    gap: "Eine Adresse zwischen anderen antwortet nicht.",
    stand_alone: "Ein Pack steht auf Adresse 0, für sich allein.",
    too_many: "Es sind mehr Packs da, als das Rack haben darf.",
    duplicate_address: "Zwei Packs haben dieselbe Adresse.",
    duplicate_serial: "Zwei Packs nennen dieselbe Seriennummer.",
    mixed_parts: "Packs verschiedener Art sind in einem Rack.",
    wrong_product: "Ein Pack ist nicht das eingestellte Produkt.",
    not_seen: "Ein erwartetes Pack wurde noch nicht gesehen.",
    lost: "Ein Pack ist verstummt.",
    join_refused: "Ein Pack wird nicht ins Rack gelassen.",
    garbled: "Antworten kommen verstümmelt an: Adressschalter, Kabel und Abschlusswiderstand prüfen.",
    noise: "Auf der Leitung sind Störungen.",
    second_master: "Noch jemand fragt auf der Leitung.",
    line_lent: "Eine Suche hat die Leitung.",
    line_gone: "Die Leitung zu den Packs ist weg.",
  },
};
