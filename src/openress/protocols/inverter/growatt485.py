"""Growatt "BMS RS485 protocol 1xSxxP ESS": the registers that an SPF in setting L01 reads, and how inverters ask.

Plain Modbus, function 03, address 1, 9600 baud; any window inside the map is answered. 16-bit fields end at 655.35 Ah
and at 327.67 A of current, and stay there. There is one limit of charge and one of discharge current; a value that
is not known has no mark, so its question is refused, except where the row says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openress.codec.modbus import Function
from openress.codec.rows import DOWN
from openress.model import Condition, Confidence, Fault, RackSample, Source
from openress.protocols.base import Value
from openress.protocols.inverter.rackvalues import SOH_FILL_PCT, rack_values
from openress.protocols.inverter.registerasking import asks, register_parts
from openress.protocols.inverter.registervoice import RegisterProfile
from openress.protocols.inverter.told import LimitRules, Told
from openress.protocols.modbus import ModbusMap, Space, Window
from openress.protocols.registers import (
    Block,
    Register,
    alarm,
    bits,
    fault,
    flag,
    measured,
    number,
    protection,
    text,
)
from openress.protocols.registertable import RegisterTable, Values
from openress.protocols.serialbus import Manner

__all__ = ["EG4_MPPT", "GROWATT", "PARTS", "SPF", "TABLE"]

PAPER = Source("Growatt BMS RS485 protocol 1xSxxP ESS Rev 2.01 and 2.02, 2019-07-24", Confidence.VENDOR)
JK = Source("JK-PB pack in its Growatt mode, bms_probe", Confidence.CAPTURE)
SPF_USER = Source("emulation that works on an SPF 6000 ES Plus, bms-to-inverter issue 185", Confidence.INFERENCE)
EG4_USER = Source("operator of an EG4 MPPT100-48HV, HVO evidence note", Confidence.OPEN)
MANUAL = Source("Growatt SPF manual", Confidence.VENDOR)
OURS = Source("not stated; our decision", Confidence.OURS)

UNKNOWN = 0xFFFF
"""What we send for a count or a capacity that is not known and that no inverter controls by (our decision)."""
HANDSHAKE = 0x13
_STANDBY, _CHARGES, _DISCHARGES = 1, 2, 3
_MOVING_A = 0.1

C = Condition
_BROKEN = tuple(fault for fault in Fault if fault not in (Fault.SYSTEM, Fault.CELL_IMBALANCE))


def _about() -> tuple[Register, ...]:
    return (
        measured(0x01, "mcu_version", "H", note="version and sub-version; sent as 0"),
        measured(0x02, "gauge_version", "H", note="as above"),
        text(0x08, "serial", 8),
    )


def _status() -> tuple[Register, ...]:
    return (
        measured(0x10, "gauge_current_a", "h", step=0.01, note="as 0017"),
        bits(
            0x13,
            number(0, 2, "battery_state", note="0 soft start, 1 standby, 2 charging, 3 discharging"),
            flag(2, "error_valid"),
            flag(3, "balance_ok", note="0 = out of balance"),
            flag(4, "asleep"),
            flag(5, "discharge_enabled", needed=True),
            flag(6, "charge_enabled", needed=True),
            flag(7, "terminal_open"),
            number(8, 2, "parallel", note="0 alone, 1 parallel, 2 ready for it"),
            number(10, 2, "inverter_state", note="0 none, 1 standby, 2 charging, 3 discharging"),
            flag(12, "force_charge"),
            source=JK,
        ),
        bits(
            0x14,
            protection(0, C.DISCHARGE_OVER_CURRENT, C.DISCHARGE_OVER_CURRENT_2),
            protection(1, C.SHORT_CIRCUIT),
            protection(2, C.CELL_OVER_VOLTAGE, C.PACK_OVER_VOLTAGE),
            protection(3, C.CELL_UNDER_VOLTAGE, C.PACK_UNDER_VOLTAGE, also=(C.SOC_LOW,)),
            protection(4, C.DISCHARGE_OVER_TEMPERATURE),
            protection(5, C.CHARGE_OVER_TEMPERATURE),
            protection(6, C.DISCHARGE_UNDER_TEMPERATURE),
            protection(7, C.CHARGE_UNDER_TEMPERATURE),
            fault(9, Fault.SYSTEM, also=_BROKEN),
            fault(10, Fault.CELL_IMBALANCE),
            protection(11, C.CHARGE_OVER_CURRENT),
            protection(12, C.MOS_OVER_TEMPERATURE),
            protection(13, C.AMBIENT_OVER_TEMPERATURE),
            protection(14, C.AMBIENT_UNDER_TEMPERATURE),
            note="8, a failed soft start, is never sent",
        ),
        measured(0x15, "soc_pct", "H", source=JK),
        measured(0x16, "pack_voltage_v", "H", step=0.01, source=JK),
        measured(0x17, "pack_current_a", "h", step=0.01, note="+ charges; ends at 327.67 A"),
        measured(0x18, "temperature_c", "h", source=JK, note="-127 to 127; our hottest sensor"),
        measured(
            0x19, "charge_current_limit_a", "H", step=0.01, rounding=DOWN, note="the charger must use it; to 655.35 A"
        ),
        measured(0x1A, "remaining_ah", "H", step=0.01, absent=UNKNOWN, note="ends at 655.34 Ah"),
        measured(0x1B, "full_ah", "H", step=0.01, absent=UNKNOWN, note="ends at 655.34 Ah"),
        measured(0x1D, "cell_voltage_difference_mv", "H", absent=UNKNOWN, note="the document says V; mV here"),
        measured(0x1E, "cycles", "H", absent=UNKNOWN),
        bits(0x1F, flag(0, "box_present"), number(8, 6, "battery_id"), note="0 = no number"),
        bits(0x20, number(0, 7, "soh_pct"), flag(7, "soh_flag", note="meaning not stated; never sent")),
        measured(0x21, "charge_voltage_limit_v", "H", step=0.01, rounding=DOWN, note="CV"),
        bits(
            0x22,
            alarm(0, C.CELL_OVER_VOLTAGE),
            alarm(1, C.CELL_UNDER_VOLTAGE),
            alarm(2, C.PACK_OVER_VOLTAGE),
            alarm(3, C.PACK_UNDER_VOLTAGE),
            alarm(4, C.DISCHARGE_OVER_CURRENT, C.DISCHARGE_OVER_CURRENT_2, C.SHORT_CIRCUIT),
            alarm(5, C.CHARGE_OVER_CURRENT),
            alarm(6, C.DISCHARGE_OVER_TEMPERATURE),
            alarm(7, C.DISCHARGE_UNDER_TEMPERATURE),
            alarm(8, C.CHARGE_OVER_TEMPERATURE),
            alarm(9, C.CHARGE_UNDER_TEMPERATURE),
            alarm(10, C.MOS_OVER_TEMPERATURE),
            alarm(11, C.AMBIENT_OVER_TEMPERATURE),
            alarm(12, C.AMBIENT_UNDER_TEMPERATURE),
            alarm(13, C.SOC_LOW, note="low voltage before it shuts down"),
            number(14, 2, "chemistry", note="0 LFP, 1 NMC, 2 LTO"),
        ),
        measured(0x23, "discharge_current_limit_a", "H", step=0.01, rounding=DOWN),
        bits(
            0x24,
            fault(3, Fault.INTERNAL_COMMUNICATION, sent=False, note="a pack is not heard"),
            fault(4, Fault.INTERNAL_COMMUNICATION, sent=False, note="the same, seen by a pack"),
        ),
        measured(0x25, "cell_voltage_max_mv", "H", absent=UNKNOWN),
        measured(0x26, "cell_voltage_min_mv", "H", absent=UNKNOWN),
        measured(0x27, "cell_voltage_max_cell", "H", absent=UNKNOWN),
        measured(0x28, "cell_voltage_min_cell", "H", absent=UNKNOWN),
        measured(0x29, "cells_in_series", "H", absent=UNKNOWN),
    )


TABLE = RegisterTable(
    "growatt-485",
    (
        *_about(),
        *_status(),
        measured(0x70, "pack_id", "H"),
        measured(
            0x71, "cell_voltages_mv", "H", count=16, filler=0,
            note="of one pack; a JK pack in this mode has its first cell at 0070",
        ),
    ),
    blocks=(
        Block("about", 0x01, 0x0F, live=False),
        Block("status", 0x10, 0x2F),
        Block("cells", 0x70, 0x80),
    ),
    source=PAPER,
)  # fmt: skip

GROWATT = ModbusMap(
    "growatt-485",
    {Function.READ_HOLDING: Space(TABLE)},
    writes={Function.READ_HOLDING: (Function.WRITE_REGISTERS,)},
)


def _values(told: Told, rack: RackSample) -> Mapping[str, Any]:
    values = rack_values(told, rack)
    state = _state(told.current_a)
    hottest = values["temperature_max_c"]
    return values | {
        "mcu_version": 0,
        "gauge_version": 0,
        "gauge_current_a": told.current_a,
        "battery_state": state,
        "inverter_state": state,
        "error_valid": told.wrong,
        "balance_ok": Fault.CELL_IMBALANCE not in (told.faults or ()),
        "parallel": 1 if told.modules > 1 else 0,
        "battery_id": 0,
        "box_present": True,
        "temperature_c": None if hottest is None else max(-127.0, min(127.0, hottest)),
        "soh_pct": round(SOH_FILL_PCT if told.soh_pct is None else told.soh_pct),
        "chemistry": 0,
        "pack_id": 0,
        "serial": told.serial if told.serial is not None and told.serial.isascii() else None,
        "cell_voltages_mv": None if values["cell_voltages_mv"] is None else values["cell_voltages_mv"][:16],
    }


def _state(current_a: float | None) -> int | None:
    if current_a is None:
        return None
    if abs(current_a) < _MOVING_A:
        return _STANDBY
    return _CHARGES if current_a > 0 else _DISCHARGES


PROFILE = RegisterProfile(
    GROWATT,
    LimitRules(current_a=655.35),
    _values,
    # "Handshake": the box reports whether it stands alone or beside others.
    orders=frozenset({(HANDSHAKE, 1)}),
)

SPF = Manner(
    "spf",
    "Growatt SPF, setting L01",
    (asks("status", 0x10, 0x13),),
    SPF_USER,
    cuts_off_after_s=30.0,
    note="the question follows from an emulation that works; that it cuts off its output is from its manual, after "
    "how long is our assumption",
)
EG4_MPPT = Manner("eg4-mppt", "EG4 MPPT100-48HV", (asks("status", 0x13, 0x11),), EG4_USER)
MANNERS = (SPF, EG4_MPPT)

CYCLE = (
    Window("status", Function.READ_HOLDING, 0x10, 0x1A, opens=("analog", "status", "limits")),
    Window("cells", Function.READ_HOLDING, 0x71, 16),
)


def _understood(values: Mapping[str, Value]) -> Mapping[str, Value]:
    return values


def _adapted(values: Values) -> Values:
    if "force_charge" not in values:
        return values
    return {**values, "charge_immediately": values["force_charge"]}


PARTS = register_parts(PROFILE, MANNERS, title="Growatt 1xSxxP", cycle=CYCLE, understood=_understood, adapt=_adapted)
