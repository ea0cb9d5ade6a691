"""The band of the state of charge holds the truth, whatever a pack is doing when it is seen first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from tests.bms.many_packs import CAPACITY_AH, ManyPacks, watched

from openress.bms.counting import Charge
from openress.bms.gauge import Gauge
from openress.sim.curves import Floats

LOOK_S = 10.0
ENDS_PCT = 6.0


@dataclass(frozen=True)
class Looks:
    """All looks of all packs, one row each, in percent."""

    truth: Floats
    low: Floats
    high: Floats
    told: Floats
    last: Floats

    @property
    def covered(self) -> Floats:
        return (self.low <= self.truth) & (self.truth <= self.high)

    @property
    def told_inside(self) -> Floats:
        return (self.low - 1e-9 <= self.told) & (self.told <= self.high + 1e-9)


def first_looks(seed: int, packs: int, minutes: float, *, wrong_pct: float, loaded_before: bool) -> Looks:
    """Ten minutes of packs at any charge, half of them near an end, at rest or under up to 1C, between 5 and 40 C."""
    rng = np.random.default_rng(seed)
    near = packs // 4
    soc = np.concatenate(
        [rng.uniform(0.03, 0.15, near), rng.uniform(0.9, 1.0, near), rng.uniform(0.03, 1.0, packs - 2 * near)]
    )
    c_rate = np.where(rng.random(packs) < 0.25, 0.0, rng.uniform(-1.0, 1.0, packs))
    # Nobody is driven beyond an end.
    after = soc + c_rate * minutes / 60.0
    c_rate = np.where(after > 1.0, np.minimum(c_rate, 0.02), np.where(after < 0.01, np.maximum(c_rate, -0.02), c_rate))
    current_a = CAPACITY_AH * c_rate
    many = ManyPacks(soc, rng.uniform(5.0, 40.0, packs), rng.uniform(-1.0, 1.0, packs), seed)
    if loaded_before:
        many.settle(current_a, 600.0)
    told_pct = np.clip(100.0 * soc + wrong_pct * rng.standard_normal(packs), 0.0, 100.0)
    return _looks(many, told_pct, lambda _: current_a, 60.0 * minutes)


def use(seed: int, packs: int, hours: float) -> Looks:
    """Hours of a household's steps of current, turned back at either end; told 10 % wrong."""
    rng = np.random.default_rng(seed)
    soc, base_a = rng.uniform(0.05, 0.98, packs), rng.uniform(-35.0, 35.0, packs)
    many = ManyPacks(soc, rng.uniform(5.0, 40.0, packs), rng.uniform(-1.0, 1.0, packs), seed)
    told_pct = np.clip(100.0 * soc + 10.0 * rng.standard_normal(packs), 0.0, 100.0)
    current_a = np.zeros(packs)

    def wanted(now_s: float) -> Floats:
        truth = many.soc_pct
        if now_s % 60.0 == 0.0:
            base_a[:] = np.where(truth > 96.0, -abs(base_a), np.where(truth < 6.0, abs(base_a), base_a))
            anew = base_a + rng.choice([-20.0, -5.0, 0.0, 0.0, 5.0, 20.0], packs)
            current_a[:] = np.where(rng.random(packs) < 0.3, anew, current_a)
        return np.where(((truth > 98.0) & (current_a > 0)) | ((truth < 3.0) & (current_a < 0)), 0.0, current_a)

    return _looks(many, told_pct, wanted, 3600.0 * hours)


def _looks(many: ManyPacks, told_pct: Floats, current_a: Callable[[float], Floats], seconds: float) -> Looks:
    rows: list[tuple[float, ...]] = []

    def each(now_s: float, number: int, _: Gauge, charge: Charge) -> None:
        assert charge.low_pct is not None
        assert charge.high_pct is not None
        last = now_s > seconds - 2 * LOOK_S
        rows.append((many.soc_pct[number], charge.low_pct, charge.high_pct, charge.soc_pct, last))

    watched(many, told_pct, current_a, seconds, LOOK_S, each)
    return Looks(*np.array(rows).T)


def check(looks: Looks) -> None:
    """Right in 95 of 100 looks everywhere and near either end, and not by saying nothing."""
    assert looks.covered.mean() >= 0.95
    low_end, high_end = looks.truth < ENDS_PCT, looks.truth > 100.0 - ENDS_PCT / 2
    assert looks.covered[low_end].mean() >= 0.95
    assert looks.covered[high_end].mean() >= 0.95
    width = looks.high - looks.low
    assert width[low_end].mean() < 12.0
    assert width[high_end].mean() < 25.0


@pytest.mark.parametrize("loaded_before", [False, True])
def test_from_the_first_minute_on_the_truth_and_the_count_lie_in_the_band(loaded_before: bool) -> None:
    looks = first_looks(3, 80, 6.0, wrong_pct=0.0, loaded_before=loaded_before)
    check(looks)
    assert looks.told_inside.mean() >= 0.98


def test_a_count_that_is_wrong_does_not_take_the_band_along() -> None:
    looks = first_looks(4, 80, 6.0, wrong_pct=10.0, loaded_before=True)
    check(looks)


@pytest.mark.soak
@pytest.mark.parametrize("wrong_pct", [0.0, 10.0, 20.0])
@pytest.mark.parametrize("loaded_before", [False, True])
@pytest.mark.parametrize("seed", range(10, 14))
def test_the_same_for_many_more_packs(seed: int, loaded_before: bool, wrong_pct: float) -> None:
    looks = first_looks(seed, 240, 10.0, wrong_pct=wrong_pct, loaded_before=loaded_before)
    check(looks)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20, 24))
def test_three_hours_of_use_do_not_make_it_too_sure(seed: int) -> None:
    assert use(seed, 100, 3.0).covered.mean() >= 0.95
