"""Reading Pylontech RS485 frames: requests say what they ask, replies are read in the light of the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from openress.codec import HexFrame, Layout
from openress.errors import FrameError, ParameterError
from openress.names import hint
from openress.protocols.base import Direction, Reading, Value
from openress.protocols.battery.pylontech import frames as f
from openress.protocols.battery.pylontech import systemframes as sf
from openress.protocols.battery.pylontech.alarms import alarm_values
from openress.protocols.battery.pylontech.frames import Command, ReturnCode
from openress.protocols.present import public

__all__ = ["CID1", "PylontechDecoder", "is_reply", "open_frame", "pack_reply"]

CID1 = frozenset({0x46, 0x4A, 0x4E, 0x4F})
"""0x46 is Pylontech's; 0x4A, 0x4E and 0x4F are sent by relatives for other chemistries."""

_RETURN_CODES = {code.value: code for code in ReturnCode}
_COMMANDS = {command.value: command for command in Command}


def open_frame(data: bytes) -> HexFrame:
    """Read the frame around any Pylontech message.

    Raises:
        FrameError: damaged, or of another family.
    """
    frame = HexFrame.decode(data, tolerated_lengths=f.TOLERATED_LENGTHS)
    if frame.cid1 not in CID1:
        raise FrameError(f"CID1 {frame.cid1:02X} is not Pylontech's 46", at=5)
    return frame


def is_reply(frame: HexFrame) -> bool:
    """Tell a reply from a request: return codes and commands share no number."""
    return frame.code not in _COMMANDS


@dataclass(frozen=True, slots=True)
class _Shape:
    """One way in which a reply may be laid out."""

    command: Command
    read: Callable[[bytes], Mapping[str, Value]]
    all_packs: bool = False


def _plain(layout: Layout[Any]) -> Callable[[bytes], Mapping[str, Value]]:
    return lambda info: public(layout, layout.decode(info))


def pack_reply(info: bytes) -> tuple[dict[str, Value], int]:
    """INFOFLAG and the byte behind it: the pack's own number, or the number of packs that follow."""
    if len(info) < 2:
        raise FrameError(f"the reply has {len(info)} bytes of INFO, at least 2 are needed", at=len(info))
    flags = public(f.FLAGS, f.FLAGS.decode(info[:1]))
    return flags, info[1]


def _analog_of_pack(info: bytes) -> Mapping[str, Value]:
    flags, pack = pack_reply(info)
    block = f.PACK_BLOCK.decode(info[2:])
    return {"pack": pack, **_analog_values(block), **flags}


def _analog_values(block: f.PackBlock) -> dict[str, Value]:
    return public(f.PACK_BLOCK, block)


def _analog_of_rack(info: bytes) -> Mapping[str, Value]:
    flags, _ = pack_reply(info)
    rack = f.RACK_ANALOG.decode(info[1:])
    return {"packs": [_analog_values(block) for block in rack.packs], **flags}


def _alarms_of_pack(info: bytes) -> Mapping[str, Value]:
    flags, pack = pack_reply(info)
    return {"pack": pack, **alarm_values(f.ALARM_BLOCK.decode(info[2:])), **flags}


def _alarms_of_rack(info: bytes) -> Mapping[str, Value]:
    flags, _ = pack_reply(info)
    rack = f.RACK_ALARMS.decode(info[1:])
    return {"packs": [alarm_values(block) for block in rack.packs], **flags}


def _manufacturer(info: bytes) -> Mapping[str, Value]:
    frame = f.MANUFACTURER.decode(info)
    if not (frame.model or "").isprintable() or not (frame.manufacturer or "").isprintable():
        raise FrameError("model and manufacturer hold no text", at=0)
    return public(f.MANUFACTURER, frame)


def _nothing(info: bytes) -> Mapping[str, Value]:
    if info:
        raise FrameError(f"the reply has {len(info)} bytes of INFO where none is due", at=0)
    return {}


