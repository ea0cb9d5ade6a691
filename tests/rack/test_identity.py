"""Serial numbers that flip, twin, move and change places."""

from __future__ import annotations

import pytest

from openress.rack.identity import CALM_S, Doubt, Identities, Turn, real_serial


def told(*pairs: tuple[int, str]) -> tuple[Identities, list[Turn]]:
    """Serial numbers told one after another, a second apart."""
    identities = Identities()
    return identities, [identities.heard(number, serial, float(at_s))[0] for at_s, (number, serial) in enumerate(pairs)]


@pytest.mark.parametrize("text", [None, "", "   ", "0000000000", "FFFFFFFF", "????", "\x00\x00", "\xff\xff", "----"])
def test_what_stands_where_no_serial_number_was_written(text: str | None) -> None:
    assert real_serial(text) is None


def test_a_serial_number_is_told_without_its_padding() -> None:
    assert real_serial(" PPTA0123  ") == "PPTA0123"


def test_first_and_same() -> None:
    identities, turns = told((1, "A"), (1, "A"), (2, "B"))
    assert turns == [Turn.FIRST, Turn.SAME, Turn.FIRST]
    assert identities.serial(1) == "A"
    assert identities.doubt(1, 3.0) is None
    assert not identities.wanted(1, 3.0)


def test_another_one_is_doubted_until_it_was_told_three_times() -> None:
    identities, turns = told((1, "A"), (1, "B"), (1, "B"))
    assert turns == [Turn.FIRST, Turn.DOUBTED, Turn.DOUBTED]
    assert identities.doubt(1, 2.0) == (Doubt.CHANGED, None)
    assert identities.wanted(1, 2.0)
    assert identities.heard(1, "B", 3.0) == (Turn.EXCHANGED, None)
    assert identities.doubt(1, 3.0) is None


def test_a_third_serial_number_begins_to_count_anew() -> None:
    _, turns = told((1, "A"), (1, "B"), (1, "B"), (1, "C"), (1, "C"), (1, "C"))
    assert turns[3:] == [Turn.DOUBTED, Turn.DOUBTED, Turn.EXCHANGED]


def test_serial_numbers_that_alternate_are_not_believed_for_a_while() -> None:
    identities, turns = told((1, "A"), (1, "B"), (1, "A"), (1, "B"), (1, "B"), (1, "B"))
    assert turns[3:] == [Turn.DOUBTED] * 3
    assert identities.doubt(1, 5.0) == (Doubt.ALTERNATES, None)
    assert identities.doubt(1, 3.0 + CALM_S) == (Doubt.CHANGED, None)
    assert identities.heard(1, "A", 100.0) == (Turn.SAME, None)
    assert identities.doubt(1, 101.0) == (Doubt.ALTERNATES, None)
    assert identities.doubt(1, 100.0 + CALM_S) is None


def test_after_a_silence_another_pack_is_believed_at_once() -> None:
    identities, _ = told((1, "A"))
    identities.silent(1)
    assert identities.heard(1, "B", 9.0) == (Turn.EXCHANGED, None)


def test_a_serial_number_of_a_silent_address_has_moved() -> None:
    identities, _ = told((1, "A"), (2, "B"))
    identities.silent(2)
    assert identities.heard(5, "B", 9.0) == (Turn.MOVED, 2)
    assert identities.serial(2) is None


def test_where_something_still_answers_nobody_has_moved_away() -> None:
    identities, _ = told((1, "A"), (2, "B"))
    identities.loud(7)
    identities.silent(2)
    identities.loud(2)
    assert identities.heard(5, "B", 9.0) == (Turn.DOUBTED, 2)


def test_a_serial_number_of_an_address_that_answers_is_a_twin() -> None:
    identities, turns = told((1, "A"), (2, "A"), (2, "A"), (2, "A"), (2, "A"))
    assert turns[1:] == [Turn.DOUBTED] * 4
    assert identities.doubt(2, 5.0) == (Doubt.TWIN, 1)
    assert identities.doubt(1, 5.0) is None
    assert identities.wanted(1, 5.0)
    identities.forget(1)
    assert identities.heard(2, "A", 6.0) == (Turn.FIRST, None)


def test_a_twin_that_was_seen_beside_the_other_has_not_moved() -> None:
    identities, _ = told((1, "A"), (2, "A"), (1, "A"))
    identities.silent(1)
    assert identities.heard(2, "A", 3.0) == (Turn.DOUBTED, 1)


def test_two_that_tell_each_others_serial_number_have_changed_places() -> None:
    identities, turns = told((1, "A"), (2, "B"), (2, "A"))
    assert turns[2] is Turn.DOUBTED
    assert identities.wanted(1, 3.0)
    assert identities.heard(1, "B", 3.0) == (Turn.SWAPPED, 2)
    assert (identities.serial(1), identities.serial(2)) == ("B", "A")
    assert identities.doubt(1, 4.0) is None
    assert identities.doubt(2, 4.0) is None


def test_a_leap_asks_and_two_exclude() -> None:
    identities, _ = told((1, "A"))
    identities.jumped(1, 1.0)
    assert identities.wanted(1, 2.0)
    assert identities.doubt(1, 2.0) is None
    identities.jumped(1, 3.0)
    assert identities.doubt(1, 4.0) == (Doubt.ALTERNATES, None)
    assert identities.doubt(1, 1.0 + CALM_S) is None
    identities.jumped(1, 200.0)
    assert identities.doubt(1, 200.0) is None
