// English words of the drills screen.

import { plural } from "../grammar";

const n = plural("en");

export const en = {
  title: "Drills: a fault is made on purpose, and you see what the inverter is told.",
  virtual: "Virtual",
  meaning:
    "Every drill runs on a simulated rack of its own, in made time. No battery, no inverter and nothing of the rack on the other screens is touched.",
  notHere: "Real packs are connected here. Drills are run beside a virtual rack only, so that nobody takes one for the other.",
  notHereNext: "Start one on any computer:",
  refused: "The list of drills did not arrive.",
  run: "Run",
  runName: (title: string) => `Run: ${title}`,
  running: "Running, some seconds",
  shows: "What it should show",
  takes: (seconds: string) => `${seconds} of made time`,
  held: "Every safety invariant held.",
  broken: "A safety invariant was broken.",
  summary: (frames: string, gap: string) => `${frames}, the longest gap between two ${gap}.`,
  frames: n({ one: "# frame", other: "# frames" }),
  verdicts: "Safety invariants",
  heldMark: "held",
  brokenMark: "broken",
  breaches: n({ one: "# breach", other: "# breaches" }),
  first: (sentence: string) => `First: ${sentence}`,
  happened: "What happened",
  told: "What the inverter is told",
  flows: "Current of the rack",
  charge: "Charge, at most",
  discharge: "Discharge, at most",
  chart: (name: string) => `${name} over the seconds of the drill; the table below has every value.`,
  rows: "Second by second",
  allRows: "Every second",
  at: "Time",
  state: "State",
  age: "Age",
  packs: "Packs",
  allowed: "Permitted",
  into: "in",
  out: "out",
  nothing: "nothing on the wire",
  stateName: {
    live: "live",
    fading: "falling",
    stopped: "stopped",
    silent: "silent",
    waiting: "waiting",
    listening: "listening",
    ending: "ending",
    down: "no gateway",
  } as Record<string, string>,
  name: {
    "pull-plug": {
      title: "Pull the plug on pack 3",
      shows: "Pack 3 leaves the sum within one stale time, the total only falls; when it is back it joins.",
    },
    "freeze-data": {
      title: "Freeze the data",
      shows: "The reading does not change any more: 0 within 15 s of age, silence from 30 s on, from 0 again after it.",
    },
    "duplicate-address": {
      title: "Give a second pack the address of pack 2",
      shows: "Nobody understands two that answer at once: address 2 leaves the sum in time, and nothing is counted twice.",
    },
    "drop-inverter": {
      title: "Drop the inverter",
      shows: "Frames do not leave; when the inverter is back it hears 0 first, and then what rises slowly.",
    },
    "corrupt-frames": {
      title: "Corrupt frames on the line to the packs",
      shows: "Damaged answers change no value; packs that nobody can understand leave the sum, and come back when the line is clean.",
    },
    "restart-gateway": {
      title: "Kill the gateway while the rack is charged",
      shows: "Its successor goes on with what was told last and never more: the gap is shorter than any known time-out.",
    },
    "restart-program": {
      title: "Kill the whole program while the rack is charged",
      shows: "The new one tells no more than the last until it has heard all packs; then limits rise from 0.",
    },
  } as Record<string, { title: string; shows: string }>,
};
