"""Asking Seplos v3 packs: the readings of a cycle, and their settings."""

from __future__ import annotations

from openress.codec.modbus import Function
from openress.params.table import BY_KEY
from openress.protocols.battery.seplos3.maps import FIRST_COIL, MAX_PACKS, SEPLOS3, address_of
from openress.protocols.modbus import ModbusClient, RegisterParameters, Window

__all__ = ["seplos3_client", "seplos3_parameters"]

CYCLE = (
    Window("measurements", Function.READ_INPUT, 0x1000, 0x12, opens=("analog", "limits")),
    Window("cells", Function.READ_INPUT, 0x1100, 0x1A),
    Window("status", Function.READ_COILS, FIRST_COIL, 0x90, opens=("status",)),
)
RARELY = (Window("names and numbers", Function.READ_INPUT, 0x1700, 0x33, opens=("identity",)),)
"""All four as the maker's document reads them; longer readings were refused by real packs."""


def seplos3_client() -> ModbusClient:
    """The asking side; the master, pack 1, has address 0."""
    return ModbusClient(SEPLOS3, address_of, cycle=CYCLE, rarely=RARELY, max_packs=MAX_PACKS)


def seplos3_parameters() -> RegisterParameters:
    """The settings that the parameter table knows."""
    return RegisterParameters(SEPLOS3, address_of, BY_KEY)
