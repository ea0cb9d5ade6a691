"""A line to packs that are polled, lent to a scan: the packs are asked between its questions, and stay known."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from typing import Self

from openress.errors import PortError
from openress.ports import BytePort, Link, SerialLink, open_port
from openress.ports.base import SpeedPort
from openress.rack.poll import Poller
from openress.rack.scanline import Opener
from openress.rack.service import RackService

__all__ = ["LendablePort", "SharedLine", "opener", "shared_line"]

SHARE_S = 2.0
"""Somebody who has borrowed the line keeps it so long in a row; with one round of questions, values stay below 10 s."""
ROUND_S = 8.0
"""A round that takes longer is not waited for."""
QUIET_S = 0.1
"""Silence between who asked and who asks next: a late answer of one is none for the other."""
_LOOK_S = 0.02


class LendablePort:
    """A `BytePort` whose bytes go to whoever has borrowed it; the one who reads goes on reading, and hears nothing.

    Args:
        port: the port; it is closed with this one.
    """

    def __init__(self, port: BytePort) -> None:
        self._port = port
        self._borrower: asyncio.Queue[bytes | PortError] | None = None

    @property
    def name(self) -> str:
        """The link URL of the port."""
        return self._port.name

    async def read(self) -> bytes:
        """See `BytePort.read`."""
        while True:
            try:
                data = await self._port.read()
            except PortError as error:
                if self._borrower is not None:
                    self._borrower.put_nowait(error)
                raise
            if self._borrower is None:
                return data
            self._borrower.put_nowait(data)

    async def write(self, data: bytes) -> None:
        """See `BytePort.write`."""
        await self._port.write(data)

    async def close(self) -> None:
        """See `BytePort.close`."""
        await self._port.close()

    def lend(self, borrower: asyncio.Queue[bytes | PortError] | None) -> None:
        """What arrives goes there from now on; `None` gives the port back."""
        self._borrower = borrower


class SharedLine:
    """The line as a scan has it, a `BytePort` itself. Use it as an async context.

    Args:
        service: polls the packs on the line.
        poller: asks for it; whoever has its turn has the line.
        port: the line.
        raw: the port below it, whose speed may be set.
        baud: its own speed; `None` where it has none.
    """

    def __init__(
        self, service: RackService, poller: Poller, port: LendablePort, raw: BytePort, baud: int | None
    ) -> None:
        self.name = port.name
        self._service = service
        self._poller = poller
        self._port = port
        self._raw = raw
        self._own_baud = self._baud = baud
        self._wanted_baud: int | None = None
        self._heard: asyncio.Queue[bytes | PortError] = asyncio.Queue()
        self._turn = AsyncExitStack()
        self._since_s = 0.0

    async def __aenter__(self) -> Self:
        await self._borrow()
        return self

    async def __aexit__(self, *_: object) -> None:
        with suppress(PortError):
            await self._give_back()

    async def open_line(self, baud: int | None) -> BytePort:
        """The line at a speed; `None` for its own."""
        self._wanted_baud = baud
        await self._tune(baud)
        return self

    async def read(self) -> bytes:
        """See `BytePort.read`."""
        heard = await self._heard.get()
        if isinstance(heard, PortError):
            self._heard.put_nowait(heard)
            raise heard
        return heard

    async def write(self, data: bytes) -> None:
        """See `BytePort.write`; the packs are polled first when the line has been kept for long."""
        if asyncio.get_running_loop().time() - self._since_s > SHARE_S:
            await self._let_poll()
        await self._port.write(data)

    async def close(self) -> None:
        """The line stays borrowed until the end of the context."""

    async def _let_poll(self) -> None:
        before = self._service.rounds
        await self._give_back()
        with suppress(TimeoutError):
            async with asyncio.timeout(ROUND_S):
                while self._service.rounds == before:  # noqa: ASYNC110  # a round has no event
                    await asyncio.sleep(_LOOK_S)
        await self._borrow()
        await self._tune(self._wanted_baud)

    async def _borrow(self) -> None:
        if self._service.poller is not self._poller:
            raise PortError(f"{self.name} was lost and opened again meanwhile.")
        await self._turn.enter_async_context(self._poller.turn())
        try:
            self._port.lend(self._heard)
            await asyncio.sleep(QUIET_S)
        except BaseException:
            self._port.lend(None)
            await self._turn.aclose()
            raise
        self._forget()
        self._since_s = asyncio.get_running_loop().time()

    async def _give_back(self) -> None:
        try:
            await self._tune(self._own_baud)
            await asyncio.sleep(QUIET_S)
        except BaseException:
            # At a speed that is not its own nobody would be heard: it is opened anew.
            if self._baud != self._own_baud:
                await self._raw.close()
            raise
        finally:
            self._port.lend(None)
            await self._turn.aclose()

    async def _tune(self, baud: int | None) -> None:
        wanted = self._own_baud if baud is None else baud
        if wanted is None or wanted == self._baud:
            return
        if not isinstance(self._raw, SpeedPort):
            raise PortError(f"The speed of {self.name} cannot be set while the packs are polled on it.")
        # Whatever becomes of it, it is no longer certain.
        self._baud = None
        await self._raw.at_baud(wanted)
        self._baud = wanted

    def _forget(self) -> None:
        """What came late for whoever asked before; that the line is gone is not forgotten."""
        kept = []
        while not self._heard.empty():
            found = self._heard.get_nowait()
            if isinstance(found, PortError):
                kept.append(found)
        for error in kept:
            self._heard.put_nowait(error)


def shared_line(
    service: RackService, port: LendablePort | None, raw: BytePort | None, *, own: Link, wanted: Link
) -> SharedLine | None:
    """The line between the rounds of the polling; `None` where packs are not polled on it as the scan would have it.

    Args:
        service: polls the packs.
        port: the line, as the service has it.
        raw: the port below.
        own: the link of the packs.
        wanted: the link of the scan.
    """
    poller = service.poller
    if poller is None or port is None or raw is None or not service.view().ready:
        return None
    if not (isinstance(own, SerialLink) and isinstance(wanted, SerialLink)):
        return SharedLine(service, poller, port, raw, None) if wanted == own else None
    if replace(wanted, device="/", baud=own.baud) != replace(own, device="/"):
        return None
    return SharedLine(service, poller, port, raw, own.baud)


def opener(link: Link) -> Opener:
    """Opens a line that nobody has."""

    def open_line(baud: int | None) -> asyncio.Future[BytePort]:
        at = replace(link, baud=baud) if isinstance(link, SerialLink) and baud else link
        return asyncio.ensure_future(open_port(at))

    return open_line
