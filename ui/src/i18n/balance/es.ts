// Spanish words of the balance screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("es");

export const es: typeof en = {
  nothing: "Ningún módulo da tensiones de celda.",
  apart: (pack, mv) => `Las celdas más desiguales son las del módulo ${pack}: ${mv}.`,
  bleeding: n({ one: "# celda se está descargando (equilibrado).", other: "# celdas se están descargando (equilibrado)." }),
  noneBleeds: "Ninguna celda se está descargando.",
  spread: "Diferencia",
  mean: "Media",
  highest: "Máxima",
  lowest: "Mínima",
  cellAt: (cell, mv) => `celda ${cell}, ${mv}`,
  bleeders: "Equilibrando ahora",
  nobody: "ninguna",
  cells: (count, cells) => `${count === 1 ? "celda" : "celdas"} ${cells}`,
  debt: "La más adelantada",
  debtOf: (cell, ah) => `celda ${cell}, ${ah}`,
  atLeast: (text) => `${text} como mínimo`,
  hours: "Equilibrado restante",
  hoursOf: (hours, bleed) => `${hours} h a ${bleed}`,
  unknownDebt: "Aún no se sabe.",
  unknownWhy: "Se ve cuando una carga suave lleva las celdas por encima de 3,45 V.",
  picture: (low, high, spread) => `Celdas alrededor de su media: mínima ${low}, máxima ${high}, diferencia ${spread}.`,
  aheadPicture: "Carga en que cada celda va por delante de la última",
  voltages: "Tensión alrededor de la media",
  lines: "La línea discontinua es la alarma, la continua la protección. La escala es amplia cerca de la media y estrecha lejos de ella.",
  bleedMark: "Una gota bajo una celda: se está descargando.",
  how: "Cómo interpretarlo",
  howItems: [
    "En la meseta del LiFePO4 un milivoltio no dice nada de la carga: las celdas pueden parecer iguales y diferir mucho, o al revés.",
    "Al final de una carga las tensiones sí hablan. Lo que allí va por delante se aprende y luego se descarga, esté donde esté el módulo.",
    "A 100 mA una hora mueve 0,1 Ah. Una estancia larga arriba ayuda más que muchas cortas.",
  ],
  details: (pack) => `Todas las celdas del módulo ${pack}`,
  weakest: (cell, pack, volts) => `Celda más débil: ${cell} del módulo ${pack}, ${volts}`,
  strongest: (cell, pack, volts) => `Celda más alta: ${cell} del módulo ${pack}, ${volts}`,
  past: "Su historial",
  pastOf: (pack) => `Historial de las celdas del módulo ${pack}`,
};
