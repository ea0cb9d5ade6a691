// German words of the inverter protocol screen.

import type { en } from "./en";

export const de: typeof en = {
  title: (pack) => `Wechselrichterprotokoll von Pack ${pack}`,
  none: "Dieses Pack nennt seine Wechselrichterprotokolle über diese Leitung nicht.",
  choice: "Was das Pack mit einem Wechselrichter spricht",
  type: "Art",
  automatic: "Automatisch",
  automaticNote: "Das Pack findet das Protokoll selbst.",
  manual: "Von Hand",
  manualNote: "Die Protokolle unten gelten.",
  can: "CAN-Protokoll",
  rs485: "RS485-Protokoll",
  notTold: "keines",
  off: "aus",
  read: "Lesen",
  write: "Schreiben…",
  nothingNew: "Nichts neu gewählt.",
  writeTitle: (pack) => `Wechselrichterprotokoll von Pack ${pack} wählen`,
  writeVerb: (pack) => `In Pack ${pack} schreiben`,
  before: "Jetzt",
  after: "Neu",
  means: "Nur der Master eines Racks spricht mit dem Wechselrichter. Ein Wechselrichter, der ein anderes Protokoll hört als bisher, kann anhalten.",
};
