// English words of the overview.

import { plural } from "../grammar";

const n = plural("en");

export const en = {
  flow: "Power flow",
  flowIn: (kw: string, amps: string) => `${kw} flow into the battery, ${amps}.`,
  flowOut: (kw: string, amps: string) => `${kw} flow out of the battery, ${amps}.`,
  flowNone: "Nothing flows.",
  flowUnknown: "What flows is not known.",
  supply: "Inverter",
  battery: "Battery",
  packFlow: (pack: number, amps: string) => `Pack ${pack}: ${amps}`,
  toFull: "Time to full",
  toEmpty: "Time to empty",
  resting: "At rest: nothing to wait for.",
  tooLong: "More than a day at this current.",
  slowsIn: "The current falls towards full: no time can be told.",
  slowsOut: "The current falls towards empty: no time can be told.",
  about: (when: string) => `about ${when}`,
  between: (early: string, late: string) => `likely between ${early} and ${late}`,
  bandNote: (low: string, high: string) => `95 times out of 100 within ${low}–${high} %`,
  attention: "What needs attention",
  allWell: "Nothing needs attention.",
  debt: (pack: string, cell: string, ah: string, hours: string, least: boolean) =>
    `Cell ${cell} of pack ${pack} is ahead by ${least ? "at least " : ""}${ah}: ${hours} of balancing are left`,
  hours: n({ one: "# hour", other: "# hours" }),
  durationOf: (hours: string, minutes: string) => `${hours} h ${minutes} min`,
  durationShort: (minutes: string) => `${minutes} min`,
  /** Nobody answers, or one of several does not. */
  lineSilent: (link: string, age: string) => `No pack has answered on ${link} for ${age}: check the cable to the packs, and that they are on.`,
  nothingAllowed: "No current is allowed until they answer again.",
  packSilent: (pack: number, age: string) =>
    `Pack ${pack} has been silent for ${age} and may still be on the busbar: its last limits hold until it answers or you remove it.`,
  /** Why nothing may flow in, of what the packs do not decide. */
  full: (because: string) => `the battery is full, ${because}`,
  gatewayForbids: {
    invalid: "a value that decides it is not known",
    product: "the data sheet allows none",
    user: "you set a limit of 0 A",
    remote: "a remote command forbids it",
    soc_window: "the state of charge is at the end of the window that you set",
    contradiction: "the charge voltage limit lies below the end of discharge",
    rising: "after a start or a gap the limit begins at 0",
    stale: "the values of the packs are old",
    handed_over: "the gateway was restarted and goes on with what was told last",
    ending: "the gateway is about to stop",
  } as Record<string, string>,
};
