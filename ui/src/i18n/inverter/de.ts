// German words of what the inverter is told.

import type { en } from "./en";

export const de: typeof en = {
  title: "Wechselrichter",
  simulated: "Das hört ein simulierter Wechselrichter.",
  why: "Warum",
  gone: "Was ihm jetzt gesagt wird, ist hier nicht bekannt.",
  standing: {
    listening: () => "Es wird nichts gesagt: Die Leitung wird auf einen anderen Sprecher abgehört, oder sie ist nicht da.",
    recognising: () => "Es wird gehört, was der Wechselrichter sagt; bis sein Dialekt erkannt ist, wird nichts gesagt.",
    trying: () => "Mehrere Dialekte werden nacheinander versucht, bis der Wechselrichter antwortet.",
    waiting: () => "Es wird nichts gesagt, bis die Batterie vollständig gelesen ist.",
    live: (limits) => `Dem Wechselrichter wird gesagt: ${limits}.`,
    fading: (limits, age) => `Die Werte sind ${age} alt: Die Grenzen fallen auf 0 (${limits}).`,
    stopped: (_, age) => `Die Werte sind ${age} alt: Der Wechselrichter soll anhalten.`,
    ending: () => "Das Gateway hört gleich auf: Der Wechselrichter soll anhalten.",
    silent: () => "Es wird nichts mehr gesagt.",
  },
  nothing: "nichts",
  into: (amps) => `${amps} hinein`,
  out: (amps) => `${amps} heraus`,
  rule: {
    packs: "die Packs erlauben",
    invalid: "ein Wert ist nicht bekannt oder keiner",
    product: "das Datenblatt erlaubt höchstens",
    user: "Sie erlauben höchstens",
    remote: "ein Fernbefehl erlaubt höchstens",
    handed_over: "das Gateway wurde neu gestartet und führt fort, was zuletzt gesagt wurde",
    soc_window: "der Ladezustand ist an einem Ende Ihres Fensters",
    contradiction: "die Ladespannungsgrenze liegt unter dem Entladeende",
    rising: "steigt langsam",
    stale: "die Werte sind alt",
    ending: "das Gateway hört gleich auf",
  },
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
