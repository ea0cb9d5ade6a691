"""Storage: reminders by temperature history, windows, shipping, the calendar file."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.catalog import load_battery
from openress.errors import ParameterError
from openress.install.ics import Reminder, calendar_text
from openress.install.storing import Reading, ready_to_ship, ready_to_store, recharge_day

A5L = load_battery("syscom-a5l-51v2")
SOK = load_battery("sok-sk48v100")


def due(*readings: tuple[int, float], since: int = 1000) -> int:
    return recharge_day(A5L, since, [Reading(day, temperature) for day, temperature in readings])


@pytest.mark.req("REQ-009", "REQ-140")
@pytest.mark.parametrize(("temperature_c", "days"), [(25, 180), (30, 180), (30.1, 90), (40, 90), (45, 90), (60, 90)])
def test_half_a_year_when_cool_a_quarter_when_warm(temperature_c: float, days: int) -> None:
    assert due((0, temperature_c)) - 1000 == days


@pytest.mark.req("REQ-140")
def test_a_hot_summer_brings_the_date_forward() -> None:
    # 60 of 180 cool days use a third, so that two thirds of a quarter are left.
    assert due((1000, 20), (1060, 45)) == 1060 + 60
    assert due((1000, 45), (1045, 20)) == 1045 + 90
    assert due((500, 45), (900, 20)) == 1180
    assert due((1000, 20), (1200, 45)) == 1180


@given(
    st.lists(st.tuples(st.integers(900, 1300), st.floats(-40, 60)), min_size=1, max_size=6, unique_by=lambda r: r[0])
)
def test_the_date_lies_between_a_quarter_and_half_a_year(readings: Sequence[tuple[int, float]]) -> None:
    assert 1000 + 90 <= due(*readings) <= 1000 + 180


@given(st.lists(st.tuples(st.integers(1000, 1300), st.floats(-40, 50)), min_size=1, max_size=5))
def test_warmer_never_means_later(readings: Sequence[tuple[int, float]]) -> None:
    warmer = [(day, temperature + 10) for day, temperature in readings]
    assert due(*warmer) <= due(*readings)


@pytest.mark.req("REQ-137", "REQ-140")
def test_what_is_not_known_or_too_hot_gives_no_date() -> None:
    with pytest.raises(
        ParameterError, match=r"At 61 C Syscom A5L 51\.2 V must not be stored at all; the limit is 60 C"
    ):
        due((0, 61))
    with pytest.raises(ParameterError, match="needs how warm the store is"):
        due()
    with pytest.raises(ParameterError, match="how often to charge it in storage is not published"):
        recharge_day(SOK, 0, [Reading(0, 20)])


@pytest.mark.req("REQ-137")
@pytest.mark.parametrize(
    ("temperature_c", "humidity_pct", "codes"),
    [
        (-40, 10, []),
        (60, 90, []),
        (60.1, 50, ["too-hot"]),
        (-40.1, 50, ["too-cold"]),
        (20, 90.1, ["too-damp"]),
        (20, 9.9, ["too-dry"]),
        (None, None, []),
    ],
)
def test_the_window_of_a_store(temperature_c: float | None, humidity_pct: float | None, codes: list[str]) -> None:
    assert [finding.code for finding in ready_to_store(A5L, temperature_c, humidity_pct)] == codes


@pytest.mark.req("REQ-136")
@pytest.mark.parametrize(("soc_pct", "fine"), [(45, True), (50, True), (55, True), (44.9, False), (55.1, False)])
def test_a_pack_is_sent_half_full(soc_pct: float, fine: bool) -> None:
    assert (ready_to_ship(A5L, soc_pct) == []) is fine


@pytest.mark.req("REQ-136")
def test_what_to_do_before_shipping_is_told() -> None:
    assert ready_to_ship(A5L, 62)[0].sentence == "The pack is at 62 %: discharge it to 50 % (+-5 %) before sending it."
    assert ready_to_ship(A5L, 20)[0].sentence == "The pack is at 20 %: charge it to 50 % (+-5 %) before sending it."
    assert ready_to_ship(SOK, 50)[0].code == "shipping-unknown"
    assert ready_to_store(SOK, 70, 50)[0].code == "window-unknown"


def test_the_calendar_file_is_folded_and_escaped() -> None:
    text = calendar_text([Reminder("a;b", "20270101", "Charge, now", "ü" * 80)], "20260101T000000Z")
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "")
    assert "SUMMARY:Charge\\, now\r\n" in unfolded
    assert f"DESCRIPTION:{'ü' * 80}\r\n" in unfolded
    assert "UID:a\\;b@openress\r\n" in unfolded
    assert "DTSTART;VALUE=DATE:20270101\r\n" in unfolded
