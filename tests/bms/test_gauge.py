"""The count and the estimator together: who is believed, how fast, and what a silence does."""

from __future__ import annotations

import pytest

from openress.bms.counting import Charge
from openress.bms.estimator import LFP, PackModel
from openress.bms.gauge import ANCHORED_SIGMA_PCT, EVERY_S, LEARN_EVERY_S, LEAST_REACH_PCT, Gauge, Learned
from openress.bms.health import NegativeEvent
from openress.bms.measure import Measurement

CELLS, AH = 16, 100.0
MODEL = PackModel(LFP, CELLS, AH)


def resting(soc_pct: float) -> int:
    """Cell voltage after a long rest, in mV."""
    return round(1000 * MODEL.read(soc_pct / 100)[0])


def front_end(
    cell_mv: int | None, current_a: float | None = 0.0, warmth: tuple[float, ...] = (25.0,) * 4
) -> Measurement:
    return Measurement(
        cell_voltages_mv=(cell_mv,) * CELLS,
        pack_voltage_v=None,
        terminal_voltage_v=None,
        pack_current_a=current_a,
        temperatures_c=warmth,
        mos_temperature_c=None,
        env_temperature_c=None,
    )


def seen(gauge: Gauge, charge: Charge, cell_mv: int | None, seconds: float, dt_s: float = 10.0) -> Charge:
    for _ in range(round(seconds / dt_s)):
        charge = gauge.step(charge, front_end(cell_mv), dt_s)
    return charge


def width(charge: Charge) -> float:
    assert charge.low_pct is not None
    assert charge.high_pct is not None
    return charge.high_pct - charge.low_pct


@pytest.mark.parametrize("soc_pct", [8.0, 30.0, 60.0, 97.0])
def test_a_count_within_the_band_is_left_alone(soc_pct: float) -> None:
    charge = Charge(soc_pct, AH, anchored=True)
    after = seen(Gauge(CELLS, charge), charge, resting(soc_pct), 7200)
    assert after.remaining_ah == pytest.approx(soc_pct, abs=0.5)
    assert after.low_pct is not None
    assert after.high_pct is not None
    assert after.low_pct <= soc_pct <= after.high_pct


def test_a_count_that_cannot_be_right_is_led_back_without_a_leap() -> None:
    charge = Charge(60.0, AH)
    gauge = Gauge(CELLS, charge)
    largest = 0.0
    for _ in range(5400):
        after = gauge.step(charge, front_end(resting(5.0)), 10.0)
        largest = max(largest, abs(after.soc_pct - charge.soc_pct))
        charge = after
    assert largest == pytest.approx(EVERY_S * 0.001)
    assert charge.soc_pct < 15.0
    assert charge.high_pct is not None
    assert charge.soc_pct <= charge.high_pct + 0.1


def test_a_pack_that_delivers_never_gains() -> None:
    charge = Charge(10.0, AH)
    gauge = Gauge(CELLS, charge)
    for _ in range(720):
        after = gauge.step(charge, front_end(resting(80.0), -1.0), 10.0)
        assert after.remaining_ah <= charge.remaining_ah
        charge = after
    assert charge.low_pct is not None
    assert charge.low_pct > 15.0


def test_nothing_is_looked_at_more_often_than_it_can_tell() -> None:
    charge = Charge(50.0, AH)
    gauge = Gauge(CELLS, charge)
    before = gauge.estimate
    believed = gauge.step(charge, front_end(3300), 1.0)
    assert seen(gauge, believed, 3300, EVERY_S - 2, 1.0) is believed
    assert gauge.estimate is before
    assert seen(gauge, believed, 3300, 1, 1.0) != believed


@pytest.mark.parametrize(("anchored", "reach_pct"), [(False, 39.2), (True, 9.8)])
def test_the_band_is_there_from_the_first_second_on_and_as_wide_as_the_doubt(anchored: bool, reach_pct: float) -> None:
    charge = Charge(50.0, AH, anchored=anchored)
    believed = Gauge(CELLS, charge).step(charge, front_end(3300), 1.0)
    assert (believed.low_pct, believed.high_pct) == pytest.approx((50.0 - reach_pct, 50.0 + reach_pct))
    assert believed.remaining_ah == charge.remaining_ah


def test_a_silence_widens_the_band() -> None:
    charge = Charge(50.0, AH, anchored=True)
    gauge = Gauge(CELLS, charge)
    charge = seen(gauge, charge, resting(50.0), 3600)
    narrow = width(charge)
    charge = gauge.step(charge, front_end(resting(50.0)), 7200.0)
    assert width(charge) > narrow + 5


@pytest.mark.parametrize(
    "blind",
    [front_end(None), front_end(3300, None), front_end(3300, 0.0, ())],
)
def test_what_cannot_be_seen_moves_nothing_and_is_a_gap_afterwards(blind: Measurement) -> None:
    charge = Charge(50.0, AH, anchored=True)
    gauge = Gauge(CELLS, charge)
    charge = seen(gauge, charge, resting(50.0), 3600)
    narrow = width(charge)
    for _ in range(360):
        assert gauge.step(charge, blind, 10.0) is charge
    assert width(gauge.step(charge, front_end(resting(50.0)), 10.0)) > narrow + 2


