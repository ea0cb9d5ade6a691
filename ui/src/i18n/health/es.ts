// Spanish words of the health screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("es");

export const es: typeof en = {
  headline: (soh) => `Los módulos tienen el ${soh} de su capacidad nominal.`,
  assumed: "Ningún módulo ha mostrado aún su capacidad: lo que figura aquí es lo de la etiqueta, hasta ver un recorrido completo.",
  unknown: "Los módulos no indican su estado de salud.",
  soh: "Estado de salud (SOH)",
  capacity: "Capacidad",
  capacityBand: (low, high) => `${low}–${high} Ah, 95 de cada 100 veces`,
  swings: n({ one: "de # recorrido entre cargas conocidas", other: "de # recorridos entre cargas conocidas" }),
  label: "de la etiqueta: aún no se ha visto un recorrido completo",
  rated: "Capacidad nominal",
  cycles: "Ciclos completos",
  cyclesNote: (into, out) => `${into} de carga, ${out} de descarga`,
  resistance: "Resistencia interna",
  resistanceNote: (sigma) => `± ${sigma} respecto al perfil; las celdas nuevas difieren otro tanto`,
  steps: n({ one: "de # salto de corriente", other: "de # saltos de corriente" }),
  noSteps: "aún no se ha visto ningún salto de corriente",
  growth: (percent) => `${percent} desde que se conoció`,
  events: "Lo que acortó su vida",
  noEvents: "nada hasta ahora",
  eventNames: {
    deep_discharge: "Descarga profunda",
    over_charge: "Sobrecarga",
    over_temperature: "Sobretemperatura",
    frost_charge: "Carga por debajo de 0 °C",
    over_current: "Sobrecorriente",
    short_circuit: "Cortocircuito",
  },
  times: (name, count) => `${name}: ${count} ×`,
  trend: "De día en día",
  trendFull: "Capacidad",
  trendResistance: "Resistencia del módulo",
  trendSoh: "Estado de salud (SOH)",
  trendChart: (name) => `${name} de día en día`,
  trendShort: "Una tendencia necesita al menos dos días; este módulo se ha observado menos.",
  trendNone: "Este servidor no guarda historial, por eso no hay tendencia.",
  passportPdf: "Pasaporte de la batería (PDF, en inglés)",
  passportPdfOf: (pack) => `Pasaporte de la batería (PDF, en inglés) de ${pack}, para imprimir y entregar`,
  passportOf: (pack) => `Pasaporte de la batería de ${pack} como JSON`,
};
