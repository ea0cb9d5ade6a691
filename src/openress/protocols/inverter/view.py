"""How an inverter's view of its battery grows with every frame that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from openress.model import Condition, Fault
from openress.protocols.base import Value
from openress.protocols.canbus import (
    InverterView,
    ViewCells,
    ViewCharge,
    ViewLimits,
    ViewMeasured,
    ViewModules,
    ViewRequests,
    ViewStatus,
)

__all__ = ["seen"]

_GROUPS = {
    "limits": ViewLimits,
    "requests": ViewRequests,
    "charge": ViewCharge,
    "measured": ViewMeasured,
    "status": ViewStatus,
    "cells": ViewCells,
    "modules": ViewModules,
}

_KEYS = {name: [item.name for item in fields(group) if item.name != "at_s"] for name, group in _GROUPS.items()}
"""What each of them holds."""

_FORCED = ("force_charge", "force_charge_1", "force_charge_2")

_SETS: Mapping[str, type[Condition] | type[Fault]] = {"protections": Condition, "alarms": Condition, "faults": Fault}


def seen(view: InverterView, values: Mapping[str, Value], now_s: float) -> InverterView:
    """`view` after the values of one frame have come at `now_s`."""
    forced = [bool(values[key]) for key in _FORCED if key in values]
    told = {key: value for key, value in values.items() if key != "id"}
    if forced:
        told["force_charge"] = any(forced)
    changes: dict[str, Any] = {"values": {**view.values, **told}}
    for name, group in _GROUPS.items():
        keys = [key for key in _KEYS[name] if key in told]
        if keys:
            old = getattr(view, name) or group(now_s)
            changes[name] = replace(old, at_s=now_s, **{key: _understood(key, told[key]) for key in keys})
    manufacturer = told.get("manufacturer")
    if isinstance(manufacturer, str):
        changes["name"] = manufacturer
    return replace(view, **changes)


def _understood(key: str, value: Any) -> Any:
    if key in _SETS:
        return frozenset(_SETS[key](member) for member in value)
    if key in {"charge_current_limit_a", "discharge_current_limit_a"}:
        # A negative limit is an emulator's mistake; taken as none it cannot do harm.
        return max(0, value)
    return value
