"""Totals of energy: exact where the line is straight, still in a gap, never falling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.telemetry.mqttenergy import EnergyMeter, EnergyTotals

POWER = st.one_of(st.none(), st.floats(-20_000, 20_000))


def test_an_hour_of_a_kilowatt() -> None:
    meter = EnergyMeter({"rack": EnergyTotals(500.0, 0.0)})
    for second in range(3601):
        meter.see("rack", 1000.0, float(second))
    assert meter.totals["rack"].charged_wh == pytest.approx(1500.0)
    assert meter.totals["rack"].discharged_wh == 0.0


def test_in_and_out_are_summed_apart() -> None:
    meter = EnergyMeter({})
    for second in range(3601):
        meter.see("rack", 720.0 if second % 2 else -720.0, float(second))
    totals = meter.totals["rack"]
    assert totals.charged_wh == pytest.approx(totals.discharged_wh)
    assert totals.charged_wh == pytest.approx(360.0)


@pytest.mark.parametrize("then_s", [10.1, 0.0, -5.0, 86_400.0])
def test_a_gap_or_a_clock_that_was_set_counts_nothing(then_s: float) -> None:
    meter = EnergyMeter({})
    meter.see("rack", 1000.0, 0.0)
    meter.see("rack", 1000.0, then_s)
    assert meter.totals["rack"] == EnergyTotals()
    meter.see("rack", 1000.0, then_s + 3.6)
    assert meter.totals["rack"].charged_wh == pytest.approx(1.0)


def test_what_is_not_known_is_a_gap() -> None:
    meter = EnergyMeter({})
    for second, power in enumerate([1000.0, None, 1000.0]):
        meter.see("rack", power, float(second))
    assert meter.totals["rack"] == EnergyTotals()


def test_a_simulation_that_runs_faster_has_as_much_more() -> None:
    meter = EnergyMeter({})
    meter.see("rack", -3600.0, 0.0, speed=60.0)
    meter.see("rack", -3600.0, 1.0, speed=60.0)
    assert meter.totals["rack"].discharged_wh == pytest.approx(60.0)


@given(st.lists(st.tuples(POWER, st.floats(-20, 20)), max_size=40))
def test_no_total_ever_falls(steps: list[tuple[float | None, float]]) -> None:
    meter = EnergyMeter({"p": EnergyTotals(1.0, 2.0)})
    now_s, before = 0.0, meter.totals["p"]
    for power, elapsed_s in steps:
        now_s += elapsed_s
        meter.see("p", power, now_s)
        after = meter.totals["p"]
        assert after.charged_wh >= before.charged_wh
        assert after.discharged_wh >= before.discharged_wh
        before = after
