"""The estimator's law, on readings written by hand."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.bms.estimator import (
    LFP,
    LONGEST_STEP_S,
    Anchor,
    Measurement,
    PackEstimate,
    PackModel,
    estimate_from_dict,
    measurement_of,
    start,
    step,
)
from openress.bms.estimator.meancell import predict
from openress.bms.estimator.reading import correct
from openress.errors import ParameterError, StateError
from openress.model import Analog

MODEL = PackModel(LFP, 4, 100.0)


def reading(soc: float, current_a: float = 0.0, *, temperature_c: float = 25.0, hysteresis: float = 0.0) -> Measurement:
    """Four equal cells at rest for long, but for a current that has just begun."""
    ocv_v, span_v = MODEL.read(soc)
    volt = ocv_v + hysteresis * span_v + MODEL.r0_ohm * current_a
    return Measurement((volt,) * 4, current_a, temperature_c)


def rest(estimate: PackEstimate, measurement: Measurement, seconds: int, dt_s: float = 1.0) -> PackEstimate:
    for _ in range(round(seconds / dt_s)):
        estimate = step(estimate, measurement, dt_s, MODEL)
    return estimate


def settled(soc_pct: float) -> PackEstimate:
    """A pack well known to be at a state of charge."""
    return rest(start(MODEL, soc_pct, 1.0), reading(soc_pct / 100), 60)


def test_charge_is_counted() -> None:
    before = settled(50)
    after = before
    for k in range(360):
        ocv_v, _ = MODEL.read(0.5 + k / 36000)
        after = step(after, Measurement((ocv_v,) * 4, 10.0, 25.0), 1.0, MODEL)
    assert after.soc_pct - before.soc_pct == pytest.approx(1.0, abs=0.35)


def test_the_plateau_teaches_little_and_the_steep_end_much() -> None:
    flat = rest(start(MODEL, 55, 10.0), reading(0.55), 600)
    steep = rest(start(MODEL, 5, 10.0), reading(0.05), 600)
    assert flat.sigma_pct > 3 * steep.sigma_pct
    assert steep.sigma_pct == pytest.approx(100 * LFP.doubt.table_soc, rel=0.2)


def test_a_wrong_start_is_found_out_at_the_steep_end() -> None:
    found = rest(start(MODEL, 45, 25.0), reading(0.04), 1200)
    assert found.soc_pct == pytest.approx(4, abs=2)
    low, high = found.band_pct
    assert low <= 4 <= high


def test_cold_resistance_does_not_look_like_less_charge() -> None:
    heat = MODEL.heat(-5.0)
    assert heat.r0 > 2.0
    ohm = MODEL.r0_ohm * heat.r0 + (MODEL.r1_ohm + MODEL.r2_ohm) * heat.rc
    ocv_v, span_v = MODEL.read(0.2)
    volt = ocv_v - span_v * heat.hysteresis - 20 * ohm
    cold = Measurement((volt,) * 4, -20.0, -5.0)
    estimate = start(MODEL, 20, 3.0)
    for _ in range(300):
        estimate = step(estimate, cold, 1.0, MODEL)
    assert estimate.soc_pct == pytest.approx(20 - 100 * 20 * 300 / 3600 / 100, abs=2)


@pytest.mark.parametrize(("dt_s", "gap"), [(LONGEST_STEP_S + 1, False), (3600.0, False), (40.0, True)])
def test_a_gap_widens_the_band_and_is_never_counted(dt_s: float, gap: bool) -> None:
    before = step(settled(55), reading(0.55, -50.0), 1.0, MODEL)
    after = step(before, reading(0.55), dt_s, MODEL, gap=gap)
    through = step(before, reading(0.55), min(dt_s, 40.0), MODEL)
    assert after.sigma_pct > through.sigma_pct
    assert abs(after.soc_pct - before.soc_pct) < 12  # 50 A over the gap of an hour would have been 50 %
    low, high = after.band_pct
    assert high - low >= min(2 * 1.96 * 50 / math.sqrt(3) * dt_s / 3600, 20)


def test_a_day_unseen_leaves_nothing_known_but_what_the_voltage_says() -> None:
    after = step(settled(55), reading(0.55), 86400.0, MODEL)
    low, high = after.band_pct
    assert high - low > 60


def test_no_condition_for_an_anchor_holds_over_a_gap() -> None:
    full = Measurement((3.5,) * 4, 1.0, 25.0)
    assert step(settled(95), full, 3600.0, MODEL).anchors.declared is None


def full_charge(estimate: PackEstimate, volts: tuple[float, ...], current_a: float = 3.0) -> PackEstimate:
    for _ in range(70):
        estimate = step(estimate, Measurement(volts, current_a, 25.0), 1.0, MODEL)
    return estimate


def test_a_full_charge_is_an_anchor() -> None:
    after = full_charge(settled(80), (3.46, 3.455, 3.45, 3.46))
    assert after.anchors.last is Anchor.FULL
    assert after.soc_pct > 98
    assert after.sigma_pct < 1
    assert after.shown_pct > 85  # on its way to 100 at 1 % a second


@pytest.mark.parametrize(
    ("volt", "current_a"), [(3.44, 3.0), (3.46, 5.1), (3.46, -3.0)], ids=["too low", "still charging", "discharging"]
)
def test_what_is_not_a_full_charge(volt: float, current_a: float) -> None:
    assert full_charge(settled(80), (volt,) * 4, current_a).anchors.last is None


def test_the_condition_must_hold_without_a_break() -> None:
    estimate = settled(80)
    for k in range(200):
        volt = 3.46 if k % 50 else 3.40
        estimate = step(estimate, Measurement((volt,) * 4, 3.0, 25.0), 1.0, MODEL)
    assert estimate.anchors.last is None


def test_empty_is_an_anchor_under_load_too() -> None:
    estimate = settled(12)
    ocv_v, span_v = MODEL.read(0.02)
    volt = ocv_v - span_v
    for _ in range(600):
        estimate = step(estimate, Measurement((volt - 30 * 0.0008,) * 4, -30.0, 25.0), 1.0, MODEL)
        if estimate.anchors.declared:
            break
    assert estimate.anchors.last is Anchor.EMPTY
    assert estimate.soc_pct < 7


def test_full_load_alone_is_not_empty() -> None:
    estimate = settled(60)
    volt = MODEL.read(0.6)[0] - 0.35  # 400 A for a moment: 2.95 V
    for _ in range(40):
        estimate = step(estimate, Measurement((volt,) * 4, -400.0, 25.0), 1.0, MODEL)
    assert estimate.anchors.last is None


def test_two_full_charges_a_week_apart_tell_the_sensors_offset() -> None:
    estimate, true_offset_a = settled(90), 0.3
    full = (3.46,) * 4
    for _ in range(5):
        estimate = full_charge(estimate, full)
        # Six hours of rest, the sensor reading 0.3 A all the while: 1.8 % counted that never came.
        estimate = rest(estimate, reading(0.97, true_offset_a, hysteresis=1.0), 6 * 3600, 10.0)
    assert estimate.offset_a == pytest.approx(true_offset_a, abs=0.15)


def test_a_cell_ahead_is_found_at_the_top_and_not_on_the_plateau() -> None:
    def meet(mean: float, ahead: float) -> PackEstimate:
        estimate = start(MODEL, 100 * mean, 1.0)
        socs = [mean + ahead, *[mean - ahead / 3] * 3]
        volts = tuple(MODEL.read(soc)[0] for soc in socs)
        return rest(estimate, Measurement(volts, 0.0, 25.0), 1800)

    top = meet(0.98, 0.015)
    assert top.cell_soc_pct[0] - top.soc_pct == pytest.approx(1.5, abs=1.0)
    assert top.usable_pct > top.soc_pct
    flat = meet(0.55, 0.015)
    assert abs(flat.cell_soc_pct[0] - flat.soc_pct) < 0.3


def test_offsets_of_cells_sum_to_nothing() -> None:
    estimate = rest(settled(97), Measurement((3.40, 3.36, 3.35, 3.37), 1.0, 25.0), 900)
    assert sum(estimate.cells.offsets) == pytest.approx(0.0, abs=1e-12)
    assert all(variance > 0 for variance in estimate.cells.variances)


@given(
    st.lists(
        st.tuples(st.floats(1.5, 4.2), st.floats(-300, 300), st.floats(-40, 80), st.floats(0, 5000), st.booleans()),
        max_size=30,
    ),
    st.floats(0, 100),
)
def test_whatever_is_read_the_estimate_stays_an_estimate(
    readings: list[tuple[float, float, float, float, bool]], soc_pct: float
) -> None:
    estimate = start(MODEL, soc_pct, 10.0)
    for volt, current_a, temperature_c, dt_s, gap in readings:
        measurement = Measurement((volt, volt + 0.002, volt - 0.05, volt), current_a, temperature_c)
        before, estimate = estimate, step(estimate, measurement, dt_s, MODEL, gap=gap)
        low, high = estimate.band_pct
        assert 0 <= low <= estimate.soc_pct <= high <= 100
        assert 0 <= estimate.usable_pct <= 100
        assert -1 <= estimate.mean.hysteresis <= 1
        covariance = estimate.mean.covariance
        assert min(covariance[k] for k in (0, 4, 7, 9)) > 0
        moved = estimate.shown_pct - before.shown_pct
        if estimate.anchors.last is None:
            if current_a > 0.5:
                assert moved >= 0
            if current_a < -0.5:
                assert moved <= 0


@given(st.floats(-60, 60).filter(lambda a: abs(a) > 1), st.floats(0, 100), st.floats(0, 100))
def test_what_is_shown_never_leaps(current_a: float, told_pct: float, shown_pct: float) -> None:
    before = replace(start(MODEL, told_pct, 5.0), shown_pct=shown_pct)
    after = step(before, reading(0.5, current_a), 1.0, MODEL)
    assert abs(after.shown_pct - shown_pct) <= 2 * abs(current_a) / 3600 + 0.011


def test_kept_over_a_restart() -> None:
    estimate = full_charge(settled(80), (3.46, 3.455, 3.45, 3.46))
    text = json.dumps(estimate.to_dict())
    assert estimate_from_dict(json.loads(text)) == estimate


def test_what_was_kept_before_readings_counted_by_their_news_is_read_too() -> None:
    kept = json.loads(json.dumps(settled(50).to_dict()))
    del kept["mean"]["unheard"]
    assert estimate_from_dict(kept).mean.unheard == 1.0


@pytest.mark.parametrize(
    "damage",
    [
        lambda found: found.update(version=2),
        lambda found: found["mean"].pop("soc"),
        lambda found: found["mean"].update(soc=math.nan),
        lambda found: found["mean"].update(covariance=found["mean"]["covariance"][:9]),
        lambda found: found["mean"].update(covariance=[-1.0] * 10),
        lambda found: found["cells"].update(offsets=[0.0]),
        lambda found: found["anchors"].update(last="somewhere"),
        lambda found: found.update(shown_pct="much"),
    ],
)
def test_a_damaged_file_is_refused(damage: object) -> None:
    found = json.loads(json.dumps(settled(50).to_dict()))
    damage(found)  # type: ignore[operator]
    with pytest.raises(ParameterError, match="start from a state of charge"):
        estimate_from_dict(found)


@pytest.mark.parametrize(
    ("measurement", "dt_s"),
    [
        (Measurement((3.3,) * 3, 0.0, 25.0), 1.0),
        (Measurement((3.3, 3.3, 3.3, math.nan), 0.0, 25.0), 1.0),
        (Measurement((3.3,) * 4, math.inf, 25.0), 1.0),
        (Measurement((3.3,) * 4, 0.0, 25.0), -1.0),
        (Measurement((3.3,) * 4, 0.0, 25.0), math.nan),
    ],
)
def test_a_reading_that_is_none_is_refused(measurement: Measurement, dt_s: float) -> None:
    with pytest.raises(StateError):
        step(settled(50), measurement, dt_s, MODEL)


@pytest.mark.parametrize(("soc_pct", "sigma_pct"), [(-1, 5), (101, 5), (50, 0), (math.nan, 5)])
def test_a_start_that_does_not_exist_is_refused(soc_pct: float, sigma_pct: float) -> None:
    with pytest.raises(ParameterError):
        start(MODEL, soc_pct, sigma_pct)


def test_a_packs_analog_group_gives_a_measurement_or_says_that_it_cannot() -> None:
    analog = Analog(0.0, pack_current_a=-2.0, cell_voltages_mv=(3300, 3301), temperatures_c=(20.0, 24.0))
    found = measurement_of(analog)
    assert found is not None
    assert found.cell_voltages_v == pytest.approx((3.3, 3.301))
    assert (found.current_a, found.temperature_c) == (-2.0, 22.0)
    for absent in ("pack_current_a", "cell_voltages_mv", "temperatures_c"):
        assert measurement_of(replace(analog, **{absent: None})) is None


def test_a_covariance_that_cannot_be_is_replaced_by_its_variances() -> None:
    """Rounding can leave relations stronger than what is related; such a filter must neither stop nor be sure."""
    heat = MODEL.heat(25.0)
    cell = start(MODEL, 50.0, 10.0).mean
    zz, hh, bb, ww = (cell.covariance[k] for k in (0, 4, 7, 9))
    related = replace(cell, covariance=(zz, 0.0, 10.0 * (zz * bb) ** 0.5, 0.0, hh, 0.0, 0.0, bb, 0.0, ww))
    after = predict(related, 0.0, heat, 1.0, MODEL)
    assert after.covariance[2] == 0.0
    assert after.covariance[0] > 0.0
    # Strong enough that the reading itself would have a negative variance.
    against = replace(cell, covariance=(1e-9, 0.0, 50.0, 0.0, hh, 0.0, 0.0, bb, 0.0, 1e-12))
    after = correct(against, 3.3, 10.0, heat, 1.0, MODEL)
    assert (after.soc, after.covariance[2]) == (against.soc, 0.0)
    assert min(after.covariance[k] for k in (0, 4, 7, 9)) > 0.0
