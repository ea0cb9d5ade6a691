// Spanish words of the connect screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("es");

export const es: typeof en = {
  where: "Dónde están los módulos",
  how: "Qué hablan",
  noPorts: "No hay ningún puerto serie enchufado. Un adaptador aparece aquí en 2 s.",
  tcp: "Adaptador TCP",
  tcpNote: "RS485 por la red",
  address: "Equipo y puerto",
  otherPort: "Otro puerto",
  otherNote: "Un dispositivo serie que no está en la lista",
  device: "Dispositivo",
  virtual: "Rack virtual",
  virtualNote: "Simulado aquí; no se puede perturbar nada",
  dialect: "Dialecto",
  baud: "Velocidad",
  usualBaud: "la usual del dialecto",
  product: "Batería",
  asConfigured: "como está configurada",
  asNow: (title) => `como ahora: ${title}`,
  packs: "Módulos",
  packsNote: "Números como 1 o 1-4; vacío para todos los que respondan.",
  count: "Número de módulos",
  countNote: "Vacío para tantos como estén configurados.",
  connect: "Conectar",
  disconnect: "Desconectar",
  findConnect: "Buscar los módulos y conectar",
  scan: "Explorar este puerto",
  scanLine: "Explorar la línea conectada",
  choosePort: "Elija dónde están los módulos.",
  giveAddress: "Indique equipo y puerto del adaptador.",
  giveDevice: "Indique el dispositivo.",
  wrongPacks: "Los módulos son números como 1 o 1-4.",
  virtualFirst: "Conecte primero el rack virtual.",
  narrow: "Explorar solo este dialecto y velocidad (más rápido)",
  onLink: (dialect) => `Dialecto ${dialect}`,
  asRack: "El rack con sus interruptores y qué ajustar",
  found: "Lo que encontró la exploración",
  serial: "Número de serie",
  master: (pack) => `${pack}, maestro`,
  onlyThis: "Conectar solo este",
  connectFound: n({ one: "Conectar este # módulo", other: "Conectar estos # módulos" }),
  tried: (tried, left) => `${n({ one: "# forma de preguntar probada", other: "# formas de preguntar probadas" })(tried)}, ${left} omitidas.`,
};
