"""slcan adapters that are none: pseudo-terminals joined to a bus in memory, for programs that want a serial port.

Each answers as a Lawicel adapter does and reports its controller's state as newer ones do. Faults are those of the
bus (`MemoryCanBus`: frames lost, frames late, nobody acknowledging) and of the adapter: off the bus, unplugged, mute.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from openress.codec.canframe import CanFrame
from openress.codec.slcan import BIT_RATES, LONGEST, SlcanReader, encode
from openress.errors import PortError
from openress.ports.base import CAN_STALL_S
from openress.ports.canmemory import MemoryCanBus
from openress.ports.canqueue import HELD
from openress.ports.pty import open_pty
from openress.ports.url import PtyLink

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["CanPty", "can_pty_pair"]

TAKEN, REFUSED = b"\r", b"\a"
_SENT = {b"t": b"z\r", b"T": b"Z\r", b"r": b"z\r", b"R": b"Z\r"}
_FIXED = {b"": TAKEN, b"V": b"V1013\r", b"N": b"N0000\r", b"F": b"F00\r", b"Z0": TAKEN, b"Z1": TAKEN}


class CanPty:
    """One adapter; made inside a running event loop, it serves until it is closed.

    Args:
        path: where programs find it.
        bus: what it is connected to.

    Attributes:
        mute: whether it leaves commands unanswered, as some adapters do.

    Raises:
        PortError: the pseudo-terminal cannot be made.
    """

    def __init__(self, path: str, bus: MemoryCanBus) -> None:
        self.mute = False
        self._bus = bus
        self._port = open_pty(PtyLink(path), stall_s=CAN_STALL_S)
        self._rate_set = self._open = self._off = False
        self._begun = b""
        self._out: asyncio.Queue[bytes] = asyncio.Queue(HELD)
        self._tasks = [asyncio.create_task(self._serve()), asyncio.create_task(self._speak())]

    async def close(self) -> None:
        """Take the pseudo-terminal away, as unplugging does."""
        self._bus.detach(self)
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        await self._port.close()

    def bus_off(self, *, off: bool = True) -> None:
        """Throw the controller off the bus; or let it come back, which closing and opening the channel does too."""
        self._off = off
        self._put(b"sb000256\r" if off else b"sa000000\r")

    async def _serve(self) -> None:
        while True:
            *lines, self._begun = (self._begun + await self._port.read()).split(b"\r")
            self._begun = self._begun[-LONGEST:]
            for line in lines:
                answer = self._answer(line)
                if not self.mute:
                    self._put(answer)

    def _answer(self, line: bytes) -> bytes:
        if line in _FIXED:
            return _FIXED[line]
        if line in BIT_RATES.values():
            self._rate_set = self._rate_set or not self._open
            return REFUSED if self._open else TAKEN
        match line[:1]:
            case b"O" if self._rate_set and not self._open:
                self._open, self._off = True, False
                self._bus.attach(self, lambda frame: self._put(encode(frame)))
                return TAKEN
            case b"C" if self._open:
                self._open = False
                self._bus.detach(self)
                return TAKEN
            case b"t" | b"T" if self._open and not self._off and self._sends(line):
                return _SENT[line[:1]]
            case _:
                return REFUSED

    def _sends(self, line: bytes) -> bool:
        return all(
            isinstance(frame, CanFrame) and self._bus.send(self, frame) for frame in SlcanReader().feed(line + b"\r")
        )

    def _put(self, data: bytes) -> None:
        if not self._off or not data.startswith((b"t", b"T")):
            with contextlib.suppress(asyncio.QueueFull):  # an adapter has little room; the newest is lost
                self._out.put_nowait(data)

    async def _speak(self) -> None:
        while True:
            data = await self._out.get()
            with contextlib.suppress(PortError):  # nobody reads: what an adapter says is lost then
                await self._port.write(data)


@contextlib.asynccontextmanager
async def can_pty_pair(one: str, other: str) -> AsyncIterator[tuple[MemoryCanBus, CanPty, CanPty]]:
    """Two adapters on one bus, found at the two paths: what one program sends the other one gets.

    Raises:
        PortError: a pseudo-terminal cannot be made.
    """
    bus = MemoryCanBus()
    first = CanPty(one, bus)
    try:
        second = CanPty(other, bus)
        try:
            yield bus, first, second
        finally:
            await second.close()
    finally:
        await first.close()
