"""JBD UP16S rack packs: the frame, and what each block of addresses holds.

    address function start16 end16 length16 data CRC16       78 reads, 79 writes, 45 asks one pack for its own state

Requests and replies have the same form: a read without data asks, one with data answers; a write is the other way
round. Numbers are big-endian, the CRC is Modbus's (low byte first). Pack 1 is the master and answers for the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from struct import Struct

from openress.codec import DOWN, UP, Layout, coded, flag, named_bits, series, text, wire
from openress.codec.binframe import BinaryShape, BinarySplitter
from openress.codec.modbus import crc16
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Confidence, Fault, Source

__all__ = [
    "CLOCK",
    "FAULTS",
    "LIVE",
    "OWN",
    "PRODUCT",
    "WORDS",
    "WRITE_MARK",
    "Block",
    "Clock",
    "Function",
    "Live",
    "Message",
    "Operation",
    "Own",
    "Product",
    "Words",
    "splitter",
]

TWO_PACKS = Source("JBD-UP16S020, two packs, syssi/esphome-jbd-bms", Confidence.CAPTURE)
DRIVER = Source("venus-os_dbus-serialbattery lltjbd_up16s and syssi/esphome-jbd-bms jbd_bms_up", Confidence.OPEN)
COMPARED = Source("captures of 45 and 78 1000 of one pack within ten seconds, compared", Confidence.INFERENCE)
OURS = Source("a sensor that is not there", Confidence.OURS)

_HEAD = Struct(">BBHHH")
_AROUND = _HEAD.size + 2
_LONGEST = 512
"""More data than any block has; a longer announcement is noise."""

WRITE_MARK = b"\x11JBD"
"""What the data of a write begin with."""


class Function(IntEnum):
    """Function codes; 42, 46, 47 and 50 pass between packs and are not ours to send."""

    OWN_STATE = 0x45
    READ = 0x78
    WRITE = 0x79


class Block(IntEnum):
    """Start addresses."""

    OWN = 0x0000
    LIVE = 0x1000
    PROTECTION = 0x1800
    PRODUCT = 0x1C00
    CAPACITY = 0x2000
    CLOCK = 0x2800
    MOS = 0x2902


ENDS = {Block.OWN: 0x0054, Block.LIVE: 0x10A0, Block.PRODUCT: 0x1CA0, Block.CLOCK: 0x280F, Block.MOS: 0x2904}
"""End addresses as captured; the end is not the start plus the number of bytes that come."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a reply."""

    address: int
    function: int
    start: int
    end: int
    data: bytes = b""

    @classmethod
    def ask(cls, address: int, block: Block) -> Message:
        """The request for a block."""
        return cls(address, Function.OWN_STATE if block is Block.OWN else Function.READ, block, ENDS[block])

    @property
    def asks(self) -> bool:
        """Whether this is a request."""
        return bool(self.data) == (self.function == Function.WRITE)

    def encode(self) -> bytes:
        """The frame.

        Raises:
            ParameterError: more data than a frame holds.
        """
        if len(self.data) > _LONGEST:
            raise ParameterError(f"A JBD UP16S frame holds at most {_LONGEST} bytes, not {len(self.data)}.")
        body = _HEAD.pack(self.address, self.function, self.start, self.end, len(self.data)) + self.data
        return body + crc16(body).to_bytes(2, "little")

    @classmethod
    def decode(cls, frame: bytes) -> Message:
        """Read a frame.

        Raises:
            FrameError: damaged, or of another function.
        """
        if len(frame) < _AROUND:
            raise FrameError(f"the frame has {len(frame)} bytes, the shortest has {_AROUND}", at=len(frame))
        address, function, start, end, length = _HEAD.unpack_from(frame)
        if function not in _FUNCTIONS:
            raise FrameError(f"function {function:02X} is none of 45, 78 and 79", at=1)
        if length != len(frame) - _AROUND:
            raise FrameError(f"the length says {length} bytes of data, there are {len(frame) - _AROUND}", at=6)
        computed = crc16(frame[:-2]).to_bytes(2, "little")
        if computed != frame[-2:]:
            wrong = frame[-2:].hex().upper()
            raise FrameError(f"CRC {wrong} is wrong, computed {computed.hex().upper()}", at=len(frame) - 2)
        return cls(address, function, start, end, frame[_HEAD.size : -2])


_FUNCTIONS = frozenset(Function)


def _length(head: bytes) -> int | None:
    length = head[6] << 8 | head[7]
    return length + _AROUND if head[1] in _FUNCTIONS and length <= _LONGEST else None


def _sound(frame: bytes) -> bool:
    return crc16(frame[:-2]) == frame[-2] | frame[-1] << 8


_SHAPE = BinaryShape(_HEAD.size, _length, _sound)


