"""Pylontech low-voltage CAN, V1.2 and the set that newer US5000 firmware sends ("V1.3").

11-bit identifiers, 500 kbit/s, low byte first, each frame once a second. Real packs differ in the number of data
bytes (0x351 with 6 or 8, 0x355 with 4 or 6), so whatever carries the needed bytes is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from openress.codec import DOWN, UP, Layout, dotted, flag, named_bits, text, wire
from openress.codec.canframe import CanFrame
from openress.errors import FrameError
from openress.model import Condition, Confidence, Fault, Source
from openress.protocols.base import Parts, Reading, Value
from openress.protocols.present import in_order, public

__all__ = ["FRAMES", "PARTS", "PylontechCanDecoder"]

V12 = Source("CAN-Bus-protocol-PYLON-low-voltage V1.2, 2018-04-08", Confidence.VENDOR)
US5000_OLD = Source("US5000 stack with older firmware, setfirelabs.com", Confidence.CAPTURE)
US5000_NEW = Source("US5000 stack with newer firmware, setfirelabs.com", Confidence.CAPTURE)
SMA = Source("SMA FSS-ConnectingBat-TI-en-10", Confidence.VENDOR)

_EXTRA = 8


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
    """0x355: state of charge and health."""

    soc_pct: int = wire("H", saturate=True)
    soh_pct: int = wire("H", saturate=True)
    soc_fine_pct: float | None = wire(
        "H", step=0.01, absent=0, optional=True, key="soc_pct", source=SMA, note="0 on new US5000 firmware: not used"
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """0x356: voltage, current, temperature."""

    pack_voltage_v: float = wire("h", step=0.01, saturate=True, source=US5000_OLD)
    pack_current_a: float = wire("h", step=0.1, saturate=True, note="+ charges")
    temperature_c: float = wire("h", step=0.1, saturate=True)


_OVER_CURRENT = (Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2)
_HOT = (Condition.CHARGE_OVER_TEMPERATURE, Condition.DISCHARGE_OVER_TEMPERATURE)
_COLD = (Condition.CHARGE_UNDER_TEMPERATURE, Condition.DISCHARGE_UNDER_TEMPERATURE)
_LOW = (Condition.CELL_UNDER_VOLTAGE, Condition.PACK_UNDER_VOLTAGE)
_HIGH = (Condition.CELL_OVER_VOLTAGE, Condition.PACK_OVER_VOLTAGE)


@dataclass(frozen=True, slots=True)
class Alarms:
    """0x359: protections in bytes 0 and 1, alarms in 2 and 3, number of modules, "PN"."""

    protections: frozenset[Condition | Fault] = named_bits(
        {7: _OVER_CURRENT, 4: _COLD, 3: _HOT, 2: _LOW, 1: _HIGH, 11: Fault.SYSTEM, 8: Condition.CHARGE_OVER_CURRENT},
        code="H",
        note="bit 1 is over-voltage since V1.1 of the document",
    )
    alarms: frozenset[Condition | Fault] = named_bits(
        {
            7: _OVER_CURRENT,
            4: _COLD,
            3: _HOT,
            2: _LOW,
            1: _HIGH,
            11: Fault.INTERNAL_COMMUNICATION,
            8: Condition.CHARGE_OVER_CURRENT,
        },
        code="H",
    )
    modules: int = wire("B", saturate=True)
    marker: str | None = text(2, key="", note='"PN"; without it Victron takes the battery for another make')


@dataclass(frozen=True, slots=True)
class Requests:
    """0x35C: what the battery asks for."""

    charge_enabled: bool = flag(7, "byte 0")
    discharge_enabled: bool = flag(6, "byte 0")
    force_charge_1: bool = flag(5, "byte 0", note="SOC 5-10 %; the pack may shut down and be woken")
    force_charge_2: bool = flag(4, "byte 0", note="SOC 9-13 %; recommended for inverters to obey")
    full_charge_request: bool = flag(3, "byte 0", note="not above 97 % for 30 days")


@dataclass(frozen=True, slots=True)
class Name:
    """0x35E: maker's name."""

    manufacturer: str | None = text(8)


class Signal(StrEnum):
    """Two bits of 0x35A."""

    UNKNOWN = "unknown"
    RAISED = "raised"
    CLEARED = "cleared"


