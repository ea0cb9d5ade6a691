"""A shared line in real time: its ends as byte ports, and as pseudo-terminals that other programs open."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from openress.errors import PortError
from openress.ports.base import SoleReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from openress.ports.base import BytePort
    from openress.ports.sharedbus import SharedBus, Station

__all__ = ["PASS_ON_S", "BusEnd", "LiveBus"]

PASS_ON_S = 0.01
"""An adapter hands bytes on about so often while they come (16 ms with FTDI chips), and when the line rests."""


class BusEnd:
    """A `BytePort` at a shared line, made by `LiveBus.end`.

    A write returns when the adapter has the bytes, not when they have left.
    """

    def __init__(self, live: LiveBus, station: Station, speed: Callable[[], int] | None) -> None:
        self._live = live
        self.station = station
        self.speed = speed
        self.arrived = asyncio.Event()
        self._sole_reader = SoleReader()
        self._closed = False

    @property
    def name(self) -> str:
        """See `BytePort.name`."""
        return self.station.name

    async def read(self) -> bytes:
        """See `BytePort.read`."""
        with self._sole_reader:
            await self.arrived.wait()
            self._check_open()
            data = bytes(self.station.heard)
            self.station.heard.clear()
            self.arrived.clear()
            return data

    async def write(self, data: bytes) -> None:
        """See `BytePort.write`."""
        self._check_open()
        self._live.say(self.station, data)

    async def close(self) -> None:
        """See `BytePort.close`; the line goes on without this end."""
        if not self._closed:
            self._closed = True
            self.arrived.set()
            self._live.leave(self)

    def _check_open(self) -> None:
        if self._closed:
            raise PortError(f"{self.name} is closed: open it again.")


class LiveBus:
    """Drives a `SharedBus` with a clock. Use it as an async context; what goes wrong inside is raised at its end.

    Args:
        bus: the line.
        clock: seconds of the same kind as the running loop's; `None` for the loop's own, so that a loop whose time is
            made runs the line in made time too.
    """

    def __init__(self, bus: SharedBus, clock: Callable[[], float] | None = None) -> None:
        self.bus = bus
        self._clock = clock or asyncio.get_running_loop().time
        self._ends: list[BusEnd] = []
        self._pumps: list[asyncio.Task[None]] = []
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = [task for task in (self._task, *self._pumps) if task is not None]
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, BaseException) and not isinstance(outcome, asyncio.CancelledError | PortError):
                raise outcome
        for end in list(self._ends):
            await end.close()

    def end(
        self,
        name: str,
        *,
        baud: int = 9600,
        swapped: bool = False,
        echo: bool = False,
        speed: Callable[[], int] | None = None,
    ) -> BusEnd:
        """A port at the line.

        Args:
            name: for people and for the record.
            baud: its speed.
            swapped: its wires are swapped.
            echo: it hears what it says itself.
            speed: tells its speed where that may change, instead of `baud`.
        """
        self.bus.advance(self._clock())
        end = BusEnd(self, self.bus.attach(name, baud=baud, swapped=swapped, echo=echo), speed)
        self._ends.append(end)
        return end

    def join(self, port: BytePort, end: BusEnd) -> None:
        """Pass on everything between a port (a pseudo-terminal, a TCP client) and an end, until one of them closes."""
        self._pumps.append(asyncio.create_task(self._joined(port, end)))

    async def _joined(self, port: BytePort, end: BusEnd) -> None:
        async def onto_the_line() -> None:
            while True:
                await end.write(await port.read())

        async def off_the_line() -> None:
            while True:
                await port.write(await end.read())

        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(onto_the_line())
                tasks.create_task(off_the_line())
        except* PortError:
            # The program has gone; the line goes on.
            pass
        finally:
            await end.close()
            await port.close()

    def say(self, station: Station, data: bytes) -> None:
        """Let an end talk from now on."""
        now_s = self._clock()
        self._catch_up(now_s)
        self.bus.say(station, data, now_s)
        self._changed.set()

    def leave(self, end: BusEnd) -> None:
        """Take an end off the line."""
        self._ends.remove(end)
        self.bus.detach(end.station)

    def _catch_up(self, now_s: float) -> None:
        for end in self._ends:
            if end.speed is not None:
                end.station.uart.baud = end.speed()
        self.bus.advance(now_s)
        for end in self._ends:
            if end.station.heard:
                end.arrived.set()

    async def _run(self) -> None:
        while True:
            now_s = self._clock()
            self._catch_up(now_s)
            self._changed.clear()
            next_s = self.bus.next_s
            if self.bus.busy and self._ends and next_s is not None:
                next_s = min(next_s, now_s + PASS_ON_S)
            try:
                async with asyncio.timeout(None if next_s is None else next_s - now_s):
                    await self._changed.wait()
            except TimeoutError:
                continue
