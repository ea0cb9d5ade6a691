"""A shared line with a clock: its ends are byte ports, and other programs can have one."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from tests.busrack import BusRack
from tests.fasttime import run_fast

from openress.codec.uart import character_s
from openress.errors import PortError, StateError
from openress.model import PackSample
from openress.ports import PtyLink, SerialLink, memory_pair, open_port
from openress.ports.busend import LiveBus
from openress.ports.pty import open_pty
from openress.protocols import find_dialect
from openress.rack.poll import NoAnswerError, Poller, Timing

needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")


def client(dialect: str = "pylontech"):  # type: ignore[no-untyped-def]  # any dialect's
    make = find_dialect(dialect).parts().client
    assert make is not None
    return make()


def test_fifteen_packs_are_polled_over_one_line_in_the_time_that_the_bytes_need() -> None:
    rack = BusRack()
    rack.add(range(1, 16), "pace", turnaround_s=0.03)

    async def main() -> tuple[list[PackSample], float]:
        loop = asyncio.get_running_loop()
        async with LiveBus(rack.bus) as live:
            end = live.end("us")
            asking = client("pace")
            async with Poller(end, asking, loop.time) as poller:
                began_s = loop.time()
                samples = [await poller.read_pack(PackSample(n), everything=False) for n in range(1, 16)]
                return samples, loop.time() - began_s

    samples, took_s = run_fast(main())
    assert [s.analog is not None and s.status is not None and s.status.alarms == frozenset() for s in samples] == (
        [True] * 15
    )
    bytes_s = sum(len(said.data) for said in rack.said) * character_s(9600)
    assert took_s == pytest.approx(bytes_s + 30 * 0.03, rel=0.001)


def test_ends_hear_each_other_and_not_themselves() -> None:
    rack = BusRack()

    async def main() -> None:
        async with LiveBus(rack.bus) as live:
            one, two, echoing = live.end("one"), live.end("two"), live.end("echoing", echo=True)
            await one.write(b"first")
            await asyncio.sleep(0.1)
            await echoing.write(b"second")
            await asyncio.sleep(0.1)
            assert await two.read() == b"firstsecond"
            assert await one.read() == b"second"
            assert await echoing.read() == b"firstsecond"

    run_fast(main())
    assert [(said.station, said.data) for said in rack.said] == [("one", b"first"), ("echoing", b"second")]


def test_long_talk_arrives_in_parts() -> None:
    rack = BusRack()

    async def main() -> list[int]:
        async with LiveBus(rack.bus) as live:
            one, two = live.end("one"), live.end("two")
            await one.write(bytes(200))
            parts = []
            while sum(parts) < 200:
                parts.append(len(await two.read()))
            return parts

    assert len(run_fast(main())) > 15


def test_two_ends_that_talk_at_once_garble_each_other() -> None:
    rack = BusRack()

    async def main() -> bytes:
        async with LiveBus(rack.bus) as live:
            one, two, listener = live.end("one"), live.end("two"), live.end("listener")
            await one.write(b"\x00\xff" * 20)
            await asyncio.sleep(0.0123)
            await two.write(b"\x55\xaa" * 20)
            await asyncio.sleep(0.2)
            return await listener.read()

    heard = run_fast(main())
    assert heard[:11] == (b"\x00\xff" * 20)[:11]
    assert b"\x00\xff" * 20 not in heard


def test_a_port_keeps_its_promises() -> None:
    rack = BusRack()

    async def main() -> None:
        async with LiveBus(rack.bus) as live:
            one, two = live.end("one"), live.end("two")
            waiting = asyncio.create_task(two.read())
            await asyncio.sleep(0)
            with pytest.raises(StateError, match="one reader"):
                await two.read()
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            await one.write(b"kept")
            assert await two.read() == b"kept", "cancelling loses no byte"
            waiting = asyncio.create_task(two.read())
            await asyncio.sleep(0)
            await two.close()
            await two.close()
            with pytest.raises(PortError, match="two is closed: open it again"):
                await waiting
            with pytest.raises(PortError, match="closed"):
                await two.write(b"x")
            await one.write(b"the line goes on")
            assert [station.name for station in rack.bus.stations] == ["one"]

    run_fast(main())


def test_a_client_that_goes_leaves_the_line_and_others_go_on() -> None:
    rack = BusRack()
    rack.add([1])

    async def main() -> None:
        loop = asyncio.get_running_loop()
        async with LiveBus(rack.bus) as live:
            near, far = memory_pair()
            live.join(near, live.end("program"))
            async with Poller(far, client(), loop.time) as poller:
                assert (await poller.read_pack(PackSample(1), everything=False)).analog is not None
            await far.close()
            await asyncio.sleep(0.1)
            assert [station.name for station in rack.bus.stations] == ["pack 1"]

    run_fast(main())


def test_what_breaks_inside_the_line_is_raised_at_its_end() -> None:
    class Broken:
        deadline_s = 1.0

        def feed(self, data: bytes, now_s: float) -> list[bytes]:
            raise ZeroDivisionError(f"{data!r} at {now_s}")

    rack = BusRack()
    rack.bus.attach("broken", Broken())

    async def main() -> None:
        async with LiveBus(rack.bus):
            await asyncio.sleep(2.0)

    with pytest.raises(ZeroDivisionError):
        run_fast(main())


@needs_pty
async def test_another_program_gets_the_line_as_a_serial_port_and_its_speed_counts(tmp_path: Path) -> None:
    rack = BusRack()
    rack.add([1], turnaround_s=0.002, baud=115200)
    clock = asyncio.get_running_loop().time
    async with LiveBus(rack.bus) as live:
        terminal = open_pty(PtyLink(str(tmp_path / "line")))
        live.join(terminal, live.end("program", speed=lambda: terminal.baud or 9600))
        for baud, answers in ((9600, False), (115200, True)):
            port = await open_port(SerialLink(str(tmp_path / "line"), baud=baud))
            assert terminal.baud == baud
            try:
                async with Poller(port, client(), clock, Timing(timeout_s=0.3, tries=1)) as poller:
                    if answers:
                        assert (await poller.read_pack(PackSample(1), everything=True)).identity is not None
                    else:
                        with pytest.raises(NoAnswerError):
                            await poller.read_pack(PackSample(1), everything=False)
            finally:
                await port.close()
    assert {said.baud for said in rack.said if said.station == "program"} == {9600, 115200}
    assert not (tmp_path / "line").exists()


@needs_pty
async def test_the_speed_of_a_pseudo_terminal(tmp_path: Path) -> None:
    terminal = open_pty(PtyLink(str(tmp_path / "line")))
    assert terminal.baud is None, "nobody has set one"
    for baud in (1200, 57600, *([250_000, 12_345] if sys.platform == "linux" else [])):
        port = await open_port(SerialLink(str(tmp_path / "line"), baud=baud))
        assert terminal.baud == baud
        await port.close()
    device = os.open(tmp_path / "line", os.O_RDWR | os.O_NOCTTY)
    os.close(device)
    await terminal.close()
    assert terminal.baud is None
