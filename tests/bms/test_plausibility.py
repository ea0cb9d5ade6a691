"""What is believed and what is not: ranges, broken wires, sums, switches that do not obey, cells that stand still."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.bms.streams import LARGE, Stream, World

from openress.bms.measure import Measurement, Signal, signals
from openress.bms.plausibility import Ranges, Sensors
from openress.bms.settings import BmsSettings
from openress.model import Fault, Switches

CLOSED = Switches(charge=True, discharge=True)
GOOD = World().measured(16, 0)


def judged(now: Measurement, *, live: bool = False) -> tuple[Measurement, frozenset[Fault]]:
    return Sensors(Ranges(16), live=live).step(now, 0.0, CLOSED)


def with_cells(**at: int | None) -> Measurement:
    cells: list[int | None] = list(GOOD.cell_voltages_mv)
    for name, value in at.items():
        cells[int(name[1:]) - 1] = value
    return replace(GOOD, cell_voltages_mv=tuple(cells))


def test_a_good_measurement_is_passed_on_as_it_is() -> None:
    clean, faults = judged(GOOD)
    assert clean is GOOD
    assert faults == frozenset()


@pytest.mark.req("REQ-072")
@pytest.mark.parametrize("mv", [None, 999, 4501, 0, 65535])
def test_a_cell_that_no_cell_can_be_is_taken_away(mv: int | None) -> None:
    clean, faults = judged(with_cells(c5=mv))
    assert faults == {Fault.CELL_SENSOR}
    assert clean.cell_voltages_mv[4] is None
    assert clean.cell_voltages_mv[3] == GOOD.cell_voltages_mv[3]
    found = signals(clean, 50.0)
    assert (found[Signal.CELL_MAX_MV], found[Signal.CELL_MIN_MV]) == (None, None)


@pytest.mark.parametrize("mv", [1000, 1999, 2000, 4000, 4001, 4500])
def test_a_strange_cell_alone_is_left_to_its_protection(mv: int) -> None:
    sane = replace(with_cells(c5=mv), pack_voltage_v=(3300 * 15 + mv) / 1000)
    clean, faults = judged(sane)
    assert faults == frozenset()
    assert clean.cell_voltages_mv[4] == mv


def test_neighbours_that_share_a_broken_wire_are_both_taken_away() -> None:
    for one, two in ((1900, 4100), (4100, 1900)):
        clean, faults = judged(with_cells(c5=one, c6=two))
        assert faults == {Fault.CELL_SENSOR}
        assert clean.cell_voltages_mv[3:7] == (3300, None, None, 3300)
    for one, two in ((2000, 4100), (1900, 4000)):
        assert None not in judged(with_cells(c5=one, c6=two))[0].cell_voltages_mv
    apart = judged(with_cells(c5=1900, c7=4100))[0]
    assert apart.cell_voltages_mv[4:7] == (1900, 3300, 4100)
    at_the_end, _ = judged(with_cells(c15=1900, c16=4100))
    assert at_the_end.cell_voltages_mv[13:] == (3300, None, None)


def test_the_wrong_number_of_cells_is_none_at_all() -> None:
    for cells in (GOOD.cell_voltages_mv[:-1], (*GOOD.cell_voltages_mv, 3300), ()):
        clean, faults = judged(replace(GOOD, cell_voltages_mv=cells))
        assert faults == {Fault.CELL_SENSOR}
        assert clean.cell_voltages_mv == (None,) * 16


@pytest.mark.parametrize(("pack_v", "believed"), [(54.3, True), (51.3, True), (54.31, False), (51.29, False)])
def test_cells_and_pack_must_agree(pack_v: float, believed: bool) -> None:
    clean, faults = judged(replace(GOOD, pack_voltage_v=pack_v))
    assert (faults == frozenset()) is believed
    if not believed:
        assert faults == {Fault.SAMPLING}
        assert clean.pack_voltage_v is None
        assert clean.cell_voltages_mv == (None,) * 16


@pytest.mark.parametrize("pack_v", [None, 15.9, 72.1, float("nan"), float("inf")])
def test_a_pack_voltage_that_cannot_be_is_taken_away(pack_v: float | None) -> None:
    clean, faults = judged(replace(GOOD, pack_voltage_v=pack_v))
    assert faults == {Fault.CELL_SENSOR}
    assert clean.pack_voltage_v is None
    assert clean.cell_voltages_mv == GOOD.cell_voltages_mv


@pytest.mark.parametrize("current_a", [None, 600.1, -600.1, float("nan")])
def test_a_current_that_cannot_be_is_taken_away(current_a: float | None) -> None:
    clean, faults = judged(replace(GOOD, pack_current_a=current_a))
    assert (clean.pack_current_a, faults) == (None, {Fault.CURRENT_SENSOR})
    assert judged(replace(GOOD, pack_current_a=-600.0))[1] == frozenset()
    assert signals(clean, None)[Signal.CHARGE_A] is None
    assert signals(clean, None)[Signal.DISCHARGE_A] is None


@pytest.mark.parametrize("warmth", [None, -45.1, 130.1, float("nan")])
@pytest.mark.parametrize("where", ["cell", "mos", "env"])
def test_a_temperature_that_cannot_be_is_taken_away(warmth: float | None, where: str) -> None:
    now = {
        "cell": replace(GOOD, temperatures_c=(25.0, warmth, 25.0, 25.0)),
        "mos": replace(GOOD, mos_temperature_c=warmth),
        "env": replace(GOOD, env_temperature_c=warmth),
    }[where]
    clean, faults = judged(now)
    assert faults == {Fault.TEMPERATURE_SENSOR}
    assert None in (*clean.temperatures_c, clean.mos_temperature_c, clean.env_temperature_c)


def test_no_temperature_sensor_at_all_is_a_fault() -> None:
    clean, faults = judged(replace(GOOD, temperatures_c=()))
    assert faults == {Fault.TEMPERATURE_SENSOR}
    assert signals(clean, None)[Signal.CELL_MAX_C] is None
    assert judged(replace(GOOD, temperatures_c=(-45.0, 130.0)))[1] == frozenset()


def test_signals_are_extremes_and_magnitudes() -> None:
    now = World(current_a=-7.5, highest_mv=3400, lowest_mv=3200, hottest_c=30.0, coldest_c=20.0, short=True)
    found = signals(now.measured(16, 0), 42.0)
    assert found[Signal.CELL_MAX_MV] == 3400
    assert found[Signal.CELL_MIN_MV] == 3200
    assert (found[Signal.CHARGE_A], found[Signal.DISCHARGE_A]) == (0.0, 7.5)
    assert (found[Signal.CELL_MAX_C], found[Signal.CELL_MIN_C]) == (30.0, 20.0)
    assert (found[Signal.SHORT], found[Signal.SOC_PCT]) == (1.0, 42.0)
    assert (found[Signal.MOS_C], found[Signal.ENV_C], found[Signal.PACK_V]) == (30.0, 25.0, 52.8)
    assert signals(World(current_a=3.0).measured(16, 0), None)[Signal.CHARGE_A] == 3.0
    assert signals(replace(GOOD, cell_voltages_mv=()), None)[Signal.CELL_MIN_MV] is None


@pytest.mark.req("REQ-072")
def test_a_fault_ends_after_five_good_seconds_and_names_what_was_bad_last() -> None:
    sensors = Sensors(Ranges(16), live=False)
    bad = replace(GOOD, pack_current_a=None)
    assert sensors.step(bad, 0.0, CLOSED)[1] == {Fault.CURRENT_SENSOR}
    assert sensors.step(replace(GOOD, mos_temperature_c=None), 1.0, CLOSED)[1] == {Fault.TEMPERATURE_SENSOR}
    assert sensors.step(GOOD, 5.9, CLOSED)[1] == {Fault.TEMPERATURE_SENSOR}
    assert sensors.step(GOOD, 6.0, CLOSED)[1] == frozenset()
    assert sensors.step(bad, 6.5, CLOSED)[1] == {Fault.CURRENT_SENSOR}


@pytest.mark.parametrize(
    ("switches", "current_a", "fault"),
    [
        (Switches(charge=False, discharge=True), 2.1, Fault.CHARGE_SWITCH),
        (Switches(charge=True, discharge=False), -2.1, Fault.DISCHARGE_SWITCH),
        (Switches(charge=False, discharge=True), 2.0, None),
        (Switches(charge=True, discharge=False), -2.0, None),
        (Switches(charge=False, discharge=True), -50.0, None),
        (Switches(charge=True, discharge=False), 50.0, None),
        (Switches(), 50.0, None),
        (CLOSED, 50.0, None),
    ],
)
def test_current_against_an_open_switch_is_a_switch_that_does_not_open(
    switches: Switches, current_a: float, fault: Fault | None
) -> None:
    sensors = Sensors(Ranges(16), live=True)
    now = replace(GOOD, pack_current_a=current_a)
    assert sensors.step(now, 0.0, switches)[1] == frozenset()
    assert sensors.step(now, 4.9, switches)[1] == frozenset()
    assert sensors.step(now, 5.0, switches)[1] == ({fault} if fault else frozenset())
    replayed = Sensors(Ranges(16), live=False)
    replayed.step(now, 0.0, switches)
    assert replayed.step(now, 60.0, switches)[1] == frozenset()


def test_a_short_current_against_an_open_switch_is_forgiven() -> None:
    sensors = Sensors(Ranges(16), live=True)
    switches = Switches(charge=False, discharge=False)
    against = replace(GOOD, pack_current_a=-50.0)
    sensors.step(against, 0.0, switches)
    sensors.step(GOOD, 4.0, switches)
    assert sensors.step(against, 6.0, switches)[1] == frozenset()
    assert sensors.step(replace(GOOD, pack_current_a=None), 7.0, switches)[1] == {Fault.CURRENT_SENSOR}


def test_cells_that_do_not_move_under_a_swinging_current_are_not_measured() -> None:
    sensors = Sensors(Ranges(16), live=True)
    assert not sensors.step(GOOD, 0.0, CLOSED)[1]
    assert not sensors.step(replace(GOOD, pack_current_a=-20.0), 60.0, CLOSED)[1]
    assert not sensors.step(GOOD, 119.9, CLOSED)[1]
    assert sensors.step(GOOD, 120.0, CLOSED)[1] == {Fault.CELL_SENSOR}
    steady = Sensors(Ranges(16), live=True)
    steady.step(GOOD, 0.0, CLOSED)
    steady.step(replace(GOOD, pack_current_a=-19.9), 60.0, CLOSED)
    assert not steady.step(GOOD, 1000.0, CLOSED)[1]
    moved = Sensors(Ranges(16), live=True)
    moved.step(GOOD, 0.0, CLOSED)
    moved.step(replace(GOOD, pack_current_a=-30.0), 60.0, CLOSED)
    assert not moved.step(replace(with_cells(c3=3301), pack_current_a=-30.0), 119.0, CLOSED)[1]
    assert not moved.step(replace(with_cells(c3=3301), pack_current_a=-30.0), 300.0, CLOSED)[1]


def test_a_replay_does_not_watch_the_switches_of_the_recording() -> None:
    stream = Stream(LARGE, settings=BmsSettings(live=False)).settled()
    stream.hold(30.0, 1000, highest_mv=3700, current_a=20.0)
    assert stream.last.switches.charge is False
    assert not stream.last.faults
    live = Stream(LARGE).settled()
    live.hold(30.0, 1000, highest_mv=3700, current_a=20.0)
    assert live.last.faults == {Fault.CHARGE_SWITCH}
