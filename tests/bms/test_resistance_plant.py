"""Resistance of new packs on the plant: what steps show is right, and what is said of it does not call them aged."""

from __future__ import annotations

import numpy as np
import pytest
from tests.bms.many_packs import CAPACITY_AH, CELLS, ManyPacks, watched

from openress.bms.estimator import LFP, PackModel
from openress.bms.learned import learned_json
from openress.sim.curves import Floats

MODEL = PackModel(LFP, CELLS, CAPACITY_AH)
STEPS_A = np.array([0.0, 10.0, 20.0, 40.0, 60.0])


def stepped(seed: int, packs: int, dt_s: float, seconds: float) -> tuple[Floats, Floats, Floats]:
    """New packs anywhere between empty and full, half of them near an end, under steps of the current every 20 s.

    Returns:
        the ratio told of each, its standard deviation, and the ratio that its cells and joints really have.
    """
    rng = np.random.default_rng(seed)
    third = packs // 3
    soc = np.concatenate(
        [rng.uniform(0.03, 0.15, third), rng.uniform(0.15, 0.9, packs - 2 * third), rng.uniform(0.93, 0.99, third)]
    )
    warmth = rng.uniform(5.0, 40.0, packs)
    many = ManyPacks(soc, warmth, rng.uniform(-1.0, 1.0, packs), seed)
    way = np.where(soc < 0.15, 1.0, np.where(soc > 0.9, -1.0, rng.choice([-1.0, 1.0], packs)))
    current_a = np.zeros(packs)

    def wanted(now_s: float) -> Floats:
        if now_s % 20.0 == 0.0:
            current_a[:] = way * rng.choice(STEPS_A, packs)
        return current_a.copy()

    gauges = watched(many, 100.0 * soc, wanted, seconds, dt_s, lambda *_: None)
    told = [learned_json({}, (), gauge.health)["health"] for gauge in gauges]
    heats = [MODEL.heat(celsius) for celsius in warmth.tolist()]
    bare = np.array([MODEL.r0_ohm * heat.r0 for heat in heats])
    return (
        np.array([one["resistance_ratio"] for one in told]),
        np.array([one["resistance_sigma"] for one in told]),
        many.resistance_ohm / bare,
    )


def check(told: Floats, sigma: Floats, really: Floats) -> None:
    assert (abs(told - 1.0) <= 1.96 * sigma).mean() >= 0.95
    assert (abs(told - really) <= 1.96 * sigma).mean() >= 0.95
    assert 0.1 < sigma.mean() < 0.5


def test_a_new_pack_is_not_called_aged() -> None:
    told, sigma, really = stepped(2, 36, 1.0, 120.0)
    check(told, sigma, really)
    assert np.median(abs(told / really - 1.0)) < 0.05


@pytest.mark.soak
@pytest.mark.parametrize("dt_s", [1.0, 2.0, 5.0])
@pytest.mark.parametrize("seed", range(3))
def test_nor_are_many_others(seed: int, dt_s: float) -> None:
    told, sigma, really = stepped(seed, 90, dt_s, 400.0)
    check(told, sigma, really)
    assert np.median(abs(told / really - 1.0)) < 0.08
