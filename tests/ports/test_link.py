"""Opening: ports and listeners of every kind, and what is said when it fails."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import stat
import sys

import pytest
import serial as pyserial
import serialx
from tests.fixedports import free_port

from openress.errors import ParameterError, PortError
from openress.ports import (
    PtyLink,
    SerialLink,
    SerialPortInfo,
    TcpLink,
    TcpListenLink,
    memory_pair,
    open_listener,
    open_port,
    serial_ports,
)
from openress.ports.reopen import ReopeningListener

DEADLINE_S = 20.0
RETRY_S = 0.02

if sys.platform != "win32":
    import termios

needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")


def port_number(listener) -> int:
    return int(listener.name.rpartition(":")[2])


@pytest.fixture
def no_serial_ports(monkeypatch):
    monkeypatch.setattr(serialx, "list_serial_ports", list)


@pytest.fixture
def one_serial_port(monkeypatch):
    info = serialx.SerialPortInfo(
        device="/dev/serial/by-id/usb-FTDI_FT232R-if00-port0",
        resolved_device="/dev/ttyUSB0",
        vid=0x0403,
        pid=0x6001,
        serial_number="A1",
        manufacturer="FTDI",
        product="FT232R",
        bcd_device=None,
        interface_description=None,
        interface_num=0,
    )
    monkeypatch.setattr(serialx, "list_serial_ports", lambda: [info])


class TestSerial:
    @pytest.mark.usefixtures("one_serial_port")
    def test_the_list_says_what_is_connected(self):
        assert serial_ports() == [
            SerialPortInfo("/dev/ttyUSB0", "/dev/serial/by-id/usb-FTDI_FT232R-if00-port0", "FT232R")
        ]

    def test_the_list_works_on_this_computer(self):
        for port in serial_ports():
            assert port.device
            assert port.description

    @pytest.mark.usefixtures("one_serial_port")
    async def test_missing(self, tmp_path):
        with pytest.raises(PortError) as caught:
            await open_port(SerialLink(f"{tmp_path}/ttyUSB7"))
        assert str(caught.value) == (
            f"serial:{tmp_path}/ttyUSB7 cannot be opened: there is no such device. "
            "Connected serial ports: /dev/ttyUSB0 (FT232R)."
        )

    @pytest.mark.usefixtures("no_serial_ports")
    async def test_missing_with_nothing_connected(self, tmp_path):
        with pytest.raises(PortError, match=r"there is no such device\. No serial port is connected\.$"):
            await open_port(SerialLink(f"{tmp_path}/ttyUSB7"))

    @pytest.mark.usefixtures("no_serial_ports")
    @pytest.mark.parametrize("kind", ["file", "directory"])
    async def test_no_serial_port(self, tmp_path, kind):
        path = tmp_path / "x"
        path.write_text("") if kind == "file" else path.mkdir()
        with pytest.raises(PortError, match=f"^serial:{path} cannot be opened: it is no serial port"):
            await open_port(SerialLink(str(path)))

    async def test_forbidden(self, monkeypatch):
        monkeypatch.setattr(serialx, "open_serial_connection", failing(OSError(errno.EACCES, "Permission denied")))
        with pytest.raises(PortError, match=r"^serial:/dev/ttyUSB0 cannot be opened: permission denied.*dialout"):
            await open_port(SerialLink("/dev/ttyUSB0"))

    @pytest.mark.parametrize(
        "error",
        [serialx.UnsupportedSetting("Unsupported baudrate 4711"), OSError(errno.EINVAL, "Invalid argument")],
    )
    async def test_settings_it_cannot_do(self, monkeypatch, error):
        monkeypatch.setattr(serialx, "open_serial_connection", failing(error))
        with pytest.raises(PortError, match=r"cannot do the settings of serial:/dev/ttyUSB0\?baud=4711 \("):
            await open_port(SerialLink("/dev/ttyUSB0", baud=4711))

    async def test_any_other_failure(self, monkeypatch):
        monkeypatch.setattr(serialx, "open_serial_connection", failing(OSError(errno.EIO, "Input/output error")))
        with pytest.raises(PortError, match=r"^serial:/dev/ttyUSB0 cannot be opened: Input/output error\.$"):
            await open_port(SerialLink("/dev/ttyUSB0"))

    @needs_pty
    async def test_busy(self, tmp_path):
        path = str(tmp_path / "battery")
        pty = await open_port(PtyLink(path))
        first = await open_port(SerialLink(path))
        with pytest.raises(PortError) as caught:
            await open_port(SerialLink(path))
        assert str(caught.value) == f"serial:{path} is busy: another program has it open."
        with pytest.raises(pyserial.SerialException):
            pyserial.Serial(path, exclusive=True)
        await first.close()
        with pyserial.Serial(path, exclusive=True), pytest.raises(PortError, match="is busy"):
            await open_port(SerialLink(path))
        second = await open_port(SerialLink(path))
        await second.close()
        await pty.close()

    @needs_pty
    async def test_the_line_settings_reach_the_device(self, tmp_path):
        path = str(tmp_path / "battery")
        pty = await open_port(PtyLink(path))
        serial = await open_port(SerialLink(path, baud=19200, stop_bits=2))
        device = os.open(path, os.O_RDWR | os.O_NOCTTY)
        _, _, control, _, input_speed, output_speed, _ = termios.tcgetattr(device)
        os.close(device)
        assert (input_speed, output_speed) == (termios.B19200, termios.B19200)
        assert control & termios.CSTOPB
        assert control & termios.CSIZE == termios.CS8
        await serial.close()
        await pty.close()


class TestTcp:
    async def test_names_show_the_real_port(self):
        listener = await open_listener(TcpListenLink("127.0.0.1", 0))
        assert port_number(listener) > 0
        client = await open_port(TcpLink("127.0.0.1", port_number(listener)))
        accepted = await listener.accept()
        assert client.name == f"tcp://127.0.0.1:{port_number(listener)}"
        assert accepted.name.startswith("tcp://127.0.0.1:")
        for port in (client, accepted, listener):
            await port.close()

    async def test_ipv6(self):
        if not ipv6_works():
            pytest.skip("this computer has no IPv6")
        listener = await open_listener(TcpListenLink("::1", 0))
        assert listener.name.startswith("tcp-listen://[::1]:")
        client = await open_port(TcpLink("::1", port_number(listener)))
        accepted = await listener.accept()
        assert accepted.name.startswith("tcp://[::1]:")
        for port in (client, accepted, listener):
            await port.close()

    async def test_many_clients_over_time(self):
        listener = await open_listener(TcpListenLink("127.0.0.1", 0))
        link = TcpLink("127.0.0.1", port_number(listener))
        for turn in range(3):
            client = await open_port(link)
            accepted = await listener.accept()
            await client.write(b"%d" % turn)
            assert await accepted.read() == b"%d" % turn
            await client.close()
            await accepted.close()
        await listener.close()

    async def test_a_closed_address_can_be_used_again_at_once(self):
        listener = await open_listener(TcpListenLink("127.0.0.1", 0))
        number = port_number(listener)
        client = await open_port(TcpLink("127.0.0.1", number))
        accepted = await listener.accept()
        await accepted.close()  # the side that closes first keeps the address in TIME_WAIT
        await client.close()
        await listener.close()
        again = await open_listener(TcpListenLink("127.0.0.1", number))
        await again.close()

    async def test_closing_hangs_up_on_those_not_accepted_and_keeps_the_others(self):
        listener = await open_listener(TcpListenLink("127.0.0.1", 0))
        link = TcpLink("127.0.0.1", port_number(listener))
        first = await open_port(link)
        accepted = await listener.accept()
        second = await open_port(link)
        await listener.close()
        with pytest.raises(PortError, match=" is gone: "):
            await asyncio.wait_for(second.read(), DEADLINE_S)
        await first.write(b"still here")
        assert await accepted.read() == b"still here"
        for port in (first, second, accepted):
            await port.close()

    async def test_closing_ends_every_accept(self):
        listener = await open_listener(TcpListenLink("127.0.0.1", 0))
        waiting = [asyncio.create_task(listener.accept()) for _ in range(2)]
        await asyncio.sleep(0.01)
        await listener.close()
        await listener.close()
        for task in waiting:
            with pytest.raises(PortError, match=f"^{listener.name} is closed"):
                await asyncio.wait_for(task, DEADLINE_S)

    async def test_a_reset_is_a_port_error(self):
        listener = await open_listener(TcpListenLink("127.0.0.1", 0))
        with socket.create_connection(("127.0.0.1", port_number(listener))) as client:
            accepted = await listener.accept()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        with pytest.raises(PortError, match=r"^tcp://127.0.0.1:\d+ is gone: the far end closed the connection"):
            await accepted.read()
        with pytest.raises(PortError, match=" is gone: "):
            await accepted.write(b"x")
        await accepted.close()
        await listener.close()

    async def test_the_address_is_in_use(self):
        listener = await open_listener(TcpListenLink("127.0.0.1", 0))
        with pytest.raises(PortError) as caught:
            await open_listener(TcpListenLink("127.0.0.1", port_number(listener)))
        assert str(caught.value) == f"{listener.name} cannot listen: the address is already in use."
        await listener.close()

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (
                OSError(errno.EACCES, "Permission denied"),
                "permission denied; choose a port number from 1024 on.",
            ),
            (OSError(errno.EADDRNOTAVAIL, "x"), "the address is not one of this computer"),
            (socket.gaierror(-2, "Name or service not known"), "the host name is not known"),
            (OSError(errno.EIO, "Input/output error"), "Input/output error."),
        ],
    )
    async def test_other_reasons_not_to_listen(self, monkeypatch, error, words):
        monkeypatch.setattr(asyncio, "start_server", failing(error))
        with pytest.raises(PortError) as caught:
            await open_listener(TcpListenLink("here", 80))
        assert str(caught.value).startswith(f"tcp-listen://here:80 cannot listen: {words}")

    async def test_nobody_listens(self):
        number = free_port()
        for host in ("127.0.0.1", "localhost"):
            with pytest.raises(PortError, match=f"^tcp://{host}:{number} cannot be reached: nobody listens"):
                await open_port(TcpLink(host, number))

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (socket.gaierror(-2, "Name or service not known"), "the host name is not known (Name or"),
            (TimeoutError(), "no answer within 5 s. Check the address and the network."),
            (OSError(errno.EHOSTUNREACH, "No route to host"), "No route to host. Check"),
        ],
    )
    async def test_other_reasons_not_to_connect(self, monkeypatch, error, words):
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", failing(error))
        with pytest.raises(PortError) as caught:
            await open_port(TcpLink("box.lan", 4196))
        assert str(caught.value).startswith(f"tcp://box.lan:4196 cannot be reached: {words}")

    async def test_a_listening_link_is_no_port(self):
        with pytest.raises(ParameterError, match=r"write tcp://HOST:4196, a serial port or pty:PATH\.$"):
            await open_port(TcpListenLink("127.0.0.1", 4196))


@needs_pty
class TestPty:
    async def test_the_link_leads_to_a_terminal_and_goes_with_the_port(self, tmp_path):
        path = tmp_path / "battery"
        port = await open_port(PtyLink(str(path)))
        assert port.name == f"pty:{path}"
        assert stat.S_ISCHR(path.stat().st_mode)
        await port.close()
        assert not path.is_symlink()

    async def test_a_relative_path_is_removed_from_where_it_was_made(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        port = await open_port(PtyLink("battery"))
        monkeypatch.chdir("/")
        await port.close()
        assert not (tmp_path / "battery").is_symlink()

    async def test_a_link_that_leads_nowhere_is_replaced(self, tmp_path):
        path = tmp_path / "battery"
        path.symlink_to(tmp_path / "nowhere")
        port = await open_port(PtyLink(str(path)))
        assert path.exists()
        await port.close()

    async def test_a_link_left_by_a_run_that_was_killed_is_replaced(self, tmp_path, monkeypatch):
        """The system gives the lowest free number, so the next run gets the terminal of the dead one."""
        path = tmp_path / "battery"
        ours, theirs = os.openpty()
        path.symlink_to(os.ttyname(theirs))
        monkeypatch.setattr(os, "openpty", lambda: (ours, theirs))
        port = await open_port(PtyLink(str(path)))
        assert str(path.readlink()) == os.ttyname(theirs)
        await port.close()
        assert not path.is_symlink()

    @pytest.mark.parametrize("kind", ["file", "directory", "link", "terminal"])
    async def test_anything_else_is_left_alone(self, tmp_path, kind):
        path = tmp_path / "battery"
        other = await open_port(PtyLink(str(tmp_path / "other")))
        match kind:
            case "file":
                path.write_text("precious")
            case "directory":
                path.mkdir()
            case "link":
                path.symlink_to(tmp_path)
            case _:
                path.symlink_to((tmp_path / "other").readlink())
        before = path.lstat()
        with pytest.raises(PortError, match=f"^pty:{path} cannot be made: {path} is already .* Remove it if"):
            await open_port(PtyLink(str(path)))
        assert path.lstat() == before
        await other.close()

    async def test_a_link_that_is_no_longer_ours_is_left_alone(self, tmp_path):
        path = tmp_path / "battery"
        port = await open_port(PtyLink(str(path)))
        path.unlink()
        path.write_text("precious")
        await port.close()
        assert path.read_text() == "precious"

    async def test_no_directory(self, tmp_path):
        with pytest.raises(PortError, match=f"there is no directory {tmp_path}/missing. Create it first"):
            await open_port(PtyLink(str(tmp_path / "missing" / "battery")))

    async def test_no_terminal_is_left_open_after_a_failure(self, tmp_path, monkeypatch):
        ours, theirs = os.openpty()
        monkeypatch.setattr(os, "openpty", lambda: (ours, theirs))
        with pytest.raises(PortError):
            await open_port(PtyLink(str(tmp_path)))
        for descriptor in (ours, theirs):
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.fstat(descriptor)

    async def test_another_program_opens_it_as_a_serial_port(self, tmp_path):
        path = tmp_path / "battery"
        port = await open_port(PtyLink(str(path)))
        for baud in (9600, 115200):
            with await asyncio.to_thread(pyserial.Serial, str(path), baud, timeout=DEADLINE_S) as client:
                await asyncio.to_thread(client.write, bytes(range(256)))
                received = b""
                while len(received) < 256:
                    received += await asyncio.wait_for(port.read(), DEADLINE_S)
                assert received == bytes(range(256))
                await port.write(bytes(range(255, -1, -1)))
                assert await asyncio.to_thread(client.read, 256) == bytes(range(255, -1, -1))
        await port.close()

    async def test_what_nobody_took_does_not_reach_a_later_client(self, tmp_path):
        path = tmp_path / "battery"
        port = await open_port(PtyLink(str(path)), stall_s=0.05)
        with pytest.raises(PortError, match=r"is stuck: nobody has read from it for 0\.05 s"):
            await port.write(bytes(1_000_000))
        device = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        with pytest.raises(BlockingIOError):
            os.read(device, 1)
        await port.write(b"fresh")
        assert await read_soon(device, 5) == b"fresh"
        os.close(device)
        await port.close()

    async def test_windows_has_none(self, monkeypatch, tmp_path):
        monkeypatch.setattr(sys, "platform", "win32")
        with pytest.raises(PortError, match="Windows has no pseudo-terminals"):
            await open_port(PtyLink(str(tmp_path / "battery")))


class TestReopening:
    async def test_the_port_is_given_once_and_again_after_it_was_closed(self):
        made = [memory_pair() for _ in range(3)]
        ports = iter(near for near, _ in made)

        async def open_next():
            return next(ports)

        listener = ReopeningListener(await open_next(), open_next, retry_s=RETRY_S)
        assert listener.name == "memory:near"
        for _, far in made:
            port = await listener.accept()
            waiting = asyncio.create_task(listener.accept())
            await asyncio.sleep(2 * RETRY_S)
            assert not waiting.done()
            waiting.cancel()
            await far.write(b"x")
            assert await port.read() == b"x"
            await port.close()
            await port.close()
        await listener.close()

    async def test_it_waits_for_what_is_away_and_says_why_once(self):
        near, _ = memory_pair()
        sentences = iter(["missing", "missing", "missing", "busy", "busy"])
        attempts_s, told = [], []
        clock = asyncio.get_running_loop().time

        async def open_again():
            attempts_s.append(clock())
            if sentence := next(sentences, None):
                raise PortError(sentence)
            return memory_pair()[0]

        began_s = clock()
        listener = ReopeningListener(near, open_again, on_wait=lambda error: told.append(str(error)), retry_s=RETRY_S)
        await (await listener.accept()).close()
        port = await asyncio.wait_for(listener.accept(), DEADLINE_S)
        assert told == ["missing", "busy"]
        steps_s = [after - before for before, after in zip([began_s, *attempts_s], attempts_s, strict=False)]
        assert len(steps_s) == 6
        assert min(steps_s) >= 0.9 * RETRY_S
        await port.close()
        await listener.close()

    async def test_closing_ends_an_accept_and_keeps_the_port(self):
        near, far = memory_pair()
        listener = ReopeningListener(near, failing(PortError("missing")), retry_s=RETRY_S)
        port = await listener.accept()
        waiting = asyncio.create_task(listener.accept())
        await asyncio.sleep(0)
        await listener.close()
        await listener.close()
        with pytest.raises(PortError, match=r"^memory:near is closed"):
            await asyncio.wait_for(waiting, DEADLINE_S)
        await port.write(b"still here")
        assert await far.read() == b"still here"
        await port.close()

    async def test_closing_ends_the_wait_for_what_is_away(self):
        near, _ = memory_pair()
        listener = ReopeningListener(near, failing(PortError("missing")), retry_s=RETRY_S)
        await (await listener.accept()).close()
        waiting = asyncio.create_task(listener.accept())
        await asyncio.sleep(3 * RETRY_S)
        await listener.close()
        with pytest.raises(PortError, match="is closed"):
            await asyncio.wait_for(waiting, DEADLINE_S)

    async def test_closing_takes_along_a_port_nobody_accepted(self):
        near, far = memory_pair()
        listener = ReopeningListener(near, failing(PortError("missing")))
        await listener.close()
        with pytest.raises(PortError, match=" is gone: "):
            await far.read()

    @needs_pty
    async def test_a_serial_adapter_unplugged_and_plugged_in_again(self, tmp_path):
        path = tmp_path / "adapter"
        told: asyncio.Queue[PortError] = asyncio.Queue()
        adapter = await open_port(PtyLink(str(path)))
        listener = await open_listener(SerialLink(str(path)), on_wait=told.put_nowait, retry_s=RETRY_S)
        port = await listener.accept()
        await adapter.close()
        with pytest.raises(PortError, match="is gone: the device was unplugged or switched off"):
            await port.read()
        await port.close()
        waiting = asyncio.create_task(listener.accept())
        why = await asyncio.wait_for(told.get(), DEADLINE_S)
        assert str(why).startswith(f"serial:{path} cannot be opened: there is no such device.")
        adapter = await open_port(PtyLink(str(path)))
        port = await asyncio.wait_for(waiting, DEADLINE_S)
        await adapter.write(b"back")
        assert await port.read() == b"back"
        for each in (port, listener, adapter):
            await each.close()


def failing(error: Exception):
    async def fail(*_args, **_options):
        raise error

    return fail


def ipv6_works() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


async def read_soon(device: int, size: int) -> bytes:
    data = b""
    async with asyncio.timeout(DEADLINE_S):
        while len(data) < size:
            try:
                data += os.read(device, size)
            except BlockingIOError:
                await asyncio.sleep(0.001)
    return data
