"""Answering as the packs of a Modbus dialect, each at its own address of a shared line.

What it never does: answer a damaged frame or a frame for somebody else, tell measured values that are not fresh, tell
0 for what is not known, calibrate, or write what the keeper of the packs' memory refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from openress.codec.modbus import (
    MAX_REGISTERS,
    BitsReply,
    ExceptionCode,
    ExceptionReply,
    Function,
    ReadRequest,
    RegistersReply,
    Reply,
    Request,
    WriteCoils,
    WriteRegister,
    WriteRegisters,
    WriteReply,
    decode_request,
    encode,
)
from openress.codec.modbusstream import ModbusSplitter, Side
from openress.errors import FrameError, ParameterError
from openress.model import Freshness, PackSample, RackSample, freshness
from openress.protocols.access import PackMemory
from openress.protocols.base import ServerOptions
from openress.protocols.modbus.map import ModbusMap, Space
from openress.protocols.packvalues import pack_values

__all__ = ["ModbusServer", "Refusal"]

MAX_COILS = 2000
ECHO_S = 0.1
"""A frame identical to an answer sent so shortly before is the adapter's echo of it. The answer to a write of one
register is its request again, byte for byte, and would otherwise be carried out and answered without end."""


class Refusal(Exception):  # noqa: N818  # not an error: the answer to a request
    """A request is answered with an exception code."""

    def __init__(self, code: ExceptionCode) -> None:
        super().__init__(code.name)
        self.code = code


class ModbusServer:
    """Machine that answers for every pack of a rack.

    Args:
        dialect: the map.
        options: see `ServerOptions`; addresses are the dialect's own.
        address_of: the address at which pack number n is asked, `None` for a pack that has none.
    """

    __slots__ = ("_address_of", "_map", "_options", "_sent", "_splitter")

    def __init__(self, dialect: ModbusMap, options: ServerOptions, address_of: Callable[[int], int | None]) -> None:
        self._map = dialect
        self._options = options
        self._address_of = address_of
        self._splitter = ModbusSplitter(Side.REQUESTS, countless_writes=dialect.countless_writes)
        self._sent: dict[bytes, float] = {}

    def feed(self, data: bytes, rack: RackSample, now_s: float) -> list[bytes]:
        """Take bytes from the line; gives the answers to send, in order."""
        answers = []
        for frame in self._splitter.feed_at(data, now_s):
            if self._echoes(frame, now_s):
                continue
            answer = self._answer(frame, rack, now_s)
            if answer is not None:
                answers.append(encode(answer))
                self._sent[answers[-1]] = now_s
        return answers

    def _echoes(self, frame: bytes, now_s: float) -> bool:
        """Whether a frame is one of our answers coming back; it comes back once."""
        self._sent = {sent: at_s for sent, at_s in self._sent.items() if 0.0 <= now_s - at_s < ECHO_S}
        return self._sent.pop(frame, None) is not None

    def _answer(self, frame: bytes, rack: RackSample, now_s: float) -> Reply | None:
        try:
            request = decode_request(frame, countless_writes=self._map.countless_writes)
        except FrameError:
            return None
        sample = next((s for s in rack.packs if self._address_of(s.pack) == request.address), None)
        if sample is None:
            return None
        address = self._map.replies_from(request.address)
        try:
            if isinstance(request, ReadRequest):
                return self._read(request, address, sample, rack, now_s)
            return self._write(request, address, sample)
        except Refusal as refusal:
            return ExceptionReply(address, _function(request), refusal.code)
        except ParameterError:
            # The pack does not know a value of this window, and the wire cannot leave it out.
            return ExceptionReply(address, _function(request), ExceptionCode.DEVICE_FAILURE)

    def _read(
        self, request: ReadRequest, address: int, sample: PackSample, rack: RackSample, now_s: float
    ) -> Reply | None:
        special = self.special_read(request, sample)
        if special is not None:
            return RegistersReply(address, request.function, special)
        space = self._map.spaces.get(request.function)
        if space is None:
            raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)
        if not 0 < request.count <= (MAX_COILS if space.coils else MAX_REGISTERS):
            raise Refusal(ExceptionCode.ILLEGAL_VALUE)
        if not space.covers(request.start, request.count):
            raise Refusal(ExceptionCode.ILLEGAL_ADDRESS)
        if self._live(space, request) and not self._fresh(request, sample, rack, now_s):
            return None
        image = space.image(self.values(request, sample, rack), request.start, request.count)
        if space.coils:
            return BitsReply(address, image)
        return RegistersReply(address, request.function, image)

    def _live(self, space: Space, request: ReadRequest) -> bool:
        last = request.start + request.count - 1
        return any(block is not None and block.live for block in (space.block(request.start), space.block(last)))

    def _fresh(self, _request: ReadRequest, sample: PackSample, _rack: RackSample, now_s: float) -> bool:
        return freshness(sample.at_s, now_s, fresh_for_s=self._options.fresh_for_s) is Freshness.FRESH

    def values(self, _request: ReadRequest, sample: PackSample, _rack: RackSample) -> Mapping[str, Any]:
        """What the registers of a pack are filled from; a dialect adds what only it has."""
        return {**self.parameters(sample.pack), **pack_values(sample, self._options.identity)}

    def parameters(self, pack: int) -> Mapping[str, float]:
        """Settings of a pack: its own, or those of the product."""
        memory = self._options.memory
        return self._options.parameters if memory is None else memory.parameters(pack)

    def special_read(self, _request: ReadRequest, _sample: PackSample) -> bytes | None:
        """Registers that are no part of the map, such as records; `None` when the request is an ordinary one.

        Raises:
            Refusal: the request is understood and refused.
        """
        return None

    def special_write(self, _start: int, _data: bytes, _sample: PackSample, _memory: PackMemory | None) -> bool:
        """Carry out an order that is no setting, such as the clock; gives whether it was one.

        Raises:
            Refusal: the order is understood and refused.
        """
        return False

    def _write(self, request: Request, address: int, sample: PackSample) -> Reply:
        if isinstance(request, WriteRegister):
            start, data, function = request.register, request.value.to_bytes(2, "big"), Function.WRITE_REGISTER
        elif isinstance(request, WriteRegisters):
            start, data, function = request.start, request.data, Function.WRITE_REGISTERS
        else:
            raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)
        if function not in self._map.functions:
            raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)
        memory = self._options.memory
        if not self.special_write(start, data, sample, memory):
            self._set(start, data, sample.pack, memory)
        if isinstance(request, WriteRegister):
            return WriteRegister(address, request.register, request.value)
        return WriteReply(address, function, start, len(data) // 2)

    def _set(self, start: int, data: bytes, pack: int, memory: PackMemory | None) -> None:
        space = next(space for space in self._map.spaces.values() if not space.coils)
        if not space.table.writable(start, len(data) // 2):
            raise Refusal(ExceptionCode.ILLEGAL_ADDRESS)
        if memory is None:
            raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)
        done_or_refused(memory.write(pack, space.decode(start, len(data) // 2, data)))


def done_or_refused(reason: str | None) -> None:
    """Turn a refusal of the packs' memory into the answer that says so.

    Raises:
        Refusal: there is a reason.
    """
    if reason is not None:
        raise Refusal(ExceptionCode.ILLEGAL_VALUE)


def _function(request: Request) -> int:
    match request:
        case ReadRequest():
            return request.function
        case WriteRegister():
            return Function.WRITE_REGISTER
        case WriteCoils():
            return Function.WRITE_COILS
        case WriteRegisters():
            return Function.WRITE_REGISTERS
