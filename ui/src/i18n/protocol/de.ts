// German words of the inverter protocol screen.

import type { en } from "./en";

export const de: typeof en = {
  title: (pack) => `Wechselrichterprotokoll von Modul ${pack}`,
  none: "Dieses Modul nennt seine Wechselrichterprotokolle über diese Leitung nicht.",
  choice: "Was das Modul mit einem Wechselrichter spricht",
  type: "Art",
  automatic: "Automatisch",
  automaticNote: "Das Modul findet das Protokoll selbst.",
  manual: "Von Hand",
  manualNote: "Die Protokolle unten gelten.",
  can: "CAN-Protokoll",
  rs485: "RS485-Protokoll",
  notTold: "keines",
  off: "aus",
  read: "Lesen",
  write: "Schreiben…",
  nothingNew: "Nichts neu gewählt.",
  writeTitle: (pack) => `Wechselrichterprotokoll von Modul ${pack} wählen`,
  writeVerb: (pack) => `In Modul ${pack} schreiben`,
  before: "Jetzt",
  after: "Neu",
  means: "Nur der Master eines Racks spricht mit dem Wechselrichter. Ein Wechselrichter, der ein anderes Protokoll hört als bisher, kann anhalten.",
};
