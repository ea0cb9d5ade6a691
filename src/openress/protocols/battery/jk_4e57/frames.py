"""JK 4E57 (JK-B and JK-BD boards, UART-TTL and RS485 adapter): the frame, and what each data item holds.

    4E 57 length16 terminal32 command source type items record32 68 00 00 sum16

The length counts everything but the two start bytes; the sum is that of everything before 00 00. An item is one byte
that names it and a value of fixed size; only the cell voltages tell how long they are. Numbers are big-endian.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct, calcsize, pack, unpack

from openress.codec.binframe import BinaryShape, BinarySplitter
from openress.codec.rows import Kind, Row, to_raw, to_value
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Confidence, Fault, Source

__all__ = [
    "BOARDS",
    "CELLS",
    "ITEMS",
    "SETTINGS",
    "SWITCH_ITEMS",
    "V25",
    "WARNINGS",
    "Command",
    "Item",
    "Message",
    "decode_items",
    "encode_items",
    "number_of",
    "places",
    "raw_of",
    "splitter",
    "value_of",
]

V25 = Source("JK BMS-RS485 communication protocol V2.5", Confidence.VENDOR)
BOARDS = Source("JK-B1A20S15P, JK-B2A24S15P and JK-B1A8S20P, three repositories", Confidence.CAPTURE)

_HEAD = Struct(">HHIBBB")
_TAIL = Struct(">IBHH")
START = 0x4E57
END = 0x68
PACK, BLUETOOTH, GPS, PC = range(4)
ASK, REPLY, REPORT = range(3)
_LENGTH_MIN = _HEAD.size + _TAIL.size - 2
_LENGTH_MAX = 1024
"""Longer than any reply (24 cells: 340 bytes); a longer announcement is noise."""


class Command(IntEnum):
    """Command word."""

    ACTIVATE = 0x01
    WRITE = 0x02
    READ = 0x03
    PASSWORD = 0x05
    READ_ALL = 0x06


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a reply; `source` tells who speaks, `kind` whether it asks, answers or reports."""

    command: int
    body: bytes
    source: int = PC
    kind: int = ASK
    terminal: int = 0
    record: int = 0

    @property
    def asks(self) -> bool:
        """Whether somebody else than a pack speaks."""
        return self.source != PACK

    def encode(self) -> bytes:
        """The frame.

        Raises:
            ParameterError: more items than a frame holds.
        """
        length = _LENGTH_MIN + len(self.body)
        if length > _LENGTH_MAX:
            raise ParameterError(f"A JK frame holds at most {_LENGTH_MAX} bytes, not {length}.")
        head = _HEAD.pack(START, length, self.terminal, self.command, self.source, self.kind)
        text = head + self.body + pack(">IB", self.record, END)
        return text + pack(">HH", 0, sum(text) & 0xFFFF)

    @classmethod
    def decode(cls, frame: bytes) -> Message:
        """Read a frame.

        Raises:
            FrameError: damaged.
        """
        if frame[:2] != b"NW":
            raise FrameError("the frame does not begin with 4E 57", at=0)
        if len(frame) < _LENGTH_MIN + 2:
            raise FrameError(f"the frame has {len(frame)} bytes, the shortest has {_LENGTH_MIN + 2}", at=len(frame))
        _, length, terminal, command, source, kind = _HEAD.unpack_from(frame)
        if length != len(frame) - 2:
            raise FrameError(f"the length says {length} bytes behind the start, there are {len(frame) - 2}", at=2)
        record, end, unused, told = _TAIL.unpack_from(frame, len(frame) - _TAIL.size)
        if end != END:
            raise FrameError(f"the end mark is {end:02X} instead of 68", at=len(frame) - 5)
        if unused:
            raise FrameError(f"{unused:04X} stands where every board sends 0000", at=len(frame) - 4)
        computed = sum(frame[:-4]) & 0xFFFF
        if told != computed:
            raise FrameError(f"sum {told:04X} is wrong, computed {computed:04X}", at=len(frame) - 2)
        return cls(command, frame[_HEAD.size : -_TAIL.size], source, kind, terminal, record)


def _length(head: bytes) -> int | None:
    length = head[2] << 8 | head[3]
    return length + 2 if head[:2] == b"NW" and _LENGTH_MIN <= length <= _LENGTH_MAX else None


def _sound(frame: bytes) -> bool:
    return frame[-5:-2] == bytes((END, 0, 0)) and sum(frame[:-4]) & 0xFFFF == frame[-2] << 8 | frame[-1]


_SHAPE = BinaryShape(4, _length, _sound)


def splitter() -> BinarySplitter:
    """What finds requests and replies in a byte stream."""
    return BinarySplitter(_SHAPE)


CELLS = 0x79
"""The item of the cell voltages: a byte that tells its length, then number and millivolts of each cell."""

Told = float | str


