"""Rows of an address map: what stands at which register, coil or byte offset.

    measured(0, "pack_current_a", "h", step=0.01)
    measured(15, "cell_voltages_mv", "H", count=16, filler=0)
    bits(10, protection(0, Condition.CELL_OVER_VOLTAGE), ...)

`registertable.RegisterTable` runs the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from struct import calcsize
from typing import Any

from openress.codec.rows import NEAREST, Kind, Rounding, Row
from openress.model import Condition, Fault, Source

__all__ = [
    "Bit",
    "Block",
    "Packed",
    "Register",
    "alarm",
    "bits",
    "each_bit",
    "fault",
    "flag",
    "measured",
    "number",
    "packed",
    "protection",
    "setting",
    "switch",
    "text",
]


@dataclass(frozen=True, slots=True)
class Bit:
    """One bit of a register.

    Attributes:
        bit: its number, 0 = lowest.
        group: the set it belongs to (`alarms`, `protections`, `faults`), `switches`, or empty for a flag of its own.
        names: what it stands for; a bit that covers several raises all of them when read.
        also: names that set the bit because they have none of their own, and are not raised by it.
        sent: whether it is ever set by us; else the names have another bit.
        needed: whether the register cannot be sent while this is not known; otherwise unknown is sent as 0.
        width: how many bits, from `bit` upwards, for a number of its own.
        note: what a reader of the table should know.
    """

    bit: int
    group: str
    names: tuple[str, ...]
    also: tuple[str, ...] = ()
    sent: bool = True
    needed: bool = False
    width: int = 1
    note: str = ""


def alarm(bit: int, *conditions: Condition, sent: bool = True, note: str = "") -> Bit:
    """A bit that warns."""
    return Bit(bit, "alarms", conditions, sent=sent, note=note)


def protection(
    bit: int, *conditions: Condition, also: tuple[Condition, ...] = (), sent: bool = True, note: str = ""
) -> Bit:
    """A bit that says a switch was opened."""
    return Bit(bit, "protections", conditions, also=also, sent=sent, note=note)


def fault(bit: int, *faults: Fault, also: tuple[Fault, ...] = (), sent: bool = True, note: str = "") -> Bit:
    """A bit that says a part does not work."""
    return Bit(bit, "faults", faults, also=also, sent=sent, note=note)


def switch(bit: int, name: str, *, needed: bool = False) -> Bit:
    """A bit that shows a switch, 1 = on."""
    return Bit(bit, "switches", (name,), needed=needed)


def flag(bit: int, key: str, *, needed: bool = False, note: str = "") -> Bit:
    """A bit with a key of its own."""
    return Bit(bit, "", (key,), needed=needed, note=note)


def number(bit: int, width: int, key: str, *, note: str = "") -> Bit:
    """A number of `width` bits beside others; what does not fit saturates, what is not known is refused."""
    return Bit(bit, "", (key,), needed=True, width=width, note=note)


@dataclass(frozen=True, slots=True)
class Packed:
    """A value of a form of its own, such as a date.

    Attributes:
        words: what it is.
        read: from bytes; `None` when they say nothing.
        write: to bytes; raises `ParameterError` for a value that does not fit.
        absent: bytes that say nothing; without them an unknown value is refused.
    """

    words: str
    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes]
    absent: bytes | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """One row.

    Attributes:
        at: its address, in the units of the table.
        key: public key; empty for named bits.
        row: type, step, zero and so on of one value.
        count: number of values; a list when `listed`.
        listed: whether the value is a list, such as the cells.
        filler: raw count of unused places at the end of a list.
        bits: what the bits stand for.
        places: for a list of bits: how many.
        packed: for a value of its own form: how it lies in its bytes.
        writable: whether it may be written.
        swapped: 32 bits whose low register comes first.
    """

    at: int
    key: str
    row: Row
    count: int = 1
    listed: bool = False
    filler: int | None = None
    bits: tuple[Bit, ...] = ()
    places: int = 0
    packed: Packed | None = None
    writable: bool = False
    swapped: bool = False

    @property
    def form(self) -> str:
        """`struct` characters."""
        return f"{self.row.code}s" if self.row.kind is Kind.TEXT or self.packed else self.row.code * self.count

    @property
    def size(self) -> int:
        """Bytes on the wire."""
        return calcsize(">" + self.form)


def measured(
    at: int,
    key: str,
    code: str,
    *,
    step: float = 1,
    zero: int = 0,
    count: int | None = None,
    absent: int | None = None,
    filler: int | None = None,
    rounding: Rounding = NEAREST,
    magnitude: bool = False,
    swapped: bool = False,
    note: str = "",
    source: Source | None = None,
) -> Register:
    """A measured number, or a list of `count` of them; what does not fit saturates."""
    row = Row(
        Kind.NUMBER,
        code,
        step=step,
        zero=zero,
        absent=absent,
        saturate=True,
        rounding=rounding,
        magnitude=magnitude,
        note=note,
        source=source,
    )
    return Register(at, key, row, count or 1, listed=count is not None, filler=filler, swapped=swapped)


def setting(
    at: int,
    key: str,
    code: str,
    *,
    step: float = 1,
    zero: int = 0,
    absent: int | None = None,
    writable: bool = True,
    magnitude: bool = False,
    note: str = "",
    source: Source | None = None,
) -> Register:
    """A setting; what does not fit is refused."""
    row = Row(Kind.NUMBER, code, step=step, zero=zero, absent=absent, magnitude=magnitude, note=note, source=source)
    return Register(at, key, row, writable=writable)


def text(at: int, key: str, length: int, *, note: str = "", source: Source | None = None) -> Register:
    """Characters, `length` bytes, padded with NUL or blanks."""
    return Register(at, key, Row(Kind.TEXT, str(length), note=note, source=source))


def packed(
    at: int, key: str, length: int, form: Packed, *, writable: bool = False, source: Source | None = None
) -> Register:
    """A value of a form of its own, `length` bytes."""
    return Register(
        at, key, Row(Kind.TEXT, str(length), note=form.words, source=source), packed=form, writable=writable
    )


def bits(at: int, *members: Bit, code: str = "H", note: str = "", source: Source | None = None) -> Register:
    """Named bits."""
    return Register(at, "", Row(Kind.BITS, code, note=note, source=source), bits=members)


def each_bit(
    at: int, key: str, places: int, *, code: str = "H", swapped: bool = False, source: Source | None = None
) -> Register:
    """A list of bits, the lowest first, such as the cells that are balanced; unknown is sent as 0."""
    return Register(at, key, Row(Kind.BITS, code, source=source), places=places, swapped=swapped)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of addresses that exists, both ends included; addresses without a row read as 0.

    `live` tells measured values, which may only be told while they are fresh, from settings and names. A block that is
    not `served` is understood when others tell it; our packs refuse it.
    """

    name: str
    first: int
    last: int
    live: bool = True
    served: bool = True
