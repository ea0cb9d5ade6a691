// Spanish words that all screens share on which something is asked of packs.

import { list, plural } from "../grammar";
import type { en } from "./en";

const n = plural("es");

const DOES: Record<string, (pack: number) => string> = {
  read: (pack) => `leer los ajustes del módulo ${pack}`,
  write: (pack) => `escribir ajustes en el módulo ${pack}`,
  restore: (pack) => `restaurar los valores de fábrica del módulo ${pack}`,
  undo: (pack) => `deshacer el último cambio del módulo ${pack}`,
  clone: (pack) => `clonar los ajustes del módulo ${pack}`,
  recover: (pack) => `retomar los cambios abiertos del módulo ${pack}`,
  read_system: (pack) => `leer los ajustes de sistema del módulo ${pack}`,
  clock: (pack) => `poner en hora el módulo ${pack}`,
  limiter: (pack) => `ajustar el limitador del módulo ${pack}`,
  protocol: (pack) => `elegir el protocolo de inversor del módulo ${pack}`,
  logs: (pack) => `leer los registros del módulo ${pack}`,
};
const kept = (pack: number) => `El módulo ${pack} ya tiene estos ajustes; no se cambió nada.`;
const written = n({ one: "# valor escrito y releído.", other: "# valores escritos y releídos." });
const wrote = (pack: number, values: number) => (values === 0 ? kept(pack) : `Módulo ${pack}: ${written(values)}`);
const DID: Record<string, (pack: number, values: number) => string> = {
  read: (pack) => `Ajustes del módulo ${pack} leídos.`,
  write: wrote,
  restore: wrote,
  undo: wrote,
  clone: (pack, values) => `Clonado desde el módulo ${pack}: ${written(values)}`,
  read_system: (pack) => `Ajustes de sistema del módulo ${pack} leídos.`,
};

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
  does: (kind, pack) => DOES[kind]?.(pack ?? 0),
  did: (kind, pack, values) => DID[kind]?.(pack ?? 0, values),
  by: (who, what) => `${who}: ${what}.`,
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
