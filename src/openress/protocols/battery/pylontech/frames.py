"""Pylontech low-voltage RS485: every INFO field as a table, of what is asked of one pack or of each.

The commands are those of V2.8 to V3.5. Old inverters poll 42 / 92 (with 4F and 44) for each pack, newer ones
61 / 62 / 63 (with 60) once for the group (see `systemframes`); both live in one framing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from openress.codec import DOWN, UP, Layout, blocks, coded, counted, dotted, flag, named_bits, text, wire
from openress.model import Condition, Confidence, Source

__all__ = [
    "ALARM_BLOCK",
    "FIRMWARE",
    "FLAGS",
    "LIMITS",
    "MANUFACTURER",
    "PACK_BLOCK",
    "RACK_ALARMS",
    "RACK_ANALOG",
    "SERIAL_NUMBER",
    "SET_LIMITS",
    "SYSTEM_PARAMETERS",
    "TOLERATED_LENGTHS",
    "AlarmBlock",
    "Command",
    "Firmware",
    "Level",
    "LimitsFrame",
    "Manufacturer",
    "PackBlock",
    "ReturnCode",
    "SerialNumber",
    "SetLimits",
    "SystemParameters",
]

V33 = Source("PYLON low voltage protocol RS485 V3.3, 2018-08-21", Confidence.VENDOR)
US2000 = Source("US2000B Plus and US3000 stacks, Tomcat42/pylontech-python", Confidence.CAPTURE)
US5000 = Source("US5000 and US3000C, python-pylontech issues 20, 31 and 42", Confidence.CAPTURE)


class Command(IntEnum):
    """CID2 of a request."""

    ANALOG = 0x42
    ALARMS = 0x44
    SYSTEM_PARAMETERS = 0x47
    PROTOCOL_VERSION = 0x4F
    MANUFACTURER = 0x51
    SYSTEM_INFORMATION = 0x60
    SYSTEM_ANALOG = 0x61
    SYSTEM_ALARMS = 0x62
    SYSTEM_LIMITS = 0x63
    SYSTEM_SHUTDOWN = 0x64
    LIMITS = 0x92
    SERIAL_NUMBER = 0x93
    SET_LIMITS = 0x94
    SWITCH_OFF = 0x95
    FIRMWARE = 0x96


class ReturnCode(IntEnum):
    """RTN of a reply (V3.3 table, 07 and E1 to E4 from its relatives)."""

    NORMAL = 0x00
    VERSION_ERROR = 0x01
    CHECKSUM_ERROR = 0x02
    LENGTH_CHECKSUM_ERROR = 0x03
    COMMAND_INVALID = 0x04
    COMMAND_FORMAT_ERROR = 0x05
    DATA_INVALID = 0x06
    NO_DATA = 0x07
    OPERATION_ERROR = 0x09
    ADDRESS_ERROR = 0x90
    INTERNAL_COMMUNICATION_ERROR = 0x91
    CID1_INVALID = 0xE1
    EXECUTION_FAILED = 0xE2
    DEVICE_FAULT = 0xE3
    NO_PERMISSION = 0xE4


TOLERATED_LENGTHS = frozenset({(8, 18)})
"""LENGTH said and INFO there of the V3.5 document's own example reply to 63; emulators copied it."""


class Level(StrEnum):
    """One byte of the alarm block: where a measurement lies."""

    NORMAL = "normal"
    LOW = "low"
    HIGH = "high"
    OTHER = "other"


LEVELS = {0x00: Level.NORMAL, 0x01: Level.LOW, 0x02: Level.HIGH, 0xF0: Level.OTHER}


@dataclass(frozen=True, slots=True)
class InfoFlags:
    """First byte of replies to 42, 44 and 47: what changed and was not read yet."""

    unread_switch_change: bool = flag(4, "INFOFLAG")
    unread_alarm_change: bool = flag(0, "INFOFLAG")


FLAGS = Layout(InfoFlags, source=V33)


