"""PACE Modbus: every register as a table.

Register numbers are decimal: a read of 0x15 = 21 gave the cells 7 and 8 and, at 31, the temperatures (captured).
"""

from __future__ import annotations

from openress.codec.modbus import Function
from openress.errors import ParameterError
from openress.model import Condition, Confidence, Fault, Source
from openress.params import PARAMETERS
from openress.protocols.calendar import SIX_BYTES
from openress.protocols.modbus.map import ModbusMap, Space
from openress.protocols.registers import (
    Bit,
    Block,
    Register,
    alarm,
    bits,
    each_bit,
    fault,
    flag,
    measured,
    packed,
    protection,
    setting,
    switch,
    text,
)
from openress.protocols.registertable import RegisterTable

__all__ = ["LOG_INDEX", "LOG_LENGTH", "LOG_RECORD", "MAX_PACKS", "PACE_MODBUS", "TABLE", "address_of"]

V13 = Source("PACE BMS Modbus Protocol for RS485 V1.3, 2017-06-27", Confidence.VENDOR)
V11 = Source("BMS Modbus Protocol for RS485 V1.1, 2018-11-15", Confidence.VENDOR)
JK = Source("JK-PB pack in its PACE RS485 Modbus mode, bms_probe", Confidence.CAPTURE)
OURS = Source("OpenRESS: sent for a setting that our packs do not have", Confidence.OURS)

NO_SENSOR = -2000
"""-200.0 degrees: what a pack shows for a sensor that is not there (captured)."""
NOT_SET = 0xFFFF
"""What our packs send for what they do not have or know, where nobody controls by it (our decision: the documents
have no such mark). Voltage, current, charge and cells have none: they are told or refused."""

C = Condition

WARNING = (
    alarm(0, C.CELL_OVER_VOLTAGE),
    alarm(1, C.CELL_UNDER_VOLTAGE),
    alarm(2, C.PACK_OVER_VOLTAGE),
    alarm(3, C.PACK_UNDER_VOLTAGE),
    alarm(4, C.CHARGE_OVER_CURRENT),
    alarm(5, C.DISCHARGE_OVER_CURRENT, C.DISCHARGE_OVER_CURRENT_2),
    alarm(8, C.CHARGE_OVER_TEMPERATURE),
    alarm(9, C.DISCHARGE_OVER_TEMPERATURE),
    alarm(10, C.CHARGE_UNDER_TEMPERATURE),
    alarm(11, C.DISCHARGE_UNDER_TEMPERATURE),
    alarm(12, C.AMBIENT_OVER_TEMPERATURE),
    alarm(13, C.AMBIENT_UNDER_TEMPERATURE),
    alarm(14, C.MOS_OVER_TEMPERATURE),
    alarm(15, C.SOC_LOW),
)
PROTECTION = (
    protection(0, C.CELL_OVER_VOLTAGE),
    protection(1, C.CELL_UNDER_VOLTAGE),
    protection(2, C.PACK_OVER_VOLTAGE),
    protection(3, C.PACK_UNDER_VOLTAGE),
    protection(4, C.CHARGE_OVER_CURRENT),
    protection(5, C.DISCHARGE_OVER_CURRENT, C.DISCHARGE_OVER_CURRENT_2),
    protection(6, C.SHORT_CIRCUIT),
    protection(7, C.PACK_OVER_VOLTAGE, sent=False, note="the charger's voltage is too high"),
    protection(8, C.CHARGE_OVER_TEMPERATURE),
    protection(9, C.DISCHARGE_OVER_TEMPERATURE),
    protection(10, C.CHARGE_UNDER_TEMPERATURE),
    protection(11, C.DISCHARGE_UNDER_TEMPERATURE),
    protection(12, C.MOS_OVER_TEMPERATURE, note="the order differs from the warnings'"),
    protection(13, C.AMBIENT_OVER_TEMPERATURE),
    protection(14, C.AMBIENT_UNDER_TEMPERATURE),
)
STATUS: tuple[Bit, ...] = (
    fault(0, Fault.CHARGE_SWITCH),
    fault(1, Fault.DISCHARGE_SWITCH),
    fault(2, Fault.TEMPERATURE_SENSOR, also=(Fault.TEMPERATURE_IMBALANCE,)),
    fault(4, Fault.CELL, also=(Fault.CELL_IMBALANCE,)),
    fault(
        5,
        Fault.SAMPLING,
        also=(Fault.CELL_SENSOR, Fault.CURRENT_SENSOR, Fault.INTERNAL_COMMUNICATION, Fault.SYSTEM),
        note="front end",
    ),
    flag(8, "charging"),
    flag(9, "discharging"),
    switch(10, "charge", needed=True),
    switch(11, "discharge", needed=True),
    switch(12, "limit"),
    fault(14, Fault.CHARGER_REVERSED),
    switch(15, "heating"),
)


