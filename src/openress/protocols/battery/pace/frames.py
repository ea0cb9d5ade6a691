"""PACE v25 ASCII: the measured values, alarms, records and switches of a pack as tables; settings are in `settings`."""

from __future__ import annotations

from dataclasses import dataclass

from openress.codec import Layout, blocks, coded, counted, flag, named_bits, text, wire
from openress.model import Confidence, Source
from openress.protocols.battery.pace.codes import FAULT_5, PROTECT_1, PROTECT_2, WARN_1, WARN_2, Told
from openress.protocols.battery.pace.codes import FAULT_8 as FAULT_8_BITS
from openress.protocols.battery.paceic import LEVELS, Level

__all__ = [
    "ALARM_BLOCK",
    "CAPACITY",
    "CHOICE",
    "CLOCK",
    "FAULT_8",
    "HISTORY",
    "LONG_ALARM_BLOCK",
    "PACK_BLOCK",
    "PACK_COUNT",
    "PACK_TOTALS",
    "RACK_ALARMS",
    "RACK_ANALOG",
    "RECORD_INDEX",
    "SERIAL_NUMBERS",
    "SWITCHED",
    "SYSTEM",
    "VERSION_TEXT",
    "AlarmBlock",
    "Capacity",
    "Choice",
    "Clock",
    "Fault8",
    "HistoryFrame",
    "LongAlarmBlock",
    "PackBlock",
    "PackCount",
    "PackTotals",
    "RackAlarms",
    "RackAnalog",
    "RecordIndex",
    "SerialNumbers",
    "Switched",
    "System",
    "VersionText",
]

RS232 = Source("PACE BMS RS232 protocol, 2018-07-05", Confidence.VENDOR)
RS232_31 = Source("PACE BMS RS232 protocol V3.1", Confidence.VENDOR)
P16S100A = Source("PbmsTools 2.4 and a P16S100A pack, frames in syssi/esphome-pace-bms", Confidence.CAPTURE)
PAIR = Source("15-cell pack read over RS232, frame in Interster/Battery4_8kW", Confidence.CAPTURE)

KELVIN = 2730
NO_SENSOR = 0x8000


@dataclass(frozen=True, slots=True)
class PackBlock:
    """Analog values of one pack (reply to 42, behind flag and pack)."""

    cell_voltages_mv: tuple[int, ...] = counted("H", note="cell 1 first")
    sensors_c: tuple[float | None, ...] = counted(
        "H", step=0.1, zero=KELVIN, absent=NO_SENSOR, key="", note="cells, then MOSFETs, then ambient"
    )
    pack_current_a: float = wire("h", step=0.01, saturate=True, note="+ charges")
    pack_voltage_v: float = wire("H", step=0.001, saturate=True)
    remaining_ah: float = wire("H", step=0.01, saturate=True)
    items: int = wire("B", key="", note="how many of the following there are: 2, 3 or 9")
    full_ah: float | None = wire("H", step=0.01, saturate=True, from_count=("items", 1))
    cycles: int | None = wire("H", saturate=True, from_count=("items", 2))
    design_ah: float | None = wire("H", step=0.01, saturate=True, from_count=("items", 3))
    soc_pct: float | None = wire("B", saturate=True, from_count=("items", 4), source=RS232_31)
    charged_ah: float | None = wire("I", from_count=("items", 5), source=RS232_31, note="unit not verified")
    discharged_ah: float | None = wire("I", from_count=("items", 6), source=RS232_31, note="unit not verified")
    soh_pct: float | None = wire("B", saturate=True, from_count=("items", 7), source=RS232_31)
    second_voltage_v: float | None = wire(
        "H", step=0.001, saturate=True, from_count=("items", 8), source=RS232_31, note="measured elsewhere in the pack"
    )
    second_current_a: float | None = wire(
        "h", step=0.01, saturate=True, from_count=("items", 9), source=RS232_31, note="measured elsewhere in the pack"
    )


PACK_BLOCK = Layout(PackBlock, source=P16S100A)


@dataclass(frozen=True, slots=True)
class PackTotals:
    """Eight bytes that some packs append to 42; not counted among the items."""

    summary_remaining_ah: float = wire("I", step=0.01, note="of the whole rack by the document; not verified")
    summary_full_ah: float = wire("I", step=0.01, note="as above")


PACK_TOTALS = Layout(PackTotals, source=PAIR)


@dataclass(frozen=True, slots=True)
class RackAnalog:
    """Analog values of all packs (reply to 42 with INFO FF, behind the flag)."""

    packs: tuple[PackBlock, ...] = blocks(PACK_BLOCK)


