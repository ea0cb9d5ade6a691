"""Reading the frames of a Modbus dialect: a reply tells no register, so it is read in the light of its request."""

from __future__ import annotations

from openress.codec.modbus import (
    BitsReply,
    ExceptionReply,
    Function,
    ReadRequest,
    RegistersReply,
    Reply,
    Request,
    WriteCoils,
    WriteRegister,
    WriteReply,
    decode_request,
    words,
)
from openress.codec.modbuswords import may_answer
from openress.errors import FrameError, ParameterError
from openress.names import hint
from openress.protocols.base import Direction, Reading, Value
from openress.protocols.modbus.map import ModbusMap, Space
from openress.protocols.packvalues import plain

__all__ = ["ModbusDecoder"]


class ModbusDecoder:
    """Machine that reads the frames of one line one after another."""

    __slots__ = ("_answered", "_asked", "_fixed", "_map")

    def __init__(self, dialect: ModbusMap) -> None:
        self._map = dialect
        self._asked: Request | None = None
        self._answered = False
        self._fixed: int | None = None

    def expect(self, command: str) -> None:
        """Read every reply as the answer to a reading of registers that begins at `command`.

        Raises:
            ParameterError: it is no number, or no register of this dialect.
        """
        blocks = [(space, block) for space in self._map.spaces.values() for block in space.table.blocks]
        starts = [
            self._map.written(space.base + 8 * block.first if space.coils else block.first) for space, block in blocks
        ]
        try:
            start = int(command, 0 if self._map.decimal or command[:2] in ("0x", "0X") else 16)
        except ValueError:
            raise ParameterError(f"{command!r} is no register of {self._map.name}; {hint(command, starts)}") from None
        if not any(space.block(start) is not None for space in self._map.spaces.values()):
            raise ParameterError(f"{self._map.name} has no register {command}; {hint(command, starts)}")
        self._fixed = start

    def read(self, data: bytes, direction: Direction | None = None) -> Reading:
        """Read one frame.

        Raises:
            FrameError: damaged, of a function or address this dialect does not have, or not the answer to what was
                asked last.
        """
        if direction is None:
            direction = self._direction(data)
        if direction is Direction.TO_BATTERY:
            request = decode_request(data, countless_writes=self._map.countless_writes)
            self._asked, self._answered = request, False
            return self._request(request)
        self._answered = True
        return self._reply(self._map.read_reply(data))

    def _direction(self, data: bytes) -> Direction:
        """A write of one register and its reply are the same bytes: the second of two is the reply.

        So is what has the shape of both where replies count registers in two bytes: a question that is open is answered
        first.
        """
        asked = self._asked
        if self._map.word_counts and not self._answered and isinstance(asked, ReadRequest) and may_answer(asked, data):
            return Direction.FROM_BATTERY
        try:
            request = decode_request(data, countless_writes=self._map.countless_writes)
        except FrameError:
            return Direction.FROM_BATTERY
        echoed = isinstance(request, WriteRegister) and request == self._asked
        return Direction.FROM_BATTERY if echoed else Direction.TO_BATTERY

    def _request(self, request: Request) -> Reading:
        start = request.register if isinstance(request, WriteRegister) else request.start
        values: dict[str, Value] = {"address": request.address, "command": self._map.written(start)}
        meant = self._map.aliases.get(start, start)
        if isinstance(request, ReadRequest):
            kind = _kind(self._space(request.function), meant)
            return Reading(f"{kind}_request", values | {"count": request.count})
        if isinstance(request, WriteCoils):
            return Reading("coils_write", values | {"count": request.count, "coils": request.data.hex().upper()})
        if isinstance(request, WriteRegister):
            data, function = request.value.to_bytes(2, "big"), Function.WRITE_REGISTER
        else:
            data, function = request.data, Function.WRITE_REGISTERS
        space = self._map.read_by(function) or next(iter(self._map.spaces.values()))
        told = self._told(space, meant, len(data) // 2, data)
        return Reading(f"{_kind(space, meant)}_write", values | told)

    def _reply(self, reply: Reply) -> Reading:
        values: dict[str, Value] = {"address": reply.address}
        match reply:
            case ExceptionReply():
                return Reading("refusal", values | {"function": reply.function, "reason": reply.reason})
            case WriteReply():
                told: dict[str, Value] = {"command": self._map.written(reply.start), "count": reply.count}
                return Reading("written", values | told)
            case WriteRegister():
                told = {"command": self._map.written(reply.register), "value": reply.value}
                return Reading("written", values | told)
            case BitsReply():
                return self._read_reply(Function.READ_COILS, reply.data, values, 8 * len(reply.data))
            case RegistersReply():
                return self._read_reply(reply.function, reply.data, values, len(reply.data) // 2)

    def _read_reply(self, function: Function, data: bytes, values: dict[str, Value], count: int) -> Reading:
        space = self._space(function)
        start = self._fixed
        if start is None:
            asked = self._asked
            if not isinstance(asked, ReadRequest):
                return Reading("registers", values | _raw(function, data))
            expected = (asked.count + 7) // 8 if space.coils else 2 * asked.count
            start = self._map.aliases.get(asked.start, asked.start)
            if start != asked.start:
                expected = len(data)
            if asked.function is not function or self._map.replies_from(asked.address) != values["address"]:
                raise FrameError("the reply does not belong to the last request", at=0)
            if len(data) != expected:
                raise FrameError(f"asked were {expected} bytes from {self._map.written(start)}", at=2)
            count = asked.count if space.coils else count
        return Reading(_kind(space, start), values | self._told(space, start, count, data))

    def _space(self, function: Function) -> Space:
        space = self._map.spaces.get(function)
        if space is None:
            raise FrameError(f"function {function:02X} reads nothing in {self._map.name}", at=1)
        return space

    def _told(self, space: Space, start: int, count: int, data: bytes) -> dict[str, Value]:
        told = plain(space.decode(start, count, data))
        return told or _raw(Function.READ_COILS if space.coils else Function.READ_HOLDING, data)


def _raw(function: Function, data: bytes) -> dict[str, Value]:
    """What nobody explains."""
    if function is Function.READ_COILS:
        return {"coils": data.hex().upper()}
    return {"registers": list(words(data))}


def _kind(space: Space, start: int) -> str:
    block = space.block(start)
    unknown = "coils" if space.coils else "registers"
    return unknown if block is None else block.name
