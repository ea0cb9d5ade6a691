"""Packs that answer as Daly boards, at 0xD2 and at 0x81 onwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from openress.codec.modbus import ExceptionCode, ReadRequest
from openress.model import PackSample, RackSample
from openress.protocols.access import PackMemory
from openress.protocols.base import ServerOptions
from openress.protocols.battery.daly_modbus.maps import (
    DALY_D2,
    DALY_ESS,
    ESS_PACKS,
    ORDERS,
    RUNNING,
    d2_address,
    ess_address,
)
from openress.protocols.modbus import ModbusMap, ModbusServer, Refusal
from openress.protocols.modbus.server import done_or_refused

__all__ = ["DalyModbusServer"]

STATUS, STATUS_LAST = 0x41, 0x7E


class _Board(ModbusServer):
    """One of the two maps."""

    __slots__ = ()

    def __init__(self, dialect: ModbusMap, options: ServerOptions, address_of: Callable[[int], int | None]) -> None:
        super().__init__(dialect, options, address_of)

    def values(self, request: ReadRequest, sample: PackSample, rack: RackSample) -> Mapping[str, Any]:
        """The pack's values in the forms of these maps.

        Raises:
            Refusal: an ESS board has something wrong, and which bits say so is not known: zeros would say that all
                is well.
        """
        status = sample.status
        asked = self._map is DALY_ESS and STATUS <= request.start <= STATUS_LAST
        if asked and status is not None and (status.alarms or status.protections or status.faults):
            raise Refusal(ExceptionCode.DEVICE_FAILURE)
        memory = self._options.memory
        values = {**super().values(request, sample, rack)}
        volts, amperes = values.get("pack_voltage_v"), values.get("pack_current_a")
        if "charging" in values:
            values[RUNNING] = 1 if values["charging"] else 2 if values["discharging"] else 0
        if volts is not None and amperes is not None:
            values["power_w"] = abs(volts * amperes)
        values["balance_state"] = int(bool(values.get("balancing_on")))
        values["heartbeat"] = 0
        values["clock"] = None if memory is None else memory.clock(sample.pack)
        values["rated_ah"] = values.get("design_ah")
        switches = values.get("switches") or {}
        values["charge_allowed"], values["discharge_allowed"] = switches.get("charge"), switches.get("discharge")
        return values

    def special_write(self, start: int, data: bytes, sample: PackSample, memory: PackMemory | None) -> bool:
        """The switches."""
        control = ORDERS[self._map.name].get(start)
        if control is None or len(data) != 2:
            return False
        if memory is None:
            raise Refusal(ExceptionCode.ILLEGAL_FUNCTION)
        value = int.from_bytes(data, "big")
        if value > 1:
            raise Refusal(ExceptionCode.ILLEGAL_VALUE)
        done_or_refused(memory.control(sample.pack, control, on=bool(value)))
        return True


def _d2(pack: int) -> int | None:
    return d2_address(pack) if pack == 1 else None


def _ess(pack: int) -> int | None:
    return ess_address(pack) if 1 <= pack <= ESS_PACKS else None


class DalyModbusServer:
    """Machine that answers for every pack of a rack: the first at 0xD2 too."""

    __slots__ = ("_boards",)

    def __init__(self, options: ServerOptions) -> None:
        self._boards = (_Board(DALY_D2, options, _d2), _Board(DALY_ESS, options, _ess))

    def feed(self, data: bytes, rack: RackSample, now_s: float) -> list[bytes]:
        """Take bytes from the line; gives the answers to send."""
        return [answer for board in self._boards for answer in board.feed(data, rack, now_s)]
