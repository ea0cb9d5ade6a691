"""Reading JK PB frames: orders, records with the answer behind them, and plain Modbus."""

from __future__ import annotations

from openress.codec.modbus import (
    ExceptionReply,
    ReadRequest,
    RegistersReply,
    Request,
    WriteRegister,
    WriteRegisters,
    WriteReply,
    decode_reply,
    decode_request,
    words,
)
from openress.errors import FrameError, ParameterError
from openress.names import hint
from openress.protocols.base import Direction, Reading, Value
from openress.protocols.battery.jk_pb.frames import HEAD, LIVE_BASE, SETTINGS_BASE, TRIGGERS, Kind, Record, triggered
from openress.protocols.battery.jk_pb.records import LIVE, SETTINGS
from openress.protocols.battery.jk_pb.values import record_values
from openress.protocols.packvalues import plain

__all__ = ["JkPbDecoder"]


class JkPbDecoder:
    """Machine that reads frames of one line one after another. A record says itself what it is."""

    __slots__ = ("_asked", "_expected")

    def __init__(self) -> None:
        self._asked: Request | None = None
        self._expected: Kind | None = None

    def expect(self, command: str) -> None:
        """Accept only records that `command`, such as `1620`, fetches.

        Raises:
            ParameterError: no such command.
        """
        known = {f"{register:04X}": kind for register, kind in TRIGGERS.items()}
        kind = known.get(command.upper().removeprefix("0X"))
        if kind is None:
            raise ParameterError(f"JK PB has no command {command!r}; {hint(command, known)}")
        self._expected = kind

    def read(self, data: bytes, direction: Direction | None = None) -> Reading:
        """Read one frame.

        Raises:
            FrameError: damaged, no JK PB frame, or another record than the expected one.
        """
        if data[:4] == HEAD and direction is not Direction.TO_BATTERY:
            return self._record(Record.decode(data))
        if direction is not Direction.FROM_BATTERY:
            try:
                request = decode_request(data)
            except FrameError:
                if direction is Direction.TO_BATTERY:
                    raise
            else:
                self._asked = request
                return _request(request)
        return self._reply(data)

    def _record(self, record: Record) -> Reading:
        if self._expected not in (None, record.kind):
            raise FrameError(f"a record of kind {record.kind.name.lower()}, expected was another", at=4)
        address: dict[str, Value] = {} if record.address is None else {"address": record.address}
        return Reading(record.kind.name.lower(), address | plain(record_values(record)))

    def _reply(self, data: bytes) -> Reading:
        told = decode_reply(data)
        values: dict[str, Value] = {"address": told.address}
        match told:
            case ExceptionReply():
                return Reading("refusal", values | {"function": told.function, "reason": told.reason})
            case WriteReply():
                confirmed: dict[str, Value] = {"command": f"{told.start:04X}", "count": told.count}
                return Reading("written", values | confirmed)
            case RegistersReply():
                return Reading("registers", values | self._registers(told))
            case _:
                raise FrameError(f"function {data[1]:02X} is not spoken by JK PB", at=1)

    def _registers(self, told: RegistersReply) -> dict[str, Value]:
        """One value of the Modbus view: its register is the offset in the record, its high byte comes first."""
        asked = self._asked
        if isinstance(asked, ReadRequest) and asked.address == told.address and 2 * asked.count == len(told.data):
            for base, table in ((SETTINGS_BASE, SETTINGS), (LIVE_BASE, LIVE)):
                value = table.decode(asked.start - base, told.data[::-1]) if asked.start >= base else {}
                if value and asked.start - base < 0x125:
                    return plain(value)
        return {"registers": list(words(told.data))}


def _request(request: Request) -> Reading:
    start = request.register if isinstance(request, WriteRegister) else request.start
    values: dict[str, Value] = {"address": request.address, "command": f"{start:04X}"}
    kind = triggered(request)
    if kind is not None:
        return Reading(f"{kind.name.lower()}_request", values)
    if isinstance(request, WriteRegisters):
        told: dict[str, Value] = {}
        if start >= SETTINGS_BASE and len(request.data) == 4:
            told = plain(SETTINGS.decode(start - SETTINGS_BASE, request.data[::-1]))
        return Reading("settings_write", values | (told or {"registers": list(words(request.data))}))
    if isinstance(request, ReadRequest):
        return Reading("registers_request", values | {"count": request.count})
    return Reading("write", values)
