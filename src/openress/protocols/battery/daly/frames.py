"""Daly A5: frames of thirteen bytes, and what their eight bytes of data hold.

    A5 address command 08 data8 sum8

The sender's address of a request is 40 (RS485, USB), 80 (Bluetooth) or 20 (GPRS); a reply carries 01. Numbers are
big-endian. Cells, temperatures and the battery code come in several frames, each with its number in front.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from openress.codec import Layout, coded, series, wire
from openress.codec.binframe import BinaryShape, BinarySplitter
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Confidence, Fault, Source

__all__ = [
    "ALARM_BITS",
    "BALANCE",
    "CELLS",
    "CODE",
    "COUNTS",
    "EXTREME_CELLS",
    "EXTREME_TEMPERATURES",
    "HOSTS",
    "PARTS",
    "PART_4",
    "RATED",
    "SIZE",
    "STATE",
    "TEMPERATURES",
    "TOTALS",
    "AlarmBit",
    "Balance",
    "Cells",
    "Code",
    "Command",
    "Counts",
    "ExtremeCells",
    "ExtremeTemperatures",
    "Frame",
    "Level",
    "Operation",
    "Rated",
    "State",
    "Temperatures",
    "Totals",
    "splitter",
]

PACK_16 = Source("16-cell pack, jblance/mpp-solar", Confidence.CAPTURE)
PART_4 = Source("Daly RS485 and UART protocol, part 4", Confidence.VENDOR)
DALYBMS = Source("dalybms 0.5", Confidence.OPEN)
DRIVER = Source("venus-os_dbus-serialbattery daly", Confidence.OPEN)

START = 0xA5
SIZE = 13
DATA = 8
PACK = 0x01
PC, BLUETOOTH, GPRS = 0x40, 0x80, 0x20
HOSTS = frozenset({PC, BLUETOOTH, GPRS})


class Command(IntEnum):
    """Third byte of a frame."""

    RATED = 0x50
    CODE = 0x57
    TOTALS = 0x90
    EXTREME_CELLS = 0x91
    EXTREME_TEMPERATURES = 0x92
    STATE = 0x93
    COUNTS = 0x94
    CELLS = 0x95
    TEMPERATURES = 0x96
    BALANCE = 0x97
    ALARMS = 0x98
    DISCHARGE_SWITCH = 0xD9
    CHARGE_SWITCH = 0xDA


PARTS = frozenset({Command.CELLS, Command.TEMPERATURES, Command.CODE})
"""Commands whose answer comes in several numbered frames."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A request or a reply."""

    address: int
    command: int
    data: bytes = bytes(DATA)

    def encode(self) -> bytes:
        """The thirteen bytes.

        Raises:
            ParameterError: other than eight bytes of data.
        """
        if len(self.data) != DATA:
            raise ParameterError(f"A Daly frame holds {DATA} bytes, not {len(self.data)}.")
        body = bytes((START, self.address, self.command, DATA)) + self.data
        return body + bytes((sum(body) & 0xFF,))

    @classmethod
    def decode(cls, frame: bytes) -> Frame:
        """Read a frame.

        Raises:
            FrameError: damaged.
        """
        if len(frame) != SIZE:
            raise FrameError(f"a Daly frame has {SIZE} bytes, not {len(frame)}", at=min(len(frame), SIZE))
        if frame[0] != START:
            raise FrameError(f"the frame begins with {frame[0]:02X} instead of A5", at=0)
        if frame[3] != DATA:
            raise FrameError(f"the length byte is {frame[3]:02X} instead of 08", at=3)
        computed = sum(frame[:-1]) & 0xFF
        if computed != frame[-1]:
            raise FrameError(f"checksum {frame[-1]:02X} is wrong, computed {computed:02X}", at=SIZE - 1)
        return cls(frame[1], frame[2], frame[4:-1])


_SHAPE = BinaryShape(
    4,
    lambda head: SIZE if head[0] == START and head[3] == DATA else None,
    lambda frame: sum(frame[:-1]) & 0xFF == frame[-1],
)


