"""CAN frames as the text of socketcand, the server that lends its CAN interfaces over TCP.

    < hi >                                            the server's greeting
    < open can0 >            < ok >                   choose an interface
    < rawmode >              < ok >                   frames from now on
    < send 351 8 14 5 0 FA 0 FA 0 12 >                a frame to send; eight digits for a 29-bit identifier
    < frame 351 23.424242 140500FA00FA0012 >          a frame received
    < error 00000040 23.424242 >                      an error frame: the error classes of Linux

Source: socketcand, doc/protocol.md. There is no answer to `send`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from openress.codec.canframe import CanFrame

__all__ = ["ErrorReport", "Message", "SocketcandReader", "encode", "opening"]

LONGEST = 256
"""More characters without an end belong to no message."""

_FRAME = re.compile(r"frame ([0-9A-Fa-f]{3}|[0-9A-Fa-f]{8}) [0-9.]+(?: +((?:[0-9A-Fa-f]{2} ?)*))?")
_ERROR = re.compile(r"error ([0-9A-Fa-f]{1,8}) .*")


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An error frame: bits of the classes in Linux's can/error.h."""

    classes: int


Message: TypeAlias = CanFrame | ErrorReport | str


def opening(interface: str) -> tuple[str, ...]:
    """What to say after the greeting, each once the one before was answered `ok`."""
    return (f"< open {interface} >", "< rawmode >")


def encode(frame: CanFrame) -> bytes:
    """The message that sends a frame."""
    identifier = f"{frame.id:08X}" if frame.extended else f"{frame.id:03X}"
    return f"< send {identifier} {len(frame.data)} {''.join(f'{byte:X} ' for byte in frame.data)}>".encode("ascii")


class SocketcandReader:
    """Machine that finds messages in what the server sends."""

    def __init__(self) -> None:
        self._begun: list[str] | None = None

    def feed(self, data: bytes) -> list[Message]:
        """Take bytes as they come; gives frames, error reports and the text of all other messages, in order."""
        said: list[Message] = []
        for character in data.decode("ascii", errors="replace"):
            if character == "<":
                self._begun = []
            elif self._begun is not None and character == ">":
                said.append(_message("".join(self._begun).strip()))
                self._begun = None
            elif self._begun is not None and len(self._begun) < LONGEST:
                self._begun.append(character)
        return said


def _message(text: str) -> Message:
    if match := _FRAME.fullmatch(text):
        identifier, data = int(match[1], 16), bytes.fromhex(match[2] or "")
        extended = len(match[1]) > 3
        if len(data) <= 8 and identifier <= (0x1FFFFFFF if extended else 0x7FF):
            return CanFrame(identifier, data, extended)
    if match := _ERROR.fullmatch(text):
        return ErrorReport(int(match[1], 16) & 0x1FFFFFFF)
    return text
