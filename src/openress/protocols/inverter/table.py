"""A CAN dialect as a table: one row for each identifier, who sends it, and what makes its content."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from openress.codec import Layout
from openress.codec.canframe import CanFrame
from openress.codec.rows import Kind
from openress.errors import FrameError, StateError
from openress.model import Source
from openress.protocols.base import Direction, Reading, Value
from openress.protocols.canbus import InverterView
from openress.protocols.inverter.told import Told
from openress.protocols.present import public

__all__ = ["CanRow", "CanTable"]

_PLAUSIBLE_V = (10.0, 100.0)
"""A battery of 12 to 96 V; a factor of ten away from it the sender counts in another unit."""

_MAGNITUDES = ("charge_current_limit_a", "discharge_current_limit_a")


@dataclass(frozen=True, slots=True)
class CanRow:
    """One identifier.

    Attributes:
        id: identifier on the bus.
        kind: what it tells, in a word.
        layout: its bytes.
        size: data bytes when we send it; readers take what they are given.
        sender: which way it goes.
        tell: makes what a battery sends; it gives `None` for a frame that must be left out. Without it the frame is
            only read.
        say: makes what an inverter sends, likewise.
        after: the inverter sends it when this identifier of the battery's has come; `None` for once every second.
        asks: the battery answers to it.
        more: further values that follow from the content.
        note: what a reader of the table should know.
    """

    id: int
    kind: str
    layout: Layout[Any]
    size: int = 8
    sender: Direction = Direction.FROM_BATTERY
    tell: Callable[[Told], Any] | None = None
    say: Callable[[InverterView], Any] | None = None
    after: int | None = None
    asks: bool = False
    more: Callable[[Any], Mapping[str, Value]] | None = None
    note: str = ""

    def data(self, content: Any) -> bytes:
        """The bytes of one frame, filled up to its size with zeros.

        Raises:
            ParameterError: a value that is absent or does not fit where the row does not allow it.
        """
        return self.layout.encode(content).ljust(self.size, b"\0")

    @property
    def words(self) -> bool:
        """Whether it holds text alone, which may end early: Pytes send a name of five bytes."""
        return all(row.kind is Kind.TEXT for row in self.layout.rows.values())

    @property
    def source(self) -> Source | None:
        """Where the row comes from."""
        return self.layout.source


class CanTable:
    """All identifiers of a dialect; reads any of them.

    Args:
        owner: whose they are, for messages.
        rows: in the order in which a battery sends them.
        sizes: where the numbers of data bytes come from that we send.
        extended: whether identifiers have 29 bits.
    """

    def __init__(self, owner: str, rows: tuple[CanRow, ...], *, sizes: Source, extended: bool = False) -> None:
        self.owner = owner
        self.sizes = sizes
        self.extended = extended
        self.rows: dict[int, CanRow] = {row.id: row for row in rows}
        if len(self.rows) < len(rows):
            raise StateError(f"{owner}: an identifier stands in two rows.")

    @property
    def told(self) -> frozenset[int]:
        """Identifiers that a battery sends."""
        return frozenset(row.id for row in self.rows.values() if row.tell is not None)

    @property
    def said(self) -> frozenset[int]:
        """Identifiers that an inverter sends."""
        return frozenset(row.id for row in self.rows.values() if row.say is not None)

    def row(self, frame: CanFrame) -> CanRow | None:
        """The row of a frame; `None` when it is not of this dialect."""
        return self.rows.get(frame.id) if frame.extended == self.extended else None

    def name(self, identifier: int) -> str:
        """An identifier as people write it."""
        return f"{identifier:0{8 if self.extended else 3}X}"

    def read(self, frame: CanFrame) -> Reading:
        """Read one frame, as long as it carries the bytes that are needed.

        Raises:
            FrameError: too short, or an identifier that this dialect does not have.
        """
        row = self.row(frame)
        if row is None:
            known = ", ".join(self.name(identifier) for identifier in sorted(self.rows))
            raise FrameError(f"identifier {str(frame).split('#')[0]} is not {self.owner}; known are {known}", at=0)
        content = row.layout.decode(frame.data.ljust(8, b"\0") if row.words else frame.data)
        values = public(row.layout, content)
        if row.more is not None:
            values |= row.more(content)
        return Reading(row.kind, {"id": self.name(row.id), **values}, tuple(_doubts(values)))


def _doubts(values: Mapping[str, Value]) -> list[str]:
    doubts = []
    voltage = values.get("pack_voltage_v")
    if isinstance(voltage, int | float) and not _plausible(voltage):
        for factor, word in ((10, "tenth"), (0.1, "tenfold")):
            if _plausible(voltage * factor):
                doubts.append(
                    f"{voltage:g} V looks like the {word} of a battery's voltage: the sender may count in "
                    f"{'0.1' if factor == 10 else '0.01'} V"
                )
    for key in _MAGNITUDES:
        limit = values.get(key)
        if isinstance(limit, int | float) and limit < 0:
            doubts.append(f"{key} is negative; a limit is a magnitude, an inverter may take this as none")
    return doubts


def _plausible(voltage_v: float) -> bool:
    return _PLAUSIBLE_V[0] <= voltage_v <= _PLAUSIBLE_V[1]
