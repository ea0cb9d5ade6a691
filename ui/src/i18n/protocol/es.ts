// Spanish words of the inverter protocol screen.

import type { en } from "./en";

export const es: typeof en = {
  title: (pack) => `Protocolo de inversor del módulo ${pack}`,
  none: "Este módulo no dice sus protocolos de inversor por esta línea.",
  choice: "Lo que el módulo habla con un inversor",
  type: "Tipo",
  automatic: "Automático",
  automaticNote: "El módulo encuentra el protocolo por sí mismo.",
  manual: "A mano",
  manualNote: "Valen los protocolos de abajo.",
  can: "Protocolo CAN",
  rs485: "Protocolo RS485",
  notTold: "ninguno",
  off: "apagado",
  read: "Leer",
  write: "Escribir…",
  nothingNew: "No se eligió nada nuevo.",
  writeTitle: (pack) => `Elegir el protocolo de inversor del módulo ${pack}`,
  writeVerb: (pack) => `Escribir en el módulo ${pack}`,
  before: "Ahora",
  after: "Nuevo",
  means: "Solo el maestro de un rack habla con el inversor. Un inversor que oye otro protocolo que antes puede pararse.",
};
