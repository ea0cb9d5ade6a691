"""Rows of a frame table: what one field is on the wire, and how a count becomes a value.

value = (raw - zero) x step. Wire types are those of `struct` (B b H h I i), `T` for an unsigned 24-bit number,
and the builders below for text, dotted versions, counted lists, repeated blocks, flags and named bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from openress.errors import ParameterError
from openress.model.evidence import Source

if TYPE_CHECKING:
    from openress.codec.layout import Layout

__all__ = [
    "DOWN",
    "NEAREST",
    "UP",
    "Kind",
    "Row",
    "blocks",
    "coded",
    "counted",
    "dotted",
    "flag",
    "named_bits",
    "named_pairs",
    "packed",
    "series",
    "text",
    "to_raw",
    "to_value",
    "wire",
]

E = TypeVar("E", bound=StrEnum)

Rounding = Literal["nearest", "down", "up"]
NEAREST: Rounding = "nearest"
DOWN: Rounding = "down"
UP: Rounding = "up"

_RANGE = {
    "B": (0, 0xFF),
    "b": (-0x80, 0x7F),
    "H": (0, 0xFFFF),
    "h": (-0x8000, 0x7FFF),
    "I": (0, 0xFFFFFFFF),
    "i": (-0x80000000, 0x7FFFFFFF),
    "T": (0, 0xFFFFFF),
}


class Kind(Enum):
    """How a row lies on the wire."""

    NUMBER = "number"
    TEXT = "text"
    DOTTED = "dotted"
    CODED = "coded"
    FLAG = "flag"
    PACKED = "packed"
    BITS = "bits"
    PAIRS = "pairs"
    COUNTED = "counted"
    BLOCKS = "blocks"
    SERIES = "series"


@dataclass(frozen=True, slots=True)
class Row:
    """One field on the wire.

    Attributes:
        code: `struct` type, or `T` for 24 bits; for text and dotted versions the number of bytes.
        step: value of one count; negative where the wire counts the other way round.
        zero: raw count that means 0.
        absent: raw count that means "not said"; decodes to `None`.
        saturate: clamp to what the wire can hold instead of refusing.
        rounding: `DOWN` or `UP` where rounding may only go to the safe side.
        magnitude: the sign on the wire carries no meaning (peers disagree); decodes to zero or more.
        printable: for text: it ends at the first byte that is no printable character.
        optional: the frame may end before this row; decodes to `None`.
        only_if: name of an earlier row and the value it must have for this row to be there.
        from_count: name of an earlier row that counts items, and the count from which this row is there.
        key: public name when it differs from the field's; an empty string keeps the row private.
        bits: for named bits and pairs: number of the bit or pair -> what it stands for, one member or several that
            share it.
        also: for named bits: further bits that raise names when read and are never sent.
        always: for named pairs: bits that are sent beside them.
        count: for series: `struct` type of the count in front; empty when the numbers fill the frame.
        codes: for coded values: raw -> member; others read as `other`.
        bit: for flags and packed numbers: the lowest bit.
        width: for packed numbers: how many bits.
        byte: for flags and packed numbers: name of the byte or word that consecutive ones share.
        block: for repeated blocks: layout of one.
        note: what a reader of the table should know.
        source: where the row comes from; the layout's source when `None`.
    """

    kind: Kind
    code: str
    step: float = 1
    zero: int = 0
    absent: int | None = None
    saturate: bool = False
    rounding: Rounding = NEAREST
    magnitude: bool = False
    printable: bool = False
    optional: bool = False
    only_if: tuple[str, int] | None = None
    from_count: tuple[str, int] | None = None
    key: str | None = None
    bits: Mapping[int, tuple[StrEnum, ...]] | None = None
    codes: Mapping[int, StrEnum] | None = None
    other: StrEnum | None = None
    bit: int = 0
    width: int = 1
    byte: str = ""
    block: Layout[Any] | None = None
    also: Mapping[int, tuple[StrEnum, ...]] | None = None
    always: int = 0
    count: str = ""
    note: str = ""
    source: Source | None = None


def _field(row: Row) -> Any:
    return field(metadata={"wire": row})


def wire(
    code: str,
    *,
    step: float = 1,
    zero: int = 0,
    absent: int | None = None,
    saturate: bool = False,
    rounding: Rounding = NEAREST,
    magnitude: bool = False,
    optional: bool = False,
    only_if: tuple[str, int] | None = None,
    from_count: tuple[str, int] | None = None,
    key: str | None = None,
    note: str = "",
    source: Source | None = None,
) -> Any:
    """A number; see `Row` for the options."""
    return _field(
        Row(
            Kind.NUMBER,
            code,
            step=step,
            zero=zero,
            absent=absent,
            saturate=saturate,
            rounding=rounding,
            magnitude=magnitude,
            optional=optional,
            only_if=only_if,
            from_count=from_count,
            key=key,
            note=note,
            source=source,
        )
    )


def text(
    length: int,
    *,
    printable: bool = False,
    optional: bool = False,
    note: str = "",
    key: str | None = None,
    source: Source | None = None,
) -> Any:
    """Characters padded with NUL, blanks or dashes; `length` bytes."""
    return _field(
        Row(Kind.TEXT, str(length), printable=printable, optional=optional, key=key, note=note, source=source)
    )


def dotted(length: int, *, note: str = "", key: str | None = None, source: Source | None = None) -> Any:
    """A version of `length` bytes, read as numbers with dots: 02 03 is "2.3"."""
    return _field(Row(Kind.DOTTED, str(length), key=key, note=note, source=source))


def coded(codes: Mapping[int, E], *, other: E, code: str = "B", note: str = "", source: Source | None = None) -> Any:
    """A number that stands for a name; a number not in the table reads as `other`."""
    return _field(Row(Kind.CODED, code, codes=codes, other=other, note=note, source=source))


def flag(
    bit: int, byte: str, *, code: str = "B", key: str | None = None, note: str = "", source: Source | None = None
) -> Any:
    """One bit; consecutive flags with the same `byte` share that byte, its other bits are sent as 0.

    With `code` they share a wider number; bit 0 is its lowest.
    """
    return _field(Row(Kind.FLAG, code, bit=bit, byte=byte, key=key, note=note, source=source))


def packed(
    bit: int,
    width: int,
    byte: str,
    *,
    code: str = "B",
    key: str | None = None,
    note: str = "",
    source: Source | None = None,
) -> Any:
    """A number of `width` bits from `bit` upwards, in a byte shared with flags and other packed numbers."""
    return _field(Row(Kind.PACKED, code, bit=bit, width=width, byte=byte, key=key, note=note, source=source))


def named_bits(
    bits: Mapping[int, StrEnum | tuple[StrEnum, ...]],
    *,
    also: Mapping[int, StrEnum | tuple[StrEnum, ...]] | None = None,
    code: str = "B",
    optional: bool = False,
    key: str | None = None,
    note: str = "",
    source: Source | None = None,
) -> Any:
    """A set of names, one bit each.

    A bit that covers several names raises all of them when read, which is the cautious reading, and is
    set when any of them holds. Bits of `also` raise names that have another bit of their own; they are never sent.
    """
    spread, further = _spread(bits), _spread(also or {})
    row = Row(Kind.BITS, code, bits=spread, also=further, optional=optional, key=key, note=note, source=source)
    return _field(row)


def named_pairs(
    pairs: Mapping[int, StrEnum | tuple[StrEnum, ...]],
    *,
    code: str = "I",
    always: int = 0,
    key: str | None = None,
    note: str = "",
    source: Source | None = None,
) -> Any:
    """A set of names, two bits each: 1 is raised, 2 is cleared, 0 and 3 say nothing.

    Decodes to the names raised, or to `None` when no pair says anything. Sent, every named pair is raised or cleared;
    `None` is sent as 0; bits of `always` go with anything else.
    """
    return _field(Row(Kind.PAIRS, code, bits=_spread(pairs), always=always, key=key, note=note, source=source))


def _spread(bits: Mapping[int, StrEnum | tuple[StrEnum, ...]]) -> dict[int, tuple[StrEnum, ...]]:
    return {bit: names if isinstance(names, tuple) else (names,) for bit, names in bits.items()}


def series(
    code: str,
    *,
    count: str = "",
    step: float = 1,
    zero: int = 0,
    note: str = "",
    key: str | None = None,
    source: Source | None = None,
) -> Any:
    """Numbers that fill the rest of the frame; with `count` a number of that type in front says how many there are."""
    return _field(Row(Kind.SERIES, code, step=step, zero=zero, count=count, key=key, note=note, source=source))


def counted(
    code: str,
    *,
    step: float = 1,
    zero: int = 0,
    absent: int | None = None,
    note: str = "",
    key: str | None = None,
    source: Source | None = None,
) -> Any:
    """A count byte, then that many numbers; with `absent` a number may be missing in between."""
    return _field(Row(Kind.COUNTED, code, step=step, zero=zero, absent=absent, key=key, note=note, source=source))


def blocks(block: Layout[Any], *, key: str | None = None, note: str = "", source: Source | None = None) -> Any:
    """A count byte, then that many frames of another layout."""
    return _field(Row(Kind.BLOCKS, "", block=block, key=key, note=note, source=source))


def to_value(row: Row) -> Callable[[int], Any] | None:
    """Make the function from a raw count to its value; `None` where the count is the value."""
    scale = _scale(row)
    absent, magnitude = row.absent, row.magnitude
    if absent is None and not magnitude:
        return scale

    def read(raw: int) -> Any:
        if raw == absent:
            return None
        value = raw if scale is None else scale(raw)
        return abs(value) if magnitude else value

    return read


def _scale(row: Row) -> Callable[[int], Any] | None:
    zero, step = row.zero, row.step
    if step == 1:
        return None if zero == 0 else lambda raw: raw - zero
    if abs(step) < 1:
        # Dividing by the whole number gives the nearest double; multiplying by 0.1 does not.
        per_unit = round(1 / step)
        if step < 0:
            # Turned round first: -0.0 is not a value that anybody wants to read.
            return lambda raw: (zero - raw) / -per_unit
        return (lambda raw: raw / per_unit) if zero == 0 else (lambda raw: (raw - zero) / per_unit)
    return lambda raw: (raw - zero) * step


def to_raw(row: Row, owner: str, name: str) -> Callable[[Any], int]:
    """Make the function from a value to its raw count.

    Raises (from the function made):
        ParameterError: the value is absent where the wire cannot say so, is no finite number, or does not
            fit and the row does not saturate.
    """
    low, high = _RANGE[row.code]

    def write(value: Any) -> int:
        if value is None:
            if row.absent is None:
                raise ParameterError(f"{owner}.{name} is not known, and the frame has no way to say so.")
            return row.absent
        if not math.isfinite(value):
            raise ParameterError(f"{owner}.{name} is {value}: not a number that can be sent.")
        exact = value / row.step if abs(row.step) >= 1 else value * round(1 / row.step)
        raw = _round(exact, row.rounding) + row.zero
        if low <= raw <= high and raw != row.absent:
            return raw
        if row.saturate:
            return _clamped(raw, low, high, row.absent)
        raise ParameterError(f"{owner}.{name} is {value:g}: {_limits(row)} fits on the wire.")

    return write


def _round(exact: float, rounding: Rounding) -> int:
    if rounding == NEAREST:
        return round(exact)
    # A decimal like 53.2 V is not exact in binary; a count that is whole but for that error stays.
    nearest = round(exact)
    if abs(exact - nearest) < 1e-6:
        return nearest
    # A negative step turns the count round, so "down" in value is towards 0 in both directions.
    return math.trunc(exact) if rounding == DOWN else math.trunc(exact) + (1 if exact > 0 else -1)


def _clamped(raw: int, low: int, high: int, absent: int | None) -> int:
    raw = max(low, min(high, raw))
    if raw == absent:
        raw += -1 if raw > low else 1
    return raw


def _limits(row: Row) -> str:
    low, high = _RANGE[row.code]
    ends = sorted(((low - row.zero) * row.step, (high - row.zero) * row.step))
    return f"{ends[0]:g} to {ends[1]:g}"
