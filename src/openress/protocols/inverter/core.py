"""Frames that the 0x35x family shares: Pylontech, Victron, SMA, Sol-Ark, Deye, Luxpower, SEPLOS.

11-bit identifiers, low byte first. What each dialect does with them, and how many bytes it sends, stands in its own
table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from openress.codec import DOWN, UP, Layout, dotted, flag, named_bits, named_pairs, text, wire
from openress.model import Condition, Confidence, Fault, Source
from openress.protocols.base import Direction
from openress.protocols.canbus import CanOptions, InverterView
from openress.protocols.inverter.alarms import ALARM_BITS, ALARM_PAIRS, PROTECTION_BITS, spoken
from openress.protocols.inverter.table import CanRow
from openress.protocols.inverter.told import Told

__all__ = [
    "BYD",
    "OWN_NAME",
    "PYLONTECH_V12",
    "SMA_PAPER",
    "SOH_FILL_PCT",
    "US5000_NEW",
    "US5000_OLD",
    "AlarmBits",
    "Charge",
    "Information",
    "KeepAlive",
    "Limits",
    "Measured",
    "Name",
    "Pairs",
    "Requests",
    "alarm_bits",
    "charge",
    "fine_charge",
    "keep_alive",
    "keep_alive_row",
    "layout",
    "limits",
    "measured",
    "measured_layout",
    "measured_steps",
    "name_teller",
    "pairs",
    "protection_bits",
    "requests",
    "warning_bits",
]

PYLONTECH_V12 = Source("CAN-Bus-protocol-PYLON-low-voltage V1.2, 2018-04-08", Confidence.VENDOR)
US5000_OLD = Source("US5000 stack with older firmware, setfirelabs.com", Confidence.CAPTURE)
US5000_NEW = Source("US5000 stack with newer firmware, setfirelabs.com", Confidence.CAPTURE)
SMA_PAPER = Source("SMA FSS-ConnectingBat-TI-en-10", Confidence.VENDOR)
BYD = Source("BYD Battery-Box Premium LVS on Venus OS, dfch/BydCanProtocol", Confidence.CAPTURE)

T = TypeVar("T")

OWN_NAME = "OpenRESS"
"""Told as the maker's name where no document asks for another."""

SOH_FILL_PCT = 100.0
"""Told when the state of health is not known and the dialect has no mark for that: SMA's default."""


@dataclass(frozen=True, slots=True)
class Limits:
    """0x351: what the inverter may do now."""

    charge_voltage_limit_v: float = wire("H", step=0.1, saturate=True, rounding=DOWN)
    charge_current_limit_a: float = wire("h", step=0.1, saturate=True, rounding=DOWN)
    discharge_current_limit_a: float = wire("h", step=0.1, saturate=True, rounding=DOWN, note="positive")
    discharge_voltage_limit_v: float | None = wire(
        "H", step=0.1, saturate=True, rounding=UP, optional=True, source=US5000_OLD, note="not in the document's text"
    )


