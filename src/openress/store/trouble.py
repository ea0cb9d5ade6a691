"""What can go wrong with a database file, by what is to be done about it."""

from __future__ import annotations

import errno
import sqlite3
from enum import Enum
from pathlib import Path

from openress.errors import PortError, reason

__all__ = ["DamagedError", "Failure", "NotKeptError", "Trouble", "sentence", "trouble_of"]


class NotKeptError(PortError):
    """Something was to be kept and is not on the disk."""


class DamagedError(sqlite3.DatabaseError):
    """A database that SQLite opens, but whose inside is not as it was made."""


class Trouble(Enum):
    """Why a file cannot be used; the value goes on after its name and says what follows."""

    DAMAGED = "is damaged"
    LOCKED = "is locked by another program; nothing is kept until it lets go"
    READ_ONLY = "cannot be written; nothing is kept until it can"
    FULL = "cannot grow because the disk is full; nothing is kept until there is space"
    FAILED = "cannot be used because the disk reports an error; nothing is kept until that ends"


Failure = sqlite3.Error | OSError | UnicodeDecodeError
"""What a database file can raise; the last when SQLite quotes a damaged name in an error of its own."""

_BY_CODE = {
    sqlite3.SQLITE_CORRUPT: Trouble.DAMAGED,
    sqlite3.SQLITE_NOTADB: Trouble.DAMAGED,
    sqlite3.SQLITE_BUSY: Trouble.LOCKED,
    sqlite3.SQLITE_LOCKED: Trouble.LOCKED,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: Trouble.READ_ONLY,
    sqlite3.SQLITE_PERM: Trouble.READ_ONLY,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_IOERR: Trouble.FAILED,
    sqlite3.SQLITE_PROTOCOL: Trouble.LOCKED,
}
_PRIMARY = 0xFF
"""The lower byte of SQLite's extended result codes is the kind of error."""


def trouble_of(error: Failure) -> Trouble | None:
    """The trouble behind an error; `None` when it is none of the file's, but a fault of the program."""
    if isinstance(error, DamagedError | UnicodeDecodeError):
        return Trouble.DAMAGED
    if isinstance(error, OSError):
        return {errno.ENOSPC: Trouble.FULL, errno.EIO: Trouble.FAILED}.get(error.errno or 0, Trouble.READ_ONLY)
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else _BY_CODE.get(code & _PRIMARY)


def sentence(path: Path, trouble: Trouble, error: Exception) -> str:
    """Say it for a person."""
    return f"The store {path} {trouble.value} ({reason(error)})."
