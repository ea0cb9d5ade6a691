"""Daly Modbus RTU, both sides: the K/M/H/S series at 0xD2, and ESS boards asked at 0x81 and answering from 0x51."""

from openress.protocols.base import Parts
from openress.protocols.battery.daly_modbus.client import (
    DalyModbusControls,
    daly_ess_client,
    daly_modbus_client,
    daly_modbus_parameters,
)
from openress.protocols.battery.daly_modbus.decode import DalyModbusDecoder
from openress.protocols.battery.daly_modbus.maps import DALY_ESS
from openress.protocols.battery.daly_modbus.server import DalyModbusServer
from openress.protocols.modbus import modbus_splitter

__all__ = [
    "ESS_PARTS",
    "PARTS",
    "DalyModbusControls",
    "DalyModbusDecoder",
    "DalyModbusServer",
    "daly_ess_client",
    "daly_modbus_client",
    "daly_modbus_parameters",
]


def _ess_controls() -> DalyModbusControls:
    return DalyModbusControls(DALY_ESS)


PARTS = Parts(
    decoder=DalyModbusDecoder,
    server=DalyModbusServer,
    client=daly_modbus_client,
    parameters=daly_modbus_parameters,
    controls=DalyModbusControls,
    splitter=modbus_splitter,
)
ESS_PARTS = Parts(
    decoder=DalyModbusDecoder,
    server=DalyModbusServer,
    client=daly_ess_client,
    controls=_ess_controls,
    splitter=modbus_splitter,
)
