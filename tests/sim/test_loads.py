"""Loads: what they want, when, and how a table of them is read."""

from __future__ import annotations

import pytest

from openress.errors import ParameterError
from openress.sim.loads import ConstantLoad, ProfileLoad, SolarHousehold, parse_profile


def test_a_constant_load_never_changes() -> None:
    load = ConstantLoad(-12.5)
    assert [load.current_at(t) for t in (0.0, 1e9)] == [-12.5, -12.5]


def test_a_profile_holds_each_row_until_the_next() -> None:
    load = ProfileLoad((10.0, 20.0, 40.0), (5.0, -7.0, 99.0))
    wanted = {0.0: 0.0, 9.9: 0.0, 10.0: 5.0, 19.9: 5.0, 20.0: -7.0, 39.9: -7.0, 40.0: 0.0, 1e6: 0.0}
    assert {t: load.current_at(t) for t in wanted} == wanted


def test_a_repeating_profile_starts_again() -> None:
    load = ProfileLoad((10.0, 20.0, 40.0), (5.0, -7.0, 99.0), repeats=True)
    assert [load.current_at(t) for t in (10.0, 25.0, 40.0, 55.0, 10.0 + 30 * 1000)] == [
        5.0,
        -7.0,
        5.0,
        -7.0,
        5.0,
    ]


def test_currents_are_read_from_a_table() -> None:
    load = parse_profile(["time_s,current_a", "0,10", "", "60,-4", "120,0", ""], capacity_ah=100.0)
    assert (load.current_at(30.0), load.current_at(90.0)) == (10.0, -4.0)


@pytest.mark.parametrize(("name", "unit"), [("SOC", 1.0), ("soc_pct", 100.0)])
def test_currents_follow_from_states_of_charge(name: str, unit: float) -> None:
    lines = [
        f",Time_s,{name},Temperature_C",
        f"0,0,{0.5 * unit},20",
        f"1,1800,{0.6 * unit},20",
        f"2,3600,{0.55 * unit},20",
    ]
    load = parse_profile(lines, capacity_ah=200.0)
    assert load.current_at(0.0) == pytest.approx(0.1 * 200 / 0.5)
    assert load.current_at(2000.0) == pytest.approx(-0.05 * 200 / 0.5)
    assert load.current_at(3600.0) == 0.0


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "names nothing"),
        (["time,amps", "0,1"], "names time, amps"),
        (["time_s,current_a", "0,1"], "two rows"),
        (["time_s,current_a", "0,1", "60,lots"], "line 3"),
        (["time_s,current_a", "0,1", "60"], "line 3"),
        (["time_s,current_a", "0,1", "0,2"], "row 2"),
        (["time_s,current_a", "0,nan", "1,2"], "row 1"),
        (["time_s,soc", "0,0.1", "0,0.2"], "row 1"),
        (["time_s,soc"], "two rows"),
    ],
)
def test_a_table_that_cannot_be_used_says_where(lines: list[str], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        parse_profile(lines, capacity_ah=100.0)


def day(house: SolarHousehold, number: int) -> list[float]:
    return [house.current_at(number * 86_400.0 + 60.0 * minute) for minute in range(1440)]


def test_a_household_has_the_same_days_for_the_same_seed_in_any_order() -> None:
    forth, back = SolarHousehold(seed=7, capacity_ah=100.0), SolarHousehold(seed=7, capacity_ah=100.0)
    first = [day(forth, number) for number in range(3)]
    second = [day(back, number) for number in reversed(range(3))]
    assert first == second[::-1]
    assert first[0] != first[1]
    assert first[0] != day(SolarHousehold(seed=8, capacity_ah=100.0), 0)


def test_a_household_charges_by_day_and_discharges_by_night() -> None:
    house = SolarHousehold(seed=1, capacity_ah=400.0)
    days = [day(house, number) for number in range(60)]
    assert all(max(d[60 * 20 :] + d[: 60 * 6]) < 0 for d in days)
    assert sum(max(d[60 * 10 : 60 * 15]) > 20.0 for d in days) > 50
    into_ah = sum(max(a, 0.0) for d in days for a in d) / 60 / len(days)
    out_ah = -sum(min(a, 0.0) for d in days for a in d) / 60 / len(days)
    assert 0.6 < into_ah / 400 < 1.3
    assert into_ah / out_ah == pytest.approx(1.0, abs=0.25)


def test_a_household_scales_with_the_rack() -> None:
    small, large = (day(SolarHousehold(seed=1, capacity_ah=ah), 0) for ah in (100.0, 300.0))
    assert large == pytest.approx([3 * a for a in small])
