// German words of what the inverter is told.

import type { en } from "./en";

export const de: typeof en = {
  title: "Wechselrichter",
  simulated: "Das empfängt ein simulierter Wechselrichter.",
  why: "Warum",
  gone: "Was ihm jetzt vorgegeben wird, ist hier nicht bekannt.",
  standing: {
    listening: () => "Es wird nichts gesendet: Es wird mitgehört, ob noch jemand auf der Leitung spricht, oder die Leitung ist nicht da.",
    recognising: () => "Es wird mitgehört, was der Wechselrichter sendet; bis sein Dialekt erkannt ist, wird nichts gesendet.",
    trying: () => "Mehrere Dialekte werden nacheinander versucht, bis der Wechselrichter antwortet.",
    waiting: () => "Es wird nichts gesendet, bis die Batterie vollständig gelesen ist.",
    live: (limits) => `Vorgabe an den Wechselrichter: ${limits}.`,
    fading: (limits, age) => `Die Werte sind ${age} alt: Die Grenzen fallen auf 0 (${limits}).`,
    stopped: (_, age) => `Die Werte sind ${age} alt: Der Wechselrichter soll anhalten.`,
    ending: () => "Das Gateway hört gleich auf: Der Wechselrichter soll anhalten.",
    silent: () => "Es wird nichts mehr gesendet.",
  },
  nothing: "nichts",
  into: (amps) => `Laden ${amps}`,
  out: (amps) => `Entladen ${amps}`,
  rule: {
    packs: "die Packs erlauben",
    invalid: "ein Wert ist nicht bekannt oder keiner",
    product: "das Datenblatt erlaubt höchstens",
    user: "Sie erlauben höchstens",
    remote: "ein Fernbefehl erlaubt höchstens",
    handed_over: "das Gateway wurde neu gestartet und führt die letzte Vorgabe fort",
    soc_window: "der Ladezustand ist an einem Ende Ihres SOC-Bereichs",
    contradiction: "die Ladespannungsgrenze liegt unter der Entladeschlussspannung",
    rising: "steigt langsam",
    stale: "die Werte sind alt",
    ending: "das Gateway hört gleich auf",
  },
  between: ", ",
  step: (rule, leaves) => `${rule}: ${leaves}`,
  trouble: {
    stale_data: "Die Werte für den Wechselrichter sind alt.",
    inverter_silent: "Der Wechselrichter ist verstummt.",
    bus_off: "Der CAN-Controller hat sich vom Bus getrennt (Bus-off).",
    unacknowledged: "Niemand am CAN-Bus bestätigt.",
    port_gone: "Der Anschluss zum Wechselrichter ist weg.",
    second_talker: "Noch jemand spricht mit dem Wechselrichter.",
    charge_limit_disobeyed: "Der Wechselrichter lädt mit mehr, als er darf.",
    discharge_limit_disobeyed: "Der Wechselrichter entnimmt mehr, als er darf.",
  },
};
