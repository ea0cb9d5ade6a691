"""The session on a real port: lost adapters, bus-off, a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable

import pytest
from tests.gateway.bench import reading
from tests.gateway.wire import setup_for
from tests.ports.multicast import free_udp_port, multicast_works

from openress.codec.canframe import CanFrame
from openress.errors import ParameterError, PortError
from openress.gateway.caps import Caps
from openress.gateway.channel import Inbox, Reading, packed
from openress.gateway.process import GatewayProcess
from openress.gateway.service import GatewayService
from openress.gateway.setup import SessionSetup, build_session
from openress.gateway.supervise import LISTEN_S, Line, Trouble
from openress.gateway.wire import CanWire
from openress.model import RackSample
from openress.ports import MemoryCanBus, MemoryCanPort, open_can, parse_can_link
from openress.ports.canpty import CanPty

RISEN_BY = 150
"""Counts of 0.1 A that limits may have risen by in the two seconds between the two."""
DEADLINE_S = 20.0  # never reached; turns a hang into a failure
needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")


class FastClock:
    """Runs `speed` times as fast as the real one, so that a minute passes in a second."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._start_s = time.monotonic()

    def __call__(self) -> float:
        return self._speed * (time.monotonic() - self._start_s)


class Fixture:
    """A service on a bus in memory, with its clock running ahead, and what was heard of it."""

    def __init__(self, speed: float = 20.0) -> None:
        self.clock = FastClock(speed)
        self.bus = MemoryCanBus()
        self.far = self.bus.port("can:memory:far")
        self.near: MemoryCanPort | None = None
        self.missing = 0
        self.said: list[str] = []
        self.heard: list[CanFrame] = []
        self.service = GatewayService(
            build_session(setup_for("pylontech-can"), self.clock()), self._open, clock=self.clock, say=self.said.append
        )

    async def _open(self) -> CanWire:
        if self.missing:
            self.missing -= 1
            raise PortError("can:memory:near cannot be opened: there is no such device.")
        self.near = self.bus.port("can:memory:near")
        return CanWire(self.near)

    async def __aenter__(self) -> Fixture:
        self._tasks = [asyncio.create_task(task) for task in (self.service.run(), self._listen(), self._feed())]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            self.heard.append(await self.far.read())

    async def _feed(self) -> None:
        while True:
            self.service.session.see(reading(self.clock()), self.clock(), 10.0)
            await asyncio.sleep(0.01)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not holds():  # noqa: ASYNC110 - what is waited for lies in other machines
                await asyncio.sleep(0.005)

    @property
    def troubles(self) -> list[Trouble]:
        return [alarm.trouble for alarm in self.service.report().alarms]


async def test_it_listens_and_then_talks_every_second():
    async with Fixture() as it:
        await it.until(lambda: len(it.heard) > 30)
        assert it.clock() > LISTEN_S
        assert {frame.id for frame in it.heard} == {0x351, 0x355, 0x356, 0x359, 0x35C, 0x35E}
        assert it.service.line is Line.WORKS


async def test_a_port_that_is_missing_is_opened_as_soon_as_it_is_there():
    async with Fixture() as it:
        it.missing = 2
        await it.until(lambda: Trouble.PORT_GONE in it.troubles)
        await it.until(lambda: bool(it.heard))
        assert it.said == ["can:memory:near cannot be opened: there is no such device.", "can:memory:near works again."]
        await it.until(lambda: not it.troubles)


async def test_an_adapter_that_is_unplugged_comes_back():
    async with Fixture() as it:
        await it.until(lambda: bool(it.heard))
        assert it.near is not None
        it.near.unplug()
        await it.until(lambda: Trouble.PORT_GONE in it.troubles)
        it.heard.clear()
        await it.until(lambda: bool(it.heard))
        await it.until(lambda: not it.troubles)


async def test_f32_bus_off_is_counted_and_recovered_from():
    async with Fixture() as it:
        await it.until(lambda: bool(it.heard))
        assert it.near is not None
        it.near.bus_off()
        await it.until(lambda: Trouble.BUS_OFF in it.troubles)
        it.heard.clear()
        await it.until(lambda: bool(it.heard))
        assert it.service.bus_offs == 1
        await it.until(lambda: not it.troubles)
        # It begins at 0 again.
        assert it.heard[0].id == 0x351
        assert it.heard[0].data[2:6] == bytes(4)


async def test_f32_nobody_acknowledges():
    async with Fixture() as it:
        it.bus.carries = False
        await it.until(lambda: Trouble.UNACKNOWLEDGED in it.troubles)
        it.bus.carries = True
        await it.until(lambda: bool(it.heard))
        await it.until(lambda: not it.troubles)


async def test_s24_a_fault_in_computing_ends_the_session_instead_of_repeating_it():
    it = Fixture()
    task = asyncio.create_task(it.service.run())
    now_s = it.clock()
    it.service.session.see(reading(now_s), now_s, 10.0)
    await asyncio.sleep(0.01)

    def broken(_rack: RackSample, _now_s: float) -> list[CanFrame]:
        raise ZeroDivisionError

    it.service.session._voice.battery.due = broken  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(task, DEADLINE_S)


