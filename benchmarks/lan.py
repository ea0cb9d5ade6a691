"""A household's network between a browser and the program: a line of its own that delays and paces what passes.

Chromium's own emulation is not used: now and then (about one load in twenty) it holds answers that its socket has long
received for 15 s and more, as its log of network events shows. The same page without it never waits.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

__all__ = ["household"]

ONE_WAY_S = 0.0025
"""Half of the 5 ms that there and back take."""
BYTES_A_SECOND = 6_250_000
"""A household's wireless LAN of 50 Mbit/s, shared by all connections and both directions."""
PIECE_BYTES = 15_000
"""Ten frames at a time: finer than what a sleeping program can tell apart."""


@dataclass(slots=True)
class _Air:
    """When the medium is free again, on the loop's clock."""

    free_at_s: float = 0.0

    def arrives_at_s(self, now_s: float, size_bytes: int) -> float:
        """When what is given to the medium now has arrived whole at the other side."""
        self.free_at_s = max(self.free_at_s, now_s) + size_bytes / BYTES_A_SECOND
        return self.free_at_s + ONE_WAY_S


@contextmanager
def household(url: str) -> Iterator[str]:
    """The address at which the page of `url` is to be had through such a network."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="lan", daemon=True)
    thread.start()
    ends: set[asyncio.StreamWriter] = set()
    server = asyncio.run_coroutine_threadsafe(_listening(urlsplit(url).port or 80, ends), loop).result(10)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        asyncio.run_coroutine_threadsafe(_end(server, ends), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _listening(port: int, ends: set[asyncio.StreamWriter]) -> asyncio.Server:
    air = _Air()

    async def connected(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * ONE_WAY_S)  # TCP's own question and answer before the first byte
        far, there = await asyncio.open_connection("127.0.0.1", port)
        ends.update((back, there))
        try:
            async with asyncio.TaskGroup() as both:
                for source, sink in ((near, there), (far, back)):
                    both.create_task(_carry(source, sink, air))
        finally:
            ends.difference_update((back, there))

    return await asyncio.start_server(connected, "127.0.0.1", 0)


async def _carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter, air: _Air) -> None:
    """One direction of one connection, until its end."""
    clock = asyncio.get_running_loop().time
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            at_s, piece = await under_way.get()
            await asyncio.sleep(max(0.0, at_s - clock()))
            if not piece:
                sink.close()
                return
            sink.write(piece)

    async with asyncio.TaskGroup() as group:
        group.create_task(deliver())
        while True:
            try:
                piece = await source.read(PIECE_BYTES)
            except ConnectionError:
                piece = b""
            under_way.put_nowait((air.arrives_at_s(clock(), len(piece)), piece))
            if not piece:
                return


async def _end(server: asyncio.Server, ends: set[asyncio.StreamWriter]) -> None:
    """Close what is open; who carries notices that it has come to its end."""
    server.close()
    while ends:
        for writer in list(ends):
            writer.transport.abort()
        await asyncio.sleep(ONE_WAY_S)
