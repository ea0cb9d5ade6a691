"""How long the history keeps what, and how fine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openress.errors import ParameterError

__all__ = [
    "AUTO",
    "DAY_S",
    "MINUTE_S",
    "QUARTER_S",
    "RESOLUTIONS",
    "SPAN",
    "Resolution",
    "find_resolution",
    "kept_days",
]

AUTO = "auto"
MINUTE_S = 60
QUARTER_S = 900
DAY_S = 86_400
SPAN = 1024
"""Sources that there may be: a row is known by so many times its first second plus the number of its source."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """One of them.

    Attributes:
        name: as people write it.
        table: where it is.
        every_s: seconds of a span; of the finest one it is what is set unless the configuration says otherwise.
        days: how long it is kept; `None` for ever.
        why: the reason for that.
        bytes_per_day: measured, 16 packs of 16 cells and the rack (`benchmarks/history.py`).
    """

    name: str
    table: str
    every_s: int
    days: int | None
    why: str
    bytes_per_day: int


RESOLUTIONS: Sequence[Resolution] = (
    Resolution("raw", "raw", 10, 7, "to see what led to an alarm, until somebody has time to look", 3_400_000),
    Resolution(
        "1m", "minute", MINUTE_S, 60, "the last billing period and the one before it, minute by minute", 3_100_000
    ),
    Resolution("15m", "quarter", QUARTER_S, 3 * 366, "seasons side by side; energy is metered in quarters", 220_000),
    Resolution("1d", "day", DAY_S, None, "the life of a pack is ten years and more, and a day is 120 bytes", 2_100),
)
"""Finest first."""


def kept_days(days: Mapping[str, int]) -> Mapping[str, int]:
    """How many days each table is kept; a table that is kept for ever is not there.

    Args:
        days: what was asked for, by the name of the resolution.
    """
    wanted = {item.table: days.get(item.name, item.days) for item in RESOLUTIONS}
    return {table: count for table, count in wanted.items() if count is not None}


def find_resolution(name: str) -> Resolution:
    """The resolution called `name`.

    Raises:
        ParameterError: there is none.
    """
    for item in RESOLUTIONS:
        if item.name == name:
            return item
    known = ", ".join(item.name for item in RESOLUTIONS)
    raise ParameterError(f"The history has no resolution {name!r}; say {AUTO} or one of {known}.")
