"""Serial ports: an RS485 or RS232 adapter, a built-in port, or a pseudo-terminal that stands for one."""

from __future__ import annotations

import asyncio
import errno
import sys
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

import serialx

from openress.errors import PortError, reason
from openress.ports.base import STALL_S
from openress.ports.stream import StreamPort

if TYPE_CHECKING:
    from openress.ports.base import BytePort
    from openress.ports.url import SerialLink

__all__ = ["SerialPortInfo", "open_serial", "serial_ports"]

_MISSING = {errno.ENOENT, errno.ENXIO, errno.ENODEV}
_NOT_SERIAL = {errno.ENOTTY, errno.EISDIR}


@dataclass(frozen=True, slots=True)
class SerialPortInfo:
    """A serial port that is connected now.

    Args:
        device: the name people know, such as /dev/ttyUSB0 or COM3.
        stable_device: a name that stays with the adapter when it is plugged in elsewhere, where the
            system knows one (/dev/serial/by-id/... on Linux); otherwise `device`.
        description: what the adapter says of itself.
    """

    device: str
    stable_device: str
    description: str


def serial_ports() -> list[SerialPortInfo]:
    """List the connected serial ports, by device name; reads system files and so may take milliseconds."""
    return sorted(
        (
            SerialPortInfo(
                device=port.resolved_device,
                stable_device=port.device,
                description=port.product or port.manufacturer or PurePath(port.resolved_device).name,
            )
            for port in serialx.list_serial_ports()
        ),
        key=lambda port: port.device,
    )


async def open_serial(link: SerialLink, *, stall_s: float = STALL_S) -> BytePort:
    """Open a serial port for this program alone and drop what the system held for it.

    The port is locked (flock on POSIX, no sharing on Windows), which keeps out every program that
    locks too: a second OpenRESS, pyserial when asked for, minicom, picocom. `cat` cannot be kept out.

    Args:
        link: device and line settings.
        stall_s: as `STALL_S`.

    Raises:
        PortError: the port is missing, busy, forbidden, no serial port, or cannot do the settings.
    """
    try:
        reader, writer = await serialx.open_serial_connection(
            link.device,
            baudrate=link.baud,
            parity=serialx.Parity(link.parity.value),
            stopbits=serialx.StopBits(link.stop_bits),
            byte_size=link.data_bits,
            exclusive=True,
            close_timeout=stall_s,
        )
    except (OSError, serialx.SerialException) as error:
        raise PortError(await _why_not_opened(link, error)) from error
    gone = "the device was unplugged or switched off"
    return _SerialPort(link.name, reader, writer, gone=gone, stall_s=stall_s)


class _SerialPort(StreamPort):
    """A serial port, which is also a `SpeedPort`."""

    async def at_baud(self, baud: int) -> None:
        """See `SpeedPort.at_baud`."""
        self._check_open()
        transport: serialx.BaseSerialTransport = self._writer.transport  # type: ignore[assignment]  # of serialx
        try:
            await transport.reconfigure_port(baudrate=baud)
        except (OSError, serialx.SerialException) as error:
            raise PortError(f"{self.name} cannot be set to {baud} baud ({error}).") from error


async def _why_not_opened(link: SerialLink, error: OSError | serialx.SerialException) -> str:
    name = link.name
    if not isinstance(error, OSError) or error.errno == errno.EINVAL:
        return f"{name} cannot be opened: it cannot do the settings of {link} ({error})."
    # Windows refuses a port that somebody has open with "access denied".
    if error.errno == errno.EBUSY or (sys.platform == "win32" and isinstance(error, PermissionError)):
        return f"{name} is busy: another program has it open."
    if error.errno in _MISSING:
        return f"{name} cannot be opened: there is no such device. {await _connected()}"
    if error.errno in _NOT_SERIAL:
        return f"{name} cannot be opened: it is no serial port. {await _connected()}"
    if isinstance(error, PermissionError):
        return (
            f"{name} cannot be opened: permission denied. On Linux join the group dialout "
            "(sudo usermod -aG dialout $USER; on Arch the group is uucp) and log in again."
        )
    return f"{name} cannot be opened: {reason(error)}."


async def _connected() -> str:
    ports = await asyncio.to_thread(serial_ports)
    if not ports:
        return "No serial port is connected."
    return f"Connected serial ports: {', '.join(f'{port.device} ({port.description})' for port in ports)}."
