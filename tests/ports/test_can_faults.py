"""CAN buses that misbehave: what a port says of it, in one sentence, and how it comes back."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import time
from itertools import pairwise

import pytest
from tests.fixedports import free_port
from tests.ports.canserver import Socketcand
from tests.ports.multicast import free_udp_port, multicast_works

from openress.codec.canframe import CanFrame
from openress.errors import PortError
from openress.ports import CanState, MemoryCanBus, open_can, parse_can_link
from openress.ports.canerrors import state_after
from openress.ports.canpty import CanPty, can_pty_pair
from openress.ports.canqueue import HELD
from openress.ports.cansteady import BackOff, SteadyCanPort, open_steadily

FRAME = CanFrame(0x351, bytes.fromhex("1402C012C012C201"))
ANSWER = CanFrame(0x305, bytes(8))
DEADLINE_S = 20.0
QUICK = BackOff(first_s=0.02, longest_s=0.1, well_s=0.05)

needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")


async def soon(condition) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not condition():  # noqa: ASYNC110 the ports tell of their state when asked, they wake nobody up
            await asyncio.sleep(0.005)


async def write_until_error(port) -> str:
    async with asyncio.timeout(DEADLINE_S):
        while True:
            try:
                await port.write(FRAME)
            except PortError as error:
                return str(error)
            await asyncio.sleep(0.01)


@pytest.fixture
async def slcan(tmp_path):
    """A port on an slcan adapter, the bus behind it, the adapter, and another place on the bus."""
    path = str(tmp_path / "adapter")
    bus = MemoryCanBus()
    adapter = CanPty(path, bus)
    port = await open_can(parse_can_link(f"can:slcan:{path}"))
    other = bus.port()
    yield port, bus, adapter, other
    await port.close()
    await adapter.close()


@needs_pty
class TestSlcanFaults:
    async def test_f32_nobody_acknowledges(self, slcan):
        port, bus, _, _ = slcan
        bus.carries = False
        assert await write_until_error(port) == (
            f"{port.name} cannot send: nobody on the bus acknowledges. Check that the inverter is on, the cable, the "
            "two terminators of 120 ohm, and the bit rate."
        )
        bus.carries = True
        await port.write(FRAME)  # the port itself is well

    async def test_f32_bus_off_names_the_terminators(self, slcan):
        port, _, adapter, other = slcan
        adapter.bus_off()
        await soon(lambda: port.state is CanState.BUS_OFF)
        with pytest.raises(PortError, match=r"is off the bus after too many errors: .* terminator of 120 ohm"):
            await port.write(FRAME)
        adapter.bus_off(off=False)
        await soon(lambda: port.state is CanState.ACTIVE)
        await port.write(FRAME)
        assert await other.read() == FRAME

    async def test_the_adapter_is_unplugged(self, slcan):
        port, _, adapter, _ = slcan
        await adapter.close()
        with pytest.raises(PortError, match=f"^{port.name} is gone: the device was unplugged or switched off"):
            await asyncio.wait_for(port.read(), DEADLINE_S)
        with pytest.raises(PortError, match=" is gone: "):
            await port.write(FRAME)
        assert port.state is CanState.DOWN

    async def test_an_adapter_that_never_answers_is_served_too(self, tmp_path):
        path, bus = str(tmp_path / "mute"), MemoryCanBus()
        adapter, other = CanPty(path, bus), bus.port()
        adapter.mute = True
        port = await open_can(parse_can_link(f"can:slcan:{path}"))
        await port.write(FRAME)
        assert await other.read() == FRAME
        await port.close()
        await adapter.close()

    async def test_what_is_no_slcan_adapter_is_told(self, tmp_path):
        path, bus = str(tmp_path / "odd"), MemoryCanBus()
        adapter = CanPty(path, bus)
        adapter._answer = lambda _line: b"\a"
        with pytest.raises(PortError, match=r"refuses a bit rate of 250000: check that it is a CAN adapter"):
            await open_can(parse_can_link(f"can:slcan:{path}?bitrate=250000"))
        await adapter.close()

    async def test_a_channel_that_a_killed_program_left_open(self, tmp_path):
        """Frames of before are not taken for news."""
        path, bus = str(tmp_path / "left"), MemoryCanBus()
        adapter, other = CanPty(path, bus), bus.port()
        adapter._rate_set = True
        adapter._answer(b"O")
        await other.write(FRAME)
        port = await open_can(parse_can_link(f"can:slcan:{path}"))
        await other.write(ANSWER)
        assert await asyncio.wait_for(port.read(), DEADLINE_S) == ANSWER
        await port.close()
        await adapter.close()

    async def test_frames_lost_and_late(self, slcan):
        port, bus, _, other = slcan
        bus.drop = lambda frame: frame.id == FRAME.id
        bus.delay_s = 0.03
        began_s = time.monotonic()
        await other.write(FRAME)
        await other.write(ANSWER)
        assert await asyncio.wait_for(port.read(), DEADLINE_S) == ANSWER
        assert time.monotonic() - began_s >= 0.03

    async def test_closing_leaves_the_bus(self, slcan):
        port, _, _, other = slcan
        await other.write(ANSWER)
        await port.close()
        assert "nobody on the bus acknowledges" in await write_until_error(other)

    async def test_nobody_reads(self, slcan):
        port, _, _, other = slcan
        for number in range(HELD + 100):
            await other.write(CanFrame(number % 2048, b""))
            if number % 50 == 0:
                await asyncio.sleep(0.002)
        await soon(lambda: port.dropped == 100)
        assert await port.read() == CanFrame(100, b"")  # the oldest went

    async def test_a_second_program_is_told_that_the_adapter_is_busy(self, slcan):
        port, *_ = slcan
        with pytest.raises(PortError, match="is busy: another program has it open"):
            await open_can(parse_can_link(port.name))


class TestSocketcandFaults:
    async def test_nobody_listens(self):
        number = free_port()
        began_s = time.monotonic()
        with pytest.raises(PortError, match="nobody listens there"):
            await open_can(parse_can_link(f"can:socketcand:127.0.0.1:{number}/can0"))
        assert time.monotonic() - began_s < 9.0  # python-can would try for ten seconds

    async def test_an_interface_that_is_not_lent(self):
        async with Socketcand(MemoryCanBus()) as server:
            with pytest.raises(PortError, match=r"the server does not lend can7; it says 'error could not open bus'"):
                await open_can(parse_can_link(f"can:socketcand:127.0.0.1:{server.port}/can7"))

    async def test_what_is_no_socketcand(self):
        async with Socketcand(MemoryCanBus(), greeting=b"< SSH-2.0 >") as server:
            with pytest.raises(PortError, match=r"the server is no socketcand; it says 'SSH-2\.0'"):
                await open_can(parse_can_link(f"can:socketcand:127.0.0.1:{server.port}/can0"))

    async def test_the_server_hangs_up(self):
        async with Socketcand(MemoryCanBus()) as server:
            port = await open_can(parse_can_link(f"can:socketcand:127.0.0.1:{server.port}/can0"))
            server.hang_up()
            with pytest.raises(PortError, match=f"^{port.name} is gone: the far end closed the connection"):
                await asyncio.wait_for(port.read(), DEADLINE_S)
            await port.close()

    async def test_bus_off_is_reported_and_ends(self):
        async with Socketcand(MemoryCanBus()) as server:
            port = await open_can(parse_can_link(f"can:socketcand:127.0.0.1:{server.port}/can0"))
            server.writers[0].write(b"< error 00000040 23.424242 >")
            await soon(lambda: port.state is CanState.BUS_OFF)
            with pytest.raises(PortError, match="is off the bus"):
                await port.write(FRAME)
            server.writers[0].write(b"< error 00000100 23.424242 >")
            await soon(lambda: port.state is CanState.ACTIVE)
            await port.write(FRAME)
            await port.close()


@pytest.mark.parametrize(
    ("classes", "data", "state"),
    [
        (0x040, b"", CanState.BUS_OFF),
        (0x004, b"\x00\x20", CanState.PASSIVE),
        (0x004, b"\x00\x10", CanState.PASSIVE),
        (0x004, b"\x00\x40", CanState.ACTIVE),
        (0x100, b"", CanState.ACTIVE),
        (0x020, b"", CanState.UNKNOWN),  # no acknowledgement: said for each frame, no state
        (0x004, b"\x00\x08", CanState.UNKNOWN),  # a warning
        (0x004, b"", CanState.UNKNOWN),
    ],
)
def test_error_frames_of_linux(classes, data, state):
    assert state_after(CanState.UNKNOWN, classes, data) is state


class TestLibraryFaults:
    async def test_an_interface_that_is_not_there(self):
        with pytest.raises(PortError, match=r"^can:socketcan:can99 cannot be opened: "):
            await open_can(parse_can_link("can:socketcan:can99"))

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such interfaces")
    async def test_how_to_bring_an_interface_up_is_said_with_the_bit_rate(self):
        with pytest.raises(PortError, match="sudo ip link set can99 up type can bitrate 250000 restart-ms 100"):
            await open_can(parse_can_link("can:socketcan:can99?bitrate=250000"))

    @pytest.mark.skipif(not multicast_works(), reason="no network interface takes multicast")
    async def test_datagrams_that_are_no_frames_are_passed_over(self):
        number = free_udp_port()
        link = parse_can_link(f"can:udp:239.74.163.2:{number}")
        near, far = await open_can(link), await open_can(link)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(b"\xc1garbage", ("239.74.163.2", number))
        await far.write(FRAME)
        assert await asyncio.wait_for(near.read(), DEADLINE_S) == FRAME
        await near.close()
        await far.close()

    async def test_a_virtual_bus_that_nobody_reads_drops_the_oldest(self):
        link = parse_can_link("can:virtual:full")
        near, far = await open_can(link), await open_can(link)
        for number in range(HELD + 50):
            await far.write(CanFrame(number % 2048, b""))
        await soon(lambda: near.dropped >= 50)
        assert await near.read() == CanFrame(near.dropped, b"")
        await near.close()
        await far.close()

    async def test_a_loop_that_ends_without_closing_leaves_no_thread_in_the_way(self):
        script = (
            "import asyncio\n"
            "from openress.ports import open_can, parse_can_link\n"
            "asyncio.run(open_can(parse_can_link('can:virtual:left')))\n"
        )
        done = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", script], capture_output=True, timeout=DEADLINE_S, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")


def test_python_can_is_imported_only_for_links_that_need_it():
    script = "import sys, openress.ports, openress.cli.main; assert not {'can', 'msgpack'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=DEADLINE_S)


@needs_pty
class TestSteady:
    @pytest.fixture
    async def steady(self, tmp_path):
        path, bus = str(tmp_path / "adapter"), MemoryCanBus()
        adapters = [CanPty(path, bus)]
        told: list[str] = []
        port = await open_steadily(
            parse_can_link(f"can:slcan:{path}"),
            on_trouble=lambda error: told.append(str(error)),
            on_well=lambda: told.append("well"),
            back_off=QUICK,
        )
        yield port, bus, adapters, told, path
        await port.close()
        for adapter in adapters:
            await adapter.close()

    async def test_an_adapter_that_comes_back(self, steady):
        port, bus, adapters, told, path = steady
        other = bus.port()
        reading = asyncio.create_task(port.read())
        await adapters.pop().close()
        await soon(lambda: port.state is CanState.DOWN)
        with pytest.raises(PortError, match=r"is gone|cannot be opened"):
            await port.write(FRAME)
        await soon(lambda: any("there is no such device" in sentence for sentence in told))
        adapters.append(CanPty(path, bus))
        await soon(lambda: port.state is not CanState.DOWN)
        await other.write(ANSWER)
        assert await asyncio.wait_for(reading, DEADLINE_S) == ANSWER
        await port.write(FRAME)
        assert await other.read() == FRAME
        assert told[-1] == "well"
        assert len(told) == len(set(told))  # no sentence twice

    async def test_f32_bus_off_is_counted_and_left_with_back_off(self, steady):
        port, bus, adapters, told, _ = steady
        other = bus.port()
        for _ in range(2):
            failures, said = port.failures, len(told)
            adapters[0].bus_off()
            # A write may come before it is noticed, or when the channel has been opened again.
            while port.failures == failures:
                with contextlib.suppress(PortError):
                    await port.write(FRAME)
                await asyncio.sleep(0.005)
            assert port.failures == failures + 1
            await soon(lambda: len(told) > said)  # noqa: B023  called at once
            assert "is off the bus" in told[said]
            await soon(lambda: port.state is not CanState.DOWN)  # opening the channel brings the controller back
            await other.write(ANSWER)
            assert await asyncio.wait_for(port.read(), DEADLINE_S) == ANSWER
            assert told[-1] == "well"

    async def test_a_write_never_waits_for_an_adapter(self, steady):
        port, _, adapters, _, _ = steady
        await adapters.pop().close()
        await soon(lambda: port.state is CanState.DOWN)
        async with asyncio.timeout(5.0):  # to wait for it once takes a hundredth
            for _ in range(1000):
                with pytest.raises(PortError):
                    await port.write(FRAME)

    async def test_sending_alone_is_well_too(self, steady):
        port, bus, _, told, _ = steady
        bus.port()
        bus.carries = False
        await write_until_error(port)
        bus.carries = True
        await soon(lambda: port.state is not CanState.DOWN)
        async with asyncio.timeout(DEADLINE_S):
            while told[-1] != "well":
                await port.write(FRAME)
                await asyncio.sleep(0.01)

    async def test_closing_while_the_adapter_is_away(self, steady):
        port, _, adapters, _, _ = steady
        reading = asyncio.create_task(port.read())
        await adapters.pop().close()
        await soon(lambda: port.state is CanState.DOWN)
        await port.close()
        with pytest.raises(PortError, match=" is closed"):
            await reading

    async def test_the_wait_doubles_up_to_its_bound(self):
        bus = MemoryCanBus()
        first = bus.port()
        attempts: list[float] = []

        async def refuse():
            attempts.append(asyncio.get_running_loop().time())
            raise PortError("still away")

        port = SteadyCanPort(first, refuse, back_off=BackOff(first_s=0.02, longest_s=0.08, well_s=1.0))
        first.unplug()
        await soon(lambda: len(attempts) == 6)
        await port.close()
        waits = [later - earlier for earlier, later in pairwise(attempts)]
        assert all(wait >= least for wait, least in zip(waits, (0.039, 0.079, 0.079, 0.079, 0.079), strict=True))


@needs_pty
async def test_a_pair_of_pseudo_terminals_serves_programs_that_use_python_can(tmp_path):
    """Its slcan class is an independent reader of what our adapter says."""
    code = (
        "import can, sys\n"
        "with can.Bus(interface='slcan', channel=sys.argv[1], bitrate=500000, sleep_after_open=0) as bus:\n"
        "    got = bus.recv(5)\n"
        "    bus.send(can.Message(arbitration_id=0x305, data=bytes(8), is_extended_id=False))\n"
        "    bus.send(can.Message(arbitration_id=0x1F000100, data=b'ab', is_extended_id=True))\n"
        "    print(f'{got.arbitration_id:03X}#{bytes(got.data).hex().upper()}', flush=True)\n"
        "    bus.recv(5)\n"
    )
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    async with can_pty_pair(one, other) as (_, _, theirs):
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, other, stdout=asyncio.subprocess.PIPE
        )
        await soon(lambda: theirs._open)
        port = await open_can(parse_can_link(f"can:slcan:{one}"))
        await port.write(FRAME)
        assert await asyncio.wait_for(port.read(), DEADLINE_S) == ANSWER
        assert await asyncio.wait_for(port.read(), DEADLINE_S) == CanFrame(0x1F000100, b"ab", extended=True)
        await port.write(FRAME)  # lets it end
        assert program.stdout is not None
        assert (await program.stdout.read()).decode().strip() == str(FRAME)
        await program.wait()
        await port.close()
