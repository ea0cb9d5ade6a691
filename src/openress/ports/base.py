"""What every byte port and every CAN port promises, and what a place promises where byte ports appear."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from openress.errors import StateError

if TYPE_CHECKING:
    from types import TracebackType

    from openress.codec.canframe import CanFrame

__all__ = ["CAN_STALL_S", "CHUNK", "STALL_S", "BytePort", "CanPort", "CanState", "Listener", "SoleReader", "SpeedPort"]

STALL_S = 3.0
"""A write that has not moved a single byte for so long is stuck; battery hosts poll about once a second."""

CHUNK = 65536
"""The most bytes that one read returns."""


CAN_STALL_S = 0.2
"""A CAN write that has not ended by then is given up: a frame takes 0.25 ms at 500 kbit/s, a set is due each second."""


class BytePort(Protocol):
    """One end of a byte stream: a serial line, a TCP connection, a pseudo-terminal, a pair in memory.

    Bytes arrive in order, unaltered and in chunks of any size; a chunk says nothing about frames.
    Cancelling a read loses no byte. One task reads at a time (a second one gets `StateError`); any
    number may write, and the bytes of two writes never mix.
    """

    @property
    def name(self) -> str:
        """The link URL a person would recognise, such as `serial:/dev/ttyUSB0`."""
        ...

    async def read(self) -> bytes:
        """Wait for bytes and return what is there: at least one.

        Raises:
            PortError: the far end or the device is gone, or the port is closed (also during the wait).
        """
        ...

    async def write(self, data: bytes) -> None:
        """Hand over all of the bytes.

        Raises:
            PortError: the far end or the device is gone, the port is closed, or nobody has taken a
                byte for `STALL_S` seconds; how many bytes have left is then unknown.
        """
        ...

    async def close(self) -> None:
        """Give the port back; a second call does nothing."""
        ...


@runtime_checkable
class SpeedPort(Protocol):
    """A byte port whose speed can be set while it is open."""

    async def at_baud(self, baud: int) -> None:
        """Go on at another speed; what is on its way to the far end may be lost.

        Raises:
            PortError: the port is closed or gone, or cannot do this speed.
        """
        ...


class Listener(Protocol):
    """A place where byte ports appear over time: clients of a server, or a device plugged in again."""

    @property
    def name(self) -> str:
        """The link URL of the place, with the port number really used."""
        ...

    async def accept(self) -> BytePort:
        """Wait for the next port, which then belongs to the caller.

        Raises:
            PortError: the listener is closed (also during the wait).
        """
        ...

    async def close(self) -> None:
        """Stop; ports already accepted stay open, and a second call does nothing."""
        ...


class CanState(Enum):
    """How a CAN controller takes part in its bus, as far as the adapter tells."""

    UNKNOWN = "unknown"
    """The adapter does not tell."""
    ACTIVE = "active"
    PASSIVE = "error passive"
    """So many errors that it holds back; nearly always nobody acknowledges."""
    BUS_OFF = "bus off"
    """So many errors that it has left the bus."""
    DOWN = "down"
    """The adapter, the interface or the port is not there."""


class CanPort(Protocol):
    """One place on a CAN bus.

    Frames arrive in order and whole; those that this port sends do not come back. Remote requests, error frames and
    CAN FD are not handed on. What is received while nobody reads is kept up to a bound, then the oldest goes first.
    Cancelling a read loses no frame. One task reads at a time (a second one gets `StateError`); any number may write.
    """

    @property
    def name(self) -> str:
        """The link URL a person would recognise, such as `can:slcan:/dev/ttyACM0`."""
        ...

    @property
    def state(self) -> CanState:
        """What the controller last said of itself."""
        ...

    @property
    def dropped(self) -> int:
        """Frames so far that were received and dropped because nobody read them."""
        ...

    async def read(self) -> CanFrame:
        """Wait for a frame.

        Raises:
            PortError: the adapter is gone, or the port is closed (also during the wait). Bus-off is none: a
                controller may come back, see `state`.
        """
        ...

    async def write(self, frame: CanFrame) -> None:
        """Hand the frame to the controller, within `CAN_STALL_S` or not at all.

        Returning says that the adapter has taken it, not that somebody has acknowledged it. What became of earlier
        frames may come to light here.

        Raises:
            PortError: the adapter is gone or stuck, the controller is off the bus, its buffer is full, it refused a
                frame, or the port is closed. After all but the first and the last a later write may succeed.
        """
        ...

    async def close(self) -> None:
        """Give the port back; a second call does nothing."""
        ...


class SoleReader:
    """Holds the one reading turn of a port; a port enters it for the length of a read."""

    def __init__(self) -> None:
        self._taken = False

    def __enter__(self) -> None:
        if self._taken:
            raise StateError("Two tasks read the same port: give the port one reader.")
        self._taken = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._taken = False
