"""How old a value may be before it is no longer the truth."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["FRESH_AT_LEAST_S", "FRESH_AT_MOST_S", "Freshness", "fresh_for", "freshness"]

FRESH_AT_LEAST_S = 10.0
"""Pack data are fresh at least so long; a rack polled in up to 5 s may miss one cycle."""
FRESH_AT_MOST_S = 20.0
"""And never longer, however slowly a rack is polled: two cycles of 15 packs at 9600 baud."""


class Freshness(StrEnum):
    """What may be done with a value."""

    FRESH = "fresh"
    STALE = "stale"
    ASLEEP = "asleep"
    ABSENT = "absent"


def fresh_for(cycle_s: float | None) -> float:
    """Age up to which data are fresh on a rack that takes `cycle_s` to be polled once, `None` while not known."""
    if cycle_s is None:
        return FRESH_AT_LEAST_S
    return min(FRESH_AT_MOST_S, max(FRESH_AT_LEAST_S, 2.0 * cycle_s))


def freshness(at_s: float | None, now_s: float, *, fresh_for_s: float = FRESH_AT_LEAST_S) -> Freshness:
    """Tell whether something measured at `at_s` still holds at `now_s`; both on the same monotonic clock.

    A time that lies in the future is stale: the clock was set or the value belongs to another run.
    """
    if at_s is None:
        return Freshness.ABSENT
    return Freshness.FRESH if 0.0 <= now_s - at_s <= fresh_for_s else Freshness.STALE
