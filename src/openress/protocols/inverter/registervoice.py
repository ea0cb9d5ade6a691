"""A battery that inverters read as Modbus registers: one address, one map, one voice for the rack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from openress.codec.modbus import (
    MAX_REGISTERS,
    ExceptionCode,
    ExceptionReply,
    Function,
    ReadRequest,
    RegistersReply,
    Request,
    WriteRegister,
    WriteRegisters,
    WriteReply,
    decode_request,
)
from openress.codec.modbusstream import ModbusSplitter, Side
from openress.codec.modbuswords import may_answer
from openress.errors import FrameError, ParameterError
from openress.model import RackSample
from openress.protocols.base import Direction, Splitter, Value
from openress.protocols.inverter.polled import Call, Sort
from openress.protocols.inverter.told import LimitRules, Told
from openress.protocols.modbus import ModbusMap
from openress.protocols.packvalues import plain

__all__ = ["EVERY_CODE", "RegisterProfile", "RegisterVoice", "side_of", "splitter_of"]

BATTERY = 1
"""The address at which every battery of these dialects answers its inverter."""
EVERY_CODE: Mapping[ExceptionCode, int] = {code: code.value for code in ExceptionCode}
_REPLY_WITHIN_S = 0.25
"""An answer of somebody else's comes so soon after its question, or not at all."""


@dataclass(frozen=True, slots=True)
class RegisterProfile:
    """One dialect.

    Attributes:
        dialect: its map.
        rules: what limits its inverters take.
        values: what its registers are filled from.
        orders: runs of registers that an inverter may write, which changes nothing but what is heard.
        codes: how a refusal is told; one that is not named is silence.
    """

    dialect: ModbusMap
    rules: LimitRules
    values: Callable[[Told, RackSample], Mapping[str, Any]]
    orders: frozenset[tuple[int, int]] = frozenset()
    codes: Mapping[ExceptionCode, int] = field(default_factory=lambda: EVERY_CODE)


def side_of(direction: Direction | None) -> Side:
    """Whose frames a direction stands for."""
    if direction is None:
        return Side.BOTH
    return Side.REQUESTS if direction is Direction.TO_BATTERY else Side.REPLIES


def splitter_of(dialect: ModbusMap, direction: Direction | None) -> Splitter:
    """What finds the frames of a dialect, and questions that it refuses."""
    return ModbusSplitter(side_of(direction), word_counts=dialect.word_counts)


class RegisterVoice:
    """See `Voice`."""

    def __init__(self, profile: RegisterProfile, address: int = BATTERY) -> None:
        self._profile = profile
        self._map = profile.dialect
        self._address = address
        self._open: tuple[float, ReadRequest] | None = None
        self.rules = profile.rules

    def splitter(self) -> Splitter:
        """Finds requests and replies."""
        return splitter_of(self._map, None)

    def call(self, frame: bytes, now_s: float) -> Call:
        """Tell a question from another battery's answer."""
        if self._answers_open(frame, now_s):
            self._open = None
            return Call(Sort.ANSWER, frame[0])
        try:
            request = decode_request(frame)
        except FrameError:
            return self._answer_or_damage(frame)
        self._open = (now_s, request) if isinstance(request, ReadRequest) else None
        sort = Sort.QUESTION if request.address == self._address else Sort.OTHER
        return Call(sort, request.address, self._asked(request))

    def _answers_open(self, frame: bytes, now_s: float) -> bool:
        """Where replies can look like requests, a question that is open is answered before another is put."""
        if not self._map.word_counts or self._open is None:
            return False
        asked_s, request = self._open
        return 0.0 <= now_s - asked_s <= _REPLY_WITHIN_S and may_answer(request, frame)

    def _answer_or_damage(self, frame: bytes) -> Call:
        try:
            reply = self._map.read_reply(frame)
        except FrameError:
            return Call(Sort.DAMAGED)
        return Call(Sort.ANSWER, reply.address)

    def _asked(self, request: Request) -> dict[str, Value]:
        start = request.register if isinstance(request, WriteRegister) else request.start
        values: dict[str, Value] = {"address": request.address, "command": self._map.written(start)}
        if isinstance(request, ReadRequest):
            return values | {"count": request.count}
        space = self._map.read_by(Function.WRITE_REGISTERS)
        if isinstance(request, WriteRegisters) and space is not None:
            values |= plain(space.decode(request.start, len(request.data) // 2, request.data))
        return values

    def answer(self, frame: bytes, told: Told, rack: RackSample, now_s: float) -> bytes | None:
        """What the map says, or why not."""
        del now_s
        self._open = None
        request = decode_request(frame)
        found = self._read(request, told, rack) if isinstance(request, ReadRequest) else self._write(request)
        if not isinstance(found, ExceptionCode):
            return found
        code = self._profile.codes.get(found)
        return None if code is None else self._map.frame(ExceptionReply(self._address, frame[1], code))

    def _read(self, request: ReadRequest, told: Told, rack: RackSample) -> bytes | ExceptionCode:
        space = self._map.spaces.get(request.function)
        if space is None:
            return ExceptionCode.ILLEGAL_FUNCTION
        if not 0 < request.count <= MAX_REGISTERS:
            return ExceptionCode.ILLEGAL_VALUE
        if not space.covers(request.start, request.count):
            return ExceptionCode.ILLEGAL_ADDRESS
        try:
            image = space.image(self._profile.values(told, rack), request.start, request.count)
        except ParameterError:
            # A value of this window is not known, and the wire has no way to say so.
            return ExceptionCode.DEVICE_FAILURE
        return self._map.frame(RegistersReply(self._address, request.function, image))

    def _write(self, request: Request) -> bytes | ExceptionCode:
        if not isinstance(request, WriteRegisters) or Function.WRITE_REGISTERS not in self._map.functions:
            return ExceptionCode.ILLEGAL_FUNCTION
        count = len(request.data) // 2
        if (request.start, count) not in self._profile.orders:
            return ExceptionCode.ILLEGAL_ADDRESS
        return self._map.frame(WriteReply(self._address, Function.WRITE_REGISTERS, request.start, count))
