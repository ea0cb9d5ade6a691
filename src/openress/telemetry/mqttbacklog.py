"""Records that a broker has not taken yet: in memory while all is well, in a small database when it is not.

A broker that is there takes a record within a second, so nothing is written. Every few minutes what still waits goes
to disk in one transaction, together with the totals of energy; a restart finds it there. Beyond its bound the backlog
is thinned, oldest first, to a record every five and then fifteen minutes; only then are the oldest dropped. A disk that
fails, a file that is damaged: records stay in memory under the same bound.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from openress.bms.energy import EnergyTotals
from openress.errors import reason

__all__ = ["KEEP_WHOLE_S", "Backlog", "Row"]

KEEP_WHOLE_S = 48 * 3600.0
"""Not thinned while younger, unless the bound leaves no choice."""
_COARSER_S = (300, 900)
_DELETE_EVERY = 50
"""Records that a broker has taken are deleted so many at a time, to spare the disk."""
_CLOSED = "the database is not open"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (seq INTEGER PRIMARY KEY, time_s INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A record that waits.

    Attributes:
        seq: rises by one with every record.
        time_s: Unix seconds.
        body: JSON, compressed.
        doubtful: a broker may have it already.
    """

    seq: int
    time_s: int
    body: bytes
    doubtful: bool = False

    @property
    def payload(self) -> bytes:
        """What is sent; one that may have been sent before says so, in `again`."""
        text = zlib.decompress(self.body)
        return text[:-1] + b',"again":true}' if self.doubtful else text


