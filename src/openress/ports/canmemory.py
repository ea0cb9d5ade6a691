"""A CAN bus in memory: ports of one program on one bus, with the faults that a real bus has."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from openress.errors import PortError
from openress.ports.base import CanState
from openress.ports.canqueue import HELD, FrameQueue, closed, not_acknowledged, off_the_bus

if TYPE_CHECKING:
    from collections.abc import Callable

    from openress.codec.canframe import CanFrame

__all__ = ["MemoryCanBus", "MemoryCanPort"]


class MemoryCanBus:
    """A bus that carries each frame to every other port at once, unless it is told to misbehave.

    Attributes:
        drop: tells of a frame whether it gets lost on the way; nothing is lost by default.
        delay_s: how long a frame takes.
        carries: whether frames are acknowledged at all; without it writes fail as on a bus without a second device.
    """

    def __init__(self) -> None:
        self.drop: Callable[[CanFrame], bool] = _nothing
        self.delay_s = 0.0
        self.carries = True
        self._receivers: dict[object, Callable[[CanFrame], None]] = {}

    def port(self, name: str = "can:memory", *, held: int = HELD) -> MemoryCanPort:
        """Join with a port of this program."""
        return MemoryCanPort(name, self, held=held)

    def attach(self, who: object, receive: Callable[[CanFrame], None]) -> None:
        """Let `receive` be called with every frame that others than `who` send."""
        self._receivers[who] = receive

    def detach(self, who: object) -> None:
        """Call it no more."""
        self._receivers.pop(who, None)

    def send(self, who: object, frame: CanFrame) -> bool:
        """Put a frame on the bus; false when nobody acknowledges it."""
        if not self.carries or len(self._receivers) < 2:
            return False
        if self.drop(frame):
            return True
        if self.delay_s:
            asyncio.get_running_loop().call_later(self.delay_s, self._deliver, who, frame)
        else:
            self._deliver(who, frame)
        return True

    def _deliver(self, who: object, frame: CanFrame) -> None:
        for other, receive in tuple(self._receivers.items()):
            if other is not who:
                receive(frame)


def _nothing(_frame: CanFrame) -> bool:
    return False


class MemoryCanPort:
    """A `CanPort` on a bus in memory, made by `MemoryCanBus.port`."""

    def __init__(self, name: str, bus: MemoryCanBus, *, held: int = HELD) -> None:
        self._name = name
        self._bus = bus
        self._received = FrameQueue(held=held)
        self._state = CanState.ACTIVE
        self._gone: str | None = None
        bus.attach(self, self._received.put)

    @property
    def name(self) -> str:
        """The name given to `MemoryCanBus.port`."""
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
        if self._gone is not None:
            raise PortError(self._gone)
        if self._state is CanState.BUS_OFF:
            raise PortError(off_the_bus(self._name))
        if not self._bus.send(self, frame):
            self._state = CanState.PASSIVE
            raise PortError(not_acknowledged(self._name))
        self._state = CanState.ACTIVE

    async def close(self) -> None:
        """See `CanPort.close`."""
        self._leave(closed(self._name), CanState.DOWN, at_once=True)

    def bus_off(self, *, off: bool = True) -> None:
        """Throw the controller off the bus, or let it come back."""
        self._state = CanState.BUS_OFF if off else CanState.ACTIVE

    def unplug(self) -> None:
        """Let the adapter be gone for good."""
        self._leave(f"{self._name} is gone: the adapter was unplugged.", CanState.DOWN, at_once=False)

    def _leave(self, why: str, state: CanState, *, at_once: bool) -> None:
        self._bus.detach(self)
        self._gone = why
        self._state = state
        self._received.end(why, at_once=at_once)
