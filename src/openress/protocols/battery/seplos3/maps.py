"""Seplos v3: every register and coil as a table.

PIA, PIB, PIC are one pack's; EIA, EIB, EIC the rack's, told by its master at address 0; SPA the settings, SCA the
clock, HIA the records, VIA names and numbers, PCT the inverter protocol.
"""

from __future__ import annotations

from openress.codec.modbus import Function
from openress.codec.rows import DOWN
from openress.errors import ParameterError
from openress.model import Confidence, Source
from openress.protocols.battery.seplos3.events import EVENTS, pair
from openress.protocols.battery.seplos3.settings import SETTINGS
from openress.protocols.calendar import YEAR_WORD_LOW_FIRST
from openress.protocols.modbus.map import ModbusMap, Space
from openress.protocols.registers import Block, Register, bits, each_bit, measured, packed, setting, text
from openress.protocols.registertable import RegisterTable

__all__ = [
    "COILS",
    "FIRST_COIL",
    "HISTORY",
    "MAX_PACKS",
    "RECORD",
    "RECORD_LENGTH",
    "REGISTERS",
    "SEPLOS3",
    "address_of",
]

XZH = Source("XZH BMS Modbus-RTU protocol V0.3, 2024-10-15", Confidence.VENDOR)
SP57B = Source("SG16S200A-SP57B-A, syssi/esphome-seplos-bms", Confidence.CAPTURE)
SP05B = Source("SP05B gateway, syssi/esphome-seplos-bms", Confidence.CAPTURE)

KELVIN = 2731
UNKNOWN, UNKNOWN_32, UNKNOWN_SIGNED = 0xFFFF, 0xFFFFFFFF, 0x7FFF
"""What a pack of ours sends for a value it cannot tell (our decision: the document has no such mark)."""
NO_KELVIN = 0
"""The same for temperatures, as a place without a sensor sends it: clients pass it over, FFFF they show as 6280 C."""

