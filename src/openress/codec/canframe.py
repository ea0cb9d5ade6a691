"""A CAN frame as a value, and as the text that candump and people write."""

from __future__ import annotations

import re
from dataclasses import dataclass

from openress.errors import FrameError

__all__ = ["CanFrame"]

_COMPACT = re.compile(r"(?P<id>[0-9A-Fa-f]{3}|[0-9A-Fa-f]{8})#(?P<data>(?:[0-9A-Fa-f]{2}[. ]?)*)")
_COLUMNS = re.compile(r"(?P<id>[0-9A-Fa-f]{3}|[0-9A-Fa-f]{8})\s+\[(?P<dlc>\d)\]\s+(?P<data>(?:[0-9A-Fa-f]{2}\s*)*)")


@dataclass(frozen=True, slots=True)
class CanFrame:
    """Identifier and up to eight bytes; `extended` for 29-bit identifiers."""

    id: int
    data: bytes
    extended: bool = False

    def __str__(self) -> str:
        return (
            f"{self.id:08X}#{self.data.hex().upper()}" if self.extended else f"{self.id:03X}#{self.data.hex().upper()}"
        )

    @classmethod
    def parse(cls, line: str) -> CanFrame:
        """Read `351#1402C012`, or a line of candump with or without time stamp and interface name.

        Raises:
            FrameError: the line is neither; more than eight bytes; fewer bytes than the line's own count.
        """
        match = _COMPACT.search(line) or _COLUMNS.search(line)
        if match is None or line[match.end() :].strip():
            at = match.end() if match else 0
            raise FrameError("this is no CAN frame; write it as 351#1402C012C012C201", at=at)
        data = bytes.fromhex(re.sub(r"[^0-9A-Fa-f]", "", match["data"]))
        if len(data) > 8:
            raise FrameError(f"a CAN frame holds at most 8 bytes, this has {len(data)}", at=match.start("data") + 16)
        if "dlc" in match.groupdict() and len(data) != int(match["dlc"]):
            raise FrameError(f"the line says {match['dlc']} bytes and has {len(data)}", at=match.start("dlc"))
        identifier = int(match["id"], 16)
        extended = len(match["id"]) > 3
        if identifier > (0x1FFFFFFF if extended else 0x7FF):
            raise FrameError(f"identifier {match['id']} is above the {29 if extended else 11}-bit range", at=0)
        return cls(identifier, data, extended)
