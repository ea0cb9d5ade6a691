"""Seams of a dialect: what reads frames, what answers as a battery, what asks as a client. All without I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from openress.codec.canframe import CanFrame
from openress.codec.places import Place
from openress.model import Identity, Limits, PackSample, RackSample

if TYPE_CHECKING:
    from openress.protocols.access import (
        ClockAccess,
        ControlAccess,
        HistoryAccess,
        PackMemory,
        ParameterAccess,
        ProtocolChoiceAccess,
    )
    from openress.protocols.canbus import CanBattery, CanInverter, CanOptions
    from openress.protocols.inverter.table import CanTable
    from openress.protocols.serialbus import InverterOptions, Manner, SerialBattery, SerialInverter

__all__ = [
    "BatteryClient",
    "BatteryServer",
    "Bus",
    "CanDecoder",
    "Dialect",
    "Direction",
    "Parts",
    "Query",
    "Reading",
    "Redactor",
    "SerialDecoder",
    "ServerOptions",
    "Splitter",
    "Value",
]

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]
"""What JSON can say."""


class Bus(Enum):
    """The kind of line a dialect lives on."""

    SERIAL = "serial"
    CAN = "CAN"


class Direction(Enum):
    """Which way a frame went."""

    TO_BATTERY = ">"
    FROM_BATTERY = "<"


@dataclass(frozen=True, slots=True)
class Reading:
    """One frame in words: its kind and its values under the project's public keys.

    A key that the frame does not speak of is absent.
    """

    kind: str
    values: Mapping[str, Value]
    warnings: tuple[str, ...] = ()


class Splitter(Protocol):
    """Machine that finds frames in a byte stream."""

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes as they come; gives the frames they complete."""
        ...

    def reset(self) -> None:
        """Forget a frame that has begun."""
        ...


class SerialDecoder(Protocol):
    """Machine that reads frames one after another; remembers the last request to understand its reply."""

    def read(self, frame: bytes, direction: Direction | None = None) -> Reading:
        """Read one frame.

        Raises:
            FrameError: the frame is damaged, or does not belong to this dialect.
        """
        ...

    def expect(self, command: str) -> None:
        """Read every following reply as the answer to `command`, written as the dialect's documents do.

        Raises:
            ParameterError: no such command.
        """
        ...


class Redactor(Protocol):
    """Machine that takes the texts out of frames before they are shown to others; remembers requests as a decoder."""

    def redact(self, frame: bytes, direction: Direction | None = None) -> bytes:
        """The frame with X for every letter of a serial number or another text, and its check made right.

        As long as the frame was. A frame without texts comes back as it is.

        Raises:
            FrameError: the frame is damaged, or does not belong to this dialect: what is in it cannot be told.
        """
        ...


class CanDecoder(Protocol):
    """Reader of CAN frames."""

    def read(self, frame: CanFrame) -> Reading:
        """Read one frame.

        Raises:
            FrameError: too short, or an identifier that this dialect does not have.
        """
        ...


class BatteryServer(Protocol):
    """Machine that answers as the battery side of a dialect."""

    def feed(self, data: bytes, rack: RackSample, now_s: float) -> list[bytes]:
        """Take what arrived on the line; gives the answers to send, in order.

        What is damaged, or for somebody else, gets no answer. Data that are not fresh at `now_s` get none either.
        """
        ...


@dataclass(frozen=True, slots=True)
class Query:
    """One question of a client.

    Attributes:
        name: what it asks for, in words.
        pack: pack number in the rack, 1 = master.
        frame: the bytes to send.
        closes: it ends a mode that an order before it began: it must be sent even when one of those failed.
        mirrored: a pack that obeys answers with the same bytes, which on some lines are an echo instead; whether it
            was obeyed is known when the value has been read.
    """

    name: str
    pack: int
    frame: bytes
    closes: bool = False
    mirrored: bool = False


