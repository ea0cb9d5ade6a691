"""A CAN port whose frames travel as text over a byte port: what the two ways of writing them have in common."""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from openress.errors import PortError
from openress.ports.base import CanState
from openress.ports.canqueue import FrameQueue, closed, off_the_bus

if TYPE_CHECKING:
    from openress.codec.canframe import CanFrame
    from openress.ports.base import BytePort

__all__ = ["LineCanPort"]


class LineCanPort(ABC):
    """A `CanPort` over a byte port, which belongs to it; a task listens from the beginning to the end.

    A subclass hears what comes, writes frames, and says goodbye.

    Args:
        name: the link URL shown to people.
        line: the byte port.
    """

    def __init__(self, name: str, line: BytePort) -> None:
        self._name = name
        self._line = line
        self._received = FrameQueue()
        self._state = CanState.UNKNOWN
        self._why_gone: str | None = None
        self._listening = asyncio.create_task(self._listen(), name=f"listen on {name}")

    @abstractmethod
    def _hear(self, data: bytes) -> None:
        """Take bytes as they come."""

    @abstractmethod
    def _text(self, frame: CanFrame) -> bytes:
        """The bytes that send a frame."""

    @abstractmethod
    def _trouble(self) -> str | None:
        """What has become known of earlier frames, if it is nothing good; told once."""

    @abstractmethod
    def _ended(self) -> None:
        """The line is gone: wake up whoever waits for an answer."""

    @abstractmethod
    async def _leave(self) -> None:
        """Say goodbye to the adapter."""

    @property
    def name(self) -> str:
        """The link URL."""
        return self._name

    @property
    def state(self) -> CanState:
        """See `CanPort.state`."""
        return self._state

    @property
    def dropped(self) -> int:
        """See `CanPort.dropped`."""
        return self._received.dropped

    async def read(self) -> CanFrame:
        """See `CanPort.read`."""
        return await self._received.get()

    async def write(self, frame: CanFrame) -> None:
        """See `CanPort.write`."""
        if self._why_gone is not None:
            raise PortError(self._why_gone)
        if self._state is CanState.BUS_OFF:
            raise PortError(off_the_bus(self._name))
        if trouble := self._trouble():
            raise PortError(trouble)
        await self._send(self._text(frame))

    async def _send(self, data: bytes) -> None:
        try:
            await self._line.write(data)
        except PortError as error:
            raise PortError(self._lose(error)) from error

    async def _listen(self) -> None:
        try:
            while True:
                self._hear(await self._line.read())
        except PortError as error:
            self._lose(error)

    def _lose(self, error: PortError) -> str:
        if self._why_gone is None:
            self._why_gone = str(error).replace(self._line.name, self._name, 1)
            self._state = CanState.DOWN
            self._received.end(self._why_gone)
            self._ended()
        return self._why_gone

    async def close(self) -> None:
        """See `CanPort.close`."""
        if self._why_gone == closed(self._name):
            return
        gone, self._why_gone = self._why_gone is not None, closed(self._name)
        self._state = CanState.DOWN
        self._received.end(self._why_gone, at_once=True)
        self._ended()
        if not gone:
            with contextlib.suppress(PortError):
                await self._leave()
        self._listening.cancel()
        await asyncio.wait([self._listening])
        await self._line.close()
