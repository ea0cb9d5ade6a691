"""The file of the history: samples, their spans, health and events, written in batches that are never written twice.

A file of its own beside `openress.db`: it is a hundred times larger, grows and forgets, and may lose its last seconds,
while what packs must know again is small, never forgotten and on the disk at once. Damage of one leaves the other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from openress.errors import ParameterError
from openress.store.bucket import ROW, merged
from openress.store.database import Store
from openress.store.files import open_to_read, open_to_write
from openress.store.happened import RACK, Batch, Ended, Event, HealthNote, Level, Minute, Source, SourceKind
from openress.store.migration import Layout, steps_in
from openress.store.retention import DAY_S, QUARTER_S, SPAN
from openress.store.rollup import add_aggregate, roll_up

__all__ = ["HISTORY", "HISTORY_LAYOUT", "HistoryFile", "local_day", "open_history"]

HISTORY = "history.db"
HISTORY_LAYOUT = Layout(steps_in("historyschema", 1, {}), checked_up_to=64e6)
"""Beyond that, reading the whole file at every start would take a small computer minutes; damage is found when met."""
_TO_READ = Layout(HISTORY_LAYOUT.steps, checked_up_to=0)
_FORGET_AT_ONCE_S = DAY_S
"""A clock that is wrong for an hour must not cost the history: at most this much is forgotten with one batch."""
EVENTS_DAYS = 3660
_PLACES = ", ".join("?" * (1 + len(ROW)))
_PUT = f"INSERT OR REPLACE INTO {{}} (id, {', '.join(ROW)}) VALUES ({_PLACES})"  # noqa: S608  names of the schema
_GET = f"SELECT {', '.join(ROW)} FROM minute WHERE id = ?"  # noqa: S608  names of the schema


def local_day(at_s: float) -> tuple[int, int]:
    """First second of the local day in which `at_s` lies, and of the next one."""
    now = datetime.fromtimestamp(at_s, UTC).astimezone()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    start = midnight.astimezone().timestamp()
    # Between 23 and 25 hours later, where clocks are changed.
    later = datetime.fromtimestamp(start + 30 * 3600, UTC).astimezone()
    end = later.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None).astimezone().timestamp()
    return int(start), int(end)


class HistoryFile:
    """The history, used from the thread that opened it.

    Args:
        path: the file.
        at_s: unix seconds now.
        say: see `Store`.
        session: of this run; with the number of a batch it tells whether that has been written.
        days: how long each table is kept, see `kept_days`.
        day_of: the day of a time, see `local_day`.

    Raises:
        ParameterError: see `Store`.
        PortError: see `Store`.
    """

    def __init__(
        self,
        path: Path,
        *,
        at_s: float,
        say: Callable[[str], None],
        session: str,
        days: Mapping[str, int],
        day_of: Callable[[float], tuple[int, int]] = local_day,
    ) -> None:
        self._session = session
        self._days = days
        self._day_of = day_of
        self._ids: dict[Source, int] = {}
        self._store = Store(path, at_s=at_s, say=say, layout=HISTORY_LAYOUT, rescue=_anew)

    @property
    def why_not(self) -> str | None:
        """See `Store.why_not`."""
        return self._store.why_not

    def close(self) -> None:
        """Let the file go."""
        self._store.close()

    def standing(self) -> list[Event]:
        """What stood when the last run ended.

        Raises:
            NotKeptError: the file cannot be read.
        """
        return self._store.read(_standing)

    def serials(self) -> list[str]:
        """Who the real packs were of which something was kept last.

        Raises:
            NotKeptError: the file cannot be read.
        """
        return self._store.read(_serials)

    def write(self, batch: Batch) -> None:
        """Write a batch as a whole or not at all; one that has been written is left alone.

        Raises:
            NotKeptError: it is not written.
        """
        self._store.synchronous = "FULL" if batch.durable else "NORMAL"
        self._store.write(lambda rows: self._put(rows, batch), batch.at_s)

    def load(self, minutes: Iterable[Minute], at_s: float) -> None:
        """Take minutes in bulk, oldest first, in the place of what was there; their quarters and days are made anew.

        Raises:
            NotKeptError: they are not written.
        """
        kept = list(minutes)

        def put(rows: sqlite3.Connection) -> None:
            self._ids.clear()
            ids = {source: self._id(rows, source) for source in {minute.source for minute in kept}}
            values = ((SPAN * minute.at_s + ids[minute.source], *minute.row) for minute in kept)
            rows.executemany(_PUT.format("minute"), values)
            self._roll(rows, {m.at_s for m in kept})

        self._store.synchronous = "NORMAL"
        self._store.write(put, at_s)

    def _put(self, rows: sqlite3.Connection, batch: Batch) -> None:
        # The work may be repeated on a new file, whose sources have other numbers.
        self._ids.clear()
        before = rows.execute("SELECT session, number FROM batch").fetchone()
        if before is not None and before[0] == self._session and before[1] >= batch.number:
            return
        rows.execute("INSERT OR REPLACE INTO batch VALUES (1, ?, ?)", (self._session, batch.number))
        # The rack is there from the beginning, so that it can be asked.
        self._id(rows, RACK)
        for source, pack in batch.packs.items():
            number = self._id(rows, source)
            # Who was at that place before is there no longer.
            rows.execute("UPDATE source SET pack = NULL WHERE pack = ? AND id <> ?", (pack, number))
            rows.execute("UPDATE source SET pack = ? WHERE id = ? AND pack IS NOT ?", (pack, number, pack))
        # In the order of the table: rows put in at its end fill its pages, others halve them.
        for minute in sorted(batch.minutes, key=lambda minute: (minute.at_s, self._id(rows, minute.source))):
            self._put_minute(rows, minute)
        self._roll(rows, {minute.at_s for minute in batch.minutes})
        rows.executemany(
            "INSERT OR IGNORE INTO raw (id, until_s, content) VALUES (?, ?, ?)",
            [
                (SPAN * piece.at_s + self._id(rows, piece.source), piece.until_s, piece.content)
                for piece in batch.pieces
            ],
        )
        for note in batch.health:
            self._put_health(rows, note)
        self._put_events(rows, batch)
        if batch.forget:
            self._forget(rows, batch.at_s)

    def _put_minute(self, rows: sqlite3.Connection, minute: Minute) -> None:
        """A minute that is there already, because a run ended or a clock was set in it, is filled up."""
        key = SPAN * minute.at_s + self._id(rows, minute.source)
        there = rows.execute(_GET, (key,)).fetchone()
        row = minute.row if there is None else merged([there, minute.row])
        rows.execute(_PUT.format("minute"), (key, *row))

    def _roll(self, rows: sqlite3.Connection, minutes: set[int]) -> None:
        if not minutes:
            return
        add_aggregate(rows)
        for start in sorted({at_s // QUARTER_S * QUARTER_S for at_s in minutes}):
            roll_up(rows, "minute", "quarter", start, start + QUARTER_S)
        for start, end in sorted({self._day_of(at_s) for at_s in minutes}):
            roll_up(rows, "quarter", "day", start, end)

    def _put_health(self, rows: sqlite3.Connection, note: HealthNote) -> None:
        rows.execute(
            "INSERT INTO health (at_s, source, soh_pct, full_ah, design_ah, cycles, steps, volt_amperes, "
            "ampere_squares) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "soh_pct = coalesce(excluded.soh_pct, soh_pct), full_ah = coalesce(excluded.full_ah, full_ah), "
            "design_ah = coalesce(excluded.design_ah, design_ah), cycles = coalesce(excluded.cycles, cycles), "
            "steps = steps + excluded.steps, volt_amperes = volt_amperes + excluded.volt_amperes, "
            "ampere_squares = ampere_squares + excluded.ampere_squares",
            (
                self._day_of(note.at_s)[0],
                self._id(rows, note.source),
                note.soh_pct,
                note.full_ah,
                note.design_ah,
                note.cycles,
                note.steps,
                note.volt_amperes,
                note.ampere_squares,
            ),
        )

    def _put_events(self, rows: sqlite3.Connection, batch: Batch) -> None:
        for event in batch.begun:
            rows.execute(
                "INSERT OR IGNORE INTO event (source, pack, kind, code, level, began_s, ended_s, text) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self._id(rows, event.source),
                    event.pack,
                    event.kind,
                    event.code,
                    event.level.value,
                    event.began_s,
                    event.ended_s,
                    event.text,
                ),
            )
        for end in batch.ended:
            self._end(rows, end)

    def _end(self, rows: sqlite3.Connection, end: Ended) -> None:
        # A clock that was set back would end it before it began.
        rows.execute(
            "UPDATE event SET ended_s = max(began_s, ?) WHERE source = ? AND kind = ? AND code = ? AND ended_s IS NULL",
            (end.at_s, self._id(rows, end.source), end.kind, end.code),
        )

    def _forget(self, rows: sqlite3.Connection, at_s: float) -> None:
        for table, days in {**self._days, "event": EVENTS_DAYS}.items():
            key, per_s = ("began_s", 1) if table == "event" else ("id", SPAN)
            oldest = rows.execute(f"SELECT min({key}) FROM {table}").fetchone()[0]  # noqa: S608  names of the schema
            if oldest is not None:
                until_s = min(at_s - days * DAY_S, oldest / per_s + _FORGET_AT_ONCE_S)
                rows.execute(f"DELETE FROM {table} WHERE {key} < ?", (per_s * until_s,))  # noqa: S608  names of the schema

    def _id(self, rows: sqlite3.Connection, source: Source) -> int:
        if source not in self._ids:
            key = (source.kind.value, source.name)
            rows.execute("INSERT INTO source (kind, name) VALUES (?, ?) ON CONFLICT DO NOTHING", key)
            found = rows.execute("SELECT id FROM source WHERE kind = ? AND name = ?", key).fetchone()
            if found[0] >= SPAN:
                raise ParameterError(f"The history of {SPAN} packs is full; move {HISTORY} away to begin a new one.")
            self._ids[source] = int(found[0])
        return self._ids[source]


def _standing(rows: sqlite3.Connection) -> list[Event]:
    found = rows.execute(
        "SELECT source.kind, name, event.pack, event.kind, code, level, began_s, text "
        "FROM event JOIN source ON source.id = event.source WHERE ended_s IS NULL"
    )
    return [
        Event(
            source=Source(SourceKind(kind), name),
            pack=pack,
            kind=sort,
            code=code,
            level=Level(level),
            began_s=began_s,
            text=text,
        )
        for kind, name, pack, sort, code, level, began_s, text in found
    ]


def _serials(rows: sqlite3.Connection) -> list[str]:
    rack = rows.execute("SELECT id FROM source WHERE kind = ? AND name = ?", (RACK.kind, RACK.name)).fetchone()
    start = 0
    # By way of the days: minutes are many, and the last of real packs may be long ago.
    for table in ("day", "quarter"):
        asked = f"SELECT at_s FROM {table} WHERE source = ? AND id >= ? ORDER BY id DESC LIMIT 1"  # noqa: S608  names of the schema
        last = None if rack is None else rows.execute(asked, (*rack, SPAN * start)).fetchone()
        if last is None:
            return []
        start = last[0]
    found = rows.execute(
        "SELECT name FROM quarter JOIN source ON source.id = source WHERE kind = ? AND quarter.id BETWEEN ? AND ?",
        (SourceKind.PACK, SPAN * start, SPAN * start + SPAN - 1),
    )
    sources = [Source(SourceKind.PACK, name) for (name,) in found]
    return [source.name for source in sources if not (source.virtual or source.numbered)]


def _anew(_: Path, path: Path) -> tuple[sqlite3.Connection, tuple[str, ...]]:
    """An empty history: nothing tells a sound row from a damaged one, and the damaged file stays for who wants it."""
    return open_to_write(path, check=False, layout=HISTORY_LAYOUT), ()


def open_history(path: Path) -> closing[sqlite3.Connection]:
    """A history to look things up in, also while a program writes it; an empty one where there is none.

    Raises:
        ParameterError: made by a newer OpenRESS.
    """
    return closing(open_to_read(path, _TO_READ))
