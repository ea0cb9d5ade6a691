// English words of the inverter protocol screen.

export const en = {
  title: (pack: number) => `Inverter protocol of pack ${pack}`,
  none: "This pack does not tell its inverter protocols over this line.",
  choice: "What the pack speaks to an inverter",
  type: "Type",
  automatic: "Automatic",
  automaticNote: "The pack finds the protocol by itself.",
  manual: "By hand",
  manualNote: "The protocols below are used.",
  can: "CAN protocol",
  rs485: "RS485 protocol",
  notTold: "none",
  off: "off",
  read: "Read",
  write: "Write…",
  nothingNew: "Nothing was chosen anew.",
  writeTitle: (pack: number) => `Choose the inverter protocol of pack ${pack}`,
  writeVerb: (pack: number) => `Write to pack ${pack}`,
  before: "Now",
  after: "New",
  means: "Only the master of a rack speaks to the inverter. An inverter that hears another protocol than before may stop.",
};