@dataclass(frozen=True, slots=True)
class Item:
    """One data item.

    Attributes:
        id: the byte that names it.
        name: key of its value; an empty name is a value that is not decoded.
        row: how it lies on the wire: a number, or a text of so many letters.
        note: what a reader of the table should know.
    """

    id: int
    name: str
    row: Row
    note: str = ""

    @property
    def size(self) -> int:
        """Bytes of the value."""
        return int(self.row.code) if self.row.kind is Kind.TEXT else calcsize(">" + self.row.code)


def _number(item: int, name: str, code: str = "H", step: float = 1, *, note: str = "", saturate: bool = False) -> Item:
    return Item(item, name, Row(Kind.NUMBER, code, step=step, saturate=saturate, note=note), note)


def _text(item: int, name: str, length: int, note: str = "") -> Item:
    return Item(item, name, Row(Kind.TEXT, str(length), note=note), note)


_SECONDS = 1000

ITEMS: Mapping[int, Item] = {
    item.id: item
    for item in (
        _number(0x80, "mos_temperature_c", note="above 100 the degrees below zero: 101 is -1"),
        _number(0x81, "env_temperature_c", note="inside the box; as 80"),
        _number(0x82, "temperature_c", note="battery; as 80"),
        _number(0x83, "pack_voltage_v", step=0.01, saturate=True),
        _number(0x84, "current_raw", note="10 mA; with C0 = 1 the highest bit is charge, else 10000 is no current"),
        _number(0x85, "soc_pct", "B", saturate=True),
        _number(0x86, "sensors", "B"),
        _number(0x87, "cycles", saturate=True),
        _number(0x89, "cycled_ah", "I"),
        _number(0x8A, "cells_in_series"),
        _number(0x8B, "warnings"),
        _number(0x8C, "switches"),
        _number(0x8E, "pack_ov_protect_v", step=0.01),
        _number(0x8F, "pack_uv_protect_v", step=0.01),
        _number(0x90, "cell_ov_protect_mv"),
        _number(0x91, "cell_ov_release_mv"),
        _number(0x92, "cell_ov_delay_ms", step=_SECONDS),
        _number(0x93, "cell_uv_protect_mv"),
        _number(0x94, "cell_uv_release_mv"),
        _number(0x95, "cell_uv_delay_ms", step=_SECONDS),
        _number(0x96, "cell_difference_protect_mv"),
        _number(0x97, "discharge_oc_protect_a"),
        _number(0x98, "discharge_oc_delay_ms", step=_SECONDS),
        _number(0x99, "charge_oc_protect_a"),
        _number(0x9A, "charge_oc_delay_ms", step=_SECONDS),
        _number(0x9B, "balance_threshold_mv"),
        _number(0x9C, "balance_delta_mv"),
        _number(0x9D, "balancing_allowed", "B"),
        _number(0x9E, "mos_ot_protect_c"),
        _number(0x9F, "mos_ot_release_c"),
        _number(0xA0, "env_ot_protect_c"),
        _number(0xA1, "env_ot_release_c"),
        _number(0xA2, "temperature_difference_protect_c"),
        _number(0xA3, "charge_ot_protect_c"),
        _number(0xA4, "discharge_ot_protect_c"),
        _number(0xA5, "charge_ut_protect_c", "h"),
        _number(0xA6, "charge_ut_release_c", "h"),
        _number(0xA7, "discharge_ut_protect_c", "h"),
        _number(0xA8, "discharge_ut_release_c", "h"),
        _number(0xA9, "cells_set", "B"),
        _number(0xAA, "design_ah", "I"),
        _number(0xAB, "charge_allowed", "B"),
        _number(0xAC, "discharge_allowed", "B"),
        _number(0xAD, "", note="current calibration"),
        _number(0xAE, "", "B", note="board address, reserved"),
        _number(0xAF, "", "B", note="0 LiFePO4, 1 ternary, 2 titanate"),
        _number(0xB0, "", note="sleep waiting time, s"),
        _number(0xB1, "soc_low_alarm_pct", "B"),
        _text(0xB2, "", 10, "password for settings; sent in the clear by real boards, never by us"),
        _number(0xB3, "", "B", note="special charger"),
        _text(0xB4, "device_id", 8),
        _text(0xB5, "made_in", 4, "year and month"),
        _number(0xB6, "", "I", note="minutes in operation"),
        _text(0xB7, "software_version", 15),
        _number(0xB8, "", "B", note="calibration in progress"),
        _number(0xB9, "full_ah", "I", note="actual capacity, 0 before firmware 10.10"),
        _text(0xBA, "serial", 24, "naming of the maker; from the factory `Input Userda` and the board type"),
        _number(0xC0, "protocol", "B"),
    )
}
"""Every item of the document that a read of all tells. Items that are not here have no known length."""

SETTINGS: Mapping[str, Item] = {
    item.name: item
    for item in ITEMS.values()
    if 0x8E <= item.id <= 0xB1
    and item.name
    and item.name
    not in {
        "cell_difference_protect_mv",
        "temperature_difference_protect_c",
        "balancing_allowed",
        "charge_allowed",
        "discharge_allowed",
        "cells_set",
        "design_ah",
    }
}
"""Items that are settings of the parameter table, by key."""

