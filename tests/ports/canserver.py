"""A socketcand server for tests, over a bus in memory."""

from __future__ import annotations

import asyncio
import re
from types import TracebackType

from openress.codec.canframe import CanFrame
from openress.ports import MemoryCanBus

SEND = re.compile(rb"< send ([0-9A-F]+) ([0-8]) ((?:[0-9A-F]{1,2} )*)>")


class Socketcand:
    """Lends the bus as interface `can0`; `port` is where it listens, `greeting` what it says first."""

    def __init__(self, bus: MemoryCanBus, greeting: bytes = b"< hi >") -> None:
        self.bus = bus
        self.greeting = greeting
        self.port = 0
        self.writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Socketcand:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.hang_up()

    def hang_up(self) -> None:
        for writer in self.writers:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        writer.write(self.greeting)
        while True:
            try:
                request = await reader.readuntil(b">")
            except (asyncio.IncompleteReadError, ConnectionError):
                break
            if request == b"< open can0 >":
                writer.write(b"< ok >")
            elif request == b"< rawmode >":
                self.bus.attach(writer, lambda frame: writer.write(told(frame)))
                writer.write(b"< ok >")
            elif match := SEND.fullmatch(request):
                data = bytes(int(byte, 16) for byte in match[3].split())
                assert len(data) == int(match[2])
                self.bus.send(writer, CanFrame(int(match[1], 16), data, len(match[1]) > 3))
            else:
                writer.write(b"< error could not open bus >")
        self.bus.detach(writer)
        writer.close()


def told(frame: CanFrame) -> bytes:
    identifier = f"{frame.id:08X}" if frame.extended else f"{frame.id:03X}"
    return f"< frame {identifier} 23.424242 {frame.data.hex().upper()} >".encode()
