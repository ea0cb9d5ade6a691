"""A session in real time: a port that is opened again when it is lost, and messages sent when they are due."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from openress.errors import PortError
from openress.gateway.session import Report
from openress.gateway.supervise import Line
from openress.gateway.taped import Machine
from openress.gateway.wire import Wire

__all__ = ["GatewayService"]

Message = TypeVar("Message")

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 10.0
"""From the loss of a port to the try to open it again: doubled each time, until a burst has left."""


class GatewayService(Generic[Message]):
    """Carries a session on a port; `run` it, and give it readings with `see`.

    Args:
        session: the machine.
        open_port: opens the port.
        clock: monotonic seconds.
        say: told when the line is lost and when it is back, in sentences.
    """

    def __init__(
        self,
        session: Machine[Message],
        open_port: Callable[[], Awaitable[Wire[Message]]],
        *,
        clock: Callable[[], float] = time.monotonic,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.session = session
        self.bus_offs = 0
        self._open_port = open_port
        self._clock = clock
        self._say = say
        self._line = Line.OPENING
        self._wake = asyncio.Event()
        self._wait_s = FIRST_WAIT_S
        self._said = ""

    @property
    def line(self) -> Line:
        """How the port stands."""
        return self._line

    def report(self) -> Report:
        """How the session stands."""
        return self.session.report(self._clock())

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            try:
                port = await self._open_port()
            except PortError as error:
                await self._lost(Line.GONE, str(error))
                continue
            try:
                line, why = await self._serve(port)
            finally:
                await port.close()
            await self._lost(line, why)

    async def _lost(self, line: Line, why: str) -> None:
        """Wait before the next try; the session looks on meanwhile."""
        self._line = line
        self.session.line_lost()
        self.bus_offs += line is Line.BUS_OFF
        if why != self._said:
            self._said = why
            self._say(why)
        until_s = self._clock() + self._wait_s
        self._wait_s = min(2.0 * self._wait_s, LONGEST_WAIT_S)
        while (now_s := self._clock()) < until_s:
            self.session.look(line, now_s)
            await asyncio.sleep(min(until_s, self.session.next_due_s) - now_s)

    async def _serve(self, port: Wire[Message]) -> tuple[Line, str]:
        """Carry the session on an open port until it is lost; gives how it was lost and why."""
        reader = asyncio.create_task(self._read(port))
        sender = asyncio.create_task(self._send(port))
        try:
            await asyncio.wait((reader, sender), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (reader, sender):
                task.cancel()
            results = await asyncio.gather(reader, sender, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError | PortError):
                raise result
        why = next((str(result) for result in results if isinstance(result, PortError)), f"{port.name} is gone.")
        return port.lost, why

    async def _read(self, port: Wire[Message]) -> None:
        while True:
            self.session.hear(await port.read(), self._clock())
            self._wake.set()

    async def _send(self, port: Wire[Message]) -> None:
        while True:
            now_s = self._clock()
            if port.off:
                # The frames that are due now are for nobody.
                raise PortError(f"{port.name} is off the bus.")
            await self._burst(port, self.session.due(self._line, now_s))
            try:
                async with asyncio.timeout(max(0.0, self.session.next_due_s - self._clock())):
                    await self._wake.wait()
            except TimeoutError:
                continue
            self._wake.clear()

    async def _burst(self, port: Wire[Message], messages: list[Message]) -> None:
        """Send what is due.

        A frame that cannot leave gives the port up: one that waits in a controller for an inverter to be switched on
        would reach it when it is minutes old.
        """
        for message in messages:
            await port.write(message)
        if messages:
            self._line, self._wait_s = Line.WORKS, FIRST_WAIT_S
            if self._said:
                self._say(f"{port.name} works again.")
                self._said = ""
