"""The chain of the journal: each row is sealed together with the one before it, so that what was altered can be named.

Who can write the file can make the whole chain anew; only a head that was noted elsewhere shows that, or that rows at
the end are gone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

__all__ = ["LINKED", "Verdict", "chain_all", "link", "verify"]

LINKED = ("change", "change_end")
"""Tables whose rows are links, in the order in which rows of the same second come."""
_WORDS = {"change": "change {} of pack {}", "change_end": "the end of change {} of pack {}"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found.

    Attributes:
        rows: how many links there are.
        head: hash of the last one, in hexadecimal; empty without any.
        findings: what is wrong, a sentence for each row.
        knows: whether a head that was noted before is one of its hashes; `None` when none was given.
    """

    rows: int
    head: str
    findings: Sequence[str]
    knows: bool | None


def _hash(before: bytes, kind: str, serial: str, number: int, at_s: float, content: str) -> bytes:
    """SHA-256 over the hash before and the row, a line for each of its members."""
    return sha256(before + f"{kind}\n{serial}\n{number}\n{float(at_s)!r}\n{content}".encode()).digest()


def link(rows: sqlite3.Connection, kind: str, pack: int, number: int, at_s: float, content: str) -> None:
    """Seal a row that has just been written."""
    serial = rows.execute("SELECT serial FROM pack WHERE id = ?", (pack,)).fetchone()[0]
    last = rows.execute("SELECT id, hash FROM chain ORDER BY id DESC LIMIT 1").fetchone()
    place, before = (0, b"") if last is None else last
    rows.execute(
        "INSERT INTO chain VALUES (?, ?, ?, ?, ?)",
        (place + 1, kind, pack, number, _hash(before, kind, serial, number, at_s, content)),
    )


def chain_all(rows: sqlite3.Connection) -> None:
    """Seal what was written before there was a chain, in the order of its times."""
    found = [
        (at_s, order, kind, pack, number, content)
        for order, kind in enumerate(LINKED)
        for pack, number, at_s, content in rows.execute(f"SELECT pack, number, at_s, content FROM {kind}")  # noqa: S608  names of the schema
    ]
    for at_s, _, kind, pack, number, content in sorted(found, key=lambda row: (row[0], row[1], row[3], row[4])):
        link(rows, kind, pack, number, at_s, content)


def verify(rows: sqlite3.Connection, noted: str | None = None) -> Verdict:
    """Go through the whole chain.

    Args:
        rows: a store.
        noted: a head that was noted before, in hexadecimal.
    """
    serials = dict(rows.execute("SELECT id, serial FROM pack"))
    written = {
        (kind, pack, number): (at_s, content)
        for kind in LINKED
        for pack, number, at_s, content in rows.execute(f"SELECT pack, number, at_s, content FROM {kind}")  # noqa: S608  names of the schema
    }
    findings: list[str] = []
    before: tuple[bytes, ...] = (b"",)
    expected, hashes = 1, list[str]()
    for place, kind, pack, number, sealed in rows.execute("SELECT id, kind, pack, number, hash FROM chain ORDER BY id"):
        what = _what(kind, number, serials.get(pack, "?"))
        if place != expected:
            findings.append(_missing(expected, place - 1))
            # What the missing link said is not known, so the next one cannot be checked by it.
            before = ()
        expected = place + 1
        row = written.pop((kind, pack, number), None)
        made = [] if row is None else [_hash(one, kind, serials.get(pack, "?"), number, *row) for one in before]
        if row is None:
            findings.append(f"Row {place}: {what} has been removed.")
        elif before and sealed not in made:
            findings.append(f"Row {place}: {what} is not as it was written.")
        # Either the row was altered or its hash: the next row tells which, and is not blamed for it.
        before = (sealed, *made)
        hashes.append(bytes(sealed).hex())
    for kind, pack, number in written:
        what = _what(kind, number, serials.get(pack, "?"))
        findings.append(f"{what[0].upper()}{what[1:]} was written past the chain.")
    return Verdict(
        len(hashes), hashes[-1] if hashes else "", findings, None if noted is None else noted.lower() in hashes
    )


def _what(kind: str, number: int, serial: str) -> str:
    return _WORDS.get(kind, "entry {} of pack {}").format(number, serial)


def _missing(first: int, last: int) -> str:
    return f"Row {first} has been removed." if first == last else f"Rows {first} to {last} have been removed."