_PAIRS: Mapping[int, Condition | Fault | tuple[Condition, ...]] = {
    1: (Condition.PACK_OVER_VOLTAGE, Condition.CELL_OVER_VOLTAGE),
    2: (Condition.PACK_UNDER_VOLTAGE, Condition.CELL_UNDER_VOLTAGE),
    3: Condition.DISCHARGE_OVER_TEMPERATURE,
    4: Condition.DISCHARGE_UNDER_TEMPERATURE,
    5: Condition.CHARGE_OVER_TEMPERATURE,
    6: Condition.CHARGE_UNDER_TEMPERATURE,
    7: (Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2),
    8: Condition.CHARGE_OVER_CURRENT,
    10: Condition.SHORT_CIRCUIT,
    11: Fault.INTERNAL_COMMUNICATION,
    12: Fault.CELL_IMBALANCE,
}
"""0x35A: pair number, counted from bit 0 of its half, -> meaning. Pair value 1 is raised, 2 is cleared, 0 and 3 say
nothing (SMA, and every capture with information in it)."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """0x35A: protections in the low half, alarms in the high half, two bits each."""

    protection_pairs: int = wire("I", key="")
    alarm_pairs: int = wire("I", key="")


@dataclass(frozen=True, slots=True)
class Information:
    """0x35F: type, version and capacity."""

    battery_type: str | None = text(2)
    software_version: str = dotted(2, note="high byte first")
    full_ah: int = wire("H", saturate=True, note="installed capacity")
    tail: int | None = wire("H", key="", optional=True, note="170 on a US5000; meaning not known")


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """0x305: the inverter is there; eight zero bytes."""

    payload: int | None = wire("B", key="", optional=True)


FRAMES: dict[int, tuple[str, Layout[Any]]] = {
    0x305: ("keep_alive", Layout(KeepAlive, byte_order="<", source=V12, extra=_EXTRA)),
    0x351: ("limits", Layout(Limits, byte_order="<", source=V12, extra=_EXTRA)),
    0x355: ("charge", Layout(Charge, byte_order="<", source=V12, extra=_EXTRA)),
    0x356: ("measured", Layout(Measured, byte_order="<", source=V12, extra=_EXTRA)),
    0x359: ("alarms", Layout(Alarms, byte_order="<", source=V12, extra=_EXTRA)),
    0x35A: ("alarm_pairs", Layout(Pairs, byte_order="<", source=US5000_NEW, extra=_EXTRA)),
    0x35C: ("requests", Layout(Requests, byte_order="<", source=V12, extra=_EXTRA)),
    0x35E: ("name", Layout(Name, byte_order="<", source=V12, extra=_EXTRA)),
    0x35F: ("information", Layout(Information, byte_order="<", source=US5000_NEW, extra=_EXTRA)),
}
"""Identifier -> kind and layout; no other identifier is Pylontech's."""


def _signals(pairs: int) -> dict[int, Signal]:
    codes = {0b01: Signal.RAISED, 0b10: Signal.CLEARED}
    return {pair: codes.get(pairs >> 2 * pair & 0b11, Signal.UNKNOWN) for pair in _PAIRS}


def _half(pairs: int) -> tuple[list[Value], list[Value]] | None:
    """Conditions and faults raised in one half of 0x35A; `None` when it gives no information at all."""
    signals = _signals(pairs)
    if all(signal is Signal.UNKNOWN for signal in signals.values()):
        return None
    raised: set[Condition | Fault] = set()
    for pair, signal in signals.items():
        if signal is Signal.RAISED:
            meaning = _PAIRS[pair]
            raised.update(meaning if isinstance(meaning, tuple) else (meaning,))
    conditions = in_order(member for member in raised if isinstance(member, Condition))
    return conditions, in_order(member for member in raised if isinstance(member, Fault))


def _pair_values(frame: Pairs) -> dict[str, Value]:
    values: dict[str, Value] = {}
    faults: list[Value] | None = None
    for key, pairs in (("protections", frame.protection_pairs), ("alarms", frame.alarm_pairs)):
        half = _half(pairs)
        if half is not None:
            values[key] = half[0]
            faults = (faults or []) + [fault for fault in half[1] if fault not in (faults or [])]
    return values if faults is None else values | {"faults": faults}


class PylontechCanDecoder:
    """Reader of one frame at a time; each frame explains itself."""

    def read(self, frame: CanFrame) -> Reading:
        """Read one frame.

        Raises:
            FrameError: not an identifier of Pylontech's, or too few bytes.
        """
        if frame.extended or frame.id not in FRAMES:
            known = ", ".join(f"{identifier:03X}" for identifier in FRAMES)
            raise FrameError(f"identifier {frame.id:03X} is not Pylontech's; known are {known}", at=0)
        kind, layout = FRAMES[frame.id]
        content = layout.decode(frame.data)
        values = _pair_values(content) if isinstance(content, Pairs) else public(layout, content)
        return Reading(kind, {"id": f"{frame.id:03X}", **values})


PARTS = Parts(can_decoder=PylontechCanDecoder)
