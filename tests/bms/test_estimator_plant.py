"""The estimator against a plant that shares no code and no number with it."""

from __future__ import annotations

import importlib

import pytest
from tests.bms.plant_month import DAY_S, live, saved

from openress.bms.estimator import LFP, Anchor, Measurement, PackModel, start, step
from openress.sim.pack import PackBuild, SwitchCommand
from openress.sim.plant import Plant
from openress.sim.rack import Demand

WORSE = [
    pytest.param({"size": 1.03, "offset_a": 0.3, "gain": 1.005, "seed": 3}, id="larger"),
    pytest.param({"size": 0.97, "offset_a": -0.3, "gain": 0.995, "seed": 4}, id="smaller"),
]


@pytest.mark.parametrize("spoiled", WORSE)
def test_a_week_with_a_profile_of_the_same_make(spoiled: dict[str, float]) -> None:
    week = live(saved(), days=7.6, dt_s=60.0, **spoiled)  # type: ignore[arg-type]
    assert week.rmse() <= 2.0
    assert week.covered() >= 0.95
    assert week.jump("estimate") <= 3.0
    assert week.jump("shown") <= 3.0
    assert any(moment.anchor for moment in week.moments)


@pytest.mark.soak
@pytest.mark.parametrize("spoiled", WORSE)
def test_a_month_with_a_profile_of_the_same_make(spoiled: dict[str, float]) -> None:
    month = live(saved(), days=30, dt_s=10.0, **spoiled)  # type: ignore[arg-type]
    assert month.rmse() <= 2.0
    assert month.covered() >= 0.95
    assert month.jump("estimate") <= 3.0
    assert month.jump("shown") <= 3.0
    assert month.offset_a == pytest.approx(spoiled["offset_a"], abs=0.1)
    low, high = month.health.capacity.band_ah
    assert low <= 100 * spoiled["size"] <= high
    assert month.health.capacity.capacity_ah == pytest.approx(100 * spoiled["size"], rel=0.02)
    assert month.health.capacity.swings >= 4


@pytest.mark.soak
@pytest.mark.parametrize("spoiled", WORSE)
def test_a_month_with_the_built_in_profile_of_another_make(spoiled: dict[str, float]) -> None:
    month = live(LFP, days=30, dt_s=10.0, **spoiled)  # type: ignore[arg-type]
    assert month.rmse(DAY_S) <= 4.0
    assert month.covered() >= 0.9
    assert month.jump("estimate") <= 3.0
    assert month.jump("shown") <= 3.0


@pytest.mark.soak
def test_the_laboratory_finds_the_saved_profile_again() -> None:
    pytest.importorskip("scipy", reason="needs the extra `analysis`")
    measure = importlib.import_module("tests.bms.plant_lab").measure
    fit, profile = measure(), saved()
    assert fit.rmse_v < 0.003
    for name in ("r0_ohm_ah", "r1_ohm_ah", "r2_ohm_ah", "tau1_s", "tau2_s", "hysteresis_rate"):
        assert getattr(fit.profile, name) == pytest.approx(getattr(profile, name), rel=0.05)


def test_a_cell_that_lies_ahead_is_found_at_the_full_charge() -> None:
    offsets = (3.0, *[0.0] * 13, -1.0, -2.0)
    plant = Plant([PackBuild(initial_soc_pct=80.0, soc_spread_pct=0.0, cell_soc_offset_pct=offsets)], seed=5)
    model, on = PackModel(saved(), 16, 100.0), [SwitchCommand(charge=True, discharge=True)]
    estimate = start(model, 80.0, 5.0)
    for _ in range(900):
        # Charge, held at 3.48 V by the highest cell as balancing chargers do.
        high_v = float(plant.truth().cell_v.max())
        plant.step(10.0, Demand(20.0 if high_v < 3.45 else 2.0 if high_v < 3.48 else 0.0), on)
        sense = plant.sense()[0]
        volts = tuple(mv / 1000 for mv in sense.cell_voltages_mv)
        estimate = step(estimate, Measurement(volts, sense.pack_current_a, 25.0), 10.0, model)
    truth = plant.truth().soc_pct[0]
    assert estimate.anchors.last is Anchor.FULL
    assert estimate.cell_soc_pct[0] == pytest.approx(float(truth[0]), abs=1.0)
    assert max(estimate.cell_soc_pct) == estimate.cell_soc_pct[0]
    assert estimate.cell_soc_pct[0] - estimate.soc_pct == pytest.approx(float(truth[0] - truth.mean()), abs=1.5)
    assert estimate.usable_pct > 99
