"""Segments of a layout: neighbouring rows that are packed and unpacked in one go.

Everything that can be decided once is decided when the layout is made; decoding is a `struct` call and one
function call for each value that is not its own count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from struct import Struct, calcsize, pack, unpack_from
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from openress.codec.rows import Kind, Row, to_raw, to_value
from openress.errors import FrameError, ParameterError, StateError

if TYPE_CHECKING:
    from openress.codec.layout import Layout

__all__ = ["Segment", "make_segments"]

_SHARING = (Kind.FLAG, Kind.PACKED)

_RAISED, _CLEARED = 0b01, 0b10


class Segment(Protocol):
    """A stretch of the frame."""

    def read(self, data: bytes, at: int, out: list[Any]) -> int:
        """Append the values that start at `at` to `out`; gives the offset behind them."""
        ...

    def write(self, frame: Any) -> bytes:
        """Lay the values of `frame` on the wire."""
        ...


def make_segments(owner: str, order: str, rows: Mapping[str, Row]) -> list[Segment]:
    """Group the rows of a frame into runs of fixed size, counted lists, repeated blocks and parts that may miss."""
    segments: list[Segment] = []
    run: list[_Slot] = []
    names = list(rows)

    def close() -> None:
        if run:
            segments.append(_Run(owner, order, list(run)))
            run.clear()

    last_byte: str | None = None
    for name, row in rows.items():
        shared = row.byte if row.kind in _SHARING else None
        if shared is not None and shared == last_byte:
            _share(owner, run[-1], name, row)
            continue
        last_byte = shared
        if row.kind is Kind.COUNTED:
            close()
            segments.append(_Counted(owner, order, name, row))
        elif row.kind is Kind.SERIES:
            close()
            segments.append(_Series(owner, order, name, row))
        elif row.kind is Kind.BLOCKS:
            close()
            if row.block is None:
                raise StateError(f"{owner}.{name} repeats a block that is not named.")
            segments.append(_Blocks(owner, name, row.block))
        elif row.optional or row.only_if is not None or row.from_count is not None:
            close()
            segments.append(_Optional(_Run(owner, order, [_slot(owner, order, name, row)]), _condition(names, row)))
        else:
            run.append(_slot(owner, order, name, row))
    close()
    return segments


class _Slot:
    """One raw number of a fixed run and the fields that come from it."""

    def __init__(self, code: str, readers: list[Callable[[Any], Any] | None], write: Callable[[Any], Any]) -> None:
        self.code = code
        self.readers = readers
        self.write = write


class _Run:
    """Neighbouring rows of fixed size, unpacked in one go."""

    def __init__(self, owner: str, order: str, slots: list[_Slot]) -> None:
        self.owner = owner
        self.slots = slots
        self.struct = Struct(order + "".join("3s" if slot.code == "T" else slot.code for slot in slots))
        self.big = order == ">"
        self.plan = [(index, reader) for index, slot in enumerate(slots) for reader in slot.readers]

    def read(self, data: bytes, at: int, out: list[Any]) -> int:
        end = at + self.struct.size
        if end > len(data):
            raise FrameError(f"{self.owner} needs {end} bytes, there are {len(data)}", at=len(data))
        raws = self.struct.unpack_from(data, at)
        for index, reader in self.plan:
            raw = raws[index]
            out.append(raw if reader is None else reader(raw))
        return end

    def write(self, frame: Any) -> bytes:
        return self.struct.pack(*[slot.write(frame) for slot in self.slots])


class _Condition(NamedTuple):
    """What an earlier row must say for a run to be there."""

    field: int
    name: str
    least: int
    most: int

    def holds(self, value: int) -> bool:
        return self.least <= value <= self.most


def _condition(names: list[str], row: Row) -> _Condition | None:
    if row.only_if is not None:
        name, value = row.only_if
        return _Condition(names.index(name), name, value, value)
    if row.from_count is not None:
        name, value = row.from_count
        return _Condition(names.index(name), name, value, 0xFF)
    return None


class _Optional:
    """A run that may be missing: the frame ends before it, or an earlier row says so."""

    def __init__(self, run: _Run, condition: _Condition | None) -> None:
        self.run = run
        self.condition = condition
        self.width = len(run.plan)

    def read(self, data: bytes, at: int, out: list[Any]) -> int:
        if self.condition is None:
            missing = at + self.run.struct.size > len(data)
        else:
            missing = not self.condition.holds(out[self.condition.field])
        if missing:
            out.extend([None] * self.width)
            return at
        return self.run.read(data, at, out)

    def write(self, frame: Any) -> bytes:
        if self.condition is None:
            return b"" if all(slot.write(frame) is None for slot in self.run.slots) else self.run.write(frame)
        return self.run.write(frame) if self.condition.holds(getattr(frame, self.condition.name)) else b""


class _Counted:
    """A count byte, then numbers."""

    def __init__(self, owner: str, order: str, name: str, row: Row) -> None:
        self.owner, self.name, self.order, self.code = owner, name, order, row.code
        self.reader = to_value(row)
        self.writer = to_raw(row, owner, name)
        self.structs: dict[int, Struct] = {}

    def _struct(self, count: int) -> Struct:
        if count not in self.structs:
            self.structs[count] = Struct(f"{self.order}{count}{self.code}")
        return self.structs[count]

    def read(self, data: bytes, at: int, out: list[Any]) -> int:
        if at >= len(data):
            raise FrameError(f"{self.owner} ends before the number of {self.name}", at=len(data))
        count = data[at]
        layout = self._struct(count)
        end = at + 1 + layout.size
        if end > len(data):
            raise FrameError(f"{self.owner} announces {count} {self.name} and ends before them", at=at)
        raws = layout.unpack_from(data, at + 1)
        reader = self.reader
        out.append(raws if reader is None else tuple([reader(raw) for raw in raws]))
        return end

    def write(self, frame: Any) -> bytes:
        values = getattr(frame, self.name)
        if values is None or len(values) > 0xFF:
            raise ParameterError(f"{self.owner}.{self.name} needs 0 to 255 values.")
        return bytes([len(values)]) + self._struct(len(values)).pack(*[self.writer(value) for value in values])


class _Series:
    """Numbers up to the end of the frame, or as many as a number in front of them says."""

    def __init__(self, owner: str, order: str, name: str, row: Row) -> None:
        self.owner, self.name, self.order, self.code = owner, name, order, row.code
        self.reader = to_value(row)
        self.writer = to_raw(row, owner, name)
        self.width = calcsize(order + row.code)
        self.count = Struct(order + row.count) if row.count else None

    def read(self, data: bytes, at: int, out: list[Any]) -> int:
        if self.count is None:
            count = (len(data) - at) // self.width
        else:
            if at + self.count.size > len(data):
                raise FrameError(f"{self.owner} ends before the number of {self.name}", at=len(data))
            (count,) = self.count.unpack_from(data, at)
            at += self.count.size
        end = at + count * self.width
        if end > len(data):
            raise FrameError(f"{self.owner} announces {count} {self.name} and ends before them", at=at)
        raws = unpack_from(f"{self.order}{count}{self.code}", data, at)
        reader = self.reader
        out.append(raws if reader is None else tuple([reader(raw) for raw in raws]))
        return end

    def write(self, frame: Any) -> bytes:
        values = getattr(frame, self.name)
        if values is None:
            raise ParameterError(f"{self.owner}.{self.name} is not known, and the frame has no way to say so.")
        head = b"" if self.count is None else self.count.pack(len(values))
        return head + pack(f"{self.order}{len(values)}{self.code}", *[self.writer(value) for value in values])


class _Blocks:
    """A count byte, then whole frames of another layout."""

    def __init__(self, owner: str, name: str, block: Layout[Any]) -> None:
        self.owner, self.name, self.block = owner, name, block

    def read(self, data: bytes, at: int, out: list[Any]) -> int:
        if at >= len(data):
            raise FrameError(f"{self.owner} ends before the number of {self.name}", at=len(data))
        count = data[at]
        at += 1
        items = []
        for _ in range(count):
            item, at = self.block.read(data, at)
            items.append(item)
        out.append(tuple(items))
        return at

    def write(self, frame: Any) -> bytes:
        items = getattr(frame, self.name)
        if len(items) > 0xFF:
            raise ParameterError(f"{self.owner}.{self.name} holds at most 255 items, not {len(items)}.")
        return bytes([len(items)]) + b"".join(self.block.encode(item) for item in items)


def _share(owner: str, slot: _Slot, name: str, row: Row) -> None:
    """Add one more flag or packed number to the byte that `slot` stands for."""
    before, more = slot.write, (_flag_slot if row.kind is Kind.FLAG else _packed_slot)(owner, "", name, row)
    slot.readers.extend(more.readers)
    slot.write = lambda frame: before(frame) | more.write(frame)


def _slot(owner: str, order: str, name: str, row: Row) -> _Slot:
    make = {
        Kind.NUMBER: _number_slot,
        Kind.TEXT: _text_slot,
        Kind.DOTTED: _dotted_slot,
        Kind.CODED: _coded_slot,
        Kind.FLAG: _flag_slot,
        Kind.PACKED: _packed_slot,
        Kind.BITS: _bits_slot,
        Kind.PAIRS: _pairs_slot,
    }[row.kind]
    slot = make(owner, order, name, row)
    if row.optional:
        write = slot.write
        slot.write = lambda frame: None if getattr(frame, name) is None else write(frame)
    return slot


def _number_slot(owner: str, order: str, name: str, row: Row) -> _Slot:
    reader, raw_of = to_value(row), to_raw(row, owner, name)

    if row.code != "T":
        return _Slot(row.code, [reader], lambda frame: raw_of(getattr(frame, name)))
    byte_order: Literal["big", "little"] = "big" if order == ">" else "little"

    def read(raw: bytes) -> Any:
        count = int.from_bytes(raw, byte_order)
        return count if reader is None else reader(count)

    return _Slot("T", [read], lambda frame: raw_of(getattr(frame, name)).to_bytes(3, byte_order))


def _text_slot(owner: str, _order: str, name: str, row: Row) -> _Slot:
    length = int(row.code)

    def write(frame: Any) -> bytes:
        value = getattr(frame, name) or ""
        try:
            raw = value.encode("latin-1")
        except UnicodeEncodeError as error:
            raise ParameterError(f"{owner}.{name} is {value!r}: only Latin letters can be sent.") from error
        return bytes(raw[:length].ljust(length, b"\0"))

    printable = row.printable

    def read(raw: bytes) -> str | None:
        if printable:
            raw = raw[: next((at for at, byte in enumerate(raw) if not 0x20 <= byte <= 0x7E), length)]
        return raw.decode("latin-1").rstrip("\0 -") or None

    return _Slot(f"{length}s", [read], write)


def _dotted_slot(owner: str, _order: str, name: str, row: Row) -> _Slot:
    length = int(row.code)

    def write(frame: Any) -> bytes:
        value = getattr(frame, name)
        parts = (value or "0").split(".")
        if len(parts) > length or not all(part.isdecimal() and int(part) <= 0xFF for part in parts):
            raise ParameterError(f"{owner}.{name} is {value!r}: up to {length} numbers of 0 to 255 with dots fit.")
        return bytes(int(part) for part in parts).ljust(length, b"\0")

    return _Slot(f"{length}s", [lambda raw: ".".join(str(part) for part in raw)], write)


def _coded_slot(_owner: str, _order: str, name: str, row: Row) -> _Slot:
    codes, other = dict(row.codes or {}), row.other
    raws = {member: raw for raw, member in codes.items()}
    # `other` has no code of its own unless the table gives one: 0xF0 by the vendor's byte alarm table.
    return _Slot(row.code, [lambda raw: codes.get(raw, other)], lambda frame: raws.get(getattr(frame, name), 0xF0))


def _flag_slot(_owner: str, _order: str, name: str, row: Row) -> _Slot:
    mask = 1 << row.bit
    return _Slot(row.code, [lambda raw: bool(raw & mask)], lambda frame: mask if getattr(frame, name) else 0)


def _packed_slot(owner: str, _order: str, name: str, row: Row) -> _Slot:
    bit, most = row.bit, (1 << row.width) - 1

    def write(frame: Any) -> int:
        value = getattr(frame, name)
        if value is None or not 0 <= value <= most:
            raise ParameterError(f"{owner}.{name} is {value}: 0 to {most} fits on the wire.")
        return int(value) << bit

    return _Slot(row.code, [lambda raw: raw >> bit & most], write)


def _bits_slot(_owner: str, _order: str, name: str, row: Row) -> _Slot:
    bits = dict(row.bits or {})
    read_bits = [*bits.items(), *(row.also or {}).items()]
    known: dict[int, frozenset[StrEnum]] = {}

    def read(raw: int) -> frozenset[StrEnum]:
        if raw not in known:
            known[raw] = frozenset(member for bit, members in read_bits if raw >> bit & 1 for member in members)
        return known[raw]

    def write(frame: Any) -> int:
        present = getattr(frame, name) or frozenset()
        return sum(1 << bit for bit, members in bits.items() if not present.isdisjoint(members))

    return _Slot(row.code, [read], write)


def _pairs_slot(_owner: str, _order: str, name: str, row: Row) -> _Slot:
    pairs, always = dict(row.bits or {}), row.always

    def read(raw: int) -> frozenset[StrEnum] | None:
        told = {pair: raw >> 2 * pair & 0b11 for pair in pairs}
        if not {_RAISED, _CLEARED} & set(told.values()):
            return None
        return frozenset(member for pair, code in told.items() if code == _RAISED for member in pairs[pair])

    def write(frame: Any) -> int:
        present = getattr(frame, name)
        if present is None:
            return 0
        raised = {pair for pair, members in pairs.items() if not present.isdisjoint(members)}
        return always | sum((_RAISED if pair in raised else _CLEARED) << 2 * pair for pair in pairs)

    return _Slot(row.code, [read], write)
