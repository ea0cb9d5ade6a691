// Spanish words of what the inverter is told.

import type { en } from "./en";

export const es: typeof en = {
  title: "Inversor",
  simulated: "Esto lo oye un inversor simulado.",
  why: "Por qué",
  gone: "Aquí no se sabe qué se le dice ahora.",
  standing: {
    listening: () => "No se dice nada: se escucha si otro habla en la línea, o la línea no está.",
    recognising: () => "Se escucha lo que dice el inversor; no se dice nada hasta reconocer su dialecto.",
    trying: () => "Se prueban varios dialectos por turno hasta que el inversor responda a uno.",
    waiting: () => "No se dice nada hasta que la batería se haya leído por completo.",
    live: (limits) => `Al inversor se le dice: ${limits}.`,
    fading: (limits, age) => `Los valores tienen ${age}: los límites bajan a 0 (${limits}).`,
    stopped: (_, age) => `Los valores tienen ${age}: se le dice al inversor que pare.`,
    ending: () => "La pasarela está a punto de parar: se le dice al inversor que pare.",
    silent: () => "Ya no se dice nada.",
  },
  nothing: "nada",
  into: (amps) => `${amps} de carga`,
  out: (amps) => `${amps} de descarga`,
  rule: {
    packs: "los módulos permiten",
    invalid: "un valor es desconocido o no es válido",
    product: "la hoja de datos no permite más de",
    user: "usted no permite más de",
    remote: "una orden remota no permite más de",
    handed_over: "la pasarela se reinició y continúa con lo último comunicado",
    soc_window: "el estado de carga está en un extremo de su ventana",
    contradiction: "el límite de tensión de carga está por debajo del fin de descarga",
    rising: "subiendo despacio",
    stale: "los valores son antiguos",
    ending: "la pasarela está a punto de parar",
  },
  step: (rule, leaves) => `${rule}: ${leaves}`,
  trouble: {
    stale_data: "Los valores para el inversor son antiguos.",
    inverter_silent: "El inversor ha enmudecido.",
    bus_off: "El controlador CAN está fuera del bus (bus-off).",
    unacknowledged: "Nadie confirma en el bus CAN.",
    port_gone: "El puerto hacia el inversor ha desaparecido.",
    second_talker: "Alguien más habla con el inversor.",
    charge_limit_disobeyed: "El inversor carga con más de lo permitido.",
    discharge_limit_disobeyed: "El inversor extrae más de lo permitido.",
  },
};
