"""S18 and S19: a set of parameters that can be, and a write that is whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import NamedTuple

from openress.checker.breach import Breach
from openress.model import Limits

__all__ = ["disordered", "torn", "unguarded"]


class _Order(NamedTuple):
    """Values that must not fall in this order; `strict` names the steps that must rise."""

    keys: tuple[str, ...]
    strict: tuple[bool, ...]


_UP = True
_FLAT = False
_ORDERS = (
    # Over-voltage: release < alarm < protection. The guide prints it so for cell and pack.
    *(
        _Order((f"{what}_ov_release_{unit}", f"{what}_ov_alarm_{unit}", f"{what}_ov_protect_{unit}"), (_UP, _UP))
        for what, unit in (("cell", "mv"), ("pack", "v"))
    ),
    # Under-voltage: protection < alarm, protection < release; a release between the two is allowed (REQ-070).
    *(
        _Order((f"{what}_uv_protect_{unit}", f"{what}_uv_{end}_{unit}"), (_UP,))
        for what, unit in (("cell", "mv"), ("pack", "v"))
        for end in ("alarm", "release")
    ),
    # Over-temperature: release <= alarm < protection; the MOS row prints release = alarm = 90.
    *(
        _Order((f"{what}_ot_release_c", f"{what}_ot_alarm_c", f"{what}_ot_protect_c"), (_FLAT, _UP))
        for what in ("charge", "discharge", "mos", "env")
    ),
    # Under-temperature: mirrored.
    *(
        _Order((f"{what}_ut_protect_c", f"{what}_ut_alarm_c", f"{what}_ut_release_c"), (_UP, _FLAT))
        for what in ("charge", "discharge", "env")
    ),
    *(_Order((f"{what}_oc_alarm_a", f"{what}_oc_protect_a"), (_UP,)) for what in ("charge", "discharge")),
)
_HIGHEST = {
    # An LFP cell is charged to 3.65 V and no further; protections beyond 3.75 V protect nothing.
    "cell_ov_protect_mv": 3750,
    "charge_ot_protect_c": 65,
    "discharge_ot_protect_c": 70,
    "mos_ot_protect_c": 120,
}
_LOWEST = {"cell_uv_protect_mv": 2000, "charge_ut_protect_c": -5, "discharge_ut_protect_c": -35}
_CEILINGS = ("charge_voltage_limit_v", "charge_current_limit_a", "discharge_current_limit_a")
EPSILON = 1e-9


def disordered(values: Mapping[str, float], at_s: float) -> list[Breach]:
    """S18: what is wrong with a set of parameters that a pack has taken; keys it does not have are passed over."""
    wrong = [f"{key} is {value}." for key, value in values.items() if not isfinite(value)]
    wrong += [f"{key} is {values[key]:g}." for key in values if "_delay_" in key and values[key] < 0]
    for keys, strict in _ORDERS:
        for lower, upper, rises in zip(keys, keys[1:], strict, strict=False):
            if lower not in values or upper not in values:
                continue
            low, high = values[lower], values[upper]
            if not (low < high if rises else low <= high):
                wrong.append(f"{lower} of {low:g} is not below {upper} of {high:g}.")
    wrong += [
        f"{key} of {values[key]:g} is above {most:g}." for key, most in _HIGHEST.items() if _above(values, key, most)
    ]
    wrong += [
        f"{key} of {values[key]:g} is below {least:g}." for key, least in _LOWEST.items() if _below(values, key, least)
    ]
    return [Breach("S18", sentence, at_s) for sentence in wrong]


def torn(
    before: Mapping[str, float], wanted: Mapping[str, float], found: Mapping[str, float], at_s: float
) -> list[Breach]:
    """S19: what a pack holds after a write that ended, well or not, is the old set or the new one, not a mixture.

    Args:
        before: what it held.
        wanted: the same with what was to be written.
        found: what it holds now.
        at_s: the time.
    """
    changed = [key for key, value in wanted.items() if before.get(key) != value]
    written = [key for key in changed if found.get(key) == wanted[key]]
    kept = [key for key in changed if found.get(key) == before.get(key)]
    others = [key for key in before if key not in changed and found.get(key) != before[key]]
    breaches = [Breach("S19", f"{key} changed to {found.get(key)} and nobody asked for it.", at_s) for key in others]
    if len(written) == len(changed) or len(kept) == len(changed):
        return breaches
    half = ", ".join(sorted(set(changed) - set(written)))
    return [*breaches, Breach("S19", f"Only a part of the write is in the pack; missing: {half}.", at_s)]


def unguarded(old: Limits, new: Limits, told: Limits) -> list[Breach]:
    """S19 while a write is under way: what is told is within the limits of the old set and of the new one.

    Args:
        old: what would be told under the old set.
        new: under the new one.
        told: what is told.
    """
    breaches = []
    for name in _CEILINGS:
        allowed = [value for value in (getattr(old, name), getattr(new, name)) if value is not None]
        value = getattr(told, name)
        if value is not None and allowed and not value <= min(allowed) + EPSILON:
            breaches.append(Breach("S19", f"{name} is {value:g} during a write; {min(allowed):g} holds.", told.at_s))
    floors = [value for value in (old.discharge_voltage_limit_v, new.discharge_voltage_limit_v) if value is not None]
    value = told.discharge_voltage_limit_v
    if value is not None and floors and not value >= max(floors) - EPSILON:
        breaches.append(Breach("S19", f"discharge_voltage_limit_v is {value:g} during a write.", told.at_s))
    return breaches


def _above(values: Mapping[str, float], key: str, most: float) -> bool:
    return key in values and values[key] > most


def _below(values: Mapping[str, float], key: str, least: float) -> bool:
    return key in values and values[key] < least
