"""Voltronic "Inverter and BMS 485": the registers that an Axpert in setting LIb reads, and how it asks.

Requests are Modbus RTU's; replies count registers in two bytes, which is Voltronic's own. One battery at the common
address 1 tells the sums of all packs. A missing value is 0000 by the document; state of charge, voltage and current are
never told so, their question stays unanswered. The order of the two words of a 32-bit value is not stated: the high
word goes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from openress.codec.modbus import ExceptionCode, Function
from openress.codec.rows import DOWN, UP
from openress.model import Condition, Confidence, Fault, RackSample, Source
from openress.protocols.base import ServerOptions, Value
from openress.protocols.inverter.asking import AskingInverter
from openress.protocols.inverter.polled import PolledBattery, served
from openress.protocols.inverter.rackvalues import rack_values
from openress.protocols.inverter.registerasking import asks, extremes, one_voice, register_inverter, register_parts
from openress.protocols.inverter.registervoice import RegisterProfile
from openress.protocols.inverter.told import LimitRules, Told
from openress.protocols.modbus import ModbusMap, Space, Window
from openress.protocols.registers import Block, Register, alarm, bits, fault, flag, measured, protection
from openress.protocols.registertable import RegisterTable, Values
from openress.protocols.serialbus import InverterOptions, Manner

__all__ = ["AXPERT_LIB", "ONE_BYTE", "PARTS", "TABLE", "VOLTRONIC"]

PAPER = Source("Voltronic, Inverter and BMS 485 communication protocol, 2020-03-25", Confidence.VENDOR)
JK = Source("JK-PB pack in its Voltronic mode, bms_probe", Confidence.CAPTURE)
OURS = Source("not stated; our decision", Confidence.OURS)
ASKS = Source("the inverter's questions were never recorded; the blocks of the document, one by one", Confidence.OURS)

MISSING = 0
KELVIN = 2731
CELLS = 20
STATE_CELLS, STATE_SENSORS, STATE_LIMITS = 0x40, 0x50, 0x60

C = Condition
_BROKEN = (
    Fault.CELL, Fault.CELL_IMBALANCE, Fault.TEMPERATURE_IMBALANCE, Fault.CELL_SENSOR, Fault.TEMPERATURE_SENSOR,
    Fault.CURRENT_SENSOR, Fault.SAMPLING, Fault.CHARGER_REVERSED, Fault.SYSTEM,
)  # fmt: skip
"""Faults without a bit of their own, told as the nearest: the front end does not work."""


def _cells() -> tuple[Register, ...]:
    return (
        measured(0x10, "cells_in_series", "H", absent=MISSING, source=JK, note="of one pack"),
        measured(0x11, "cell_voltages_mv", "H", step=100, count=CELLS, filler=0, absent=MISSING, note="of one pack"),
        measured(0x25, "sensors", "H", absent=MISSING, note="the sixth is the MOSFET's"),
        measured(0x26, "temperatures_c", "H", step=0.1, zero=KELVIN, count=5, absent=MISSING, note="of one pack"),
        measured(0x2B, "mos_temperature_c", "H", step=0.1, zero=KELVIN, absent=MISSING),
        measured(0x2C, "more_temperatures_c", "H", step=0.1, zero=KELVIN, count=4, absent=MISSING),
    )


def _rack() -> tuple[Register, ...]:
    return (
        measured(0x30, "charge_current_a", "H", step=0.1, note="0 while discharging; sum of the packs"),
        measured(0x31, "discharge_current_a", "H", step=0.1, note="0 while charging; sum of the packs"),
        measured(0x32, "pack_voltage_v", "H", step=0.1, note="mean of the packs"),
        measured(0x33, "soc_pct", "H", note="mean of the packs"),
        measured(0x34, "full_ah", "I", step=0.001, absent=MISSING, note="sum; high word first is our decision"),
        measured(0x36, "modules", "H"),
        bits(
            0x37,
            alarm(0, C.CHARGE_OVER_TEMPERATURE),
            alarm(1, C.CELL_OVER_VOLTAGE, C.PACK_OVER_VOLTAGE),
            alarm(2, C.CHARGE_UNDER_TEMPERATURE),
            alarm(3, C.CHARGE_OVER_CURRENT),
        ),
        bits(
            0x38,
            alarm(0, C.DISCHARGE_OVER_TEMPERATURE, C.AMBIENT_OVER_TEMPERATURE),
            alarm(1, C.DISCHARGE_UNDER_TEMPERATURE, C.AMBIENT_UNDER_TEMPERATURE),
            alarm(2, C.MOS_OVER_TEMPERATURE),
            alarm(3, C.CELL_UNDER_VOLTAGE, C.PACK_UNDER_VOLTAGE, C.SOC_LOW),
        ),
        bits(
            0x39,
            fault(1, Fault.CHARGE_SWITCH, note="MOS driver"),
            fault(2, Fault.INTERNAL_COMMUNICATION, also=_BROKEN, note="front end does not answer"),
            protection(3, C.CHARGE_OVER_CURRENT, sent=False, note="front end"),
            protection(5, C.SHORT_CIRCUIT, sent=False, note="front end"),
            protection(6, C.MOS_OVER_TEMPERATURE),
            protection(7, C.CELL_UNDER_VOLTAGE, sent=False, note="safety"),
            protection(8, C.CHARGE_OVER_TEMPERATURE, also=(C.AMBIENT_OVER_TEMPERATURE,)),
            protection(9, C.CHARGE_UNDER_TEMPERATURE, also=(C.AMBIENT_UNDER_TEMPERATURE,)),
            protection(10, C.CELL_OVER_VOLTAGE, C.PACK_OVER_VOLTAGE),
            protection(11, C.CHARGE_OVER_CURRENT),
            protection(12, C.CELL_OVER_VOLTAGE, C.PACK_OVER_VOLTAGE, sent=False, note="second level"),
            protection(15, C.CHARGE_OVER_CURRENT, sent=False, note="second level"),
        ),
        bits(0x3A, protection(2, C.SHORT_CIRCUIT, sent=False, note="while charging")),
        bits(
            0x3B,
            fault(1, Fault.DISCHARGE_SWITCH, note="MOS driver"),
            protection(3, C.DISCHARGE_OVER_CURRENT, sent=False, note="front end"),
            protection(4, C.SHORT_CIRCUIT, sent=False, note="front end"),
            protection(10, C.MOS_OVER_TEMPERATURE),
            protection(11, C.CELL_UNDER_VOLTAGE, C.PACK_UNDER_VOLTAGE, also=(C.SOC_LOW,)),
            protection(12, C.DISCHARGE_OVER_CURRENT),
            protection(13, C.DISCHARGE_UNDER_TEMPERATURE, also=(C.AMBIENT_UNDER_TEMPERATURE,)),
            protection(14, C.DISCHARGE_OVER_TEMPERATURE, also=(C.AMBIENT_OVER_TEMPERATURE,)),
            protection(15, C.PACK_UNDER_VOLTAGE, sent=False, note="shut down by low voltage"),
        ),
        bits(
            0x3C,
            fault(0, Fault.INTERNAL_COMMUNICATION, sent=False, note="front end does not answer"),
            protection(1, C.SHORT_CIRCUIT),
            protection(2, C.DISCHARGE_OVER_CURRENT_2),
            protection(5, C.DISCHARGE_OVER_TEMPERATURE, sent=False, note="second level"),
        ),
        measured(0x3E, "design_ah", "I", step=0.001, absent=MISSING, note="sum"),
    )


def _limits() -> tuple[Register, ...]:
    return (
        measured(0x70, "charge_voltage_limit_v", "H", step=0.1, rounding=DOWN),
        measured(
            0x71, "discharge_voltage_limit_v", "H", step=0.1, rounding=UP, note="the inverter does not use it yet"
        ),
        measured(0x72, "charge_current_limit_a", "H", step=0.1, rounding=DOWN, note="sum; not used yet"),
        measured(0x73, "discharge_current_limit_a", "H", step=0.1, rounding=DOWN, note="sum; not used yet"),
        bits(
            0x74,
            flag(2, "small_current_request"),
            flag(3, "full_charge_request"),
            flag(4, "force_charge_2", note="SOC above 9 and up to 14 %"),
            flag(5, "force_charge_1", note="SOC up to 9 %"),
            flag(6, "discharge_enabled", needed=True, note="0 when no pack allows it"),
            flag(7, "charge_enabled", needed=True, note="0 when any pack forbids it"),
        ),
        measured(0x75, "minutes_to_empty", "H", absent=MISSING),
        measured(0x76, "remaining_ah", "I", step=0.001, absent=MISSING, note="sum"),
    )


TABLE = RegisterTable(
    "voltronic-485",
    (
        *_cells(),
        *_rack(),
        measured(STATE_CELLS, "cell_states", "H", count=11, filler=0, note="two a word: 00 fine, 01 low, 02 high"),
        measured(STATE_SENSORS, "sensor_states", "H", count=6, filler=0, note="as cells"),
        measured(
            STATE_LIMITS, "limit_states", "H", count=10, filler=0, source=OURS,
            note="which is which is not clear: 00 while nothing is wrong, else F0 (other) everywhere",
        ),
        *_limits(),
    ),
    blocks=(
        Block("about", 0x00, 0x0F, live=False),
        Block("cells", 0x10, 0x2F),
        Block("rack", 0x30, 0x3F),
        Block("states", 0x40, 0x6F),
        Block("limits", 0x70, 0x7F),
    ),
    source=PAPER,
)  # fmt: skip

VOLTRONIC = ModbusMap("voltronic-485", {Function.READ_HOLDING: Space(TABLE)}, word_counts=True)
ONE_BYTE = replace(VOLTRONIC, word_counts=False)
"""The same with replies as Modbus has them, in case an inverter wants that."""

_MOVING_A = 0.5
_FINE, _LOW, _HIGH, _OTHER = 0x00, 0x01, 0x02, 0xF0


def _words(codes: Iterable[int]) -> tuple[int, ...]:
    padded = [*codes]
    padded += [_FINE] * (len(padded) % 2)
    return tuple(high << 8 | low for high, low in zip(padded[::2], padded[1::2], strict=True))


def _states(values: tuple[float, ...] | None, most: int, *, high: bool, low: bool) -> tuple[int, ...]:
    """A code for each place: the highest value where one is too high, the lowest where one is too low."""
    codes = [_FINE] * min(most, len(values or ()))
    shown = (values or ())[:most]
    if shown and low:
        codes[shown.index(min(shown))] = _LOW
    if shown and high:
        codes[shown.index(max(shown))] = _HIGH
    return _words(codes)


def _values(told: Told, rack: RackSample) -> Mapping[str, Any]:
    values = rack_values(told, rack)
    current, protections = told.current_a, told.protections
    sensors = (values["temperatures_c"] or ())[:5]
    mos = values["mos_temperature_c"]
    values |= {
        "charge_current_a": None if current is None else max(0.0, current),
        "discharge_current_a": None if current is None else max(0.0, -current),
        "temperatures_c": sensors,
        "sensors": None if not sensors and mos is None else 6 if mos is not None else len(sensors),
        "more_temperatures_c": (),
        "force_charge_1": told.force_charge,
        "force_charge_2": told.force_charge,
        "cell_voltages_mv": (values["cell_voltages_mv"] or ())[:CELLS],
        "minutes_to_empty": _minutes(told),
    }
    if protections is None:
        return values
    wrong = protections | (told.alarms or frozenset())
    hot = not wrong.isdisjoint((C.CHARGE_OVER_TEMPERATURE, C.DISCHARGE_OVER_TEMPERATURE))
    cold = not wrong.isdisjoint((C.CHARGE_UNDER_TEMPERATURE, C.DISCHARGE_UNDER_TEMPERATURE))
    cells = values["cell_voltages_mv"]
    return values | {
        "cell_states": _states(cells, CELLS, high=C.CELL_OVER_VOLTAGE in wrong, low=C.CELL_UNDER_VOLTAGE in wrong),
        "sensor_states": _states(sensors, 5, high=hot, low=cold),
        "limit_states": _words([_OTHER if wrong else _FINE] * 20),
    }


def _minutes(told: Told) -> float | None:
    """Time to empty at this current; a battery that gives nothing has all the time that the register can say."""
    if told.current_a is None or told.remaining_ah is None:
        return None
    return 0xFFFF if told.current_a > -_MOVING_A else 60.0 * told.remaining_ah / -told.current_a


RULES = LimitRules(current_a=6553.5)
PROFILE = RegisterProfile(
    VOLTRONIC,
    RULES,
    _values,
    # 01 is for addresses and 03 for checksums, which we answer with silence; no code says that a value is not known.
    codes={ExceptionCode.ILLEGAL_FUNCTION: 0x02},
)
PROFILE_ONE_BYTE = replace(PROFILE, dialect=ONE_BYTE)


AXPERT_LIB = Manner(
    "axpert-lib",
    "Voltronic Axpert, setting LIb",
    (asks("number of cells", 0x10, 1), asks("limits", 0x70, 8), asks("rack", 0x30, 15), asks("cells", 0x11, 20)),
    ASKS,
    note="which registers it asks for, and how often, is not known",
)
MANNERS = (AXPERT_LIB,)

CYCLE = (
    Window("rack", Function.READ_HOLDING, 0x30, 16, opens=("analog", "status")),
    Window("limits", Function.READ_HOLDING, 0x70, 8, opens=("limits",)),
    Window("cells", Function.READ_HOLDING, 0x10, 32),
)


def _signed(values: Mapping[str, Any]) -> dict[str, Any]:
    charge, discharge = values.get("charge_current_a"), values.get("discharge_current_a")
    return {} if charge is None or discharge is None else {"pack_current_a": charge - discharge}


def _understood(values: Mapping[str, Value]) -> Mapping[str, Value]:
    return {**values, **_signed(values), **extremes(values)}


def _adapted(values: Values) -> Values:
    adapted = {**values, **_signed(values)}
    if "force_charge_1" in values:
        adapted["charge_immediately"] = values["force_charge_1"] or values["force_charge_2"]
    return adapted


def _chosen(options: ServerOptions) -> PolledBattery:
    return one_voice(PROFILE_ONE_BYTE if options.one_byte_counts else PROFILE, options)


def _inverter(options: InverterOptions) -> AskingInverter:
    return register_inverter(ONE_BYTE if options.one_byte_counts else VOLTRONIC, MANNERS, _understood, options)


PARTS = replace(
    register_parts(PROFILE, MANNERS, title="Voltronic 485", cycle=CYCLE, understood=_understood, adapt=_adapted),
    server=served(_chosen),
    serial_battery=_chosen,
    serial_inverter=_inverter,
)
