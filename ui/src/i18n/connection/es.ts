// Spanish words of how the connection stands.

import type { en } from "./en";

export const es: typeof en = {
  title: {
    normal: "Comunicación normal",
    virtual: "Comunicación normal",
    opening: "Conectando",
    cannot_open: "Comunicación interrumpida",
    occupied: "Línea ocupada",
    searching: "Buscando módulos",
    busy: "Línea en uso",
    disturbed: "Comunicación perturbada",
    lost: "Comunicación perdida",
    asleep: "Módulos en reposo profundo",
    parked: "Exploración en curso",
    disconnected: "Sin conectar",
  },
  sentence: {
    opening: (link) => `Abriendo ${link}.`,
    cannot_open: (link) => `${link} no se puede abrir o ha desaparecido; se vuelve a intentar.`,
    occupied: (link) => `Alguien más pregunta en ${link}, por eso no se envía nada.`,
    searching: (link) =>
      `Aún no responde ningún módulo en ${link}: compruebe que están encendidos, el cable, el dialecto y la velocidad, o inicie una exploración.`,
    busy: (link) => `Una tarea tiene la línea ${link}; los valores mostrados son de antes.`,
    lost: (link, age) => `Ningún módulo responde ya en ${link}; los valores mostrados son de hace ${age}.`,
    asleep: () => "Los módulos están en reposo profundo; un cargador o su botón los despierta.",
    parked: () => "Se está explorando la línea.",
    disconnected: () => "Sin conectar: elija un puerto serie, un adaptador TCP o el rack virtual.",
  },
  finding: {
    no_master: "Ningún módulo tiene la dirección 1 del maestro.",
    gap: "Una dirección entre otras no responde.",
    stand_alone: "Un módulo está en la dirección 0, por su cuenta.",
    too_many: "Hay más módulos de los que el rack puede tener.",
    duplicate_address: "Dos módulos tienen la misma dirección.",
    duplicate_serial: "Dos módulos dan el mismo número de serie.",
    mixed_parts: "Hay módulos de distinto tipo en un mismo rack.",
    wrong_product: "Un módulo no es el producto configurado.",
    not_seen: "Un módulo esperado aún no se ha visto.",
    lost: "Un módulo ha dejado de responder.",
    join_refused: "Un módulo no es admitido en el rack.",
    garbled: "Las respuestas llegan dañadas: revise los interruptores de dirección, el cable y la resistencia de terminación.",
    noise: "Hay ruido en la línea.",
    second_master: "Alguien más pregunta en la línea.",
    line_lent: "Una exploración tiene la línea.",
    line_gone: "La línea hacia los módulos ha desaparecido.",
  },
};
