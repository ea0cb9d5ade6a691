"""A CAN dialect as DBC text, out of the same rows that encode and decode, for the tools of others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from openress.codec import Layout, Row
from openress.codec.rows import Kind
from openress.errors import StateError
from openress.protocols.base import Direction
from openress.protocols.inverter.table import CanRow, CanTable

__all__ = ["dbc"]

_SIZES = {"B": 1, "b": 1, "H": 2, "h": 2, "I": 4, "i": 4, "T": 3}
_UNITS = {"v": "V", "mv": "mV", "a": "A", "ah": "Ah", "pct": "%", "c": "degC", "kwh": "kWh"}
_NODES = {Direction.FROM_BATTERY: ("BATTERY", "INVERTER"), Direction.TO_BATTERY: ("INVERTER", "BATTERY")}
_PAIR_VALUES = '0 "not said" 1 "raised" 2 "cleared" 3 "not said"'
_EXTENDED = 1 << 31
_LONGEST = 32
_CYCLE_MS = 1000


@dataclass(frozen=True, slots=True)
class _Signal:
    """One signal: `bit` counts from the lowest bit of the `word` bytes that start at byte `at`."""

    name: str
    at: int
    word: int
    bit: int
    width: int
    unit: str = ""
    signed: bool = False
    factor: float = 1
    offset: float = 0
    values: str = ""
    comment: str = ""

    def start(self, order: str) -> int:
        """DBC's start bit: the lowest one for low byte first, else the highest."""
        if order == "<":
            return 8 * self.at + self.bit
        top = self.bit + self.width - 1
        return 8 * (self.at + self.word - 1 - top // 8) + top % 8

    def line(self, order: str, reader: str) -> str:
        """Its line in the message."""
        low, high = (-(1 << self.width - 1), (1 << self.width - 1) - 1) if self.signed else (0, (1 << self.width) - 1)
        ends = sorted(raw * self.factor + self.offset for raw in (low, high))
        kind = f"@{1 if order == '<' else 0}{'-' if self.signed else '+'}"
        return (
            f" SG_ {self.name} : {self.start(order)}|{self.width}{kind}"
            f" ({_number(self.factor)},{_number(self.offset)}) [{_number(ends[0])}|{_number(ends[1])}]"
            f' "{self.unit}" {reader}'
        )


def dbc(title: str, table: CanTable) -> str:
    """The messages of `table`, in both directions, with scales, names of bits, sources and period.

    A message has the bytes that we send; what real devices append is not in it. Names of bits are shortened to the 32
    characters that the format allows, and written out in their comments.
    """
    return "\n".join(_lines(title, table)) + "\n"


def _lines(title: str, table: CanTable) -> Iterator[str]:
    yield f'VERSION "{_plain(title)}"'
    yield ""
    yield "NS_ :"
    yield ""
    yield "BS_:"
    yield ""
    yield "BU_: BATTERY INVERTER"
    messages = [(_id(table, row), row, list(_signals(row))) for row in table.rows.values()]
    for identifier, row, signals in messages:
        sender, reader = _NODES[row.sender]
        yield ""
        yield f"BO_ {identifier} {row.kind}_{table.name(row.id)}: {row.size} {sender}"
        for signal in signals:
            yield signal.line(row.layout.byte_order, reader)
    yield ""
    for identifier, row, signals in messages:
        yield f'CM_ BO_ {identifier} "{_about(row)}";'
        yield from (f'CM_ SG_ {identifier} {signal.name} "{signal.comment}";' for signal in signals if signal.comment)
    yield 'BA_DEF_ BO_ "GenMsgCycleTime" INT 0 60000;'
    yield 'BA_DEF_DEF_ "GenMsgCycleTime" 0;'
    for identifier, row, _ in messages:
        if row.tell is not None or row.say is not None:
            yield f'BA_ "GenMsgCycleTime" BO_ {identifier} {_CYCLE_MS};'
    for identifier, _, signals in messages:
        yield from (f"VAL_ {identifier} {signal.name} {signal.values} ;" for signal in signals if signal.values)


def _id(table: CanTable, row: CanRow) -> int:
    return row.id | _EXTENDED if table.extended else row.id


def _about(row: CanRow) -> str:
    parts = [(row.layout.frame.__doc__ or "").strip(), row.note, f"Source: {row.source}" if row.source else ""]
    return _plain(" ".join(part for part in parts if part))


def _signals(row: CanRow) -> Iterator[_Signal]:
    """The signals of a message, without those behind the bytes that we send."""
    for name, field, at in _places(row.layout):
        for signal in _of_row(name, field, at, row.layout.byte_order):
            if signal.at + signal.word <= row.size:
                yield signal


def _places(layout: Layout[object]) -> Iterator[tuple[str, Row, int]]:
    """Fields with the byte at which each starts; flags and packed numbers of one byte start together."""
    at = 0
    rows = list(layout.rows.items())
    following = [row.byte for _, row in rows[1:]] + [""]
    for (name, row), shared in zip(rows, following, strict=True):
        yield name, row, at
        if not row.byte or shared != row.byte:
            at += _width(row)


def _width(row: Row) -> int:
    if row.kind in (Kind.TEXT, Kind.DOTTED):
        return int(row.code)
    if row.code in _SIZES and row.kind not in (Kind.COUNTED, Kind.SERIES, Kind.BLOCKS):
        return _SIZES[row.code]
    raise StateError(f"A row of kind {row.kind.value} has no place in a CAN frame.")


def _of_row(name: str, row: Row, at: int, order: str) -> Iterator[_Signal]:
    word = _width(row)
    note = _plain("; ".join(part for part in (row.note, str(row.source or "")) if part))
    match row.kind:
        case Kind.FLAG | Kind.PACKED:
            yield _Signal(name, at, word, row.bit, row.width, comment=note)
        case Kind.BITS | Kind.PAIRS:
            width = 2 if row.kind is Kind.PAIRS else 1
            for number, members in sorted((row.bits or {}).items()):
                yield _Signal(
                    f"{name}_{number}_{members[0]}"[:_LONGEST],
                    at,
                    word,
                    width * number,
                    width,
                    values=_PAIR_VALUES if row.kind is Kind.PAIRS else "",
                    comment=" or ".join(members),
                )
        case Kind.DOTTED:
            for part in range(word):
                yield _Signal(f"{name}_{part + 1}", at + part, 1, 0, 8, comment=note)
        case Kind.TEXT:
            yield _Signal(
                name, at, word, 0, 8 * word, comment=f"text, {'lowest' if order == '<' else 'highest'} byte first"
            )
        case _:
            signed = row.code.islower()
            yield _Signal(
                name,
                at,
                word,
                0,
                8 * word,
                _UNITS.get(name.rsplit("_", 1)[-1], ""),
                signed,
                row.step,
                -row.zero * row.step,
                "" if row.absent is None else f'{row.absent} "not said"',
                note,
            )


def _number(value: float) -> str:
    return f"{value:.10g}"


def _plain(words: str) -> str:
    return re.sub(r"[^\x20-\x7e]", " ", words).replace('"', "'").replace("\\", "/")