@dataclass(frozen=True, slots=True)
class PackBlock:
    """Analog values of one pack (reply to 42)."""

    cell_voltages_mv: tuple[int, ...] = counted("h", note="cell 1 first")
    temperatures_c: tuple[float, ...] = counted(
        "H", step=0.1, zero=2731, note="1 = BMS board, then the cell groups; a sixth is the MOSFET (US3000B)"
    )
    pack_current_a: float = wire("h", step=0.1, saturate=True, source=US2000, note="+ charges; 100 mA, not 10 mA")
    pack_voltage_v: float = wire("H", step=0.001, saturate=True)
    remaining_16_ah: float | None = wire("H", step=0.001, absent=0xFFFF, saturate=True, key="remaining_ah")
    user_items: int = wire("B", key="", note="2: the 16-bit capacities hold; 4: the 24-bit ones follow")
    full_16_ah: float | None = wire("H", step=0.001, absent=0xFFFF, saturate=True, key="full_ah")
    cycles: int = wire("H", saturate=True)
    remaining_24_ah: float | None = wire("T", step=0.001, saturate=True, only_if=("user_items", 4), key="remaining_ah")
    full_24_ah: float | None = wire("T", step=0.001, saturate=True, only_if=("user_items", 4), key="full_ah")

    @property
    def remaining_ah(self) -> float | None:
        """Remaining capacity from whichever field carries it."""
        return self.remaining_16_ah if self.remaining_24_ah is None else self.remaining_24_ah

    @property
    def full_ah(self) -> float | None:
        """Total capacity from whichever field carries it."""
        return self.full_16_ah if self.full_24_ah is None else self.full_24_ah


PACK_BLOCK = Layout(PackBlock, source=V33)


@dataclass(frozen=True, slots=True)
class RackAnalog:
    """Analog values of all packs of the group (reply to 42 with INFO FF)."""

    packs: tuple[PackBlock, ...] = blocks(PACK_BLOCK)


RACK_ANALOG = Layout(RackAnalog, source=US2000)


@dataclass(frozen=True, slots=True)
class AlarmBlock:
    """Alarms, protections and switches of one pack (reply to 44)."""

    cell_levels: tuple[int, ...] = counted("B", key="", note="00 normal, 01 below, 02 above its limit, F0 other")
    temperature_levels: tuple[int, ...] = counted("B", key="", note="as cells; the order is that of 42")
    charge_current_level: Level = coded(LEVELS, other=Level.OTHER)
    pack_voltage_level: Level = coded(LEVELS, other=Level.OTHER)
    discharge_current_level: Level = coded(LEVELS, other=Level.OTHER)
    protections: frozenset[Condition] = named_bits(
        {
            7: Condition.PACK_UNDER_VOLTAGE,
            6: Condition.CHARGE_OVER_TEMPERATURE,
            5: Condition.DISCHARGE_OVER_TEMPERATURE,
            4: (Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2, Condition.SHORT_CIRCUIT),
            2: Condition.CHARGE_OVER_CURRENT,
            1: Condition.CELL_UNDER_VOLTAGE,
            0: (Condition.PACK_OVER_VOLTAGE, Condition.CELL_OVER_VOLTAGE),
        },
        note="status 1; there is no bit for cell over-voltage: module over-voltage stands for both",
    )
    using_battery_power: bool = flag(3, "status 2")
    discharge_switch: bool = flag(2, "status 2", key="")
    charge_switch: bool = flag(1, "status 2", key="")
    precharge_switch: bool = flag(0, "status 2", key="", note="unused by Pylontech")
    charging: bool = flag(7, "status 3", note="effective charge current, above 0.1 A")
    discharging: bool = flag(6, "status 3", note="effective discharge current, below -0.1 A")
    heater: bool = flag(5, "status 3", key="", note="unused by Pylontech")
    fully_charged: bool = flag(3, "status 3", note="SOC 100 %")
    buzzer: bool = flag(0, "status 3")
    faulty_cells_1_8: int = wire("B", key="", note="status 4, bit 0 = cell 1: above 4.2 V or below 1 V")
    faulty_cells_9_16: int = wire("B", key="", note="status 5, bit 0 = cell 9")


ALARM_BLOCK = Layout(AlarmBlock, source=V33, extra=1)
"""US3000 and US5000 packs send one more byte than the document (captured, always 00)."""


@dataclass(frozen=True, slots=True)
class RackAlarms:
    """Alarm blocks of all packs of the group (reply to 44 with INFO FF)."""

    packs: tuple[AlarmBlock, ...] = blocks(ALARM_BLOCK)


