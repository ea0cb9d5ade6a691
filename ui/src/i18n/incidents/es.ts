// Spanish words of the incidents screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("es");

export const es: typeof en = {
  title: "Qué se grabó alrededor de cada suceso",
  count: n({ one: "Se guarda # incidente.", other: "Se guardan # incidentes." }),
  none: "No ha pasado nada que mereciera una grabación.",
  underWay: "Se está grabando un incidente.",
  how: "Alrededor de cada protección, fallo y enlace perdido, el registrador guarda todas las lecturas, decisiones y bytes, desde un rato antes hasta un rato después.",
  refused: "Las grabaciones no llegaron.",
  back: "Todos los incidentes",
  open: (what) => `Abrir: ${what}`,
  lasts: (time) => `${time} grabados`,
  recording: (time) => `se graba desde hace ${time}; se puede abrir cuando esté completo`,
  slider: "Momento",
  earlier: "Un segundo atrás",
  later: "Un segundo adelante",
  play: "Reproducir",
  pause: "Pausar",
  marks: "Qué pasó",
  goTo: (text) => `Al momento de: ${text}`,
  opens: "grabado por esto",
  cells: "Módulos en este momento",
  missing: "Sin valores suyos en este momento.",
  told: "Qué se comunicó al inversor",
  sent: "en la línea",
  notSent: "decidido, no enviado",
  because: "Porque",
  bytes: "Bytes de este segundo",
  noBytes: "Ningún byte en este segundo.",
  most: (count) => `De un segundo se muestran como mucho ${count} tramas.`,
  to: { inverter: "al inversor", us: "del inversor", packs: "a los módulos", from_packs: "de los módulos" },
  download: "Descargar",
  downloadRedacted: "Descargar sin números de serie ni direcciones",
  missed: "No se puede repetir por completo:",
  chart: "Qué se comunicó al inversor durante la grabación",
  state: "Estado",
  lowest: "Celda más baja",
  highest: "Celda más alta",
};
