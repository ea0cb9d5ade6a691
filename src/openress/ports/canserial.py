"""A CAN adapter that speaks slcan, over a serial port, a TCP connection or a pseudo-terminal.

It is spoken here over our own byte ports rather than through python-can's class: that one waits two seconds on
opening, does not lock the port, reads a byte at a time, and throws away the adapter's refusals, so that a bus on which
nobody acknowledges looks healthy.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from openress.codec.canframe import CanFrame
from openress.codec.slcan import BIT_RATES, Answer, SlcanReader, State, encode
from openress.errors import PortError
from openress.ports.base import CAN_STALL_S, CanState
from openress.ports.canline import LineCanPort
from openress.ports.canqueue import not_acknowledged
from openress.ports.serial import open_serial
from openress.ports.tcp import open_tcp
from openress.ports.url import SerialLink

if TYPE_CHECKING:
    from openress.ports.base import BytePort, CanPort
    from openress.ports.canurl import SlcanLink

__all__ = ["open_slcan"]

ANSWER_S = 0.4
"""How long an adapter gets to answer while it is opened; those on USB take milliseconds, some never answer."""

_STATES = {
    State.ACTIVE: CanState.ACTIVE,
    State.WARNING: CanState.ACTIVE,
    State.PASSIVE: CanState.PASSIVE,
    State.BUS_OFF: CanState.BUS_OFF,
}


async def open_slcan(link: SlcanLink) -> CanPort:
    """Open the adapter and join the bus.

    Raises:
        PortError: the port cannot be opened, or the adapter refuses the bit rate or to join.
    """
    if isinstance(link.line, SerialLink):
        line = await open_serial(link.line, stall_s=CAN_STALL_S)
    else:
        line = await open_tcp(link.line, stall_s=CAN_STALL_S)
    port = SlcanPort(link.name, line)
    try:
        await port.join(link.bitrate)
    except BaseException:
        await port.close()
        raise
    return port


class SlcanPort(LineCanPort):
    """The `CanPort` of such an adapter, made by `open_slcan`.

    An adapter refuses a frame after it has got it, so the write that follows tells of it.
    """

    def __init__(self, name: str, line: BytePort) -> None:
        self._reader = SlcanReader()
        self._refused = self._joined = False
        self._answered = asyncio.Event()
        super().__init__(name, line)

    async def join(self, bitrate: int) -> None:
        """Set the bit rate and open the channel.

        Silence is no refusal: some adapters never answer.
        """
        await self._command(b"")  # ends what a program before us may have left half said
        await self._command(b"C")  # refused where the channel is not open, and all is well
        for command, what in ((BIT_RATES[bitrate], f"a bit rate of {bitrate}"), (b"O", "to join the bus")):
            if await self._command(command) is Answer.REFUSED:
                raise PortError(f"{self._name} refuses {what}: check that it is a CAN adapter that speaks slcan.")
        self._joined = True

    async def _command(self, command: bytes) -> Answer | None:
        self._refused = False
        self._answered.clear()
        await self._send(command + b"\r")
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._answered.wait()
        except TimeoutError:
            return None
        if self._why_gone is not None:
            raise PortError(self._why_gone)
        refused, self._refused = self._refused, False
        return Answer.REFUSED if refused else Answer.TAKEN

    def _hear(self, data: bytes) -> None:
        for line in self._reader.feed(data):
            match line:
                case CanFrame() if self._joined:
                    self._received.put(line)
                case Answer():
                    self._refused = self._refused or line is Answer.REFUSED
                    self._answered.set()
                case State():
                    self._state = _STATES[line]
                case _:
                    pass  # a version, a remote request, damage: nothing that a gateway works with

    def _text(self, frame: CanFrame) -> bytes:
        return encode(frame)

    def _trouble(self) -> str | None:
        refused, self._refused = self._refused, False
        return not_acknowledged(self._name) if refused else None

    def _ended(self) -> None:
        self._answered.set()

    async def _leave(self) -> None:
        await self._line.write(b"C\r")  # or the adapter would go on acknowledging frames that nobody reads