def splitter() -> BinarySplitter:
    """What finds requests and replies in a byte stream."""
    return BinarySplitter(_SHAPE)


class Operation(StrEnum):
    """What the pack does."""

    IDLE = "idle"
    CHARGING = "charging"
    DISCHARGING = "discharging"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Totals:
    """90."""

    pack_voltage_v: float = wire("H", step=0.1, saturate=True)
    gathered_voltage: int = wire("H", key="", note="0.1 V; 0 on every pack seen")
    pack_current_a: float = wire(
        "H", step=-0.1, zero=30000, saturate=True, source=PART_4, note="+ discharges on the wire; some clients differ"
    )
    soc_pct: float = wire("H", step=0.1, saturate=True)


TOTALS = Layout(Totals, source=PACK_16)


@dataclass(frozen=True, slots=True)
class ExtremeCells:
    """91."""

    cell_voltage_max_mv: int = wire("H")
    cell_voltage_max_cell: int = wire("B")
    cell_voltage_min_mv: int = wire("H")
    cell_voltage_min_cell: int = wire("B")
    left_over: int = wire("H", key="", note="what stood in the buffer before")


EXTREME_CELLS = Layout(ExtremeCells, source=PACK_16)

_ZERO_C = 40


@dataclass(frozen=True, slots=True)
class ExtremeTemperatures:
    """92."""

    temperature_max_c: float = wire("B", zero=_ZERO_C, saturate=True)
    temperature_max_sensor: int = wire("B")
    temperature_min_c: float = wire("B", zero=_ZERO_C, saturate=True)
    temperature_min_sensor: int = wire("B")
    left_over: int = wire("I", key="", note="what stood in the buffer before")


EXTREME_TEMPERATURES = Layout(ExtremeTemperatures, source=PACK_16)


@dataclass(frozen=True, slots=True)
class State:
    """93."""

    operation: Operation = coded(
        {0: Operation.IDLE, 1: Operation.CHARGING, 2: Operation.DISCHARGING}, other=Operation.OTHER
    )
    charge_switch: int = wire("B", key="", note="1 = closed")
    discharge_switch: int = wire("B", key="", note="1 = closed")
    life: int = wire("B", key="", note="a counter")
    remaining_ah: float = wire("I", step=0.001, saturate=True)


STATE = Layout(State, source=PACK_16)


@dataclass(frozen=True, slots=True)
class Counts:
    """94."""

    cells_in_series: int = wire("B")
    sensors: int = wire("B")
    charger: int = wire("B", key="", note="1 = connected")
    load: int = wire("B", key="", note="1 = connected")
    inputs: int = wire("B", key="", note="bits of DI1 to DI4 and DO1 to DO4")
    cycles: int = wire("H", saturate=True, source=DALYBMS)
    left_over: int = wire("B", key="")


COUNTS = Layout(Counts, source=PACK_16)


@dataclass(frozen=True, slots=True)
class Cells:
    """95: three cells; counted from 1 on the wire, from 0 in the document."""

    frame: int = wire("B")
    cell_voltages_mv: tuple[int, ...] = series("H")


CELLS = Layout(Cells, source=PACK_16, extra=1)
"""Seven bytes behind the number; the last one is left over."""


@dataclass(frozen=True, slots=True)
class Temperatures:
    """96: seven sensors; unused ones read as -40 C."""

    frame: int = wire("B")
    temperatures_c: tuple[float, ...] = series("B", zero=_ZERO_C)


TEMPERATURES = Layout(Temperatures, source=PACK_16)


@dataclass(frozen=True, slots=True)
class Balance:
    """97: one bit for each cell, bit 0 of the first byte = cell 1."""

    bytes_of_cells: tuple[int, ...] = series("B", key="")


BALANCE = Layout(Balance, source=PART_4)


@dataclass(frozen=True, slots=True)
class Rated:
    """50."""

    design_ah: float = wire("I", step=0.001, saturate=True)
    nominal_cell: int = wire("I", key="", note="nominal cell voltage; its place varies")