def test_messages_pass_whole_however_they_are_cut():
    message = Reading(reading(1.0), 10.0)
    data = packed(message) * 2
    inbox = Inbox()
    found = [part for place in range(len(data)) for part in inbox.feed(data[place : place + 1])]
    assert found == [message, message]


def test_a_dialect_that_is_not_spoken_on_can_is_refused_before_anything_starts():
    with pytest.raises(ParameterError, match="is not spoken to inverters on CAN"):
        GatewayProcess(SessionSetup("pylontech"), "can:virtual:x", Frozen(), clock=time.monotonic, say=print)


class Frozen:
    """A source that can be stopped."""

    def __init__(self) -> None:
        self.sample = reading(time.monotonic())
        self.stopped = False

    def refresh(self, now_s: float) -> None:
        if not self.stopped:
            self.sample = reading(now_s)

    def rack(self) -> RackSample:
        return self.sample


class Child:
    """A gateway in its own process, on an slcan adapter that is a pseudo-terminal."""

    def __init__(self, path: str) -> None:
        self.bus = MemoryCanBus()
        self.far = self.bus.port()
        self.adapter = CanPty(path, self.bus)
        self.source = Frozen()
        self.said: list[str] = []
        self.heard: list[CanFrame] = []
        self.process = GatewayProcess(
            setup_for("pylontech-can"),
            f"can:slcan:{path}",
            self.source,
            clock=time.monotonic,
            say=self.said.append,
            orderly=False,
        )

    async def __aenter__(self) -> Child:
        self._tasks = [asyncio.create_task(self.process.run()), asyncio.create_task(self._listen())]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.adapter.close()

    async def _listen(self) -> None:
        while True:
            self.heard.append(await self.far.read())

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not holds():  # noqa: ASYNC110 - what is waited for lies in other machines
                await asyncio.sleep(0.01)


@needs_pty
async def test_f15_a_process_that_is_killed_is_started_again_and_tells_no_more_than_before(tmp_path):
    async with Child(str(tmp_path / "can")) as it:
        await it.until(lambda: len(it.heard) > 6)
        state = it.process.state
        assert state is not None
        assert state.report.told.rack is not None
        first = it.process.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await it.until(lambda: it.process.pid not in (None, first))
        before = [frame for frame in it.heard if frame.id == 0x351][-1]
        it.heard.clear()
        await it.until(lambda: any(frame.id == 0x351 for frame in it.heard))
        after = next(frame for frame in it.heard if frame.id == 0x351)
        assert it.process.restarts == 1
        assert int.from_bytes(after.data[2:4], "little") <= int.from_bytes(before.data[2:4], "little") + RISEN_BY
        assert it.said[-1].startswith("The gateway's process has ended")


def limits(frames: list[CanFrame]) -> list[bytes]:
    """Both currents of every limit that was heard."""
    return [frame.data[2:6] for frame in frames if frame.id == 0x351]


@needs_pty
async def test_f12_when_the_program_that_feeds_it_is_killed_it_says_zero_and_leaves(tmp_path):
    async with Child(str(tmp_path / "can")) as it:
        await it.until(lambda: any(any(currents) for currents in limits(it.heard)))
        it.process.set_remote(Caps(charge_current_a=1.0))
        await it.until(lambda: limits(it.heard)[-1][:2] == bytes([10, 0]))
        it.heard.clear()
        pipe = it.process._process.stdin
        pipe.close()
        await it.until(lambda: it.process.restarts == 1)
        said = limits(it.heard)
        # What was on its way when the pipe broke may still come through.
        assert len(said) >= 4
        assert not any(any(currents) for currents in said[1:])


@pytest.mark.skipif(not multicast_works(), reason="no interface takes multicast")
async def test_s25_a_program_that_hangs_delays_no_frame():
    """The program that feeds the gateway stands still for seconds; the frames come on, with values that are fresh."""
    link = parse_can_link(f"can:udp:239.74.163.2:{free_udp_port()}")
    port = await open_can(link)
    source = Frozen()
    process = GatewayProcess(
        setup_for("pylontech-can"), str(link), source, clock=time.monotonic, say=print, orderly=False
    )
    running = asyncio.create_task(process.run())
    async with asyncio.timeout(DEADLINE_S):
        while (await port.read()).id != 0x351:
            continue
    time.sleep(3.4)  # noqa: ASYNC251 - this is the fault
    # They wait to be read; between those that come from now on there is a second.
    arrived = 0
    while arrived < 3:
        try:
            arrived += (await asyncio.wait_for(port.read(), 0.5)).id == 0x351
        except TimeoutError:
            break
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await port.close()
    assert arrived == 3


@needs_pty
async def test_nobody_is_left_behind(tmp_path):
    async with Child(str(tmp_path / "can")) as it:
        await it.until(lambda: it.process.state is not None)
        pid = it.process.pid
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
