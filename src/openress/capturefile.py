"""Capture files: what passed on a line, with its timing, under a header that says what it is.

    # OpenRESS capture
    # dialect: pylontech
    # link: serial
    # direction: > towards the battery, < from it
    # start: 2026-11-20 23:15:00 UTC
    0.000000 > 7E3230303134363432453030323031464433350D
    0.031250 < 7E3230

Lines are those of `openress.ports.record`. A line that was only listened to has one mark for both directions; the
header then says `direction: not known`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from openress.codec.binframe import SILENCE_S
from openress.errors import FrameError, ParameterError
from openress.ports import Direction as Mark
from openress.ports import RecordedChunk, parse_record
from openress.protocols.base import Direction, Parts, Redactor, Splitter

__all__ = ["KNOWN", "NOT_KNOWN", "Capture", "FrameStream", "header_of", "parse_capture", "redacted", "streams"]

TITLE = "OpenRESS capture"
KNOWN = "> towards the battery, < from it"
NOT_KNOWN = "not known"
_HEADER = re.compile(r"#\s*([a-z]+): (.*)")
_BLANK = 0
"""What stands in a redacted capture for a byte that belongs to no frame that could be read."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture file: its header and its chunks."""

    header: Mapping[str, str] = field(default_factory=dict)
    chunks: tuple[RecordedChunk, ...] = ()

    @property
    def tapped(self) -> bool:
        """Whether the line was only listened to, so that marks say nothing about direction."""
        return self.header.get("direction", KNOWN) == NOT_KNOWN

    def text(self) -> str:
        """The file."""
        lines = [f"# {TITLE}", *(f"# {key}: {value}" for key, value in self.header.items()), *map(str, self.chunks)]
        return "\n".join(lines) + "\n"


def header_of(line: str) -> tuple[str, str] | None:
    """Key and value of a header line, `None` for any other line."""
    match = _HEADER.fullmatch(line.strip())
    return None if match is None else (match[1], match[2])


def parse_capture(lines: Iterable[str]) -> Capture:
    """Read a capture file; a recording without a header is one too.

    Raises:
        ParameterError: a line is no chunk; the sentence gives its number.
    """
    kept = list(lines)
    header = dict(found for line in kept if (found := header_of(line)) is not None)
    return Capture(header, tuple(parse_record(kept)))


class FrameStream:
    """Machine that finds the frames of one direction in chunks, and keeps account of bytes that are in none.

    Attributes:
        loose: bytes so far that belong to no frame; what has come last may still become one.
    """

    __slots__ = ("_accounted", "_base", "_heard_s", "_splitter", "_tail", "direction", "loose")

    def __init__(self, splitter: Splitter, direction: Direction | None) -> None:
        self.direction = direction
        self.loose = 0
        self._splitter = splitter
        self._tail = b""
        self._base = self._accounted = 0
        self._heard_s: float | None = None

    def feed(self, data: bytes, at_s: float) -> Iterator[tuple[int, bytes]]:
        """Take a chunk; gives the frames that it completes, each with its place in the stream of all bytes.

        Before the next one is looked at, `take` must be told what it was.
        """
        if self._heard_s is not None and at_s - self._heard_s > SILENCE_S:
            self._splitter.reset()
        self._heard_s = at_s
        self._tail += data
        for frame in self._splitter.feed(data):
            yield self._base + self._tail.find(frame), frame

    def take(self, place: int, frame: bytes, *, sound: bool) -> None:
        """Account for a frame; one that is not sound may have another one begin inside it."""
        self.loose += max(0, place - max(self._base, self._accounted))
        self._accounted = max(self._accounted, place + len(frame))
        done = place + (len(frame) if sound else 1)
        self._tail = self._tail[done - self._base :]
        self._base = done

    def rest(self) -> int:
        """Bytes behind the last frame."""
        return max(0, self._base + len(self._tail) - max(self._base, self._accounted))


def streams(parts: Parts, *, tapped: bool) -> dict[Mark, FrameStream]:
    """A stream for each mark; both marks share one when the line was only listened to.

    Raises:
        ParameterError: the dialect cannot find frames in a stream.
    """
    if parts.splitter is None:
        raise ParameterError("This dialect cannot find frames in a stream yet.")
    if tapped:
        both = FrameStream(parts.splitter(None), None)
        return {Mark.SENT: both, Mark.RECEIVED: both}
    return {
        Mark.SENT: FrameStream(parts.splitter(Direction.TO_BATTERY), Direction.TO_BATTERY),
        Mark.RECEIVED: FrameStream(parts.splitter(Direction.FROM_BATTERY), Direction.FROM_BATTERY),
    }


def redacted(capture: Capture, parts: Parts) -> Capture:
    """The capture without serial numbers and other texts; chunks keep their times and lengths.

    Bytes of frames that cannot be read may hold a text too: they become 00, and the header says how many.

    Raises:
        ParameterError: the dialect cannot take texts out.
    """
    if parts.redactor is None:
        raise ParameterError("This dialect cannot take texts out of a capture yet.")
    lines = streams(parts, tapped=capture.tapped)
    hidden = {id(stream): bytearray() for stream in lines.values()}
    redactor = parts.redactor()
    blank = 0
    for chunk in capture.chunks:
        stream = lines[chunk.direction]
        out = hidden[id(stream)]
        out += bytes((_BLANK,)) * len(chunk.data)
        blank += len(chunk.data)
        for place, frame in stream.feed(chunk.data, chunk.at_s):
            shown = _shown(redactor, frame, stream.direction)
            stream.take(place, frame, sound=shown is not None)
            if shown is not None:
                out[place : place + len(frame)] = shown
                blank -= len(frame)
    return Capture(
        {**capture.header, "redacted": f"yes; {blank} bytes in no sound frame are 00"},
        tuple(_parted(capture.chunks, {mark: bytes(hidden[id(stream)]) for mark, stream in lines.items()}, lines)),
    )


def _parted(
    chunks: Iterable[RecordedChunk], hidden: Mapping[Mark, bytes], lines: Mapping[Mark, FrameStream]
) -> Iterator[RecordedChunk]:
    """The chunks with their bytes taken one after another from the stream they belong to."""
    at = dict.fromkeys((id(stream) for stream in lines.values()), 0)
    for chunk in chunks:
        key, size = id(lines[chunk.direction]), len(chunk.data)
        yield replace(chunk, data=hidden[chunk.direction][at[key] : at[key] + size])
        at[key] += size


def _shown(redactor: Redactor, frame: bytes, direction: Direction | None) -> bytes | None:
    try:
        return redactor.redact(frame, direction)
    except FrameError:
        return None
