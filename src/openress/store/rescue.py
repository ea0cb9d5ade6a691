"""Settings and states out of a damaged file: a block whose check sum is right is right, wherever it was found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from openress.store.files import open_to_write
from openress.store.rows import is_sound
from openress.store.tables import CHANGES, ENDS, ORDERS, PARAMETERS, STATE, entered

__all__ = ["new_from"]


def new_from(damaged: Path, path: Path) -> tuple[sqlite3.Connection, tuple[str, ...]]:
    """Begin a new file with what is sound in a damaged one.

    Events and the older journal stay where they are: nothing tells a sound one from a damaged one.

    Returns:
        The new file, open, and the serial numbers of the packs of which something was carried over, sorted.

    Raises:
        sqlite3.Error: the new file cannot be written.
        OSError: its folder cannot be.
    """
    found = [
        (slot, serial, at_s, (content, check_sum))
        for slot in (PARAMETERS, STATE, ORDERS)
        for serial, at_s, content, check_sum in _readable(damaged, slot.everything)
        if is_sound(serial, (content, check_sum)) and isinstance(at_s, float)
    ]
    changes = [
        (ledger, serial, number, at_s, (content, check_sum))
        for ledger in (CHANGES, ENDS)
        for serial, number, at_s, content, check_sum in _readable(damaged, ledger.everything)
        if is_sound(serial, (content, check_sum)) and isinstance(at_s, float) and isinstance(number, int)
    ]
    rows = open_to_write(path, check=False)
    try:
        rows.execute("BEGIN IMMEDIATE")
        for slot, serial, at_s, block in found:
            slot.put(rows, entered(rows, serial), at_s, block)
        for ledger, serial, number, at_s, block in changes:
            with suppress(sqlite3.IntegrityError):
                # A damaged table may tell a row twice.
                ledger.add(rows, entered(rows, serial), number, at_s, block)
        rows.execute("COMMIT")
    except BaseException:
        rows.close()
        raise
    of_slots = {serial for _, serial, _, _ in found}
    return rows, tuple(sorted(of_slots | {serial for _, serial, _, _, _ in changes}))


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
