"""Recordings of a link that carries bytes: every chunk with its time and direction, one a line.

    0.000000 > 7E3230303134363432453030323031464433350D
    0.031250 < 7E3230

The bytes are written in hexadecimal; see `openress.ports.recording` for the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openress.errors import FrameError
from openress.ports.recording import Direction, Recording, line_of, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from openress.ports.base import BytePort
    from openress.ports.recording import RecordSink

__all__ = ["RecordedChunk", "RecordingPort", "parse_record"]

_FORM = "SECONDS > HEX or SECONDS < HEX, such as 0.031250 < 7E3230"
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}\s*)+")


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
        return line_of(self.at_s, self.direction, _text(self.data))


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
        self._recording = Recording(sink, clock)

    @property
    def name(self) -> str:
        """The link URL of the recorded port."""
        return self._port.name

    @property
    def failure(self) -> OSError | None:
        """Of the sink."""
        return self._recording.failure

    async def read(self) -> bytes:
        """See `BytePort.read`."""
        data = await self._port.read()
        self._recording.note(Direction.RECEIVED, _text(data))
        return data

    async def write(self, data: bytes) -> None:
        """See `BytePort.write`."""
        if data:
            self._recording.note(Direction.SENT, _text(data))
        await self._port.write(data)

    async def close(self) -> None:
        """See `BytePort.close`; the sink stays open."""
        await self._port.close()


def parse_record(lines: Iterable[str]) -> list[RecordedChunk]:
    """Read a recording; empty lines and lines that begin with `#` say nothing.

    Raises:
        ParameterError: a line is no chunk; the sentence gives its number, counted from 1.
    """
    return [RecordedChunk(*line) for line in lines_of(lines, _read, _FORM)]


def _text(data: bytes) -> str:
    return data.hex().upper()


def _read(text: str) -> bytes:
    if not _HEX.fullmatch(text):
        raise FrameError(f"it must read {_FORM}")
    return bytes.fromhex(text)
