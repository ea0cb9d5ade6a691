"""The count and the estimator together: who is believed, how fast, and what a silence does."""

from __future__ import annotations

import pytest

from openress.bms.counting import Charge
from openress.bms.estimator import LFP, PackModel
from openress.bms.gauge import EVERY_S, LEAST_REACH_PCT, Gauge
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
    assert seen(gauge, charge, 3300, EVERY_S - 1, 1.0) is charge
    assert gauge.estimate is before
    assert seen(gauge, charge, 3300, 1, 1.0).low_pct is not None


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
