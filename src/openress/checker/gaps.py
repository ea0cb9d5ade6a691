"""F15: how long an inverter heard nothing between two frames, whatever happened to the gateway meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from openress.checker.breach import Breach
from openress.checker.telling import Sent

__all__ = ["late", "longest_gap_s"]


def longest_gap_s(run: Sequence[Sent]) -> float:
    """The longest time without a frame between the first and the last of a run."""
    return max((after.at_s - before.at_s for before, after in pairwise(run)), default=0.0)


def late(run: Sequence[Sent], most_s: float) -> list[Breach]:
    """Gaps that are longer than an inverter waits.

    Args:
        run: every frame of every gateway on this wire, in order.
        most_s: after so long it misses the battery.
    """
    return [
        Breach("F15", f"Nothing was said for {after.at_s - before.at_s:.2f} s; {most_s:g} s is the most.", after.at_s)
        for before, after in pairwise(run)
        if after.at_s - before.at_s > most_s
    ]
