// English words of how the connection stands.

export const en = {
  /** By state; the titles are those of the service tool. */
  title: {
    normal: "Communication Normal",
    virtual: "Communication Normal",
    opening: "Connecting",
    cannot_open: "Communication Interrupted",
    occupied: "Line Occupied",
    searching: "Searching Packs",
    busy: "Line in Use",
    disturbed: "Communication Disturbed",
    lost: "Communication Lost",
    asleep: "Packs Asleep",
    parked: "Scanning",
    disconnected: "Not Connected",
  } as Record<string, string>,
  /** By state, where there is no sentence about the rack itself. */
  sentence: {
    opening: (link: string) => `Opening ${link}.`,
    cannot_open: (link: string) => `${link} cannot be opened or is gone; it is tried again.`,
    occupied: (link: string) => `Somebody else asks on ${link}, so nothing is sent.`,
    searching: (link: string) =>
      `No pack answers on ${link} yet: check that they are on, the cable, the dialect and the speed, or scan.`,
    busy: (link: string) => `A job has the line ${link}; the values shown are from before.`,
    lost: (link: string, age: string) => `No pack answers on ${link} any more; the values shown are ${age} old.`,
    asleep: () => "The packs sleep; a charger or their button wakes them.",
    parked: () => "The line is being scanned.",
    disconnected: () => "Not connected: choose a serial port, a TCP adapter or the virtual rack.",
  } as Record<string, (link: string, age: string) => string>,
  /** By trouble of the rack as a whole. */
  finding: {
    no_master: "No pack has the master's address 1.",
    gap: "An address between others does not answer.",
    stand_alone: "A pack is set to address 0, on its own.",
    too_many: "There are more packs than the rack may have.",
    duplicate_address: "Two packs have the same address.",
    duplicate_serial: "Two packs tell the same serial number.",
    mixed_parts: "Packs of different kinds are in one rack.",
    wrong_product: "A pack is not the product that was configured.",
    not_seen: "A pack that is expected has not been seen.",
    lost: "A pack has fallen silent.",
    join_refused: "A pack is not let into the rack.",
    garbled: "Answers arrive garbled: look at address switches, cable and termination.",
    noise: "There is noise on the line.",
    second_master: "Somebody else asks on the line.",
    line_lent: "A scan has the line.",
    line_gone: "The line to the packs is gone.",
  } as Record<string, string>,
};