def splitter() -> BinarySplitter:
    """What finds requests and replies in a byte stream."""
    return BinarySplitter(_SHAPE)


class Operation(StrEnum):
    """What the pack does."""

    IDLE = "idle"
    CHARGING = "charging"
    DISCHARGING = "discharging"
    OTHER = "other"


_ZERO_C = 500
_NO_SENSOR = 0


@dataclass(frozen=True, slots=True)
class Live:
    """78 1000: everything of one pack. What the master tells as its own limits are those of the whole rack."""

    pack_voltage_v: float = wire("H", step=0.01, saturate=True)
    second_voltage: int = wire("H", key="", note="0 from the master, the voltage again from a slave")
    pack_current_a: float = wire("I", step=0.01, zero=300_000, saturate=True, source=DRIVER, note="+ charges")
    soc_pct: float = wire("H", step=0.01, saturate=True)
    remaining_ah: float = wire("H", step=0.01, saturate=True)
    full_ah: float = wire("H", step=0.01, saturate=True)
    design_ah: float = wire("H", step=0.01, saturate=True)
    mos_temperature_c: float | None = wire("H", step=0.1, zero=_ZERO_C, absent=_NO_SENSOR, source=OURS)
    env_temperature_c: float | None = wire("H", step=0.1, zero=_ZERO_C, absent=_NO_SENSOR, source=OURS)
    operation: Operation = coded(
        {0: Operation.IDLE, 1: Operation.CHARGING, 2: Operation.DISCHARGING}, other=Operation.OTHER, code="H"
    )
    soh_pct: float = wire("H", saturate=True)
    protections: frozenset[Condition | Fault] = named_bits(
        {
            0: Condition.CELL_OVER_VOLTAGE,
            1: Condition.CELL_UNDER_VOLTAGE,
            2: Condition.PACK_OVER_VOLTAGE,
            3: Condition.PACK_UNDER_VOLTAGE,
            4: Condition.CHARGE_OVER_CURRENT,
            6: Condition.DISCHARGE_OVER_CURRENT,
            7: Condition.DISCHARGE_OVER_CURRENT_2,
            8: Condition.CHARGE_OVER_TEMPERATURE,
            9: Condition.CHARGE_UNDER_TEMPERATURE,
            10: Condition.DISCHARGE_OVER_TEMPERATURE,
            11: Condition.DISCHARGE_UNDER_TEMPERATURE,
            12: Condition.MOS_OVER_TEMPERATURE,
            13: Condition.AMBIENT_OVER_TEMPERATURE,
            14: Condition.AMBIENT_UNDER_TEMPERATURE,
            15: Fault.CELL_IMBALANCE,
            16: Fault.TEMPERATURE_IMBALANCE,
            17: Condition.SOC_LOW,
            18: Condition.SHORT_CIRCUIT,
            19: Fault.CELL_SENSOR,
            20: Fault.TEMPERATURE_SENSOR,
            21: Fault.CHARGE_SWITCH,
            22: Fault.DISCHARGE_SWITCH,
            23: Fault.SYSTEM,
            26: Fault.SAMPLING,
            27: Fault.CHARGER_REVERSED,
        },
        also={5: Condition.CHARGE_OVER_CURRENT, 24: Fault.SYSTEM},
        code="I",
        note="bit 25, fully charged, is no protection",
        source=DRIVER,
    )
    alarms: frozenset[Condition | Fault] = named_bits(
        {
            0: Condition.CELL_OVER_VOLTAGE,
            1: Condition.CELL_UNDER_VOLTAGE,
            2: Condition.PACK_OVER_VOLTAGE,
            3: Condition.PACK_UNDER_VOLTAGE,
            4: Condition.CHARGE_OVER_CURRENT,
            5: (Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2),
            6: Condition.CHARGE_OVER_TEMPERATURE,
            7: Condition.CHARGE_UNDER_TEMPERATURE,
            8: Condition.DISCHARGE_OVER_TEMPERATURE,
            9: Condition.DISCHARGE_UNDER_TEMPERATURE,
            10: Condition.MOS_OVER_TEMPERATURE,
            11: Condition.AMBIENT_OVER_TEMPERATURE,
            12: Condition.AMBIENT_UNDER_TEMPERATURE,
            13: Fault.CELL_IMBALANCE,
            14: Fault.TEMPERATURE_IMBALANCE,
            15: Condition.SOC_LOW,
            16: Fault.SYSTEM,
        },
        also={17: Fault.SYSTEM},
        code="I",
        note="bit 18, fully charged, is no alarm",
        source=DRIVER,
    )
    switches_high: int = wire("B", key="")
    discharge_switch: bool = flag(0, "switches", key="", source=DRIVER)
    charge_switch: bool = flag(1, "switches", key="", source=DRIVER)
    precharge_switch: bool = flag(2, "switches", key="", source=DRIVER)
    heating: bool = flag(3, "switches", key="", source=DRIVER)
    links: int = wire("H", key="", note="which neighbours are there; not decoded")
    cycles: int = wire("H", saturate=True)
    cell_voltage_max_cell: int = wire("H")
    cell_voltage_max_mv: int = wire("H")
    cell_voltage_min_cell: int = wire("H")
    cell_voltage_min_mv: int = wire("H")
    cell_voltage_average_mv: int = wire("H")
    temperature_max_sensor: int = wire("H")
    temperature_max_c: float | None = wire("H", step=0.1, zero=_ZERO_C, absent=_NO_SENSOR)
    temperature_min_sensor: int = wire("H")
    temperature_min_c: float | None = wire("H", step=0.1, zero=_ZERO_C, absent=_NO_SENSOR)
    temperature_average_c: float | None = wire("H", step=0.1, zero=_ZERO_C, absent=_NO_SENSOR)
    charge_voltage_limit_v: float = wire("H", step=0.1, saturate=True, rounding=DOWN, source=DRIVER)
    charge_current_limit_a: float = wire("H", step=0.1, saturate=True, rounding=DOWN, source=DRIVER)
    discharge_voltage_limit_v: float = wire("H", step=0.1, saturate=True, rounding=UP, source=DRIVER)
    discharge_current_limit_a: float = wire("H", step=0.1, saturate=True, rounding=DOWN, source=DRIVER)
    cell_voltages_mv: tuple[int, ...] = series("H", count="H")
    temperatures_c: tuple[float, ...] = series("H", count="H", step=0.1, zero=_ZERO_C)
    unknown: int = wire("H", key="")
    balancing_bits: int = wire("H", key="", note="bit 0 = cell 1", source=DRIVER)
    version: int = wire("H", key="", note="0C04 is 12.4; the master knows only the last part of a slave's")
    serial: str | None = text(30, note="the same on packs that nobody has given a number")


