// Spanish words that all screens share on which something is asked of packs.

import { list, plural } from "../grammar";
import type { en } from "./en";

const n = plural("es");

export const es: typeof en = {
  choosePack: "Elegir un módulo",
  notConnected: "No hay nada conectado.",
  toConnect: "Conectar módulos",
  beginning: "Se está preguntando al servidor.",
  heldBy: (who) => `${who} ocupa la línea ahora: espere a que termine o deténgalo.`,
  needsRole: (role, mine) => `Requiere el rol ${role}${mine === null ? "" : `, y el suyo es ${mine}`}; inicie sesión con una cuenta que lo tenga.`,
  noAnswer: "El servidor no respondió; no se sabe si recibió la solicitud.",
  refusedWith: (status) => `El servidor rechazó con el estado ${status}.`,
  restarted: "El servidor se reinició entretanto. Lea de nuevo el módulo para ver lo que conserva.",
  whyFor: (names, reason) => `${list("es")(names)}: ${reason}`,
  dismiss: "Cerrar",
  cancel: "Cancelar",
  stop: "Detener",
  progress: "Progreso",
  steps: (done, of) => `${done} de ${of}`,
  values: n({ one: "# valor", other: "# valores" }),
  fromTo: (old, now) => `${old} → ${now}`,
  readAt: (when, serial) => `Leído a las ${when} de ${serial}.`,
  neverRead: "Aún no leído.",
  jobState: { running: "En curso.", done: "Hecho.", failed: "Fallido.", stopped: "Detenido." },
  fieldState: {
    waiting: "espera",
    ordered: "ordenado",
    written: "escrito y releído",
    put_back: "como antes, releído",
    failed: "fallido",
    unknown: "desconocido: el módulo calló",
    not_sent: "no enviado",
  },
};
