"""What is learned about a pack, for a page: how far its cells are apart in charge, and what the pack can still do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openress.bms.balance import BLEED_A, LEARN_A_PER_AH, least_ahead_ah
from openress.bms.health import Health

__all__ = ["ahead_by_voltage", "learned_json"]

_OFF_PLATEAU_MV = 3410
"""Above what a charging LFP cell shows on its plateau; lower ones may lack any charge."""


def ahead_by_voltage(
    cells_mv: Sequence[int | None], current_a: float | None, full_ah: float | None
) -> tuple[float, ...]:
    """Charge by which each cell is at least ahead of the lowest, in Ah, as its voltage tells at the top of a charge.

    Empty where voltages tell nothing about charge: on the plateau, while nothing or too much flows in, and when a cell
    is not known. The lower bound follows from counting nothing above 3450 mV.

    Args:
        cells_mv: voltages.
        current_a: + charges.
        full_ah: of the pack.
    """
    known = [mv for mv in cells_mv if mv is not None]
    if not known or len(known) < len(cells_mv) or current_a is None or full_ah is None:
        return ()
    if min(known) < _OFF_PLATEAU_MV or not 0.0 < current_a <= LEARN_A_PER_AH * full_ah:
        return ()
    return least_ahead_ah(known, full_ah)


def learned_json(
    values: Mapping[str, Any],
    ahead_ah: Sequence[float] = (),
    health: Health | None = None,
    *,
    at_least: bool = False,
) -> dict[str, Any]:
    """The keys `balance` and `health` of a pack; each is missing where nothing is known.

    `balance` has the cells' `ahead_ah` of the one furthest behind, the `basis` ("learned" by the pack's own balancer,
    or "voltage": at least so much, as the voltages tell), the bleed current and the hours of bleeding until the first
    is level with the last.

    Args:
        values: of the pack under their public keys.
        ahead_ah: as its balancer has learned, empty before.
        health: as its own gauge has learned.
        at_least: the cells may be further apart than `ahead_ah` says.
    """
    found: dict[str, Any] = {}
    basis = "learned" if ahead_ah and not at_least else "voltage"
    ahead = ahead_ah or ahead_by_voltage(
        values.get("cell_voltages_mv") or (), values.get("pack_current_a"), values.get("full_ah")
    )
    if ahead:
        found["balance"] = {
            "basis": basis,
            "ahead_ah": [round(ah, 3) for ah in ahead],
            "bleed_a": BLEED_A,
            "hours_left": round(max(ahead) / BLEED_A, 1),
        }
    if health is not None:
        found["health"] = _health(health)
    return found


def _health(health: Health) -> dict[str, Any]:
    capacity, resistance = health.capacity, health.resistance
    low_ah, high_ah = capacity.band_ah
    values = {
        "rated_ah": round(health.rated_ah, 1),
        "capacity_ah": round(capacity.capacity_ah, 1),
        "capacity_low_ah": round(low_ah, 1),
        "capacity_high_ah": round(high_ah, 1),
        "capacity_swings": capacity.swings,
        "full_cycles": round(health.full_cycles, 2),
        "charged_ah": round(health.counters.charged_ah, 1),
        "discharged_ah": round(health.counters.discharged_ah, 1),
        "charged_wh": round(health.counters.charged_wh),
        "discharged_wh": round(health.counters.discharged_wh),
        "resistance_ratio": round(resistance.ratio, 2),
        "resistance_sigma": round(resistance.level_sigma, 2),
        "resistance_steps": resistance.steps,
        "resistance_growth_pct": None if resistance.growth_pct is None else round(resistance.growth_pct, 1),
        "events": {event.name.lower(): times for event, times in health.counters.events},
    }
    return {key: value for key, value in values.items() if value is not None}
