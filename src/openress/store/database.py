"""The store: one file with what all packs remember, which the rest of OpenRESS can do without."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from openress.errors import PortError
from openress.store.files import move_aside, open_to_read, open_to_write
from openress.store.migration import PACKS, Layout
from openress.store.pack import PackStore
from openress.store.rescue import new_from
from openress.store.trouble import Failure, NotKeptError, Trouble, sentence, trouble_of
from openress.store.values import HISTORY_RECORDS, checked_serial, checked_time

__all__ = ["Store"]

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
Rescue = Callable[[Path, Path], tuple[sqlite3.Connection, tuple[str, ...]]]
_TOLD_AT_MOST = 1000


class Store:
    """One database file, used from the thread that opened it.

    A file that is damaged is moved aside and a new one begun. While a file cannot be written (a read-only folder, a
    full disk, another program's lock) the store keeps nothing, says so once and tries again with every write; what
    can be read is read.

    Args:
        path: the file; its folder is made.
        at_s: unix seconds now; a damaged file is named after them.
        say: takes sentences for the person who runs this, each once.
        layout: what the file is made like.
        rescue: begins a new file with what is sound in the damaged one, see `new_from`.

    Attributes:
        path: the file.
        synchronous: when a write is on the disk: `FULL` at once, `NORMAL` some time later; whole it is either way.

    Raises:
        ParameterError: the file was made by a newer OpenRESS.
        PortError: another program holds the file.
    """

    def __init__(
        self,
        path: Path,
        *,
        at_s: float,
        say: Callable[[str], None],
        layout: Layout = PACKS,
        rescue: Rescue = new_from,
    ) -> None:
        self.path = path
        self.synchronous = "FULL"
        self._layout = layout
        self._rescue = rescue
        self._say = say
        self._told: set[str] = set()
        self._at_s = checked_time(at_s)
        self._inside = False
        self._why_not: str | None = None
        self._connection = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def why_not(self) -> str | None:
        """Why nothing is kept at present; `None` while the store keeps."""
        return self._why_not

    def pack(self, serial: str, *, history_records: int = HISTORY_RECORDS) -> PackStore:
        """What is kept of one pack.

        Args:
            serial: its serial number; its address may change.
            history_records: how many events its product keeps.

        Raises:
            ParameterError: no pack can be known by that.
        """
        return PackStore(self, checked_serial(serial), history_records)

    def serials(self) -> tuple[str, ...]:
        """The packs of which something is kept, sorted."""
        return self.read(lambda rows: tuple(row[0] for row in rows.execute("SELECT serial FROM pack ORDER BY serial")))

    def tell(self, told: str) -> None:
        """Say a sentence, unless it has been said."""
        if told not in self._told and len(self._told) < _TOLD_AT_MOST:
            self._told.add(told)
            self._say(told)

    def read(self, work: Work[T]) -> T:
        """Look something up.

        Raises:
            NotKeptError: the file cannot be read.
        """
        if self._inside:
            return work(self._connection)
        return self._twice(lambda: work(self._connection))

    def write(self, work: Work[T], at_s: float | None = None) -> T:
        """Carry something out as a whole or not at all; it is on the disk when this returns.

        Where `synchronous` says so, it is there some time later.

        Inside `work` further writes may be called: they become part of it, each again as a whole or not at all.
        `work` must be able to run twice, because it is repeated on a new file when the old one turns out damaged.

        Args:
            work: what to do.
            at_s: unix seconds now, where they are known; a damaged file is named after them.

        Raises:
            NotKeptError: the file cannot be written.
        """
        if at_s is not None:
            self._at_s = checked_time(at_s)
        if self._inside:
            return self._part(work)
        if self._why_not is not None:
            self._open_again()
        done = self._twice(lambda: self._whole(work))
        if self._why_not is not None:
            self._why_not = None
            self._say(f"The store {self.path} keeps again; what came while it did not is missing in it.")
        return done

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def _open(self) -> sqlite3.Connection:
        try:
            return self._open_or_begin_anew()
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
            trouble = _trouble(error)
            if trouble is Trouble.LOCKED:
                raise PortError(
                    f"The store {self.path} is in use by another program ({error}); stop that one first."
                ) from error
            self._stop(trouble, error)
            return open_to_read(self.path, self._layout)

    def _open_or_begin_anew(self) -> sqlite3.Connection:
        try:
            return open_to_write(self.path, check=True, layout=self._layout)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            if trouble_of(error) is not Trouble.DAMAGED:
                raise
            return self._begin_anew(error)

    def _begin_anew(self, error: Failure) -> sqlite3.Connection:
        aside = move_aside(self.path, self._at_s)
        told = f"The store {self.path} is damaged ({error}): it is now called {aside.name}, and a new one begins"
        try:
            connection, rescued = self._rescue(aside, self.path)
        except (sqlite3.Error, OSError, UnicodeDecodeError):
            self._say(f"{told} as soon as it can.")
            raise
        which = f"the settings and counters of {', '.join(rescued)}, which were sound" if rescued else "nothing"
        self._say(f"{told} with {which}.")
        return connection

    def _open_again(self) -> None:
        try:
            connection = self._open_or_begin_anew()
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
            self._stop(_trouble(error), error)
            raise NotKeptError(self._why_not) from error
        self._connection.close()
        self._connection = connection

    def _twice(self, attempt: Callable[[], T]) -> T:
        try:
            return attempt()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._make_usable(error)
        try:
            return attempt()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._stop(_trouble(error), error)
            raise NotKeptError(self._why_not) from error

    def _make_usable(self, error: Failure) -> None:
        """Put a new file in the place of a damaged one; anything else that is the file's ends keeping."""
        trouble = _trouble(error)
        if trouble is not Trouble.DAMAGED:
            self._stop(trouble, error)
            raise NotKeptError(self._why_not) from error
        self._connection.close()
        try:
            self._connection = self._begin_anew(error)
        except (sqlite3.Error, OSError, UnicodeDecodeError) as second:
            self._connection = open_to_read(self.path, self._layout)
            self._stop(_trouble(second), second)
            raise NotKeptError(self._why_not) from second

    def _stop(self, trouble: Trouble, error: Exception) -> None:
        told, before = sentence(self.path, trouble, error), self._why_not
        self._why_not = told
        if before is None:
            self._say(told)

    def _whole(self, work: Work[T]) -> T:
        rows = self._connection
        rows.execute(f"PRAGMA synchronous = {self.synchronous}")
        rows.execute("BEGIN IMMEDIATE")
        self._inside = True
        try:
            done = work(rows)
            rows.execute("COMMIT")
        except BaseException:
            # After a full disk SQLite may have rolled back by itself.
            if rows.in_transaction:
                rows.execute("ROLLBACK")
            raise
        finally:
            self._inside = False
        return done

    def _part(self, work: Work[T]) -> T:
        rows = self._connection
        rows.execute("SAVEPOINT part")
        try:
            done = work(rows)
        except BaseException:
            if rows.in_transaction:
                rows.execute("ROLLBACK TO part")
                rows.execute("RELEASE part")
            raise
        rows.execute("RELEASE part")
        return done


def _trouble(error: Failure) -> Trouble:
    """The trouble behind an error; a fault of the program goes on as it is."""
    trouble = trouble_of(error)
    if trouble is None:
        raise error
    return trouble
