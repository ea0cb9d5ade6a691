"""Address maps: reading any window of registers, and the image of a pack in them.

From the same rows come the decoder, the virtual pack's registers, the writing of parameters and the documentation
page. Rows are checked when the table is made: two rows on one address are an error at import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any, TypeAlias

from openress.codec.rows import Kind, to_raw, to_value
from openress.errors import FrameError, ParameterError, StateError
from openress.model import Source
from openress.protocols.registers import Block, Packed, Register

__all__ = ["RegisterTable", "Values"]

Values: TypeAlias = dict[str, Any]
"""Values by public key: numbers, texts, tuples, sets of names; `switches` is a mapping. What is not said has no key."""

REMEMBERED = 256
"""Windows, and meanings of one register's bits, that are kept; a peer that asks for all of them only costs time."""

EXACT = 1e-6
"""A number that reads back as near as this is the one that was asked for."""

_SETS = ("alarms", "protections", "faults")

Read = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to do with one window: one `struct` and what each of its raw numbers becomes."""

    struct: Struct
    numbers: tuple[tuple[str, int, Read], ...]
    lists: tuple[tuple[str, int, int, int, Read, int | None], ...]
    bits: tuple[tuple[int, _BitReader], ...]
    writers: tuple[Callable[[Mapping[str, Any]], Sequence[Any]], ...]


class RegisterTable:
    """A map of addresses.

    Args:
        name: whose, for errors.
        rows: what stands where.
        blocks: which addresses exist.
        unit: bytes of one address: 2 for registers, 1 for byte offsets and for coils counted in bytes.
        order: `>` high byte first, `<` low byte first.
        source: where the rows come from that name no source of their own.
    """

    def __init__(
        self,
        name: str,
        rows: Sequence[Register],
        *,
        blocks: Sequence[Block],
        unit: int = 2,
        order: str = ">",
        source: Source | None = None,
    ) -> None:
        self.name, self.unit, self.order, self.source = name, unit, order, source
        self.rows = tuple(sorted(rows, key=lambda row: row.at))
        self.blocks = tuple(blocks)
        self._plans: dict[tuple[int, int], _Plan] = {}
        self._images: dict[tuple[int, int], tuple[int, int]] = {}
        self._covered: set[tuple[int, int]] = set()
        self._check()

    def _check(self) -> None:
        end = -1
        for row in self.rows:
            if row.at < end:
                raise StateError(f"{self.name}: two rows stand on address {row.at}.")
            if row.size % self.unit:
                raise StateError(f"{self.name}: the row at {row.at} ends inside an address.")
            end = self._end(row)
            if self.block(row.at) is None or self.block(end - 1) is not self.block(row.at):
                raise StateError(f"{self.name}: the row at {row.at} is in no block.")

    def _end(self, row: Register) -> int:
        return row.at + row.size // self.unit

    def block(self, at: int) -> Block | None:
        """The block that holds an address."""
        return next((block for block in self.blocks if block.first <= at <= block.last), None)

    def covers(self, start: int, count: int) -> bool:
        """Whether all of `count` addresses exist and are served."""
        if (start, count) in self._covered:
            return True
        blocks = [self.block(at) for at in range(start, start + count)]
        if not blocks or any(block is None or not block.served for block in blocks):
            return False
        if len(self._covered) >= REMEMBERED:
            self._covered.clear()
        self._covered.add((start, count))
        return True

    def writable(self, start: int, count: int) -> bool:
        """Whether `count` addresses hold whole rows that may be written, and nothing else."""
        inside = [row for row in self.rows if start <= row.at and self._end(row) <= start + count]
        return (
            count > 0 and all(row.writable for row in inside) and sum(row.size for row in inside) == count * self.unit
        )

    def decode(self, start: int, data: bytes) -> Values:
        """Read a window that begins at address `start`.

        A row that is only partly inside is left out; of a list the part inside is told, with `<key>_first` for the
        number of its first member when that is not 1.

        Raises:
            FrameError: the data end inside an address.
        """
        if len(data) % self.unit:
            raise FrameError(f"{len(data)} bytes end inside an address of {self.unit}", at=len(data))
        plan = self._plan(start, len(data) // self.unit)
        raws = plan.struct.unpack(data)
        out: Values = {}
        for key, index, read in plan.numbers:
            value = raws[index] if read is None else read(raws[index])
            if value is not None:
                out[key] = value
        for key, first, begin, end, read, filler in plan.lists:
            members = _members(raws[begin:end], read, filler)
            if members:
                out[key] = members
                if first:
                    out[f"{key}_first"] = first + 1
        for index, reader in plan.bits:
            reader.read(raws[index], out)
        return out

    def encode(self, values: Mapping[str, Any], start: int, count: int) -> bytes:
        """The image of a window for a pack with `values`.

        Raises:
            ParameterError: a value in the window is not known and the wire cannot say so, or does not fit.
        """
        if (start, count) not in self._images:
            if len(self._images) >= REMEMBERED:
                self._images.clear()
            self._images[start, count] = self._whole_rows(start, start + count)
        first, last = self._images[start, count]
        plan = self._plan(first, last - first)
        image = plan.struct.pack(*[raw for write in plan.writers for raw in write(values)])
        return image[(start - first) * self.unit :][: count * self.unit]

    def encode_exactly(self, values: Mapping[str, Any], start: int, count: int) -> bytes:
        """As `encode`, for an order: what is sent must read back as the value that was asked for.

        Raises:
            ParameterError: see `encode`; a number lies between two counts of the wire.
        """
        image = self.encode(values, start, count)
        for key, stands in self.decode(start, image).items():
            wanted = values.get(key)
            if isinstance(wanted, int | float) and abs(stands - wanted) > EXACT:
                raise ParameterError(f"{key} is {wanted:g}: the nearest this pack can keep is {stands:g}.")
        return image

    def _whole_rows(self, first: int, last: int) -> tuple[int, int]:
        """The window, widened so that it cuts no row."""
        for row in self.rows:
            if row.at < last and self._end(row) > first and not row.listed:
                first, last = min(first, row.at), max(last, self._end(row))
        return first, last

    def _plan(self, start: int, count: int) -> _Plan:
        if (start, count) not in self._plans:
            if len(self._plans) >= REMEMBERED:
                self._plans.clear()
            self._plans[start, count] = self._make_plan(start, start + count)
        return self._plans[start, count]

    def _make_plan(self, start: int, end: int) -> _Plan:
        form, at, index = self.order, start, 0
        numbers: list[tuple[str, int, Read]] = []
        lists: list[tuple[str, int, int, int, Read, int | None]] = []
        bit_rows: list[tuple[int, _BitReader]] = []
        writers: list[Callable[[Mapping[str, Any]], Sequence[Any]]] = []
        for row in self.rows:
            width = row.size // row.count // self.unit
            # Of a list, the members inside the window; of anything else all or nothing.
            skip = -(-max(0, start - row.at) // width)
            keep = min(row.count, (end - row.at) // width)
            if keep <= skip or (not row.listed and (skip, keep) != (0, row.count)):
                continue
            form += f"{(row.at + skip * width - at) * self.unit}x"
            form += row.row.code * (keep - skip) if row.listed else row.form
            at = row.at + keep * width
            if row.bits:
                bit_rows.append((index, _BitReader(row)))
            elif row.listed:
                lists.append((row.key, skip, index, index + keep - skip, to_value(row.row), row.filler))
            else:
                numbers.append((row.key, index, _reader(row)))
            writers.append(_writer(self.name, row, skip, keep))
            index += keep - skip if row.listed else 1
        form += f"{(end - at) * self.unit}x"
        return _Plan(Struct(form), tuple(numbers), tuple(lists), tuple(bit_rows), tuple(writers))


def _members(raws: Sequence[int], read: Read, filler: int | None) -> tuple[Any, ...]:
    end = len(raws)
    while end and raws[end - 1] == filler:
        end -= 1
    if read is None:
        return tuple(raws[:end])
    members = [read(raw) for raw in raws[:end]]
    while members and members[-1] is None:
        members.pop()
    return tuple(members)


def _reader(row: Register) -> Read:
    if row.packed:
        return row.packed.read
    if row.row.kind is Kind.TEXT:
        return lambda raw: raw.split(b"\0", 1)[0].decode("latin-1").strip() or None
    places = range(row.places)
    read: Read = (lambda raw: tuple([bool(raw >> bit & 1) for bit in places])) if places else to_value(row.row)
    if not row.swapped:
        return read
    signed = row.row.code == "i"

    def turned(raw: int) -> Any:
        raw = _turned(raw, signed=signed)
        return raw if read is None else read(raw)

    return turned


def _turned(raw: int, *, signed: bool) -> int:
    """A 32-bit number with its halves exchanged."""
    raw &= 0xFFFFFFFF
    raw = (raw & 0xFFFF) << 16 | raw >> 16
    return raw - 0x100000000 if signed and raw & 0x80000000 else raw


def _writer(owner: str, row: Register, skip: int, keep: int) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    if row.bits:
        return lambda values: (_bit_raw(owner, row, values),)
    form = row.packed
    if form is not None:
        return lambda values: (_packed_raw(owner, row.key, form, values.get(row.key)),)
    if row.row.kind is Kind.TEXT:
        return lambda values: (_text_raw(owner, row, values.get(row.key)),)
    if row.listed:
        raw_of = to_raw(row.row, owner, row.key)
        return lambda values: _list_raws(owner, row, values.get(row.key), raw_of)[skip:keep]
    raw_of = _places_raw if row.places else to_raw(row.row, owner, row.key)
    if row.swapped:
        return lambda values: (_turned(raw_of(values.get(row.key)), signed=row.row.code == "i"),)
    return lambda values: (raw_of(values.get(row.key)),)


def _packed_raw(owner: str, key: str, form: Packed, value: Any) -> bytes:
    if value is not None:
        return form.write(value)
    if form.absent is None:
        raise ParameterError(f"{owner}.{key} is not known, and the register map has no way to say so.")
    return form.absent


def _places_raw(values: Sequence[bool] | None) -> int:
    return sum(1 << place for place, on in enumerate(values or ()) if on)


def _text_raw(owner: str, row: Register, value: str | None) -> bytes:
    length = int(row.row.code)
    try:
        return (value or "").encode("latin-1")[:length].ljust(length, b"\0")
    except UnicodeEncodeError as error:
        raise ParameterError(f"{owner}.{row.key} is {value!r}: only Latin letters can be sent.") from error


def _list_raws(owner: str, row: Register, values: Sequence[Any] | None, raw_of: Callable[[Any], int]) -> list[int]:
    if values is None and row.row.absent is None:
        raise ParameterError(f"{owner}.{row.key} are not known, and the register map has no way to say so.")
    values = values or ()
    if len(values) > row.count:
        raise ParameterError(f"{owner} has places for {row.count} {row.key}, the pack has {len(values)}.")
    unused = row.filler if row.filler is not None else row.row.absent
    if unused is None and len(values) < row.count:
        raise ParameterError(f"{owner} needs {row.count} {row.key}, the pack has {len(values)}.")
    return [raw_of(value) for value in values] + [unused or 0] * (row.count - len(values))


class _BitReader:
    """Reads named bits; remembers what each raw number meant."""

    def __init__(self, row: Register) -> None:
        self.bits = row.bits
        self.groups = tuple(dict.fromkeys(bit.group for bit in row.bits))
        self.known: dict[int, Values] = {}

    def read(self, raw: int, out: Values) -> None:
        if raw not in self.known:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            self.known[raw] = self._meaning(raw)
        for key, value in self.known[raw].items():
            if key in _SETS:
                out[key] = out.get(key, frozenset()) | value
            elif key == "switches":
                out[key] = out.get(key, {}) | value
            else:
                out[key] = value

    def _meaning(self, raw: int) -> Values:
        meaning: Values = {group: frozenset() for group in self.groups if group in _SETS}
        for bit in self.bits:
            on = bool(raw >> bit.bit & 1)
            if bit.width > 1:
                meaning[bit.names[0]] = raw >> bit.bit & (1 << bit.width) - 1
            elif bit.group == "switches":
                meaning.setdefault("switches", {})[bit.names[0]] = on
            elif not bit.group:
                meaning[bit.names[0]] = on
            elif on:
                meaning[bit.group] |= frozenset(bit.names)
        return meaning


def _bit_raw(owner: str, row: Register, values: Mapping[str, Any]) -> int:
    raw = 0
    for bit in row.bits:
        if bit.group in _SETS:
            names = values.get(bit.group)
            if names is None:
                raise ParameterError(f"{owner}: {bit.group} are not known, and bits cannot say so.")
            on: int | None = bit.sent and not names.isdisjoint(bit.names + bit.also)
        else:
            on = (values.get("switches") or {} if bit.group else values).get(bit.names[0])
            if on is None and bit.needed:
                raise ParameterError(f"{owner}: {bit.group} {bit.names[0]} is not known, and a bit cannot say so.")
        raw |= (int(bool(on)) if bit.width == 1 else _fitted(on or 0, bit.width)) << bit.bit
    return raw


def _fitted(value: int, width: int) -> int:
    return max(0, min((1 << width) - 1, value))
