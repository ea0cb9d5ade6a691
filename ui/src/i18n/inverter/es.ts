// Spanish words of what the inverter is told.

import type { en } from "./en";

export const es: typeof en = {
  title: "Inversor",
  simulated: "Esto lo recibe un inversor simulado.",
  why: "Por qué",
  gone: "Aquí no se sabe qué se le comunica ahora.",
  standing: {
    listening: () => "No se envía nada: se escucha si otro habla en la línea, o la línea no está.",
    recognising: () => "Se escucha lo que dice el inversor; no se envía nada hasta reconocer su dialecto.",
    trying: () => "Se prueban varios dialectos por turno hasta que el inversor responda a uno.",
    waiting: () => "No se envía nada hasta que la batería se haya leído por completo.",
    live: (limits) => `Se comunica al inversor: ${limits}.`,
    fading: (limits, age) => `Los valores tienen ${age}: los límites bajan a 0 (${limits}).`,
    stopped: (_, age) => `Los valores tienen ${age}: se ordena parar al inversor.`,
    ending: () => "La pasarela está a punto de parar: se ordena parar al inversor.",
    silent: () => "Ya no se envía nada.",
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
    soc_window: "el estado de carga está en un extremo de su margen de SOC",
    contradiction: "el límite de tensión de carga está por debajo de la tensión de fin de descarga",
    rising: "subiendo despacio",
    stale: "los valores son antiguos",
    ending: "la pasarela está a punto de parar",
  },
  between: ", ",
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
