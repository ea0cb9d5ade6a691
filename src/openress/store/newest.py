"""What is known of a source and not yet in the file of the history, so that an answer reaches up to now.

The file is written every quarter of an hour, because flash memory wears; until then the samples are in memory only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openress.store.happened import Minute, Piece, Source
from openress.store.rawchunk import decode

__all__ = ["NOTHING", "Beside", "Newest", "NewestOf", "Sealed", "beside"]

Sample = tuple[float, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one batch has of a source."""

    number: int
    minutes: Sequence[Minute]
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Newest:
    """What the recorder has of a source.

    Attributes:
        session: of this run, as the file knows it.
        every_s: seconds between samples.
        number: of the batch that was sealed last; what is in none yet was not written before it.
        sealed: batches that wait, or are on their way to the disk; oldest first.
        minutes: that are in no batch yet, the last of them still open.
        pieces: likewise.
        samples: of the piece that is still open, and the very newest.
    """

    session: str
    every_s: int
    number: int
    sealed: Sequence[Sealed]
    minutes: Sequence[Minute]
    pieces: Sequence[Piece]
    samples: Sequence[Sample]


@dataclass(frozen=True, slots=True)
class Beside:
    """What a question finds beside the file: minutes, and samples as they came, so far apart, oldest first."""

    minutes: Sequence[Minute] = ()
    samples: Sequence[Sample] = ()
    every_s: int | None = None


NOTHING = Beside()
NewestOf = Callable[[Source], Newest]
_TRIES = 5
"""A batch is sealed every quarter of an hour, and when something happens: once more is enough."""


def beside(rows: sqlite3.Connection, source: Source, newest_of: NewestOf | None) -> Beside:
    """What is not in the file as `rows` shows it from here on; nothing is in both.

    Args:
        rows: the file; a transaction is begun, so that what is written meanwhile does not come twice.
        source: about whom.
        newest_of: asks the recorder; without it there is nothing beside the file.

    Raises:
        ValueError: a piece is damaged.
    """
    if newest_of is None:
        return NOTHING
    for _ in range(_TRIES):
        newest = newest_of(source)
        rows.execute("BEGIN")
        session, number = rows.execute("SELECT session, number FROM batch").fetchone() or ("", 0)
        written = number if session == newest.session else 0
        if written <= newest.number:
            return _unwritten(newest, written)
        # What was still open when the recorder was asked has been sealed and written since.
        rows.rollback()
    return NOTHING


def _unwritten(newest: Newest, written: int) -> Beside:
    waiting = [sealed for sealed in newest.sealed if sealed.number > written]
    minutes = [minute for sealed in waiting for minute in sealed.minutes]
    pieces = [piece for sealed in waiting for piece in sealed.pieces]
    samples = [*_samples([*pieces, *newest.pieces]), *newest.samples]
    return Beside([*minutes, *newest.minutes], samples, newest.every_s)


def _samples(pieces: Iterable[Piece]) -> list[Sample]:
    return [sample for piece in pieces for sample in decode(piece.at_s, piece.content)]
