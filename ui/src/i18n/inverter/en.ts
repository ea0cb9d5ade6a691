// English words of what the inverter is told.

export const en = {
  title: "Inverter",
  simulated: "A simulated inverter hears this.",
  why: "Why",
  gone: "What it is told now is not known here.",
  /** By the session's state. */
  standing: {
    listening: (_limits: string, _age: string) =>
      "Nothing is said: the line is listened to for another talker, or it is not there.",
    recognising: () => "Listening to what the inverter says; nothing is said until its dialect is recognised.",
    trying: () => "Several dialects are tried in turn until the inverter answers one.",
    waiting: () => "Nothing is said until the battery has been read completely.",
    live: (limits: string) => `The inverter is told ${limits}.`,
    fading: (limits: string, age: string) => `The values are ${age} old: the limits fall to 0 (${limits}).`,
    stopped: (_limits: string, age: string) => `The values are ${age} old: the inverter is told to stop.`,
    ending: () => "The gateway is about to stop: the inverter is told to stop.",
    silent: () => "Nothing is said any more.",
  } as Record<string, (limits: string, age: string) => string>,
  nothing: "nothing",
  into: (amps: string) => `${amps} in`,
  out: (amps: string) => `${amps} out`,
  /** By the rule of a step in the chain of reasons. */
  rule: {
    packs: "the packs allow",
    invalid: "a value is not known or is none",
    product: "the data sheet allows no more than",
    user: "you allow no more than",
    remote: "a remote command allows no more than",
    handed_over: "the gateway was restarted and goes on with what was told last",
    soc_window: "the state of charge is at an end of your window",
    contradiction: "the charge voltage limit lies below the end of discharge",
    rising: "rising slowly",
    stale: "the values are old",
    ending: "the gateway is about to stop",
  } as Record<string, string>,
  between: ", ",
  step: (rule: string, leaves: string) => `${rule}: ${leaves}`,
  /** By kind of trouble. */
  trouble: {
    stale_data: "The values for the inverter are old.",
    inverter_silent: "The inverter has fallen silent.",
    bus_off: "The CAN controller is off the bus.",
    unacknowledged: "Nobody on the CAN bus acknowledges.",
    port_gone: "The port to the inverter is gone.",
    second_talker: "Somebody else also talks to the inverter.",
    charge_limit_disobeyed: "The inverter charges with more than it may.",
    discharge_limit_disobeyed: "The inverter draws more than it may.",
  } as Record<string, string>,
};
