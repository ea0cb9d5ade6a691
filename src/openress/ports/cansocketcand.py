"""A CAN interface of another computer, lent over TCP by socketcand.

It is spoken here over our own TCP port rather than through python-can's class: that one tries in a busy loop for ten
seconds when nobody listens, and does not notice that the server has hung up.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from openress.codec.canframe import CanFrame
from openress.codec.socketcand import ErrorReport, SocketcandReader, encode, opening
from openress.errors import PortError
from openress.ports.base import CAN_STALL_S
from openress.ports.canerrors import state_after
from openress.ports.canline import LineCanPort
from openress.ports.tcp import CONNECT_S, open_tcp
from openress.ports.url import TcpLink

if TYPE_CHECKING:
    from openress.ports.base import BytePort, CanPort
    from openress.ports.canurl import SocketcandLink

__all__ = ["open_socketcand"]

_UNREAD = 16  # messages that are no frames and that nobody waits for


async def open_socketcand(link: SocketcandLink, *, answer_s: float = CONNECT_S) -> CanPort:
    """Connect and choose the interface.

    Args:
        link: which interface of which server.
        answer_s: how long to wait for each answer of the server.

    Raises:
        PortError: the server cannot be reached, is no socketcand, or does not lend this interface.
    """
    line = await open_tcp(TcpLink(link.host, link.port), stall_s=CAN_STALL_S)
    port = SocketcandPort(link.name, line)
    try:
        await port.join(link.interface, answer_s)
    except BaseException:
        await port.close()
        raise
    return port


class SocketcandPort(LineCanPort):
    """The `CanPort` of such an interface, made by `open_socketcand`."""

    def __init__(self, name: str, line: BytePort) -> None:
        self._reader = SocketcandReader()
        self._said: asyncio.Queue[str] = asyncio.Queue(_UNREAD)
        super().__init__(name, line)

    async def join(self, interface: str, answer_s: float) -> None:
        """Choose the interface and ask for its frames."""
        await self._expect("hi", "is no socketcand", answer_s)
        for request in opening(interface):
            await self._send(request.encode("ascii"))
            await self._expect("ok", f"does not lend {interface}", answer_s)

    async def _expect(self, word: str, otherwise: str, answer_s: float) -> None:
        try:
            async with asyncio.timeout(answer_s):
                said = await self._said.get()
        except TimeoutError:
            said = ""
        if self._why_gone is not None:
            raise PortError(self._why_gone)
        if said != word:
            raise PortError(f"{self._name} cannot be opened: the server {otherwise}; it says {said or 'nothing'!r}.")

    def _hear(self, data: bytes) -> None:
        for message in self._reader.feed(data):
            match message:
                case CanFrame():
                    self._received.put(message)
                case ErrorReport(classes):
                    self._state = state_after(self._state, classes)
                case str() if not self._said.full():
                    self._said.put_nowait(message)

    def _text(self, frame: CanFrame) -> bytes:
        return encode(frame)

    def _trouble(self) -> str | None:
        return None  # nothing is said of a frame that was sent

    async def _leave(self) -> None:
        """Hanging up is all there is to say."""

    def _ended(self) -> None:
        if not self._said.full():
            self._said.put_nowait("")