SWITCH_ITEMS = {"charge_switch": 0xAB, "discharge_switch": 0xAC, "balancing": 0x9D}

WARNINGS: Mapping[int, tuple[Condition | Fault, ...]] = {
    0: (Condition.SOC_LOW,),
    1: (Condition.MOS_OVER_TEMPERATURE,),
    2: (Condition.PACK_OVER_VOLTAGE,),
    3: (Condition.PACK_UNDER_VOLTAGE,),
    4: (Condition.CHARGE_OVER_TEMPERATURE, Condition.DISCHARGE_OVER_TEMPERATURE),
    5: (Condition.CHARGE_OVER_CURRENT,),
    6: (Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2, Condition.SHORT_CIRCUIT),
    7: (Fault.CELL_IMBALANCE,),
    8: (Condition.AMBIENT_OVER_TEMPERATURE,),
    9: (
        Condition.CHARGE_UNDER_TEMPERATURE,
        Condition.DISCHARGE_UNDER_TEMPERATURE,
        Condition.AMBIENT_UNDER_TEMPERATURE,
    ),
    10: (Condition.CELL_OVER_VOLTAGE,),
    11: (Condition.CELL_UNDER_VOLTAGE,),
    12: (Fault.SAMPLING,),
    13: (Fault.SAMPLING,),
}
"""Bits of 8B. JK has thresholds that protect and none that warn before: all but bit 0 are protections or faults."""

_READ: dict[int, Callable[[int], float] | None] = {
    id_: to_value(item.row) for id_, item in ITEMS.items() if item.row.kind is Kind.NUMBER
}
_WRITE = {
    id_: to_raw(item.row, "item", item.name or f"{id_:02X}")
    for id_, item in ITEMS.items()
    if item.row.kind is Kind.NUMBER
}


def number_of(item: Item, raw: bytes) -> float:
    """What the bytes of a number say."""
    (count,) = unpack(">" + item.row.code, raw)
    reader = _READ[item.id]
    value: float = count if reader is None else reader(count)
    return value


def value_of(item: Item, raw: bytes) -> Told | None:
    """What the bytes of an item say; an empty text says nothing."""
    if item.row.kind is Kind.TEXT:
        return raw.decode("latin-1").rstrip("\0 ") or None
    return number_of(item, raw)


def raw_of(item: Item, value: Told) -> bytes:
    """The bytes that say `value`.

    Raises:
        ParameterError: it does not fit.
    """
    if isinstance(value, str):
        return value.encode("latin-1", "replace")[: item.size].ljust(item.size, b"\0")
    return pack(">" + item.row.code, _WRITE[item.id](value))


def places(body: bytes) -> Iterator[tuple[int, int, int]]:
    """Each item of a body: its number, and where its value begins and ends.

    Raises:
        FrameError: an item is not known or cut.
    """
    at = 0
    while at < len(body):
        id_, start = body[at], at + 1
        if id_ == CELLS:
            size, start = body[at + 1] if at + 1 < len(body) else 1, at + 2
        elif id_ in ITEMS:
            size = ITEMS[id_].size
        else:
            raise FrameError(f"item {id_:02X} is not known, and so is where the next one begins", at=at)
        end = start + size
        if end > len(body) or (id_ == CELLS and size % 3):
            raise FrameError(f"item {id_:02X} needs {size} bytes, {max(0, len(body) - start)} are left", at=at)
        yield id_, start, end
        at = end


def decode_items(body: bytes) -> tuple[tuple[int, ...] | None, dict[int, bytes]]:
    """The cell voltages and the raw bytes of every other item.

    Raises:
        FrameError: an item is not known or cut.
    """
    cells: tuple[int, ...] | None = None
    items: dict[int, bytes] = {}
    for id_, start, end in places(body):
        if id_ == CELLS:
            cells = tuple(body[place + 1] << 8 | body[place + 2] for place in range(start, end, 3))
        else:
            items[id_] = body[start:end]
    return cells, items


def encode_items(cells: tuple[int, ...] | None, items: Mapping[int, bytes]) -> bytes:
    """Lay cell voltages and items on the wire, in the order of their numbers.

    Raises:
        ParameterError: more cells than their length byte can say, or a voltage that does not fit.
    """
    body = b""
    if cells is not None:
        if len(cells) * 3 > 0xFF or not all(0 <= cell <= 0xFFFF for cell in cells):
            raise ParameterError(f"{len(cells)} cell voltages do not fit; 85 of 0 to 65535 mV do.")
        body = bytes((CELLS, 3 * len(cells)))
        body += b"".join(pack(">BH", number, cell) for number, cell in enumerate(cells, start=1))
    return body + b"".join(bytes((id_,)) + items[id_] for id_ in sorted(items))
