"""The machine of the flight recorder, without I/O: steps go in, and when something has happened, an incident comes out.

An incident reaches from five minutes before its first event to two minutes after its last, and no further than ten
minutes after the first. Of a fault that comes and goes, only the first is told for half an hour.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from openress.gateway.tape import Began, Marked, Step
from openress.incidents.events import Event, Watcher
from openress.incidents.incident import About, Chunk, Incident
from openress.incidents.ring import BEFORE_S, MOST_BYTES, Head, Ring, unpacked

__all__ = ["AFTER_S", "AGAIN_S", "LONGEST_S", "MOST_LINE_BYTES", "Flight", "Taken", "incident_of"]

AFTER_S = 120.0
LONGEST_S = 600.0
AGAIN_S = 1800.0
MOST_LINE_BYTES = 4_000_000
_OF_A_CHUNK = 100
"""What keeping a chunk costs beside its bytes."""
_MOST_EVENTS = 1000
_LATE_S = 5.0
"""Steps come so late; who waits longer for them waits for nobody."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An incident as it was taken out of the ring.

    Attributes:
        event: what it was opened for.
        events: everything in it.
        head: from where it runs; `None` where it does not.
        batches: packed steps, see `openress.incidents.ring.unpacked`; some may lie beyond `to_s`.
        line: what was on the line to the packs.
        to_s: its end.
    """

    event: Event
    events: tuple[Event, ...]
    head: Head | None
    batches: tuple[bytes, ...]
    line: tuple[Chunk, ...]
    to_s: float


class Flight:
    """See the module."""

    def __init__(
        self,
        *,
        before_s: float = BEFORE_S,
        after_s: float = AFTER_S,
        again_s: float = AGAIN_S,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._before_s, self._after_s, self._again_s = before_s, after_s, again_s
        self._ring = Ring(before_s, most_bytes)
        self._watcher = Watcher()
        self._line: deque[Chunk] = deque()
        self._line_size = 0
        self._events: deque[Event] = deque(maxlen=_MOST_EVENTS)
        self._opened: Event | None = None
        self._until_s = 0.0
        self._told: dict[tuple[str, str, int | None], float] = {}

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return len(self._ring) + self._line_size

    @property
    def opened(self) -> Event | None:
        """What is being recorded now, by what it was opened for."""
        return self._opened

    def add(self, steps: Sequence[Step]) -> list[Taken]:
        """Take steps; none at all is a gap. Gives the incidents that they complete."""
        if not steps:
            self._ring.gap()
            return []
        self._ring.add(steps)
        for step in steps:
            for event in self._watcher.look(step):
                self._note(event)
        last = next((step.at_s for step in reversed(steps) if not isinstance(step, Began | Marked)), None)
        return [] if last is None else self._pass(last)

    def heard(self, chunk: Chunk) -> None:
        """Take what was on the line to the packs."""
        self._line.append(chunk)
        self._line_size += len(chunk.data) + _OF_A_CHUNK
        while self._line_size > MOST_LINE_BYTES:
            self._line_size -= len(self._line.popleft().data) + _OF_A_CHUNK

    def link(self, state: str, sentence: str, at_s: float) -> list[Taken]:
        """Take how the link to the packs stands, once a second; gives incidents whose steps stay away."""
        for event in self._watcher.link(state, sentence, at_s):
            self._note(event)
        late = self._opened is not None and at_s > self._until_s + _LATE_S
        return self._pass(at_s) if late else []

    def end(self) -> list[Taken]:
        """The program ends: an incident that is open is taken as it is."""
        return [] if self._opened is None else [self._take(self._opened)]

    def _note(self, event: Event) -> None:
        self._events.append(event)
        if not event.opens:
            return
        key = event.kind.value, event.what, event.pack
        told_s = self._told.get(key)
        known = told_s is not None and 0.0 <= event.at_s - told_s < self._again_s
        if not known:
            self._told[key] = event.at_s
        if self._opened is not None:
            self._until_s = min(event.at_s + self._after_s, self._opened.at_s + max(LONGEST_S, self._after_s))
        elif not known:
            self._opened, self._until_s = event, event.at_s + self._after_s

    def _pass(self, now_s: float) -> list[Taken]:
        if self._opened is not None and now_s >= self._until_s:
            return [self._take(self._opened)]
        since_s = (now_s if self._opened is None else min(now_s, self._opened.at_s)) - self._before_s
        self._ring.trim(since_s)
        while self._line and self._line[0].at_s < since_s:
            self._line_size -= len(self._line.popleft().data) + _OF_A_CHUNK
        while self._events and self._events[0].at_s < since_s:
            self._events.popleft()
        return []

    def _take(self, opened: Event) -> Taken:
        self._opened = None
        head, batches = self._ring.read()
        events = tuple(event for event in self._events if event.at_s <= self._until_s)
        line = tuple(chunk for chunk in self._line if chunk.at_s <= self._until_s)
        return Taken(opened, events, head, tuple(batches), line, self._until_s)


def incident_of(taken: Taken, about: About) -> Incident:
    """An incident of what was taken; `about` is completed."""
    steps = tuple(step for step in unpacked(taken.batches) if step.at_s <= taken.to_s)
    runs = taken.head is not None and bool(steps)
    at_s = taken.event.at_s
    about = replace(
        about,
        event=taken.event,
        events=taken.events,
        from_s=steps[0].at_s if steps else at_s,
        to_s=max(steps[-1].at_s, at_s) if steps else at_s,
        missed="" if runs else "The gateway's steps are missing: it cannot be run again.",
    )
    return Incident(about, taken.head, steps, taken.line).noted()