PACK = (
    measured(0x1000, "pack_voltage_v", "H", step=0.01),
    measured(0x1001, "pack_current_a", "h", step=0.01, note="+ charges; 0.1 A on boards of 300 A and more"),
    measured(0x1002, "remaining_ah", "H", step=0.01),
    measured(0x1003, "full_ah", "H", step=0.01),
    measured(0x1004, "discharged_ah", "H", step=10, absent=UNKNOWN),
    measured(0x1005, "soc_pct", "H", step=0.1),
    measured(0x1006, "soh_pct", "H", step=0.1, absent=UNKNOWN),
    measured(0x1007, "cycles", "H", absent=UNKNOWN),
    measured(0x1008, "cell_voltage_average_mv", "H"),
    measured(0x1009, "temperature_average_c", "H", step=0.1, zero=KELVIN, absent=NO_KELVIN),
    measured(0x100A, "cell_voltage_max_mv", "H"),
    measured(0x100B, "cell_voltage_min_mv", "H"),
    measured(0x100C, "temperature_max_c", "H", step=0.1, zero=KELVIN, absent=NO_KELVIN),
    measured(0x100D, "temperature_min_c", "H", step=0.1, zero=KELVIN, absent=NO_KELVIN),
    measured(0x100F, "discharge_current_limit_a", "H", rounding=DOWN),
    measured(0x1010, "charge_current_limit_a", "H", rounding=DOWN),
    measured(0x1011, "precharge_pct", "H", step=0.1, absent=UNKNOWN, note="named in the English edition only"),
)
CELLS = (
    measured(0x1100, "cell_voltages_mv", "H", count=16, filler=0),
    measured(0x1110, "temperatures_c", "H", step=0.1, zero=KELVIN, count=4, absent=NO_KELVIN),
    measured(0x1118, "env_temperature_c", "H", step=0.1, zero=KELVIN, absent=NO_KELVIN),
    measured(0x1119, "mos_temperature_c", "H", step=0.1, zero=KELVIN, absent=NO_KELVIN),
)
RECORD, RECORD_LENGTH = 0x1600, 40
RECORDS = (
    measured(0x1600, "records_left", "I", swapped=True),
    packed(0x1602, "at", 8, YEAR_WORD_LOW_FIRST),
    *(bits(0x1606 + index, *pair(EVENTS[2 * index], EVENTS[2 * index + 1])) for index in range(5)),
    measured(0x160B, "pack_voltage_v", "H", step=0.01),
    measured(0x160C, "pack_current_a", "h", step=0.01, note="+ charges"),
    measured(0x160D, "remaining_ah", "H", step=0.01),
    measured(0x160E, "cell_voltages_mv", "H", count=16, filler=0),
    measured(0x161E, "temperatures_c", "H", step=0.1, zero=KELVIN, count=4, absent=NO_KELVIN),
    measured(0x1626, "env_temperature_c", "H", step=0.1, zero=KELVIN, absent=NO_KELVIN),
    measured(0x1627, "mos_temperature_c", "H", step=0.1, zero=KELVIN, absent=NO_KELVIN),
)
NAMES = (
    text(0x1700, "manufacturer", 20, source=SP57B),
    text(0x170A, "model", 20, source=SP57B),
    text(0x1714, "software_version", 2, source=SP57B, note="two digits: 15 is 1.5"),
    text(0x1715, "part_number", 30, source=SP57B, note="number of the board"),
    text(0x1724, "serial", 30, source=SP57B, note="number of the pack"),
)
INVERTER = (
    setting(0x1800, "inverter_protocol", "H", writable=False, source=SP57B),
    setting(0x1801, "inverter_bus_kbps", "H", writable=False, source=SP57B),
    text(0x1802, "inverter_name", 32, source=SP57B),
    text(0x1812, "inverter_protocol_name", 32, source=SP57B),
    text(0x1822, "inverter_protocol_version", 2, source=SP57B),
)
RACK = (
    measured(0x2000, "pack_voltage_v", "I", step=0.01, swapped=True, source=SP57B, note="32 bits: low register first"),
    measured(0x2002, "pack_current_a", "i", step=0.1, swapped=True, source=SP57B, note="+ charges; 0.1 A, not 0.01 A"),
    measured(0x2004, "remaining_ah", "I", step=0.01, swapped=True, source=SP57B),
    measured(0x2006, "full_ah", "I", step=0.01, swapped=True, source=SP57B),
    measured(0x2008, "discharged_ah", "I", step=10, swapped=True, absent=UNKNOWN_32, source=SP57B),
    measured(0x200A, "design_ah", "I", step=0.01, swapped=True, absent=UNKNOWN_32, source=SP57B),
    measured(0x200C, "packs_online", "I", swapped=True, source=SP57B, note="one bit for each pack"),
    measured(0x200E, "packs_protected", "I", swapped=True, note="one bit for each pack"),
    measured(0x2010, "discharge_current_limit_a", "I", step=0.1, swapped=True, rounding=DOWN, source=SP57B),
    measured(0x2012, "charge_current_limit_a", "I", step=0.1, swapped=True, rounding=DOWN, source=SP57B),
    measured(0x2014, "charge_voltage_limit_v", "H", step=0.1, rounding=DOWN, source=SP57B),
    measured(0x2015, "discharge_voltage_limit_v", "H", step=0.1, source=SP57B),
    measured(0x2016, "modules", "H", source=SP57B),
    measured(0x2017, "cycles", "H", absent=UNKNOWN, source=SP57B),
    measured(0x2018, "soc_pct", "H", step=0.1, source=SP57B),
    measured(0x2019, "soh_pct", "H", step=0.1, absent=UNKNOWN, source=SP57B),
)
EXTREMES = (
    measured(0x2100, "cell_voltage_max_mv", "H", source=SP05B),
    measured(0x2101, "cell_voltage_min_mv", "H", source=SP05B),
    measured(0x2102, "cell_voltage_max_position", "H", note="0 = first cell of the first pack; 16 places a pack"),
    measured(0x2103, "cell_voltage_min_position", "H"),
    measured(0x2104, "pack_voltage_max_v", "H", step=0.01, source=SP05B),
    measured(0x2105, "pack_voltage_min_v", "H", step=0.01, source=SP05B),
    measured(0x2106, "pack_voltage_max_position", "H"),
    measured(0x2107, "pack_voltage_min_position", "H"),
    measured(
        0x2108, "temperature_max_c", "h", step=0.1, absent=UNKNOWN_SIGNED, source=SP05B, note="Celsius, not Kelvin"
    ),
    measured(0x2109, "temperature_min_c", "h", step=0.1, absent=UNKNOWN_SIGNED, source=SP05B),
    measured(0x210A, "temperature_average_c", "h", step=0.1, absent=UNKNOWN_SIGNED, source=SP05B),
    measured(0x210B, "temperature_max_position", "H", absent=UNKNOWN),
    measured(0x210C, "temperature_min_position", "H", absent=UNKNOWN),
    measured(0x210D, "soc_max_pct", "H", step=0.1, absent=UNKNOWN, source=SP05B),
    measured(0x210E, "soc_min_pct", "H", step=0.1, absent=UNKNOWN, source=SP05B),
    measured(0x210F, "cycles_max", "H", absent=UNKNOWN, source=SP05B),
    measured(0x2110, "soh_max_pct", "H", step=0.1, absent=UNKNOWN, source=SP05B),
    measured(0x2111, "mos_temperature_max_c", "h", step=0.1, absent=UNKNOWN_SIGNED, source=SP05B),
    measured(0x2112, "mos_temperature_min_c", "h", step=0.1, absent=UNKNOWN_SIGNED, source=SP05B),
    measured(0x2113, "mos_temperature_average_c", "h", step=0.1, absent=UNKNOWN_SIGNED, source=SP05B),
    measured(0x2114, "mos_temperature_max_position", "H", absent=UNKNOWN),
    measured(0x2115, "mos_temperature_min_position", "H", absent=UNKNOWN),
)

