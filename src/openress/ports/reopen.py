"""A listener for a link that has one far end: it hands out the port, and the port again after a loss."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from openress.errors import PortError
from openress.ports.base import SpeedPort

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from openress.ports.base import BytePort

__all__ = ["RETRY_S", "ReopeningListener"]

RETRY_S = 1.0
"""The least time between two attempts to open: an adapter takes about as long to appear when plugged in."""


class ReopeningListener:
    """A `Listener` that hands out one port at a time and opens it again once the last one is closed.

    So a server treats a serial adapter like a TCP client that connects anew: read until `PortError`,
    close the port, accept the next one. While the adapter is away accept waits; it does not raise.

    Args:
        port: the port to hand out first, open.
        open_again: opens the next one.
        on_wait: is told why accept is waiting, once per reason.
        retry_s: as `RETRY_S`.
    """

    def __init__(
        self,
        port: BytePort,
        open_again: Callable[[], Awaitable[BytePort]],
        *,
        on_wait: Callable[[PortError], None] | None = None,
        retry_s: float = RETRY_S,
    ) -> None:
        self._name = port.name
        self._first: BytePort | None = port
        self._open_again = open_again
        self._on_wait = on_wait
        self._retry_s = retry_s
        self._opened_s = asyncio.get_running_loop().time()
        self._returned = asyncio.Event()
        self._closed = asyncio.Event()
        self._accepting = asyncio.Lock()

    @property
    def name(self) -> str:
        """The link URL of the port."""
        return self._name

    async def accept(self) -> BytePort:
        """See `Listener.accept`: the port, as soon as the one before is closed and it can be opened."""
        async with self._accepting:
            self._check_open()
            port, self._first = self._first, None
            if port is None:
                await self._returned.wait()
                port = await self._reopen()
            self._returned.clear()
            return _LentPort(port, self._returned)

    async def _reopen(self) -> BytePort:
        told = ""
        while True:
            await self._pause()
            self._check_open()
            try:
                return await self._open_again()
            except PortError as error:
                if self._on_wait and str(error) != told:
                    told = str(error)
                    self._on_wait(error)

    async def _pause(self) -> None:
        """Let `retry_s` pass since the last attempt, unless the listener is closed meanwhile."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(self._opened_s + self._retry_s):
                await self._closed.wait()
        except TimeoutError:
            self._opened_s = loop.time()

    async def close(self) -> None:
        """See `Listener.close`."""
        self._closed.set()
        self._returned.set()
        port, self._first = self._first, None
        if port:
            await port.close()

    def _check_open(self) -> None:
        if self._closed.is_set():
            raise PortError(f"{self._name} is closed: open it again.")


class _LentPort:
    """A `BytePort` handed out by a listener that wants to know when it is closed."""

    def __init__(self, port: BytePort, returned: asyncio.Event) -> None:
        self._port = port
        self._returned = returned
        self._closed = False

    @property
    def name(self) -> str:
        return self._port.name

    async def read(self) -> bytes:
        return await self._port.read()

    async def write(self, data: bytes) -> None:
        await self._port.write(data)

    async def at_baud(self, baud: int) -> None:
        if not isinstance(self._port, SpeedPort):
            raise PortError(f"The speed of {self.name} is not set here.")
        await self._port.at_baud(baud)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        try:
            await self._port.close()
        finally:
            self._returned.set()
