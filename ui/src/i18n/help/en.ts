// English words of the help screen.

import type { LegendRow } from "../../lamps";
import type { Level } from "../../status";

export const en = {
  title: "Help",
  dangers: "Dangers",
  dangersIntro: "A battery cannot be switched off inside. Mistakes can cause:",
  hazards: ["electric shock", "burns from a short circuit", "fire", "explosion"],
  handling: "Before and during work",
  handlingItems: [
    "Use cables thick enough for the current.",
    "Keep the clearances around every module and let air move.",
    "Work with insulated tools, and never drop one on a module.",
    "Never connect plus to minus: no short circuit at the terminals.",
    "Check plus and minus before every connection; never reverse them.",
    "Never open or crush a module, and never throw one into fire.",
  ],
  removal: "Taking a module out",
  removalItems: [
    "Disconnect everything that charges the battery or draws from it.",
    "Take the grounded terminal off first.",
  ],
  spacing: "Room",
  spacingItems: ["Leave room between modules.", "Protect them from falls and knocks."],
  professional: "Parts and parameters are a professional's work.",
  lamps: "What the lamps say",
  lampsIntro: "As on the front panel, blinking at the real speed; the bar is that of a pack at 60 %.",
  situation: "Situation",
  lampsColumn: "RUN, ALM, SOC",
  flashes: "Flashes",
  shapes: "What the shapes say",
  addSwitch: "ADD switch",
  addIntro:
    "Switches 1# to 4# count 1, 2, 4 and 8; the address is the sum of those that are ON. 1 is the master, 2 to 15 follow, 0 is a pack on its own.",
  keys: "Keys",
  keyList: [
    ["Tab, Enter", "reach and open everything"],
    ["← →", "previous and next pack, on a pack's screen"],
    ["Esc", "back to the rack, on a pack's screen"],
  ],
  rows: {
    dormant: ["Shut down or asleep", ""],
    standby: ["Standing by, normal", ""],
    standbyWarning: ["Standing by, warning", "Module at low voltage."],
    charge: ["Charging, normal", ""],
    chargeWarning: ["Charging, warning", ""],
    overCharge: ["Charging, over-charge protection", "When the supply goes away the lamps turn to standing by."],
    chargeProtection: [
      "Charging, protection for temperature, over-current or failure",
      "Charging stops. The pack looks dead but is in protection; sibling products light ALM instead.",
    ],
    discharge: ["Discharging, normal", ""],
    dischargeWarning: ["Discharging, warning", ""],
    underVoltage: ["Discharging, under-voltage protection", "Discharging stops."],
    dischargeProtection: [
      "Discharging, protection for temperature, over-current, short circuit or failure",
      "Discharging stops.",
    ],
    failure: ["Failure", "Charging and discharging stop."],
  } satisfies Record<LegendRow["key"], [string, string]>,
  shapeRows: {
    nominal: "All is well; an arrow up charges, an arrow down discharges, a ring stands by.",
    notice: "Something to know; nothing needs to be done at once.",
    warning: "A value is near its limit. Nothing is switched off.",
    protection: "A limit was passed and the battery switched something off.",
    fault: "Something in the pack does not work.",
    asleep: "Off or asleep.",
    stale: "The values are old; their age stands beside them.",
    absent: "Expected, but does not answer.",
  } satisfies Record<Level, string>,
};
