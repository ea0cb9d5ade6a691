"""Packs that answer PACE Modbus: what V1.1 adds to the plain map, the clock and the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from openress.codec.modbus import ExceptionCode, ReadRequest
from openress.model import Condition, PackSample, RackSample
from openress.model.history import HistoryRecord
from openress.protocols.access import PackMemory
from openress.protocols.base import ServerOptions
from openress.protocols.battery.pace_modbus.registers import (
    LOG_INDEX,
    LOG_LENGTH,
    LOG_RECORD,
    PACE_MODBUS,
    TABLE,
    address_of,
)
from openress.protocols.modbus import ModbusServer, Refusal
from openress.protocols.modbus.server import done_or_refused

__all__ = ["PaceModbusServer"]

CLOCK, CLOCK_SIZE = 56, 6
_UNRECORDED = {"switches": {"charge": False, "discharge": False}}
"""What our records do not keep, and a record has no way to leave out."""


def _address(pack: int) -> int | None:
    return address_of(pack) if 0 <= pack <= 15 else None


class PaceModbusServer(ModbusServer):
    """Machine that answers for every pack of a rack."""

    __slots__ = ("_selected",)

    def __init__(self, options: ServerOptions) -> None:
        super().__init__(PACE_MODBUS, options, _address)
        self._selected: dict[int, int] = {}
        """Number of the record that each pack shows in 201 to 233."""

    def values(self, request: ReadRequest, sample: PackSample, rack: RackSample) -> Mapping[str, Any]:
        """The pack's values with its clock."""
        memory = self._options.memory
        clock = None if memory is None else memory.clock(sample.pack)
        return {**super().values(request, sample, rack), "clock": clock}

    def special_read(self, request: ReadRequest, sample: PackSample) -> bytes | None:
        """A record, when the window lies in 201 to 233."""
        first, last = request.start, request.start + request.count - 1
        if not LOG_INDEX <= first <= last < LOG_RECORD + LOG_LENGTH:
            return None
        memory = self._options.memory
        index = self._selected.get(sample.pack, 0)
        if memory is None:
            raise Refusal(ExceptionCode.NO_RECORD)
        records = memory.history(sample.pack)
        if first == last == LOG_INDEX:
            return index.to_bytes(2, "big")
        if index >= len(records) or first < LOG_RECORD:
            raise Refusal(ExceptionCode.NO_RECORD)
        return TABLE.encode(_record_values(records[index]), first, request.count)

    def special_write(self, start: int, data: bytes, sample: PackSample, memory: PackMemory | None) -> bool:
        """The clock, and the number of the record to be shown."""
        if start == LOG_INDEX and len(data) == 2:
            if memory is None:
                raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)
            self._selected[sample.pack] = int.from_bytes(data, "big")
            return True
        if start != CLOCK or len(data) != CLOCK_SIZE:
            return False
        now = TABLE.decode(start, data).get("clock")
        if memory is None:
            raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)
        if now is None:
            raise Refusal(ExceptionCode.ILLEGAL_VALUE)
        done_or_refused(memory.set_clock(sample.pack, now))
        return True


def _record_values(record: HistoryRecord) -> dict[str, Any]:
    values: dict[str, Any] = {item.name: getattr(record, item.name) for item in fields(HistoryRecord)}
    protections: frozenset[Condition] = record.protections or frozenset()
    values["protections"] = protections
    values["alarms"] = (record.conditions or frozenset()) - protections
    values["faults"] = record.faults or frozenset()
    return _UNRECORDED | values
