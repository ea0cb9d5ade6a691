// The inverter protocols of PACE packs by the numbers that PbmsTools gives them.

/** One source, not confirmed on a device; a number that is not here is shown as a number. */
export const PACE_CAN: Readonly<Record<number, string>> = {
  0x00: "Pace",
  0x01: "Pylon, Deye, Megarevo, SunSynk, Sol-Ark, SolarEdge",
  0x02: "Growatt",
  0x03: "Victron",
  0x04: "Schneider, SMA",
  0x05: "LuxPower",
  0x06: "SoroTec",
  0x07: "SMA, Studer",
  0x08: "GoodWe",
  0x09: "Studer",
  0x0a: "Sofar",
  0x0b: "Must",
  0x0c: "Solis",
  0x0d: "DIDU",
  0x0e: "Senergy",
  0x0f: "TBB",
  0x10: "Pylon V202",
  0x11: "Growatt V109",
  0x12: "Must V202",
  0x13: "Afore",
  0x14: "INVT",
  0x15: "FUJI",
  0x16: "Sofar V21003",
};

export const PACE_RS485: Readonly<Record<number, string>> = {
  0x00: "Pace Modbus",
  0x01: "Pylon, Deye",
  0x02: "Growatt",
  0x03: "Voltronic",
  0x04: "Schneider",
  0x05: "Phocos",
  0x06: "LuxPower",
  0x07: "Solar",
  0x08: "Lithium, Smark",
  0x09: "EP",
  0x0a: "RTU04",
  0x0b: "LuxPower V01",
  0x0c: "LuxPower V03",
  0x0d: "SRNE",
  0x0e: "Leoch",
  0x0f: "Pylon_F",
  0x10: "Afore",
  0x11: "UPS_AGXN",
  0x18: "Leoch V106",
};
/** What a selector shows that is off. */
export const OFF = 0xff;
