"""Recordings of a CAN bus: every frame with its time and direction, one a line.

    0.000000 > 351#1402C012C012C201
    0.003218 < 305#0000000000000000

Identifier and bytes are written as candump does; eight digits for a 29-bit identifier. See `openress.ports.recording`
for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openress.codec.canframe import CanFrame
from openress.ports.recording import Direction, Recording, line_of, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from openress.ports.base import CanPort, CanState
    from openress.ports.recording import RecordSink

__all__ = ["RecordedFrame", "RecordingCanPort", "parse_can_record"]

_FORM = "SECONDS > ID#HEX or SECONDS < ID#HEX, such as 0.031250 < 305#0000"


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
        return line_of(self.at_s, self.direction, str(self.frame))


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
        self._recording = Recording(sink, clock)

    @property
    def name(self) -> str:
        """The link URL of the recorded port."""
        return self._port.name

    @property
    def failure(self) -> OSError | None:
        """Of the sink."""
        return self._recording.failure

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
        self._recording.note(Direction.RECEIVED, str(frame))
        return frame

    async def write(self, frame: CanFrame) -> None:
        """See `CanPort.write`."""
        self._recording.note(Direction.SENT, str(frame))
        await self._port.write(frame)

    async def close(self) -> None:
        """See `CanPort.close`; the sink stays open."""
        await self._port.close()


def parse_can_record(lines: Iterable[str]) -> list[RecordedFrame]:
    """Read a recording; empty lines and lines that begin with `#` say nothing.

    Raises:
        ParameterError: a line is no frame; the sentence gives its number, counted from 1.
    """
    return [RecordedFrame(*line) for line in lines_of(lines, CanFrame.parse, _FORM)]
