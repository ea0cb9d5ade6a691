"""Heat flows as conductances say: steady states by hand, transients against small steps."""

from __future__ import annotations

import numpy as np
import pytest

from openress.sim import parameters as p
from openress.sim.scatter import Scatter
from openress.sim.thermal import CASE, MOS, ThermalRow


def row(cells: int = 16, ambient_c: float = 20.0, seed: int = 1, spread: float = 0.0) -> ThermalRow:
    heat = np.full((1, cells), p.CELL_HEAT_J_PER_K.value)
    return ThermalRow(heat, np.array([ambient_c]), Scatter(seed, cells, [spread]))


def test_heat_leaves_through_the_case_alone() -> None:
    pack = row()
    watts = np.zeros((1, 18))
    watts[0, :CASE] = 8.0
    watts[0, MOS] = 6.0
    pack.advance(1e7, watts)
    settled = pack.temperatures_c[0]
    case_rise = (16 * 8.0 + 6.0) / p.CASE_TO_AMBIENT_W_PER_K.value
    assert settled[CASE] == pytest.approx(20.0 + case_rise)
    assert settled[MOS] == pytest.approx(20.0 + case_rise + 6.0 / p.MOS_TO_CASE_W_PER_K.value)
    assert settled[7] > settled[0]  # the end faces cool


def test_any_step_length_gives_the_same_warming() -> None:
    one, many = row(), row()
    watts = np.zeros((1, 18))
    watts[0, 3] = 20.0
    one.advance(3600.0, watts)
    for _ in range(7200):
        many.advance(0.5, watts)
    assert one.temperatures_c == pytest.approx(many.temperatures_c, abs=1e-9)


def test_a_hot_cell_warms_its_neighbours_in_order() -> None:
    pack = row(spread=1.0)
    watts = np.zeros((1, 18))
    watts[0, 8] = 20.0
    pack.advance(1800.0, watts)
    t = pack.temperatures_c[0]
    assert t[8] > t[9] > t[10] > t[11] > 20.0
    assert t[8] > t[7] > t[6] > t[5] > 20.0


def test_early_warming_is_heat_over_heat_capacity() -> None:
    pack = row()
    watts = np.zeros((1, 18))
    watts[0, 5] = 100.0
    pack.advance(1.0, watts)
    assert pack.temperatures_c[0, 5] - 20.0 == pytest.approx(100.0 / p.CELL_HEAT_J_PER_K.value, rel=2e-3)


def test_new_air_changes_temperatures_slowly() -> None:
    pack = row()
    pack.set_ambient(0.0)
    assert pack.temperatures_c == pytest.approx(np.full((1, 18), 20.0))
    pack.advance(60.0, np.zeros((1, 18)))
    assert 19.0 < pack.temperatures_c[0, 8] < 20.0
    pack.advance(1e7, np.zeros((1, 18)))
    assert pack.temperatures_c == pytest.approx(np.zeros((1, 18)), abs=1e-6)
