"""Which bit of an inverter dialect stands for which of our conditions and faults, in the 0x35x family.

Dialects know fewer names than we do. Read, a coarse bit raises everything that it may mean; sent, what has no bit of
its own raises its nearest.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from openress.model import Condition, Fault

__all__ = ["ALARM_BITS", "ALARM_PAIRS", "PROTECTION_BITS", "Bits", "spoken"]

Bits = Mapping[int, StrEnum | tuple[StrEnum, ...]]

_OVER_CURRENT = (Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2)
_HOT = (Condition.CHARGE_OVER_TEMPERATURE, Condition.DISCHARGE_OVER_TEMPERATURE)
_COLD = (Condition.CHARGE_UNDER_TEMPERATURE, Condition.DISCHARGE_UNDER_TEMPERATURE)
_LOW = (Condition.CELL_UNDER_VOLTAGE, Condition.PACK_UNDER_VOLTAGE)
_HIGH = (Condition.CELL_OVER_VOLTAGE, Condition.PACK_OVER_VOLTAGE)

_COMMON: Bits = {
    7: _OVER_CURRENT,
    4: _COLD,
    3: _HOT,
    2: _LOW,
    1: _HIGH,
    8: Condition.CHARGE_OVER_CURRENT,
}
PROTECTION_BITS: Bits = {**_COMMON, 11: Fault.SYSTEM}
"""0x359 bytes 0 and 1, bit 0 the lowest of byte 0. Bit 1 is over-voltage since V1.1 of Pylontech's document; system
error is bit 3 of byte 1, charge over-current bit 0: emulators that set bit 7 there are wrong."""
ALARM_BITS: Bits = {**_COMMON, 11: Fault.INTERNAL_COMMUNICATION}
"""0x359 bytes 2 and 3."""

ALARM_PAIRS: Bits = {
    0: Fault.SYSTEM,
    1: (Condition.PACK_OVER_VOLTAGE, Condition.CELL_OVER_VOLTAGE),
    2: (Condition.PACK_UNDER_VOLTAGE, Condition.CELL_UNDER_VOLTAGE),
    3: Condition.DISCHARGE_OVER_TEMPERATURE,
    4: Condition.DISCHARGE_UNDER_TEMPERATURE,
    5: Condition.CHARGE_OVER_TEMPERATURE,
    6: Condition.CHARGE_UNDER_TEMPERATURE,
    7: (Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2),
    8: Condition.CHARGE_OVER_CURRENT,
    9: (Fault.CHARGE_SWITCH, Fault.DISCHARGE_SWITCH),
    10: Condition.SHORT_CIRCUIT,
    11: Fault.INTERNAL_COMMUNICATION,
    12: Fault.CELL_IMBALANCE,
}
"""0x35A: pair number, counted from bit 0 of its half, -> meaning: general, high and low voltage, high and low
temperature, the same while charging, high current, contactor, short circuit, the BMS itself, imbalance (SMA)."""

_COMPANIONS: Mapping[Condition, Condition] = {
    Condition.MOS_OVER_TEMPERATURE: Condition.DISCHARGE_OVER_TEMPERATURE,
    Condition.AMBIENT_OVER_TEMPERATURE: Condition.DISCHARGE_OVER_TEMPERATURE,
    Condition.AMBIENT_UNDER_TEMPERATURE: Condition.DISCHARGE_UNDER_TEMPERATURE,
    # Venus OS does not show the pair for a short circuit (Victron's table of 2021-04-17).
    Condition.SHORT_CIRCUIT: Condition.DISCHARGE_OVER_CURRENT,
}
"""What is raised beside a condition that a dialect may have no bit for."""


def spoken(
    bits: Bits,
    conditions: frozenset[Condition] | None,
    faults: frozenset[Fault] | None = None,
    *,
    beside: frozenset[Fault] = frozenset({Fault.SYSTEM}),
) -> frozenset[Condition | Fault]:
    """Of what is wrong, the names that `bits` can say; what has no bit of its own is told by its nearest.

    Any fault raises those of `beside` too, except an imbalance that has a bit.
    """
    has = {name for names in bits.values() for name in (names if isinstance(names, tuple) else (names,))}
    found: set[Condition | Fault] = set()
    for condition in conditions or ():
        found |= {condition, _COMPANIONS.get(condition, condition)}
    for fault in faults or ():
        own = fault is Fault.CELL_IMBALANCE and fault in has
        found |= {fault} if own else {fault, *beside}
    return frozenset(name for name in found if name in has)
