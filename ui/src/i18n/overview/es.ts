// Spanish words of the overview.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("es");

export const es: typeof en = {
  flow: "Flujo de potencia",
  flowIn: (kw, amps) => `${kw} entran en la batería, ${amps}.`,
  flowOut: (kw, amps) => `${kw} salen de la batería, ${amps}.`,
  flowNone: "No fluye nada.",
  flowUnknown: "No se sabe qué fluye.",
  supply: "Inversor",
  battery: "Batería",
  packFlow: (pack, amps) => `Módulo ${pack}: ${amps}`,
  toFull: "Tiempo hasta llena",
  toEmpty: "Tiempo hasta vacía",
  resting: "En reposo: nada que esperar.",
  tooLong: "Más de dos días con esta corriente.",
  about: (when) => `hacia las ${when}`,
  between: (early, late) => `probablemente entre las ${early} y las ${late}`,
  bandNote: (low, high) => `95 de cada 100 veces entre ${low} y ${high} %`,
  attention: "Qué requiere atención",
  allWell: "Nada requiere atención.",
  debt: (pack, cell, ah, hours) => `La celda ${cell} del módulo ${pack} va ${ah} por delante: quedan ${hours} de equilibrado`,
  hours: n({ one: "# hora", other: "# horas" }),
  durationOf: (hours, minutes) => `${hours} h ${minutes} min`,
  durationShort: (minutes) => `${minutes} min`,
};
