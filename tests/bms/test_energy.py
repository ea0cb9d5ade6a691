"""Totals of energy: exact where the line is straight, still in a gap, never falling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.bms.energy import GAP_S, EnergyMeter, EnergyTotals, Reading, flows

POWER = st.one_of(st.none(), st.floats(-20_000, 20_000))


def at(now_s: float, power_w: float) -> Reading:
    return Reading(now_s, power_w / 50.0, 50.0)


def test_an_hour_of_a_kilowatt() -> None:
    meter = EnergyMeter({"rack": EnergyTotals(500.0, 0.0)})
    for second in range(3601):
        meter.see("rack", at(float(second), 1000.0))
    assert meter.totals["rack"].charged_wh == pytest.approx(1500.0)
    assert meter.totals["rack"].discharged_wh == 0.0


def test_in_and_out_are_summed_apart() -> None:
    meter = EnergyMeter({})
    for second in range(3601):
        meter.see("rack", at(float(second), 720.0 if second % 2 else -720.0))
    totals = meter.totals["rack"]
    assert totals.charged_wh == pytest.approx(totals.discharged_wh)
    # Half of the time each way, and the power rises and falls through nothing.
    assert totals.charged_wh == pytest.approx(180.0)


@pytest.mark.parametrize("then_s", [GAP_S + 0.1, 0.0, -5.0, 86_400.0])
def test_a_gap_or_a_clock_that_was_set_counts_nothing(then_s: float) -> None:
    meter = EnergyMeter({})
    meter.see("rack", at(0.0, 1000.0))
    meter.see("rack", at(then_s, 1000.0))
    assert meter.totals["rack"] == EnergyTotals()
    meter.see("rack", at(then_s + 3.6, 1000.0))
    assert meter.totals["rack"].charged_wh == pytest.approx(1.0)


def test_what_is_not_known_is_a_gap() -> None:
    meter = EnergyMeter({})
    for second, power in enumerate([1000.0, None, 1000.0]):
        meter.see("rack", None if power is None else at(float(second), power))
    assert meter.totals["rack"] == EnergyTotals()


def test_a_simulation_that_runs_faster_has_as_much_more() -> None:
    meter = EnergyMeter({})
    meter.see("rack", at(0.0, -3600.0), speed=60.0)
    meter.see("rack", at(1.0, -3600.0), speed=60.0)
    assert meter.totals["rack"].discharged_wh == pytest.approx(60.0)


@given(st.lists(st.tuples(POWER, st.floats(-20, 20)), max_size=40))
def test_no_total_ever_falls(steps: list[tuple[float | None, float]]) -> None:
    meter = EnergyMeter({"p": EnergyTotals(1.0, 2.0)})
    now_s, before = 0.0, meter.totals["p"]
    for power, elapsed_s in steps:
        now_s += elapsed_s
        meter.see("p", None if power is None else at(now_s, power))
        after = meter.totals["p"]
        assert after.charged_wh >= before.charged_wh
        assert after.discharged_wh >= before.discharged_wh
        before = after


def test_what_flowed_is_cut_where_the_direction_changes_and_at_the_minute() -> None:
    first, last = Reading(50.0, -10.0, 50.0), Reading(62.0, 20.0, 53.0)
    out, in_before, in_after = flows(first, last, cut_s=60.0)
    assert (out.begin_s, out.during_s) == pytest.approx((50.0, 4.0))
    assert (in_before.begin_s, in_before.during_s) == pytest.approx((54.0, 6.0))
    assert (in_after.begin_s, in_after.during_s) == pytest.approx((60.0, 2.0))
    assert out.charge_ah == pytest.approx(-5.0 * 4 / 3600)
    assert in_after.charge_ah == pytest.approx(17.5 * 2 / 3600)
    assert in_after.energy_wh == pytest.approx((15.0 * 52.5 + 20.0 * 53.0) / 2 * 2 / 3600)
    (whole,) = flows(last, Reading(63.0, 20.0, 53.0), cut_s=60.0, speed=60.0)
    assert (whole.during_s, whole.charge_ah) == pytest.approx((1.0, 20.0 / 60.0))
