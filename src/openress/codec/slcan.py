r"""CAN frames as the text of serial adapters ("slcan", Lawicel CAN232): one line for each frame, answer or state.

    t3518140500FA00FA0012\r   a frame with an 11-bit identifier: identifier, number of bytes, bytes
    T1F00010080000...\r       the same with 29 bits; r and R are remote requests
    z\r  Z\r  \r              taken
    \a                        refused: the channel is closed, or the buffer is full
    sb000256\r                the controller's state (a active, w warning, p passive, b bus off) and its error counters

Sources: Lawicel CAN232 manual V3 (commands and answers); the Linux driver slcan-core.c (state lines, which newer
adapters send by themselves). The flags that `F` asks for are left alone: makers give the same bit different meanings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

from openress.codec.canframe import CanFrame

__all__ = ["BIT_RATES", "Answer", "Line", "SlcanReader", "State", "encode"]

BIT_RATES = MappingProxyType(
    {
        10_000: b"S0",
        20_000: b"S1",
        50_000: b"S2",
        100_000: b"S3",
        125_000: b"S4",
        250_000: b"S5",
        500_000: b"S6",
        1_000_000: b"S8",
    }
)
"""Bit rate -> command. S7 is left out: it is 800 kbit/s in the manual and 750 in newer adapters."""

LONGEST = 64
"""More characters without an end belong to no line; the longest, a 29-bit frame with a time stamp, has 30."""

_FRAME = re.compile(rb"(?:t([0-9A-Fa-f]{3})|T([0-9A-Fa-f]{8}))([0-8])((?:[0-9A-Fa-f]{2})*)")
_STATE = re.compile(rb"s([awpb])[0-9]{6}")
_STAMP_BYTES = 2


class Answer(Enum):
    """What an adapter says to a command."""

    TAKEN = "taken"
    REFUSED = "refused"


class State(Enum):
    """What an adapter says of its controller; values are the letters of the line."""

    ACTIVE = b"a"
    WARNING = b"w"
    PASSIVE = b"p"
    BUS_OFF = b"b"


@dataclass(frozen=True, slots=True)
class Other:
    """A line that is none of the above: a remote request, a version, an error report, or damage."""

    text: bytes


Line: TypeAlias = CanFrame | Answer | State | Other


def encode(frame: CanFrame) -> bytes:
    """The line that sends a frame."""
    head = f"T{frame.id:08X}" if frame.extended else f"t{frame.id:03X}"
    return f"{head}{len(frame.data)}{frame.data.hex().upper()}\r".encode("ascii")


class SlcanReader:
    """Machine that finds lines in what an adapter sends."""

    def __init__(self) -> None:
        self._begun = bytearray()

    def feed(self, data: bytes) -> list[Line]:
        """Take bytes as they come; gives what the lines they complete say, in order."""
        said: list[Line] = []
        for byte in data:
            if byte == ord("\r"):
                said.append(_line(bytes(self._begun)))
                self._begun.clear()
            elif byte == ord("\a"):
                self._begun.clear()
                said.append(Answer.REFUSED)
            elif len(self._begun) < LONGEST:
                self._begun.append(byte)
        return said


def _line(text: bytes) -> Line:
    if text in {b"", b"z", b"Z"}:
        return Answer.TAKEN
    if match := _FRAME.fullmatch(text):
        short, long, count, digits = match.groups()
        size, data = int(count), bytes.fromhex(digits.decode("ascii"))
        identifier = int(short or long, 16)
        if len(data) in {size, size + _STAMP_BYTES} and identifier <= (0x7FF if short else 0x1FFFFFFF):
            return CanFrame(identifier, data[:size], extended=long is not None)
    if match := _STATE.fullmatch(text):
        return State(match[1])
    return Other(text)
