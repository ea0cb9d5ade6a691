"""Rows of less than a byte: packed numbers, pairs of bits, flags in a word; and options that change a table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.layouts import frames

from openress.codec import Layout, flag, named_pairs, packed, text, wire
from openress.errors import ParameterError, StateError


class Lamp(StrEnum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Word:
    """Flags and numbers in one word, then a byte of its own."""

    low: int = packed(0, 2, "word", code="H")
    on: bool = flag(2, "word", code="H")
    high: int = packed(10, 3, "word", code="H")
    alone: int = packed(5, 3, "byte")


@dataclass(frozen=True, slots=True)
class Lamps:
    """Two bytes of pairs."""

    first: frozenset[Lamp] | None = named_pairs({0: Lamp.RED, 3: (Lamp.GREEN, Lamp.BLUE)}, code="B")
    second: frozenset[Lamp] | None = named_pairs({1: Lamp.RED}, code="B", always=0x80)


@dataclass(frozen=True, slots=True)
class Named:
    name: str | None = text(4, printable=True)
    volts_v: float = wire("H", step=0.01)


@pytest.mark.parametrize(("order", "raw"), [("<", "050EA0"), (">", "0E05A0")])
def test_packed_numbers_share_a_word_whatever_its_order(order: str, raw: str) -> None:
    layout = Layout(Word, byte_order=order)
    # 01 + on (4) + 3 << 10 (0C00), and the flag's neighbours stay 0; 5 << 5 is A0.
    word = Word(1, True, 3, 5)
    assert layout.encode(word).hex().upper() == raw.replace("0E", "0C")
    assert layout.decode(layout.encode(word)) == word
    # Bits that no row names are read past.
    assert layout.decode(bytes.fromhex(raw)).high == 3


@given(st.data())
def test_tables_with_small_rows_come_back(data: st.DataObject) -> None:
    for layout in (Layout(Word), Layout(Word, byte_order="<"), Layout(Lamps)):
        frame = data.draw(frames(layout))
        assert layout.decode(layout.encode(frame)) == frame


@pytest.mark.parametrize("value", [-1, 4, None])
def test_a_packed_number_that_does_not_fit_is_refused(value: int | None) -> None:
    with pytest.raises(ParameterError, match="0 to 3 fits on the wire"):
        Layout(Word).encode(Word(value, False, 0, 0))  # type: ignore[arg-type]


def test_overlapping_bits_are_an_error_of_the_table() -> None:
    @dataclass(frozen=True)
    class Overlaps:
        low: int = packed(0, 3, "byte")
        on: bool = flag(2, "byte")

    with pytest.raises(StateError, match="bit 2 of byte byte is taken"):
        Layout(Overlaps)


def test_a_pair_says_raised_cleared_or_nothing() -> None:
    layout = Layout(Lamps)
    assert layout.encode(Lamps(frozenset(), frozenset({Lamp.RED}))) == bytes([0b10_00_00_10, 0x80 | 0b01_00])
    assert layout.encode(Lamps(frozenset({Lamp.BLUE}), None)) == bytes([0b01_00_00_10, 0])
    assert layout.decode(bytes([0b01_00_00_00, 0b10_00])) == Lamps(frozenset({Lamp.GREEN, Lamp.BLUE}), frozenset())
    # 3 says as little as 0, and pairs without a name say nothing at all.
    assert layout.decode(bytes([0b11_10_01_00, 0b01_00_01])) == Lamps(None, None)


def test_a_printable_text_ends_at_the_first_other_byte() -> None:
    layout = Layout(Named)
    assert layout.decode(b"AB\x1cD\x00\x00").name == "AB"
    assert layout.decode(b"\x00ABC\x00\x00").name is None
    assert layout.decode(b"ABCD\x00\x00").name == "ABCD"


def test_a_step_can_differ_from_the_tables() -> None:
    assert Layout(Named, steps={"volts_v": 0.1}).decode(b"ABCD\x00\x64").volts_v == 10.0
    assert Layout(Named, steps={"volts_v": -0.1}).encode(Named("A", -10.0))[4:] == b"\x00\x64"
    assert Layout(Named).decode(b"ABCD\x00\x64").volts_v == 1.0
