"""The inverter of a bench on its kind of wire, and the gateways that are started on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from openress.codec.canframe import CanFrame
from openress.drill.ear import CanEar, LineEar
from openress.gateway.handover import HandOver
from openress.gateway.service import GatewayService
from openress.gateway.setup import SessionSetup, build_serial_session, build_session
from openress.gateway.taped import taped
from openress.gateway.wire import ByteWire, CanWire
from openress.invertercatalog import inverters
from openress.inverterchoice import SerialManner
from openress.inverters import FailSafe
from openress.ports import CanPort, MemoryCanBus
from openress.ports.busend import BusEnd, LiveBus
from openress.ports.sharedbus import SharedBus
from openress.protocols import find_dialect
from openress.protocols.base import Bus
from openress.protocols.canbus import CanOptions
from openress.protocols.serialbus import InverterOptions
from openress.sim.inverter import Behaviour, Quirk, SimInverter
from openress.simulatedinverter import run_inverter
from openress.simulatedwire import AnyService, Tap, serial_inverter

__all__ = ["InverterSide", "inverter_side"]

Clock = Callable[[], float]


class InverterSide(Protocol):
    """An inverter, its wire, and who hears what is on it."""

    setup: SessionSetup
    """What a gateway on this wire is."""

    @property
    def inverter(self) -> SimInverter[Any]:
        """Who is on it."""
        ...

    async def begin(self) -> None:
        """Make the wire and switch the inverter on."""
        ...

    def gateway(self, handed: HandOver | None, tap: Tap | None) -> AnyService:
        """A gateway that goes on with what was handed over; `tap` is given its steps."""
        ...

    async def switch_on(self) -> None:
        """Let the inverter hear and speak."""
        ...

    async def switch_off(self) -> None:
        """Let it do neither."""
        ...

    async def end(self) -> None:
        """Take everything away; raises what has gone wrong."""
        ...


def inverter_side(setup: SessionSetup, ear: CanEar | LineEar, clock: Clock, *, packs: int, seed: int) -> InverterSide:
    """The side of the dialect of `setup`.

    Args:
        setup: its line and its fail-safe table are those of the dialect.
        ear: hears what is sent.
        clock: of the bench.
        packs: of the rack.
        seed: of everything that is left to chance.
    """
    if isinstance(ear, LineEar):
        return _LineSide(setup, ear, clock, packs, seed)
    return _CanSide(setup, ear, clock)


class _Running:
    """A task that can be ended and asked how it went."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def start(self, task: asyncio.Task[None]) -> None:
        self._task = task

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            (outcome,) = await asyncio.gather(task, return_exceptions=True)
            if isinstance(outcome, BaseException) and not isinstance(outcome, asyncio.CancelledError):
                raise outcome


class _RecordedBus(CanWire):
    """A CAN port that notes what has been sent on it."""

    def __init__(self, port: CanPort, note: Callable[[CanFrame], None]) -> None:
        super().__init__(port)
        self._note = note

    async def write(self, message: CanFrame) -> None:
        """See `Wire.write`."""
        await super().write(message)
        self._note(message)


class _CanSide:
    def __init__(self, setup: SessionSetup, ear: CanEar, clock: Clock) -> None:
        make = find_dialect(setup.dialect).parts().can_inverter
        assert make is not None  # noqa: S101  # the ear is made of it
        self.setup = replace(setup, options=CanOptions(experimental=True))
        self.inverter = SimInverter(make(self.setup.options), Behaviour.of([Quirk.CUTS_OFF]))
        self._ear = ear
        self._clock = clock
        self._bus = MemoryCanBus()
        self._running = _Running()
        self._port: CanPort | None = None

    async def begin(self) -> None:
        await self.switch_on()

    def gateway(self, handed: HandOver | None, tap: Tap | None) -> AnyService:
        start_s = self._clock()
        session = taped(build_session(self.setup, start_s), self.setup, start_s, tap)
        if handed is not None:
            session.take_over(handed, self._clock())
        return GatewayService(session, self._join, clock=self._clock)

    async def _join(self) -> CanWire:
        port = self._bus.port("can:memory:gateway")
        return _RecordedBus(port, lambda frame: self._ear.frame(frame, self._clock()))

    async def switch_on(self) -> None:
        self._port = port = self._bus.port("can:memory:inverter")
        self._running.start(asyncio.create_task(run_inverter(self.inverter, port, clock=self._clock)))

    async def switch_off(self) -> None:
        await self._running.stop()
        if self._port is not None:
            await self._port.close()

    async def end(self) -> None:
        await self._running.stop()


class _RecordedLine(ByteWire):
    """The gateway's end of a serial line, that notes what has been asked and answered on it."""

    def __init__(self, end: BusEnd, ear: LineEar, clock: Clock) -> None:
        super().__init__(end, ear.question)
        self._ear = ear
        self._clock = clock

    async def write(self, message: bytes) -> None:
        """See `Wire.write`."""
        await super().write(message)
        self._ear.answer(message, self._clock())


class _LineSide:
    """A line at the usual speed, on which bytes take their time."""

    def __init__(self, setup: SessionSetup, ear: LineEar, clock: Clock, packs: int, seed: int) -> None:
        self.setup = replace(setup, fail_safe=_table(setup.dialect), serial=SerialManner().options)
        self.inverter = serial_inverter(setup.dialect, InverterOptions(), (), maxima=setup.maxima, packs=packs)
        self._ear = ear
        self._clock = clock
        self._live = LiveBus(SharedBus(seed=seed))
        self._running = _Running()
        self._end: BusEnd | None = None

    async def begin(self) -> None:
        await self._live.__aenter__()
        await self.switch_on()

    def gateway(self, handed: HandOver | None, tap: Tap | None) -> AnyService:
        start_s = self._clock()
        session = taped(build_serial_session(self.setup, start_s), self.setup, start_s, tap)
        if handed is not None:
            session.take_over(handed, self._clock())
        return GatewayService(session, self._join, clock=self._clock)

    async def _join(self) -> ByteWire:
        return _RecordedLine(self._live.end("the gateway"), self._ear, self._clock)

    async def switch_on(self) -> None:
        self._end = end = self._live.end("the inverter")
        self._running.start(asyncio.create_task(run_inverter(self.inverter, end, clock=self._clock)))

    async def switch_off(self) -> None:
        await self._running.stop()
        if self._end is not None:
            await self._end.close()

    async def end(self) -> None:
        await self._running.stop()
        await self._live.__aexit__()


def _table(dialect: str) -> FailSafe:
    """The fail-safe table of the first inverter that is known to speak a dialect on a serial line, or the usual one."""
    for inverter in inverters().values():
        if any(speech.dialect == dialect for speech in inverter.on(Bus.SERIAL)):
            return inverter.fail_safe
    return FailSafe()
