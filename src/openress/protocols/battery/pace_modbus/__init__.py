"""PACE Modbus RTU, both sides: registers 0 to 179 of V1.3, clock and records of V1.1."""

from openress.protocols.base import Parts
from openress.protocols.battery.pace_modbus.client import (
    PaceModbusClock,
    PaceModbusHistory,
    pace_modbus_client,
    pace_modbus_parameters,
)
from openress.protocols.battery.pace_modbus.registers import PACE_MODBUS
from openress.protocols.battery.pace_modbus.server import PaceModbusServer
from openress.protocols.modbus import ModbusDecoder, modbus_splitter

__all__ = [
    "PARTS",
    "PaceModbusClock",
    "PaceModbusHistory",
    "PaceModbusServer",
    "pace_modbus_client",
    "pace_modbus_parameters",
]


def _decoder() -> ModbusDecoder:
    return ModbusDecoder(PACE_MODBUS)


PARTS = Parts(
    decoder=_decoder,
    server=PaceModbusServer,
    client=pace_modbus_client,
    parameters=pace_modbus_parameters,
    clock=PaceModbusClock,
    splitter=modbus_splitter,
    history=PaceModbusHistory,
)
