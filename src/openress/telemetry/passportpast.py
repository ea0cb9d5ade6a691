"""What the history has of a pack for its passport."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from openress.store.eventquery import HealthDay, events, health
from openress.store.historyfile import open_history
from openress.store.historyquery import KnownSource, Span, ask, known_sources
from openress.store.quantities import Kept
from openress.telemetry.passport import COLD_C, HOT_C, Day, Happened, Past

__all__ = ["read_past"]

_DAY_S, _QUARTER_H = 86_400.0, 0.25
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
        days = health(rows, source, 0.0, at_s + _DAY_S)
        if not days:
            return Past()
        hot_h, cold_h = _hours(rows, source, max(float(days[0].at_s), at_s - _QUARTERS_S), at_s)
        return Past(_days(rows, source, days), _happened(rows, source), hot_h, cold_h, _date(days[0].at_s))


def _date(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, tz=UTC).astimezone().date().isoformat()


def _days(rows: sqlite3.Connection, source: KnownSource, days: list[HealthDay]) -> list[Day]:
    span = Span(float(days[0].at_s), days[-1].at_s + _DAY_S, "1d")
    keys = ("soc_pct", "temperature_min_c", "temperature_max_c")
    answer = ask(rows, source, keys, span)
    soc, low, high = answer.series
    rows_of_days = zip(answer.times_s, soc.values[Kept.MEAN], low.values[Kept.MIN], high.values[Kept.MAX], strict=True)
    kept = {_date(at_s): (charge, cold, hot) for at_s, charge, cold, hot in rows_of_days}
    return [
        Day(
            float(day.at_s),
            day.resistance_mohm,
            day.steps,
            day.charged_wh,
            day.discharged_wh,
            day.charged_ah,
            day.discharged_ah,
            *kept.get(_date(day.at_s), (None, None, None)),
        )
        for day in days
    ]


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