REPLIES = (
    _Shape(Command.ANALOG, _analog_of_pack),
    _Shape(Command.ANALOG, _analog_of_rack, all_packs=True),
    _Shape(Command.ALARMS, _alarms_of_pack),
    _Shape(Command.ALARMS, _alarms_of_rack, all_packs=True),
    _Shape(Command.SYSTEM_PARAMETERS, _plain(f.SYSTEM_PARAMETERS)),
    _Shape(Command.MANUFACTURER, _manufacturer),
    _Shape(Command.SYSTEM_ANALOG, _plain(sf.SYSTEM_ANALOG)),
    _Shape(Command.SYSTEM_ALARMS, _plain(sf.SYSTEM_ALARMS)),
    _Shape(Command.SYSTEM_LIMITS, _plain(sf.SYSTEM_LIMITS)),
    _Shape(Command.LIMITS, _plain(f.LIMITS)),
    _Shape(Command.SERIAL_NUMBER, _plain(f.SERIAL_NUMBER)),
    _Shape(Command.FIRMWARE, _plain(f.FIRMWARE)),
    _Shape(Command.SYSTEM_INFORMATION, _plain(sf.SYSTEM_INFORMATION)),
    _Shape(Command.PROTOCOL_VERSION, _nothing),
    _Shape(Command.SYSTEM_SHUTDOWN, _nothing),
    _Shape(Command.SET_LIMITS, _nothing),
    _Shape(Command.SWITCH_OFF, _nothing),
)
"""How replies are laid out. The shapes of different commands are told apart by their lengths and counts."""


class PylontechDecoder:
    """Machine that reads frames of a Pylontech line one after another."""

    __slots__ = ("_asked", "_asked_all", "_fixed")

    def __init__(self) -> None:
        self._asked: Command | None = None
        self._asked_all = False
        self._fixed = False

    def expect(self, command: str) -> None:
        """Read every reply as the answer to `command`, such as `42`.

        Raises:
            ParameterError: no such command.
        """
        known = {f"{value:02X}": found for value, found in _COMMANDS.items()}
        if command.upper() not in known:
            raise ParameterError(f"Pylontech has no command {command!r}; {hint(command, known)}")
        self._asked, self._fixed = known[command.upper()], True

    def read(self, data: bytes, direction: Direction | None = None) -> Reading:
        """Read one frame.

        Raises:
            FrameError: damaged, of another family, or a reply that cannot be understood.
        """
        frame = open_frame(data)
        if direction is None:
            direction = Direction.FROM_BATTERY if is_reply(frame) else Direction.TO_BATTERY
        header: dict[str, Value] = {"address": frame.address, "version": f"{frame.version >> 4}.{frame.version & 0xF}"}
        if direction is Direction.TO_BATTERY:
            return self._request(frame, header)
        return self._reply(frame, header)

    def _request(self, frame: HexFrame, header: dict[str, Value]) -> Reading:
        command = _COMMANDS.get(frame.code)
        if command is None:
            raise FrameError(f"CID2 {frame.code:02X} is no Pylontech command", at=7)
        if not self._fixed:
            self._asked, self._asked_all = command, 0xFF in frame.info
        values = header | {"command": f"{command.value:02X}"}
        if command is Command.SET_LIMITS:
            values |= public(f.SET_LIMITS, f.SET_LIMITS.decode(frame.info))
        elif frame.info:
            values |= {"all_packs": True} if 0xFF in frame.info else {"pack": frame.info[0]}
        return Reading(f"{command.name.lower()}_request", values, frame.warnings)

    def _reply(self, frame: HexFrame, header: dict[str, Value]) -> Reading:
        code = _RETURN_CODES.get(frame.code)
        if code is None:
            raise FrameError(f"RTN {frame.code:02X} is no Pylontech return code", at=7)
        asked = self._asked
        if code is not ReturnCode.NORMAL:
            return Reading("refusal", header | {"reason": code.name.lower()}, frame.warnings)
        shapes = [shape for shape in REPLIES if asked is None or shape.command is asked]
        # A reply for all packs that holds one pack has the length of a reply for one: the request decides.
        shapes.sort(key=lambda shape: shape.all_packs is not self._asked_all)
        problem: FrameError | None = None
        for shape in shapes:
            try:
                values = {**header, **shape.read(frame.info)}
            except FrameError as error:
                # Offsets count INFO bytes; the reader of the message sees characters of the frame.
                problem = FrameError(str(error), at=13 + 2 * error.at)
                continue
            if asked is None and not frame.info:
                break
            return Reading(shape.command.name.lower(), values, frame.warnings)
        if asked is None:
            return Reading("reply", header | {"info": frame.info.hex().upper()}, frame.warnings)
        raise problem or FrameError(f"the reply does not fit command {asked.value:02X}", at=13)
