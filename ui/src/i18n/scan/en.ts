// English words of the scan screen.

import { plural } from "../grammar";

const n = plural("en");

export const en = {
  title: "Who is on the line, and how their switches stand",
  found: n({ one: "# pack answers.", other: "# packs answer." }),
  nobody: "No pack answers.",
  allRight: "Nothing is wrong with their addresses.",
  wrong: n({ one: "One thing is wrong.", other: "# things are wrong." }),
  intro: "A scan asks every address in every dialect and at every speed. Packs are asked only, nothing is changed.",
  scan: "Scan the line",
  again: "Scan again",
  elsewhere: "Scan another port",
  on: (link: string, age: string) => `Found on ${link}, ${age}.`,
  picture: "The rack as its switches say",
  pictureNote: "From the master downwards. A slider up is ON; switch 1 is at the left.",
  master: "master",
  isSet: "is set to",
  setTo: "set it to",
  free: (address: number) => `Address ${address}: nobody answers`,
  twice: (address: number) => `Address ${address}: two packs answer at once`,
  what: "What is wrong, and what to do",
  dialects: "What they speak",
  tried: n({ one: "# way of asking was tried.", other: "# ways of asking were tried." }),
  kind: {
    nothing_answers: { what: "No pack answers.", next: "Are they switched on, is the cable in the right socket, are A and B not swapped?" },
    somebody_asks: { what: "Somebody else asks on this line.", next: "Unplug it, or listen only: two that ask disturb each other." },
    second_master: { what: "Two masters ask on this line.", next: "Leave address 1 to one pack alone, and only one computer on the line." },
    no_master: { what: "No pack has the master's address.", next: "Set the switches of the first pack as drawn at address 1." },
    gap: { what: "An address between others does not answer.", next: "Set the switches of the packs after it so that addresses follow one another, or see why that pack is silent." },
    stand_alone: { what: "A pack is set to stand alone, address 0.", next: "Give it the next free address." },
    duplicate_address: { what: "Two packs have the same address.", next: "Switch one of them off, give it the next free address as drawn, and scan again." },
    duplicate_serial: { what: "Two packs tell the same serial number.", next: "One of them may answer to two addresses, or was given a wrong number: compare the labels." },
    other_speed: { what: "A pack answers at another speed.", next: "Set all packs to the speed of the others." },
    other_dialect: { what: "A pack speaks another dialect.", next: "Set all packs to the same protocol." },
    swapped_wires: { what: "The wires A and B seem to be swapped.", next: "Swap the two wires at one end of the cable." },
    disturbed: { what: "Answers arrive damaged.", next: "Check cable and terminator, and keep the cable away from power lines." },
    unreadable: { what: "Somebody answers, and nobody here understands it.", next: "Try another speed or dialect." },
    echo: { what: "The adapter hears its own bytes.", next: "That does no harm; it is taken away." },
  } as Record<string, { what: string; next: string }>,
};
