"""Sensors: resolution, errors that stay, noise that does not."""

from __future__ import annotations

import numpy as np
import pytest

from openress.sim import parameters as p
from openress.sim.pack import PackBuild, SwitchCommand
from openress.sim.plant import Plant
from openress.sim.rack import Demand
from openress.sim.sensors import FrontEnds, sensor_places

ON = SwitchCommand(charge=True, discharge=True)


def on_steps(value: float, step: float) -> bool:
    return abs(value / step - round(value / step)) < 1e-6


def test_readings_lie_on_their_steps() -> None:
    plant = Plant([PackBuild()] * 3, seed=4)
    for current in (33.33, -71.7):
        plant.step(1.0, Demand(current), [ON] * 3)
        for sense in plant.sense():
            assert len(sense.cell_voltages_mv) == 16
            assert all(type(mv) is int for mv in sense.cell_voltages_mv)
            assert len(sense.temperatures_c) == 4
            for celsius in (*sense.temperatures_c, sense.mos_temperature_c, sense.env_temperature_c):
                assert on_steps(celsius, 0.1)
            assert on_steps(sense.pack_current_a, 0.1)
            assert on_steps(sense.pack_voltage_v, 0.001)
            assert on_steps(sense.terminal_voltage_v, 0.001)


def test_perfect_sensors_report_the_rounded_truth() -> None:
    plant = Plant([PackBuild(sensor_errors=0.0)] * 2, seed=4)
    plant.step(1.0, Demand(-57.0), [ON, ON])
    truth = plant.truth()
    for k, sense in enumerate(plant.sense()):
        assert sense.cell_voltages_mv == tuple(round(v * 1000) for v in truth.cell_v[k])
        assert sense.pack_current_a == pytest.approx(truth.current_a[k], abs=0.05)
        assert sense.pack_voltage_v == pytest.approx(truth.pack_v[k], abs=0.0005)
        assert sense.terminal_voltage_v == pytest.approx(truth.terminal_v[k], abs=0.0005)
        assert sense.temperatures_c == pytest.approx(truth.temperature_c[k, sensor_places(16)], abs=0.05)
        assert sense.mos_temperature_c == pytest.approx(truth.mos_c[k], abs=0.05)
        assert sense.env_temperature_c == pytest.approx(truth.case_c[k], abs=0.05)


def test_four_sensors_are_spread_over_the_row() -> None:
    assert sensor_places(16) == [2, 6, 10, 14]
    assert sensor_places(15) == [1, 5, 9, 13]
    assert len(set(sensor_places(8))) == 4


def test_errors_and_noise_have_the_stated_size() -> None:
    packs, cells, readings = 200, 16, 60
    ends = FrontEnds(9, cells, [1.0] * packs)
    cell_v = np.full((packs, cells), 3.3)
    others = np.full((packs, 6), 25.0), np.full(packs, 52.8), np.full(packs, 52.8), np.full(packs, 20.0)
    taken = [ends.read(cell_v, *others) for _ in range(readings)]
    mv = np.array([[sense.cell_voltages_mv for sense in reading] for reading in taken])
    amps = np.array([[sense.pack_current_a for sense in reading] for reading in taken])

    standing = mv.mean(axis=0) - 3300.0
    expected = np.hypot(p.VOLTAGE_SENSOR.offset * 1e3, p.VOLTAGE_SENSOR.gain * 3300)
    assert standing.std() == pytest.approx(expected, rel=0.05)
    assert abs(standing.mean()) < 4 * expected / np.sqrt(packs * cells)
    moving = np.sqrt(mv.var(axis=0).mean())
    assert moving == pytest.approx(np.hypot(p.VOLTAGE_SENSOR.noise * 1e3, np.sqrt(1 / 12)), rel=0.05)
    assert amps.mean(axis=0).std() == pytest.approx(np.hypot(0.05, 0.003 * 20), rel=0.25)


def test_the_same_channel_keeps_its_error() -> None:
    plant = Plant([PackBuild(spread=0.0, soc_spread_pct=0.0)], seed=11)
    plant.step(1.0, Demand(0.0), [ON])
    first, second = (np.mean([plant.sense()[0].cell_voltages_mv for _ in range(100)], axis=0) for _ in range(2))
    assert np.ptp(first) > 1.0
    assert first == pytest.approx(second, abs=0.25)


def test_reading_more_often_does_not_change_the_physics() -> None:
    often, seldom = Plant([PackBuild()] * 2, seed=5), Plant([PackBuild()] * 2, seed=5)
    for _ in range(20):
        often.step(1.0, Demand(30.0), [ON, ON])
        seldom.step(1.0, Demand(30.0), [ON, ON])
        often.sense()
    assert np.array_equal(often.truth().cell_v, seldom.truth().cell_v)


def test_an_open_breaker_reads_exactly_nothing_at_the_terminals() -> None:
    plant = Plant([PackBuild()] * 2, seed=5)
    plant.step(1.0, Demand(0.0), [ON, SwitchCommand(charge=True, discharge=True, main=False)])
    joined, parted = plant.sense()
    assert joined.terminal_voltage_v > 50.0
    assert parted.terminal_voltage_v == 0.0
    assert parted.pack_voltage_v > 50.0
