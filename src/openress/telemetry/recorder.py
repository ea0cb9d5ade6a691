"""Snapshots into batches for the history: what is live becomes minutes, what changes becomes events."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from openress.model import Freshness
from openress.store.happened import RACK, Batch, Ended, Event, Level, Minute, Piece, Source, SourceKind
from openress.store.newest import Newest, Sealed
from openress.store.retention import MINUTE_S
from openress.telemetry.energy import speed_of
from openress.telemetry.happenings import Happenings, instant, rack_of, source_of
from openress.telemetry.seriesline import Line
from openress.web.exchanged import Exchange, Exchanges

__all__ = ["BATCH_S", "Recorder"]

BATCH_S = 900.0
"""Flash memory wears: a quarter of an hour is written at once. So much of the samples is lost when the power fails."""
MOST_BATCHES = 100
"""What waits for a disk that takes nothing: a day of samples, some 50 MB of memory for 16 packs."""
FORGET_EVERY_S = 3600.0
_JUMP_S = 2.0
EARLIEST_S = 1_704_067_200.0
"""1 January 2024: a clock that shows less has not been set since it was switched on."""


class Recorder:
    """Gathers, and hands batches out.

    Args:
        raw_every_s: seconds between samples that are kept as they came.
        say: takes a sentence for the person who runs this.
        standing: what stood when the run before ended.
        serials: of the packs that were there then.
    """

    def __init__(
        self,
        raw_every_s: int,
        say: Callable[[str], None],
        standing: Iterable[Event] = (),
        serials: Iterable[str] = (),
    ) -> None:
        self._raw_every_s = raw_every_s
        self._say = say
        self._happenings = Happenings(standing)
        self._lines: dict[Source, Line] = {}
        self._packs: dict[Source, int] = {}
        self._number = 0
        self._seen: tuple[float, float] | None = None
        self._sealed_s: float | None = None
        self._steady_since_s = 0.0
        self._unset_told = False
        self._exchanges = Exchanges(serials)
        self._apart_until_s = 0.0
        self.waiting: deque[Batch] = deque()

    @property
    def seen_s(self) -> float:
        """Unix seconds of the last snapshot."""
        return 0.0 if self._seen is None else self._seen[0]

    def take(self, snapshot: Mapping[str, Any], clock_s: float) -> None:
        """Take a snapshot.

        Args:
            snapshot: see `openress.app`.
            clock_s: seconds of a clock that nobody sets.
        """
        at_s = float(snapshot["time_s"])
        if at_s < EARLIEST_S:
            if not self._unset_told:
                self._unset_told = True
                self._say("The clock of this computer is not set: the history begins when it is.")
            return
        jump_s = self._jump(at_s, clock_s)
        begun, ended = self._happenings.see(snapshot)
        if jump_s is not None:
            begun.append(_clock_event(at_s, jump_s))
        speed = speed_of(snapshot)
        begun += self._exchanged(self._exchanges.see(snapshot), at_s)
        apart = self._exchanges.unsure or at_s < self._apart_until_s
        rack = rack_of(snapshot)
        if rack != RACK or not apart:
            self._add(rack, snapshot["rack"], at_s, clock_s, speed, jumped=jump_s is not None)
        for number, pack in snapshot["packs"].items():
            source = source_of(number, pack)
            if source.numbered and apart:
                continue
            self._add(source, pack, at_s, clock_s, speed, jumped=jump_s is not None)
            if source in self._lines:
                self._packs[source] = int(number)
        for line in self._lines.values():
            line.turn(at_s)
        if begun or ended:
            self._seal(at_s, durable=True, begun=begun, ended=ended)
        if self._sealed_s is None:
            self._sealed_s = clock_s
        elif clock_s - self._sealed_s >= BATCH_S:
            self.seal(at_s, clock_s)

    def _exchanged(self, found: Exchange | None, at_s: float) -> list[Event]:
        """That other packs are connected than before; what is told of the rack after it is not about those before.

        What is known by a place and not by a serial number has a gap there, so that no chart runs from one battery into
        another; the minute in which it happened, of which nobody knows whose it is, is left out.
        """
        if found is None:
            return []
        if not found.virtual:
            self._apart_until_s = max(at_s // MINUTE_S * MINUTE_S + MINUTE_S, at_s + 2 * self._raw_every_s)
            for line in (line for source, line in self._lines.items() if source == RACK or source.numbered):
                line.cut()
        text = f"Other packs from here on: {found.now} in place of {found.before}."
        event = Event(source=RACK, pack=None, kind="link", code="exchanged", level=Level.INFO, began_s=at_s, text=text)
        return [instant(event)]

    def _jump(self, at_s: float, clock_s: float) -> float | None:
        """By how much the clock was set since the snapshot before."""
        before, self._seen = self._seen, (at_s, clock_s)
        if before is None:
            self._steady_since_s = clock_s
            return None
        jump_s = (at_s - before[0]) - (clock_s - before[1])
        if abs(jump_s) < _JUMP_S:
            return None
        self._steady_since_s = clock_s
        return jump_s

    def _add(
        self, source: Source, values: Mapping[str, Any], at_s: float, clock_s: float, speed: float, *, jumped: bool
    ) -> None:
        if values.get("freshness") != Freshness.FRESH.value:
            return
        if source not in self._lines:
            self._lines[source] = Line(source, self._raw_every_s)
        self._lines[source].add(at_s, clock_s, values, jumped=jumped, speed=speed)

    def seal(self, at_s: float, clock_s: float) -> None:
        """Make a batch of what is complete."""
        forget = clock_s - self._steady_since_s >= FORGET_EVERY_S
        if forget:
            self._steady_since_s = clock_s
        self._sealed_s = clock_s
        self._seal(at_s, forget=forget, whole=True)

    def newest(self, source: Source, session: str) -> Newest:
        """What of a source is not surely on the disk.

        Args:
            source: about whom.
            session: of this run, as the file knows it.
        """
        sealed = [
            Sealed(
                batch.number,
                [minute for minute in batch.minutes if minute.source == source],
                [piece for piece in batch.pieces if piece.source == source],
            )
            for batch in self.waiting
        ]
        line = self._lines.get(source)
        minutes, pieces, samples = ([], [], []) if line is None else line.newest()
        return Newest(session, self._raw_every_s, self._number, sealed, minutes, pieces, samples)

    def close(self) -> None:
        """Make a last batch, also of what is not complete."""
        if self._seen is None:
            return
        for line in self._lines.values():
            line.close()
        self._seal(self._seen[0], durable=True, whole=True)

    def _seal(
        self,
        at_s: float,
        *,
        durable: bool = False,
        forget: bool = False,
        whole: bool = False,
        begun: Iterable[Event] = (),
        ended: Iterable[Ended] = (),
    ) -> None:
        minutes: list[Minute] = []
        pieces: list[Piece] = []
        notes = []
        for line in self._lines.values() if whole else ():
            minutes += line.minutes
            pieces += line.pieces
            line.minutes, line.pieces = [], []
            note = None if line.source.kind is SourceKind.RACK else line.note(at_s)
            if note is not None:
                notes.append(note)
        self._number += 1
        self.waiting.append(
            Batch(
                number=self._number,
                at_s=at_s,
                durable=durable,
                forget=forget,
                packs=dict(self._packs) if whole else {},
                minutes=minutes,
                pieces=pieces,
                health=notes,
                begun=tuple(begun),
                ended=tuple(ended),
            )
        )
        self._drop()

    def _drop(self) -> None:
        """Samples go before events, the oldest first."""
        if len(self.waiting) <= MOST_BATCHES:
            return
        # The first may be on its way to the disk.
        least = next((batch for at, batch in enumerate(self.waiting) if at and batch.minutes), self.waiting[1])
        self.waiting.remove(least)


def _clock_event(at_s: float, jump_s: float) -> Event:
    text = f"The clock of this computer was set {'forward' if jump_s > 0 else 'back'} by {abs(jump_s):.0f} s."
    found = Event(source=RACK, pack=None, kind="clock", code="set", level=Level.INFO, began_s=at_s, text=text)
    return instant(found)
