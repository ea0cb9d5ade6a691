"""Recordings of a CAN bus: every frame with its time and direction, one a line.

    0.000000 > 351#1402C012C012C201
    0.003218 < 305#0000000000000000

Seconds since the recording began, the direction seen from the owner of the recorded port (`>` went out of it, `<`
came into it), then identifier and bytes as candump writes them; eight digits for a 29-bit identifier.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openress.codec.canframe import CanFrame
from openress.errors import FrameError, ParameterError
from openress.ports.record import Direction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from openress.ports.base import CanPort, CanState
    from openress.ports.record import RecordSink

__all__ = ["RecordedFrame", "RecordingCanPort", "parse_can_record"]

_LINE = re.compile(r"([0-9]{1,12}(?:\.[0-9]+)?)\s+([<>])\s+(\S+)")


@dataclass(frozen=True, slots=True)
class RecordedFrame:
    """One line of a recording.

    Args:
        at_s: seconds since the recording began.
        direction: as seen from the owner of the recorded port.
        frame: what was sent or received.
    """

    at_s: float
    direction: Direction
    frame: CanFrame

    def __str__(self) -> str:
        return f"{self.at_s:.6f} {self.direction.value} {self.frame}"


class RecordingCanPort:
    """A `CanPort` that passes everything on to another one and writes down what passed.

    A frame is recorded before it leaves, so that an answer never stands above its question; one whose write fails is
    in the recording too. When the sink fails (a full disk) the recording ends and the traffic goes on: `failure` then
    holds the error.

    Args:
        port: the port to record; it is closed with this one.
        sink: takes each line.
        clock: seconds that never run backwards, from any starting point.
    """

    def __init__(self, port: CanPort, sink: RecordSink, clock: Callable[[], float]) -> None:
        self._port = port
        self._sink = sink
        self._clock = clock
        self._began_s = clock()
        self.failure: OSError | None = None

    @property
    def name(self) -> str:
        """The link URL of the recorded port."""
        return self._port.name

    @property
    def state(self) -> CanState:
        """See `CanPort.state`."""
        return self._port.state

    @property
    def dropped(self) -> int:
        """See `CanPort.dropped`."""
        return self._port.dropped

    async def read(self) -> CanFrame:
        """See `CanPort.read`."""
        frame = await self._port.read()
        self._record(Direction.RECEIVED, frame)
        return frame

    async def write(self, frame: CanFrame) -> None:
        """See `CanPort.write`."""
        self._record(Direction.SENT, frame)
        await self._port.write(frame)

    async def close(self) -> None:
        """See `CanPort.close`; the sink stays open."""
        await self._port.close()

    def _record(self, direction: Direction, frame: CanFrame) -> None:
        if self.failure:
            return
        try:
            self._sink.write(f"{RecordedFrame(self._clock() - self._began_s, direction, frame)}\n")
        except OSError as error:
            self.failure = error


def parse_can_record(lines: Iterable[str]) -> list[RecordedFrame]:
    """Read a recording; empty lines and lines that begin with `#` say nothing.

    Raises:
        ParameterError: a line is no frame; the sentence gives its number, counted from 1.
    """
    frames = []
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            frames.append(_read(text))
        except FrameError as error:
            raise ParameterError(f"Line {number} of the recording is {text[:60]!r}: {error}.") from None
    return frames


def _read(text: str) -> RecordedFrame:
    match = _LINE.fullmatch(text)
    if not match:
        raise FrameError("it must read SECONDS > ID#HEX or SECONDS < ID#HEX, such as 0.031250 < 305#0000")
    return RecordedFrame(float(match[1]), Direction(match[2]), CanFrame.parse(match[3]))
