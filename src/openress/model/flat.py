"""Packs and racks as JSON: one flat object for each, under keys that never change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any

from openress.model.freshness import FRESH_AT_LEAST_S, Freshness, freshness
from openress.model.lamp import Lamps
from openress.model.limits import Limits
from openress.model.pack import Analog, Identity, PackSample, Status, Switches
from openress.model.rack import RackSample
from openress.model.reason import Reason

__all__ = ["pack_json", "rack_json"]

_DECIMALS = {"_v": 3, "_a": 2, "_pct": 1, "_ah": 3, "_c": 1, "_s": 1}
_EXTREMES = ("cell_voltage_min_mv", "cell_voltage_max_mv", "temperature_min_c", "temperature_max_c")


def pack_json(sample: PackSample, now_s: float, *, fresh_for_s: float = FRESH_AT_LEAST_S) -> dict[str, Any]:
    """A pack under the public keys; what is not known has no key.

    `age_s` is the age of the oldest group that control relies on, `freshness` what may be done with it.
    """
    values: dict[str, Any] = {"pack": sample.pack}
    for group in (sample.identity, sample.analog, sample.limits, sample.status):
        if group is not None:
            values |= _group(group)
    if sample.analog is not None:
        values |= {name: _plain(name, getattr(sample.analog, name)) for name in _EXTREMES}
    if sample.at_s is not None:
        values["age_s"] = round(now_s - sample.at_s, 1)
    found = freshness(sample.at_s, now_s, fresh_for_s=fresh_for_s)
    values["freshness"] = Freshness.ASLEEP.value if sample.asleep and found is Freshness.FRESH else found.value
    return _known(values)


def rack_json(rack: RackSample, now_s: float, *, fresh_for_s: float = FRESH_AT_LEAST_S) -> dict[str, Any]:
    """A rack under the public keys, its packs under `packs`."""
    values: dict[str, Any] = {"modules": len(rack.packs)}
    for group in (rack.analog, rack.limits, rack.status):
        if group is not None:
            values |= _group(group)
    analogs = [sample.analog for sample in rack.packs if sample.analog is not None]
    for name in _EXTREMES:
        found = [value for value in (getattr(analog, name) for analog in analogs) if value is not None]
        if found:
            values[name] = _plain(name, min(found) if "_min_" in name else max(found))
    values["packs"] = [pack_json(sample, now_s, fresh_for_s=fresh_for_s) for sample in rack.packs]
    return _known(values)


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _group(group: Analog | Status | Limits | Identity) -> dict[str, Any]:
    return {item.name: _plain(item.name, getattr(group, item.name)) for item in fields(group) if item.name != "at_s"}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Switches | Lamps | Reason):
        parts = _known({item.name: _plain(item.name, getattr(value, item.name)) for item in fields(value)})
        return {key: part for key, part in parts.items() if part != []}
    if isinstance(value, frozenset):
        return sorted(member.value for member in value)
    if isinstance(value, tuple):
        return [_plain(name, item) for item in value]
    if isinstance(value, float):
        return round(value, next((n for suffix, n in _DECIMALS.items() if name.endswith(suffix)), 6))
    return value