class Backlog:
    """The records in their order. Used from one thread at a time.

    Args:
        path: of the database.
        limit_bytes: of records, compressed.
        say: told once when the disk fails, and once when it works again.
    """

    def __init__(self, path: Path, *, limit_bytes: int, say: Callable[[str], None]) -> None:
        self._path = path
        self._limit = limit_bytes
        self._say = say
        self._new: deque[Row] = deque()
        self._old: deque[int] = deque()
        self._taken: list[int] = []
        self._ailing = False
        self._base: sqlite3.Connection | None = None
        self._bytes = 0
        self._seq = 0
        self._doubtful_to = 0
        self._suspect: int | None = None
        self.kept: dict[str, str] = {}
        self.dropped = 0
        self._open()

    def __len__(self) -> int:
        return len(self._old) + len(self._new)

    def add(self, time_s: int, record: dict[str, Any]) -> None:
        """Put a record at the end."""
        self._seq += 1
        body = zlib.compress(json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode())
        self._new.append(Row(self._seq, time_s, body))
        self._bytes += len(body)
        if self._bytes > self._limit:
            self._shrink(time_s)

    def first(self) -> Row | None:
        """The oldest one, or `None`."""
        while self._old:
            found: list[tuple[int, bytes]] = []
            seq = self._old[0]
            if not self._on_disk(partial(self._read, seq, found)):
                return None
            if found:
                return Row(seq, *found[0], doubtful=seq <= self._doubtful_to or seq == self._suspect)
            self._old.popleft()
        if not self._new:
            return None
        row = self._new[0]
        return replace(row, doubtful=row.seq == self._suspect)

    def suspect(self, row: Row) -> None:
        """The broker may have taken it, but did not say so."""
        self._suspect = row.seq

    def done(self, row: Row) -> None:
        """The broker has taken the first one."""
        if self._old and self._old[0] == row.seq:
            self._old.popleft()
            self._taken.append(row.seq)
            if len(self._taken) >= _DELETE_EVERY or not self._old:
                self._on_disk(self._delete)
        elif self._new and self._new[0].seq == row.seq:
            self._new.popleft()
        else:
            return
        self._bytes -= len(row.body)

    def flush(self, totals: dict[str, EnergyTotals]) -> bool:
        """Write what waits, the totals and whatever else is kept; tells whether that is on disk now."""
        self.kept["totals"] = json.dumps({name: [t.charged_wh, t.discharged_wh] for name, t in totals.items()})
        if self._base is None:
            self._open()
        return self._on_disk(self._write)

    @property
    def totals(self) -> dict[str, EnergyTotals]:
        """As written last."""
        try:
            found = json.loads(self.kept.get("totals", "{}"))
            return {name: EnergyTotals(float(pair[0]), float(pair[1])) for name, pair in found.items()}
        except (ValueError, TypeError, AttributeError, IndexError):
            self._say("The totals of energy cannot be read; they begin again at 0.")
            return {}

    def close(self) -> None:
        """Let go of the file."""
        if self._base is not None:
            self._base.close()
            self._base = None

    def _open(self) -> None:
        try:
            self._load()
        except sqlite3.DatabaseError as error:
            self.close()
            # A file that is merely locked or on a full disk is not a damaged one.
            if isinstance(error, sqlite3.OperationalError):
                self._fails(error)
                return
            aside = self._path.with_suffix(".damaged")
            with contextlib.suppress(OSError):
                self._path.replace(aside)
            self._say(f"{self._path} is damaged ({error}); it was put aside as {aside.name} and begun anew.")
            self._on_disk(self._load)

    def _load(self) -> None:
        self._base = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=NORMAL")
        self._base.executescript(_SCHEMA)
        rows = self._base.execute("SELECT seq, length(body) FROM record ORDER BY seq").fetchall()
        kept = dict(self._base.execute("SELECT name, text FROM kept").fetchall())
        self._old = deque(seq for seq, _ in rows)
        self._bytes += sum(size for _, size in rows)
        if self._old and self._new:
            # Found late: what came meanwhile comes after it.
            self._new = deque(replace(row, seq=self._old[-1] + 1 + place) for place, row in enumerate(self._new))
            self._seq = self._new[-1].seq
        self.kept = kept | self.kept
        if self._old:
            # Deletions come late: after a crash the first of what is found may have been taken already.
            self._doubtful_to = self._old[0] + _DELETE_EVERY - 1
        self._seq = max(self._seq, *self._old, 0)

    def _read(self, seq: int, found: list[tuple[int, bytes]]) -> None:
        if self._base is None:
            raise sqlite3.OperationalError(_CLOSED)
        found.extend(self._base.execute("SELECT time_s, body FROM record WHERE seq = ?", (seq,)))

    def _write(self) -> None:
        with self._transaction() as base:
            base.executemany("DELETE FROM record WHERE seq = ?", [(seq,) for seq in self._taken])
            base.executemany(
                "INSERT OR REPLACE INTO record VALUES (?, ?, ?)", [(row.seq, row.time_s, row.body) for row in self._new]
            )
            base.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", list(self.kept.items()))
        self._taken.clear()
        self._old.extend(row.seq for row in self._new)
        self._new.clear()

    def _delete(self) -> None:
        with self._transaction() as base:
            base.executemany("DELETE FROM record WHERE seq = ?", [(seq,) for seq in self._taken])
        self._taken.clear()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        base = self._base
        if base is None:
            raise sqlite3.OperationalError(_CLOSED)
        base.execute("BEGIN IMMEDIATE")
        try:
            yield base
            base.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                base.execute("ROLLBACK")
            raise

    def _shrink(self, newest_s: int) -> None:
        """Thin, then drop, until the bound is kept."""
        self._on_disk(self._write)
        if self._new:
            self._shrink_memory()
            return
        for before_s in (newest_s - KEEP_WHOLE_S, float(newest_s)):
            for step_s in _COARSER_S:
                self._cut(
                    "time_s < ? AND time_s / ? = (SELECT p.time_s / ? FROM record p WHERE p.seq < record.seq "
                    "ORDER BY p.seq DESC LIMIT 1)",
                    (before_s, step_s, step_s),
                )
                if self._bytes <= self._limit:
                    return
        while self._bytes > self._limit and self._old:
            self._cut("seq <= ?", (self._old[min(len(self._old) - 1, len(self._old) // 10)],))

    def _shrink_memory(self) -> None:
        while self._bytes > self._limit and len(self._new) > 1:
            self._bytes -= len(self._new.popleft().body)
            self.dropped += 1

    def _cut(self, where: str, values: tuple[float, ...]) -> None:
        def cut() -> None:
            with self._transaction() as base:
                before = base.execute("SELECT count(*) FROM record").fetchone()[0]
                # The subquery looks at rows as they were: what to delete is listed first.
                gone = base.execute(f"SELECT seq FROM record WHERE {where}", values).fetchall()  # noqa: S608  # ours
                base.executemany("DELETE FROM record WHERE seq = ?", gone)
                self.dropped += len(gone)
                if before and not gone:
                    return
            rows = base.execute("SELECT seq, length(body) FROM record ORDER BY seq").fetchall()
            self._old = deque(seq for seq, _ in rows)
            self._bytes = sum(size for _, size in rows)

        if not self._on_disk(cut):
            self._bytes = min(self._bytes, self._limit)

    def _on_disk(self, work: Callable[[], None]) -> bool:
        try:
            work()
        except sqlite3.Error as error:
            self._fails(error)
            return False
        if self._ailing and self._base is not None:
            self._ailing = False
            self._say(f"Records for MQTT can be kept in {self._path} again.")
        return True

    def _fails(self, error: sqlite3.Error) -> None:
        if not self._ailing:
            self._ailing = True
            self._say(f"Records for MQTT cannot be kept in {self._path} ({reason(error)}); they stay in memory.")
