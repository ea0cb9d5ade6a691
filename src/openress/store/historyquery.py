"""Questions to the history: any quantity over any span, from the table that answers it best."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from math import ceil

from openress.errors import ParameterError
from openress.store.bucket import ROW, Bucket, Row, cells_of, merge_cells, merge_column
from openress.store.happened import RACK, VIRTUAL_RACK, Source, SourceKind
from openress.store.historyfile import local_day
from openress.store.newest import Beside, NewestOf, beside
from openress.store.quantities import CELLS, COLUMNS, Kept, Quantity, find_quantity
from openress.store.rawchunk import decode
from openress.store.retention import AUTO, RESOLUTIONS, SPAN, Resolution, find_resolution

__all__ = ["Answer", "KnownSource", "Series", "Span", "ask", "find_source", "first_day_s", "known_sources"]

_STEPS = 6000
"""Rows of a source that a question reads at most when it may choose: below 50 ms on a small computer."""
_RAW_S = 6 * 3600
"""Samples as they came are unpacked; that is worth it for some hours."""
_LONGEST_PIECE_S = 1800
_LONGEST_SPAN_S = 200 * 366 * 86_400
_COLUMN_AT = {(quantity.key, kept): 2 + at for at, (quantity, kept) in enumerate(COLUMNS)}


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source in the file, with the place that it had last."""

    id: int
    kind: SourceKind
    name: str
    pack: int | None


@dataclass(frozen=True, slots=True)
class Span:
    """What is asked for.

    Attributes:
        from_s: unix seconds of the beginning.
        to_s: of the end, which does not belong to it.
        every: name of a resolution, or `AUTO`.
        points: how many at most; neighbours are put together. `None` for no limit.
    """

    from_s: float
    to_s: float
    every: str = AUTO
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One quantity.

    Attributes:
        quantity: which.
        values: a list for each thing that is kept of it, as long as the times; gaps are `None`.
        cells: for `cell_voltages_mv` in the place of the values, a list for each time.
    """

    quantity: Quantity
    values: Mapping[Kept, Sequence[float | None]]
    cells: Sequence[Sequence[int | None] | None] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the history knows.

    Attributes:
        source: about whom.
        resolution: where it was found.
        every_s: seconds between two times; of local days, those of a day without a change of clocks.
        times_s: unix seconds at which the spans begin, without a gap.
        series: one for each quantity, in the order of the question.
    """

    source: KnownSource
    resolution: str
    every_s: int
    times_s: Sequence[int]
    series: Sequence[Series]


def known_sources(rows: sqlite3.Connection) -> list[KnownSource]:
    """All sources, the rack first, then by place and name."""
    found = rows.execute("SELECT id, kind, name, pack FROM source ORDER BY kind = 'pack', pack IS NULL, pack, name")
    return [KnownSource(number, SourceKind(kind), name, pack) for number, kind, name, pack in found]


def find_source(
    rows: sqlite3.Connection, *, pack: int | None = None, serial: str | None = None, newest_of: NewestOf | None = None
) -> KnownSource:
    """The pack at a place or with a serial number; without either the rack, real or virtual, that was there last.

    Raises:
        ParameterError: the history does not know it.
    """
    known = known_sources(rows)
    if serial is not None:
        wanted = [item for item in known if item.kind is SourceKind.PACK and item.name == serial]
        what = f"pack with the serial number {serial!r}"
    elif pack is not None:
        wanted = [item for item in known if item.kind is SourceKind.PACK and item.pack == pack]
        what = f"pack {pack}"
    else:
        # There always is a rack, though nothing may be known of it yet.
        nothing = KnownSource(0, RACK.kind, RACK.name, None)
        racks = {item.id: item for item in known if item.kind is SourceKind.RACK}
        now = None if newest_of is None else _recorded_now(newest_of)
        if now is not None:
            return next((item for item in racks.values() if item.name == now.name), replace(nothing, name=now.name))
        last = _last_of(rows, racks) if len(racks) > 1 else None
        return next(iter(racks.values()), nothing) if last is None else racks[last]
    if not wanted:
        names = ", ".join(item.name for item in known if item.kind is SourceKind.PACK)
        raise ParameterError(f"The history knows no {what}; it has {names or 'nothing yet'}.")
    return wanted[0]


