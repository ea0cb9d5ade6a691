"""When a record is due, and what stands in one; which states are told of a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openress.bms.energy import EnergyTotals
from openress.telemetry.mqttstates import (
    Layout,
    cells_state,
    fresh,
    gateway_state,
    keys_of,
    pack_state,
    rack_state,
)

__all__ = ["RecordClock", "alarm_signature", "record_of", "states_of"]

SET_BACK_S = 3600.0
"""A clock set back by less is waited for, so that no time is told twice; by more it is believed (ours)."""
_SIGNS = ("alarms", "protections", "faults", "freshness", "charge_enabled", "discharge_enabled")


class RecordClock:
    """Gives each slot of time once.

    The slot in which the program was started has none: the run before may have had it.

    Args:
        every_s: length of a slot.
    """

    def __init__(self, every_s: int) -> None:
        self._every_s = every_s
        self._last: int | None = None

    def due(self, time_s: float) -> int | None:
        """The beginning of a slot in Unix seconds when a record of it is due now, else `None`."""
        slot = int(time_s // self._every_s)
        if self._last is None:
            self._last = slot
        elif slot > self._last or (self._last - slot) * self._every_s > SET_BACK_S:
            self._last = slot
            return slot * self._every_s
        return None


def record_of(snapshot: Mapping[str, Any], slot_s: int, totals: Mapping[str, EnergyTotals]) -> dict[str, Any]:
    """All of the rack at one time; packs under their keys, and only those whose values are fresh."""
    rack = snapshot["rack"]
    keys = keys_of(snapshot["packs"])
    cells = rack.get("cells")
    return {
        "time_s": slot_s,
        "rack": rack_state(snapshot, totals.get("rack", EnergyTotals())) if fresh(rack) else {},
        "packs": {
            keys[number]: pack_state(pack, cells, totals.get(f"pack/{keys[number]}", EnergyTotals()))
            | cells_state(pack)
            for number, pack in snapshot["packs"].items()
            if fresh(pack)
        },
    }


def states_of(
    layout: Layout,
    snapshot: Mapping[str, Any],
    totals: Mapping[str, EnergyTotals],
    *,
    waiting: int,
    remote: Mapping[str, float],
    cells: bool,
) -> dict[str, dict[str, Any]]:
    """States by topic; what is not fresh is not told.

    Args:
        layout: where.
        snapshot: of the page.
        totals: of energy, by `rack` and `pack/KEY`.
        waiting: records that still wait.
        remote: caps that hold.
        cells: whether cells are told this time.
    """
    rack = snapshot["rack"]
    keys = keys_of(snapshot["packs"])
    found = {layout.of("gateway", "state"): gateway_state(snapshot, waiting=waiting, remote=remote)}
    if fresh(rack):
        found[layout.of("rack", "state")] = rack_state(snapshot, totals.get("rack", EnergyTotals()))
    for number, pack in snapshot["packs"].items():
        where = f"pack/{keys[number]}"
        if fresh(pack):
            found[layout.of(where, "state")] = pack_state(pack, rack.get("cells"), totals.get(where, EnergyTotals()))
            if cells:
                found[layout.of(where, "cells")] = cells_state(pack)
    return found


def alarm_signature(snapshot: Mapping[str, Any]) -> object:
    """What does not wait for the next turn when it changes."""
    sources = {"rack": snapshot["rack"], **snapshot["packs"]}
    troubles = [alarm["trouble"] for alarm in (snapshot.get("gateway") or {}).get("alarms", [])]
    return troubles, {name: [values.get(sign) for sign in _SIGNS] for name, values in sources.items()}
