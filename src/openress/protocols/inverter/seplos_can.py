"""SEPLOS CAN, V1.0: Pylontech's set with a bitmap of the packs and two frames of extremes.

11-bit identifiers, 500 kbit/s, low byte first, once a second; the inverter sends 0x305. The document prints 0x70 for
0x370 and the unit of temperature beside cell voltages; a capture of another pack in this layout shows 0x370 and 1 mV.
"""

from __future__ import annotations

from dataclasses import dataclass

from openress.codec import named_bits, text, wire
from openress.model import Condition, Confidence, Fault, Source
from openress.protocols.canbus import CanOptions
from openress.protocols.inverter import core
from openress.protocols.inverter.alarms import ALARM_BITS, PROTECTION_BITS, Bits, spoken
from openress.protocols.inverter.core import layout
from openress.protocols.inverter.machine import CanProfile, parts
from openress.protocols.inverter.table import CanRow, CanTable
from openress.protocols.inverter.told import Extreme, LimitRules, Told

__all__ = ["PARTS", "SEPLOS"]

PAPER = Source("SEPLOS CAN protocol V1.0", Confidence.VENDOR)
CUBIX = Source("Eco-Worthy Cubix, a pack in the same layout", Confidence.CAPTURE)
SEPLOS_ON_VENUS = Source("Seplos BMS on Venus OS, syssi/esphome-virtual-can-bms issue 3", Confidence.CAPTURE)
OURS = Source("eight bytes, as the document does not say", Confidence.OURS)

SEPLOS_ALARM_BITS: Bits = {**ALARM_BITS, 12: Fault.CELL}


@dataclass(frozen=True, slots=True)
class SeplosMeasured:
    """0x356: voltage, current, temperature, cycles."""

    pack_voltage_v: float = wire("h", step=0.01, saturate=True)
    pack_current_a: float = wire("h", step=0.1, saturate=True, source=SEPLOS_ON_VENUS, note="+ charges")
    temperature_c: float = wire("h", step=0.1, saturate=True)
    cycles: int | None = wire("H", saturate=True, optional=True, source=SEPLOS_ON_VENUS, note="0 also when not known")


@dataclass(frozen=True, slots=True)
class SeplosAlarms:
    """0x359: protections, alarms, number of modules, "PN", the packs that are there."""

    protections: frozenset[Condition | Fault] = named_bits(PROTECTION_BITS, code="H")
    alarms: frozenset[Condition | Fault] = named_bits(SEPLOS_ALARM_BITS, code="H")
    modules: int = wire("B", saturate=True)
    marker: str | None = text(2, key="", note='"PN"')
    online: int | None = wire("B", key="", optional=True, note="one bit for each of the addresses 0 to 7, 0 the master")


@dataclass(frozen=True, slots=True)
class SeplosExtremes:
    """0x370: hottest and coldest sensor, highest and lowest cell."""

    temperature_max_c: float = wire("h", step=0.1, saturate=True)
    temperature_min_c: float = wire("h", step=0.1, saturate=True)
    cell_voltage_max_mv: int = wire("H", saturate=True, source=CUBIX)
    cell_voltage_min_mv: int = wire("H", saturate=True, source=CUBIX)


@dataclass(frozen=True, slots=True)
class SeplosPlaces:
    """0x371: where the extremes of 0x370 are: number in the pack, then number of the pack."""

    hottest_sensor: int = wire("B", saturate=True, source=CUBIX)
    hottest_pack: int = wire("B", saturate=True, source=CUBIX)
    coldest_sensor: int = wire("B", saturate=True, source=CUBIX)
    coldest_pack: int = wire("B", saturate=True, source=CUBIX)
    highest_cell: int = wire("B", saturate=True, source=CUBIX)
    highest_pack: int = wire("B", saturate=True, source=CUBIX)
    lowest_cell: int = wire("B", saturate=True, source=CUBIX)
    lowest_pack: int = wire("B", saturate=True, source=CUBIX)


def _measured(told: Told) -> SeplosMeasured | None:
    found = core.measured(told)
    if found is None:
        return None
    return SeplosMeasured(found.pack_voltage_v, found.pack_current_a, found.temperature_c, told.cycles or 0)


def _alarms(told: Told) -> SeplosAlarms | None:
    """0x359; left out while it is not known what is wrong."""
    if told.protections is None:
        return None
    told_by_alarms = (told.faults or frozenset()) & {Fault.INTERNAL_COMMUNICATION, Fault.CELL}
    alarms = spoken(SEPLOS_ALARM_BITS, told.alarms) | told_by_alarms
    online = sum(1 << pack - 1 for pack in told.online if 1 <= pack <= 8)
    return SeplosAlarms(core.protection_bits(told), alarms, told.modules, "PN", online)


def _ordered(told: Told) -> tuple[Extreme, Extreme, Extreme, Extreme] | None:
    hot, cold, high, low = told.hottest_c, told.coldest_c, told.cell_high_mv, told.cell_low_mv
    if hot is None or cold is None or high is None or low is None:
        return None
    return hot, cold, high, low


def _extremes(told: Told) -> SeplosExtremes | None:
    """0x370; left out while cells or temperatures are not known."""
    found = _ordered(told)
    if found is None:
        return None
    hot, cold, high, low = found
    return SeplosExtremes(hot.value, cold.value, round(high.value), round(low.value))


def _places(told: Told) -> SeplosPlaces | None:
    found = _ordered(told)
    return None if found is None else SeplosPlaces(*(part for each in found for part in (each.number, each.pack)))


def _table(options: CanOptions) -> CanTable:
    steps = core.measured_steps(options)
    name = core.name_teller(options.name or core.OWN_NAME)
    return CanTable(
        "SEPLOS's",
        (
            CanRow(0x351, "limits", layout(core.Limits, PAPER), tell=core.limits),
            CanRow(0x355, "charge", layout(core.Charge, PAPER), tell=core.fine_charge),
            CanRow(0x356, "measured", layout(SeplosMeasured, PAPER, steps), tell=_measured),
            CanRow(0x359, "alarms", layout(SeplosAlarms, PAPER), tell=_alarms),
            CanRow(0x35C, "requests", layout(core.Requests, PAPER), tell=core.requests),
            CanRow(0x370, "extremes", layout(SeplosExtremes, PAPER), tell=_extremes),
            CanRow(0x371, "places", layout(SeplosPlaces, PAPER), tell=_places),
            CanRow(0x35E, "name", layout(core.Name, PAPER), tell=name),
            core.keep_alive_row(PAPER),
        ),
        sizes=OURS,
    )


SEPLOS = CanProfile("SEPLOS", _table, LimitRules())

PARTS = parts(SEPLOS)
