"""What every byte port promises, tried on each of them over each medium."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys
from io import StringIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openress.errors import PortError, StateError
from openress.ports import (
    PtyLink,
    RecordingPort,
    SerialLink,
    TcpLink,
    TcpListenLink,
    memory_pair,
    open_listener,
    open_port,
)
from openress.ports.base import BytePort

STALL_S = 0.5
DEADLINE_S = 20.0  # never reached; turns a hang into a failure
EVERY_BYTE = bytes(range(256))

needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")


async def read_exactly(port: BytePort, size: int) -> bytes:
    data = bytearray()
    async with asyncio.timeout(DEADLINE_S):
        while len(data) < size:
            chunk = await port.read()
            assert chunk
            data += chunk
    return bytes(data)


async def read_until_gone(port: BytePort) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while True:
            await port.read()


async def write_until_error(port: BytePort) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while True:
            await port.write(bytes(100_000))


class BytePortContract:
    """Inherit, and give a `pair` fixture: the port under test and its far end."""

    @pytest.mark.parametrize("size", [1, 255, 4096, 100_000])
    async def test_bytes_arrive_in_order_and_complete_both_ways(self, pair, size):
        near, far = pair
        data = random.Random(size).randbytes(size)
        for source, target in ((near, far), (far, near)):
            received, _ = await asyncio.gather(read_exactly(target, size), source.write(data))
            assert received == data

    async def test_both_ways_at_once(self, pair):
        near, far = pair
        there, back = random.Random(1).randbytes(20_000), random.Random(2).randbytes(20_000)
        at_far, at_near, _, _ = await asyncio.gather(
            read_exactly(far, len(there)), read_exactly(near, len(back)), near.write(there), far.write(back)
        )
        assert (at_far, at_near) == (there, back)

    async def test_every_byte_value_survives(self, pair):
        near, far = pair
        for source, target in ((near, far), (far, near)):
            for data in (EVERY_BYTE, b"\r\n\r\n\n\r", b"\x03\x04\x11\x13\x15\x16\x1a\x1c\x7f\xff\xff\x00"):
                await source.write(data)
                assert await read_exactly(target, len(data)) == data

    @settings(
        max_examples=25,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
    )
    @given(chunks=st.lists(st.binary(max_size=300), max_size=8))
    async def test_any_chunks_arrive_as_one_stream(self, pair, chunks):
        near, far = pair
        sent = b"".join(chunks)
        for source, target in ((near, far), (far, near)):
            for chunk in chunks:
                await source.write(chunk)
            assert await read_exactly(target, len(sent)) == sent

    async def test_a_cancelled_read_loses_no_byte(self, pair):
        near, far = pair
        turns = random.Random(3)
        received = bytearray()
        for byte in EVERY_BYTE:
            reading = asyncio.create_task(near.read())
            for _ in range(turns.randrange(3)):
                await asyncio.sleep(0)
            await far.write(bytes([byte]))
            for _ in range(turns.randrange(6)):
                await asyncio.sleep(0)
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                received += await reading
        received += await read_exactly(near, len(EVERY_BYTE) - len(received))
        assert received == EVERY_BYTE

    async def test_the_bytes_of_two_writers_never_mix(self, pair):
        near, far = pair
        first, second = b"a" * 200_000, b"b" * 200_000
        writing = [asyncio.create_task(near.write(first))]
        await asyncio.sleep(0.005)  # now the first one waits for room, and the second one comes in between
        writing.append(asyncio.create_task(near.write(second)))
        received = bytearray()
        async with asyncio.timeout(DEADLINE_S):
            while len(received) < 400_000:
                received += await far.read()
                await asyncio.sleep(0.001)
        await asyncio.gather(*writing)
        assert received == first + second

    async def test_reading_after_the_far_end_left(self, pair):
        near, far = pair
        await far.close()
        with pytest.raises(PortError, match=f"^{near.name} is gone: "):
            await read_until_gone(near)

    async def test_a_read_under_way_notices_that_the_far_end_leaves(self, pair):
        near, far = pair
        reading = asyncio.create_task(read_until_gone(near))
        await asyncio.sleep(0.01)
        await far.close()
        with pytest.raises(PortError, match=" is gone: "):
            await reading

    async def test_writing_after_the_far_end_left(self, pair):
        near, far = pair
        await far.close()
        with pytest.raises(PortError, match=f"^{near.name} is (gone|stuck): "):
            await write_until_error(near)

    async def test_a_slow_reader_is_waited_for(self, pair):
        """Longer than a stall in all, but never a stall at a time."""
        near, far = pair
        data = random.Random(4).randbytes(1_000_000)
        writing = [asyncio.create_task(near.write(data[:500_000]))]
        received = bytearray()
        async with asyncio.timeout(DEADLINE_S):
            for turn in range(6):
                if turn == 3:  # a second writer makes what waits longer, and yet nothing stalls
                    writing.append(asyncio.create_task(near.write(data[500_000:])))
                received += await far.read()
                await asyncio.sleep(STALL_S / 5)
        received += await read_exactly(far, len(data) - len(received))
        await asyncio.gather(*writing)
        assert received == data

    async def test_a_write_that_nobody_takes_gives_up(self, pair):
        near, _ = pair
        with pytest.raises(PortError, match=f"^{near.name} is stuck: .* 0.5 s"):
            await write_until_error(near)

    async def test_reading_and_writing_after_close(self, pair):
        near, _ = pair
        await near.close()
        with pytest.raises(PortError, match=f"^{near.name} is closed"):
            await near.read()
        with pytest.raises(PortError, match=f"^{near.name} is closed"):
            await near.write(b"x")

    async def test_closing_ends_a_read_under_way(self, pair):
        near, _ = pair
        reading = asyncio.create_task(near.read())
        await asyncio.sleep(0.01)
        await near.close()
        with pytest.raises(PortError, match=" is closed"):
            await asyncio.wait_for(reading, DEADLINE_S)

    async def test_closing_ends_a_write_under_way(self, pair):
        near, _ = pair
        writing = asyncio.create_task(near.write(bytes(30_000_000)))  # more than any medium holds
        await asyncio.sleep(0.02)
        await asyncio.wait_for(near.close(), DEADLINE_S)
        with pytest.raises(PortError, match=" is closed"):
            await writing

    async def test_closing_twice(self, pair):
        near, far = pair
        await near.close()
        await near.close()
        await far.close()
        await far.close()

    async def test_a_second_reader_is_a_fault_of_the_caller(self, pair):
        near, far = pair
        reading = asyncio.create_task(near.read())
        await asyncio.sleep(0)
        with pytest.raises(StateError):
            await asyncio.wait_for(near.read(), DEADLINE_S)
        await far.write(b"x")
        assert await reading == b"x"


class TestMemory(BytePortContract):
    @pytest.fixture
    async def pair(self):
        near, far = memory_pair(stall_s=STALL_S)
        yield near, far
        await near.close()
        await far.close()


class TestRecording(BytePortContract):
    @pytest.fixture
    async def pair(self):
        near, far = memory_pair(stall_s=STALL_S)
        recording = RecordingPort(near, StringIO(), asyncio.get_running_loop().time)
        yield recording, far
        await recording.close()
        await far.close()


class TcpContract(BytePortContract):
    """Both ends of a connection; a subclass says which one is under test."""

    @pytest.fixture
    async def ends(self):
        listener = await open_listener(TcpListenLink("127.0.0.1", 0), stall_s=STALL_S)
        port = int(listener.name.rpartition(":")[2])
        client = await open_port(TcpLink("127.0.0.1", port), stall_s=STALL_S)
        accepted = await listener.accept()
        yield client, accepted
        await client.close()
        await accepted.close()
        await listener.close()


class TestTcpClient(TcpContract):
    @pytest.fixture
    def pair(self, ends):
        return ends


class TestTcpAccepted(TcpContract):
    @pytest.fixture
    def pair(self, ends):
        client, accepted = ends
        return accepted, client


class PtyContract(BytePortContract):
    """A serial port on a pseudo-terminal; a subclass says which one is under test."""

    @pytest.fixture
    async def ends(self, tmp_path):
        path = str(tmp_path / "battery")
        pty = await open_port(PtyLink(path), stall_s=STALL_S)
        serial = await open_port(SerialLink(path), stall_s=STALL_S)
        yield pty, serial
        await serial.close()
        await pty.close()


@needs_pty
class TestSerial(PtyContract):
    @pytest.fixture
    def pair(self, ends):
        pty, serial = ends
        return serial, pty

    async def test_a_write_returns_only_after_the_system_has_taken_all(self, pair):
        near, _ = pair
        with pytest.raises(PortError, match=" is stuck: "):
            await near.write(bytes(60_000))  # a pseudo-terminal takes some 13000


@needs_pty
class TestPty(PtyContract):
    @pytest.fixture
    def pair(self, ends):
        return ends

    async def test_reading_after_the_far_end_left(self, pair):
        """Clients come and go: a pseudo-terminal without one waits for the next."""
        near, far = pair
        device = far.name.removeprefix("serial:")
        await far.write(b"last words")
        await far.close()
        assert await read_exactly(near, 10) == b"last words"
        reading = asyncio.create_task(near.read())
        await asyncio.sleep(0.01)
        assert not reading.done()
        another = await open_port(SerialLink(device))
        await another.write(b"hello")
        assert await asyncio.wait_for(reading, DEADLINE_S) == b"hello"
        await another.close()

    async def test_a_read_under_way_notices_that_the_far_end_leaves(self, pair):
        """It need not: the read under way serves the next client."""
        near, far = pair
        device = far.name.removeprefix("serial:")
        reading = asyncio.create_task(near.read())
        for _ in range(5):
            await far.close()
            far = await open_port(SerialLink(device))
        await far.write(b"hello")
        assert await asyncio.wait_for(reading, DEADLINE_S) == b"hello"
        await far.close()
