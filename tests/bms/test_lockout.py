"""The lock-out that over-current guards share: what is counted, what is forgiven, and what a restart keeps."""

from __future__ import annotations

import pytest
from tests.bms.streams import LARGE, Stream

from openress.bms.protect import ChangeKind, Protections
from openress.bms.rows import LOCK_COUNT, Way
from openress.model import Condition, Notice
from openress.params import ParameterSet

C = Condition
VALUES = ParameterSet.defaults(LARGE)
OVERLOAD_2 = Condition.DISCHARGE_OVER_CURRENT_2


def trip_once(stream: Stream, current_a: float = -125.0) -> None:
    stream.hold(1.0, 50, current_a=current_a)
    stream.hold(61.0, 1000, current_a=0.0)


def locked(stream: Stream) -> bool:
    return Notice.LOCKED in stream.last.notices


@pytest.mark.req("REQ-049", "REQ-052")
def test_both_levels_count_together() -> None:
    stream = Stream().settled()
    for index in range(LOCK_COUNT):
        trip_once(stream, -125.0 if index % 2 else -160.0)
        assert locked(stream) == (index == LOCK_COUNT - 1)
    assert locked(stream)
    assert stream.last.switches.discharge is False


@pytest.mark.req("REQ-049")
@pytest.mark.parametrize("dt_ms", [50, 1000])
def test_one_over_current_counts_once_although_both_levels_see_it(dt_ms: int) -> None:
    stream = Stream().settled()
    stream.hold(3.0, dt_ms, current_a=-200.0)
    assert {C.DISCHARGE_OVER_CURRENT, OVERLOAD_2} <= stream.last.protections
    assert stream.bms.memory().trips == 1


@pytest.mark.req("REQ-049")
def test_ten_minutes_without_a_trip_forgive() -> None:
    stream = Stream().settled()
    for _ in range(9):
        trip_once(stream)
    (*_, last_s) = stream.times(ChangeKind.TRIP, C.DISCHARGE_OVER_CURRENT)
    stream.hold(last_s + 599.0 - stream.now_s, 1000)
    assert stream.bms.memory().trips == 9
    stream.hold(2.0, 1000)
    assert stream.bms.memory().trips == 0
    trip_once(stream)
    assert not locked(stream)
    assert stream.bms.memory().trips == 1


@pytest.mark.req("REQ-050")
def test_charging_between_trips_forgives() -> None:
    stream = Stream().settled()
    for _ in range(9):
        trip_once(stream)
    stream.hold(1.0, current_a=1.0)
    assert stream.bms.memory().trips == 9
    stream.hold(0.0, current_a=1.1)
    assert stream.bms.memory().trips == 0


@pytest.mark.req("REQ-049", "REQ-050")
def test_a_lock_outlasts_a_restart_and_every_clock() -> None:
    before = Stream().settled()
    for _ in range(LOCK_COUNT):
        trip_once(before)
    after = Stream(memory=before.bms.memory(), start_ms=90_000_000)
    after.hold(3600.0, 5000)
    assert locked(after)
    assert after.last.switches.discharge is False
    assert after.last.switches.charge is True
    after.hold(5.0, current_a=1.1)
    assert after.last.switches.discharge is True
    assert not locked(after)


@pytest.mark.req("REQ-049")
def test_a_lock_remembered_without_its_trip_still_opens_the_switch() -> None:
    protections = Protections(VALUES, 16)
    protections.restore(10, locked=True, tripped=frozenset())
    assert protections.opened == Way.DISCHARGE
    assert protections.protections == {C.DISCHARGE_OVER_CURRENT}
    protections.restore(10, locked=True, tripped=frozenset({OVERLOAD_2, C.CELL_OVER_VOLTAGE}))
    assert protections.protections == {OVERLOAD_2, C.CELL_OVER_VOLTAGE}
    assert protections.opened == Way.BOTH
    assert protections.locked
    assert protections.count == 10


@pytest.mark.req("REQ-054")
def test_a_restart_closes_no_switch_onto_a_short_circuit() -> None:
    before = Stream().settled()
    before.hold(0.0, short=True, terminal_v=0.0)
    after = Stream(memory=before.bms.memory(), start_ms=500_000)
    after.hold(120.0, 1000, terminal_v=0.0)
    assert after.last.protections == {C.SHORT_CIRCUIT}
    assert after.last.switches.discharge is False
    after.hold(2.0, terminal_v=52.8)
    assert after.last.switches.discharge is True


@pytest.mark.req("REQ-048")
def test_after_a_restart_minutes_and_counts_run_from_the_first_measurement() -> None:
    before = Stream().settled()
    trip_once(before)
    before.hold(1.0, 50, current_a=-125.0)
    after = Stream(memory=before.bms.memory(), start_ms=7_000_000)
    after.hold(59.5, 500)
    assert after.last.protections == {C.DISCHARGE_OVER_CURRENT}
    after.hold(0.5, 500)
    assert not after.last.protections
    assert after.bms.memory().trips == 2
    after.hold(550.0, 1000)
    assert after.bms.memory().trips == 0


def test_power_up_forgets_trips_and_the_lock() -> None:
    protections = Protections(VALUES, 16)
    protections.restore(10, locked=True, tripped=frozenset({OVERLOAD_2}))
    protections.power_up()
    assert (protections.count, protections.locked) == (0, False)
