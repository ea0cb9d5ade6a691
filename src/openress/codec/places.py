"""Where a field lies in the bytes of its frame, and the count that stands there: for people who ask which bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openress.codec.layout import Layout
from openress.codec.rows import Kind, Row

__all__ = ["Place", "place_of"]

_SIZES = {"B": 1, "b": 1, "H": 2, "h": 2, "T": 3, "I": 4, "i": 4}
_SHARING = (Kind.FLAG, Kind.PACKED)
_NUMBERS = (Kind.NUMBER, Kind.CODED, Kind.BITS, Kind.PAIRS, *_SHARING)


@dataclass(frozen=True, slots=True)
class Place:
    """A field in a frame.

    Attributes:
        at: offset of its first byte.
        size: bytes.
        raw: the count that stands there; of a flag its bit.
        step: worth of one count.
        bit: number of the bit, for a flag.
    """

    at: int
    size: int
    raw: int
    step: float
    bit: int | None = None


def place_of(layout: Layout[Any], key: str, data: bytes) -> Place | None:
    """Where `data` has the value with the public name `key`.

    `None` when it is not there: no such row, a frame that ends before it, or one whose rows before it have no fixed
    size.
    """
    at, shared = 0, ""
    for name, row in layout.rows.items():
        if not (row.kind in _SHARING and row.byte == shared and shared):
            at, shared = at + (_size(shared, layout) if shared else 0), ""
        size = _width(row)
        if size is None or row.only_if is not None or row.from_count is not None:
            return None
        if (name if row.key is None else row.key) == key and row.kind in _NUMBERS:
            return _found(layout, row, data, at, size)
        if row.kind in _SHARING:
            shared = row.byte
        else:
            at += size
    return None


def _size(byte: str, layout: Layout[Any]) -> int:
    return max(_SIZES[row.code] for row in layout.rows.values() if row.byte == byte)


def _width(row: Row) -> int | None:
    if row.kind in (Kind.TEXT, Kind.DOTTED):
        return int(row.code)
    return _SIZES.get(row.code) if row.kind in _NUMBERS else None


def _found(layout: Layout[Any], row: Row, data: bytes, at: int, size: int) -> Place | None:
    piece = data[at : at + size]
    if len(piece) < size:
        return None
    order: Any = "big" if layout.byte_order == ">" else "little"
    raw = int.from_bytes(piece, order, signed=row.code.islower())
    if row.kind is Kind.FLAG:
        return Place(at, size, raw >> row.bit & 1, 1, row.bit)
    return Place(at, size, raw, row.step)
