// Spanish words of the scan screen.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("es");

export const es: typeof en = {
  title: "Quién está en la línea y cómo están sus interruptores",
  found: n({ one: "# módulo responde.", other: "# módulos responden." }),
  nobody: "Ningún módulo responde.",
  allRight: "Sus direcciones están bien.",
  wrong: n({ one: "Una cosa está mal.", other: "# cosas están mal." }),
  intro: "Una exploración pregunta a cada dirección en cada dialecto y a cada velocidad. Solo se pregunta; no se cambia nada.",
  scan: "Explorar la línea",
  again: "Explorar de nuevo",
  elsewhere: "Explorar otro puerto",
  on: (link, age) => `Encontrado en ${link}, ${age}.`,
  picture: "El rack según sus interruptores",
  pictureNote: "Del maestro hacia abajo. El cursor arriba es ON; el interruptor 1 está a la izquierda.",
  master: "maestro",
  isSet: "está en",
  setTo: "póngalo en",
  free: (address) => `Dirección ${address}: nadie responde`,
  twice: (address) => `Dirección ${address}: dos módulos responden a la vez`,
  what: "Qué está mal y qué hacer",
  dialects: "Qué hablan",
  tried: n({ one: "Se probó # forma de preguntar.", other: "Se probaron # formas de preguntar." }),
  kind: {
    nothing_answers: { what: "Ningún módulo responde.", next: "¿Están encendidos, está el cable en la toma correcta, no están cruzados A y B?" },
    somebody_asks: { what: "Alguien más pregunta en esta línea.", next: "Desconéctelo, o solo escuche: dos que preguntan se estorban." },
    second_master: { what: "Dos maestros preguntan en esta línea.", next: "Deje la dirección 1 a un solo módulo, y un solo ordenador en la línea." },
    no_master: { what: "Ningún módulo tiene la dirección del maestro.", next: "Ponga los interruptores del primer módulo como se dibuja en la dirección 1." },
    gap: { what: "Una dirección entre otras no responde.", next: "Ajuste los módulos siguientes para que las direcciones sean correlativas, o vea por qué calla ese módulo." },
    stand_alone: { what: "Un módulo está solo, en la dirección 0.", next: "Dele la siguiente dirección libre." },
    duplicate_address: { what: "Dos módulos tienen la misma dirección.", next: "Apague uno, dele la siguiente dirección libre como se dibuja y explore de nuevo." },
    duplicate_serial: { what: "Dos módulos dicen el mismo número de serie.", next: "Uno puede responder a dos direcciones, o tener un número erróneo: compare las etiquetas." },
    other_speed: { what: "Un módulo responde a otra velocidad.", next: "Ponga todos los módulos a la velocidad de los demás." },
    other_dialect: { what: "Un módulo habla otro dialecto.", next: "Ponga todos los módulos en el mismo protocolo." },
    swapped_wires: { what: "Los hilos A y B parecen cruzados.", next: "Intercambie los dos hilos en un extremo del cable." },
    disturbed: { what: "Las respuestas llegan dañadas.", next: "Revise el cable y la resistencia de terminación, y aléjelo de los cables de potencia." },
    unreadable: { what: "Alguien responde y aquí nadie lo entiende.", next: "Pruebe otra velocidad u otro dialecto." },
    echo: { what: "El adaptador oye sus propios bytes.", next: "No hace daño; se quitan." },
  },
};
