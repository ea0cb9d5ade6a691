// Spanish words of the help's tools.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("es");

export const es: typeof en = {
  search: "Buscar en la ayuda",
  searchHint: "Una luz, una alarma, un cable, una palabra como RJ45 u OVP.",
  results: n({ one: "# entrada", other: "# entradas" }),
  nothing: "Nada contiene todas estas palabras. Pruebe con una sola o mire las listas de abajo.",
  guides: "Guías",
  decoder: "¿Qué significan las luces?",
  decoderIntro: "Ponga cada luz como la ve en el módulo y lea debajo. Mire durante diez segundos: algunas destellan rara vez.",
  run: "RUN",
  alm: "ALM",
  soc: (index) => `SOC ${index}`,
  nextMode: (lamp) => `${lamp}: siguiente modo de lucir`,
  modes: {
    off: "apagada",
    on: "encendida",
    flash1: "breve, cada 4 s",
    flash2: "cada segundo",
    flash3: "cada 2 s",
  },
  next: "Siguiente paso:",
  lamps: (state) => `Luces: ${state}`,
  charge: (low, high) => `, ${low} a ${high} % de carga`,
  several: (count) => `${count} estados se ven así; empiece por el primero.`,
  noState: "Ningún estado del módulo muestra estas luces. Mire el panel otra vez durante diez segundos.",
  nearest: (states) => `Con este RUN y ALM: ${states.join("; ")}.`,
  tree: "Localizar un fallo",
  back: "Atrás",
  again: "Empezar de nuevo",
  releasedBy: "Se libera con cualquiera de:",
  steps: "Qué hacer",
  ways: (ways) => `${ways.join("; ")}.`,
  planner: "Dibujar mi rack",
  plannerIntro: "Cableado, cable e interruptores de un producto; los dibujos vienen del OpenRESS que sirve esta página.",
  product: "Batería",
  inverter: "Inversor",
  packs: "Módulos",
  scheme: "Los interruptores cuentan como",
  noScheme: "lo publicado",
  plan: "Cableado",
  cable: "Cable",
  dip: "Interruptores",
  open: "Abrir solo el dibujo, para imprimirlo",
  asText: "Cableado como texto, con lista de materiales",
  notDrawn: "No existe este dibujo:",
  noServer: "El dibujo necesita el servidor, y no responde.",
  language: "Inglés",
};
