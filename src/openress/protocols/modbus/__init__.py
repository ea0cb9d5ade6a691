"""What Modbus dialects share: reading frames against a map, answering from it, asking by it."""

from openress.protocols.modbus.client import ModbusClient, RegisterParameters, Window, opened
from openress.protocols.modbus.decode import ModbusDecoder
from openress.protocols.modbus.map import ModbusMap, Space
from openress.protocols.modbus.server import ModbusServer, Refusal
from openress.protocols.modbus.splitting import modbus_splitter, side_of

__all__ = [
    "ModbusClient",
    "ModbusDecoder",
    "ModbusMap",
    "ModbusServer",
    "Refusal",
    "RegisterParameters",
    "Space",
    "Window",
    "modbus_splitter",
    "opened",
    "side_of",
]
