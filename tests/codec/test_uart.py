"""What a receiver makes of a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.codec.uart import BITS, Signal, Uart, character_s, coin, crossed, heard_as, uncrossed
from openress.errors import ParameterError

FRAME = b"~20024642E00202FD33\r"


def test_the_same_speed_gives_the_same_bytes() -> None:
    assert heard_as(FRAME, sent_baud=9600, heard_baud=9600) == FRAME


@given(st.binary(min_size=1, max_size=40), st.integers(-30, 30), st.floats(0.0, 200_000.0))
def test_speeds_that_differ_by_little_still_give_the_bytes(data: bytes, permille: int, start_s: float) -> None:
    """A receiver samples the middle of each bit, so it stands 3 % over ten bits."""
    signal = Signal(0, 0, start_s, 9600 + 96 * permille // 10, data)
    ear = Uart(1, 9600, at_s=start_s - 1.0)
    assert ear.hear([signal], signal.end_s + 1.0) == data


@given(st.binary(min_size=1, max_size=30), st.data())
def test_how_time_is_cut_does_not_matter(data: bytes, more: st.DataObject) -> None:
    other = more.draw(st.binary(min_size=1, max_size=10))
    apart_s = more.draw(st.floats(0.0, 0.03))
    swapped = more.draw(st.booleans())
    first = Signal(0, 0, 0.0, 9600, data)
    signals = sorted([first, Signal(1, 1, apart_s, 9600, other, swapped)], key=lambda signal: signal.start_s)
    cuts = sorted(more.draw(st.lists(st.floats(0.0, 0.08), max_size=12)))
    whole = Uart(2, 9600, seed=7).hear(signals, 0.1)
    ear = Uart(2, 9600, seed=7)
    parts = b"".join(
        ear.hear([signal for signal in signals if signal.start_s < until_s], until_s) for until_s in [*cuts, 0.1]
    )
    assert parts == whole


def test_a_slow_receiver_sees_few_bytes_of_a_fast_talker_and_none_right() -> None:
    heard = heard_as(FRAME, sent_baud=115200, heard_baud=9600)
    assert 0 < len(heard) < len(FRAME) / 5
    assert FRAME not in heard


def test_a_fast_receiver_sees_zeros_of_a_slow_talker() -> None:
    heard = heard_as(FRAME, sent_baud=9600, heard_baud=115200)
    assert len(heard) >= len(FRAME)
    assert set(heard) <= {0x00, 0x80, 0xC0, 0xE0, 0xF0, 0xF8, 0xFC, 0xFE, 0xFF}


def test_swapped_wires_invert_and_misframe() -> None:
    heard = heard_as(FRAME, sent_baud=9600, heard_baud=9600, swapped=True)
    assert heard
    assert not any(bytes([byte]) in b"~\r0123456789ABCDEF" for byte in heard[:5])


def test_both_ends_swapped_understand_each_other() -> None:
    signal = Signal(0, 0, 0.0, 9600, FRAME, swapped=True)
    assert Uart(1, 9600, swapped=True).hear([signal], 1.0) == FRAME


def test_two_talkers_garble_each_other_and_what_stands_apart_is_whole() -> None:
    late_s = 15 * character_s(9600) + 0.0003
    signals = [Signal(0, 0, 0.0, 9600, FRAME), Signal(1, 1, late_s, 9600, FRAME)]
    heard = Uart(2, 9600).hear(signals, 1.0)
    assert heard[:15] == FRAME[:15]
    assert FRAME not in heard
    assert heard != Uart(2, 9600, seed=1).hear(signals, 1.0), "another seed, other garbage"
    assert heard == Uart(2, 9600).hear(signals, 1.0)
    apart = [signals[0], Signal(1, 1, 0.05, 9600, FRAME)]
    assert Uart(2, 9600).hear(apart, 1.0) == FRAME + FRAME


def test_talkers_who_say_the_same_at_the_same_time_are_heard_as_one() -> None:
    """Two drivers that agree make one level: why two packs with the same contents may go unnoticed for a while."""
    signals = [Signal(0, 0, 0.0, 9600, FRAME), Signal(1, 1, 0.0, 9600, FRAME)]
    assert Uart(2, 9600).hear(signals, 1.0) == FRAME


def test_a_station_is_deaf_while_it_talks_unless_it_echoes() -> None:
    own, other = Signal(0, 5, 0.0, 9600, b"AAAA"), Signal(1, 6, 0.1, 9600, b"BB")
    assert Uart(5, 9600).hear([own, other], 1.0) == b"BB"
    assert Uart(5, 9600, echo=True).hear([own, other], 1.0) == b"AAAABB"
    assert Uart(5, 9600, swapped=True, echo=True).hear([Signal(0, 5, 0.0, 9600, b"AAAA", swapped=True)], 1.0) == b"AAAA"
    across = Signal(1, 6, 2 * character_s(9600), 9600, b"BB")
    assert b"B" not in Uart(5, 9600).hear([own, across], 1.0)


def test_a_character_that_has_not_ended_waits() -> None:
    signal = Signal(0, 0, 0.0, 9600, b"AB")
    ear = Uart(1, 9600)
    assert ear.hear([signal], 0.9 * character_s(9600)) == b""
    assert ear.hear([signal], 1.1 * character_s(9600)) == b"A"
    assert ear.hear([signal], BITS * 2.01 / 9600) == b"B"


def test_a_coin_is_fair_and_always_the_same() -> None:
    throws = [coin(1, number) for number in range(2000)]
    assert throws == [coin(1, number) for number in range(2000)]
    assert 0.45 < sum(throw < 0.5 for throw in throws) / 2000 < 0.55


@given(st.binary(min_size=1, max_size=60).map(lambda data: bytes(byte & 0x7F for byte in data)))
def test_text_can_be_said_so_that_swapped_wires_turn_it_right(text: bytes) -> None:
    assert heard_as(crossed(text), sent_baud=9600, heard_baud=9600, swapped=True) == text + b"\0"


def test_bytes_of_eight_bits_cannot() -> None:
    with pytest.raises(ParameterError, match="seven bits"):
        crossed(b"\x01\x03\x80")


def test_an_answer_through_swapped_wires_is_read_once_the_receiver_is_in_step() -> None:
    reply = b"~20024600B07E1102100CE50CE60CE70CE80CE90CEA0CEB0CEC0CED0CEE\r"
    heard = uncrossed(heard_as(reply, sent_baud=9600, heard_baud=9600, swapped=True))
    assert heard[-30:-1] in reply
    assert len(heard) > len(reply) / 2
