"""Cells against the differential equations they claim to solve, integrated here in very small steps."""

from __future__ import annotations

import math

import numpy as np
import pytest

from openress.sim import parameters as p
from openress.sim.cell import CellRows
from openress.sim.curves import Curve, Floats, Grid
from openress.sim.scatter import Scatter

SOC = Grid(-0.5, 1.5, 0.0025)
OCV = Curve(SOC, p.OCV_V)
SPAN_MV = Curve(SOC, p.HYSTERESIS_MV)


def cells(soc: float = 0.5, temperature_c: float = 25.0, rated_ah: float = 100.0) -> CellRows:
    """One pack of two nominal cells."""
    each = np.ones((1, 2))
    return CellRows(soc * each, np.array([rated_ah]), temperature_c * each, Scatter(1, 2, [0.0]))


def hold(row: CellRows, current_a: float, seconds: float, dt_s: float = 1.0) -> None:
    for _ in range(round(seconds / dt_s)):
        row.predict(dt_s)
        row.advance(np.full((1, 2), current_a))


def value(curve: Curve, soc: float) -> float:
    return float(curve.at(SOC.locate(np.array([soc])))[0])


def euler(soc: float, profile: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    """SOC, hysteresis, v1 and v2 of a nominal cell at 25 C after (current, seconds) pairs."""
    h = v1 = v2 = 0.0
    dt = 0.005
    leakage_a = 100 * 0.01 / 730
    for current, seconds in profile:
        for _ in range(round(seconds / dt)):
            efficiency = 0.998 if current > 0 else 1.0
            soc += (efficiency * current - leakage_a) / 360_000 * dt
            h -= abs(current) * 7.0 / 360_000 * (h - math.copysign(1, current)) * dt if current else 0
            v1 -= (v1 - 0.15e-3 * current) / 10 * dt
            v2 -= (v2 - 0.40e-3 * current) / 120 * dt
    return soc, h, v1, v2


def test_the_exact_step_agrees_with_the_differential_equations() -> None:
    profile = [(80.0, 60.0), (-35.0, 45.0), (0.0, 30.0), (-100.0, 90.0), (12.0, 30.0)]
    row = cells()
    for current, seconds in profile:
        hold(row, current, seconds, dt_s=15.0)
    soc, h, v1, v2 = euler(0.5, profile)
    assert row.soc[0, 0] == pytest.approx(soc, abs=1e-9)
    assert row.hysteresis[0, 0] == pytest.approx(h, abs=2e-6)
    assert row.v1_v[0, 0] == pytest.approx(v1, abs=2e-6)
    assert row.v2_v[0, 0] == pytest.approx(v2, abs=2e-6)


def test_the_prediction_is_what_the_step_then_shows() -> None:
    row = cells(0.35)
    hold(row, -60.0, 40.0)
    for current in (-80.0, 0.0, 45.0):
        free_v, ohm = row.predict(1.0)
        expected = free_v + ohm * current
        row.advance(np.full((1, 2), current))
        shown = row.emf_v + row.r0_ohm * current
        assert shown == pytest.approx(expected, abs=0.2e-3)  # curvature of OCV and hysteresis within a second


def test_the_prediction_knows_the_rise_of_a_nearly_full_cell() -> None:
    row = cells(0.995)
    current = np.full((1, 2), 100.0)
    free_v, ohm = row.predict(5.0)
    row.advance(current)
    assert row.emf_v + row.r0_ohm * current == pytest.approx(free_v + ohm * current, abs=2e-3)


@pytest.mark.parametrize("last_current_a", [50.0, -50.0])
def test_a_rested_cell_shows_ocv_and_hysteresis(last_current_a: float) -> None:
    row = cells(0.5)
    hold(row, last_current_a, 1800.0)
    hold(row, 0.0, 3600.0)
    soc = float(row.soc[0, 0])
    turned = math.copysign(1 - math.exp(-7.0 * 0.25), last_current_a)
    assert row.hysteresis[0, 0] == pytest.approx(turned, abs=0.01)
    assert row.emf_v[0, 0] == pytest.approx(value(OCV, soc) + 1e-3 * value(SPAN_MV, soc) * turned, abs=1e-3)
    assert row.emf_v[0, 0] != pytest.approx(value(OCV, soc), abs=5e-3)


def test_a_step_of_any_length_reaches_the_same_rest() -> None:
    short, long = cells(), cells()
    for row, dt_s in ((short, 1.0), (long, 100_000.0)):
        hold(row, 40.0, 600.0, dt_s=60.0)
        hold(row, 0.0, 100_000.0, dt_s=dt_s)
    assert long.emf_v == pytest.approx(short.emf_v, abs=1e-9)
    assert abs(float(long.v2_v[0, 0])) < 1e-12


def test_cold_raises_resistance_and_hysteresis_as_the_table_says() -> None:
    warm, cold = cells(temperature_c=25.0), cells(temperature_c=-5.0)
    assert cold.r0_ohm == pytest.approx(warm.r0_ohm * 3.0)
    assert cold.r1_ohm == pytest.approx(warm.r1_ohm * 2.7)
    assert cold.r2_ohm == pytest.approx(warm.r2_ohm * 2.7)
    assert cold.hysteresis_span_v() == pytest.approx(warm.hysteresis_span_v() * 1.8)


def test_resistance_never_turns_negative_or_infinite_outside_the_table() -> None:
    for temperature_c in (-80.0, -40.0, 90.0, 300.0):
        row = cells(temperature_c=temperature_c)
        assert 0.1e-3 < float(row.r0_ohm[0, 0]) < 10e-3


def test_a_larger_cell_has_less_resistance_and_loses_more() -> None:
    small, large = cells(), cells(rated_ah=200.0)
    assert large.r0_ohm == pytest.approx(small.r0_ohm / 2)
    assert large.leakage_a == pytest.approx(small.leakage_a * 2)
    assert large.heat_j_per_k == pytest.approx(small.heat_j_per_k * 2)


def test_self_discharge_takes_one_percent_in_a_month() -> None:
    row = cells(0.8)
    hold(row, 0.0, 730 * 3600.0, dt_s=3600.0)
    assert row.soc == pytest.approx(0.79, abs=1e-9)


@pytest.mark.parametrize(("soc", "current_a"), [(0.98, 50.0), (0.03, -50.0)])
def test_leaving_full_or_empty_turns_the_voltage_past_every_limit(soc: float, current_a: float) -> None:
    row = cells(soc)
    hold(row, current_a, 3600.0 * 4.0 / 50.0)  # 4 Ah
    overshoot_pct = max(float(row.soc[0, 0]) - 1.0, -float(row.soc[0, 0])) * 100.0
    assert 0.5 < overshoot_pct < 3.0
    assert row.emf_v[0, 0] > 3.75 if current_a > 0 else row.emf_v[0, 0] < 2.3


def test_heat_is_resistance_and_never_cools_a_resistor() -> None:
    row = cells()
    row.predict(1.0)
    heat = row.advance(np.full((1, 2), 100.0))
    for _ in range(1200):
        row.predict(1.0)
        heat = row.advance(np.full((1, 2), -100.0))
    full_ohm = 0.85e-3
    assert heat.resistive_w == pytest.approx(np.full((1, 2), full_ohm * 1e4), rel=1e-3)
    row.predict(1.0)
    turned: Floats = row.advance(np.full((1, 2), 10.0)).resistive_w
    assert np.all(turned > 0)
