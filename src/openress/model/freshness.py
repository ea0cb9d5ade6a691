"""How old a value may be before it is no longer the truth."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["FRESH_FOR_S", "Freshness", "freshness"]

FRESH_FOR_S = 10.0
"""Age up to which pack data are fresh on a rack whose polling cycle takes up to 5 s; see the staleness decision
in the architecture page (fresh up to max(10 s, 2 x cycle), never above 20 s)."""


class Freshness(StrEnum):
    """What may be done with a value."""

    FRESH = "fresh"
    STALE = "stale"
    ASLEEP = "asleep"
    ABSENT = "absent"


def freshness(at_s: float | None, now_s: float, *, fresh_for_s: float = FRESH_FOR_S) -> Freshness:
    """Tell whether something measured at `at_s` still holds at `now_s`; both on the same monotonic clock.

    A time that lies in the future is stale: the clock was set or the value belongs to another run.
    """
    if at_s is None:
        return Freshness.ABSENT
    return Freshness.FRESH if 0.0 <= now_s - at_s <= fresh_for_s else Freshness.STALE
