"""Victron BMS-Can: what a GX device reads of a managed battery, and what it sends.

11-bit identifiers, 500 kbit/s (BMS-Can) or 250 kbit/s (VE.Can), low byte first, each frame once a second; the GX is
said to stop when 0x351 is missing for 3 s. It is never told a charge voltage of 0, which would make it empty the
battery: while charging is blocked the charge voltage goes down to the rack's own, beside a current of 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from openress.codec import DOWN, dotted, named_pairs, text, wire
from openress.model import Condition, Confidence, Fault, Source
from openress.protocols.base import Direction, Value
from openress.protocols.canbus import CanOptions, InverterView
from openress.protocols.inverter import core
from openress.protocols.inverter.alarms import ALARM_PAIRS
from openress.protocols.inverter.core import BYD, layout
from openress.protocols.inverter.machine import CanProfile, parts
from openress.protocols.inverter.table import CanRow, CanTable
from openress.protocols.inverter.told import Extreme, LimitRules, Told

__all__ = ["PARTS", "VICTRON"]

VICTRON_TABLE = Source("Victron's table of 0x35A, wiki page of 2021-04-17", Confidence.VENDOR)
SEPLOS_ON_VENUS = Source("Seplos BMS on Venus OS, syssi/esphome-virtual-can-bms issue 3", Confidence.CAPTURE)
REC = Source("REC Q BMS with Victron firmware, natecostello", Confidence.CAPTURE)
GX = Source("Venus OS, dfch/BydCanProtocol", Confidence.CAPTURE)
OPENDTU = Source("OpenDTU-OnBattery", Confidence.OPEN)

T = TypeVar("T")

KELVIN = 273
"""0 degrees Celsius in 0x373; a capture shows 283 beside 10.8 to 11.3."""

_ONLINE = 0b10 << 2 * 13


@dataclass(frozen=True, slots=True)
class VictronPairs:
    """0x35A: alarms in the low half, warnings in the high half, two bits each."""

    protections: frozenset[Condition | Fault] | None = named_pairs(
        ALARM_PAIRS, note="Venus OS does not show the pairs 0, 9 and 10"
    )
    alarms: frozenset[Condition | Fault] | None = named_pairs(
        ALARM_PAIRS, always=_ONLINE, note="pair 13 is always sent as 2: the system is online"
    )


@dataclass(frozen=True, slots=True)
class VictronInformation:
    """0x35F: type, version and capacity."""

    battery_type: str | None = text(2, printable=True)
    software_version: str = dotted(2, note="high byte first; BYD means hexadecimal digits, others decimal numbers")
    available_ah: float = wire("H", saturate=True, rounding=DOWN, note="some send the installed capacity")
    hardware: int | None = wire("H", key="", optional=True, note="not used")


@dataclass(frozen=True, slots=True)
class ForceCharge:
    """0x360: request to charge now."""

    request: int = wire("B", key="", note="FF asks, 00 does not")


@dataclass(frozen=True, slots=True)
class Modules:
    """0x372: packs of the rack."""

    modules: int = wire("H", saturate=True)
    modules_blocking_charge: int = wire("H", saturate=True)
    modules_blocking_discharge: int = wire("H", saturate=True)
    modules_offline: int = wire("H", saturate=True)


@dataclass(frozen=True, slots=True)
class Extremes:
    """0x373: lowest and highest cell, coldest and hottest sensor."""

    cell_voltage_min_mv: int = wire("H", saturate=True)
    cell_voltage_max_mv: int = wire("H", saturate=True)
    temperature_min_c: float = wire("H", zero=KELVIN, saturate=True, note="whole kelvin")
    temperature_max_c: float = wire("H", zero=KELVIN, saturate=True, note="whole kelvin")


@dataclass(frozen=True, slots=True)
class LowCell:
    """0x374: where the lowest cell is."""

    cell_voltage_min_at: str | None = text(8, printable=True, note="free; ours is pack.cell")


@dataclass(frozen=True, slots=True)
class HighCell:
    """0x375: where the highest cell is."""

    cell_voltage_max_at: str | None = text(8, printable=True)


@dataclass(frozen=True, slots=True)
class Coldest:
    """0x376: where it is coldest."""

    temperature_min_at: str | None = text(8, printable=True)


@dataclass(frozen=True, slots=True)
class Hottest:
    """0x377: where it is hottest."""

    temperature_max_at: str | None = text(8, printable=True)


@dataclass(frozen=True, slots=True)
class Energies:
    """0x378: energy that ever went in and out."""

    charged_kwh: float = wire("I", step=0.1, note="0.01 kWh by MG's guide")
    discharged_kwh: float = wire("I", step=0.1)


@dataclass(frozen=True, slots=True)
class Installed:
    """0x379: installed capacity."""

    full_ah: float = wire("H", saturate=True, rounding=DOWN)


@dataclass(frozen=True, slots=True)
class NameStart:
    """0x370: name of the BMS, first half."""

    name_start: str | None = text(8, printable=True)


@dataclass(frozen=True, slots=True)
class NameEnd:
    """0x371: name of the BMS, second half."""

    name_end: str | None = text(8, printable=True)


@dataclass(frozen=True, slots=True)
class SerialStart:
    """0x380: serial number, first half."""

    serial_start: str | None = text(8, printable=True)


@dataclass(frozen=True, slots=True)
class SerialEnd:
    """0x381: serial number, second half."""

    serial_end: str | None = text(8, printable=True)


@dataclass(frozen=True, slots=True)
class Product:
    """0x382: name of the product."""

    product: str | None = text(8, printable=True)


@dataclass(frozen=True, slots=True)
class Zeros:
    """A frame whose bytes have always been 0."""

    payload: int | None = wire("B", key="", optional=True)


@dataclass(frozen=True, slots=True)
class Identification:
    """0x307: the GX says what it is."""

    number: int = wire("I", key="", note="12 34 56 78 on the wire")
    identification: str | None = text(3, note='"VIC"')


def _pairs(told: Told) -> VictronPairs:
    found = core.pairs(told)
    return VictronPairs(found.protections, found.alarms)


def _information(told: Told) -> VictronInformation | None:
    """0x35F; left out while it is not known what is available."""
    return None if told.remaining_ah is None else VictronInformation("Li", "1.0", told.remaining_ah, 0)


def _force_charge(told: Told) -> ForceCharge:
    return ForceCharge(0xFF if told.force_charge else 0)


def _modules(told: Told) -> Modules:
    return Modules(told.modules, told.blocking_charge, told.blocking_discharge, told.offline)


def _extremes(told: Told) -> Extremes | None:
    """0x373; left out while cells or temperatures are not known."""
    low, high, cold, hot = told.cell_low_mv, told.cell_high_mv, told.coldest_c, told.hottest_c
    if low is None or high is None or cold is None or hot is None:
        return None
    return Extremes(round(low.value), round(high.value), cold.value, hot.value)


def _at(frame: Callable[[str], T], extreme: Extreme | None) -> T | None:
    return None if extreme is None else frame(str(extreme))


def _forced(frame: ForceCharge) -> Mapping[str, Value]:
    return {"force_charge": frame.request != 0}


def _installed(told: Told) -> Installed | None:
    return None if told.installed_ah is None else Installed(told.installed_ah)


def _product(told: Told) -> Product | None:
    return None if told.model is None else Product(_latin(told.model))


def _latin(name: str) -> str:
    return name.encode("ascii", "replace").decode()[:8]


def _present(view: InverterView) -> Zeros | None:
    """0x306, which a GX sends once there is a battery."""
    return None if view.limits is None else Zeros(0)


def _table(options: CanOptions) -> CanTable:
    name = core.name_teller(options.name or core.OWN_NAME)
    return CanTable(
        "Victron's",
        (
            CanRow(
                0x351, "limits", layout(core.Limits, BYD), tell=core.limits, note="Venus OS does not use the cut-off"
            ),
            CanRow(0x35A, "alarm_pairs", layout(VictronPairs, VICTRON_TABLE), tell=_pairs),
            CanRow(0x355, "charge", layout(core.Charge, BYD), 6, tell=core.fine_charge),
            CanRow(0x356, "measured", core.measured_layout(BYD, options), 6, tell=core.measured),
            CanRow(0x360, "force_charge", layout(ForceCharge, OPENDTU), tell=_force_charge, more=_forced),
            CanRow(0x372, "modules", layout(Modules, BYD), tell=_modules),
            CanRow(0x373, "extremes", layout(Extremes, BYD), tell=_extremes),
            CanRow(0x374, "low_cell", layout(LowCell, BYD), tell=lambda t: _at(LowCell, t.cell_low_mv)),
            CanRow(0x375, "high_cell", layout(HighCell, BYD), tell=lambda t: _at(HighCell, t.cell_high_mv)),
            CanRow(0x376, "coldest", layout(Coldest, BYD), tell=lambda t: _at(Coldest, t.coldest_c)),
            CanRow(0x377, "hottest", layout(Hottest, BYD), tell=lambda t: _at(Hottest, t.hottest_c)),
            CanRow(0x379, "installed", layout(Installed, BYD), tell=_installed),
            CanRow(0x35E, "name", layout(core.Name, BYD), tell=name),
            CanRow(0x35F, "information", layout(VictronInformation, BYD), tell=_information),
            CanRow(0x382, "product", layout(Product, BYD), tell=_product),
            CanRow(0x35B, "zeros", layout(Zeros, BYD)),
            CanRow(0x370, "name_start", layout(NameStart, SEPLOS_ON_VENUS)),
            CanRow(0x371, "name_end", layout(NameEnd, SEPLOS_ON_VENUS)),
            CanRow(0x378, "energies", layout(Energies, BYD)),
            CanRow(0x380, "serial_start", layout(SerialStart, REC)),
            CanRow(0x381, "serial_end", layout(SerialEnd, REC)),
            core.keep_alive_row(GX),
            CanRow(
                0x307,
                "identification",
                layout(Identification, GX),
                sender=Direction.TO_BATTERY,
                say=lambda _view: Identification(0x78563412, "VIC"),
            ),
            CanRow(0x306, "present", layout(Zeros, GX), sender=Direction.TO_BATTERY, say=_present),
        ),
        sizes=REC,
    )


VICTRON = CanProfile("Victron", _table, LimitRules(hold_cvl=True))

PARTS = parts(VICTRON)
