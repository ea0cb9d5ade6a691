// English words of the incidents screen.

import { plural } from "../grammar";

const n = plural("en");

export const en = {
  title: "What was recorded around every event",
  count: n({ one: "# incident is kept.", other: "# incidents are kept." }),
  none: "Nothing has happened that was worth a recording.",
  underWay: "An incident is being recorded.",
  how: "Around every protection, fault and lost link the flight recorder keeps all readings, decisions and bytes, from a while before to a while after.",
  refused: "The recordings did not arrive.",
  back: "All incidents",
  open: (what: string) => `Open: ${what}`,
  lasts: (time: string) => `${time} recorded`,
  recording: (time: string) => `being recorded for ${time}; it can be opened when it is complete`,
  slider: "Moment",
  earlier: "One second back",
  later: "One second on",
  play: "Play",
  pause: "Pause",
  marks: "What happened",
  goTo: (text: string) => `To the moment of: ${text}`,
  opens: "recorded for this",
  cells: "Packs at this moment",
  missing: "No values of it at this moment.",
  told: "What the inverter was told",
  sent: "on the wire",
  notSent: "decided, not sent",
  because: "Because",
  bytes: "Bytes of this second",
  noBytes: "No bytes in this second.",
  most: (count: string) => `At most ${count} frames of a second are shown.`,
  to: { inverter: "to the inverter", us: "from the inverter", packs: "to the packs", from_packs: "from the packs" } as Record<string, string>,
  download: "Download",
  downloadRedacted: "Download without serial numbers and addresses",
  missed: "It cannot be run again as a whole:",
  chart: "What the inverter was told over the recording",
  state: "State",
  lowest: "Lowest cell",
  highest: "Highest cell",
};
