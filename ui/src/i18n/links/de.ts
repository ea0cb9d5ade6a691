// German words of the addresses screen.

import type { en } from "./en";

export const de: typeof en = {
  title: "So verbinden",
  intro: "Unter diesen Adressen antwortet das Rack. Geben Sie eine davon Ihrem Wechselrichter, Werkzeug oder Programm.",
  list: "Adressen",
  none: "Dieses Rack bietet keine Verbindung an.",
  copy: "Kopieren",
  copied: "Kopiert",
  copyName: (url) => `${url} kopieren`,
  copyFailed: "Markieren und von Hand kopieren",
  kinds: {
    pty: "Ein serielles Gerät auf dem Rechner, auf dem OpenRESS läuft.",
    tcp: "Ein TCP-Port, der die Bytes der RS485-Leitung trägt.",
    serial: "Ein serieller Anschluss des Rechners, auf dem OpenRESS läuft.",
    can: "Eine CAN-Schnittstelle des Rechners, auf dem OpenRESS läuft.",
    other: "",
  },
  onlyHere: "Nur von diesem Rechner aus erreichbar.",
  api: "Für Programme",
  apiIntro: "Die Werte dieser Seite, als JSON und als Ereignisstrom:",
  virtualNote: "Das Rack hinter diesen Verbindungen ist simuliert: Was Sie anschließen, sieht eine Batterie, die es nicht gibt.",
};
