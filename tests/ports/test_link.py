"""Opening: ports and listeners of every kind, and what is said when it fails."""

from __future__ import annotations

import errno
import os
import sys

import pytest
import serial as pyserial
import serialx

from openress.errors import PortError
from openress.ports import (
    PtyLink,
    SerialLink,
    SerialPortInfo,
    open_port,
    serial_ports,
)

if sys.platform != "win32":
    import termios
from tests.ports.linksamples import failing, needs_pty


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
