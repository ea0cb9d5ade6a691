"""What PACE, Seplos v2 and their relatives share: the reading of their frames, and of alarms told byte by byte.

The family lays the same ASCII-hex frame and the same kinds of blocks; commands, units and orders of fields differ.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from openress.codec import HexFrame, Layout
from openress.errors import FrameError, ParameterError
from openress.model import Condition
from openress.names import hint
from openress.protocols.base import Direction, Query, Reading, Value
from openress.protocols.present import public

__all__ = [
    "ALL_PACKS",
    "HIGH",
    "LEVELS",
    "LOW",
    "NORMAL",
    "OTHER",
    "Family",
    "HexDecoder",
    "Level",
    "Shape",
    "coarse",
    "level_names",
    "levels",
    "nothing",
    "plain",
]

ALL_PACKS = 0xFF
"""Pack byte of a request that means every pack; only on RS232."""

NORMAL, LOW, HIGH, OTHER = 0x00, 0x01, 0x02, 0xF0


class Level(StrEnum):
    """One byte of an alarm block: where a measurement lies."""

    NORMAL = "normal"
    LOW = "low"
    HIGH = "high"
    OTHER = "other"


LEVELS = {NORMAL: Level.NORMAL, LOW: Level.LOW, HIGH: Level.HIGH, OTHER: Level.OTHER}


def level_names(codes: Iterable[int]) -> list[Value]:
    """The bytes of an alarm block in words."""
    return [LEVELS.get(code, Level.OTHER).value for code in codes]


def coarse(
    codes: Collection[int],
    low: tuple[Condition, ...],
    high: tuple[Condition, ...],
    precise: Collection[Condition],
) -> set[Condition]:
    """What level bytes say beyond the named bits of the same block.

    A byte knows "too high" and not which of our conditions that is. Where a named bit gives one of the candidates,
    the byte adds nothing; where none does, every candidate is raised.
    """
    found: set[Condition] = set()
    for code, candidates in ((LOW, low), (HIGH, high)):
        if code in codes and not any(candidate in precise for candidate in candidates):
            found.update(candidates)
    return found


def levels(count: int, spots: Mapping[int, int | None]) -> tuple[int, ...]:
    """`count` level bytes, normal but for `spots`: level -> index, where the index is known."""
    found = [NORMAL] * count
    for level, index in spots.items():
        if index is not None and index < count:
            found[index] = level
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Shape:
    """One way in which a reply may be laid out.

    Attributes:
        command: the request that it answers.
        read: from INFO to values under the public keys.
        kind: what a reading is called; the command's name when empty.
        all_packs: whether it answers a request for all packs.
        telling: whether it can be told from all others when the request is not known.
    """

    command: IntEnum
    read: Callable[[bytes], Mapping[str, Value]]
    kind: str = ""
    all_packs: bool = False
    telling: bool = False


def plain(layout: Layout[Any]) -> Callable[[bytes], Mapping[str, Value]]:
    """Read INFO by a table alone."""
    return lambda info: public(layout, layout.decode(info))


def nothing(info: bytes) -> Mapping[str, Value]:
    """Accept a reply without INFO."""
    if info:
        raise FrameError(f"the reply has {len(info)} bytes of INFO where none is due", at=0)
    return {}


@dataclass(frozen=True, slots=True)
class Family:
    """A dialect of the frame: which frames belong to it, what is asked and how replies are laid out.

    Attributes:
        name: what an error calls it.
        versions: VER bytes that it uses.
        cid1: device codes that it uses.
        commands: its CID2.
        returns: its RTN, with their names.
        request: from a request to its values beside the header.
        shapes: how replies are laid out.
    """

    name: str
    versions: frozenset[int]
    cid1: frozenset[int]
    commands: type[IntEnum]
    returns: Mapping[int, str]
    request: Callable[[HexFrame], Mapping[str, Value]]
    shapes: tuple[Shape, ...]

    def open(self, data: bytes) -> HexFrame:
        """Read the frame around any message of the dialect.

        Raises:
            FrameError: damaged, or of another dialect.
        """
        frame = HexFrame.decode(data)
        if frame.version not in self.versions:
            known = " or ".join(f"{version:02X}" for version in sorted(self.versions))
            raise FrameError(f"VER {frame.version:02X} is not {self.name}'s {known}", at=1)
        if frame.cid1 not in self.cid1:
            raise FrameError(f"CID1 {frame.cid1:02X} is not {self.name}'s {min(self.cid1):02X}", at=5)
        return frame

    def is_reply(self, frame: HexFrame) -> bool:
        """Tell a reply from a request: return codes and commands share no number."""
        return frame.code in self.returns

    def answer(self, query: Query, reply: bytes) -> tuple[int, bytes]:
        """Command and INFO of an accepted reply to `query`.

        Raises:
            FrameError: damaged, a request, another pack's reply, or a refusal.
        """
        asked, frame = HexFrame.decode(query.frame), self.open(reply)
        if not self.is_reply(frame):
            raise FrameError("a request, not a reply: another master is on the line, or the adapter echoes", at=7)
        if frame.address != asked.address:
            raise FrameError(f"the reply of address {frame.address:02X}, asked was {asked.address:02X}", at=3)
        if frame.code != 0:
            reason = self.returns[frame.code].replace("_", " ")
            raise FrameError(f"the pack refuses with return code {frame.code:02X}: {reason}", at=7)
        return asked.code, frame.info


class HexDecoder:
    """Machine that reads the frames of a line one after another; replies in the light of the request before them."""

    __slots__ = ("_asked", "_asked_all", "_family", "_fixed")

    def __init__(self, family: Family) -> None:
        self._family = family
        self._asked: int | None = None
        self._asked_all = False
        self._fixed = False

    def expect(self, command: str) -> None:
        """Read every reply as the answer to `command`, such as `42`.

        Raises:
            ParameterError: no such command.
        """
        known = {f"{member.value:02X}": member.value for member in self._family.commands}
        if command.upper() not in known:
            raise ParameterError(f"{self._family.name} has no command {command!r}; {hint(command, known)}")
        self._asked, self._fixed = known[command.upper()], True

    def read(self, data: bytes, direction: Direction | None = None) -> Reading:
        """Read one frame.

        Raises:
            FrameError: damaged, of another dialect, or a reply that cannot be understood.
        """
        frame = self._family.open(data)
        if direction is None:
            direction = Direction.FROM_BATTERY if self._family.is_reply(frame) else Direction.TO_BATTERY
        header: dict[str, Value] = {"address": frame.address, "version": f"{frame.version >> 4}.{frame.version & 0xF}"}
        return (self._request if direction is Direction.TO_BATTERY else self._reply)(frame, header)

    def _request(self, frame: HexFrame, header: dict[str, Value]) -> Reading:
        known = {member.value: member for member in self._family.commands}
        command = known.get(frame.code)
        if command is None:
            raise FrameError(f"CID2 {frame.code:02X} is no command of {self._family.name}", at=7)
        if not self._fixed:
            self._asked, self._asked_all = command, frame.info[:1] == bytes([ALL_PACKS])
        try:
            values = self._family.request(frame)
        except FrameError as error:
            raise _in_frame(error) from None
        return Reading(f"{command.name.lower()}_request", header | {"command": f"{command:02X}"} | dict(values))

    def _reply(self, frame: HexFrame, header: dict[str, Value]) -> Reading:
        reason = self._family.returns.get(frame.code)
        if reason is None:
            raise FrameError(f"RTN {frame.code:02X} is no return code of {self._family.name}", at=7)
        if frame.code != 0:
            return Reading("refusal", header | {"reason": reason})
        asked = self._asked
        problem = FrameError(f"the reply to {asked or 0:02X} is not known to {self._family.name}")
        for shape in self._candidates():
            try:
                values = shape.read(frame.info)
            except FrameError as error:
                problem = error
                continue
            return Reading(shape.kind or shape.command.name.lower(), {**header, **values})
        if asked is None:
            return Reading("reply", header | {"info": frame.info.hex().upper()})
        raise _in_frame(problem)

    def _candidates(self) -> Sequence[Shape]:
        shapes = self._family.shapes
        if self._asked is None:
            return [shape for shape in shapes if shape.telling]
        fitting = [shape for shape in shapes if shape.command == self._asked]
        # A reply for all packs that holds one pack has the length of a reply for one: the request decides.
        return sorted(fitting, key=lambda shape: shape.all_packs is not self._asked_all)


def _in_frame(error: FrameError) -> FrameError:
    """Offsets in INFO count its bytes; the reader of the message sees characters of the frame."""
    return FrameError(str(error), at=13 + 2 * error.at)
