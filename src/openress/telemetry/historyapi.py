"""The history over HTTP: series for charts, events, the health of packs from day to day."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, TypeVar

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field

from openress.errors import ParameterError
from openress.store.eventquery import events, health
from openress.store.happened import Event, Level, SourceKind
from openress.store.historyfile import open_history
from openress.store.historyquery import Answer, KnownSource, Series, Span, ask, find_source, known_sources
from openress.store.newest import NewestOf
from openress.store.quantities import QUANTITIES, Kept
from openress.store.retention import AUTO, DAY_S, RESOLUTIONS

__all__ = ["EventPart", "HistoryAnswer", "make_router"]

T = TypeVar("T")

POINTS = 1000
"""A chart is seldom wider in pixels."""
MOST_POINTS = 20_000
MOST_EVENTS = 10_000
_LATEST_S = 1e11
"""In the year 5138; a greater number is in milliseconds, or a mistake."""

_PACK = Query(ge=0, le=255, description="Number of a pack; with neither pack nor serial it is the rack.")
_SERIAL = Query(max_length=64, description="Serial number of a pack; it goes before the number.")
_FROM = Query(alias="from", ge=0, le=_LATEST_S, allow_inf_nan=False, description="Unix seconds of the beginning.")
_TO = Query(
    alias="to",
    ge=0,
    le=_LATEST_S,
    allow_inf_nan=False,
    description="Unix seconds of the end, which does not belong to it.",
)
_EVERY = Query(description=f"{AUTO}, or one of {', '.join(item.name for item in RESOLUTIONS)}.")


class SourcePart(BaseModel):
    """About whom."""

    kind: SourceKind
    name: str = Field(description="The serial number of a pack; `pack 3` where it tells none; `rack`.")
    pack: int | None = Field(description="The number that it had last; null for the rack.")


class QuantityPart(BaseModel):
    """Something that is kept."""

    quantity: str
    unit: str
    kept: list[Kept] = Field(description="What is kept of it for each span of time.")


class SourcesAnswer(BaseModel):
    """Whom and what the history knows."""

    sources: list[SourcePart]
    quantities: list[QuantityPart]


class SeriesPart(BaseModel):
    """One quantity; each list is as long as the times, and null where nothing is known."""

    quantity: str
    unit: str
    min: list[float | None] | None = Field(None, description="Smallest value of each span.")
    mean: list[float | None] | None = Field(None, description="Mean of each span.")
    max: list[float | None] | None = Field(None, description="Greatest value of each span.")
    last: list[float | None] | None = Field(None, description="Last value of each span.")
    total: list[float | None] | None = Field(None, description="What came together in each span.")
    cells: list[list[int | None] | None] | None = Field(None, description="Each cell's mean of each span, from cell 1.")


class HistoryAnswer(BaseModel):
    """Quantities over a span, on a grid of times without gaps."""

    source: SourcePart
    every: str = Field(description="Resolution that the values come from.")
    every_s: int = Field(description="Seconds between two times; neighbours are put together to fit the points.")
    times_s: list[int] = Field(description="Unix seconds at which the spans begin.")
    series: list[SeriesPart] = Field(description="In the order in which the quantities were asked for.")


class EventPart(BaseModel):
    """Something that happened."""

    source: SourceKind
    name: str = Field(description="Serial number of the pack, or `rack`.")
    pack: int | None = Field(description="Number of the pack then.")
    kind: str = Field(description="alarm, protection, fault, notice, link, finding, gateway or clock.")
    code: str
    level: Level
    began_s: float
    ended_s: float | None = Field(description="Null while it stands; equal to the beginning where it has no duration.")
    text: str
    virtual: bool = Field(description="It befell packs that are simulated: it is no alarm of a real battery.")

    @classmethod
    def of(cls, event: Event) -> EventPart:
        """From what the store has."""
        values = asdict(event)
        source = values.pop("source")
        return cls(source=source["kind"], name=source["name"], virtual=event.source.virtual, **values)


class EventsAnswer(BaseModel):
    """Events, newest beginning first."""

    events: list[EventPart]


class HealthPart(BaseModel):
    """A pack on one day; amounts are those of that day."""

    at_s: int = Field(description="Unix seconds of the local midnight before.")
    soh_pct: float | None
    full_ah: float | None
    design_ah: float | None
    cycles: int | None
    resistance_mohm: float | None = Field(description="Of the whole pack, from steps of the current.")
    steps: int = Field(description="How many steps those were.")
    charged_ah: float | None
    discharged_ah: float | None
    charged_wh: float | None
    discharged_wh: float | None


class HealthAnswer(BaseModel):
    """Days of a pack, oldest first."""

    source: SourcePart
    days: list[HealthPart]


def make_router(path: Path, freshen: Callable[[], None], newest_of: NewestOf | None = None) -> APIRouter:
    """The routes.

    Args:
        path: the history.
        freshen: has what is complete written before it is read.
        newest_of: knows what is not written yet.
    """
    router = APIRouter(tags=["history"])
    refusals: dict[int | str, dict[str, str]] = {
        404: {"description": "The history does not know that pack."},
        422: {"description": "A value that cannot be used."},
        503: {"description": "The history cannot be read."},
    }

    def reading(work: Callable[[sqlite3.Connection], T]) -> T:
        freshen()
        try:
            with open_history(path) as rows:
                return work(rows)
        except (sqlite3.Error, ValueError) as error:
            if isinstance(error, ParameterError):
                raise HTTPException(422, str(error)) from error
            raise HTTPException(503, f"The history cannot be read: {error}.") from error

    # Plain functions: they wait for the disk in threads of their own.
    @router.get("/api/history/sources", summary="Whom and what the history knows", responses={503: refusals[503]})
    def _sources() -> SourcesAnswer:
        found = reading(known_sources)
        kinds = [QuantityPart(quantity=q.key, unit=q.unit, kept=list(q.kept)) for q in QUANTITIES.values()]
        return SourcesAnswer(sources=[_source(item) for item in found], quantities=kinds)

    @router.get("/api/history", summary="Quantities over a span of time", responses=refusals)
    def _history(
        quantity: Annotated[list[str], Query(min_length=1, max_length=32, description="Once for each quantity.")],
        start_s: Annotated[float, _FROM],
        end_s: Annotated[float, _TO],
        pack: Annotated[int | None, _PACK] = None,
        serial: Annotated[str | None, _SERIAL] = None,
        every: Annotated[str, _EVERY] = AUTO,
        points: Annotated[int, Query(ge=1, le=MOST_POINTS, description="At most so many times.")] = POINTS,
    ) -> HistoryAnswer:
        def work(rows: sqlite3.Connection) -> HistoryAnswer:
            source = _found(rows, pack, serial, newest_of)
            return _answer(ask(rows, source, quantity, Span(start_s, end_s, every, points), newest_of))

        return reading(work)

    @router.get("/api/events", summary="What happened", responses=refusals)
    def _events(
        start_s: Annotated[float | None, _FROM] = None,
        end_s: Annotated[float | None, _TO] = None,
        pack: Annotated[int | None, _PACK] = None,
        serial: Annotated[str | None, _SERIAL] = None,
        standing: Annotated[bool, Query(description="Only what has not ended.")] = False,  # noqa: FBT002  a query
        limit: Annotated[int, Query(ge=1, le=MOST_EVENTS, description="The newest of them.")] = 500,
    ) -> EventsAnswer:
        def work(rows: sqlite3.Connection) -> EventsAnswer:
            source = None if pack is None and serial is None else _found(rows, pack, serial)
            found = events(rows, source=source, from_s=start_s, to_s=end_s, standing=standing, limit=limit)
            return EventsAnswer(events=[EventPart.of(event) for event in found])

        return reading(work)

    @router.get("/api/health", summary="The health of a pack from day to day", responses=refusals)
    def _health(
        pack: Annotated[int | None, _PACK] = None,
        serial: Annotated[str | None, _SERIAL] = None,
        start_s: Annotated[float, _FROM] = 0.0,
        end_s: Annotated[float, _TO] = _LATEST_S,
    ) -> HealthAnswer:
        def work(rows: sqlite3.Connection) -> HealthAnswer:
            source = _found(rows, pack, serial)
            days = [HealthPart(**asdict(day)) for day in health(rows, source, start_s - DAY_S, end_s)]
            return HealthAnswer(source=_source(source), days=days)

        return reading(work)

    return router


def _found(
    rows: sqlite3.Connection, pack: int | None, serial: str | None, newest_of: NewestOf | None = None
) -> KnownSource:
    try:
        return find_source(rows, pack=pack, serial=serial, newest_of=newest_of)
    except ParameterError as error:
        raise HTTPException(404, str(error)) from error


def _source(item: KnownSource) -> SourcePart:
    return SourcePart(kind=item.kind, name=item.name, pack=item.pack)


def _answer(found: Answer) -> HistoryAnswer:
    return HistoryAnswer(
        source=_source(found.source),
        every=found.resolution,
        every_s=found.every_s,
        times_s=list(found.times_s),
        series=[_series(series) for series in found.series],
    )


def _series(series: Series) -> SeriesPart:
    cells = None if series.cells is None else [None if cell is None else list(cell) for cell in series.cells]
    values = {kept.value: list(line) for kept, line in series.values.items()}
    return SeriesPart.model_validate(
        {"quantity": series.quantity.key, "unit": series.quantity.unit, "cells": cells, **values}
    )
