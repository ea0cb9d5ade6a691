"""A measured curve over state of charge, spread once over equal steps and then read by index arithmetic."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from openress.errors import ParameterError

__all__ = ["HIGH", "LOW", "PER_SOC", "Points", "check_points", "spread"]

Points = tuple[tuple[float, float], ...]
"""Pairs (state of charge as a fraction, value), ascending."""

LOW, HIGH = -0.1, 1.1
"""Ends of every spread curve; beyond the outer points a curve goes on along its last chord."""

PER_SOC = 400.0
"""Steps per full charge."""

_STEPS = 480


def check_points(what: str, points: Sequence[tuple[float, float]]) -> Points:
    """The points as a tuple.

    Raises:
        ParameterError: fewer than two, or not ascending, or no number; the message names `what`.
    """
    pairs = tuple((float(soc), float(value)) for soc, value in points)
    if len(pairs) < 2:
        raise ParameterError(f"{what} has {len(pairs)} points; a curve needs at least two")
    for (soc, value), (after, _) in zip(pairs, (*pairs[1:], (float("inf"), 0.0)), strict=True):
        if not (soc < after and abs(value) < float("inf")):
            raise ParameterError(f"{what} is not a curve near SOC {soc}; give ascending SOC and finite values")
    return pairs


@lru_cache(maxsize=16)
def spread(points: Points, *, hold: bool = False) -> tuple[float, ...]:
    """Values at equal steps from `LOW` to `HIGH`, straight lines between the points; the packs of a rack share them.

    Args:
        points: the curve.
        hold: stay at the outer values beyond the outer points, instead of going on.
    """
    socs = [soc for soc, _ in points]
    values = []
    for k in range(_STEPS + 1):
        soc = LOW + k / PER_SOC
        if hold:
            soc = min(max(soc, socs[0]), socs[-1])
        right = min(max(bisect_right(socs, soc), 1), len(points) - 1)
        (x0, y0), (x1, y1) = points[right - 1], points[right]
        values.append(y0 + (y1 - y0) * (soc - x0) / (x1 - x0))
    return tuple(values)
