"""What happened, and how well packs are from day to day, out of the history."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from openress.store.happened import Event, Level, Source, SourceKind
from openress.store.historyquery import KnownSource
from openress.store.quantities import TOTALS, Kept
from openress.store.retention import SPAN

__all__ = ["HealthDay", "events", "health"]


@dataclass(frozen=True, slots=True)
class HealthDay:
    """A pack on one day.

    Attributes:
        at_s: unix seconds of the local midnight before.
        soh_pct: what can still be taken out, of what could when new.
        full_ah: capacity, learned or told.
        design_ah: capacity when new.
        cycles: full ones until now.
        resistance_mohm: of the whole pack, from steps of the current that day: the slope of voltage over current.
        steps: how many those were; a resistance of few steps is not much worth.
        charged_ah: that day, likewise the others; `None` where it is not known.
    """

    at_s: int
    soh_pct: float | None
    full_ah: float | None
    design_ah: float | None
    cycles: int | None
    resistance_mohm: float | None
    steps: int
    charged_ah: float | None
    discharged_ah: float | None
    charged_wh: float | None
    discharged_wh: float | None


def events(
    rows: sqlite3.Connection,
    *,
    source: KnownSource | None = None,
    from_s: float | None = None,
    to_s: float | None = None,
    standing: bool = False,
    limit: int,
) -> list[Event]:
    """What stood at any time of a span, newest beginning first.

    Args:
        rows: see `openress.store.historyfile.open_history`.
        source: whom it befell; without it everything.
        from_s: what had ended by then is left out.
        to_s: what begins then or later is left out.
        standing: only what has not ended.
        limit: how many at most.
    """
    found = rows.execute(
        "SELECT source.kind, name, event.pack, event.kind, code, level, began_s, ended_s, text "
        "FROM event JOIN source ON source.id = event.source "
        "WHERE (:source IS NULL OR event.source = :source) AND (:to_s IS NULL OR began_s < :to_s) "
        "AND (:from_s IS NULL OR ended_s IS NULL OR ended_s >= :from_s) AND (NOT :standing OR ended_s IS NULL) "
        "ORDER BY began_s DESC, event.id DESC LIMIT :limit",
        {
            "source": None if source is None else source.id,
            "from_s": from_s,
            "to_s": to_s,
            "standing": standing,
            "limit": limit,
        },
    )
    return [
        Event(
            source=Source(SourceKind(kind), name),
            pack=pack,
            kind=sort,
            code=code,
            level=Level(level),
            began_s=began_s,
            ended_s=ended_s,
            text=text,
        )
        for kind, name, pack, sort, code, level, began_s, ended_s, text in found
    ]


def health(rows: sqlite3.Connection, source: KnownSource, from_s: float, to_s: float) -> list[HealthDay]:
    """The days of a pack, oldest first."""
    totals = ", ".join(f"day.{item.column(Kept.TOTAL)} * 1.0 / {item.per_unit}" for item in TOTALS)
    found = rows.execute(
        "SELECT health.at_s, soh_pct, full_ah, design_ah, cycles, steps, volt_amperes, ampere_squares, "  # noqa: S608  names of the schema
        f"{totals} FROM health LEFT JOIN day ON day.id = {SPAN} * health.at_s + health.source "
        "WHERE health.source = ? AND health.at_s >= ? AND health.at_s < ? ORDER BY health.at_s",
        (source.id, from_s, to_s),
    )
    return [
        HealthDay(
            at_s,
            soh_pct,
            full_ah,
            design_ah,
            cycles,
            round(1000 * volt_amperes / ampere_squares, 2) if ampere_squares else None,
            steps,
            *flows,
        )
        for at_s, soh_pct, full_ah, design_ah, cycles, steps, volt_amperes, ampere_squares, *flows in found
    ]
