"""A byte port over asyncio's streams: what serial ports and TCP connections have in common."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from openress.errors import PortError, reason
from openress.ports.base import CHUNK, STALL_S, SoleReader

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

__all__ = ["StreamPort"]


class StreamPort:
    """A `BytePort` over an open reader and writer.

    Args:
        name: the link URL shown to people.
        reader: the bytes from the far end.
        writer: the bytes to the far end; the port closes it.
        gone: what to say when the stream ends, as the end of a sentence.
        stall_s: as `STALL_S`.
    """

    def __init__(
        self, name: str, reader: StreamReader, writer: StreamWriter, *, gone: str, stall_s: float = STALL_S
    ) -> None:
        self._name = name
        self._reader = reader
        self._writer = writer
        self._gone = gone
        self._stall_s = stall_s
        self._sole_reader = SoleReader()
        self._writing = asyncio.Lock()
        self._closed = False
        # A write waits until the system has taken every byte, so none is left behind when it returns.
        writer.transport.set_write_buffer_limits(high=0)

    @property
    def name(self) -> str:
        """The link URL shown to people."""
        return self._name

    async def read(self) -> bytes:
        """See `BytePort.read`."""
        with self._sole_reader:
            self._check_open()
            try:
                data = await self._reader.read(CHUNK)
            except OSError as error:
                raise self._lost(error) from error
            self._check_open()
            if not data:
                raise self._lost(None)
            return data

    async def write(self, data: bytes) -> None:
        """See `BytePort.write`; a port that is stuck is given up."""
        async with self._writing:
            transport = self._writer.transport
            self._check_open()
            if transport.is_closing():
                raise self._lost(None)
            try:
                self._writer.write(data)
                moving = await self._drain()
            except OSError as error:
                self._check_open()
                raise self._lost(error) from error
            if not moving:
                transport.abort()
                self._gone = "it was given up after the far end had taken nothing"
                raise PortError(
                    f"{self._name} is stuck: the far end has taken nothing for {self._stall_s:g} s. Check "
                    "the device and its cable, then open the port again."
                )
            # asyncio ends the wait without an error when its transport is closed with bytes still waiting.
            self._check_open()
            if transport.is_closing():
                raise self._lost(None)

    async def _drain(self) -> bool:
        """Wait until nothing is left to send; false when for `stall_s` not a byte has moved."""
        transport = self._writer.transport
        waiting = transport.get_write_buffer_size()
        while waiting:
            try:
                async with asyncio.timeout(self._stall_s):
                    await self._writer.drain()
                break
            except TimeoutError:
                left = transport.get_write_buffer_size()
                if left >= waiting:
                    return False
                waiting = left
        return True

    async def close(self) -> None:
        """See `BytePort.close`."""
        if not self._closed:
            self._closed = True
            transport = self._writer.transport
            if transport.get_write_buffer_size():
                transport.abort()
            else:
                transport.close()
        # How the stream ended matters to nobody who has hung up. The shield keeps the stream's own
        # future from being cancelled together with this wait.
        with contextlib.suppress(OSError):
            await asyncio.shield(self._writer.wait_closed())

    def _check_open(self) -> None:
        if self._closed:
            raise PortError(f"{self._name} is closed: open it again.")

    def _lost(self, error: OSError | None) -> PortError:
        return PortError(f"{self._name} is gone: {self._gone}{f' ({reason(error)})' if error else ''}.")
