"""Asking Daly boards, and switching them."""

from __future__ import annotations

from openress.codec.modbus import Function, WriteRegister, encode
from openress.errors import ParameterError
from openress.params.table import BY_KEY
from openress.protocols.access import Control
from openress.protocols.base import Query
from openress.protocols.battery.daly_modbus.maps import (
    DALY_D2,
    DALY_ESS,
    ESS_PACKS,
    ORDERS,
    RUNNING,
    d2_address,
    ess_address,
)
from openress.protocols.modbus import ModbusClient, ModbusMap, RegisterParameters, Window
from openress.protocols.modbus.client import written
from openress.protocols.registertable import Values

__all__ = ["DalyModbusControls", "daly_ess_client", "daly_modbus_client", "daly_modbus_parameters"]

READ = Function.READ_HOLDING
D2_CYCLE = (Window("measurements", READ, 0x00, 0x3E, opens=("analog", "status")),)
D2_RARELY = (Window("versions", READ, 0xA9, 16, opens=("identity",)),)
"""The temperatures of switches and board, 0x42 and 0x43, are not asked for: not every board answers."""
ESS_CYCLE = (
    Window("cells", READ, 0x00, 0x40, opens=("analog",)),
    Window("status", READ, 0x41, 0x3E, opens=("status",)),
)
ESS_RARELY = (Window("names and numbers", READ, 0x178, 0x4A, opens=("identity",)),)


def _adapted(values: Values) -> Values:
    running = values.pop(RUNNING, None)
    if running is not None:
        values |= {"charging": running == 1, "discharging": running == 2}
    return values


def daly_modbus_client() -> ModbusClient:
    """The asking side for the one board at 0xD2."""
    return ModbusClient(DALY_D2, d2_address, cycle=D2_CYCLE, rarely=D2_RARELY, max_packs=1, adapt=_adapted)


def daly_ess_client() -> ModbusClient:
    """The asking side for ESS boards; pack 1 is asked at 0x81 and answers from 0x51."""
    return ModbusClient(DALY_ESS, ess_address, cycle=ESS_CYCLE, rarely=ESS_RARELY, max_packs=ESS_PACKS, adapt=_adapted)


def daly_modbus_parameters() -> RegisterParameters:
    """Settings of a board at 0xD2, each written by itself: the vendor's block write has no count byte."""
    return RegisterParameters(DALY_D2, d2_address, BY_KEY, single=True)


class DalyModbusControls:
    """Switching of a board; at 0xD2 unless another map is given."""

    def __init__(self, dialect: ModbusMap = DALY_D2) -> None:
        self._map = dialect
        self._address_of = d2_address if dialect is DALY_D2 else ess_address
        self._orders = {control: register for register, control in ORDERS[dialect.name].items()}
        self.controls = frozenset(self._orders)

    def control_query(self, pack: int, control: Control, *, on: bool) -> Query:
        """Order to switch.

        Raises:
            ParameterError: the board has no such order.
        """
        if control not in self._orders:
            raise ParameterError(f"{self._map.name} cannot switch {control}.")
        address = self._address_of(pack)
        frame = encode(WriteRegister(address, self._orders[control], int(on)))
        mirrored = self._map.replies_from(address) == address
        return Query(f"{control} {'on' if on else 'off'}", pack, frame, mirrored=mirrored)

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to the order."""
        written(self._map, query, reply)
