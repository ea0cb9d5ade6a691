"""What every CAN port promises, tried on each of them over each medium."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys

import pytest
from tests.ports.canserver import Socketcand
from tests.ports.multicast import free_udp_port, multicast_works

from openress.codec.canframe import CanFrame
from openress.errors import PortError, StateError
from openress.ports import CanPort, CanState, MemoryCanBus, open_can, parse_can_link
from openress.ports.canpty import can_pty_pair

DEADLINE_S = 20.0  # never reached; turns a hang into a failure

needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")


def frames(count: int) -> list[CanFrame]:
    """Different frames of both kinds and of every length."""
    turns = random.Random(7)
    return [
        CanFrame(
            turns.randrange(1 << 29) if number % 3 == 0 else turns.randrange(1 << 11),
            turns.randbytes(number % 9),
            number % 3 == 0,
        )
        for number in range(count)
    ]


async def read(port: CanPort) -> CanFrame:
    return await asyncio.wait_for(port.read(), DEADLINE_S)


class CanPortContract:
    """Inherit, and give a `pair` fixture: the port under test and another one on the same bus."""

    async def test_frames_arrive_whole_and_in_order_both_ways(self, pair):
        for source, target in (pair, reversed(pair)):
            for frame in (sent := frames(60)):
                await source.write(frame)
            assert [await read(target) for _ in sent] == sent

    async def test_both_ways_at_once(self, pair):
        near, far = pair
        there, back = frames(40), frames(80)[40:]

        async def talk(port, sent, expected):
            for frame in sent:
                await port.write(frame)
                await asyncio.sleep(0)
            return [await read(port) for _ in expected]

        assert await asyncio.gather(talk(near, there, back), talk(far, back, there)) == [back, there]

    async def test_own_frames_do_not_come_back(self, pair):
        near, far = pair
        mine, answer = CanFrame(0x351, b"\x01"), CanFrame(0x305, bytes(8))
        await near.write(mine)
        assert await read(far) == mine
        await far.write(answer)
        assert await read(near) == answer

    async def test_the_same_frame_of_another_is_no_echo(self, pair):
        near, far = pair
        frame = CanFrame(0x355, b"\x64\x00")
        await near.write(frame)
        assert await read(far) == frame
        await far.write(frame)
        assert await read(near) == frame

    async def test_the_smallest_and_the_largest(self, pair):
        near, far = pair
        for frame in (
            CanFrame(0, b""),
            CanFrame(0x7FF, b"\xff" * 8),
            CanFrame(0, b"", extended=True),
            CanFrame(0x1FFFFFFF, bytes(8), extended=True),
            CanFrame(0x7FF, b"\r\a\n<>\x00\xff\x11", extended=True),
        ):
            await near.write(frame)
            assert await read(far) == frame

    async def test_a_cancelled_read_loses_no_frame(self, pair):
        near, far = pair
        turns = random.Random(3)
        received = []
        for frame in (sent := frames(100)):
            reading = asyncio.create_task(near.read())
            for _ in range(turns.randrange(3)):
                await asyncio.sleep(0)
            await far.write(frame)
            for _ in range(turns.randrange(6)):
                await asyncio.sleep(0)
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                received.append(await reading)
        while len(received) < len(sent):
            received.append(await read(near))
        assert received == sent

    async def test_a_healthy_port_says_so_or_does_not_know(self, pair):
        near, far = pair
        await near.write(CanFrame(0x351, b""))
        await read(far)
        assert near.state in {CanState.ACTIVE, CanState.UNKNOWN}
        assert near.dropped == 0

    async def test_reading_and_writing_after_close(self, pair):
        near, _ = pair
        await near.close()
        with pytest.raises(PortError, match=f"^{near.name} is closed"):
            await near.read()
        with pytest.raises(PortError, match=f"^{near.name} is closed"):
            await near.write(CanFrame(0, b""))
        assert near.state is CanState.DOWN

    async def test_closing_ends_a_read_under_way(self, pair):
        near, _ = pair
        reading = asyncio.create_task(near.read())
        await asyncio.sleep(0.01)
        await near.close()
        with pytest.raises(PortError, match=" is closed"):
            await asyncio.wait_for(reading, DEADLINE_S)

    async def test_closing_twice(self, pair):
        near, far = pair
        await near.close()
        await near.close()
        await far.close()

    async def test_a_second_reader_is_a_fault_of_the_caller(self, pair):
        near, far = pair
        reading = asyncio.create_task(near.read())
        await asyncio.sleep(0)
        with pytest.raises(StateError):
            await asyncio.wait_for(near.read(), DEADLINE_S)
        await far.write(CanFrame(1, b"x"))
        assert await asyncio.wait_for(reading, DEADLINE_S) == CanFrame(1, b"x")


class TestMemory(CanPortContract):
    @pytest.fixture
    async def pair(self):
        bus = MemoryCanBus()
        near, far = bus.port("can:memory:near"), bus.port("can:memory:far")
        yield near, far
        await near.close()
        await far.close()


class LinkContract(CanPortContract):
    """Two ports opened by links; a subclass says which."""

    @pytest.fixture
    async def links(self):
        raise NotImplementedError

    @pytest.fixture
    async def pair(self, links):
        near, far = [await open_can(parse_can_link(link)) for link in links]
        yield near, far
        await near.close()
        await far.close()


class TestVirtual(LinkContract):
    @pytest.fixture
    def links(self, request):
        return [f"can:virtual:{request.node.name[:40]}"] * 2


@pytest.mark.skipif(not multicast_works(), reason="no network interface takes multicast")
class TestUdp(LinkContract):
    @pytest.fixture
    def links(self):
        return [f"can:udp:239.74.163.2:{free_udp_port()}"] * 2


@needs_pty
class TestSlcan(LinkContract):
    @pytest.fixture
    async def links(self, tmp_path):
        one, other = str(tmp_path / "one"), str(tmp_path / "other")
        async with can_pty_pair(one, other):
            yield f"can:slcan:{one}", f"can:slcan:{other}"


class TestSocketcand(LinkContract):
    @pytest.fixture
    async def links(self):
        async with Socketcand(MemoryCanBus()) as server:
            yield [f"can:socketcand:127.0.0.1:{server.port}/can0"] * 2


@pytest.mark.hardware
class TestSocketcan(LinkContract):
    """Needs: modprobe vcan && ip link add dev vcan0 type vcan && ip link set up vcan0."""

    @pytest.fixture
    def links(self):
        return ["can:socketcan:vcan0"] * 2
