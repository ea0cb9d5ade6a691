"""One line to packs on which somebody reads, changes and orders: what is spoken there, who is there, who asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from openress.errors import ParameterError
from openress.model import PackSample
from openress.params import Access
from openress.products import Product
from openress.protocols.base import BatteryClient, Dialect, Parts, Query
from openress.rack.journal import Journal
from openress.rack.poll import NoAnswerError, Poller

__all__ = ["Author", "Reached", "Session", "exchange", "needed", "reach"]

T = TypeVar("T")

LONGEST_SERIAL = 64


@dataclass(frozen=True, slots=True)
class Author:
    """Who asks, and what they may do; somebody at a local shell counts as installer."""

    name: str
    access: Access = Access.INSTALLER


def _nothing(_pack: int, _values: Mapping[str, float] | None) -> None:
    """Nobody judges this pack by its settings."""


@dataclass(frozen=True, slots=True)
class Session:
    """What an exchange needs.

    Attributes:
        poller: asks on the line.
        client: of the dialect.
        dialect: what the packs speak.
        parts: of the dialect.
        link: the line as a person would recognise it.
        product: what the packs are.
        journal: where changes are written down.
        clock_s: unix seconds.
        hold: told of the settings of a pack number to judge by while a change is under way, the stricter of old and
            new, and `None` when it has ended.
    """

    poller: Poller
    client: BatteryClient
    dialect: Dialect
    parts: Parts
    link: str
    product: Product
    journal: Journal
    clock_s: Callable[[], float]
    hold: Callable[[int, Mapping[str, float] | None], None] = field(default=_nothing)


@dataclass(frozen=True, slots=True)
class Reached:
    """A pack that has answered.

    Attributes:
        pack: its number.
        serial: its serial number; where the dialect tells none, what stands for it in the journal.
        named: whether the serial number is the pack's own.
        sample: all it told.
    """

    pack: int
    serial: str
    named: bool
    sample: PackSample

    @property
    def cells(self) -> int | None:
        """Cells in series."""
        analog = self.sample.analog
        return None if analog is None or analog.cell_voltages_mv is None else len(analog.cell_voltages_mv)

    def __str__(self) -> str:
        return f"pack {self.pack} ({self.serial})" if self.named else f"pack {self.pack}"


async def reach(session: Session, pack: int) -> Reached:
    """Ask a pack how it is and who it is.

    Raises:
        ParameterError: the dialect has no such pack.
        NoAnswerError: it does not answer.
    """
    session.client.address(pack)
    sample = PackSample(pack)
    for query in session.client.cycle(pack):
        sample = await session.poller.ask(sample, query)
    for query in session.client.rarely(pack):
        try:
            sample = await session.poller.ask(sample, query)
        except NoAnswerError:
            # Not every firmware knows every question.
            continue
    told = None if sample.identity is None else sample.identity.serial
    serial = "" if told is None else "".join(c for c in told if c.isprintable()).strip()
    if serial:
        return Reached(pack, serial[:LONGEST_SERIAL], named=True, sample=sample)
    stands_for = f"{session.dialect.name} pack {pack} at {session.link}"
    return Reached(pack, stands_for[:LONGEST_SERIAL], named=False, sample=sample)


def needed(session: Session, part: T | None, what: str) -> T:
    """A part of the dialect.

    Raises:
        ParameterError: the dialect does not have it.
    """
    if part is None:
        raise ParameterError(f"{session.dialect.title} has no way to {what}; `openress dialects` says what it can.")
    return part


async def exchange(session: Session, queries: Sequence[Query], accept: Callable[[Query, bytes], None]) -> None:
    """Put questions or orders one after another; what ends a mode is sent even when one of them fails.

    Raises:
        NoAnswerError: one stayed without a usable answer; those behind it were not sent.
        PortError: the line is gone.
    """
    if any(query.closes for query in queries):
        # Whatever else is asked meanwhile would end the mode, or be taken for a part of it.
        async with session.poller.turn():
            await _exchange(session, queries, accept)
    else:
        await _exchange(session, queries, accept)


async def _exchange(session: Session, queries: Sequence[Query], accept: Callable[[Query, bytes], None]) -> None:
    try:
        for query in queries:
            if not query.closes:
                await _put(session, query, accept)
    finally:
        for query in queries:
            if query.closes:
                await _put(session, query, accept)


async def _put(session: Session, query: Query, accept: Callable[[Query, bytes], None]) -> None:
    def read(reply: bytes) -> bool:
        accept(query, reply)
        return True

    await session.poller.put(query, read)
