"""The line of a session, as a service sees it: messages go out and come in, and the adapter tells how it stands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

from openress.codec.canframe import CanFrame
from openress.errors import PortError
from openress.gateway.supervise import Line
from openress.ports import BytePort, CanPort, CanState

__all__ = ["ANSWER_LEAVES_IN_S", "ByteWire", "CanWire", "Wire"]

Message = TypeVar("Message")

ANSWER_LEAVES_IN_S = 0.5
"""An answer that has not left by then meets another question; the longest takes as long on its line by itself."""
_LINES = {CanState.BUS_OFF: Line.BUS_OFF, CanState.DOWN: Line.GONE}


class Wire(Protocol[Message]):
    """One open port, whatever passes on it."""

    @property
    def name(self) -> str:
        """The link, as a person would recognise it."""
        ...

    @property
    def lost(self) -> Line:
        """What has become of it, when a read or a write has failed."""
        ...

    @property
    def off(self) -> bool:
        """Whether what is sent now would reach nobody."""
        ...

    async def read(self) -> Message:
        """Wait for what comes in.

        Raises:
            PortError: the port is gone.
        """
        ...

    async def write(self, message: Message) -> None:
        """Send.

        Raises:
            PortError: it cannot leave in time.
        """
        ...

    async def close(self) -> None:
        """Give the port back."""
        ...


class CanWire:
    """A CAN port; see `Wire`."""

    def __init__(self, port: CanPort) -> None:
        self._port = port

    @property
    def name(self) -> str:
        """See `CanPort.name`."""
        return self._port.name

    @property
    def lost(self) -> Line:
        """By what the controller last said of itself."""
        return _LINES.get(self._port.state, Line.UNACKNOWLEDGED)

    @property
    def off(self) -> bool:
        """Whether the controller has left the bus."""
        return self._port.state is CanState.BUS_OFF

    async def read(self) -> CanFrame:
        """See `CanPort.read`."""
        return await self._port.read()

    async def write(self, message: CanFrame) -> None:
        """See `CanPort.write`."""
        await self._port.write(message)

    async def close(self) -> None:
        """See `CanPort.close`."""
        await self._port.close()


class ByteWire:
    """A byte port; see `Wire`."""

    lost = Line.GONE
    off = False

    def __init__(self, port: BytePort, heard: Callable[[bytes], None] = lambda _: None) -> None:
        self._port = port
        self._heard = heard

    @property
    def name(self) -> str:
        """See `BytePort.name`."""
        return self._port.name

    async def read(self) -> bytes:
        """See `BytePort.read`; what comes in is shown to whoever listens too."""
        data = await self._port.read()
        self._heard(data)
        return data

    async def write(self, message: bytes) -> None:
        """See `BytePort.write`; what has not left in time is given up, and the port with it."""
        try:
            async with asyncio.timeout(ANSWER_LEAVES_IN_S):
                await self._port.write(message)
        except TimeoutError as error:
            raise PortError(f"{self.name} is stuck: an answer could not leave in time.") from error

    async def close(self) -> None:
        """See `BytePort.close`."""
        await self._port.close()
