"""A CAN port that outlives its adapter: after a loss, bus-off or refused frames it is opened again, with back-off."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openress.errors import PortError
from openress.ports.base import CanState
from openress.ports.canlink import open_can
from openress.ports.canqueue import FrameQueue, closed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from openress.codec.canframe import CanFrame
    from openress.ports.base import CanPort
    from openress.ports.canurl import CanLink

__all__ = ["BackOff", "SteadyCanPort", "open_steadily"]


@dataclass(frozen=True, slots=True)
class BackOff:
    """How long to wait before the port is opened again.

    Args:
        first_s: after the first failure; each further one doubles it.
        longest_s: and never more; an inverter that is switched on waits so long for its battery.
        well_s: a port that has sent for so long without a failure is well, as is one that has received.
    """

    first_s: float = 1.0
    longest_s: float = 10.0
    well_s: float = 3.0


async def open_steadily(
    link: CanLink,
    *,
    on_trouble: Callable[[PortError], None] | None = None,
    on_well: Callable[[], None] | None = None,
    back_off: BackOff | None = None,
) -> SteadyCanPort:
    """Open a CAN port that is opened again whenever it fails.

    Args:
        link: which.
        on_trouble: is told what failed, once for each sentence until the port is well again.
        on_well: is told when it is.
        back_off: how long to wait before each attempt.

    Raises:
        PortError: it cannot be opened the first time.
    """
    return SteadyCanPort(
        await open_can(link), lambda: open_can(link), on_trouble=on_trouble, on_well=on_well, back_off=back_off
    )


class SteadyCanPort:
    """A `CanPort` whose reads wait while there is no adapter, and whose writes say at once why they cannot be.

    A failed write gives the adapter up until it is opened anew. That empties its buffer: a frame that waited there
    for an inverter to be switched on would come to it minutes old.

    Args:
        port: the port to begin with, open; it belongs to this one.
        open_again: opens the next one.
        on_trouble: see `open_steadily`.
        on_well: see `open_steadily`.
        back_off: how long to wait before each attempt.

    Attributes:
        failures: how often the port has failed so far.
    """

    def __init__(
        self,
        port: CanPort,
        open_again: Callable[[], Awaitable[CanPort]],
        *,
        on_trouble: Callable[[PortError], None] | None = None,
        on_well: Callable[[], None] | None = None,
        back_off: BackOff | None = None,
    ) -> None:
        self.failures = 0
        self._name = port.name
        self._port: CanPort | None = port
        self._open_again = open_again
        self._on_trouble = on_trouble
        self._on_well = on_well
        self._back_off = back_off or BackOff()
        self._wait_s = self._back_off.first_s
        self._clock = asyncio.get_running_loop().time
        self._opened_s = self._clock()
        self._received = FrameQueue()
        self._dropped_before = 0
        self._why = ""
        self._told: set[str] = set()
        self._closing: asyncio.Task[None] | None = None
        self._keeping = asyncio.create_task(self._keep(), name=f"keep {port.name} open")

    @property
    def name(self) -> str:
        """The link URL."""
        return self._name

    @property
    def state(self) -> CanState:
        """See `CanPort.state`; down while there is no adapter."""
        return CanState.DOWN if self._port is None else self._port.state

    @property
    def dropped(self) -> int:
        """See `CanPort.dropped`."""
        now = 0 if self._port is None else self._port.dropped
        return self._received.dropped + self._dropped_before + now

    async def read(self) -> CanFrame:
        """See `CanPort.read`; fails only when the port is closed."""
        return await self._received.get()

    async def write(self, frame: CanFrame) -> None:
        """See `CanPort.write`; never waits for an adapter to come back."""
        port = self._port
        if port is None:
            raise PortError(self._why)
        try:
            await port.write(frame)
        except PortError as error:
            if port is self._port:
                self._give_up(port, error)
            raise
        if self._clock() - self._opened_s >= self._back_off.well_s:
            self._well()

    def _give_up(self, port: CanPort, error: PortError) -> None:
        """Note why, and close the port: whoever reads from it then begins anew."""
        self._port = None
        self._dropped_before += port.dropped
        self._trouble(error)
        self._closing = asyncio.create_task(port.close())

    def _trouble(self, error: PortError) -> None:
        self.failures += 1
        self._why = str(error)
        if self._on_trouble and self._why not in self._told:
            self._told.add(self._why)
            self._on_trouble(error)

    def _well(self) -> None:
        self._wait_s = self._back_off.first_s
        if self._why:
            self._why = ""
            self._told.clear()
            if self._on_well:
                self._on_well()

    async def _keep(self) -> None:
        while True:
            if self._port is not None:
                await self._receive(self._port)
            if self._closing:
                await self._closing
                self._closing = None
            await asyncio.sleep(self._wait_s)
            self._wait_s = min(2 * self._wait_s, self._back_off.longest_s)
            try:
                self._port = await self._open_again()
                self._opened_s = self._clock()
            except PortError as error:
                self._trouble(error)

    async def _receive(self, port: CanPort) -> None:
        try:
            while True:
                self._received.put(await port.read())
                self._well()
        except PortError as error:
            if port is self._port:
                self._give_up(port, error)

    async def close(self) -> None:
        """See `CanPort.close`."""
        self._why = closed(self._name)
        self._received.end(self._why, at_once=True)
        self._keeping.cancel()
        await asyncio.wait([self._keeping])
        port, self._port = self._port, None
        if self._closing:
            await self._closing
        if port is not None:
            await port.close()
