"""Reading JK 4E57 frames: items name themselves, so a reply needs no request."""

from __future__ import annotations

from openress.errors import FrameError, ParameterError
from openress.model import Condition, Fault
from openress.names import hint
from openress.protocols.base import Direction, Reading, Value
from openress.protocols.battery.jk_4e57 import frames as f
from openress.protocols.battery.jk_4e57 import values as v
from openress.protocols.battery.jk_4e57.frames import Command, Message
from openress.protocols.present import in_order

__all__ = ["JkDecoder", "JkRedactor"]

_COMMANDS = {command.value: command for command in Command}
_AT = 11
"""Where the items of a frame begin."""
_TEMPERATURES = {0x80: "mos_temperature_c", 0x81: "env_temperature_c", 0x82: "temperatures_c"}
_SPECIAL = frozenset({*_TEMPERATURES, 0x84, 0x8B, 0x8C, 0xB9, 0xBA})
_SECRETS = frozenset({0xB2, 0xB4, 0xBA})


def _values(body: bytes) -> dict[str, Value]:
    cells, items = f.decode_items(body)
    values: dict[str, Value] = {} if cells is None else {"cell_voltages_mv": list(cells)}
    for id_, raw in items.items():
        item = f.ITEMS[id_]
        told = f.value_of(item, raw)
        if id_ in _SPECIAL:
            values |= _special(id_, told, _number(items, 0xC0))
        elif item.name and told is not None:
            values[item.name] = told
    return values


def _number(items: dict[int, bytes], id_: int) -> int:
    return int.from_bytes(items.get(id_, b""), "big")


def _special(id_: int, told: float | str | None, protocol: int) -> dict[str, Value]:
    if isinstance(told, str) or told is None:
        serial, model = v.names(told)
        return {key: text for key, text in (("serial", serial), ("model", model)) if text is not None}
    raw = int(told)
    match id_:
        case 0x84:
            return {"pack_current_a": v.charge_a(raw, protocol)}
        case 0x8B:
            return _wrong(raw)
        case 0x8C:
            return {"switches": {"charge": bool(raw & 1), "discharge": bool(raw & 2)}, "balancing_on": bool(raw & 4)}
        case 0xB9:
            return {"full_ah": raw} if raw else {}
        case _:
            warmth = v.degrees(raw)
            return {_TEMPERATURES[id_]: [warmth] if id_ == 0x82 else warmth}


def _wrong(bits: int) -> dict[str, Value]:
    found = v.warned(bits)
    conditions = {one for one in found if isinstance(one, Condition)}
    return {
        "alarms": in_order(conditions & v.WARNS),
        "protections": in_order(conditions - v.WARNS),
        "faults": in_order(one for one in found if isinstance(one, Fault)),
    }


class JkDecoder:
    """Machine that reads frames of a JK line one after another."""

    __slots__ = ("_asked",)

    def __init__(self) -> None:
        self._asked: int | None = None

    def expect(self, command: str) -> None:
        """Refuse replies to other commands than `command`, such as `06`.

        Raises:
            ParameterError: no such command.
        """
        known = [f"{one:02X}" for one in Command]
        if command.upper() not in known:
            raise ParameterError(f"JK has no command {command!r}; {hint(command, known)}")
        self._asked = int(command, 16)

    def read(self, frame: bytes, direction: Direction | None = None) -> Reading:
        """Read one frame.

        Raises:
            FrameError: damaged, a command or an item that is not known.
        """
        message = Message.decode(frame)
        if direction is not None and message.asks is not (direction is Direction.TO_BATTERY):
            raise FrameError(f"source {message.source:02X}: 00 is a pack, any other asks", at=9)
        command = _COMMANDS.get(message.command)
        if command is None:
            raise FrameError(f"command {message.command:02X} is not known", at=8)
        values: dict[str, Value] = {"command": f"{command.value:02X}"}
        try:
            return self._request(command, message, values) if message.asks else self._reply(command, message, values)
        except FrameError as error:
            # Offsets count the bytes of the items; the reader of the message sees the frame.
            raise FrameError(str(error), at=_AT + error.at) from error

    def _request(self, command: Command, message: Message, values: dict[str, Value]) -> Reading:
        name = command.name.lower()
        if command is Command.WRITE:
            return Reading(name, values | _values(message.body))
        if command is Command.READ and message.body[:1] not in (b"", b"\0"):
            values["item"] = f"{message.body[0]:02X}"
        return Reading(f"{name}_request", values)

    def _reply(self, command: Command, message: Message, values: dict[str, Value]) -> Reading:
        if self._asked is not None and command != self._asked:
            raise FrameError(f"the reply to {command.value:02X}, expected is {self._asked:02X}", at=8 - _AT)
        if command is Command.WRITE:
            return Reading("written", values | {"item": message.body[:1].hex().upper()})
        if command in (Command.ACTIVATE, Command.PASSWORD):
            return Reading(command.name.lower(), values)
        return Reading(command.name.lower(), values | _values(message.body))


class JkRedactor:
    """Takes the password, the device number and the maker's naming out of frames."""

    __slots__ = ()

    def redact(self, frame: bytes, direction: Direction | None = None) -> bytes:
        """See `Redactor.redact`."""
        del direction
        message = Message.decode(frame)
        body = bytearray(message.body)
        if message.command == Command.PASSWORD:
            _hide(body, 0, len(body))
        elif message.command in (Command.READ, Command.READ_ALL, Command.WRITE) and len(body) > 1:
            for id_, start, end in f.places(message.body):
                if id_ in _SECRETS:
                    _hide(body, start, end)
        return Message(
            message.command, bytes(body), message.source, message.kind, message.terminal, message.record
        ).encode()


def _hide(body: bytearray, start: int, end: int) -> None:
    body[start:end] = bytes(ord("X") if letter not in b"\0 " else letter for letter in body[start:end])
