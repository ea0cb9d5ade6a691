"""Growatt low-voltage CAN, V1.04: high byte first, and the battery speaks only when 0x301 has asked.

11-bit identifiers, 500 kbit/s; the inverter asks every second. The document does not state the sign of current;
+ charges here. A capacity above 655 Ah does not fit and is told as 655.35 Ah.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from openress.codec import DOWN, Layout, flag, named_bits, packed, text, wire
from openress.model import Condition, Confidence, Fault, Source
from openress.protocols.base import Direction
from openress.protocols.canbus import CanOptions, InverterView
from openress.protocols.inverter.alarms import Bits, spoken
from openress.protocols.inverter.core import SOH_FILL_PCT
from openress.protocols.inverter.machine import CanProfile, parts
from openress.protocols.inverter.table import CanRow, CanTable
from openress.protocols.inverter.told import LimitRules, Told

__all__ = ["GROWATT", "PARTS"]

PAPER = Source("Growatt BMS CAN-Bus-protocol Low Voltage Rev_04, 2019-02-22", Confidence.VENDOR)
EMULATOR = Source("dalathegreat/Battery-Emulator", Confidence.OPEN)
OURS = Source("not stated; our decision", Confidence.OURS)

_STANDBY, _CHARGES, _DISCHARGES = 1, 2, 3
_MOVING_A = 0.1
"""Less current than this is standby."""

_HOT = Condition.DISCHARGE_OVER_TEMPERATURE
_COLD = Condition.DISCHARGE_UNDER_TEMPERATURE
_PROTECTIONS: Bits = {
    15: (Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2),
    14: Condition.CHARGE_OVER_CURRENT,
    13: Condition.SHORT_CIRCUIT,
    12: Condition.CELL_OVER_VOLTAGE,
    11: Condition.CELL_UNDER_VOLTAGE,
    10: Condition.PACK_OVER_VOLTAGE,
    9: Condition.PACK_UNDER_VOLTAGE,
    7: _HOT,
    6: Condition.CHARGE_OVER_TEMPERATURE,
    5: _COLD,
    4: Condition.CHARGE_UNDER_TEMPERATURE,
    3: Fault.SYSTEM,
    2: Fault.CELL_IMBALANCE,
}
"""0x312 bytes 0 and 1; bit 15 is bit 7 of byte 0. Its bit 8, a failed soft start, has no name here."""
_ALARMS: Bits = {
    **{bit: names for bit, names in _PROTECTIONS.items() if bit not in {13, 3, 2}},
    0: Fault.INTERNAL_COMMUNICATION,
}
"""Bytes 2 and 3; bit 1, about to turn off, is never sent."""


@dataclass(frozen=True, slots=True)
class GrowattLimits:
    """0x311: what the inverter may do now, and what the battery does."""

    charge_voltage_limit_v: float = wire("H", step=0.1, saturate=True, rounding=DOWN, note="41 to 63 V")
    charge_current_limit_a: float = wire("H", step=0.1, saturate=True, rounding=DOWN)
    discharge_current_limit_a: float = wire("H", step=0.1, saturate=True, rounding=DOWN)
    state: int = packed(0, 2, "status", code="H", note="0 soft start, 1 standby, 2 charge, 3 discharge")
    error_valid: bool = flag(2, "status", code="H")
    balancing: bool = flag(3, "status", code="H", key="balances")
    asleep: bool = flag(4, "status", code="H")
    discharge_output: bool = flag(5, "status", code="H")
    charge_output: bool = flag(6, "status", code="H")
    terminal_open: bool = flag(7, "status", code="H")
    parallel: int = packed(8, 2, "status", code="H", note="0 alone, 1 parallel, 2 ready for it")
    inverter_state: int = packed(
        10, 2, "status", code="H", source=EMULATOR, note="0 none, 1 standby, 2 charge, 3 discharge; as bits 0 and 1"
    )


@dataclass(frozen=True, slots=True)
class GrowattAlarms:
    """0x312: protections, alarms, packs and cells."""

    protections: frozenset[Condition | Fault] = named_bits(_PROTECTIONS, code="H")
    alarms: frozenset[Condition | Fault] = named_bits(_ALARMS, code="H")
    modules: int = wire("B", saturate=True)
    maker_code: int = wire("H", key="", source=EMULATOR, note="AA BB in the document's example")
    total_cells: int | None = wire("B", absent=0, saturate=True, note="1 to 254")


@dataclass(frozen=True, slots=True)
class GrowattMeasured:
    """0x313: voltage, current, hottest sensor, state of charge and health."""

    pack_voltage_v: float = wire("h", step=0.01, saturate=True)
    pack_current_a: float = wire("h", step=0.1, saturate=True, source=OURS, note="+ charges; the sign is not stated")
    temperature_max_c: float = wire("h", step=0.1, saturate=True)
    soc_pct: float = wire("B", saturate=True)
    soh_pct: int = packed(0, 7, "health")
    unsafe: bool = flag(7, "health", note="the battery should not be used any more; never sent")


@dataclass(frozen=True, slots=True)
class GrowattCapacity:
    """0x314: capacity, spread of the cells, cycles."""

    remaining_ah: float = wire("H", step=0.01, saturate=True, rounding=DOWN, note="655.35 Ah at most")
    full_ah: float = wire("H", step=0.01, saturate=True, rounding=DOWN, note="655.35 Ah at most")
    cell_voltage_spread_mv: int = wire("H", saturate=True)
    cycles: int = wire("H", saturate=True)


@dataclass(frozen=True, slots=True)
class GrowattCells:
    """0x315 to 0x318: four cells each, of a pack that is alone."""

    first_mv: int = wire("H", saturate=True)
    second_mv: int = wire("H", saturate=True)
    third_mv: int = wire("H", saturate=True)
    fourth_mv: int = wire("H", saturate=True)


@dataclass(frozen=True, slots=True)
class GrowattRequests:
    """0x319: what the battery permits and asks for, and its extreme cells."""

    charge_enabled: bool = flag(7, "byte 0")
    discharge_enabled: bool = flag(6, "byte 0")
    force_charge_1: bool = flag(5, "byte 0", note="SOC 5-10 %")
    force_charge_2: bool = flag(4, "byte 0", note="not used, never sent")
    chemistry: int = packed(0, 2, "byte 0", note="0 is LiFePO4")
    cell_voltage_max_mv: int = wire("H", saturate=True)
    cell_voltage_min_mv: int = wire("H", saturate=True)
    highest_cell: int = wire("B", saturate=True)
    lowest_cell: int = wire("B", saturate=True)
    faulty_pack: int | None = wire("B", absent=0, saturate=True)


@dataclass(frozen=True, slots=True)
class GrowattMaker:
    """0x320: maker, versions, date."""

    maker: str | None = text(2, printable=True, note="two capitals")
    hardware_version: int = wire("B", note="1 to 9")
    software_number: int = wire("B", note="1 to 9")
    date: int | None = wire("I", absent=0, key="", note="seconds, minutes, hours, day, month, year packed; sent as 0")


@dataclass(frozen=True, slots=True)
class GrowattUpdate:
    """0x321: state of an update; zeros."""

    payload: int | None = wire("B", key="", optional=True)


@dataclass(frozen=True, slots=True)
class GrowattQuestion:
    """0x301: the inverter asks; 11 22 33 44 55 66 77 88."""

    pattern: int | None = wire("I", key="", optional=True)
    rest: int | None = wire("I", key="", optional=True)


def _state(told: Told) -> int:
    current = told.current_a or 0.0
    if abs(current) < _MOVING_A:
        return _STANDBY
    return _CHARGES if current > 0 else _DISCHARGES


def _limits(told: Told) -> GrowattLimits:
    found, state = told.limits, _state(told)
    return GrowattLimits(
        found.cvl_v,
        found.ccl_a,
        found.dcl_a,
        state,
        error_valid=told.wrong,
        balancing=told.balancing,
        asleep=False,
        discharge_output=found.discharge,
        charge_output=found.charge,
        terminal_open=False,
        parallel=1 if told.modules > 1 else 0,
        inverter_state=state,
    )


def _alarms(told: Told) -> GrowattAlarms | None:
    """0x312; left out while it is not known what is wrong."""
    if told.protections is None:
        return None
    link = (told.faults or frozenset()) & {Fault.INTERNAL_COMMUNICATION}
    cells = None if told.cells_in_series is None else min(254, told.cells_in_series * told.modules)
    return GrowattAlarms(
        spoken(_PROTECTIONS, told.protections, told.faults),
        spoken(_ALARMS, told.alarms, link),
        told.modules,
        0xAABB,
        cells,
    )


def _measured(told: Told) -> GrowattMeasured | None:
    """0x313; left out while any of its values is not known."""
    if told.voltage_v is None or told.current_a is None or told.hottest_c is None or told.soc_pct is None:
        return None
    soh = round(SOH_FILL_PCT if told.soh_pct is None else told.soh_pct)
    return GrowattMeasured(told.voltage_v, told.current_a, told.hottest_c.value, told.soc_pct, soh, unsafe=False)


def _capacity(told: Told) -> GrowattCapacity | None:
    """0x314; left out while any of its values is not known."""
    low, high = told.cell_low_mv, told.cell_high_mv
    if told.remaining_ah is None or told.full_ah is None or low is None or high is None or told.cycles is None:
        return None
    return GrowattCapacity(told.remaining_ah, told.full_ah, round(high.value - low.value), told.cycles)


def _requests(told: Told) -> GrowattRequests | None:
    """0x319; left out while the cells are not known: the limits of 0x311 say the same."""
    low, high = told.cell_low_mv, told.cell_high_mv
    if low is None or high is None:
        return None
    return GrowattRequests(
        told.limits.charge,
        told.limits.discharge,
        told.force_charge,
        force_charge_2=False,
        chemistry=0,
        cell_voltage_max_mv=round(high.value),
        cell_voltage_min_mv=round(low.value),
        highest_cell=high.number,
        lowest_cell=low.number,
        faulty_pack=told.faulty_pack,
    )


def _four(told: Told, start: int) -> GrowattCells | None:
    found = (told.cells or ())[start : start + 4]
    return GrowattCells(*found) if len(found) == 4 else None


def _ask(_view: InverterView) -> GrowattQuestion:
    return GrowattQuestion(0x11223344, 0x55667788)


def _table(options: CanOptions) -> CanTable:
    def layout(frame: type, source: Source = PAPER) -> Layout[object]:
        return Layout(frame, byte_order=">", source=source, extra=8)

    initials = (options.name or "OR")[:2].upper()
    cells = tuple(
        CanRow(0x315 + index, f"cells_{4 * index + 1}", layout(GrowattCells), tell=partial(_four, start=4 * index))
        for index in range(4)
    )
    return CanTable(
        "Growatt's",
        (
            CanRow(0x311, "limits", layout(GrowattLimits), tell=_limits),
            CanRow(0x312, "alarms", layout(GrowattAlarms), tell=_alarms),
            CanRow(0x313, "measured", layout(GrowattMeasured), tell=_measured),
            CanRow(0x314, "capacity", layout(GrowattCapacity), tell=_capacity),
            *cells,
            CanRow(0x319, "requests", layout(GrowattRequests), tell=_requests),
            CanRow(0x320, "maker", layout(GrowattMaker), tell=lambda _: GrowattMaker(initials, 1, 1, None)),
            CanRow(0x321, "update", layout(GrowattUpdate, EMULATOR), tell=lambda _: GrowattUpdate(0)),
            CanRow(0x301, "question", layout(GrowattQuestion), sender=Direction.TO_BATTERY, say=_ask, asks=True),
        ),
        sizes=EMULATOR,
    )


GROWATT = CanProfile("Growatt", _table, LimitRules(current_a=6553.5), polled=True, scaled=False)

PARTS = parts(GROWATT)
