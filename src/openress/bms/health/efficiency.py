"""Energy got back of the energy put in, from one full charge to the next."""

from __future__ import annotations

from dataclasses import dataclass

from openress.bms.estimator import Anchor
from openress.bms.health.counters import Counters

__all__ = ["Efficiency", "at_anchor"]

_LEAST_CYCLES = 0.5


@dataclass(frozen=True, slots=True)
class Efficiency:
    """Round-trip efficiency.

    Args:
        pct: of the last round trip; absent before the first.
        first_pct: of the first.
        full_charged_wh: counters at the last full charge; absent before it.
        full_discharged_wh: likewise.
        full_unobserved_s: likewise.
    """

    pct: float | None = None
    first_pct: float | None = None
    full_charged_wh: float | None = None
    full_discharged_wh: float | None = None
    full_unobserved_s: float = 0.0


def at_anchor(before: Efficiency, anchor: Anchor | None, counters: Counters, rated_wh: float) -> Efficiency:
    """At a full charge compare with the last one.

    A trip counts when half a full cycle was drawn and nothing went unseen; otherwise a new one begins.
    """
    if anchor is not Anchor.FULL:
        return before
    here = (counters.charged_wh, counters.discharged_wh, counters.unobserved_s)
    if before.full_charged_wh is None or before.full_discharged_wh is None:
        return Efficiency(before.pct, before.first_pct, *here)
    charged_wh = counters.charged_wh - before.full_charged_wh
    discharged_wh = counters.discharged_wh - before.full_discharged_wh
    unseen = counters.unobserved_s > before.full_unobserved_s
    if unseen or discharged_wh < _LEAST_CYCLES * rated_wh or charged_wh <= 0:
        # Still the same full charge: keep its last moment, at which the cells are fullest.
        same = not unseen and discharged_wh < 0.01 * rated_wh
        return Efficiency(before.pct, before.first_pct, *here) if unseen or same else before
    pct = 100.0 * discharged_wh / charged_wh
    return Efficiency(pct, pct if before.first_pct is None else before.first_pct, *here)
