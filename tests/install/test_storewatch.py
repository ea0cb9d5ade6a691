"""Packs that sleep: when each must be charged again, and what is told of their store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openress.catalog import load_product
from openress.install.storewatch import Event, Kind, StoreWatch, sentence

A5L = load_product("syscom-a5l-51v2")
HALF_A_YEAR, QUARTER = 180, 90


def kinds(events: list[Event]) -> list[Kind]:
    return [event.kind for event in events]


def stored(watch: StoreWatch, day: int, temperature_c: float | None = 25.0) -> list[Event]:
    return watch.see(day, "S1", 1, asleep=True, temperature_c=temperature_c)


def awake(watch: StoreWatch, day: int, soc_pct: float | None = 80.0, current_a: float = 0.0) -> list[Event]:
    return watch.see(day, "S1", 1, asleep=False, soc_pct=soc_pct, current_a=current_a, temperature_c=25.0)


def due(watch: StoreWatch) -> int | None:
    return watch.due_day(watch.kept[0])


@pytest.mark.req("REQ-140", "REQ-009")
@pytest.mark.parametrize(("temperature_c", "interval"), [(25.0, HALF_A_YEAR), (41.0, QUARTER)])
def test_a_pack_that_falls_asleep_is_told_of_with_its_date(temperature_c: float, interval: int) -> None:
    watch = StoreWatch(A5L)
    assert awake(watch, 1000) == []
    watch.see(1000, "S1", 1, asleep=False, soc_pct=80.0, temperature_c=temperature_c)
    events = stored(watch, 1000, temperature_c)
    assert kinds(events) == [Kind.STORED]
    assert events[0].due_day == 1000 + interval
    assert stored(watch, 1000, temperature_c) == []
    assert stored(watch, 1001, temperature_c) == []


@pytest.mark.req("REQ-140")
def test_each_reminder_comes_once_and_an_overdue_one_every_week() -> None:
    watch = StoreWatch(A5L)
    awake(watch, 0)
    told = {day: kinds(stored(watch, day)) for day in range(202)}
    assert {day: found for day, found in told.items() if found} == {
        0: [Kind.STORED],
        166: [Kind.SOON],
        181: [Kind.OVERDUE],
        188: [Kind.OVERDUE],
        195: [Kind.OVERDUE],
    }
    awake(watch, 202)
    assert due(watch) == 202 + HALF_A_YEAR
    assert kinds(stored(watch, 202)) == [Kind.STORED]


@pytest.mark.req("REQ-140")
def test_a_hot_summer_brings_the_date_forward() -> None:
    watch = StoreWatch(A5L)
    awake(watch, 0)
    for day in range(90):
        stored(watch, day, 25.0)
    for day in range(90, 100):
        stored(watch, day, 35.0)
    assert due(watch) == 90 + QUARTER // 2


@pytest.mark.req("REQ-137")
def test_a_store_that_is_too_hot_or_too_cold_is_told_of_once_a_day() -> None:
    watch = StoreWatch(A5L)
    awake(watch, 0)
    stored(watch, 0, 60.0)
    assert kinds(stored(watch, 1, 60.5)) == [Kind.TOO_HOT]
    assert stored(watch, 1, 61.0) == []
    (event,) = stored(watch, 2, 61.0)
    assert sentence(event, A5L, str) == "Pack 1 is stored at 61 C, above 60 C: move it at once."
    (event,) = stored(watch, 3, -41.0)
    assert sentence(event, A5L, str) == "Pack 1 is stored at -41 C, below -40 C: bring it into a warmer place."
    assert stored(watch, 4, -40.0) == []
    # The days that were too hot count like the hottest that are allowed.
    assert due(watch) is not None


@pytest.mark.req("REQ-137")
def test_heat_in_use_is_another_matter() -> None:
    watch = StoreWatch(A5L)
    assert watch.see(0, "S1", 1, asleep=False, soc_pct=80.0, temperature_c=62.0) == []


def test_a_pack_below_its_shipping_charge_was_not_charged() -> None:
    watch = StoreWatch(A5L)
    awake(watch, 0)
    awake(watch, 30, soc_pct=49.0)
    assert due(watch) == HALF_A_YEAR
    awake(watch, 31, soc_pct=50.0)
    assert due(watch) == 31 + HALF_A_YEAR


def test_without_a_state_of_charge_a_current_tells() -> None:
    watch = StoreWatch(A5L)
    awake(watch, 0, None, 0.5)
    awake(watch, 5, None, 0.5)
    assert due(watch) == HALF_A_YEAR
    awake(watch, 6, None, 0.6)
    assert due(watch) == 6 + HALF_A_YEAR


def test_an_unknown_temperature_is_taken_as_warm() -> None:
    watch = StoreWatch(A5L)
    assert kinds(stored(watch, 0, None)) == [Kind.STORED]
    assert due(watch) == QUARTER


def test_an_unknown_interval_is_told_and_not_guessed() -> None:
    watch = StoreWatch(replace(A5L, recharge=None))
    (event,) = stored(watch, 0)
    assert due(watch) is None
    assert sentence(event, A5L, str) == (
        "Pack 1 sleeps, and how often to charge Syscom A5L 51.2 V in storage is not published: ask the maker."
    )


def test_what_is_kept_goes_on_after_a_restart() -> None:
    watch = StoreWatch(A5L)
    awake(watch, 0)
    for day in range(170):
        stored(watch, day)
    again = StoreWatch(A5L, watch.kept)
    assert stored(again, 170) == []
    assert kinds(stored(again, 181)) == [Kind.OVERDUE]
    assert len(again.kept[0].readings) == 1