def _recorded_now(newest_of: NewestOf) -> Source | None:
    """The rack, real or virtual, of which there is the newest sample that is not in the file yet."""
    ends = {rack: newest_of(rack).samples for rack in (RACK, VIRTUAL_RACK)}
    known = {rack: samples[-1][0] for rack, samples in ends.items() if samples}
    return max(known, key=lambda rack: known[rack], default=None)


def _last_of(rows: sqlite3.Connection, sources: Collection[int]) -> int | None:
    """The one of some sources of which there are the newest minutes."""
    asked = f"SELECT source FROM minute WHERE source IN ({', '.join('?' * len(sources))}) ORDER BY id DESC LIMIT 1"  # noqa: S608  marks
    found = rows.execute(asked, tuple(sources)).fetchone()
    return None if found is None else int(found[0])


def first_day_s(rows: sqlite3.Connection, source: KnownSource) -> int | None:
    """Unix seconds at which the first local day begins that is kept of a source; `None` when none is."""
    found = rows.execute("SELECT min(at_s) FROM day WHERE source = ?", (source.id,)).fetchone()[0]
    return None if found is None else int(found)


def ask(
    rows: sqlite3.Connection,
    source: KnownSource,
    keys: Sequence[str],
    span: Span,
    newest_of: NewestOf | None = None,
) -> Answer:
    """Look quantities up.

    Args:
        rows: see `openress.store.historyfile.open_history`.
        source: about whom.
        keys: of the quantities.
        span: when, and how fine.
        newest_of: knows what is not in the file yet.

    Raises:
        ParameterError: an unknown quantity or resolution, or no span.
    """
    quantities = [find_quantity(key) for key in dict.fromkeys(keys)]
    if not 0 <= span.from_s < span.to_s < _LONGEST_SPAN_S:
        raise ParameterError(f"From {span.from_s:.0f} to {span.to_s:.0f} is no span of time in unix seconds.")
    new = beside(rows, Source(source.kind, source.name), newest_of)
    resolution = _choose(rows, span, quantities, new) if span.every == AUTO else find_resolution(span.every)
    if resolution.table == "raw":
        resolution = replace(resolution, every_s=_step_of(rows, source, span, new) or resolution.every_s)
    times, every_s = _grid(resolution, span)
    # A question that begins within a span means the whole of it.
    whole = replace(span, from_s=float(times[0]))
    read = _raw if resolution.table == "raw" else _rows
    found = read(rows, resolution, source, whole, times, new)
    series = tuple(_series(quantity, found, len(times)) for quantity in quantities)
    return Answer(source, resolution.name, every_s, times, series)


def _choose(rows: sqlite3.Connection, span: Span, quantities: Iterable[Quantity], new: Beside) -> Resolution:
    """The finest table that reaches back far enough and answers in time."""
    flows = any(Kept.TOTAL in quantity.kept for quantity in quantities)
    length_s = span.to_s - span.from_s
    possible = [
        item
        for item in RESOLUTIONS
        if (not flows and length_s <= _RAW_S if item.table == "raw" else length_s / item.every_s <= _STEPS)
    ] or [RESOLUTIONS[-1]]
    oldest = {item.name: _oldest(rows, item, new) for item in possible}
    ever = min((at_s for at_s in oldest.values() if at_s is not None), default=None)
    if ever is None:
        return possible[0]
    for item in possible:
        if item.table == "raw" and not new.samples and not _reaches(rows, span):
            continue
        at_s = oldest[item.name]
        # What no table has is not missed by any.
        if at_s is not None and at_s <= max(span.from_s, ever) + possible[-1].every_s:
            return item
    return possible[-1]


