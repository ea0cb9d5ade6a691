"""Seplos v3 (XZH-ElecTech) Modbus RTU, both sides: packs, the rack as its master tells it, settings, records."""

from openress.protocols.base import Parts
from openress.protocols.battery.seplos3.access import Seplos3Clock, Seplos3Controls, Seplos3History
from openress.protocols.battery.seplos3.client import seplos3_client, seplos3_parameters
from openress.protocols.battery.seplos3.maps import SEPLOS3
from openress.protocols.battery.seplos3.server import Seplos3Server
from openress.protocols.modbus import ModbusDecoder, modbus_splitter

__all__ = [
    "PARTS",
    "Seplos3Clock",
    "Seplos3Controls",
    "Seplos3History",
    "Seplos3Server",
    "seplos3_client",
    "seplos3_parameters",
]


def _decoder() -> ModbusDecoder:
    return ModbusDecoder(SEPLOS3)


PARTS = Parts(
    decoder=_decoder,
    server=Seplos3Server,
    client=seplos3_client,
    parameters=seplos3_parameters,
    clock=Seplos3Clock,
    history=Seplos3History,
    controls=Seplos3Controls,
    splitter=modbus_splitter,
)
