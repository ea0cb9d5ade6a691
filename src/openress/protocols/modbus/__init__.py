"""What Modbus dialects share: reading frames against a map, answering from it, asking by it."""

from openress.protocols.modbus.client import ModbusClient, RegisterParameters, Window, opened
from openress.protocols.modbus.decode import ModbusDecoder
from openress.protocols.modbus.map import ModbusMap, Space
from openress.protocols.modbus.server import ModbusServer, Refusal

__all__ = [
    "ModbusClient",
    "ModbusDecoder",
    "ModbusMap",
    "ModbusServer",
    "Refusal",
    "RegisterParameters",
    "Space",
    "Window",
    "opened",
]