def _measurements() -> tuple[Register, ...]:
    return (
        measured(0, "pack_current_a", "h", step=0.01, note="+ charges"),
        measured(1, "pack_voltage_v", "H", step=0.01, source=JK),
        measured(2, "soc_pct", "H"),
        measured(3, "soh_pct", "H", absent=NOT_SET),
        measured(4, "remaining_ah", "H", step=0.01),
        measured(5, "full_ah", "H", step=0.01),
        measured(6, "design_ah", "H", step=0.01, absent=NOT_SET),
        measured(7, "cycles", "H", absent=NOT_SET),
        bits(9, *WARNING),
        bits(10, *PROTECTION),
        bits(11, *STATUS),
        each_bit(12, "balancing", 16),
        measured(15, "cell_voltages_mv", "H", count=16, filler=0, source=JK),
        measured(31, "temperatures_c", "h", step=0.1, count=4, absent=NO_SENSOR, source=JK),
        measured(35, "mos_temperature_c", "h", step=0.1, absent=NO_SENSOR, source=JK),
        measured(36, "env_temperature_c", "h", step=0.1, absent=NO_SENSOR, source=JK),
        measured(40, "discharged_ah", "I", step=0.01, source=V11),
        measured(42, "discharged_wh", "I", source=V11),
    )


def _settings() -> list[Register]:
    """The parameter table knows its own registers; signed where a value may be below 0."""
    return [
        setting(
            parameter.pace.register,
            parameter.key,
            "h" if parameter.unit == "°C" else "H",
            step=parameter.pace.per_count,
        )
        for parameter in PARAMETERS
        if parameter.pace is not None
    ]


_WITHOUT_ROW = (
    setting(107, "full_charge_voltage_mv", "H", absent=NOT_SET, writable=False, source=V13),
    setting(108, "full_charge_current_ma", "H", absent=NOT_SET, writable=False, source=V13),
    setting(113, "charge_oc2_protect_a", "H", absent=NOT_SET, writable=False, source=V13),
    setting(114, "charge_oc2_delay_ms", "H", step=25, absent=NOT_SET, writable=False, source=V13),
)
"""Settings that are in no row of the parameter table; our packs answer 0xFFFF."""

LOG_INDEX = 200
LOG_RECORD = 201
LOG_LENGTH = 33


def _record() -> tuple[Register, ...]:
    return (
        packed(LOG_RECORD, "at", 6, SIX_BYTES, source=V11),
        measured(204, "pack_current_a", "h", step=0.01, source=V11, note="+ charges"),
        measured(205, "pack_voltage_v", "H", step=0.01, source=V11),
        measured(206, "remaining_ah", "H", step=0.01, source=V11),
        measured(207, "full_ah", "H", step=0.01, source=V11),
        measured(208, "cell_voltages_mv", "H", count=16, filler=0, source=V11),
        measured(224, "temperatures_c", "h", step=0.1, count=4, absent=NO_SENSOR, source=V11),
        measured(228, "mos_temperature_c", "h", step=0.1, absent=NO_SENSOR, source=V11),
        measured(229, "env_temperature_c", "h", step=0.1, absent=NO_SENSOR, source=V11),
        measured(230, "cycles", "H", absent=NOT_SET, source=V11),
        bits(231, *WARNING, source=V11),
        bits(232, *PROTECTION, source=V11),
        bits(233, *STATUS, source=V11),
    )


TABLE = RegisterTable(
    "pace-modbus",
    (
        *_measurements(),
        packed(56, "clock", 6, SIX_BYTES, writable=True, source=V11),
        *_settings(),
        *_WITHOUT_ROW,
        text(150, "software_version", 20),
        text(160, "part_number", 20, note="serial number of the board"),
        text(170, "serial", 20, note="serial number of the pack"),
        setting(LOG_INDEX, "record", "H", source=V11, note="0 = newest; selects what 201 to 233 show"),
        *_record(),
    ),
    blocks=(
        Block("measurements", 0, 36),
        Block("counters", 40, 43),
        Block("clock", 56, 58, live=False),
        Block("parameters", 60, 114, live=False),
        Block("identity", 150, 179, live=False),
        Block("log", 200, 233, live=False),
    ),
    source=V13,
)

PACE_MODBUS = ModbusMap(
    "pace-modbus",
    {Function.READ_HOLDING: Space(TABLE)},
    writes={Function.READ_HOLDING: (Function.WRITE_REGISTERS,)},
    decimal=True,
)

MAX_PACKS = 15


def address_of(pack: int) -> int:
    """The pack's number on its DIP switch: 1 = master; 0, a stand-alone pack, is asked at 0 like any other.

    Raises:
        ParameterError: there are addresses 0 to 15.
    """
    if not 0 <= pack <= MAX_PACKS:
        raise ParameterError(f"PACE packs have numbers 0 to {MAX_PACKS}; there is no address for pack {pack}.")
    return pack