@dataclass(frozen=True, slots=True)
class Charge:
    """0x355: state of charge and health, the first of them also in hundredths."""

    soc_pct: float = wire("H", saturate=True)
    soh_pct: float = wire("H", saturate=True)
    soc_fine_pct: float | None = wire(
        "H", step=0.01, absent=0, optional=True, key="soc_pct", source=SMA_PAPER, note="0: not used"
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """0x356: voltage, current, temperature."""

    pack_voltage_v: float = wire("h", step=0.01, saturate=True, source=US5000_OLD, note="0.1 V by some documents")
    pack_current_a: float = wire("h", step=0.1, saturate=True, source=BYD, note="+ charges; some makers turn it round")
    temperature_c: float = wire("h", step=0.1, saturate=True)


@dataclass(frozen=True, slots=True)
class AlarmBits:
    """0x359: protections in bytes 0 and 1, alarms in 2 and 3, number of modules, "PN"."""

    protections: frozenset[Condition | Fault] = named_bits(
        PROTECTION_BITS, code="H", note="bit 1 is over-voltage since V1.1 of the document"
    )
    alarms: frozenset[Condition | Fault] = named_bits(ALARM_BITS, code="H")
    modules: int = wire("B", saturate=True)
    marker: str | None = text(2, key="", note='"PN"; without it Victron takes the battery for another make')


@dataclass(frozen=True, slots=True)
class Pairs:
    """0x35A: what stops the inverter in the low half, what it only notes in the high half, two bits each."""

    protections: frozenset[Condition | Fault] | None = named_pairs(ALARM_PAIRS)
    alarms: frozenset[Condition | Fault] | None = named_pairs(ALARM_PAIRS)


@dataclass(frozen=True, slots=True)
class Requests:
    """0x35C: what the battery permits and asks for."""

    charge_enabled: bool = flag(7, "byte 0")
    discharge_enabled: bool = flag(6, "byte 0")
    force_charge_1: bool = flag(5, "byte 0", note="SOC 5-10 %; the pack may shut down and be woken")
    force_charge_2: bool = flag(4, "byte 0", note="SOC 9-13 %; recommended for inverters to obey")
    full_charge_request: bool = flag(3, "byte 0", note="not above 97 % for 30 days")


@dataclass(frozen=True, slots=True)
class Name:
    """0x35E: maker's name."""

    manufacturer: str | None = text(8, printable=True)


@dataclass(frozen=True, slots=True)
class Information:
    """0x35F: type, version and capacity."""

    battery_type: str | None = text(2, printable=True)
    software_version: str = dotted(2, note="high byte first; BYD means hexadecimal digits, others decimal numbers")
    full_ah: float = wire("H", saturate=True, rounding=DOWN, note="installed capacity")
    tail: int | None = wire("H", key="", optional=True, note="170 on a US5000; meaning not known; sent as 0")


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """0x305: the inverter is there; eight zero bytes."""

    payload: int | None = wire("B", key="", optional=True)


def layout(frame: type[T], source: Source, steps: Mapping[str, float] | None = None) -> Layout[T]:
    """The layout of a frame of the family; whoever pads it is read as well."""
    return Layout(frame, byte_order="<", source=source, extra=8, steps=steps)


def measured_steps(options: CanOptions) -> Mapping[str, float]:
    """Units of 0x356 by the options; 0.01 V and + charges without them."""
    return {
        "pack_voltage_v": options.voltage_step_v or 0.01,
        "pack_current_a": -0.1 if options.current_reversed else 0.1,
    }


def measured_layout(source: Source, options: CanOptions) -> Layout[Measured]:
    """0x356 in the units of the options."""
    return layout(Measured, source, measured_steps(options))


def limits(told: Told) -> Limits:
    """0x351 of a rack."""
    found = told.limits
    return Limits(found.cvl_v, found.ccl_a, found.dcl_a, found.dvl_v)


def charge(told: Told) -> Charge | None:
    """0x355 without hundredths; left out while the state of charge is not known."""
    return None if told.soc_pct is None else Charge(told.soc_pct, _soh(told), None)


def fine_charge(told: Told) -> Charge | None:
    """0x355 with hundredths; left out while the state of charge is not known."""
    if told.soc_pct is None:
        return None
    # Less than one count would be the mark for "not used", which says 0 % as well.
    return Charge(told.soc_pct, _soh(told), told.soc_pct if round(100 * told.soc_pct) else None)


def _soh(told: Told) -> float:
    return SOH_FILL_PCT if told.soh_pct is None else told.soh_pct


def measured(told: Told) -> Measured | None:
    """0x356; left out while any of its values is not known."""
    if told.voltage_v is None or told.current_a is None or told.temperature_c is None:
        return None
    return Measured(told.voltage_v, told.current_a, told.temperature_c)


def alarm_bits(told: Told) -> AlarmBits | None:
    """0x359; left out while it is not known what is wrong: its zeros would say that all is well."""
    if told.protections is None:
        return None
    return AlarmBits(protection_bits(told), warning_bits(told), told.modules, "PN")


def protection_bits(told: Told) -> frozenset[Condition | Fault]:
    """Bytes 0 and 1 of 0x359."""
    return spoken(PROTECTION_BITS, told.protections, told.faults)


def warning_bits(told: Told) -> frozenset[Condition | Fault]:
    """Bytes 2 and 3 of 0x359."""
    link = (told.faults or frozenset()) & {Fault.INTERNAL_COMMUNICATION}
    return spoken(ALARM_BITS, told.alarms, link)


_SHOWN = frozenset({Fault.SYSTEM, Fault.INTERNAL_COMMUNICATION})
"""Venus OS does not show the general pair (Victron's table of 2021-04-17), so the battery itself is named too."""


def pairs(told: Told) -> Pairs:
    """0x35A; a half of which nothing is known says nothing."""
    known = told.protections is not None
    return Pairs(
        spoken(ALARM_PAIRS, told.protections, told.faults, beside=_SHOWN) if known else None,
        None if told.alarms is None else spoken(ALARM_PAIRS, told.alarms),
    )


def requests(told: Told) -> Requests:
    """0x35C of a rack; whoever obeys either request to charge is served."""
    permitted = told.limits
    return Requests(permitted.charge, permitted.discharge, told.force_charge, told.force_charge, told.full_charge)


def name_teller(name: str) -> Callable[[Told], Name]:
    """0x35E with a name that stays."""
    return lambda _told: Name(name)


def keep_alive(_view: InverterView) -> KeepAlive:
    """0x305 of an inverter."""
    return KeepAlive(0)


def keep_alive_row(source: Source, *, after: int | None = None) -> CanRow:
    """0x305 of an inverter, every second or when the identifier `after` has come."""
    return CanRow(
        0x305, "keep_alive", layout(KeepAlive, source), sender=Direction.TO_BATTERY, say=keep_alive, after=after
    )
