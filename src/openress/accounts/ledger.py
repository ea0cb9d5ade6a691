"""The file of accounts, tokens, the claim code and the audit: SQLite, readable by its owner alone."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from openress.accounts.chain import BEGINNING, Entry, first_broken, seal
from openress.errors import PortError, reason

__all__ = ["ACCOUNTS_FILE", "AUDIT_KEPT", "Ledger"]

ACCOUNTS_FILE = "accounts.db"
AUDIT_KEPT = 100_000
"""Entries; then the oldest make room, and the chain begins at the seal of the last that went."""
_WAIT_S = 5.0
_PRIVATE = 0o600

_SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
  name TEXT PRIMARY KEY, role TEXT NOT NULL, password TEXT NOT NULL, epoch INTEGER NOT NULL, made_s REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS token (
  id TEXT PRIMARY KEY, secret TEXT NOT NULL UNIQUE, account TEXT NOT NULL REFERENCES account ON DELETE CASCADE,
  role TEXT NOT NULL, title TEXT NOT NULL, made_s REAL NOT NULL, expires_s REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS claim (
  only INTEGER PRIMARY KEY CHECK (only = 1), secret TEXT NOT NULL, expires_s REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS audit (
  number INTEGER PRIMARY KEY, at_s REAL NOT NULL, who TEXT NOT NULL, origin TEXT NOT NULL, action TEXT NOT NULL,
  detail TEXT NOT NULL, result TEXT NOT NULL, sealed TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS audit_stays BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
"""
_ENTRY = "number, at_s, who, origin, action, detail, result, sealed"


class Ledger:
    """The file, used by any thread and by several programs at once.

    Args:
        path: it is made where it is missing.

    Raises:
        PortError: it cannot be opened or is damaged. There is no way in without it: whoever may do what would be
            anybody's guess.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writes, self._reads = threading.Lock(), threading.Lock()
        try:
            _make_private(path)
            self._writer = sqlite3.connect(path, isolation_level=None, timeout=_WAIT_S, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise self._cannot(error) from error
        try:
            for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                self._writer.execute(f"PRAGMA {setting}")
            self._writer.executescript(_SCHEMA)
            # Whoever reads need not wait until a disk has taken what another thread writes.
            self._reader = sqlite3.connect(path, isolation_level=None, timeout=_WAIT_S, check_same_thread=False)
        except sqlite3.Error as error:
            self._writer.close()
            raise self._cannot(error) from error

    def _cannot(self, error: Exception) -> PortError:
        return PortError(
            f"The accounts in {self.path} cannot be used: {reason(error)}. Put a copy back, or move the file away to "
            "begin anew with a claim code."
        )

    def close(self) -> None:
        """Let the file go."""
        with self._writes, self._reads:
            self._reader.close()
            self._writer.close()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query finds of what has been carried out; within `writing`, of what was there before it.

        Raises:
            PortError: the file cannot be read.
        """
        with self._reads:
            try:
                return self._reader.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise self._cannot(error) from error

    @contextmanager
    def writing(self) -> Iterator[Callable[..., int]]:
        """A change as a whole or not at all; yields what carries out a statement and counts the rows it changed.

        Raises:
            PortError: the file cannot be written.
        """
        with self._writes:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                raise self._cannot(error) from error
            try:
                yield lambda statement, *values: self._writer.execute(statement, values).rowcount
                self._writer.execute("COMMIT")
            except sqlite3.Error as error:
                self._undo()
                raise self._cannot(error) from error
            except BaseException:
                self._undo()
                raise

    def _undo(self) -> None:
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")

    def note(self, at_s: float, who: str, action: str, *, origin: str = "", detail: str = "", result: str) -> None:
        """Add to the audit; on the disk when this returns.

        Raises:
            PortError: it cannot be written.
        """
        with self.writing() as run:
            last = self.rows("SELECT number, sealed FROM audit ORDER BY number DESC LIMIT 1")
            number, before = last[0] if last else (0, BEGINNING)
            entry = Entry(number + 1, at_s, who[:64], origin[:64], action[:200], detail[:1000], result[:200])
            entry = replace(entry, sealed=seal(before, entry))
            run(
                f"INSERT INTO audit ({_ENTRY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # names of ours
                *(getattr(entry, name) for name in _ENTRY.split(", ")),
            )
            run("DELETE FROM audit WHERE number <= ?", number + 1 - AUDIT_KEPT)

    def audit(self, *, before: int | None = None, most: int = 100) -> list[Entry]:
        """Entries, newest first."""
        query = f"SELECT {_ENTRY} FROM audit WHERE number < ? ORDER BY number DESC LIMIT ?"  # noqa: S608  # as above
        return [Entry(*row) for row in self.rows(query, 2**62 if before is None else before, most)]

    def broken_at(self) -> int | None:
        """Number of the first entry of the audit that was tampered with; of the oldest kept the seal is believed."""
        # There may be many: those who only want to know who calls are not kept waiting.
        with self._writes:
            try:
                rows = self._writer.execute(f"SELECT {_ENTRY} FROM audit ORDER BY number")  # noqa: S608  # as above
                entries = [Entry(*row) for row in rows]
            except sqlite3.Error as error:
                raise self._cannot(error) from error
        if not entries:
            return None
        if entries[0].number == 1:
            return first_broken(entries)
        return first_broken(entries[1:], entries[0].sealed)


def _make_private(path: Path) -> None:
    """Make the file for its owner alone; SQLite gives the files beside it the same rights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, _PRIVATE)
    try:
        if os.name == "posix" and os.fstat(handle).st_mode & 0o077:
            os.fchmod(handle, _PRIVATE)
    finally:
        os.close(handle)
