"""The kinds of table: a ring that forgets its oldest rows, a slot with one block for each pack, a ledger that stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from openress.store.chain import link
from openress.store.rows import JOURNAL_COLUMNS, RECORD_COLUMNS, Block

__all__ = [
    "CHANGES",
    "ENDS",
    "HISTORY",
    "JOURNAL",
    "ORDERS",
    "PARAMETERS",
    "STATE",
    "Ledger",
    "Ring",
    "Slot",
    "entered",
]


class Ring:
    """Numbered rows of every pack, of which the newest are kept.

    Args:
        table: its name.
        columns: of it, in the order in which rows are given and returned.
    """

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        names, places = ", ".join(columns), ", ".join("?" * len(columns))
        # Names come from the code beside this; values are always bound.
        self._add = (
            f"INSERT INTO {table} (pack, number, {names}) "  # noqa: S608  names of the schema
            f"SELECT ?, (SELECT coalesce(max(number), 0) + 1 FROM {table} WHERE pack = ?), {places}"
        )
        self._trim = (
            f"DELETE FROM {table} WHERE pack = ? AND number <= "  # noqa: S608  names of the schema
            f"(SELECT number FROM {table} WHERE pack = ? ORDER BY number DESC LIMIT 1 OFFSET ?)"
        )
        self._newest = (
            f"SELECT {names} FROM {table} JOIN pack ON pack.id = {table}.pack "  # noqa: S608  names of the schema
            "WHERE serial = ? ORDER BY number DESC LIMIT ?"
        )

    def add(self, rows: sqlite3.Connection, pack: int, added: Iterable[tuple[object, ...]], keep: int) -> None:
        """Put rows on top, and forget all but the newest `keep`."""
        rows.executemany(self._add, [(pack, pack, *row) for row in added])
        rows.execute(self._trim, (pack, pack, keep))

    def newest(self, rows: sqlite3.Connection, serial: str, limit: int) -> list[Any]:
        """The newest rows of a pack, newest first."""
        return rows.execute(self._newest, (serial, max(limit, 0))).fetchall()


class Slot:
    """One block for each pack, put there as a whole.

    Args:
        table: its name.

    Attributes:
        everything: asks for serial, time, content and check sum of all packs.
    """

    def __init__(self, table: str) -> None:
        self._put = (
            f"INSERT INTO {table} (pack, at_s, content, check_sum) VALUES (?, ?, ?, ?) "  # noqa: S608  name of the schema
            "ON CONFLICT (pack) DO UPDATE "
            "SET at_s = excluded.at_s, content = excluded.content, check_sum = excluded.check_sum"
        )
        self._get = (
            f"SELECT content, check_sum FROM {table} "  # noqa: S608  name of the schema
            f"JOIN pack ON pack.id = {table}.pack WHERE serial = ?"
        )
        self.everything = (
            f"SELECT serial, at_s, content, check_sum FROM {table} "  # noqa: S608  name of the schema
            f"JOIN pack ON pack.id = {table}.pack"
        )

    def put(self, rows: sqlite3.Connection, pack: int, at_s: float, block: Block) -> None:
        """Put a block in the place of the one before."""
        rows.execute(self._put, (pack, at_s, *block))

    def get(self, rows: sqlite3.Connection, serial: str) -> Block | None:
        """The block of a pack."""
        found: Block | None = rows.execute(self._get, (serial,)).fetchone()
        return found


class Ledger:
    """Numbered blocks of every pack, to which is only added.

    Args:
        table: its name.

    Attributes:
        everything: asks for serial, number, time, content and check sum of all packs.
    """

    def __init__(self, table: str) -> None:
        self._table = table
        self._next = f"SELECT coalesce(max(number), 0) + 1 FROM {table} WHERE pack = ?"  # noqa: S608  name of the schema
        self._add = (
            f"INSERT INTO {table} (pack, number, at_s, content, check_sum) "  # noqa: S608  name of the schema
            "VALUES (?, ?, ?, ?, ?)"
        )
        self._of = (
            f"SELECT number, at_s, content, check_sum FROM {table} "  # noqa: S608  name of the schema
            f"JOIN pack ON pack.id = {table}.pack WHERE serial = ? ORDER BY number DESC"
        )
        self.everything = (
            f"SELECT serial, number, at_s, content, check_sum FROM {table} "  # noqa: S608  name of the schema
            f"JOIN pack ON pack.id = {table}.pack"
        )

    def next(self, rows: sqlite3.Connection, pack: int) -> int:
        """The number that the next block of a pack gets."""
        return int(rows.execute(self._next, (pack,)).fetchone()[0])

    def add(self, rows: sqlite3.Connection, pack: int, number: int, at_s: float, block: Block) -> None:
        """Add a block, sealed to all before it.

        Raises:
            sqlite3.IntegrityError: the pack has that number already.
        """
        rows.execute(self._add, (pack, number, at_s, *block))
        link(rows, self._table, pack, number, at_s, block[0])

    def of(self, rows: sqlite3.Connection, serial: str) -> list[tuple[int, float, Block]]:
        """Number, time and block of every row of a pack, newest first."""
        return [(number, at_s, (text, sum_)) for number, at_s, text, sum_ in rows.execute(self._of, (serial,))]


HISTORY = Ring("history", RECORD_COLUMNS)
JOURNAL = Ring("parameter_journal", JOURNAL_COLUMNS)
PARAMETERS = Slot("parameter_set")
STATE = Slot("state")
ORDERS = Slot("orders")
CHANGES = Ledger("change")
ENDS = Ledger("change_end")


def entered(rows: sqlite3.Connection, serial: str) -> int:
    """The number of a pack in this file; it gets one when it has none."""
    rows.execute("INSERT INTO pack (serial) VALUES (?) ON CONFLICT DO NOTHING", (serial,))
    return int(rows.execute("SELECT id FROM pack WHERE serial = ?", (serial,)).fetchone()[0])