RACK_ANALOG = Layout(RackAnalog, source=RS232)


@dataclass(frozen=True, slots=True)
class AlarmBlock:
    """Alarms, protections and switches of one pack (reply to 44, behind flag and pack)."""

    cell_levels: tuple[int, ...] = counted("B", key="", note="00 normal, 01 below, 02 above its limit, F0 other")
    sensor_levels: tuple[int, ...] = counted("B", key="", note="as cells; the order is that of 42")
    charge_current_level: Level = coded(LEVELS, other=Level.OTHER)
    pack_voltage_level: Level = coded(LEVELS, other=Level.OTHER)
    discharge_current_level: Level = coded(LEVELS, other=Level.OTHER)
    protect_1: Told = named_bits(PROTECT_1, key="")
    protect_2: Told = named_bits(PROTECT_2, key="", note="bit 7 is a state, not a protection")
    heater: bool = flag(7, "indicator", key="")
    shut_down: bool = flag(6, "indicator", key="", source=RS232_31)
    charger_present: bool = flag(5, "indicator", note="ACin: also set while the charge switch is open (captured)")
    reversed_poles: bool = flag(4, "indicator", key="")
    supplying: bool = flag(3, "indicator", note="the pack feeds a load")
    discharge_switch: bool = flag(2, "indicator", key="")
    charge_switch: bool = flag(1, "indicator", key="")
    current_limiting: bool = flag(0, "indicator", key="", note="one implementation reads it the other way round")
    led_alarm_off: bool = flag(5, "control", note="99 07 sets it, 99 06 clears it (captured)")
    limiter_off: bool = flag(4, "control", note="99 0B sets it, 99 0A clears it (captured)")
    limiter_low_gear: bool = flag(3, "control", note="99 09 sets it, 99 08 clears it (captured)")
    discharge_ordered_off: bool = flag(2, "control", note="seen after 9B 01; not in the document")
    charge_ordered_off: bool = flag(1, "control", note="seen after 9A 01; not in the document")
    buzzer: bool = flag(0, "control", note="99 0D sets it, 99 0C clears it (captured)")
    fault_5: Told = named_bits(FAULT_5, key="")
    balancing_1_8: int = wire("B", key="", note="bit 0 = cell 1; one implementation reads cells 9 to 16 first")
    balancing_9_16: int = wire("B", key="")
    warn_1: Told = named_bits(WARN_1, key="")
    warn_2: Told = named_bits(WARN_2, key="")


ALARM_BLOCK = Layout(AlarmBlock, source=P16S100A)


@dataclass(frozen=True, slots=True)
class LongAlarmBlock(AlarmBlock):
    """The block with the tail of newer packs."""

    fault_8: Told | None = named_bits(FAULT_8_BITS, key="", optional=True, source=RS232_31)
    indicator_9: int | None = wire("B", key="", optional=True, source=RS232_31, note="meaning not published")
    active_balancing_1_8: int | None = wire("B", key="", optional=True, source=RS232_31, note="bit 0 = cell 1")
    active_balancing_9_16: int | None = wire("B", key="", optional=True, source=RS232_31)
    fault_10: int | None = wire("B", key="", optional=True, source=RS232_31, note="meaning not published")


LONG_ALARM_BLOCK = Layout(LongAlarmBlock, source=P16S100A)


@dataclass(frozen=True, slots=True)
class RackAlarms:
    """Alarm blocks of all packs (reply to 44 with INFO FF, behind the flag); only blocks without the newer tail."""

    packs: tuple[AlarmBlock, ...] = blocks(ALARM_BLOCK)


RACK_ALARMS = Layout(RackAlarms, source=RS232)


@dataclass(frozen=True, slots=True)
class Fault8:
    """Fault byte 8 alone, for records that may hold a filler instead."""

    told: Told = named_bits(FAULT_8_BITS)


FAULT_8 = Layout(Fault8, source=RS232_31)


@dataclass(frozen=True, slots=True)
class Capacity:
    """Capacities (reply to A6)."""

    remaining_ah: float = wire("H", step=0.01, saturate=True)
    full_ah: float = wire("H", step=0.01, saturate=True)
    design_ah: float = wire("H", step=0.01, saturate=True)


CAPACITY = Layout(Capacity, source=P16S100A)


@dataclass(frozen=True, slots=True)
class Clock:
    """Calendar clock (reply to B1, request B2)."""

    year: int = wire("B", zero=-2000)
    month: int = wire("B")
    day: int = wire("B")
    hour: int = wire("B")
    minute: int = wire("B")
    second: int = wire("B")


CLOCK = Layout(Clock, source=P16S100A)


