"""What the history has of a pack for its passport."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from openress.store.eventquery import events, health
from openress.store.historyfile import open_history
from openress.store.historyquery import KnownSource, Span, ask, first_day_s, known_sources
from openress.store.quantities import Kept
from openress.telemetry.passport import COLD_C, HOT_C, Day, Happened, Past

__all__ = ["read_past"]

_DAY_S, _QUARTER_H = 86_400.0, 0.25
_OF_A_DAY = (
    ("charged_wh", Kept.TOTAL),
    ("discharged_wh", Kept.TOTAL),
    ("charged_ah", Kept.TOTAL),
    ("discharged_ah", Kept.TOTAL),
    ("soc_pct", Kept.MEAN),
    ("temperature_min_c", Kept.MIN),
    ("temperature_max_c", Kept.MAX),
)
"""Quantities of a `Day` behind its resistance, in its order."""
_MOST_EVENTS = 1000
_HARMFUL = ("protection", "fault")
_QUARTERS_S = 366 * _DAY_S
"""How far back quarters of an hour are looked through."""


def read_past(path: Path, serial: str, at_s: float) -> Past:
    """The past of the pack with a serial number; an empty one where nothing is kept.

    Raises:
        sqlite3.Error: the file is there and cannot be read.
    """
    if not path.exists():
        return Past()
    with open_history(path) as rows:
        source = next((item for item in known_sources(rows) if item.name == serial), None)
        if source is None:
            return Past()
        began_s = first_day_s(rows, source)
        if began_s is None:
            return Past()
        hot_h, cold_h = _hours(rows, source, max(float(began_s), at_s - _QUARTERS_S), at_s)
        return Past(_days(rows, source, began_s, at_s), _happened(rows, source), hot_h, cold_h, _date(began_s))


def _date(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, tz=UTC).astimezone().date().isoformat()


def _days(rows: sqlite3.Connection, source: KnownSource, began_s: int, at_s: float) -> list[Day]:
    """The days of which something is kept, oldest first; what is known of health is there of some of them only."""
    healths = {_date(day.at_s): day for day in health(rows, source, 0.0, at_s + _DAY_S)}
    answer = ask(rows, source, [key for key, _ in _OF_A_DAY], Span(float(began_s), max(at_s, began_s) + 1.0, "1d"))
    columns = [series.values[kept] for series, (_, kept) in zip(answer.series, _OF_A_DAY, strict=True)]
    found = []
    for day_s, *values in zip(answer.times_s, *columns, strict=True):
        known = healths.get(_date(day_s))
        if known is not None or any(value is not None for value in values):
            resistance = (None, 0) if known is None else (known.resistance_mohm, known.steps)
            found.append(Day(float(day_s), *resistance, *values))
    return found


def _happened(rows: sqlite3.Connection, source: KnownSource) -> list[Happened]:
    found = events(rows, source=source, limit=_MOST_EVENTS)
    return [Happened(event.began_s, event.code, event.text) for event in found if event.kind in _HARMFUL]


def _hours(
    rows: sqlite3.Connection, source: KnownSource, from_s: float, to_s: float
) -> tuple[float | None, float | None]:
    answer = ask(rows, source, ("temperature_max_c", "temperature_min_c"), Span(from_s, to_s, "15m"))
    hot = [value for value in answer.series[0].values[Kept.MAX] if value is not None]
    cold = [value for value in answer.series[1].values[Kept.MIN] if value is not None]
    if not hot:
        return None, None
    return _QUARTER_H * sum(value > HOT_C for value in hot), _QUARTER_H * sum(value < COLD_C for value in cold)