REGISTERS = RegisterTable(
    "seplos3",
    (
        *PACK,
        *CELLS,
        *SETTINGS,
        packed(0x1500, "clock", 8, YEAR_WORD_LOW_FIRST, writable=True),
        *RECORDS,
        *NAMES,
        *INVERTER,
        *RACK,
        *EXTREMES,
    ),
    blocks=(
        Block("measurements", 0x1000, 0x1011),
        Block("cells", 0x1100, 0x1119),
        Block("parameters", 0x1300, 0x1369, live=False),
        Block("clock", 0x1500, 0x1503, live=False),
        Block("record", 0x1600, 0x1627, live=False),
        Block("identity", 0x1700, 0x1732, live=False),
        Block("inverter_protocol", 0x1800, 0x1823, live=False, served=False),
        Block("rack_measurements", 0x2000, 0x2019),
        Block("rack_extremes", 0x2100, 0x2115),
    ),
    source=XZH,
)

FIRST_COIL = 0x1200
_RACK_BYTE = (0x2200 - FIRST_COIL) // 8


def _events(first: int) -> tuple[Register, ...]:
    return tuple(bits(first + index, *members, code="B", source=SP57B) for index, members in enumerate(EVENTS))


COILS = RegisterTable(
    "seplos3 coils",
    (
        each_bit(0, "cells_low", 16),
        each_bit(2, "cells_high", 16),
        each_bit(4, "sensors_cold", 8, code="B"),
        each_bit(5, "sensors_hot", 8, code="B"),
        each_bit(6, "balancing", 16),
        *_events(8),
        *_events(_RACK_BYTE),
    ),
    blocks=(Block("status", 0, 17), Block("rack_status", _RACK_BYTE, _RACK_BYTE + 9)),
    unit=1,
    order="<",
    source=XZH,
)

HISTORY = 0x7000
SEPLOS3 = ModbusMap(
    "seplos3",
    {Function.READ_INPUT: Space(REGISTERS), Function.READ_COILS: Space(COILS, base=FIRST_COIL)},
    writes={Function.READ_INPUT: (Function.WRITE_REGISTERS,)},
    aliases={HISTORY: RECORD},
)

MAX_PACKS = 16


def address_of(pack: int) -> int:
    """The pack's DIP switch: the master, pack 1, has 0.

    Raises:
        ParameterError: there are addresses 0 to 15.
    """
    if not 1 <= pack <= MAX_PACKS:
        raise ParameterError(f"Seplos packs have numbers 1 to {MAX_PACKS}; there is no address for pack {pack}.")
    return pack - 1
