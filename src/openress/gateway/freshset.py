"""What makes a reading of a rack complete and valid, so that limits may be built on it."""

from __future__ import annotations

from dataclasses import fields, replace
from math import isfinite
from typing import Any, TypeVar

from openress.model import Analog, Limits, RackSample

__all__ = ["Lack", "data_at_s", "is_fresh", "lacking", "present", "sound"]

Group = TypeVar("Group", Analog, Limits)

_NAMES = {group: [item.name for item in fields(group)] for group in (Analog, Limits)}


class Lack(tuple[str, ...]):
    """What is missing from a set, in words; empty for a set on which limits may start."""

    __slots__ = ()

    def __str__(self) -> str:
        return ", ".join(self)


def data_at_s(rack: RackSample) -> float | None:
    """When the oldest value was measured that the sum of `rack` rests on; `None` without a sum."""
    if rack.limits is None or rack.analog is None:
        return None
    return min(rack.limits.at_s, rack.analog.at_s)


def is_fresh(at_s: float | None, now_s: float, fresh_for_s: float) -> bool:
    """Whether something measured at `at_s` still holds; what lies in the future does not."""
    return at_s is not None and 0.0 <= now_s - at_s <= fresh_for_s


def present(rack: RackSample, now_s: float, fresh_for_s: float) -> int:
    """Packs that tell fresh values, or that are known to be off or asleep."""
    return sum(1 for pack in rack.packs if is_fresh(pack.at_s, now_s, fresh_for_s))


def lacking(rack: RackSample, now_s: float, *, fresh_for_s: float, expected: int) -> Lack:
    """What is missing from a complete valid set.

    Args:
        rack: the reading.
        now_s: the present.
        fresh_for_s: age up to which values hold.
        expected: packs that must be in it.
    """
    here = present(rack, now_s, fresh_for_s)
    if here < expected:
        return Lack([f"{expected - here} of {expected} packs"])
    if rack.limits is None or rack.analog is None:
        return Lack(["the limits and measured values of the rack"])
    if not is_fresh(data_at_s(rack), now_s, fresh_for_s):
        return Lack(["fresh values of the rack"])
    limits, analog = rack.limits, rack.analog
    needed = {
        "a charge voltage limit": limits.charge_voltage_limit_v,
        "a charge current limit": limits.charge_current_limit_a,
        "a discharge current limit": limits.discharge_current_limit_a,
        "a voltage": analog.pack_voltage_v,
        "a current": analog.pack_current_a,
        "a state of charge": analog.soc_pct,
    }
    return Lack([name for name, value in needed.items() if value is None])


def sound(rack: RackSample) -> RackSample:
    """The reading with every number that is none (NaN, infinite) made absent."""
    return replace(
        rack,
        packs=tuple(
            replace(
                pack,
                analog=None if pack.analog is None else _finite(pack.analog),
                limits=None if pack.limits is None else _finite(pack.limits),
            )
            for pack in rack.packs
        ),
        analog=None if rack.analog is None else _finite(rack.analog),
        limits=None if rack.limits is None else _finite(rack.limits),
    )


def _finite(group: Group) -> Group:
    wrong: dict[str, Any] = {}
    for name in _NAMES[type(group)]:
        value = getattr(group, name)
        numbers = value if isinstance(value, tuple) else (value,)
        if any(isinstance(number, float) and not isfinite(number) for number in numbers):
            wrong[name] = None
    return replace(group, **wrong) if wrong else group