def test_no_band_is_narrower_than_the_words_full_and_empty_are_sure() -> None:
    charge = Charge(5.0, AH, anchored=True)
    assert width(seen(Gauge(CELLS, charge), charge, resting(5.0), 36_000)) >= LEAST_REACH_PCT


def test_the_current_between_two_looks_counts_whatever_it_was_when_looked_at() -> None:
    steady, pulsed = (Gauge(CELLS, Charge(50.0, AH)) for _ in range(2))
    for second in range(3600):
        steady.step(Charge(50.0, AH), front_end(3300, -1.0), 1.0)
        pulsed.step(Charge(50.0, AH), front_end(3300, -10.0 if second % 10 == 4 else 0.0), 1.0)
    moved = 100 * 3600 * 1.0 / 3600 / AH
    assert steady.estimate.mean.soc == pytest.approx(pulsed.estimate.mean.soc, abs=0.03)
    assert moved == pytest.approx(1.0)


def test_what_was_learned_is_gone_on_with_but_what_flowed_while_off_is_unknown() -> None:
    charge = Charge(10.0, AH, anchored=True)
    gauge = Gauge(CELLS, charge)
    charge = seen(gauge, charge, resting(8.0), 7200)
    assert gauge.estimate.sigma_pct < ANCHORED_SIGMA_PCT
    again = Gauge(CELLS, charge, gauge.learned)
    assert again.health == gauge.health
    assert again.estimate.cells == gauge.estimate.cells
    assert again.estimate.sigma_pct == pytest.approx(ANCHORED_SIGMA_PCT)
    assert again.estimate.soc_pct == gauge.estimate.soc_pct


def test_what_another_pack_has_learned_is_not_taken() -> None:
    charge = Charge(50.0, AH)
    other = Gauge(CELLS - 1, charge).learned
    assert len(Gauge(CELLS, charge, Learned(other.estimate, other.health)).estimate.cells.offsets) == CELLS


def test_steps_of_the_current_show_the_resistance() -> None:
    charge = Charge(50.0, AH)
    gauge = Gauge(CELLS, charge)
    blind = front_end(None, 30.0)
    for reading in (front_end(3300), blind, front_end(3300, 1.0), front_end(3299), front_end(None), blind):
        gauge.step(charge, reading, 1.0)
    assert gauge.health.resistance.steps == 0
    for _ in range(10):
        gauge.step(charge, front_end(3300), 1.0)
        gauge.step(charge, front_end(3326, 40.0), 1.0)
    assert gauge.health.resistance.steps > 10
    alone = Gauge(CELLS, charge)
    alone.step(charge, front_end(3300), 11.0)
    alone.step(charge, front_end(3326, 40.0), 11.0)
    assert alone.health.resistance.steps == 0


def test_hours_and_charge_are_counted() -> None:
    charge = Charge(50.0, AH)
    gauge = Gauge(CELLS, charge)
    for _ in range(361):
        gauge.step(charge, front_end(3300, -20.0), 10.0)
    assert gauge.health.counters.discharged_ah == pytest.approx(20.0, rel=0.03)
    assert gauge.health.counters.charged_ah == pytest.approx(0.0, abs=0.2)
    gauge.happened(NegativeEvent.DEEP_DISCHARGE)
    assert gauge.health.counters.events == ((NegativeEvent.DEEP_DISCHARGE, 1),)


def test_a_worn_pack_shows_its_capacity_after_some_swings() -> None:
    """80 Ah under a label of 100: full, down to 5 %, full again."""
    true_ah, dt_s, soc = 80.0, 30.0, 1.0
    charge = Charge(100.0, AH, anchored=True)
    gauge = Gauge(CELLS, charge)
    waited_s = 0.0
    for _ in range(3):
        for current_a, end in ((-25.0, 0.05), (25.0, 1.0)):
            while (soc - end) * current_a < 0:
                soc += current_a * dt_s / 3600 / true_ah
                ocv_v, span_v = MODEL.read(min(soc, 1.0))
                cell_v = ocv_v + (span_v if current_a > 0 else -span_v) + current_a * 0.00079
                charge = gauge.step(charge, front_end(round(1000 * cell_v), current_a), dt_s)
                waited_s += dt_s
        for _ in range(20):
            charge = gauge.step(charge, front_end(3470, 2.0), dt_s)
    assert waited_s < LEARN_EVERY_S
    assert gauge.health.soh_pct == pytest.approx(80.0, abs=4.0)
    before = gauge.estimate
    for _ in range(round(LEARN_EVERY_S / dt_s)):
        charge = gauge.step(charge, front_end(3470, 0.5), dt_s)
    # The model has taken the capacity on: the same charge is now a larger share.
    soc_pct = gauge.estimate.soc_pct
    gauge.step(charge, front_end(3310, -40.0), dt_s)
    gauge.step(charge, front_end(3310, -40.0), dt_s)
    assert before.soc_pct > 90
    assert soc_pct - gauge.estimate.soc_pct > 40.0 * 1.5 * dt_s / 3600 / AH * 100
