"""The laws of ageing against 885 days of measurements, and their own rules."""

from __future__ import annotations

import csv
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lfp_data import data

from openress.bms.health.ageing import CALENDAR, CYCLE, RESISTANCE, Ageing, age
from openress.errors import StateError

Readings = dict[tuple[float, float], list[tuple[float, float, float]]]


def naumann() -> Readings:
    """(temperature, SOC) to days, capacity lost in %, resistance gained in %."""
    found: Readings = defaultdict(list)
    with data("naumann_geisbauer_ageing", "interim__naumann_calendar_observations.csv").open() as file:
        for row in csv.DictReader(file):
            place = float(row["temperature_c"]), float(row["storage_soc_fraction"])
            found[place].append(
                (float(row["elapsed_days"]), float(row["capacity_loss_pct"]), float(row["resistance_growth_pct"]))
            )
    return found


def test_calendar_loss_within_two_points_of_the_measurements() -> None:
    measured = naumann()
    assert len(measured) == 17
    for (temperature_c, soc), rows in measured.items():
        worst = max(abs(CALENDAR.after(0.0, temperature_c, soc, days) - lost) for days, lost, _ in rows)
        assert worst <= (1.0 if temperature_c == 25 else 2.0), (temperature_c, soc)


def test_resistance_growth_near_the_measurements() -> None:
    for (temperature_c, soc), rows in naumann().items():
        days, _, grown = rows[-1]
        assert RESISTANCE.after(0.0, temperature_c, soc, days) == pytest.approx(grown, abs=4.5), (temperature_c, soc)


@given(st.floats(0, 60), st.floats(0, 1), st.floats(1, 5000), st.floats(0, 1))
def test_time_in_parts_is_time_in_one(temperature_c: float, soc: float, days: float, share: float) -> None:
    whole = age(Ageing(), days, temperature_c=temperature_c, soc=soc, full_cycles=days, c_rate=0.3, depth=0.8)
    first = age(
        Ageing(), days * share, temperature_c=temperature_c, soc=soc, full_cycles=days * share, c_rate=0.3, depth=0.8
    )
    rest = days * (1 - share)
    both = age(first, rest, temperature_c=temperature_c, soc=soc, full_cycles=rest, c_rate=0.3, depth=0.8)
    assert both.calendar_pct == pytest.approx(whole.calendar_pct, rel=1e-6, abs=1e-9)
    assert both.cycle_pct == pytest.approx(whole.cycle_pct, rel=1e-6, abs=1e-9)
    assert both.resistance_pct == pytest.approx(whole.resistance_pct, rel=1e-6, abs=1e-9)
    assert first.capacity_pct >= both.capacity_pct - 1e-9


def test_parking_full_costs_more_than_twice_parking_half_full() -> None:
    full, half = (CALENDAR.after(0.0, 25.0, soc, 885.0) for soc in (1.0, 0.5))
    assert 2.0 < full / half < 2.6


def test_use_costs_by_the_root_of_cycles_and_more_with_depth() -> None:
    thousand = CYCLE.after(0.0, 0.5, 1.0, 1000.0)
    assert CYCLE.after(0.0, 0.5, 1.0, 4000.0) == pytest.approx(2 * thousand)
    assert thousand == pytest.approx((0.0630 * 0.5 + 0.0971) * (4.0253 * 0.4**3 + 1.0923) * 1000**0.5)
    assert CYCLE.after(0.0, 0.5, 0.4, 1000.0) < thousand < CYCLE.after(0.0, 1.0, 1.0, 1000.0)


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(StateError):
        age(Ageing(), -1.0, temperature_c=25.0, soc=0.5)
