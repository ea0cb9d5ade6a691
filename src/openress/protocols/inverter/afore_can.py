"""Afore CAN, V2.3 of 2023-08-07, as one public program speaks it: identifiers of the 0x35x family, other content.

11-bit identifiers, 500 kbit/s, low byte first; the battery answers each 0x305, which comes every second. Currents have
an offset of 5000 counts, temperatures of 1000. Nobody has published a capture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from openress.codec import DOWN, UP, Layout, flag, named_bits, packed, text, wire
from openress.model import Condition, Confidence, Fault, Source
from openress.protocols.base import Direction
from openress.protocols.canbus import CanOptions, InverterView
from openress.protocols.inverter.alarms import Bits, spoken
from openress.protocols.inverter.core import OWN_NAME, SOH_FILL_PCT, layout
from openress.protocols.inverter.machine import CanProfile, parts
from openress.protocols.inverter.table import CanRow, CanTable
from openress.protocols.inverter.told import LimitRules, Told

__all__ = ["AFORE", "PARTS"]

EMULATOR = Source("Afore V2.3 in dalathegreat/Battery-Emulator", Confidence.OPEN)

_NO_CURRENT, _NO_HEAT = 5000, 1000
_NORMAL, _WARNING, _FAULT = 1, 3, 4
_SOC_WINDOW_PCT = (100, 1)
"""Highest and lowest state of charge, as the program tells them."""

_FAULTS: Bits = {
    0: Condition.CELL_OVER_VOLTAGE,
    1: Condition.CELL_UNDER_VOLTAGE,
    2: Condition.PACK_OVER_VOLTAGE,
    3: Condition.PACK_UNDER_VOLTAGE,
    4: Condition.DISCHARGE_OVER_TEMPERATURE,
    5: Condition.DISCHARGE_UNDER_TEMPERATURE,
    7: Condition.CHARGE_OVER_CURRENT,
    8: (Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2),
    9: Condition.SOC_LOW,
    10: Fault.INTERNAL_COMMUNICATION,
    25: Fault.SYSTEM,
    27: Fault.CHARGE_SWITCH,
    28: Fault.DISCHARGE_SWITCH,
    29: Condition.CHARGE_OVER_TEMPERATURE,
    30: Condition.CHARGE_UNDER_TEMPERATURE,
    31: Fault.CELL_IMBALANCE,
}
"""0x353: the word the program calls H, then L from bit 16. The bits called cell over- and under-temperature stand here
for charging; isolation, supply, relay, pre-charge and interlock (6, 11 to 15, 24, 26) have no name here."""

_WARNINGS: Bits = {
    0: Condition.CELL_OVER_VOLTAGE,
    1: Condition.CELL_UNDER_VOLTAGE,
    2: Condition.PACK_OVER_VOLTAGE,
    3: Condition.PACK_UNDER_VOLTAGE,
    4: Condition.CHARGE_OVER_TEMPERATURE,
    5: Condition.CHARGE_UNDER_TEMPERATURE,
    6: Condition.DISCHARGE_OVER_TEMPERATURE,
    7: Condition.DISCHARGE_UNDER_TEMPERATURE,
    8: Condition.CHARGE_OVER_CURRENT,
    10: Condition.SOC_LOW,
}
"""0x357. Bit 9 is printed as a second "SOC too low" and stays unused."""


@dataclass(frozen=True, slots=True)
class AforeOperation:
    """0x350: voltage, current, temperature."""

    pack_voltage_v: float = wire("H", step=0.1, saturate=True)
    pack_current_a: float = wire("H", step=0.1, zero=_NO_CURRENT, saturate=True, note="+ charges")
    temperature_c: float = wire("H", step=0.1, zero=_NO_HEAT, saturate=True)


@dataclass(frozen=True, slots=True)
class AforeBattery:
    """0x351: state of charge and health, what is permitted, cells in series."""

    soc_pct: float = wire("B", saturate=True)
    soh_pct: float = wire("B", saturate=True)
    soc_highest_pct: int = wire("B")
    soc_lowest_pct: int = wire("B")
    charge_enabled: bool = flag(0, "state")
    discharge_enabled: bool = flag(1, "state")
    state: int = packed(5, 3, "state", note="0 starts, 1 normal, 2 standby, 3 warning, 4 fault")
    unused: int | None = wire("B", absent=0, key="")
    cells_in_series: int | None = wire("H", absent=0)


@dataclass(frozen=True, slots=True)
class AforeLimits:
    """0x352: what the inverter may do now."""

    charge_current_limit_a: float = wire("H", step=0.1, saturate=True, rounding=DOWN)
    discharge_current_limit_a: float = wire("H", step=0.1, saturate=True, rounding=DOWN)
    charge_voltage_limit_v: float = wire("H", step=0.1, saturate=True, rounding=DOWN)
    discharge_voltage_limit_v: float = wire("H", step=0.1, saturate=True, rounding=UP)


@dataclass(frozen=True, slots=True)
class AforeFaults:
    """0x353: protections and faults."""

    protections: frozenset[Condition | Fault] = named_bits(_FAULTS, code="I")


@dataclass(frozen=True, slots=True)
class AforeCells:
    """0x354: highest and lowest cell, and their numbers."""

    cell_voltage_max_mv: int = wire("H", saturate=True)
    cell_voltage_min_mv: int = wire("H", saturate=True)
    highest_cell: int = wire("H", saturate=True)
    lowest_cell: int = wire("H", saturate=True)


@dataclass(frozen=True, slots=True)
class AforeTemperatures:
    """0x355: hottest and coldest sensor, and their numbers."""

    temperature_max_c: float = wire("H", step=0.1, zero=_NO_HEAT, saturate=True)
    temperature_min_c: float = wire("H", step=0.1, zero=_NO_HEAT, saturate=True)
    hottest_sensor: int = wire("H", saturate=True)
    coldest_sensor: int = wire("H", saturate=True)


@dataclass(frozen=True, slots=True)
class AforeCellLimits:
    """0x356: limits of one cell, ours are those of the rack shared out."""

    cell_voltage_highest_mv: int = wire("H", saturate=True)
    cell_voltage_lowest_mv: int = wire("H", saturate=True)


@dataclass(frozen=True, slots=True)
class AforeWarnings:
    """0x357: alarms."""

    alarms: frozenset[Condition | Fault] = named_bits(_WARNINGS, code="H")


@dataclass(frozen=True, slots=True)
class AforeZeros:
    """0x358: zeros."""

    payload: int | None = wire("B", key="", optional=True)


@dataclass(frozen=True, slots=True)
class AforeSerialStart:
    """0x359: serial number, first half."""

    serial_start: str | None = text(8, printable=True)


@dataclass(frozen=True, slots=True)
class AforeSerialEnd:
    """0x35A: serial number, second half."""

    serial_end: str | None = text(8, printable=True)


@dataclass(frozen=True, slots=True)
class AforeInverter:
    """0x305: brand and state of the inverter."""

    brand: str | None = text(7, printable=True)
    inverter_state: int | None = wire("B", optional=True, note="0 starts to 10 failure")


def _operation(told: Told) -> AforeOperation | None:
    """0x350; left out while any of its values is not known."""
    if told.voltage_v is None or told.current_a is None or told.temperature_c is None:
        return None
    return AforeOperation(told.voltage_v, told.current_a, told.temperature_c)


def _battery(told: Told) -> AforeBattery | None:
    """0x351; left out while the state of charge is not known: the limits of 0x352 say the same."""
    if told.soc_pct is None:
        return None
    soh = SOH_FILL_PCT if told.soh_pct is None else told.soh_pct
    state = _FAULT if told.wrong else _WARNING if told.alarms else _NORMAL
    permitted = told.limits
    return AforeBattery(
        told.soc_pct, soh, *_SOC_WINDOW_PCT, permitted.charge, permitted.discharge, state, None, told.cells_in_series
    )


def _limits(told: Told) -> AforeLimits:
    found = told.limits
    return AforeLimits(found.ccl_a, found.dcl_a, found.cvl_v, _cut_off(told))


def _cut_off(told: Told) -> float:
    return AFORE.rules.dvl_v[1] if told.limits.dvl_v is None else told.limits.dvl_v


def _faults(told: Told) -> AforeFaults | None:
    """0x353; left out while it is not known what is wrong."""
    return None if told.protections is None else AforeFaults(spoken(_FAULTS, told.protections, told.faults))


def _warnings(told: Told) -> AforeWarnings | None:
    """0x357; left out while alarms are not known."""
    return None if told.alarms is None else AforeWarnings(spoken(_WARNINGS, told.alarms))


def _cells(told: Told) -> AforeCells | None:
    low, high = told.cell_low_mv, told.cell_high_mv
    if low is None or high is None:
        return None
    return AforeCells(round(high.value), round(low.value), high.number, low.number)


def _temperatures(told: Told) -> AforeTemperatures | None:
    cold, hot = told.coldest_c, told.hottest_c
    if cold is None or hot is None:
        return None
    return AforeTemperatures(hot.value, cold.value, hot.number, cold.number)


def _cell_limits(told: Told) -> AforeCellLimits | None:
    if told.cells_in_series is None:
        return None
    each = 1000 / told.cells_in_series
    high, low = round(told.limits.cvl_v * each, 6), round(_cut_off(told) * each, 6)
    return AforeCellLimits(math.floor(high), math.ceil(low))


def _serial(told: Told) -> str:
    found = told.serial or OWN_NAME
    return found.encode("ascii", "replace").decode()


def _ask(_view: InverterView) -> AforeInverter:
    return AforeInverter("AFORE", 1)


def _table(_options: CanOptions) -> CanTable:
    def row(frame: type) -> Layout[object]:
        return layout(frame, EMULATOR)

    return CanTable(
        "Afore's",
        (
            CanRow(0x352, "limits", row(AforeLimits), tell=_limits),
            CanRow(0x350, "operation", row(AforeOperation), tell=_operation),
            CanRow(0x351, "battery", row(AforeBattery), tell=_battery),
            CanRow(0x353, "faults", row(AforeFaults), tell=_faults),
            CanRow(0x354, "cells", row(AforeCells), tell=_cells),
            CanRow(0x355, "temperatures", row(AforeTemperatures), tell=_temperatures),
            CanRow(0x356, "cell_limits", row(AforeCellLimits), tell=_cell_limits),
            CanRow(0x357, "warnings", row(AforeWarnings), tell=_warnings),
            CanRow(0x358, "zeros", row(AforeZeros), tell=lambda _: AforeZeros(0)),
            CanRow(0x359, "serial_start", row(AforeSerialStart), tell=lambda t: AforeSerialStart(_serial(t)[:8])),
            CanRow(0x35A, "serial_end", row(AforeSerialEnd), tell=lambda t: AforeSerialEnd(_serial(t)[8:16])),
            CanRow(0x305, "inverter", row(AforeInverter), sender=Direction.TO_BATTERY, say=_ask, asks=True),
        ),
        sizes=EMULATOR,
    )


AFORE = CanProfile("Afore", _table, LimitRules(current_a=6553.5), polled=True, scaled=False, named=False)

PARTS = parts(AFORE)
