"""Luxpower low-voltage CAN, V04.2: Pylontech's set with cell extremes, capacity and cycles put into its free bytes.

11-bit identifiers, 500 kbit/s, low byte first, once a second; the inverter sends 0x305 every second. Bit 0 of its
0x300 orders the battery to shut down: it is told to the caller, and nothing here obeys it.
"""

from __future__ import annotations

from dataclasses import dataclass

from openress.codec import flag, named_bits, wire
from openress.model import Condition, Confidence, Fault, Source
from openress.protocols.base import Direction
from openress.protocols.canbus import CanOptions
from openress.protocols.inverter import core
from openress.protocols.inverter.alarms import ALARM_BITS, PROTECTION_BITS
from openress.protocols.inverter.core import layout
from openress.protocols.inverter.machine import CanProfile, parts
from openress.protocols.inverter.table import CanRow, CanTable
from openress.protocols.inverter.told import LimitRules, Told

__all__ = ["LUXPOWER", "PARTS"]

PAPER = Source("Luxpower CAN protocol V04.2, 2023-09-05", Confidence.VENDOR)
OURS = Source("eight bytes, as the document does not say", Confidence.OURS)

_APART_C = 0.1
"""Least distance of the hottest from the coldest sensor: one program in use keeps the two from being equal
(Sleeper85/esphome-yambms)."""


@dataclass(frozen=True, slots=True)
class LuxpowerCharge:
    """0x355: state of charge and health, highest and lowest cell."""

    soc_pct: float = wire("H", saturate=True)
    soh_pct: float = wire("H", saturate=True)
    cell_voltage_max_mv: int | None = wire("H", saturate=True, optional=True)
    cell_voltage_min_mv: int | None = wire("H", saturate=True, optional=True)


@dataclass(frozen=True, slots=True)
class LuxpowerMeasured:
    """0x356: voltage, current, hottest and coldest sensor."""

    pack_voltage_v: float = wire("h", step=0.01, saturate=True)
    pack_current_a: float = wire("h", step=0.1, saturate=True, note="+ charges")
    temperature_max_c: float = wire("h", step=0.1, saturate=True)
    temperature_min_c: float | None = wire("h", step=0.1, saturate=True, optional=True)


@dataclass(frozen=True, slots=True)
class LuxpowerAlarms:
    """0x359: protections, alarms, number of modules, capacity where Pylontech has "PN"."""

    protections: frozenset[Condition | Fault] = named_bits(PROTECTION_BITS, code="H")
    alarms: frozenset[Condition | Fault] = named_bits(ALARM_BITS, code="H")
    modules: int = wire("B", saturate=True)
    full_ah: float | None = wire("H", absent=0, saturate=True)


@dataclass(frozen=True, slots=True)
class LuxpowerRequests:
    """0x35C: what the battery permits and asks for, and its cycles."""

    charge_enabled: bool = flag(7, "byte 0")
    discharge_enabled: bool = flag(6, "byte 0")
    force_charge_1: bool = flag(5, "byte 0", note="Luxpower calls it request 2")
    force_charge_2: bool = flag(4, "byte 0", note="Luxpower calls it request 1")
    full_charge_request: bool = flag(3, "byte 0")
    unused: int | None = wire("B", key="", optional=True)
    cycles: int | None = wire("H", saturate=True, optional=True, note="0 also when not known")


@dataclass(frozen=True, slots=True)
class LuxpowerOrder:
    """0x300: an order of the inverter's."""

    shut_down: bool = flag(0, "byte 0", note="told, never obeyed here")


def _charge(told: Told) -> LuxpowerCharge | None:
    """0x355; left out while the state of charge or the cells are not known."""
    low, high = told.cell_low_mv, told.cell_high_mv
    if told.soc_pct is None or low is None or high is None:
        return None
    soh = core.SOH_FILL_PCT if told.soh_pct is None else told.soh_pct
    return LuxpowerCharge(told.soc_pct, soh, round(high.value), round(low.value))


def _measured(told: Told) -> LuxpowerMeasured | None:
    """0x356; left out while any of its values is not known."""
    cold, hot = told.coldest_c, told.hottest_c
    if told.voltage_v is None or told.current_a is None or cold is None or hot is None:
        return None
    return LuxpowerMeasured(told.voltage_v, told.current_a, max(hot.value, cold.value + _APART_C), cold.value)


def _alarms(told: Told) -> LuxpowerAlarms | None:
    """0x359; left out while it is not known what is wrong."""
    if told.protections is None:
        return None
    return LuxpowerAlarms(core.protection_bits(told), core.warning_bits(told), told.modules, told.installed_ah)


def _requests(told: Told) -> LuxpowerRequests:
    found = core.requests(told)
    return LuxpowerRequests(
        found.charge_enabled,
        found.discharge_enabled,
        found.force_charge_1,
        found.force_charge_2,
        found.full_charge_request,
        0,
        told.cycles or 0,
    )


def _table(options: CanOptions) -> CanTable:
    steps = core.measured_steps(options)
    name = core.name_teller(options.name or core.OWN_NAME)
    return CanTable(
        "Luxpower's",
        (
            CanRow(0x351, "limits", layout(core.Limits, PAPER), tell=core.limits),
            CanRow(0x355, "charge", layout(LuxpowerCharge, PAPER), tell=_charge),
            CanRow(0x356, "measured", layout(LuxpowerMeasured, PAPER, steps), tell=_measured),
            CanRow(0x359, "alarms", layout(LuxpowerAlarms, PAPER), tell=_alarms),
            CanRow(0x35C, "requests", layout(LuxpowerRequests, PAPER), tell=_requests),
            CanRow(0x35E, "name", layout(core.Name, PAPER), tell=name),
            core.keep_alive_row(PAPER),
            CanRow(0x300, "order", layout(LuxpowerOrder, PAPER), 8, sender=Direction.TO_BATTERY),
        ),
        sizes=OURS,
    )


LUXPOWER = CanProfile("Luxpower", _table, LimitRules())

PARTS = parts(LUXPOWER)
