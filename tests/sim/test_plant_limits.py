"""The whole plant: chargers, warmth, switches, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.plantsamples import MAIN_OFF, NOMINAL, OFF, ON, run

from openress.errors import ParameterError, StateError
from openress.sim.pack import PackBuild, SwitchCommand
from openress.sim.plant import Plant
from openress.sim.rack import Demand


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