RACK_ALARMS = Layout(RackAlarms, source=V33)


@dataclass(frozen=True, slots=True)
class SystemParameters:
    """Thresholds of the pack (reply to 47)."""

    unread_switch_change: bool = flag(4, "INFOFLAG")
    unread_alarm_change: bool = flag(0, "INFOFLAG")
    cell_ov_protect_mv: int = wire("H", note="cell high voltage limit")
    cell_uv_alarm_mv: int = wire("H", note="cell low voltage limit")
    cell_uv_protect_mv: int = wire("H", note="cell under-voltage limit")
    charge_ot_protect_c: float = wire("h", step=0.1, zero=2731)
    charge_ut_protect_c: float = wire("h", step=0.1, zero=2731)
    charge_current_limit_a: float = wire(
        "h", step=0.1, saturate=True, rounding=DOWN, magnitude=True, source=US5000, note="0.1 A, not mA as printed"
    )
    pack_ov_protect_v: float = wire("H", step=0.001)
    pack_uv_alarm_v: float = wire("H", step=0.001)
    pack_uv_protect_v: float = wire("H", step=0.001)
    discharge_ot_protect_c: float = wire("h", step=0.1, zero=2731)
    discharge_ut_protect_c: float = wire("h", step=0.1, zero=2731)
    discharge_current_limit_a: float = wire(
        "h", step=-0.1, saturate=True, rounding=DOWN, magnitude=True, source=US5000, note="negative on the wire"
    )


SYSTEM_PARAMETERS = Layout(SystemParameters, source=V33)


@dataclass(frozen=True, slots=True)
class Manufacturer:
    """Who made the pack (reply to 51)."""

    model: str | None = text(10)
    software_version: str = dotted(2)
    manufacturer: str | None = text(20)


MANUFACTURER = Layout(Manufacturer, source=V33)


@dataclass(frozen=True, slots=True)
class LimitsFrame:
    """What one pack allows (reply to 92), 10 bytes."""

    pack: int = wire("B", note="ADR of the pack")
    charge_voltage_limit_v: float = wire("H", step=0.001, saturate=True, rounding=DOWN)
    discharge_voltage_limit_v: float = wire("H", step=0.001, saturate=True, rounding=UP)
    charge_current_limit_a: float = wire("h", step=0.1, saturate=True, rounding=DOWN, magnitude=True)
    discharge_current_limit_a: float = wire(
        "h", step=-0.1, saturate=True, rounding=DOWN, magnitude=True, source=US5000, note="negative on the wire"
    )
    charge_enabled: bool = flag(7, "status")
    discharge_enabled: bool = flag(6, "status")
    charge_immediately_1: bool = flag(5, "status", note="SOC 5-9 %, US2000B 15-19 %")
    charge_immediately_2: bool = flag(4, "status", note="SOC 9-13 %")
    full_charge_request: bool = flag(3, "status", note="not above 97 % for 30 days")


LIMITS = Layout(LimitsFrame, source=V33)


@dataclass(frozen=True, slots=True)
class SetLimits:
    """Limits told to a pack (request 94); the pack returns to its own after 10 s without it."""

    pack: int = wire("B")
    charge_voltage_limit_v: float = wire("H", step=0.001, rounding=DOWN)
    discharge_voltage_limit_v: float = wire("H", step=0.001, rounding=UP)
    charge_current_limit_a: float = wire("h", step=0.1, rounding=DOWN, magnitude=True)
    discharge_current_limit_a: float = wire("h", step=-0.1, rounding=DOWN, magnitude=True)


SET_LIMITS = Layout(SetLimits, source=V33)


@dataclass(frozen=True, slots=True)
class SerialNumber:
    """Bar code of one pack (reply to 93)."""

    pack: int = wire("B")
    serial: str | None = text(16)


SERIAL_NUMBER = Layout(SerialNumber, source=V33)


@dataclass(frozen=True, slots=True)
class Firmware:
    """Firmware of one pack (reply to 96)."""

    pack: int = wire("B")
    manufacturer_version: str = dotted(2)
    software_version: str = dotted(3, note="main line version")


FIRMWARE = Layout(Firmware, source=V33)
