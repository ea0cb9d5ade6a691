"""The database file: opening it to write, opening it only to read, and moving a damaged one aside."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import get_args

from openress.store.migration import PACKS, Layout, Step, migrate, version_of
from openress.store.trouble import DamagedError, Failure

__all__ = ["move_aside", "open_to_read", "open_to_write"]

WAIT_S = 2.0
"""How long another program may hold the file before it counts as locked."""
_WRITE_VERSION = 18
"""Where the header of a SQLite file (file format, section 1.3) says what may write it."""
FAILURES = get_args(Failure)
_BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a database."""


def open_to_write(path: Path, *, check: bool, layout: Layout = PACKS) -> sqlite3.Connection:
    """Open a database, made or brought up to date where needed.

    A commit returns when its bytes are on the disk: write-ahead log, synchronous in full.

    Args:
        path: the file; its folder is made.
        check: read the whole file for damage, unless it is larger than its layout says.
        layout: what it is made like.

    Raises:
        ParameterError: made by a newer OpenRESS.
        sqlite3.Error: it cannot be opened or written, or is damaged.
        OSError: its folder cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _connect(str(path), uri=False)
    try:
        if check and path.stat().st_size <= layout.checked_up_to:
            _check(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        migrate(connection, str(path), layout.steps)
        _check_layout(connection, layout)
        # A read-only file opens as if it were not, and even begins to write; only a change tells.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA user_version = {version_of(connection)}")
        connection.execute("ROLLBACK")
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.OperationalError) and _comes_of_damage(error, path):
            raise DamagedError(f"it cannot be understood: {error}") from error
        raise
    return connection


def _comes_of_damage(error: sqlite3.OperationalError, path: Path) -> bool:
    """Whether SQLite blames its caller for what a damaged header or layout made of the file."""
    code = error.sqlite_errorcode
    return code == sqlite3.SQLITE_ERROR or (code == sqlite3.SQLITE_READONLY and _claims_to_be_read_only(path))


def _claims_to_be_read_only(path: Path) -> bool:
    """Whether SQLite refuses to write because of a damaged header: byte 18 is above 2, the greatest there is."""
    try:
        with path.open("rb") as file:
            header = file.read(_WRITE_VERSION + 1)
    except OSError:
        return False
    return len(header) > _WRITE_VERSION and header[_WRITE_VERSION] > 2


def open_to_read(path: Path, layout: Layout = PACKS) -> sqlite3.Connection:
    """Open what can be read of a file that cannot be written; an empty database in memory when nothing can.

    Raises:
        ParameterError: made by a newer OpenRESS.
    """
    with suppress(*FAILURES):
        return _reading(path, "mode=ro", layout)
    # A folder that cannot be written has no room for the log's index; without a log none is needed.
    log = Path(f"{path}{_BESIDE[0]}")
    with suppress(*FAILURES):
        if not log.exists() or log.stat().st_size == 0:
            return _reading(path, "immutable=1", layout)
    return in_memory(layout=layout)


def in_memory(
    copied: sqlite3.Connection | None = None, name: str = "memory", layout: Layout = PACKS
) -> sqlite3.Connection:
    """A database in memory, up to date: empty, or with what `copied` holds."""
    connection = _connect(":memory:", uri=False)
    if copied is not None:
        copied.backup(connection)
    migrate(connection, name, layout.steps)
    return connection


def move_aside(path: Path, at_s: float) -> Path:
    """Give a damaged database another name, with its log, and tell it.

    Raises:
        OSError: it cannot be moved.
    """
    stamp = datetime.fromtimestamp(at_s, UTC).strftime("%Y%m%dT%H%M%SZ")
    aside, number = path.with_name(f"{path.name}.corrupt-{stamp}"), 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.corrupt-{stamp}-{number}")
    # The log goes first: a new database must never find the log of the old one.
    for ending in _BESIDE:
        beside = Path(f"{path}{ending}")
        if beside.exists():
            beside.rename(f"{aside}{ending}")
    path.rename(aside)
    return aside


def _connect(target: str, *, uri: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(target, uri=uri, isolation_level=None, timeout=WAIT_S)
    # Damaged text must come as text: what it cannot mean is left out later.
    connection.text_factory = _text
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _reading(path: Path, how: str, layout: Layout) -> sqlite3.Connection:
    connection = _connect(f"{path.resolve().as_uri()}?{how}", uri=True)
    try:
        if path.stat().st_size <= layout.checked_up_to:
            _check(connection)
        if version_of(connection) == layout.steps[-1].to:
            _check_layout(connection, layout)
            return connection
        with closing(connection):
            return in_memory(connection, str(path), layout)
    except BaseException:
        connection.close()
        raise


def _check(connection: sqlite3.Connection) -> None:
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise DamagedError(str(found).splitlines()[-1])


def _check_layout(connection: sqlite3.Connection, layout: Layout) -> None:
    missing = _layout_of(tuple(layout.steps)) - _layout(connection)
    if missing:
        raise DamagedError(f"its table {min(missing)[0]} is not as it was made")


def _layout(connection: sqlite3.Connection) -> frozenset[tuple[str, str]]:
    return frozenset(connection.execute("SELECT name, coalesce(sql, '') FROM sqlite_master"))


@cache
def _layout_of(steps: tuple[Step, ...]) -> frozenset[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        migrate(fresh, "memory", steps)
        return _layout(fresh)
