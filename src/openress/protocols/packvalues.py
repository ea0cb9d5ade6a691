"""A pack as values by key, and back: what register maps are filled from, and what they are read into."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from statistics import fmean
from typing import Any

from openress.model import Analog, Identity, Limits, PackSample, PackState, Status, Switches
from openress.model.history import Calendar
from openress.protocols.base import Value
from openress.protocols.present import in_order

__all__ = ["merged", "pack_values", "plain"]

_GROUPS: Mapping[str, type[Analog | Status | Limits | Identity]] = {
    "analog": Analog,
    "status": Status,
    "limits": Limits,
    "identity": Identity,
}
_FIELDS = {name: frozenset(item.name for item in fields(group)) - {"at_s"} for name, group in _GROUPS.items()}
_STANDING_A = 0.05
"""Below this magnitude of current a pack stands by, when it does not say its state itself."""


def pack_values(sample: PackSample, identity: Identity) -> dict[str, Any]:
    """Everything known of a pack, and what follows from it: extremes, averages, counts, the direction of current.

    Args:
        sample: the pack.
        identity: what it says of itself where its sample says nothing; the serial number is its own or none.
    """
    values: dict[str, Any] = {}
    own = sample.identity
    told = replace(identity, serial=None) if own is None else own
    for item in _FIELDS["identity"]:
        found = getattr(told, item)
        values[item] = getattr(identity, item) if found is None and item != "serial" else found
    for name in ("analog", "limits", "status"):
        group = getattr(sample, name)
        if group is not None:
            values |= {item: getattr(group, item) for item in _FIELDS[name]}
    switches = values.get("switches")
    if switches is not None:
        values["switches"] = {item.name: getattr(switches, item.name) for item in fields(Switches)}
    return values | _derived(sample, values)


def _derived(sample: PackSample, values: Mapping[str, Any]) -> dict[str, Any]:
    derived: dict[str, Any] = _direction(values)
    analog = sample.analog
    if analog is not None and analog.cell_voltages_mv:
        cells = analog.cell_voltages_mv
        derived |= {
            "cells_in_series": len(cells),
            "cell_voltage_min_mv": min(cells),
            "cell_voltage_max_mv": max(cells),
            "cell_voltage_average_mv": round(fmean(cells)),
            "cell_voltage_difference_mv": max(cells) - min(cells),
            "cell_voltage_max_cell": cells.index(max(cells)) + 1,
            "cell_voltage_min_cell": cells.index(min(cells)) + 1,
        }
    if analog is not None and analog.temperatures_c:
        warmth = analog.temperatures_c
        derived |= {
            "sensors": len(warmth),
            "temperature_min_c": min(warmth),
            "temperature_max_c": max(warmth),
            "temperature_average_c": fmean(warmth),
            "temperature_max_sensor": warmth.index(max(warmth)) + 1,
            "temperature_min_sensor": warmth.index(min(warmth)) + 1,
        }
    if values.get("balancing") is not None:
        derived["balancing_on"] = any(values["balancing"])
    return derived


def _direction(values: Mapping[str, Any]) -> dict[str, Any]:
    state, current = values.get("state"), values.get("pack_current_a")
    if state in (PackState.CHARGE, PackState.DISCHARGE):
        charging, discharging = state is PackState.CHARGE, state is PackState.DISCHARGE
    elif current is not None:
        charging, discharging = current > _STANDING_A, current < -_STANDING_A
    else:
        return {}
    return {"charging": charging, "discharging": discharging, "standing": not charging and not discharging}


def merged(sample: PackSample, values: Mapping[str, Any], now_s: float, *, opens: Collection[str] = ()) -> PackSample:
    """Add what a reply says to `sample`.

    A group (`analog`, `status`, `limits`, `identity`) that `opens` names begins anew, measured at `now_s`; a later
    reply completes it and does not make it younger. A group that the values say nothing of stays.
    """
    changes: dict[str, Any] = {}
    for name, group in _GROUPS.items():
        told = {item: values[item] for item in _FIELDS[name] if values.get(item) is not None}
        if name == "status":
            told |= _status(values)
        if "temperatures_c" in told:
            told["temperatures_c"] = tuple(warmth for warmth in told["temperatures_c"] if warmth is not None)
        if not told:
            continue
        before = getattr(sample, name)
        fresh = name in opens or before is None
        changes[name] = group(now_s, **told) if fresh else replace(before, **told)
    if "identity" in changes:
        changes["identity"] = replace(changes["identity"], at_s=now_s)
    return replace(sample, **changes)


def _status(values: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if values.get("switches") is not None:
        told["switches"] = Switches(**values["switches"])
    state = values.get("state")
    if state is None:
        if values.get("switched_off"):
            state = PackState.OFF
        elif values.get("charging"):
            state = PackState.CHARGE
        elif values.get("discharging"):
            state = PackState.DISCHARGE
        elif "charging" in values and "discharging" in values:
            state = PackState.STANDBY
    if state is not None:
        told["state"] = state
    return told


def plain(values: Mapping[str, Any]) -> dict[str, Value]:
    """The values as JSON can say them."""
    return {key: value if type(value) in _PLAIN else _plain(value) for key, value in values.items()}


_PLAIN = frozenset({int, float, str, bool})


def _plain(value: Any) -> Value:
    match value:
        case frozenset():
            return in_order(value)
        case tuple():
            return list(value)
        case Mapping():
            return {name: _plain(item) for name, item in value.items()}
        case PackState():
            return value.value
        case Calendar():
            return str(value)
        case _:
            found: Value = value
            return found
