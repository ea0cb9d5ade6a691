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
  resting: "En reposo: ni carga ni descarga.",
  tooLong: "Más de un día con esta corriente.",
  slowsIn: "La corriente baja al final de la carga: no se puede dar un tiempo.",
  slowsOut: "La corriente baja al final de la descarga: no se puede dar un tiempo.",
  about: (when) => `hacia las ${when}`,
  between: (early, late) => `probablemente entre las ${early} y las ${late}`,
  bandNote: (low, high) => `95 de cada 100 veces entre ${low} y ${high} %`,
  attention: "Qué requiere atención",
  allWell: "Nada requiere atención.",
  debt: (pack, cell, ah, hours, least) => `La celda ${cell} del módulo ${pack} va ${least ? "al menos " : ""}${ah} por delante: quedan ${hours} de equilibrado`,
  hours: n({ one: "# hora", other: "# horas" }),
  durationOf: (hours, minutes) => `${hours} h ${minutes} min`,
  durationShort: (minutes) => `${minutes} min`,
  lineSilent: (link, age) =>
    `Ningún módulo responde en ${link} desde hace ${age}: compruebe el cable a los módulos y que están encendidos.`,
  nothingAllowed: "No se permite corriente hasta que respondan de nuevo.",
  packSilent: (pack, age) =>
    `El módulo ${pack} lleva ${age} en silencio y puede seguir en la barra colectora: sus últimos límites valen hasta que responda o usted lo retire.`,
  full: (because) => `la batería está llena, ${because}`,
  gatewayForbids: {
    invalid: "no se conoce un valor que lo decide",
    product: "la hoja de datos no permite ninguna",
    user: "usted fijó un límite de 0 A",
    remote: "una orden remota lo prohíbe",
    soc_window: "el estado de carga está al final del margen de SOC que usted fijó",
    contradiction: "el límite de tensión de carga está por debajo de la tensión de fin de descarga",
    rising: "tras un arranque o una pausa el límite empieza en 0",
    stale: "los valores de los módulos son antiguos",
    handed_over: "la pasarela se reinició y sigue con lo último comunicado",
    ending: "la pasarela está a punto de parar",
  },
};
