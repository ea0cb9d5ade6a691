"""Judging: a signal against its limits, nothing else. What follows from a judgement is decided in `protect`.

Values are compared on the side where they are bad, so that one comparison serves both sides: a limit below is negated
together with its signal.

- An alarm needs strictly more than its limit: the recommended charge voltage is exactly the alarm's.
- A protection is judged at its limit or beyond; its release at the release value or back from it.
- An alarm ends only a hysteresis away from its limit, so that a signal that trembles rings once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

from openress.bms.rows import Row

__all__ = ["ALARM", "CALM", "RELEASE", "TRIP", "Thresholds", "judge", "thresholds"]

CALM: Final = 1
"""Back from the alarm by its hysteresis."""
ALARM: Final = 2
"""Beyond the alarm."""
TRIP: Final = 4
"""At the protection or beyond."""
RELEASE: Final = 8
"""At the release value or back from it."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits of one row on its bad side; infinite where the row has none.

    Attributes:
        sign: what a signal is multiplied by.
        alarm: raised strictly beyond it.
        calm: ended at it or back from it.
        trip: tripped at it or beyond.
        release: let go at it or back from it.
        delay_s: how long the trip must hold.
    """

    sign: int
    alarm: float
    calm: float
    trip: float
    release: float
    delay_s: float


def thresholds(row: Row, values: Mapping[str, float], cells: int) -> Thresholds:
    """The limits of `row` for a pack of `cells` in series with these parameters."""
    sign = row.side.value
    alarm = inf if row.alarm is None else sign * values[row.alarm]
    trip = inf if row.trip is None else sign * values[row.trip]
    return Thresholds(
        sign=sign,
        alarm=alarm,
        calm=alarm - row.hysteresis * (cells if row.per_cell else 1),
        trip=0.5 if row.trip is None and row.alarm is None else trip,
        release=-inf if row.release is None else sign * values[row.release],
        delay_s=_delay_s(row.delay, values),
    )


def _delay_s(delay: str | float, values: Mapping[str, float]) -> float:
    if isinstance(delay, str):
        return values[delay] / 1000.0
    return delay


def judge(limits: Thresholds, signal: float) -> int:
    """Where `signal` lies: a sum of `CALM`, `ALARM`, `TRIP` and `RELEASE`."""
    value = limits.sign * signal
    found = 0
    if value > limits.alarm:
        found = ALARM
    elif value <= limits.calm:
        found = CALM
    if value >= limits.trip:
        found |= TRIP
    if value <= limits.release:
        found |= RELEASE
    return found
