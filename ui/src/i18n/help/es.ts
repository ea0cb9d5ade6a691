// Spanish words of the help screen.

import type { en } from "./en";

export const es: typeof en = {
  title: "Ayuda",
  dangers: "Peligros",
  dangersIntro: "Una batería no se puede apagar por dentro. Los errores pueden causar:",
  hazards: ["descarga eléctrica", "quemaduras por cortocircuito", "incendio", "explosión"],
  handling: "Antes y durante el trabajo",
  handlingItems: [
    "Use cables de sección suficiente para la corriente.",
    "Respete las distancias alrededor de cada módulo y deje circular el aire.",
    "Trabaje con herramientas aisladas y no deje caer ninguna sobre un módulo.",
    "No una nunca el positivo con el negativo: ningún cortocircuito en los bornes.",
    "Compruebe positivo y negativo antes de cada conexión; no los invierta nunca.",
    "No abra ni aplaste nunca un módulo, ni lo arroje al fuego.",
  ],
  removal: "Retirar un módulo",
  removalItems: [
    "Desconecte todo lo que carga la batería o consume de ella.",
    "Suelte primero el borne puesto a tierra.",
  ],
  spacing: "Espacio",
  spacingItems: ["Deje espacio entre los módulos.", "Protéjalos de caídas y golpes."],
  professional: "Las piezas y los ajustes son trabajo de un profesional.",
  lamps: "Qué dicen las luces",
  lampsIntro: "Como en el panel frontal, al ritmo real; la barra es la de un módulo al 60 %.",
  situation: "Situación",
  lampsColumn: "RUN, ALM, SOC",
  flashes: "Destellos",
  shapes: "Qué dicen los símbolos",
  addSwitch: "Interruptor ADD",
  addIntro:
    "Los interruptores 1# a 4# cuentan 1, 2, 4 y 8; la dirección es la suma de los que están en ON. 1 es el maestro, 2 a 15 le siguen, 0 es un módulo solo.",
  keys: "Teclas",
  keyList: [
    ["Tab, Enter", "llegan a todo y lo abren"],
    ["← →", "módulo anterior y siguiente, en la pantalla de un módulo"],
    ["Esc", "vuelta al rack, en la pantalla de un módulo"],
  ],
  rows: {
    dormant: ["Apagado o en reposo profundo", ""],
    standby: ["En espera, normal", ""],
    standbyWarning: ["En espera, aviso", "Módulo con tensión baja."],
    charge: ["Carga, normal", ""],
    chargeWarning: ["Carga, aviso", ""],
    overCharge: ["Carga, protección contra sobrecarga", "Al faltar la alimentación, las luces pasan a en espera."],
    chargeProtection: [
      "Carga, protección por temperatura, sobrecorriente o fallo",
      "La carga se detiene. El módulo parece muerto pero está en protección; productos hermanos encienden ALM.",
    ],
    discharge: ["Descarga, normal", ""],
    dischargeWarning: ["Descarga, aviso", ""],
    underVoltage: ["Descarga, protección por subtensión", "La descarga se detiene."],
    dischargeProtection: [
      "Descarga, protección por temperatura, sobrecorriente, cortocircuito o fallo",
      "La descarga se detiene.",
    ],
    failure: ["Fallo", "La carga y la descarga se detienen."],
  },
  shapeRows: {
    nominal: "Todo en orden; una flecha hacia arriba carga, hacia abajo descarga, un anillo espera.",
    notice: "Algo que conviene saber; nada urge.",
    warning: "Un valor está cerca de su límite. No se ha desconectado nada.",
    protection: "Se superó un límite y la batería desconectó algo.",
    fault: "Algo en el módulo no funciona.",
    asleep: "Apagado o en reposo profundo.",
    stale: "Los valores son antiguos; su edad está al lado.",
    absent: "Se espera, pero no responde.",
  },
};
