"""Binary frames in a byte stream, and the rows that only binary dialects need."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.codec import Layout, named_bits, series, wire
from openress.codec.binframe import SILENCE_S, BinaryShape, BinarySplitter, PacedSplitter
from openress.errors import FrameError, ParameterError, StateError

SHAPE = BinaryShape(
    2, lambda head: head[1] + 3 if head[0] == 0xAA else None, lambda raw: sum(raw[:-1]) & 0xFF == raw[-1]
)


def framed(data: bytes) -> bytes:
    body = bytes((0xAA, len(data))) + data
    return body + bytes((sum(body) & 0xFF,))


@given(st.lists(st.binary(max_size=20)), st.integers(1, 7))
def test_frames_are_found_in_any_chunks(contents: list[bytes], size: int) -> None:
    stream = b"".join(map(framed, contents))
    splitter = BinarySplitter(SHAPE)
    found = [frame for at in range(0, len(stream), size) for frame in splitter.feed(stream[at : at + size])]
    assert found == [framed(data) for data in contents]


@given(st.binary().filter(lambda noise: 0xAA not in noise), st.binary(max_size=20))
def test_bytes_that_begin_no_frame_are_dropped(noise: bytes, data: bytes) -> None:
    assert BinarySplitter(SHAPE).feed(noise + framed(data) + noise) == [framed(data)]


def test_a_damaged_length_costs_no_frame_behind_it() -> None:
    damaged = b"\xaa\x04" + framed(b"")
    sound = framed(b"\x01\x02\x03")
    assert BinarySplitter(SHAPE).feed(damaged + sound)[-1] == sound


def test_a_frame_with_a_wrong_check_is_given_so_that_its_reader_can_say_so() -> None:
    wrong = b"\xaa\x01\x05\x00"
    assert BinarySplitter(SHAPE).feed(wrong) == [wrong]


def test_what_has_begun_is_given_up_after_silence_and_not_before() -> None:
    splitter, frame = PacedSplitter(BinarySplitter(SHAPE)), framed(b"abc")
    assert splitter.feed(frame[:3], 0.0) == []
    assert splitter.feed(frame[3:], SILENCE_S) == [frame]
    assert splitter.feed(b"\xaa\x20", 1.0) == []
    assert splitter.feed(frame, 1.0 + SILENCE_S + 0.01) == [frame]


class Word(StrEnum):
    ONE = "one"
    TWO = "two"


@dataclass(frozen=True, slots=True)
class Lists:
    counted: tuple[int, ...] = series("H", count="H")
    words: frozenset[Word] = named_bits({0: Word.ONE, 1: Word.TWO}, also={4: Word.ONE})
    current_a: float = wire("H", step=-0.1, zero=30000)
    rest: tuple[float, ...] = series("h", step=0.1)


LISTS = Layout(Lists)


def test_series_with_and_without_a_count() -> None:
    raw = bytes.fromhex("0002 0001 0002 01 7530 000A FFFB")
    frame = LISTS.decode(raw)
    assert frame == Lists((1, 2), frozenset({Word.ONE}), 0.0, (1.0, -0.5))
    assert LISTS.encode(frame) == raw


def test_a_value_that_counts_the_other_way_round_is_never_minus_zero() -> None:
    assert str(LISTS.decode(bytes.fromhex("0000 00 7530")).current_a) == "0.0"
    assert LISTS.decode(bytes.fromhex("0000 00 756F")).current_a == -6.3


def test_further_bits_raise_a_name_and_are_not_sent() -> None:
    frame = LISTS.decode(bytes.fromhex("0000 10 7530"))
    assert frame.words == {Word.ONE}
    assert LISTS.encode(frame)[2] == 0x01


def test_a_bit_is_sent_or_only_read() -> None:
    @dataclass(frozen=True, slots=True)
    class Twice:
        words: frozenset[Word] = named_bits({0: Word.ONE}, also={0: Word.TWO})

    with pytest.raises(StateError, match="both sent and only read"):
        Layout(Twice)


@pytest.mark.parametrize("raw", ["00", "0001", "000100", "0002 0001"])
def test_a_series_that_ends_too_early_is_refused(raw: str) -> None:
    with pytest.raises(FrameError, match="ends before"):
        LISTS.decode(bytes.fromhex(raw))


def test_an_unknown_series_cannot_be_sent() -> None:
    with pytest.raises(ParameterError, match="not known"):
        LISTS.encode(Lists(None, frozenset(), 0.0, ()))  # type: ignore[arg-type]
