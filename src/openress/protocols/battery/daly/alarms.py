"""Between the alarm bits of a Daly pack and the project's conditions."""

from __future__ import annotations

from collections.abc import Mapping

from openress.errors import FrameError
from openress.model import Condition, Fault
from openress.protocols.battery.daly.frames import ALARM_BITS, DATA, Level

__all__ = ["Wrong", "alarm_bytes", "wrong"]

Wrong = dict[Level, frozenset[Condition | Fault]]
"""What is wrong, by level."""

_HOT = frozenset({Condition.CHARGE_OVER_TEMPERATURE, Condition.DISCHARGE_OVER_TEMPERATURE})
_COLD = frozenset({Condition.CHARGE_UNDER_TEMPERATURE, Condition.DISCHARGE_UNDER_TEMPERATURE})
_NEAREST = {Condition.AMBIENT_OVER_TEMPERATURE: _HOT, Condition.AMBIENT_UNDER_TEMPERATURE: _COLD}
_NEAREST_PROTECTION = {**_NEAREST, Condition.MOS_OVER_TEMPERATURE: _HOT}
"""What stands for a condition without a bit of its own, so that a pack in trouble never looks well."""


def wrong(data: bytes) -> Wrong:
    """What the eight bytes of 98 say.

    Raises:
        FrameError: other than eight bytes.
    """
    if len(data) != DATA:
        raise FrameError(f"98 has {DATA} bytes, not {len(data)}", at=0)
    found: dict[Level, set[Condition | Fault]] = {level: set() for level in Level}
    for row in ALARM_BITS:
        if data[row.byte] >> row.bit & 1:
            found[row.level].update(row.members)
    return {level: frozenset(members) for level, members in found.items()}


def alarm_bytes(alarms: frozenset[Condition], protections: frozenset[Condition], faults: frozenset[Fault]) -> bytes:
    """The eight bytes of 98. A condition without a bit is told as its nearest, a fault without one as the system's."""
    active: dict[Level, frozenset[Condition | Fault]] = {
        Level.ALARM: _told(alarms, _NEAREST),
        Level.PROTECTION: _told(protections, _NEAREST_PROTECTION),
        Level.FAULT: frozenset(fault if fault in _FAULTS else Fault.SYSTEM for fault in faults),
    }
    data = bytearray(DATA)
    for row in ALARM_BITS:
        if not active[row.level].isdisjoint(row.members):
            data[row.byte] |= 1 << row.bit
    return bytes(data)


_FAULTS = frozenset(member for row in ALARM_BITS if row.level is Level.FAULT for member in row.members)


def _told(conditions: frozenset[Condition], nearest: Mapping[Condition, frozenset[Condition]]) -> frozenset[Condition]:
    told: set[Condition] = set()
    for condition in conditions:
        told |= nearest.get(condition, {condition})
    return frozenset(told)
