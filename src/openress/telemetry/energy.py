"""The rack and packs of a snapshot as sources of energy: what was read of each, and the count up to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openress.bms.energy import EnergyMeter, Reading
from openress.telemetry.mqttstates import fresh

__all__ = ["RACK", "count", "of_pack", "reading_of", "speed_of"]

RACK = "rack"
"""Name of the rack in a meter."""


def of_pack(key: str) -> str:
    """Name of a pack in a meter."""
    return f"pack/{key}"


def speed_of(snapshot: Mapping[str, Any]) -> float:
    """Simulated seconds for each real one; 1 without a simulation."""
    return float((snapshot.get("simulation") or {}).get("speed", 1.0))


def reading_of(values: Mapping[str, Any], at_s: float) -> Reading | None:
    """What a pack or rack told of its terminals; `None` when it did not tell both."""
    voltage_v, current_a = values.get("pack_voltage_v"), values.get("pack_current_a")
    return None if voltage_v is None or current_a is None else Reading(at_s, current_a, voltage_v)


def count(meter: EnergyMeter, snapshot: Mapping[str, Any], keys: Mapping[str, str]) -> None:
    """Count up to a snapshot.

    Args:
        meter: counts.
        snapshot: see `openress.app`.
        keys: of the packs, by their address.
    """
    sources = {RACK: snapshot["rack"]} | {of_pack(keys[number]): pack for number, pack in snapshot["packs"].items()}
    for name, values in sources.items():
        now = reading_of(values, snapshot["time_s"]) if fresh(values) else None
        meter.see(name, now, speed=speed_of(snapshot))
