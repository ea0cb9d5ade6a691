// Spanish words of the addresses screen.

import type { en } from "./en";

export const es: typeof en = {
  title: "Cómo conectar",
  intro: "El rack responde en estas direcciones. Dé una de ellas a su inversor, herramienta o programa.",
  list: "Direcciones",
  none: "Este rack no ofrece ninguna conexión.",
  copy: "Copiar",
  copied: "Copiado",
  copyName: (url) => `Copiar ${url}`,
  copyFailed: "Selecciónelo y cópielo a mano",
  kinds: {
    pty: "Un dispositivo serie del equipo en el que funciona OpenRESS.",
    tcp: "Un puerto TCP que transporta los bytes de la línea RS485.",
    serial: "Un puerto serie del equipo en el que funciona OpenRESS.",
    can: "Una interfaz CAN del equipo en el que funciona OpenRESS.",
    other: "",
  },
  onlyHere: "Solo accesible desde ese equipo.",
  api: "Para programas",
  apiIntro: "Los valores de esta página, en JSON y como flujo de eventos:",
  virtualNote: "El rack detrás de estas conexiones es simulado: lo que conecte verá una batería que no existe.",
};
