"""Packs that answer as JK PB: records on order, settings when the keeper of their memory agrees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openress.codec.modbus import (
    ExceptionCode,
    ExceptionReply,
    Function,
    Request,
    WriteRegisters,
    WriteReply,
    decode_request,
    encode,
)
from openress.codec.modbusstream import Side
from openress.errors import FrameError, ParameterError
from openress.model import Freshness, PackSample, RackSample, freshness
from openress.protocols.base import ServerOptions
from openress.protocols.battery.jk_pb.access import SWITCHES
from openress.protocols.battery.jk_pb.frames import (
    MAX_PACKS,
    SETTINGS_BASE,
    TABLES,
    JkPbSplitter,
    Kind,
    Record,
    triggered,
)
from openress.protocols.battery.jk_pb.records import SETTINGS
from openress.protocols.battery.jk_pb.values import wire_values

__all__ = ["JkPbServer"]


class JkPbServer:
    """Machine that answers for every pack of a rack, pack number n at address n."""

    __slots__ = ("_options", "_splitter")

    def __init__(self, options: ServerOptions) -> None:
        self._options = options
        self._splitter = JkPbSplitter(Side.REQUESTS)

    def feed(self, data: bytes, rack: RackSample, now_s: float) -> list[bytes]:
        """Take bytes from the line; gives the answers to send, in order."""
        answers = (self._answer(frame, rack, now_s) for frame in self._splitter.feed_at(data, now_s))
        return [answer for answer in answers if answer is not None]

    def _answer(self, frame: bytes, rack: RackSample, now_s: float) -> bytes | None:
        try:
            request = decode_request(frame)
        except FrameError:
            return None
        sample = next((s for s in rack.packs if s.pack == request.address <= MAX_PACKS), None)
        if sample is None:
            return None
        kind = triggered(request)
        try:
            if kind is not None:
                return self._record(kind, sample, now_s)
            refused = self._write(request, sample.pack)
        except ParameterError:
            refused = ExceptionCode.DEVICE_FAILURE
        if refused is not None:
            return encode(ExceptionReply(request.address, frame[1], refused))
        if not isinstance(request, WriteRegisters):
            return None
        return encode(WriteReply(request.address, Function.WRITE_REGISTERS, request.start, len(request.data) // 2))

    def _record(self, kind: Kind, sample: PackSample, now_s: float) -> bytes | None:
        age = freshness(sample.at_s, now_s, fresh_for_s=self._options.fresh_for_s)
        if kind is Kind.LIVE and age is not Freshness.FRESH:
            return None
        values: Mapping[str, Any]
        if kind is Kind.SETTINGS:
            cells = sample.analog.cell_voltages_mv if sample.analog is not None else None
            values = {**self._parameters(sample.pack), "cells_in_series": len(cells) if cells else None}
        else:
            values = wire_values(sample, self._options.identity)
        table = TABLES[kind]
        payload = table.encode(values, 0, table.blocks[0].last + 1)
        return Record(kind, payload, sample.pack).encode()

    def _parameters(self, pack: int) -> Mapping[str, float]:
        memory = self._options.memory
        return self._options.parameters if memory is None else memory.parameters(pack)

    def _write(self, request: Request, pack: int) -> ExceptionCode | None:
        """Carry out a setting or a switch; gives why not."""
        if not isinstance(request, WriteRegisters):
            return ExceptionCode.ILLEGAL_FUNCTION
        offset, memory = request.start - SETTINGS_BASE, self._options.memory
        order = SWITCHES.get(offset)
        setting = len(request.data) == 4 and SETTINGS.writable(offset, 4)
        if len(request.data) != 4 or (order is None and not setting):
            return ExceptionCode.ILLEGAL_ADDRESS
        if memory is None:
            return ExceptionCode.ILLEGAL_FUNCTION
        if order is not None:
            reason = memory.control(pack, order, on=any(request.data))
        else:
            reason = memory.write(pack, SETTINGS.decode(offset, request.data[::-1]))
        return None if reason is None else ExceptionCode.ILLEGAL_VALUE
