// Spanish words of the drills screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("es");

export const es: typeof en = {
  title: "Simulacros: se provoca un fallo a propósito y se ve qué se comunica al inversor.",
  virtual: "Virtual",
  meaning:
    "Cada simulacro corre en un rack simulado propio, en tiempo simulado. No se toca ninguna batería, ningún inversor ni nada del rack de las otras pantallas.",
  notHere: "Aquí hay módulos reales conectados. Los simulacros solo corren junto a un rack virtual, para que nadie confunda uno con otro.",
  notHereNext: "Inicie uno en cualquier ordenador:",
  refused: "La lista de simulacros no llegó.",
  run: "Iniciar",
  runName: (title) => `Iniciar: ${title}`,
  running: "En curso, unos segundos",
  shows: "Qué debe verse",
  takes: (seconds) => `${seconds} de tiempo simulado`,
  held: "Se cumplieron todas las reglas de seguridad.",
  broken: "Se incumplió una regla de seguridad.",
  summary: (frames, gap) => `${frames}, la mayor pausa entre dos ${gap}.`,
  frames: n({ one: "# trama", other: "# tramas" }),
  verdicts: "Reglas de seguridad",
  heldMark: "se cumple",
  brokenMark: "se incumple",
  breaches: n({ one: "# incumplimiento", other: "# incumplimientos" }),
  first: (sentence) => `El primero: ${sentence}`,
  happened: "Qué pasó",
  told: "Qué se comunica al inversor",
  flows: "Corriente del rack",
  charge: "Carga máxima",
  discharge: "Descarga máxima",
  chart: (name) => `${name} en los segundos del simulacro; la tabla de abajo tiene todos los valores.`,
  rows: "Segundo a segundo",
  allRows: "Cada segundo",
  at: "Tiempo",
  state: "Estado",
  age: "Edad",
  packs: "Módulos",
  allowed: "Permitido",
  into: "carga",
  out: "descarga",
  nothing: "nada en la línea",
  stateName: {
    live: "actual",
    fading: "bajando",
    stopped: "parado",
    silent: "silencio",
    waiting: "esperando",
    listening: "escuchando",
    ending: "terminando",
    down: "sin pasarela",
  },
  name: {
    "pull-plug": {
      title: "Desenchufar el módulo 3",
      shows: "El módulo 3 sale de la suma en cuanto caducan sus datos y el total solo baja; al volver, se une de nuevo.",
    },
    "freeze-data": {
      title: "Congelar los datos",
      shows: "La lectura ya no cambia: 0 antes de 15 s de edad, silencio desde los 30 s, después otra vez desde 0.",
    },
    "duplicate-address": {
      title: "Dar a otro módulo la dirección del módulo 2",
      shows: "Nadie entiende a dos que responden a la vez: la dirección 2 sale a tiempo de la suma y nada se cuenta dos veces.",
    },
    "drop-inverter": {
      title: "Quitar el inversor",
      shows: "Las tramas no salen; al volver, el inversor oye primero 0 y luego algo que sube despacio.",
    },
    "corrupt-frames": {
      title: "Dañar tramas en la línea a los módulos",
      shows: "Las respuestas dañadas no cambian ningún valor; los módulos que nadie entiende salen de la suma y vuelven cuando la línea está limpia.",
    },
    "restart-gateway": {
      title: "Forzar el cierre de la pasarela durante la carga",
      shows: "La sucesora sigue con lo último comunicado y nunca con más: la pausa es menor que cualquier tiempo de espera conocido.",
    },
    "restart-program": {
      title: "Forzar el cierre de todo el programa durante la carga",
      shows: "El nuevo no comunica más que el anterior hasta oír a todos los módulos; después los límites suben desde 0.",
    },
  },
};
