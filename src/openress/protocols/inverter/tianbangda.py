"""Tianbangda Modbus (Deye lithium battery type 1): 23 input registers from 1000, read at once.

Known from one open program that reads such batteries; nobody has published a document or recorded the inverter. There
is a limit of charge current and no other: the voltage limit, the limit of discharge and all stops but a charge current
of 0 have to be set on the inverter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openress.codec.modbus import Function
from openress.codec.rows import DOWN
from openress.model import Condition, Confidence, Fault, RackSample, Source
from openress.protocols.base import Value
from openress.protocols.inverter.rackvalues import rack_values
from openress.protocols.inverter.registerasking import asks, register_parts
from openress.protocols.inverter.registervoice import RegisterProfile
from openress.protocols.inverter.told import LimitRules, Told
from openress.protocols.modbus import ModbusMap, Space, Window
from openress.protocols.registers import Block, alarm, bits, fault, flag, measured, protection, switch
from openress.protocols.registertable import RegisterTable, Values
from openress.protocols.serialbus import Manner

__all__ = ["DEYE_1", "PARTS", "TABLE", "TIANBANGDA"]

READER = Source("bms-to-inverter, TianBmsModbusProcessor, which reads 23 registers from 1000", Confidence.OPEN)
PACE = Source("PACE's status word, which this one resembles; the open program reads other bits", Confidence.INFERENCE)
OURS = Source("not known; our decision", Confidence.OURS)

FIRST, COUNT = 0x1000, 0x17
UNKNOWN = 0xFFFF
"""What we send for what is not known where no inverter controls by it (our decision)."""
NO_SENSOR = -2000

C = Condition
_BROKEN = tuple(f for f in Fault if f not in (Fault.INTERNAL_COMMUNICATION, Fault.TEMPERATURE_SENSOR))
_OVER_CURRENT = (C.CHARGE_OVER_CURRENT, C.DISCHARGE_OVER_CURRENT, C.DISCHARGE_OVER_CURRENT_2, C.SHORT_CIRCUIT)
_HOT = (C.CHARGE_OVER_TEMPERATURE, C.DISCHARGE_OVER_TEMPERATURE)
_COLD = (C.CHARGE_UNDER_TEMPERATURE, C.DISCHARGE_UNDER_TEMPERATURE)

TABLE = RegisterTable(
    "tianbangda",
    (
        measured(0x1000, "pack_voltage_v", "H", step=0.01),
        measured(0x1001, "pack_current_a", "h", step=0.01, source=OURS, note="+ charges; ends at 327.67 A"),
        measured(0x1002, "remaining_ah", "H", step=0.01, absent=UNKNOWN, note="ends at 655.34 Ah"),
        measured(0x1003, "temperature_average_c", "h", step=0.1, absent=NO_SENSOR),
        measured(0x1004, "env_temperature_c", "h", step=0.1, absent=NO_SENSOR),
        bits(
            0x1005,
            alarm(0, C.CELL_OVER_VOLTAGE),
            alarm(1, C.CELL_UNDER_VOLTAGE),
            alarm(2, C.PACK_OVER_VOLTAGE),
            alarm(3, C.PACK_UNDER_VOLTAGE),
            alarm(4, C.CHARGE_OVER_CURRENT),
            alarm(5, C.DISCHARGE_OVER_CURRENT, C.DISCHARGE_OVER_CURRENT_2, C.SHORT_CIRCUIT),
            alarm(6, *_HOT),
            alarm(7, *_COLD),
            alarm(8, C.AMBIENT_OVER_TEMPERATURE, note="the housing"),
            alarm(10, C.MOS_OVER_TEMPERATURE),
            alarm(11, C.PACK_UNDER_VOLTAGE, C.SOC_LOW, sent=False, note="the reader takes it for a low pack voltage"),
        ),
        bits(
            0x1006,
            protection(0, C.CELL_OVER_VOLTAGE),
            protection(1, C.CELL_UNDER_VOLTAGE),
            protection(2, C.PACK_OVER_VOLTAGE),
            protection(3, C.PACK_UNDER_VOLTAGE),
            protection(4, *_OVER_CURRENT, note="the reader has no name for it and takes 5 for charging"),
            protection(5, *_OVER_CURRENT),
            protection(6, C.CHARGE_OVER_TEMPERATURE, also=(C.AMBIENT_OVER_TEMPERATURE, C.MOS_OVER_TEMPERATURE)),
            protection(7, C.CHARGE_UNDER_TEMPERATURE, also=(C.AMBIENT_UNDER_TEMPERATURE,)),
            protection(8, C.DISCHARGE_OVER_TEMPERATURE, also=(C.AMBIENT_OVER_TEMPERATURE, C.MOS_OVER_TEMPERATURE)),
            protection(9, C.DISCHARGE_UNDER_TEMPERATURE, also=(C.AMBIENT_UNDER_TEMPERATURE,)),
        ),
        bits(
            0x1007,
            fault(0, Fault.INTERNAL_COMMUNICATION, also=_BROKEN),
            fault(1, Fault.TEMPERATURE_SENSOR),
            flag(8, "charging"),
            flag(9, "discharging"),
            switch(10, "charge"),
            switch(11, "discharge"),
            source=PACE,
        ),
        measured(0x1008, "soc_pct", "H", step=0.1),
        measured(0x1009, "soh_pct", "H", step=0.1, absent=UNKNOWN),
        measured(0x100A, "full_ah", "H", step=0.01, absent=UNKNOWN, note="ends at 655.34 Ah"),
        measured(0x100B, "cycles", "H", absent=UNKNOWN),
        measured(0x100C, "charge_current_limit_a", "H", step=0.01, rounding=DOWN, note="ends at 655.35 A"),
        measured(0x100D, "cell_voltage_max_mv", "H", absent=UNKNOWN),
        measured(0x100E, "cell_voltage_min_mv", "H", absent=UNKNOWN),
    ),
    blocks=(Block("status", FIRST, FIRST + COUNT - 1),),
    source=READER,
)  # fmt: skip

TIANBANGDA = ModbusMap("tianbangda", {Function.READ_INPUT: Space(TABLE)})

_MOVING_A = 0.1


def _values(told: Told, rack: RackSample) -> Mapping[str, Any]:
    current = told.current_a or 0.0
    return rack_values(told, rack) | {
        "charging": current >= _MOVING_A,
        "discharging": current <= -_MOVING_A,
        "switches": {"charge": told.limits.charge, "discharge": told.limits.discharge},
    }


PROFILE = RegisterProfile(TIANBANGDA, LimitRules(current_a=655.35), _values)

DEYE_1 = Manner(
    "deye-1",
    "Deye, lithium battery type 1",
    (asks("status", FIRST, COUNT, Function.READ_INPUT),),
    Source("an open program that reads such batteries; whether a Deye asks so is not known", Confidence.INFERENCE),
)
MANNERS = (DEYE_1,)

CYCLE = (Window("status", Function.READ_INPUT, FIRST, COUNT, opens=("analog", "status", "limits")),)


def _understood(values: Mapping[str, Value]) -> Mapping[str, Value]:
    told = dict(values)
    switches = told.get("switches")
    if isinstance(switches, dict):
        told |= {"charge_enabled": switches["charge"], "discharge_enabled": switches["discharge"]}
    if "temperature_average_c" in told:
        told["temperature_c"] = told["temperature_average_c"]
    return told


def _adapted(values: Values) -> Values:
    return values


PARTS = register_parts(PROFILE, MANNERS, title="Tianbangda", cycle=CYCLE, understood=_understood, adapt=_adapted)
