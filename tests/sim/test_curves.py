"""Curves pass through their anchors, stay between them and integrate exactly."""

from __future__ import annotations

import numpy as np
import pytest

from openress.sim import parameters as p
from openress.sim.curves import Curve, Grid, monotone_cubic

GRID = Grid(-0.5, 1.5, 0.0025)


def test_the_voltage_table_is_met_at_its_anchors() -> None:
    curve = Curve(GRID, p.OCV_V)
    soc, volts = np.array(p.OCV_V[1:-1]).T
    assert np.allclose(curve.at(GRID.locate(soc)), volts, atol=1e-9)


def test_a_monotone_table_gives_a_monotone_curve() -> None:
    x, y = np.array(p.OCV_V).T
    fine = monotone_cubic(x, y, np.linspace(x[0], x[-1], 100_001))
    assert np.all(np.diff(fine) >= 0)
    assert fine[0] == y[0]
    assert fine[-1] == y[-1]


def test_a_table_that_turns_is_not_overshot() -> None:
    x, y = np.array(p.HYSTERESIS_MV).T
    for left, right, low, high in zip(x[:-1], x[1:], y[:-1], y[1:], strict=True):
        between = monotone_cubic(x, y, np.linspace(left, right, 101))
        assert between.min() >= min(low, high) - 1e-12
        assert between.max() <= max(low, high) + 1e-12


def test_a_curve_is_constant_beyond_its_grid() -> None:
    curve = Curve(Grid(0.0, 10.0, 1.0), [(1.0, 5.0), (9.0, 7.0)])
    at = curve.at(Grid(0.0, 10.0, 1.0).locate(np.array([-50.0, -0.5, 0.0, 10.0, 11.5, 90.0])))
    assert at == pytest.approx([5.0, 5.0, 5.0, 7.0, 7.0, 7.0])


def test_a_curve_that_ends_steeply_is_still_constant_beyond() -> None:
    grid = Grid(0.0, 10.0, 1.0)
    curve = Curve(grid, [(0.0, 5.0), (10.0, 7.0)])
    beyond = curve.at(grid.locate(np.array([-50.7, -1.3, -0.5])))
    assert beyond == pytest.approx([beyond[0]] * 3)
    assert curve.at(grid.locate(np.array([99.5]))) == pytest.approx([7.0])


def test_slope_and_integral_belong_to_the_curve() -> None:
    curve = Curve(GRID, p.OCV_V)
    rng = np.random.default_rng(5)
    soc = rng.uniform(-0.4, 1.4, 200)
    ahead = 1e-7
    here, there = GRID.locate(soc), GRID.locate(soc + ahead)
    mean = 0.5 * (curve.at(here) + curve.at(there))
    assert curve.integral_at(there) - curve.integral_at(here) == pytest.approx(mean * ahead, rel=1e-4, abs=1e-12)
    assert curve.at(there) - curve.at(here) == pytest.approx(curve.slope_at(here) * ahead, rel=1e-3, abs=1e-9)
