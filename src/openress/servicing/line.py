"""What the service desk needs of whoever holds the line to the packs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from openress.model.change import Change
from openress.ports import BytePort, Link
from openress.products import Product
from openress.protocols.base import Dialect
from openress.rack.session import Session

__all__ = ["Line", "Lines", "Probe", "Wanted"]


@dataclass(frozen=True, slots=True)
class Probe:
    """A line that is to be scanned.

    Attributes:
        name: as a person would recognise it.
        link: its link; `None` for one without a speed of its own.
        open_line: opens it at a speed.
    """

    name: str
    link: Link | None
    open_line: Callable[[int | None], Awaitable[BytePort]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A connection that somebody asks for.

    Attributes:
        link: where the packs are; `None` for the virtual rack.
        dialect: what they speak.
        product: what they are; `None` as configured.
        packs: how many must be there; `None` for those that answer.
        addresses: their numbers, where these are not 1, 2, 3 ...
    """

    link: str | None
    dialect: str = "pace"
    product: str | None = None
    packs: int | None = None
    addresses: tuple[int, ...] | None = None


class Line(Protocol):
    """The line to the packs that are connected."""

    @property
    def dialect(self) -> Dialect:
        """What the packs speak on it."""
        ...

    @property
    def product(self) -> Product:
        """What the packs are."""
        ...

    @property
    def packs(self) -> frozenset[int]:
        """The packs that it knows, whether they answer now or not; empty before any is known."""
        ...

    def session(self, *, writes: bool) -> AbstractAsyncContextManager[Session]:
        """Ask and order on it, between the questions of whoever polls there.

        Raises:
            PortError: the line is not open, or another program changes packs from here.
        """
        ...


class Lines(Protocol):
    """Who holds the line, connects and disconnects it."""

    @property
    def line(self) -> Line | None:
        """The line; `None` while nothing is connected."""
        ...

    def connection(self) -> dict[str, Any]:
        """How the connection stands, under public keys."""
        ...

    async def connect(self, wanted: Wanted) -> None:
        """Connect other packs.

        Raises:
            ParameterError: it cannot be as asked.
            PortError: something of it cannot be opened; what was connected before is connected again.
        """
        ...

    async def disconnect(self) -> None:
        """Connect nothing."""
        ...

    def probe(self, link: str | None, who: str = "") -> AbstractAsyncContextManager[Probe]:
        """A line for scanning: `link`, or the one that is connected; its packs are polled between the questions.

        Raises:
            ParameterError: it is no link, or nothing is connected.
        """
        ...

    async def journal(self) -> Sequence[Change]:
        """All changes that were made from here, oldest first."""
        ...
