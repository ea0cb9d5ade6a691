"""Megarevo CAN as one public program reads it: 29-bit identifiers, low byte first, the battery answers when asked.

Experimental: bit rate, timing, alarms and even the byte order of the request are not confirmed by any document or
capture, so it is off until the operator consents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openress.codec import DOWN, UP, Layout, wire
from openress.model import Confidence, Source
from openress.protocols.base import Direction, Value
from openress.protocols.canbus import CanOptions, InverterView
from openress.protocols.inverter.core import SOH_FILL_PCT, layout
from openress.protocols.inverter.machine import CanProfile, parts
from openress.protocols.inverter.table import CanRow, CanTable
from openress.protocols.inverter.told import LimitRules, Told

__all__ = ["MEGAREVO", "PARTS"]

READER = Source("ai-republic/bms-to-inverter, reading side", Confidence.OPEN)

_FREE, _INHIBITED = 0, 2
_WELL, _WARNS, _STOPS = 0, 1, 2


@dataclass(frozen=True, slots=True)
class MegarevoLimits:
    """0x1F000300: what the inverter may do now; the cut-off comes second."""

    charge_voltage_limit_v: float = wire("H", step=0.1, saturate=True, rounding=DOWN)
    discharge_voltage_limit_v: float = wire("H", step=0.1, saturate=True, rounding=UP)
    charge_current_limit_a: float = wire("H", step=0.1, saturate=True, rounding=DOWN)
    discharge_current_limit_a: float = wire("H", step=0.1, saturate=True, rounding=DOWN)


@dataclass(frozen=True, slots=True)
class MegarevoMeasured:
    """0x1F000301: state of charge and health, voltage, current."""

    soc_pct: float = wire("H", saturate=True)
    soh_pct: float = wire("H", saturate=True)
    pack_voltage_v: float = wire("H", step=0.1, saturate=True)
    pack_current_a: float = wire("h", step=0.1, saturate=True, note="+ charges")


@dataclass(frozen=True, slots=True)
class MegarevoExtremes:
    """0x1F000302: highest and lowest cell, hottest and coldest sensor."""

    cell_voltage_max_mv: int = wire("H", saturate=True)
    cell_voltage_min_mv: int = wire("H", saturate=True)
    temperature_max_c: float = wire("h", step=0.1, saturate=True)
    temperature_min_c: float = wire("h", step=0.1, saturate=True)


@dataclass(frozen=True, slots=True)
class MegarevoStatus:
    """0x1F000303: how bad it is, and what is inhibited."""

    warning_level: int = wire("H", note="0 well, 1 warning, 2 fault")
    charge_status: int = wire("H", note="2 is inhibited")
    discharge_status: int = wire("H", note="2 is inhibited")


@dataclass(frozen=True, slots=True)
class MegarevoCapacity:
    """0x1F000304: capacity."""

    full_ah: float = wire("H", step=0.1, saturate=True, rounding=DOWN)
    remaining_ah: float = wire("H", step=0.1, saturate=True, rounding=DOWN)


@dataclass(frozen=True, slots=True)
class MegarevoQuestion:
    """0x1F000100: the inverter asks; eight zero bytes."""

    payload: int | None = wire("B", key="", optional=True)


def _limits(told: Told) -> MegarevoLimits:
    found = told.limits
    cut_off = MEGAREVO.rules.dvl_v[1] if found.dvl_v is None else found.dvl_v
    return MegarevoLimits(found.cvl_v, cut_off, found.ccl_a, found.dcl_a)


def _measured(told: Told) -> MegarevoMeasured | None:
    """0x1F000301; left out while any of its values is not known."""
    if told.soc_pct is None or told.voltage_v is None or told.current_a is None:
        return None
    soh = SOH_FILL_PCT if told.soh_pct is None else told.soh_pct
    return MegarevoMeasured(told.soc_pct, soh, told.voltage_v, told.current_a)


def _extremes(told: Told) -> MegarevoExtremes | None:
    """0x1F000302; left out while cells or temperatures are not known."""
    low, high, cold, hot = told.cell_low_mv, told.cell_high_mv, told.coldest_c, told.hottest_c
    if low is None or high is None or cold is None or hot is None:
        return None
    return MegarevoExtremes(round(high.value), round(low.value), hot.value, cold.value)


def _status(told: Told) -> MegarevoStatus:
    """0x1F000303; what is inhibited is known even where what is wrong is not."""
    level = _STOPS if told.wrong or told.protections is None else _WARNS if told.alarms else _WELL
    permitted = told.limits
    return MegarevoStatus(
        level, _FREE if permitted.charge else _INHIBITED, _FREE if permitted.discharge else _INHIBITED
    )


def _permits(status: MegarevoStatus) -> Mapping[str, Value]:
    return {
        "charge_enabled": status.charge_status != _INHIBITED,
        "discharge_enabled": status.discharge_status != _INHIBITED,
    }


def _capacity(told: Told) -> MegarevoCapacity | None:
    if told.full_ah is None or told.remaining_ah is None:
        return None
    return MegarevoCapacity(told.full_ah, told.remaining_ah)


def _ask(_view: InverterView) -> MegarevoQuestion:
    return MegarevoQuestion(0)


def _table(_options: CanOptions) -> CanTable:
    def row(frame: type) -> Layout[object]:
        return layout(frame, READER)

    def question(identifier: int) -> CanRow:
        return CanRow(
            identifier,
            "question",
            row(MegarevoQuestion),
            sender=Direction.TO_BATTERY,
            say=_ask,
            asks=True,
            note="sent in both byte orders: the right one is not known",
        )

    return CanTable(
        "Megarevo's",
        (
            CanRow(0x1F000300, "limits", row(MegarevoLimits), tell=_limits),
            CanRow(0x1F000301, "measured", row(MegarevoMeasured), tell=_measured),
            CanRow(0x1F000302, "extremes", row(MegarevoExtremes), tell=_extremes),
            CanRow(0x1F000303, "status", row(MegarevoStatus), tell=_status, more=_permits),
            CanRow(0x1F000304, "capacity", row(MegarevoCapacity), tell=_capacity),
            question(0x1F000100),
            question(0x0001001F),
        ),
        sizes=READER,
        extended=True,
    )


MEGAREVO = CanProfile(
    "Megarevo",
    _table,
    LimitRules(current_a=6553.5),
    polled=True,
    scaled=False,
    named=False,
    experimental=True,
)

PARTS = parts(MEGAREVO)
