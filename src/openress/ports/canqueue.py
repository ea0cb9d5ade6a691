"""What CAN ports have in common: received frames waiting for their reader, and the sentences about a sick bus."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from openress.errors import PortError
from openress.ports.base import SoleReader

if TYPE_CHECKING:
    from openress.codec.canframe import CanFrame

__all__ = ["HELD", "FrameQueue", "closed", "not_acknowledged", "off_the_bus"]

HELD = 4096
"""Received frames kept while nobody reads: a second of a bus of 500 kbit/s that is completely full."""


class FrameQueue:
    """Received frames on their way to the one who reads; full, it drops the oldest.

    Attributes:
        dropped: how many frames were dropped so far.
    """

    def __init__(self, *, held: int = HELD) -> None:
        self.dropped = 0
        self._frames: deque[CanFrame] = deque()
        self._held = held
        self._sole_reader = SoleReader()
        self._awake = asyncio.Event()
        self._end: str | None = None

    def put(self, frame: CanFrame) -> None:
        """Take a frame."""
        if self._end is not None:
            return
        if len(self._frames) >= self._held:
            self._frames.popleft()
            self.dropped += 1
        self._frames.append(frame)
        self._awake.set()

    def end(self, why: str, *, at_once: bool = False) -> None:
        """Let nothing more in; whoever reads is told why after what is here, or at once."""
        if at_once:
            self._frames.clear()
        elif self._end is not None:
            return
        self._end = why
        self._awake.set()

    async def get(self) -> CanFrame:
        """Wait for a frame; see `CanPort.read`."""
        with self._sole_reader:
            while not self._frames:
                if self._end is not None:
                    raise PortError(self._end)
                self._awake.clear()
                await self._awake.wait()
            return self._frames.popleft()


def closed(name: str) -> str:
    """What to say of a port that its owner has closed."""
    return f"{name} is closed: open it again."


def off_the_bus(name: str) -> str:
    """What to say when a controller has left the bus."""
    return (
        f"{name} is off the bus after too many errors: check that CAN-H and CAN-L are not swapped, that both ends of "
        "the bus have a terminator of 120 ohm, and the bit rate."
    )


def not_acknowledged(name: str) -> str:
    """What to say when frames stay in the controller's buffer."""
    return (
        f"{name} cannot send: nobody on the bus acknowledges. Check that the inverter is on, the cable, the two "
        "terminators of 120 ohm, and the bit rate."
    )