RATED = Layout(Rated, source=DRIVER)


@dataclass(frozen=True, slots=True)
class Code:
    """57: seven letters of the battery code, padded with blanks."""

    frame: int = wire("B")
    letters: tuple[int, ...] = series("B", key="")


CODE = Layout(Code, source=DRIVER)


class Level(StrEnum):
    """What an alarm bit says."""

    ALARM = "alarms"
    PROTECTION = "protections"
    FAULT = "faults"


@dataclass(frozen=True, slots=True)
class AlarmBit:
    """One bit of 98: byte and bit, the level of what it says, and what it may mean."""

    byte: int
    bit: int
    level: Level
    members: tuple[Condition | Fault, ...]


def _pair(byte: int, bit: int, *members: Condition) -> tuple[AlarmBit, AlarmBit]:
    """Level 1 warns, level 2 opens a switch."""
    return AlarmBit(byte, bit, Level.ALARM, members), AlarmBit(byte, bit + 1, Level.PROTECTION, members)


def _fault(byte: int, bit: int, *members: Fault) -> AlarmBit:
    return AlarmBit(byte, bit, Level.FAULT, members)


ALARM_BITS = (
    *_pair(0, 0, Condition.CELL_OVER_VOLTAGE),
    *_pair(0, 2, Condition.CELL_UNDER_VOLTAGE),
    *_pair(0, 4, Condition.PACK_OVER_VOLTAGE),
    *_pair(0, 6, Condition.PACK_UNDER_VOLTAGE),
    *_pair(1, 0, Condition.CHARGE_OVER_TEMPERATURE),
    *_pair(1, 2, Condition.CHARGE_UNDER_TEMPERATURE),
    *_pair(1, 4, Condition.DISCHARGE_OVER_TEMPERATURE),
    *_pair(1, 6, Condition.DISCHARGE_UNDER_TEMPERATURE),
    *_pair(2, 0, Condition.CHARGE_OVER_CURRENT),
    *_pair(2, 2, Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2),
    *_pair(2, 6, Condition.SOC_LOW),
    _fault(3, 0, Fault.CELL_IMBALANCE),
    _fault(3, 1, Fault.CELL_IMBALANCE),
    _fault(3, 2, Fault.TEMPERATURE_IMBALANCE),
    _fault(3, 3, Fault.TEMPERATURE_IMBALANCE),
    AlarmBit(4, 0, Level.ALARM, (Condition.MOS_OVER_TEMPERATURE,)),
    AlarmBit(4, 1, Level.ALARM, (Condition.MOS_OVER_TEMPERATURE,)),
    _fault(4, 2, Fault.TEMPERATURE_SENSOR),
    _fault(4, 3, Fault.TEMPERATURE_SENSOR),
    _fault(4, 4, Fault.CHARGE_SWITCH),
    _fault(4, 5, Fault.DISCHARGE_SWITCH),
    _fault(4, 6, Fault.CHARGE_SWITCH),
    _fault(4, 7, Fault.DISCHARGE_SWITCH),
    _fault(5, 0, Fault.SAMPLING),
    _fault(5, 1, Fault.CELL_SENSOR),
    _fault(5, 2, Fault.TEMPERATURE_SENSOR),
    _fault(5, 3, Fault.SYSTEM),
    _fault(5, 4, Fault.SYSTEM),
    _fault(5, 5, Fault.SYSTEM),
    _fault(5, 6, Fault.INTERNAL_COMMUNICATION),
    _fault(5, 7, Fault.INTERNAL_COMMUNICATION),
    _fault(6, 0, Fault.CURRENT_SENSOR),
    _fault(6, 1, Fault.SAMPLING),
    AlarmBit(6, 2, Level.PROTECTION, (Condition.SHORT_CIRCUIT,)),
)
"""98 by Daly's document: a bit says all of its members, and stands for any of them. State of charge too high (byte 2,
bits 4 and 5) is no alarm. A voltage too low for charging (6, 3) has no name here; byte 7 is a code of the maker."""
