"""Recordings of a link: every chunk of bytes with its time and direction, one a line.

    0.000000 > 7E3230303134363432453030323031464433350D
    0.031250 < 7E3230

Seconds since the recording began, then the direction, then the bytes in hexadecimal. The direction is
seen from the owner of the recorded port: `>` went out of it, `<` came into it. A recording made at a
battery and one made at its inverter therefore show the same bytes with opposite marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from openress.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from openress.ports.base import BytePort

__all__ = ["Direction", "RecordSink", "RecordedChunk", "RecordingPort", "parse_record"]

_LINE = re.compile(r"([0-9]{1,12}(?:\.[0-9]+)?)\s+([<>])\s+((?:[0-9A-Fa-f]{2}\s*)+)")


class Direction(Enum):
    """Which way bytes went, seen from the owner of the recorded port."""

    SENT = ">"
    RECEIVED = "<"


@dataclass(frozen=True, slots=True)
class RecordedChunk:
    """One line of a recording.

    Args:
        at_s: seconds since the recording began.
        direction: as seen from the owner of the recorded port.
        data: the bytes of one write or one read.
    """

    at_s: float
    direction: Direction
    data: bytes

    def __str__(self) -> str:
        return f"{self.at_s:.6f} {self.direction.value} {self.data.hex().upper()}"


class RecordSink(Protocol):
    """Where lines go: a text file (opened with buffering=1, so that a crash loses nothing) or the like."""

    def write(self, text: str, /) -> object:
        """Keep a line."""
        ...


class RecordingPort:
    """A `BytePort` that passes everything on to another one and writes down what passed.

    What is written is recorded before it leaves, so that an answer never stands above its question; a
    write that fails is in the recording too. When the sink fails (a full disk) the recording ends
    and the traffic goes on: `failure` then holds the error.

    Args:
        port: the port to record; it is closed with this one.
        sink: takes each line.
        clock: seconds that never run backwards, from any starting point.
    """

    def __init__(self, port: BytePort, sink: RecordSink, clock: Callable[[], float]) -> None:
        self._port = port
        self._sink = sink
        self._clock = clock
        self._began_s = clock()
        self.failure: OSError | None = None

    @property
    def name(self) -> str:
        """The link URL of the recorded port."""
        return self._port.name

    async def read(self) -> bytes:
        """See `BytePort.read`."""
        data = await self._port.read()
        self._record(Direction.RECEIVED, data)
        return data

    async def write(self, data: bytes) -> None:
        """See `BytePort.write`."""
        if data:
            self._record(Direction.SENT, data)
        await self._port.write(data)

    async def close(self) -> None:
        """See `BytePort.close`; the sink stays open."""
        await self._port.close()

    def _record(self, direction: Direction, data: bytes) -> None:
        if self.failure:
            return
        try:
            self._sink.write(f"{RecordedChunk(self._clock() - self._began_s, direction, data)}\n")
        except OSError as error:
            self.failure = error


def parse_record(lines: Iterable[str]) -> list[RecordedChunk]:
    """Read a recording; empty lines and lines that begin with `#` say nothing.

    Raises:
        ParameterError: a line is no chunk; the sentence gives its number, counted from 1.
    """
    chunks = []
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = _LINE.fullmatch(text)
        if not match:
            raise ParameterError(
                f"Line {number} of the recording is {text[:60]!r}: it must read SECONDS > HEX or "
                "SECONDS < HEX, such as 0.031250 < 7E3230."
            )
        at, mark, data = match.groups()
        chunks.append(RecordedChunk(float(at), Direction(mark), bytes.fromhex(data)))
    return chunks
