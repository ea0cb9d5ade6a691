"""Two byte ports joined in memory, for a battery and an inverter that live in one program."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from openress.errors import PortError
from openress.ports.base import CHUNK, STALL_S, SoleReader

if TYPE_CHECKING:
    from openress.ports.base import BytePort

__all__ = ["MemoryPort", "memory_pair"]

CAPACITY = CHUNK  # bytes on their way in one direction, about what a TCP connection holds


class _Channel:
    """Bytes on their way in one direction."""

    def __init__(self) -> None:
        self.held = bytearray()
        self.ended = False
        self.readable = asyncio.Event()  # bytes are here, or never will be
        self.writable = asyncio.Event()  # there is room, or never will be
        self.writable.set()

    def put(self, data: memoryview) -> int:
        """Take as many bytes as there is room for."""
        taken = min(len(data), CAPACITY - len(self.held))
        self.held += data[:taken]
        self._tell()
        return taken

    def take(self) -> bytes:
        """Hand out all that is here."""
        data = bytes(self.held)
        self.held.clear()
        self._tell()
        return data

    def end(self) -> None:
        """Let nothing more in; what is here can still be taken."""
        self.ended = True
        self._tell()

    def _tell(self) -> None:
        for event, true in (
            (self.readable, self.ended or bool(self.held)),
            (self.writable, self.ended or len(self.held) < CAPACITY),
        ):
            event.set() if true else event.clear()


class MemoryPort:
    """One of two joined `BytePort`s, made by `memory_pair`."""

    def __init__(self, name: str, incoming: _Channel, outgoing: _Channel, *, stall_s: float) -> None:
        self._name = name
        self._incoming = incoming
        self._outgoing = outgoing
        self._stall_s = stall_s
        self._sole_reader = SoleReader()
        self._writing = asyncio.Lock()
        self._closed = False

    @property
    def name(self) -> str:
        """The name given to `memory_pair`."""
        return self._name

    async def read(self) -> bytes:
        """See `BytePort.read`."""
        with self._sole_reader:
            await self._incoming.readable.wait()
            self._check_open()
            if not self._incoming.held:
                raise self._gone()
            return self._incoming.take()

    async def write(self, data: bytes) -> None:
        """See `BytePort.write`."""
        self._check_open()
        left = memoryview(data)
        async with self._writing:
            while left:
                try:
                    async with asyncio.timeout(self._stall_s):
                        await self._outgoing.writable.wait()
                except TimeoutError as error:
                    raise PortError(
                        f"{self._name} is stuck: the far end has taken nothing for {self._stall_s:g} s. Let it read."
                    ) from error
                self._check_open()
                if self._outgoing.ended:
                    raise self._gone()
                left = left[self._outgoing.put(left) :]

    async def close(self) -> None:
        """See `BytePort.close`."""
        self._closed = True
        self._incoming.end()
        self._outgoing.end()

    def _check_open(self) -> None:
        if self._closed:
            raise PortError(f"{self._name} is closed: open it again.")

    def _gone(self) -> PortError:
        return PortError(f"{self._name} is gone: the far end closed it.")


def memory_pair(
    near: str = "memory:near", far: str = "memory:far", *, stall_s: float = STALL_S
) -> tuple[BytePort, BytePort]:
    """Make two joined ports: what is written to one is read from the other.

    Args:
        near: the name of the first.
        far: the name of the second.
        stall_s: as `STALL_S`.
    """
    there, back = _Channel(), _Channel()
    return (
        MemoryPort(near, incoming=back, outgoing=there, stall_s=stall_s),
        MemoryPort(far, incoming=there, outgoing=back, stall_s=stall_s),
    )
