"""The whole plant: balances of charge and energy, equalisation, repeatability, step length, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openress.errors import ParameterError, StateError
from openress.sim.loads import SolarHousehold
from openress.sim.pack import PackBuild, SwitchCommand
from openress.sim.plant import Plant
from openress.sim.rack import Demand
from openress.sim.truth import Truth

ON = SwitchCommand(charge=True, discharge=True)
OFF = SwitchCommand(charge=False, discharge=False)
MAIN_OFF = SwitchCommand(charge=False, discharge=False, main=False)
NOMINAL = PackBuild(spread=0.0, soc_spread_pct=0.0, sensor_errors=0.0)


def nominal(soc_pct: float, capacity_ah: float = 100.0) -> PackBuild:
    return PackBuild(
        initial_soc_pct=soc_pct, capacity_ah=capacity_ah, spread=0.0, soc_spread_pct=0.0, sensor_errors=0.0
    )


def run(plant: Plant, seconds: float, current_a: float, commands: list[SwitchCommand], dt_s: float = 1.0) -> Truth:
    for _ in range(round(seconds / dt_s)):
        plant.step(dt_s, Demand(current_a), commands)
    return plant.truth()


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


def test_a_charger_tapers_and_never_passes_its_voltage() -> None:
    plant = Plant([PackBuild(initial_soc_pct=95.0)] * 2, seed=2)
    demand = Demand(100.0, voltage_max_v=56.0)
    currents = []
    for _ in range(5400):
        plant.step(1.0, demand, [ON, ON])
        truth = plant.truth()
        assert truth.bus_v <= 56.0
        assert truth.pack_v.max() < 56.0 + 1e-3
        currents.append(float(truth.current_a.sum()))
    assert currents[0] == pytest.approx(100.0)
    assert currents[-1] < 2.0
    assert plant.truth().soc_pct.max() < 100.5


def test_an_unprotected_pack_shows_overcharge_and_over_discharge() -> None:
    over = run(Plant([PackBuild(initial_soc_pct=95.0)], seed=2), 3600.0 * 0.08, 100.0, [ON])
    assert 101.0 < over.soc_pct.max() < 105.0
    assert over.cell_v[over.soc_pct > 101.0].min() > 3.75
    under = run(Plant([PackBuild(initial_soc_pct=5.0)], seed=2), 3600.0 * 0.08, -100.0, [ON])
    assert -5.0 < under.soc_pct.min() < -1.0
    assert under.cell_v[under.soc_pct < -1.0].max() < 2.2


def test_one_fuller_cell_reaches_the_limit_alone() -> None:
    offsets = (4.0,) + (0.0,) * 15
    plant = Plant(
        [PackBuild(initial_soc_pct=95.0, cell_soc_offset_pct=offsets, spread=0.0, soc_spread_pct=0.0)], seed=1
    )
    truth = run(plant, 180.0, 50.0, [ON])
    assert truth.cell_v[0, 0] > 3.65
    assert truth.cell_v[0, 1:].max() < 3.5


def test_a_warm_pack_comes_from_losses() -> None:
    plant = Plant([NOMINAL], seed=1)
    truth = run(plant, 1200.0, -100.0, [ON])
    assert np.all(truth.temperature_c > 28.0)
    assert np.all(truth.temperature_c < 32.0)
    assert truth.mos_c[0] > truth.case_c[0] + 3.0
    idle = run(Plant([NOMINAL], seed=1), 1200.0, 0.0, [ON])
    assert idle.temperature_c == pytest.approx(np.full((1, 16), 25.0), abs=0.02)


def test_a_body_diode_heats_the_fet_board() -> None:
    closed = run(Plant([NOMINAL], seed=1), 600.0, -20.0, [ON])
    diode = run(Plant([NOMINAL], seed=1), 600.0, -20.0, [SwitchCommand(charge=False, discharge=True)])
    assert diode.books.path_j[0] - closed.books.path_j[0] == pytest.approx(0.7 * 20.0 * 600.0, rel=1e-3)
    assert diode.mos_c[0] > closed.mos_c[0] + 8.0


def test_cold_packs_have_their_own_air() -> None:
    plant = Plant([PackBuild(), PackBuild(ambient_c=-5.0)], seed=1)
    plant.step(1.0, Demand(0.0), [ON, ON])
    warm, cold = plant.sense()
    assert warm.temperatures_c[0] == pytest.approx(25.0, abs=1.5)
    assert cold.temperatures_c[0] == pytest.approx(-5.0, abs=1.5)
    plant.set_ambient(40.0)
    assert np.all(run(plant, 36_000.0, 0.0, [ON, ON], dt_s=30.0).temperature_c > 30.0)


def test_what_a_bms_draws_depends_on_its_mode() -> None:
    drawn = {}
    for name, command in (
        ("awake", OFF),
        ("asleep", SwitchCommand(charge=False, discharge=False, awake=False)),
        ("off", MAIN_OFF),
    ):
        drawn[name] = float(run(Plant([NOMINAL], seed=1), 36_000.0, 0.0, [command], dt_s=30.0).books.draw_ah[0])
    assert drawn == pytest.approx({"awake": 0.15, "asleep": 0.005, "off": 0.0})


def test_a_pack_whose_main_is_off_neither_bleeds_nor_carries_current() -> None:
    parted = SwitchCommand(charge=True, discharge=True, bleed=(True,) * 16, main=False)
    truth = run(Plant([PackBuild(), PackBuild()], seed=1), 60.0, -50.0, [ON, parted])
    assert truth.current_a[1] == 0.0
    assert truth.books.bleed_ah[1].max() == 0.0
    assert truth.terminal_v[1] == 0.0
    assert truth.current_a[0] == pytest.approx(-50.0)


def test_before_the_first_step_nothing_is_connected() -> None:
    sense = Plant([PackBuild()], seed=1).sense()[0]
    assert sense.terminal_voltage_v == 0.0
    assert sense.pack_voltage_v == pytest.approx(16 * 3.308, abs=0.1)


def test_time_is_the_sum_of_the_steps() -> None:
    plant = Plant([PackBuild()], seed=1)
    for dt_s in (0.25, 1.0, 100.0):
        plant.step(dt_s, Demand(0.0), [ON])
    assert plant.now_s == pytest.approx(101.25)


COMMANDS = st.builds(
    SwitchCommand,
    charge=st.booleans(),
    discharge=st.booleans(),
    precharge=st.booleans(),
    limiter_a=st.none() | st.floats(0.0, 20.0),
    main=st.booleans(),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from([0.1, 1.0, 60.0]),
        st.floats(-400.0, 400.0),
        st.lists(COMMANDS, min_size=3, max_size=3),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60)
@given(steps=STEPS)
def test_no_pack_carries_current_in_a_blocked_direction(
    steps: list[tuple[float, float, list[SwitchCommand]]],
) -> None:
    plant = Plant([PackBuild(), PackBuild(initial_soc_pct=60.0), PackBuild(initial_soc_pct=40.0)], seed=1)
    for dt_s, current, commands in steps:
        plant.step(dt_s, Demand(current, voltage_max_v=58.0, voltage_min_v=40.0), commands)
        truth = plant.truth()
        assert np.isfinite(truth.cell_v).all()
        for command, amps in zip(commands, truth.current_a.tolist(), strict=True):
            assert amps <= 0 or (command.main and command.charge)
            assert amps >= 0 or (command.main and (command.discharge or command.precharge))
        total = float(truth.current_a.sum())
        assert min(current, 0.0) - 1e-6 <= total <= max(current, 0.0) + 1e-6


@pytest.mark.parametrize(
    ("packs", "message"),
    [([], "cell counts"), ([PackBuild(), PackBuild(cells=15)], "cell counts")],
)
def test_packs_that_cannot_share_a_bus_are_refused(packs: list[PackBuild], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Plant(packs, seed=1)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: PackBuild(cells=1), "1 cells"),
        (lambda: PackBuild(capacity_ah=0.0), "capacity"),
        (lambda: PackBuild(initial_soc_pct=101.0), "SOC"),
        (lambda: PackBuild(cell_soc_offset_pct=(1.0,)), "one per cell"),
        (lambda: PackBuild(spread=-1.0), "spread"),
    ],
)
def test_a_pack_that_cannot_be_built_is_refused(build: type[PackBuild], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        build()


@pytest.mark.parametrize(
    ("dt_s", "current_a", "commands"),
    [
        (0.0, 0.0, [ON]),
        (-1.0, 0.0, [ON]),
        (float("nan"), 0.0, [ON]),
        (float("inf"), 0.0, [ON]),
        (1.0, float("nan"), [ON]),
        (1.0, 0.0, []),
        (1.0, 0.0, [ON, ON]),
        (1.0, 0.0, [SwitchCommand(charge=True, discharge=True, bleed=(True,))]),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(dt_s: float, current_a: float, commands: list[SwitchCommand]) -> None:
    plant = Plant([PackBuild()], seed=1)
    with pytest.raises(StateError):
        plant.step(dt_s, Demand(current_a), commands)
    assert plant.now_s == 0.0