class BatteryClient(Protocol):
    """The asking side of a dialect."""

    max_packs: int

    def splitter(self) -> Splitter:
        """A fresh splitter for the bytes that come back."""
        ...

    def address(self, pack: int) -> int:
        """The address that pack number `pack` has on the wire.

        Raises:
            ParameterError: the dialect has no such pack.
        """
        ...

    def first(self, pack: int) -> Query:
        """The cheapest question that tells whether the pack is there."""
        ...

    def cycle(self, pack: int) -> tuple[Query, ...]:
        """The questions of every cycle, most important first."""
        ...

    def rarely(self, pack: int) -> tuple[Query, ...]:
        """The questions whose answers hardly change: who the pack is."""
        ...

    def merge(self, sample: PackSample, query: Query, reply: bytes, now_s: float) -> PackSample:
        """Add what `reply` says to `sample`, measured at `now_s`.

        Raises:
            FrameError: damaged, or not the answer to `query`: another pack's, another command's, a refusal.
        """
        ...


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """What the serving side of a dialect may be told.

    Attributes:
        identity: what a pack says of itself when its sample has no identity of its own.
        group: number of the battery group, for dialects that have groups.
        first_address: address of the master within its group.
        reply_address: fixed address written into replies, for readers that accept no other; `None` echoes.
        fresh_for_s: age up to which pack data may be told.
        parameters: thresholds of a pack by their keys in the parameter table.
        rated: what one pack allows at best, its published maxima.
        memory: settings, clock, history and controls of the packs; commands that need it are refused without it.
        turnaround_s: silence between a question and its answer, towards inverters; 3.5 characters or more.
        one_byte_counts: Voltronic: count the bytes of a reply in one byte, as Modbus has it.
    """

    identity: Identity
    parameters: Mapping[str, float] = field(default_factory=dict)
    rated: Limits | None = None
    memory: PackMemory | None = None
    group: int = 0
    first_address: int = 2
    reply_address: int | None = None
    fresh_for_s: float = 10.0
    turnaround_s: float = 0.005
    one_byte_counts: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """What a dialect provides.

    `splitter` makes what finds the frames of one direction on a line, or of both for `None`; `redactor` takes texts out
    of a recording. `can_battery` and `can_inverter` raise ParameterError for options that the dialect does not allow.
    `can_table` gives the rows behind them, for documents and for DBC. `serial_battery` and `serial_inverter` are the
    same for a serial line, and `manners` tells how inverters are known to ask on it. `places` finds a value in an
    answer, see `openress.protocols.placing`.
    """

    decoder: Callable[[], SerialDecoder] | None = None
    can_decoder: Callable[[], CanDecoder] | None = None
    server: Callable[[ServerOptions], BatteryServer] | None = None
    client: Callable[[], BatteryClient] | None = None
    parameters: Callable[[], ParameterAccess] | None = None
    clock: Callable[[], ClockAccess] | None = None
    history: Callable[[], HistoryAccess] | None = None
    controls: Callable[[], ControlAccess] | None = None
    protocol_choice: Callable[[], ProtocolChoiceAccess] | None = None
    splitter: Callable[[Direction | None], Splitter] | None = None
    redactor: Callable[[], Redactor] | None = None
    can_battery: Callable[[CanOptions], CanBattery] | None = None
    can_inverter: Callable[[CanOptions], CanInverter] | None = None
    can_table: Callable[[], CanTable] | None = None
    serial_battery: Callable[[ServerOptions], SerialBattery] | None = None
    serial_inverter: Callable[[InverterOptions], SerialInverter] | None = None
    manners: tuple[Manner, ...] = ()
    places: Callable[[bytes, bytes, str], Place | None] | None = None


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way of speaking.

    Attributes:
        name: the name people type; it stays.
        title: what it is, in words.
        bus: the kind of line.
        does: what OpenRESS can do with it.
        evidence: how well it is known, said wherever the dialect is listed.
        baud: usual speed of a serial line; 0 for CAN.
        bit_rates: speeds of a CAN bus that are in use, the usual one first; empty for a serial line.
        experimental: nothing but somebody's program confirms it; off until the operator consents.
        max_packs: packs of a rack that can be asked by address; `None` when there is no such limit.
        unsupported: what of it is not spoken, or not known; never empty.
        parts: imports the dialect.
    """

    name: str
    title: str
    bus: Bus
    does: tuple[str, ...]
    evidence: str
    unsupported: tuple[str, ...]
    parts: Callable[[], Parts]
    baud: int = 0
    bit_rates: tuple[int, ...] = ()
    experimental: bool = False
    max_packs: int | None = None
