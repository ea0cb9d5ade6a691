"""State of charge by counting ampere-hours, set right at full and at empty.

Counting alone drifts with every error of the current sensor; the two anchors are what makes it usable. Between them
it is an estimate, and a gap in the measurements is told, never counted over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["LONGEST_STEP_S", "Charge", "count"]

LONGEST_STEP_S = 60.0
"""A longer silence is a gap: what flowed in it is not known."""
FULL_CELL_MV = 3450
"""A cell at rest above this is full: the LFP plateau ends at 3.35 V (A123 curves at 25 C)."""
FULL_TAIL_C = 0.05
"""Charge current under which a full cell voltage means a full cell: C/20."""
FULL_FOR_S = 60.0
EMPTY_CELL_MV = 2600
"""Between the A5L guide's alarm (2800 mV) and its protection (2500 mV); under load, so on the early side."""
EMPTY_FOR_S = 10.0


@dataclass(frozen=True, slots=True)
class Charge:
    """How much charge the counter believes to be in the pack.

    Attributes:
        remaining_ah: the count, between 0 and the capacity.
        full_ah: capacity.
        anchored: the count has been set at full or empty since the last gap.
        full_s: how long the pack has looked full.
        empty_s: how long it has looked empty.
        throughput_ah: charged and discharged together, for cycle counting.
        low_pct: least state of charge that is likely; absent where nobody has estimated it.
        high_pct: greatest.
    """

    remaining_ah: float
    full_ah: float
    anchored: bool = False
    full_s: float = 0.0
    empty_s: float = 0.0
    throughput_ah: float = 0.0
    low_pct: float | None = None
    high_pct: float | None = None

    @property
    def soc_pct(self) -> float:
        """State of charge."""
        return 100.0 * self.remaining_ah / self.full_ah

    @property
    def cycles(self) -> int:
        """Full equivalent cycles: throughput over twice the capacity."""
        return int(self.throughput_ah / (2.0 * self.full_ah))


def count(
    charge: Charge, current_a: float | None, cell_max_mv: float | None, cell_min_mv: float | None, dt_s: float
) -> Charge:
    """Count one step of `dt_s` with the current held, then look at the anchors.

    A step longer than `LONGEST_STEP_S`, or an unknown current, moves nothing and takes the anchor away.
    """
    if current_a is None or dt_s > LONGEST_STEP_S or dt_s < 0:
        return replace(charge, anchored=False, full_s=0.0, empty_s=0.0)
    moved_ah = current_a * dt_s / 3600.0
    remaining = charge.remaining_ah + moved_ah
    anchored = charge.anchored
    full_s = empty_s = 0.0
    if cell_max_mv is not None and cell_max_mv >= FULL_CELL_MV and 0 <= current_a <= FULL_TAIL_C * charge.full_ah:
        full_s = charge.full_s + dt_s
        if full_s >= FULL_FOR_S:
            remaining, anchored = charge.full_ah, True
    elif cell_min_mv is not None and cell_min_mv <= EMPTY_CELL_MV and current_a < 0:
        empty_s = charge.empty_s + dt_s
        if empty_s >= EMPTY_FOR_S:
            remaining, anchored = 0.0, True
    return Charge(
        min(max(remaining, 0.0), charge.full_ah),
        charge.full_ah,
        anchored,
        full_s,
        empty_s,
        charge.throughput_ah + abs(moved_ah),
        charge.low_pct,
        charge.high_pct,
    )
