"""The whole plant: balances of charge and energy, equalisation, repeatability, step length, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from tests.sim.plantsamples import MAIN_OFF, NOMINAL, OFF, ON, run

from openress.sim.loads import SolarHousehold
from openress.sim.pack import PackBuild, SwitchCommand
from openress.sim.plant import Plant
from openress.sim.rack import Demand
from openress.sim.truth import Truth


def nominal(soc_pct: float, capacity_ah: float = 100.0) -> PackBuild:
    return PackBuild(
        initial_soc_pct=soc_pct, capacity_ah=capacity_ah, spread=0.0, soc_spread_pct=0.0, sensor_errors=0.0
    )


def restless_rack() -> Plant:
    return Plant([PackBuild(), PackBuild(initial_soc_pct=60.0), PackBuild(capacity_ah=50.0)], seed=2)


def restless_day(plant: Plant, dt_s: float) -> Iterator[Truth]:
    """The truth after each step of a solar day with every switch state and a voltage limit in it."""
    load = SolarHousehold(seed=3, capacity_ah=250.0)
    bleeding = SwitchCommand(charge=True, discharge=True, bleed=(True, False) * 8)
    limited = SwitchCommand(charge=True, discharge=True, limiter_a=10.0)
    hours = [
        [ON, ON, ON],
        [SwitchCommand(charge=True, discharge=False), ON, ON],
        [ON, SwitchCommand(charge=False, discharge=True), bleeding],
        [ON, limited, ON],
        [ON, OFF, SwitchCommand(charge=False, discharge=False, precharge=True)],
        [bleeding, bleeding, MAIN_OFF],
    ]
    for k in range(round(86_400 / dt_s)):
        now_s = k * dt_s
        demand = Demand(load.current_at(now_s), voltage_max_v=55.2, voltage_min_v=46.0)
        plant.step(dt_s, demand, hours[int(now_s // 3600) % len(hours)])
        yield plant.truth()


def test_a_new_pack_is_half_full() -> None:
    soc = Plant([PackBuild()] * 5, seed=3).truth().soc_pct
    assert soc.mean(axis=1) == pytest.approx(np.full(5, 50.0))
    assert 0.05 < soc.std() < 0.5


def test_a_pack_of_fifteen_cells_is_a_48_volt_pack() -> None:
    plant = Plant([PackBuild(cells=15)] * 2, seed=3)
    plant.step(1.0, Demand(0.0), [ON, ON])
    sense = plant.sense()[1]
    assert len(sense.cell_voltages_mv) == 15
    assert sense.pack_voltage_v == pytest.approx(15 * 3.308, abs=0.1)


def test_charge_is_current_times_time_less_every_loss() -> None:
    plant = Plant([NOMINAL], seed=1)
    before = plant.truth()
    bleed = SwitchCommand(charge=True, discharge=True, bleed=(True,) + (False,) * 15)
    after = run(plant, 3600.0, 40.0, [bleed])
    gained = after.stored_ah - before.stored_ah
    draw_a, leakage_a = 0.015, 100.0 * 0.01 / 730.0
    assert gained[0, 1] == pytest.approx(0.998 * (40.0 - draw_a) - leakage_a, abs=1e-6)
    bled_ah = float(after.books.bleed_ah[0, 0])
    assert bled_ah == pytest.approx(3.34 / 34.0, rel=0.02)
    assert gained[0, 0] == pytest.approx(0.998 * (40.0 - draw_a - bled_ah) - leakage_a, abs=1e-6)
    taken = run(plant, 3600.0, -40.0, [ON])
    assert (after.stored_ah - taken.stored_ah)[0, 5] == pytest.approx(40.0 + draw_a + leakage_a, abs=1e-6)


def test_charge_balances_over_a_restless_day() -> None:
    plant = restless_rack()
    before, dt_s = plant.truth(), 10.0
    seen_ah = sum(truth.current_a for truth in restless_day(plant, dt_s)) * dt_s / 3600.0
    after = plant.truth()
    out_ah = after.books.bleed_ah + after.books.draw_ah[:, None] + after.books.lost_ah
    gained_ah = after.stored_ah - before.stored_ah
    assert gained_ah == pytest.approx(np.reshape(seen_ah, (3, 1)) - out_ah, abs=1e-6)
    assert np.abs(gained_ah).max() > 5.0
    assert out_ah.min() > 0.1


@pytest.mark.parametrize(("dt_s", "share"), [pytest.param(2.0, 3e-6, marks=pytest.mark.soak), (10.0, 1.5e-5)])
def test_energy_balances_over_a_restless_day(dt_s: float, share: float) -> None:
    plant = restless_rack()
    stored_before = plant.truth().books.stored_j
    terminal_j, throughput_j = np.zeros(3), 0.0
    for truth in restless_day(plant, dt_s):
        joules = truth.bus_v * truth.current_a * dt_s
        terminal_j += joules
        throughput_j += float(np.abs(joules).sum())
    b = plant.truth().books
    heat_j = b.bleed_j + b.resistive_j + b.hysteresis_j + b.side_reaction_j
    left_over = terminal_j - b.path_j - b.draw_j - (heat_j + b.stored_j - stored_before).sum(axis=1)
    assert float(np.abs(left_over).max()) < share * throughput_j
    for loss_j in (b.resistive_j, b.hysteresis_j, b.side_reaction_j, b.path_j):  # each would be missed
        assert loss_j.sum() > 10 * share * throughput_j


def test_energy_at_the_terminals_is_volts_times_amps_times_seconds() -> None:
    plant = Plant([PackBuild()] * 2, seed=1)
    joules = np.zeros(2)
    for k in range(300):
        plant.step(1.0, Demand(100.0 if k % 100 < 50 else -60.0), [ON, ON])
        truth = plant.truth()
        joules += truth.bus_v * truth.current_a
    assert plant.truth().books.terminal_j == pytest.approx(joules)


def test_terminals_and_cells_differ_by_the_path() -> None:
    plant = Plant([NOMINAL, nominal(55.0)], seed=1)
    for current in (80.0, -120.0, 5.0):
        plant.step(1.0, Demand(current), [ON, ON])
        truth = plant.truth()
        assert truth.terminal_v == pytest.approx(truth.pack_v + 1.5e-3 * truth.current_a, abs=2e-3)


def test_a_rested_pack_shows_ocv_and_hysteresis() -> None:
    plant = Plant([PackBuild()], seed=6)
    run(plant, 1800.0, -50.0, [ON])
    rested = run(plant, 7200.0, 0.0, [ON], dt_s=10.0)
    assert np.all(rested.hysteresis < -0.5)
    expected = rested.ocv_v + rested.hysteresis_span_v * rested.hysteresis
    assert rested.cell_v == pytest.approx(expected, abs=1e-3)
    assert abs(float((rested.cell_v - rested.ocv_v).mean())) > 5e-3


def test_unequal_packs_start_to_equalise_as_the_formula_says() -> None:
    plant = Plant([nominal(90.0), nominal(30.0), nominal(60.0, capacity_ah=200.0)], seed=1)
    emf = plant.truth().ocv_v.sum(axis=1)
    ohm = np.array([16 * 0.35e-3 + 1.5e-3, 16 * 0.35e-3 + 1.5e-3, 16 * 0.20e-3 + 1.5e-3])
    for current in (0.0, 70.0):
        fresh = Plant([nominal(90.0), nominal(30.0), nominal(60.0, capacity_ah=200.0)], seed=1)
        fresh.step(1e-4, Demand(current), [ON] * 3)
        truth = fresh.truth()
        bus_v = (current + (emf / ohm).sum()) / (1 / ohm).sum()
        assert truth.bus_v == pytest.approx(bus_v, abs=1e-3)
        assert truth.current_a == pytest.approx((bus_v - emf) / ohm, abs=0.02)
        assert truth.current_a[0] < -20 < 20 < truth.current_a[1] + abs(current)


def test_equalising_packs_slow_down_as_their_cells_polarise() -> None:
    plant = Plant([nominal(90.0), nominal(30.0)], seed=1)
    v1 = v2 = 0.0
    dt = 0.01
    for _ in range(60):  # both packs polarise alike, so half the gap drives one pack
        before = plant.truth()
        gap_v = float((before.ocv_v + before.hysteresis * before.hysteresis_span_v).sum(axis=1) @ [1, -1])
        current = 0.0
        for _ in range(100):
            current = (gap_v / 2 - 16 * (v1 + v2)) / (16 * 0.35e-3 + 1.5e-3)
            v1 += (0.15e-3 * current - v1) / 10.0 * dt
            v2 += (0.40e-3 * current - v2) / 120.0 * dt
        for _ in range(10):
            plant.step(0.1, Demand(0.0), [ON, ON])
        assert plant.truth().current_a[1] == pytest.approx(current, rel=0.01)
    later = run(plant, 1140.0, 0.0, [ON, ON])
    gap_now_v = (later.ocv_v + later.hysteresis * later.hysteresis_span_v).sum(axis=1) @ [1, -1]
    assert later.current_a[1] == pytest.approx(gap_now_v / 2 / (16 * 0.90e-3 + 1.5e-3), rel=0.05)
    assert later.soc_pct[0].mean() < 85.0
    assert later.soc_pct[1].mean() > 35.0


@pytest.mark.parametrize("dt_s", [1.0, 30.0, 600.0, 7200.0])
def test_equalising_packs_do_not_swing_at_any_step_length(dt_s: float) -> None:
    plant = Plant([nominal(90.0), nominal(30.0)], seed=1)
    currents = []
    for _ in range(40):
        plant.step(dt_s, Demand(0.0), [ON, ON])
        currents.append(float(plant.truth().current_a[1]))
    assert all(later <= earlier + 1e-3 for earlier, later in pairwise(currents))
    assert min(currents) > -0.05


def test_a_seed_gives_one_run() -> None:
    def senses(seed: int) -> list[object]:
        plant = Plant([PackBuild()] * 2, seed=seed)
        seen: list[object] = []
        for k in range(50):
            plant.step(1.0, Demand(40.0 if k < 25 else -40.0), [ON, ON])
            seen.append(plant.sense())
        return [*seen, plant.truth().soc_pct.tolist()]

    assert senses(1) == senses(1)
    assert senses(1) != senses(2)


def test_a_pack_is_the_same_specimen_whoever_stands_beside_it() -> None:
    alone, beside = Plant([PackBuild()], seed=9).truth(), Plant([PackBuild()] * 4, seed=9).truth()
    assert np.array_equal(alone.capacity_ah[0], beside.capacity_ah[0])
    assert not np.array_equal(beside.capacity_ah[0], beside.capacity_ah[1])


def wander(plant: Plant, dt_s: float, commands: list[SwitchCommand]) -> list[Truth]:
    """Half an hour of current that changes every half minute; the truth at each change."""
    rng = np.random.default_rng(8)
    currents = (rng.uniform(-80.0, 80.0, 60) * len(commands)).tolist()
    return [run(plant, 30.0, current, commands, dt_s=dt_s) for current in currents]


def test_a_tenth_of_a_second_and_a_second_agree() -> None:
    # One pack: the current is given, so charge, RC pairs and hysteresis are exact in both; only the
    # temperature behind the resistances lags by one step, a few mK.
    for coarse, fine in zip(
        wander(Plant([PackBuild()], seed=1), 1.0, [ON]),
        wander(Plant([PackBuild()], seed=1), 0.1, [ON]),
        strict=True,
    ):
        assert coarse.soc_pct == pytest.approx(fine.soc_pct, abs=1e-6)
        assert coarse.cell_v == pytest.approx(fine.cell_v, abs=0.05e-3)
        assert coarse.temperature_c == pytest.approx(fine.temperature_c, abs=0.02)


def test_a_tenth_of_a_second_and_a_second_agree_for_packs_in_parallel() -> None:
    # Parallel packs share the current by the voltages at the end of each step, which is first order in the
    # step: for some seconds after a change the shares differ by a fraction of an ampere and then meet again.
    builds = [PackBuild(), PackBuild(initial_soc_pct=52.0), PackBuild(capacity_ah=200.0)]
    for coarse, fine in zip(
        wander(Plant(builds, seed=1), 1.0, [ON] * 3),
        wander(Plant(builds, seed=1), 0.1, [ON] * 3),
        strict=True,
    ):
        assert coarse.soc_pct == pytest.approx(fine.soc_pct, abs=1e-2)
        assert coarse.cell_v == pytest.approx(fine.cell_v, abs=1e-3)
        assert coarse.current_a == pytest.approx(fine.current_a, abs=0.1)
        assert coarse.current_a.sum() == pytest.approx(fine.current_a.sum(), abs=1e-9)