def _reaches(rows: sqlite3.Connection, span: Span) -> bool:
    """Whether the samples go on as far as the minutes do: they are written a quarter of an hour at once."""
    raw = rows.execute("SELECT until_s FROM raw ORDER BY id DESC LIMIT 1").fetchone()
    minute = rows.execute("SELECT max(id) FROM minute").fetchone()[0]
    return raw is None or minute is None or min(span.to_s, int(minute) // SPAN) <= raw[0]


def _oldest(rows: sqlite3.Connection, resolution: Resolution, new: Beside) -> int | None:
    found = rows.execute(f"SELECT min(id) FROM {resolution.table}").fetchone()[0]  # noqa: S608  names of the schema
    if found is not None:
        return int(found) // SPAN
    if resolution.table == "raw":
        return int(new.samples[0][0]) if new.samples else None
    return new.minutes[0].at_s if new.minutes else None


def _grid(resolution: Resolution, span: Span) -> tuple[list[int], int]:
    """Beginnings of the spans of an answer, and the seconds between two."""
    count = ceil((span.to_s - span.from_s) / resolution.every_s)
    together = 1 if span.points is None else max(1, ceil(count / max(1, span.points)))
    every_s = together * resolution.every_s
    if resolution.table != "day":
        first = int(span.from_s // every_s) * every_s
        return list(range(first, ceil(span.to_s), every_s)), every_s
    days = []
    start, end = local_day(span.from_s)
    while start < span.to_s:
        days.append(start)
        start, end = end, local_day(end)[1]
    return days[::together], every_s


def _step_of(rows: sqlite3.Connection, source: KnownSource, span: Span, new: Beside) -> int | None:
    """Seconds between the samples of a span, which whoever runs this has chosen."""
    piece = rows.execute(
        "SELECT at_s, content FROM raw WHERE id >= ? AND id < ? AND source = ? ORDER BY id DESC LIMIT 1",
        (SPAN * (span.from_s - _LONGEST_PIECE_S), SPAN * span.to_s, source.id),
    ).fetchone()
    if piece is None:
        return new.every_s
    times = [at_s for at_s, _ in decode(*piece)]
    apart = sorted(later - sooner for sooner, later in pairwise(times))
    return max(1, round(apart[len(apart) // 2])) if apart else None


def _at(times: Sequence[int], at_s: float) -> int:
    """Index of the span in which a time lies."""
    return bisect_right(times, at_s) - 1


def _rows(
    rows: sqlite3.Connection,
    resolution: Resolution,
    source: KnownSource,
    span: Span,
    times: Sequence[int],
    new: Beside,
) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    asked = (
        f"SELECT at_s, {', '.join(ROW)} FROM {resolution.table} "  # noqa: S608  names of the schema
        "WHERE id >= ? AND id < ? AND source = ? ORDER BY id"
    )
    for at_s, *row in rows.execute(asked, (SPAN * span.from_s, SPAN * span.to_s, source.id)):
        found.setdefault(_at(times, at_s), []).append(tuple(row))
    for minute in new.minutes:
        if span.from_s <= minute.at_s < span.to_s:
            found.setdefault(_at(times, minute.at_s), []).append(minute.row)
    return found


def _raw(
    rows: sqlite3.Connection,
    _: Resolution,
    source: KnownSource,
    span: Span,
    times: Sequence[int],
    new: Beside,
) -> dict[int, list[Row]]:
    pieces = rows.execute(
        "SELECT at_s, content FROM raw WHERE id >= ? AND id < ? AND source = ? ORDER BY id",
        (SPAN * (span.from_s - _LONGEST_PIECE_S), SPAN * span.to_s, source.id),
    )
    buckets: dict[int, Bucket] = {}
    seen_s = -1.0
    for at_s, values in chain(chain.from_iterable(decode(*piece) for piece in pieces), new.samples):
        # A clock that was set back tells an hour twice; the first telling counts.
        if seen_s < at_s and span.from_s <= at_s < span.to_s:
            seen_s = at_s
            buckets.setdefault(_at(times, at_s), Bucket()).add(values)
    return {at: [bucket.row()] for at, bucket in buckets.items()}


def _series(quantity: Quantity, found: Mapping[int, Sequence[Row]], count: int) -> Series:
    if quantity.key == CELLS:
        cells: list[Sequence[int | None] | None] = [None] * count
        for at, rows in found.items():
            packed = [row[-1] for row in rows]
            cells[at] = cells_of(packed[0] if len(packed) == 1 else merge_cells(packed, [row[0] for row in rows]))
        return Series(quantity, {}, cells)
    values: dict[Kept, Sequence[float | None]] = {}
    for kept in quantity.kept:
        column, line = _COLUMN_AT[quantity.key, kept], list[float | None]([None] * count)
        for at, rows in found.items():
            value = (
                rows[0][column]
                if len(rows) == 1
                else merge_column(kept, [row[column] for row in rows], [row[0] for row in rows])
            )
            line[at] = None if value is None else value / quantity.per_unit
        values[kept] = line
    return Series(quantity, values)
