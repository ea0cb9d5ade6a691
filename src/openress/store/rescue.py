"""Settings and states out of a damaged file: a block whose check sum is right is right, wherever it was found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from openress.store.rows import is_sound
from openress.store.tables import PARAMETERS, STATE, entered

__all__ = ["rescue"]


def rescue(damaged: Path, rows: sqlite3.Connection) -> tuple[str, ...]:
    """Carry what is sound from a damaged file into a new one.

    Events and the journal stay where they are: nothing tells a sound one from a damaged one.

    Returns:
        The serial numbers of the packs of which something was carried over, sorted.

    Raises:
        sqlite3.Error: the new file cannot be written.
    """
    found = [
        (slot, serial, at_s, (content, check_sum))
        for slot in (PARAMETERS, STATE)
        for serial, at_s, content, check_sum in _readable(damaged, slot.everything)
        if is_sound(serial, (content, check_sum)) and isinstance(at_s, float)
    ]
    rows.execute("BEGIN IMMEDIATE")
    for slot, serial, at_s, block in found:
        slot.put(rows, entered(rows, serial), at_s, block)
    rows.execute("COMMIT")
    return tuple(sorted({serial for _, serial, _, _ in found}))


def _readable(damaged: Path, question: str) -> Iterator[tuple[Any, ...]]:
    """The rows up to where the damage begins."""
    # Read-only, so that the damaged file stays as it was found.
    where = f"{damaged.resolve().as_uri()}?mode=ro"
    with (
        suppress(sqlite3.Error, UnicodeDecodeError),
        closing(sqlite3.connect(where, uri=True, isolation_level=None)) as rows,
    ):
        rows.text_factory = lambda raw: raw.decode("utf-8", "replace")
        yield from rows.execute(question)