LIVE = Layout(Live, source=TWO_PACKS, extra=64)
"""The master sends twelve more bytes, a slave four."""

FAULTS = frozenset(
    member for names in (LIVE.rows["protections"].bits or {}).values() for member in names if isinstance(member, Fault)
)
"""The faults that have a bit."""


@dataclass(frozen=True, slots=True)
class Own:
    """45: what a pack tells the master of itself; its own limits stand only here."""

    cell_voltages_mv: tuple[int, ...] = series("H", count="H")
    cell_voltage_max_mv: int = wire("H")
    cell_voltage_min_mv: int = wire("H")
    pack_voltage_v: float = wire("H", step=0.01, saturate=True)
    current_raw: int = wire("I", key="", note="0 in the captures, at rest; unit not known")
    temperature_max_c: float | None = wire("H", step=0.1, zero=2731, absent=0, note="0.1 K, unlike 78 1000")
    temperature_min_c: float | None = wire("H", step=0.1, zero=2731, absent=0)
    full_ah: float = wire("H", step=0.01, saturate=True)
    remaining_ah: float = wire("H", step=0.01, saturate=True)
    cycles: int = wire("H", saturate=True)
    soc_pct: float = wire("H", saturate=True)
    soh_pct: float = wire("H", saturate=True)
    unknown: str | None = text(38, key="", note="flags, and the serial number with its bytes swapped in pairs")
    charge_current_limit_a: float = wire("H", step=0.1, saturate=True, rounding=DOWN, source=DRIVER)
    discharge_current_limit_a: float = wire("H", step=0.1, saturate=True, rounding=DOWN, source=DRIVER)


OWN = Layout(Own, source=COMPARED, extra=64)


@dataclass(frozen=True, slots=True)
class Product:
    """78 1C00: who the pack is; answered by the pack at the line only."""

    settings: str | None = text(16, key="", note="settings, not decoded")
    board: str | None = text(30, note="board type and number")
    board_year: int = wire("H")
    board_month: int = wire("H")
    board_day: int = wire("H")
    serial: str | None = text(30)
    pack_year: int = wire("H")
    pack_month: int = wire("H")
    pack_day: int = wire("H")
    model: str | None = text(30)


PRODUCT = Layout(Product, source=TWO_PACKS, extra=64)


@dataclass(frozen=True, slots=True)
class Clock:
    """78 2800: the pack's calendar clock."""

    year: int = wire("H")
    month: int = wire("H")
    day: int = wire("H")
    hour: int = wire("H")
    minute: int = wire("H")
    second: int = wire("H")


CLOCK = Layout(Clock, source=TWO_PACKS)


@dataclass(frozen=True, slots=True)
class Words:
    """Any other block: its numbers, whose meaning is not known."""

    words: tuple[int, ...] = series("H")


WORDS = Layout(Words, extra=1)
