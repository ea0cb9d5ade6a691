// Spanish words of the logs screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("es");

export const es: typeof en = {
  title: (pack) => `Registros del módulo ${pack}`,
  count: n({ one: "# registro.", other: "# registros." }),
  newest: "Cuántos, los más nuevos primero",
  kind: "Mostrar",
  kinds: { all: "todos los registros", protections: "protecciones", faults: "fallos" },
  search: "Filtro",
  read: "Leer",
  csv: "Exportar CSV",
  json: "Exportar JSON",
  clear: "Vaciar la vista",
  readFirst: "No hay registros: léalos primero.",
  keepsNone: "El módulo no guarda registros.",
  noneFits: "Ningún registro cumple el filtro.",
  more: n({ one: "Mostrar # más", other: "Mostrar # más" }),
  records: "Registros",
  number: "N.º",
  when: "Cuándo, según el reloj del módulo",
  what: "Qué",
  charge: "Carga",
  ofFull: (left, full) => `${left} de ${full}`,
  protects: "Protección:",
  alarms: "Alarma:",
  faults: "Fallo:",
  nothing: "Sin alarma",
  cells: n({ one: "# celda, mV", other: "# celdas, mV" }),
};
