"""What passes between a gateway's own process and the program that feeds it: whole messages, the newest ones.

Values are pickled: both ends are this program, and nobody else holds the pipe.
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass, field

from openress.errors import FrameError
from openress.gateway.caps import Caps
from openress.gateway.handover import HandOver
from openress.gateway.session import Report
from openress.gateway.setup import SessionSetup
from openress.gateway.supervise import Line
from openress.gateway.tape import Step
from openress.model import RackSample

__all__ = [
    "End",
    "FromGateway",
    "Heard",
    "Inbox",
    "Reading",
    "Remote",
    "Setup",
    "Spoken",
    "State",
    "Taped",
    "ToGateway",
    "packed",
]

LONGEST = 4_000_000
"""Bytes of a message; a reading of 64 packs has a fiftieth of that."""
_HEAD = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Setup:
    """The first message: what to be, on which link, what the one before was telling, and whether to keep a tape."""

    session: SessionSetup
    link: str
    handed: HandOver | None = None
    taped: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading whose values hold for `fresh_for_s`."""

    rack: RackSample
    fresh_for_s: float


@dataclass(frozen=True, slots=True)
class Remote:
    """Caps from afar; `None` takes them back."""

    caps: Caps | None


@dataclass(frozen=True, slots=True)
class End:
    """Say zero for a while, then leave."""


@dataclass(frozen=True, slots=True)
class State:
    """How it stands."""

    report: Report
    line: Line
    bus_offs: int = 0


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence for a person."""

    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of nobody who is known, each piece with its time."""

    pieces: tuple[tuple[float, bytes], ...]


@dataclass(frozen=True, slots=True)
class Taped:
    """Steps of the session, without the readings that came from whoever reads this.

    Attributes:
        first: how many there were before these.
        steps: in their order.
    """

    first: int
    steps: tuple[Step, ...]


ToGateway = Setup | Reading | Remote | End
FromGateway = State | Spoken | Heard | Taped


def packed(message: ToGateway | FromGateway) -> bytes:
    """The bytes of a message."""
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _HEAD.pack(len(body)) + body


@dataclass(slots=True)
class Inbox:
    """Finds messages in bytes as they come."""

    _begun: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> list[ToGateway | FromGateway]:
        """Take bytes; gives the messages they complete.

        Raises:
            FrameError: no message is so long: the other end is not what it should be.
        """
        self._begun += data
        found = []
        while len(self._begun) >= _HEAD.size:
            (length,) = _HEAD.unpack_from(self._begun)
            if length > LONGEST:
                raise FrameError(f"A message of {length} bytes between our own processes; {LONGEST} is the most.")
            end = _HEAD.size + length
            if len(self._begun) < end:
                break
            found.append(pickle.loads(self._begun[_HEAD.size : end]))  # noqa: S301 - our own process, our own pipe
            del self._begun[:end]
        return found
