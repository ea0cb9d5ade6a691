"""An incident that can be shown to strangers: without serial numbers, names, addresses of links, and the time of day.

Serial numbers are replaced everywhere by others of the same length, and everything that our own gateway says is formed
anew of that, so that a redacted incident runs again to its own bytes. What nobody can vouch for is left out.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from openress.capturefile import Capture
from openress.capturefile import redacted as redacted_capture
from openress.codec.canframe import CanFrame
from openress.errors import ParameterError, StateError
from openress.gateway.tape import Began, Came, Due, Marked, Saw, Step
from openress.incidents.comparing import compared
from openress.incidents.events import Event
from openress.incidents.incident import About, Chunk, Incident
from openress.incidents.incidentfile import to_bytes
from openress.incidents.ring import Head
from openress.incidents.running import again, run_again
from openress.model import Identity
from openress.ports import Direction, RecordedChunk
from openress.protocols import find_dialect

__all__ = ["redacted"]

T = TypeVar("T")

SHOWN_S = 946_728_000.0
"""2000-01-01 12:00 UTC: where every redacted incident has its first event."""
_LEAST = 3
"""A shorter text is no serial number, and would be found everywhere."""
_ADDRESS = re.compile(
    r"\b[a-z][a-z-]*:(?://)?[^\s,;:]*[\w/](?::\d+)?|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|/(?:dev|home|tmp|run)/\S+"
)


class _Names:
    """Other names for those that nobody should see; of the same length, so that frames keep theirs."""

    def __init__(self, names: list[str]) -> None:
        self._other = {name: _other(number, len(name)) for number, name in enumerate(names, start=1)}
        pairs = sorted(self._other.items(), key=lambda pair: -len(pair[0]))
        self._texts = [(old, new) for old, new in pairs if len(old) >= _LEAST]

    def text(self, text: str) -> str:
        """Without them."""
        for old, new in self._texts:
            text = text.replace(old, new)
        return text

    def data(self, data: bytes) -> bytes:
        """Likewise, as they are and written in hexadecimal, as several dialects do."""
        for old, new in self._texts:
            for one, other in _spellings(old, new):
                data = data.replace(one, other)
        return data

    def value(self, value: Any) -> Any:
        """Likewise, in everything that a value holds."""
        if isinstance(value, Identity):
            serial = value.serial
            return replace(
                value,
                serial=None if serial is None else self._other.get(serial, self.text(serial)),
                manufacturer=self._or_none(value.manufacturer),
                model=self._or_none(value.model),
                software_version=self._or_none(value.software_version),
                part_number=self._or_none(value.part_number),
            )
        if type(value) is str:
            return self.text(value)
        if type(value) is bytes:
            return self.data(value)
        if isinstance(value, list | tuple) and type(value) in (list, tuple):
            return type(value)(self.value(one) for one in value)
        if isinstance(value, dict):
            return {self.value(key): self.value(one) for key, one in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            old = {item.name: getattr(value, item.name) for item in fields(value)}
            new = {name: self.value(one) for name, one in old.items()}
            return value if old == new else replace(value, **{k: one for k, one in new.items() if one != old[k]})
        return value

    def _or_none(self, text: str | None) -> str | None:
        return None if text is None else self.text(text)

    def left_in(self, data: bytes) -> bool:
        """Whether one of them is still there."""
        return any(one in data for old, new in self._texts for one, _ in _spellings(old, new))


def redacted(incident: Incident) -> Incident:
    """An incident to be shown.

    Raises:
        ParameterError: it cannot be run again.
        StateError: a serial number is still in it.
    """
    whole = compared(run_again(incident)).identical
    names = _Names(sorted(_serials(incident)))
    about = incident.about
    shown = Incident(
        replace(
            about,
            id=f"{about.event.kind.value}-redacted",
            event=_event(about.event, names),
            events=tuple(_event(event, names) for event in about.events),
            ahead_s=SHOWN_S - about.event.at_s,
            product=about.product.replace("\\", "/").rpartition("/")[2],
            links=tuple(link.partition(":")[0] for link in about.links),
            redacted=True,
        ),
        None if incident.head is None else _head(incident.head, names),
        tuple(_step(step, names) for step in incident.steps),
        tuple(_line(incident.line, about, names)),
        incident.summed,
    )
    # What did not come out as recorded must stay to be seen; where it did, our own words are formed anew.
    found = again(shown) if whole else shown
    if names.left_in(_text_of(found)):
        raise StateError("A serial number is still in the incident after it was redacted; nothing was written.")
    return found


def _text_of(incident: Incident) -> bytes:
    return gzip.decompress(to_bytes(incident))


def _serials(incident: Incident) -> Iterator[str]:
    found = set()
    for step in incident.steps:
        if isinstance(step, Saw) and step.rack is not None:
            for pack in step.rack.packs:
                if pack.identity is not None and pack.identity.serial:
                    found.add(pack.identity.serial)
        elif isinstance(step, Began) and step.setup.serial is not None and step.setup.serial.identity.serial:
            found.add(step.setup.serial.identity.serial)
    yield from found


def _other(number: int, length: int) -> str:
    text = f"{number:X}".rjust(length, "X")
    return text[-length:]


def _spellings(old: str, new: str) -> Iterator[tuple[bytes, bytes]]:
    one, other = old.encode("utf-8", "replace"), new.encode()
    for first, second in ((one, other), (one.hex().encode(), other.hex().encode())):
        yield first, second
        if first.upper() != first:
            yield first.upper(), second.upper()
    twice = one.hex().upper().encode().hex()
    yield twice.upper().encode(), other.hex().upper().encode().hex().upper().encode()


def _event(event: Event, names: _Names) -> Event:
    return replace(event, sentence=_ADDRESS.sub("(link)", names.text(event.sentence)))


def _head(head: Head, names: _Names) -> Head:
    return replace(head, began=names.value(head.began), mark=names.value(head.mark))


def _step(step: Step, names: _Names) -> Step:
    if isinstance(step, Saw):
        if step.rack is None:
            return step
        packs = tuple(replace(pack, identity=names.value(pack.identity)) for pack in step.rack.packs)
        return replace(step, rack=replace(step.rack, packs=packs))
    if isinstance(step, Due):
        return replace(step, sent=tuple(_message(message, names) for message in step.sent))
    if isinstance(step, Came):
        return replace(step, message=_message(step.message, names))
    if isinstance(step, Began | Marked):
        found: Step = names.value(step)
        return found
    return step


def _message(message: CanFrame | bytes, names: _Names) -> CanFrame | bytes:
    if isinstance(message, CanFrame):
        return replace(message, data=names.data(message.data))
    return names.data(message)


def _line(chunks: tuple[Chunk, ...], about: About, names: _Names) -> Iterator[Chunk]:
    """What was on the packs' line, by the dialect's own rules; nothing of a dialect that has none."""
    if not chunks or not about.battery:
        return
    marks = {"<": Direction.RECEIVED, ">": Direction.SENT}
    capture = Capture({}, tuple(RecordedChunk(chunk.at_s, marks[chunk.direction], chunk.data) for chunk in chunks))
    try:
        shown = redacted_capture(capture, find_dialect(about.battery).parts())
    except ParameterError:
        # Whether a text is in it nobody can tell, so all of it stays away.
        return
    for chunk in shown.chunks:
        yield Chunk(chunk.at_s, chunk.direction.value, names.data(chunk.data))
