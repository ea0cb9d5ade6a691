"""Packs that answer as Seplos v3 boards; the master also tells the rack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from openress.codec.modbus import ExceptionCode, Function, ReadRequest
from openress.model import Freshness, PackSample, RackSample, freshness
from openress.model.history import HistoryRecord
from openress.protocols.access import PackMemory
from openress.protocols.base import ServerOptions
from openress.protocols.battery.seplos3.access import CLOCK, FIRST_RECORD, NEXT_RECORD, ORDERS
from openress.protocols.battery.seplos3.maps import (
    HISTORY,
    MAX_PACKS,
    RECORD,
    RECORD_LENGTH,
    REGISTERS,
    SEPLOS3,
    address_of,
)
from openress.protocols.battery.seplos3.rack import rack_values
from openress.protocols.modbus import ModbusServer, Refusal
from openress.protocols.modbus.server import done_or_refused

__all__ = ["Seplos3Server"]

RACK_FIRST = 0x2000
_UNRECORDED = {"switches": {"charge": False, "discharge": False}}
"""What our records do not keep, and a record has no way to leave out."""


def _address(pack: int) -> int | None:
    return address_of(pack) if 1 <= pack <= MAX_PACKS else None


class Seplos3Server(ModbusServer):
    """Machine that answers for every pack of a rack."""

    __slots__ = ("_shown",)

    def __init__(self, options: ServerOptions) -> None:
        super().__init__(SEPLOS3, options, _address)
        self._shown: dict[int, int] = {}
        """Number of the record that each pack told last."""

    def values(self, request: ReadRequest, sample: PackSample, rack: RackSample) -> Mapping[str, Any]:
        """The pack's values, or the rack's.

        Raises:
            Refusal: the rack was asked of a pack that is not the master.
        """
        if request.start >= RACK_FIRST:
            if sample is not rack.packs[0]:
                raise Refusal(ExceptionCode.ILLEGAL_ADDRESS)
            return rack_values(rack)
        memory = self._options.memory
        values = {**super().values(request, sample, rack)}
        values["clock"] = None if memory is None else memory.clock(sample.pack)
        values["software_version"] = "".join(c for c in values.get("software_version") or "" if c.isdigit())[:2]
        # The register has no permission beside it: a pack that must not be charged asks for 0 A.
        if values.get("charge_enabled") is False:
            values["charge_current_limit_a"] = 0.0
        if values.get("discharge_enabled") is False:
            values["discharge_current_limit_a"] = 0.0
        return values

    def _fresh(self, request: ReadRequest, sample: PackSample, rack: RackSample, now_s: float) -> bool:
        """The rack is as old as its oldest pack."""
        asked = rack.packs if request.start >= RACK_FIRST else (sample,)
        ages = (freshness(pack.at_s, now_s, fresh_for_s=self._options.fresh_for_s) for pack in asked)
        return all(age is Freshness.FRESH for age in ages)

    def special_read(self, request: ReadRequest, sample: PackSample) -> bytes | None:
        """A record: the start is fixed, the count says "first" or "next"."""
        if request.function is not Function.READ_INPUT or request.start != HISTORY:
            return None
        if request.count not in (FIRST_RECORD, NEXT_RECORD):
            raise Refusal(ExceptionCode.ILLEGAL_VALUE)
        memory = self._options.memory
        records = () if memory is None else memory.history(sample.pack)
        index = 0 if request.count == FIRST_RECORD else self._shown.get(sample.pack, -1) + 1
        if index >= len(records):
            raise Refusal(ExceptionCode.NO_HISTORY)
        self._shown[sample.pack] = index
        left = len(records) - index - 1
        return REGISTERS.encode(_record_values(records[index]) | {"records_left": left}, RECORD, RECORD_LENGTH)

    def special_write(self, start: int, data: bytes, sample: PackSample, memory: PackMemory | None) -> bool:
        """The clock and the switches."""
        order = ORDERS.get((start, int.from_bytes(data, "big"))) if len(data) == 2 else None
        clock = start == CLOCK and len(data) == 8
        if not clock and order is None:
            return False
        if memory is None:
            raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)
        if order is not None:
            control, on = order
            done_or_refused(memory.control(sample.pack, control, on=on))
            return True
        now = REGISTERS.decode(start, data).get("clock")
        if now is None:
            raise Refusal(ExceptionCode.ILLEGAL_VALUE)
        done_or_refused(memory.set_clock(sample.pack, now))
        return True


def _record_values(record: HistoryRecord) -> dict[str, Any]:
    values: dict[str, Any] = {item.name: getattr(record, item.name) for item in fields(HistoryRecord)}
    protections = record.protections or frozenset()
    values["protections"] = protections
    values["alarms"] = (record.conditions or frozenset()) - protections
    values["faults"] = record.faults or frozenset()
    return _UNRECORDED | values
