"""Seplos v2 ASCII (VER 20) and its Boqiang relative (VER 26): commands, return codes and values as tables.

Voltages of the pack count 10 mV, unlike PACE and Pylontech; nothing in the frame tells which. Layouts that no source
prints are left out: telecontrol 45, setting 49, history 4B, clock 4D and 4E, and the answer for all packs on RS232.
Commands A0 (calibration), A1 (production setting) and A2 stay out too: the order of A1 is known from Bluetooth only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from openress.codec import Layout, coded, counted, dotted, flag, text, wire
from openress.model import Confidence, Source
from openress.protocols.battery.paceic import LEVELS, Level

__all__ = [
    "ALARM_BLOCK",
    "MANUFACTURER",
    "PACK_BLOCK",
    "RETURNS",
    "AlarmBlock",
    "Command",
    "Manufacturer",
    "PackBlock",
]

V20 = Source("SEPLOS BMS communication protocol V2.0", Confidence.VENDOR)
SP15 = Source("Seplos 1101-SP15 and a 16-cell pack, frames in syssi/esphome-seplos-bms", Confidence.CAPTURE)
BOQIANG = Source("Boqiang pack with version 26, frames in syssi/esphome-seplos-bms", Confidence.CAPTURE)

SEPLOS, BOQIANG_VERSION = 0x20, 0x26


class Command(IntEnum):
    """CID2 of a request."""

    ANALOG = 0x42
    ALARMS = 0x44
    SETTINGS = 0x47
    PROTOCOL_VERSION = 0x4F
    MANUFACTURER = 0x51


RETURNS = {
    0x00: "normal",
    0x01: "version_error",
    0x02: "checksum_error",
    0x03: "length_checksum_error",
    0x04: "command_invalid",
    0x05: "command_format_error",
    0x06: "data_invalid",
    0x07: "no_data",
    0xE1: "cid1_invalid",
    0xE2: "execution_failed",
    0xE3: "device_fault",
    0xE4: "no_permission",
}
"""RTN of a reply (V2.0, table 5)."""

KELVIN = 2731


@dataclass(frozen=True, slots=True)
class PackBlock:
    """Analog values of a pack (reply to 42)."""

    data_flag: int = wire("B", key="")
    group: int = wire("B", key="", note="always 01 in captures, whatever the address")
    cell_voltages_mv: tuple[int, ...] = counted("H")
    sensors_c: tuple[float, ...] = counted("H", step=0.1, zero=KELVIN, key="", note="cells, then ambient, then MOSFETs")
    pack_current_a: float = wire("h", step=0.01, saturate=True, note="+ charges")
    pack_voltage_v: float = wire("H", step=0.01, saturate=True, note="10 mV")
    remaining_ah: float = wire("H", step=0.01, saturate=True)
    items: int = wire("B", key="", note="10: Seplos; 2: Boqiang")
    full_2_ah: float | None = wire("H", step=0.01, saturate=True, only_if=("items", 2), key="full_ah", source=BOQIANG)
    cycles_2: int | None = wire("H", saturate=True, only_if=("items", 2), key="cycles", source=BOQIANG)
    full_10_ah: float | None = wire("H", step=0.01, saturate=True, only_if=("items", 10), key="full_ah")
    soc_pct: float | None = wire("H", step=0.1, saturate=True, only_if=("items", 10))
    design_ah: float | None = wire("H", step=0.01, saturate=True, only_if=("items", 10), note="rated capacity")
    cycles_10: int | None = wire("H", saturate=True, only_if=("items", 10), key="cycles")
    soh_pct: float | None = wire("H", step=0.1, saturate=True, only_if=("items", 10))
    port_voltage_v: float | None = wire("H", step=0.01, saturate=True, only_if=("items", 10), note="at the terminals")
    reserved_1: int | None = wire("H", only_if=("items", 10), key="")
    reserved_2: int | None = wire("H", only_if=("items", 10), key="")
    reserved_3: int | None = wire("H", only_if=("items", 10), key="")
    reserved_4: int | None = wire("H", only_if=("items", 10), key="")

    @property
    def full_ah(self) -> float | None:
        """Full capacity from whichever field carries it."""
        return self.full_2_ah if self.full_10_ah is None else self.full_10_ah

    @property
    def cycles(self) -> int | None:
        """Cycles from whichever field carries them."""
        return self.cycles_2 if self.cycles_10 is None else self.cycles_10


PACK_BLOCK = Layout(PackBlock, source=SP15)


@dataclass(frozen=True, slots=True)
class AlarmBlock:
    """Alarms, protections and switches of a pack (reply to 44); what the event bits mean stands in `events`."""

    data_flag: int = wire("B", key="")
    group: int = wire("B", key="", note="as in 42")
    cell_levels: tuple[int, ...] = counted("B", key="", note="00 normal, 01 below, 02 above its limit, F0 other")
    sensor_levels: tuple[int, ...] = counted("B", key="", note="as cells; the order is that of 42")
    current_level: Level = coded(LEVELS, other=Level.OTHER, note="charge and discharge share it")
    pack_voltage_level: Level = coded(LEVELS, other=Level.OTHER)
    custom: int = wire("B", key="", note="14h = 20: number of bytes that follow")
    event_1: int = wire("B", key="")
    event_2: int = wire("B", key="")
    event_3: int = wire("B", key="")
    event_4: int = wire("B", key="")
    event_5: int = wire("B", key="")
    event_6: int = wire("B", key="")
    heating: bool = flag(3, "on-off state", key="")
    limiting: bool = flag(2, "on-off state", key="")
    charge_switch: bool = flag(1, "on-off state", key="")
    discharge_switch: bool = flag(0, "on-off state", key="")
    balancing_1_8: int = wire("B", key="", note="bit 0 = cell 1")
    balancing_9_16: int = wire("B", key="")
    switched_off: bool = flag(5, "system state", key="")
    standby: bool = flag(4, "system state", key="")
    floating: bool = flag(2, "system state", key="")
    charging: bool = flag(1, "system state")
    discharging: bool = flag(0, "system state")
    disconnected_1_8: int = wire("B", key="", note="bit 0 = cell 1")
    disconnected_9_16: int = wire("B", key="")
    event_7: int = wire("B", key="")
    event_8: int = wire("B", key="")
    reserved_1: int = wire("H", key="")
    reserved_2: int = wire("H", key="")
    reserved_3: int = wire("H", key="")


ALARM_BLOCK = Layout(AlarmBlock, source=SP15)


@dataclass(frozen=True, slots=True)
class Manufacturer:
    """Who made the pack (reply to 51)."""

    model: str | None = text(10)
    software_version: str = dotted(2)
    manufacturer: str | None = text(20, note="some packs put their CAN protocol here: CANProtocol:Sofar")


MANUFACTURER = Layout(Manufacturer, source=SP15)
