"""The schema, version by version: `schema/v1.sql` makes the first one, each further file leads from the one before.

A step is carried out as a whole or not at all. The file says its version itself, in SQLite's `user_version`. Where SQL
alone cannot move the rows, a step has a function that does it between the file and the new version.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from openress.errors import ParameterError
from openress.store.chain import chain_all

__all__ = ["PACKS", "STEPS", "VERSION", "Layout", "Step", "migrate", "steps_in", "version_of"]

VERSION = 3
Move = Callable[[sqlite3.Connection], None]
_MOVES: Mapping[int, Move] = {3: chain_all}
"""What SQL alone cannot do, by the version it leads to."""


@dataclass(frozen=True, slots=True)
class Step:
    """How version `to` is made from the one before."""

    to: int
    sql: str
    move: Move | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """What a database file is made like.

    Attributes:
        steps: every step from an empty file to the present version.
        checked_up_to: bytes up to which a file is read through for damage when it is opened.
    """

    steps: Sequence[Step]
    checked_up_to: float = float("inf")


def steps_in(folder: str, newest: int, moves: Mapping[int, Move]) -> tuple[Step, ...]:
    """The steps of a folder of this package that has one file for each version."""
    found = files("openress.store") / folder
    return tuple(
        Step(to, (found / f"v{to}.sql").read_text(encoding="utf-8"), moves.get(to)) for to in range(1, newest + 1)
    )


STEPS = steps_in("schema", VERSION, _MOVES)
PACKS = Layout(STEPS)
"""What packs remember."""


def version_of(connection: sqlite3.Connection) -> int:
    """The schema version of a database; 0 for an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, name: str, steps: Sequence[Step] = STEPS) -> None:
    """Bring a database to the last of `steps`, from whatever version it has.

    Args:
        connection: in autocommit mode.
        name: of the file, for the sentence that refuses it.
        steps: one for each version, in order.

    Raises:
        ParameterError: the file was made by a newer OpenRESS.
        sqlite3.Error: a step failed; the database is as it was before that step.
    """
    version, newest = version_of(connection), steps[-1].to
    if version > newest:
        raise ParameterError(
            f"{name} was made by a newer OpenRESS (version {version} of its layout, this one knows {newest}); "
            "start the newer one, or move the file away."
        )
    for step in steps:
        if step.to > version:
            _take(connection, step)


def _take(connection: sqlite3.Connection, step: Step) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have taken the step while this one waited for the lock.
        if version_of(connection) < step.to:
            for statement in _statements(step.sql):
                connection.execute(statement)
            if step.move is not None:
                step.move(connection)
            connection.execute(f"PRAGMA user_version = {step.to}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _statements(sql: str) -> Iterator[str]:
    # `executescript` would commit the transaction it is called in.
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