@dataclass(frozen=True, slots=True)
class HistoryFrame:
    """One record (reply to A1); bytes that an older pack fills with FF are absent."""

    year: int = wire("B", zero=-2000, key="")
    month: int = wire("B", key="")
    day: int = wire("B", key="")
    hour: int = wire("B", key="")
    minute: int = wire("B", key="")
    second: int = wire("B", key="")
    cell_voltages_mv: tuple[int, ...] = counted("H")
    sensors_c: tuple[float | None, ...] = counted("H", step=0.1, zero=KELVIN, absent=NO_SENSOR, key="")
    pack_current_a: float = wire("h", step=0.01, saturate=True)
    pack_voltage_v: float = wire("H", step=0.001, saturate=True)
    remaining_ah: float = wire("H", step=0.01, saturate=True)
    full_ah: float = wire("H", step=0.01, saturate=True)
    protect_1: Told = named_bits(PROTECT_1, key="")
    protect_2: Told = named_bits(PROTECT_2, key="")
    fault_5: Told = named_bits(FAULT_5, key="")
    warn_1: Told = named_bits(WARN_1, key="")
    warn_2: Told = named_bits(WARN_2, key="")
    indicator_3: int | None = wire("B", absent=0xFF, key="", note="as the indicator of 44")
    cycles: int | None = wire("H", absent=0xFFFF, saturate=True)
    fault_8: int | None = wire("B", absent=0xFF, key="", source=RS232_31)
    fault_10: int | None = wire("B", absent=0xFF, key="", source=RS232_31)
    status_record: int | None = wire("H", absent=0xFFFF, key="", source=RS232_31, note="meaning not published")


HISTORY = Layout(HistoryFrame, source=P16S100A)


@dataclass(frozen=True, slots=True)
class RecordIndex:
    """Which record (request A1), 0 = newest; a pack holds about 400."""

    index: int = wire("H")


RECORD_INDEX = Layout(RecordIndex, source=P16S100A)


@dataclass(frozen=True, slots=True)
class PackCount:
    """How many packs there are (reply to 90)."""

    modules: int = wire("B")


PACK_COUNT = Layout(PackCount, source=RS232)


@dataclass(frozen=True, slots=True)
class VersionText:
    """Version in words (reply to C1); newer packs append the name of their Bluetooth module."""

    software_version: str | None = text(20, note="P16S100A-1812-1.00: board and version")
    bluetooth_name: str | None = text(20, optional=True, source=RS232_31)


VERSION_TEXT = Layout(VersionText, source=P16S100A)


@dataclass(frozen=True, slots=True)
class SerialNumbers:
    """Serial numbers of board and pack (reply to C2)."""

    board_serial: str | None = text(20)
    pack_serial: str | None = text(20, optional=True)


SERIAL_NUMBERS = Layout(SerialNumbers, source=P16S100A)


@dataclass(frozen=True, slots=True)
class Choice:
    """Inverter protocols of a pack (reply to EB, request EC); numbers are PACE's own."""

    can: int | None = wire("B", absent=0xFF, note="FF: none when read, leave as it is when written")
    rs485: int | None = wire("B", absent=0xFF, note="as above")
    manual: int | None = wire("B", absent=0xFF, key="", note="00 automatic, 01 by hand")

    @property
    def automatic(self) -> bool | None:
        """Whether the pack finds the protocol by itself."""
        return None if self.manual is None else self.manual == 0


CHOICE = Layout(Choice, source=P16S100A)


@dataclass(frozen=True, slots=True)
class Switched:
    """What was switched, and the control byte after it (reply to 99)."""

    switching: int = wire("B", key="")
    led_alarm_off: bool = flag(5, "control")
    limiter_off: bool = flag(4, "control")
    limiter_low_gear: bool = flag(3, "control")
    discharge_ordered_off: bool = flag(2, "control")
    charge_ordered_off: bool = flag(1, "control")
    buzzer: bool = flag(0, "control")


SWITCHED = Layout(Switched, source=P16S100A)


@dataclass(frozen=True, slots=True)
class System:
    """The indicator byte of 44 alone (reply to 9A and 9B, also when refused)."""

    heater: bool = flag(7, "indicator")
    shut_down: bool = flag(6, "indicator")
    charger_present: bool = flag(5, "indicator")
    reversed_poles: bool = flag(4, "indicator")
    supplying: bool = flag(3, "indicator")
    discharge_switch: bool = flag(2, "indicator")
    charge_switch: bool = flag(1, "indicator")
    current_limiting: bool = flag(0, "indicator")


SYSTEM = Layout(System, source=P16S100A)
