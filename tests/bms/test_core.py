"""What joins the parts: precharging, switching by hand, deep discharge, heater, contacts, reasons, memory."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.bms.streams import LARGE, Stream, remembering

from openress.bms.charge import ChargePlan, Equalisation
from openress.bms.health import NegativeEvent
from openress.bms.notices import OverLimit, notices
from openress.bms.rows import Way
from openress.bms.settings import BmsSettings, Memory
from openress.model import Condition, Fault, LimitRule, Limits, Notice, Reason

C = Condition


def both(stream: Stream) -> tuple[bool | None, bool | None, bool | None]:
    """(CHG, DSG, precharge)."""
    switches = stream.last.switches
    return switches.charge, switches.discharge, switches.precharge


# Precharging


def test_a_pack_that_was_apart_charges_the_bus_before_it_closes() -> None:
    stream = Stream()
    stream.step(100, terminal_v=0.0)
    assert both(stream) == (True, False, True)
    stream.hold(1.8, 100)
    assert both(stream) == (True, False, True)
    stream.hold(0.1, 100)
    assert both(stream) == (True, True, False)


@pytest.mark.parametrize(("below_v", "ready"), [(1.0, True), (1.01, False)])
def test_precharging_ends_when_the_bus_is_within_a_volt(below_v: float, ready: bool) -> None:
    stream = Stream()
    stream.step(100, terminal_v=0.0, pack_v=52.8)
    stream.step(100, terminal_v=52.8 - below_v)
    assert both(stream) == ((True, True, False) if ready else (True, False, True))


def test_an_unknown_terminal_voltage_does_not_hold_the_switch_open() -> None:
    stream = Stream()
    now = replace(stream.world.measured(16, 0), terminal_voltage_v=None)
    stream.measure(now, 100)
    assert both(stream) == (True, True, False)


def test_a_protection_that_lets_go_closes_its_switch_without_precharging() -> None:
    stream = Stream().settled()
    stream.hold(1.5, lowest_mv=2400, terminal_v=0.0)
    assert both(stream) == (True, False, False)
    stream.step(lowest_mv=2900)
    assert both(stream) == (True, True, False)


def test_precharging_that_is_broken_off_begins_again() -> None:
    stream = Stream()
    stream.hold(1.5, 100, terminal_v=0.0)
    assert both(stream) == (True, False, True)
    stream.bms.switch(Way.DISCHARGE, on=False)
    stream.hold(10.0, 100)
    assert both(stream) == (True, False, False)
    stream.bms.switch(Way.DISCHARGE, on=True)
    stream.hold(1.9, 100)
    assert both(stream) == (True, False, True)
    stream.hold(0.0, 100)
    assert both(stream) == (True, True, False)


# By hand


@pytest.mark.parametrize(("way", "open_ones"), [(Way.CHARGE, (0,)), (Way.DISCHARGE, (1,)), (Way.BOTH, (0, 1))])
def test_a_direction_can_be_switched_off_by_hand(way: int, open_ones: tuple[int, ...]) -> None:
    stream = Stream().settled()
    stream.bms.switch(way, on=False)
    stream.step()
    assert [index for index in (0, 1) if both(stream)[index] is False] == list(open_ones)
    limits = stream.last.limits
    reasons = (limits.charge_reason, limits.discharge_reason)
    allowed = (limits.charge_current_limit_a, limits.discharge_current_limit_a)
    for index in (0, 1):
        if index in open_ones:
            assert (allowed[index], reasons[index]) == (0.0, Reason(LimitRule.SWITCHED_OFF))
        else:
            assert allowed[index] != 0.0
    stream.bms.switch(way, on=True)
    stream.hold(5.0)
    assert both(stream) == (True, True, False)


def test_on_by_hand_overrides_no_protection() -> None:
    stream = Stream().settled()
    stream.hold(2.0, highest_mv=3660)
    stream.bms.switch(Way.BOTH, on=True)
    stream.step()
    assert both(stream) == (False, True, False)


def test_one_direction_on_leaves_the_other_off() -> None:
    stream = Stream().settled()
    stream.bms.switch(Way.BOTH, on=False)
    stream.bms.switch(Way.CHARGE, on=True)
    stream.step()
    assert both(stream)[:2] == (True, False)
    stream.bms.switch(Way.DISCHARGE, on=False)
    stream.bms.switch(Way.CHARGE, on=False)
    stream.step()
    assert both(stream)[:2] == (False, False)


# Deep discharge


def test_a_deeply_discharged_cell_is_charged_only_after_a_decision() -> None:
    stream = Stream().settled()
    stream.hold(5.0, lowest_mv=2000)
    assert both(stream)[0] is True
    assert Notice.DEEPLY_DISCHARGED not in stream.last.notices
    stream.hold(5.0, lowest_mv=1999)
    assert both(stream) == (False, False, False)
    assert Notice.DEEPLY_DISCHARGED in stream.last.notices
    assert stream.last.limits.charge_reason == Reason(LimitRule.DEEP_DISCHARGE)
    assert stream.last.limits.charge_current_limit_a == 0.0
    stream.bms.recovery = True
    stream.hold(60.0, 1000)
    assert both(stream)[0] is True
    assert stream.last.recovery
    assert stream.last.limits.charge_current_limit_a == pytest.approx(2.0)
    assert stream.last.limits.charge_reason == Reason(LimitRule.DEEP_DISCHARGE, 2.0)
    assert stream.last.limits.discharge_current_limit_a == 0.0


def test_a_decision_to_recover_holds_for_one_discharge() -> None:
    stream = Stream().settled()
    stream.bms.recovery = True
    stream.hold(5.0, lowest_mv=1900)
    stream.hold(5.0, lowest_mv=2899)
    assert stream.last.recovery
    stream.hold(0.0, lowest_mv=2900)
    assert not stream.last.recovery
    stream.hold(5.0, lowest_mv=1900)
    assert both(stream)[0] is False


def test_the_limiter_yields_to_recovery() -> None:
    stream = Stream().settled()
    stream.bms.limit_charge(on=True)
    stream.bms.recovery = True
    stream.hold(60.0, 1000, lowest_mv=1900)
    assert stream.last.limits.charge_reason == Reason(LimitRule.DEEP_DISCHARGE, 2.0)


# Heater and contacts


def test_a_heater_runs_from_a_charger_below_0_until_5_degrees() -> None:
    stream = Stream(settings=BmsSettings(heater=True)).settled()
    assert stream.step(coldest_c=-0.1).switches.heating is False
    assert stream.step(coldest_c=0.0, charger=True).switches.heating is False
    assert stream.step(coldest_c=-0.1).switches.heating is True
    assert stream.step(charger=None).switches.heating is True
    assert stream.step(coldest_c=4.9).switches.heating is True
    assert stream.step(coldest_c=5.0).switches.heating is False
    stream.step(coldest_c=-1.0, charger=True)
    assert stream.step(mos_c=None).switches.heating is False
    without = Stream().settled()
    assert without.step(coldest_c=-5.0, charger=True).switches.heating is False


def test_a_heater_whose_sensors_are_all_lost_is_off() -> None:
    stream = Stream(settings=BmsSettings(heater=True)).settled()
    stream.step(coldest_c=-5.0, charger=True)
    now = replace(stream.world.measured(16, 0), temperatures_c=(None,) * 4)
    assert stream.measure(now, 100).switches.heating is False


def test_the_first_contact_tells_protections_and_faults() -> None:
    stream = Stream().settled()
    assert stream.step().switches.dry_contact_1 is False
    stream.hold(2.0, highest_mv=3660)
    assert stream.last.switches.dry_contact_1 is True
    stream.hold(2.0, highest_mv=None)
    assert stream.last.switches.dry_contact_1 is False
    assert stream.step(env_c=None).switches.dry_contact_1 is True


# Reasons


def test_a_reason_names_faults_before_protections() -> None:
    stream = Stream().settled()
    stream.hold(2.0, highest_mv=3660)
    assert stream.last.limits.charge_reason == Reason(LimitRule.PROTECTION, names=("cell_over_voltage",))
    stream.step(env_c=None)
    wanted = Reason(LimitRule.FAULT, names=(Fault.TEMPERATURE_SENSOR.value,))
    assert stream.last.limits.charge_reason == stream.last.limits.discharge_reason == wanted


def test_a_reason_names_every_protection_of_its_direction() -> None:
    stream = Stream().settled()
    stream.hold(3.0, highest_mv=3660, lowest_mv=2400, mos_c=111.0)
    names = {"cell_over_voltage", "mos_over_temperature"}
    assert stream.last.limits.charge_reason is not None
    assert set(stream.last.limits.charge_reason.names) == names
    assert stream.last.limits.discharge_reason is not None
    assert set(stream.last.limits.discharge_reason.names) == {"cell_under_voltage", "mos_over_temperature"}


def test_resting_says_switched_off() -> None:
    stream = Stream().settled()
    stream.bms.press_button(stream.now_s)
    limits = stream.step().limits
    assert limits.charge_reason == limits.discharge_reason == Reason(LimitRule.SWITCHED_OFF)
    assert (limits.charge_voltage_limit_v, limits.discharge_voltage_limit_v) == (56.0, 48.0)
    assert stream.last.balancing == (False,) * 16


# Memory


@pytest.mark.req("REQ-132")
def test_a_restart_keeps_charge_plan_balance_and_protections() -> None:
    memory = Memory(
        remembering(LARGE, 77.0).charge,
        ChargePlan(full_at_s=5.0),
        (0.0,) * 15 + (0.5,),
        3,
        protections=frozenset({C.CELL_OVER_VOLTAGE}),
    )
    stream = Stream(memory=memory)
    stream.step(highest_mv=3400)
    kept = stream.bms.memory()
    assert kept.charge.soc_pct == pytest.approx(77.0)
    assert kept.plan.full_at_s == 5.0
    assert kept.ahead_ah[15] == pytest.approx(0.5)
    assert (kept.trips, kept.locked) == (3, False)
    assert kept.protections == {C.CELL_OVER_VOLTAGE}
    assert both(stream)[0] is False


def test_a_trip_that_shortens_life_is_counted_once_and_kept() -> None:
    stream = Stream().settled()
    for highest_mv in (3700, 3700, 3300, 3700):
        stream.hold(4.0, highest_mv=highest_mv)
    assert dict(stream.bms.health.counters.events) == {NegativeEvent.OVER_CHARGE: 2}
    kept = stream.bms.memory()
    assert kept.learned is not None
    assert Stream(memory=kept).bms.health == stream.bms.health


def test_the_balancer_can_be_kept_still_and_let_go_again() -> None:
    memory = Memory(remembering(LARGE, 50.0).charge, ahead_ah=(0.0, 0.0, 1.0, *(0.0,) * 13))
    stream = Stream(memory=memory).settled()
    assert any(stream.hold(4.0, highest_mv=3350).balancing)
    stream.bms.balance(on=False)
    assert not any(stream.hold(4.0, highest_mv=3350).balancing)
    stream.bms.balance(on=True)
    assert any(stream.hold(4.0, highest_mv=3350).balancing)


def test_each_step_of_balancing_follows_faults_temperatures_and_voltages() -> None:
    def bleeding(**world: object) -> bool:
        memory = Memory(remembering(LARGE, 50.0).charge, ahead_ah=(0.0, 0.0, 1.0, *(0.0,) * 13))
        stream = Stream(memory=memory).settled()
        return any(stream.hold(4.0, highest_mv=3350, **world).balancing)

    assert bleeding()
    assert bleeding(coldest_c=0.0)
    assert not bleeding(coldest_c=-0.1)
    assert bleeding(hottest_c=55.0)
    assert not bleeding(hottest_c=55.1)
    assert not bleeding(lowest_mv=2400)
    assert not bleeding(env_c=None)
    assert not bleeding(cell_c=float("nan"))


# What a person is told


def told(charge_a: float | None = 20.0, discharge_a: float | None = 100.0) -> Limits:
    return Limits(0.0, charge_current_limit_a=charge_a, discharge_current_limit_a=discharge_a)


def found(current_a: float | None) -> list[float | None]:
    signals: list[float | None] = [None] * 11
    if current_a is not None:
        signals[3], signals[4] = max(0.0, current_a), max(0.0, -current_a)
    return signals


@pytest.mark.parametrize(
    ("current_a", "notice"),
    [
        (22.0, None),
        (22.1, Notice.ABOVE_CHARGE_LIMIT),
        (-105.0, None),
        (-105.1, Notice.ABOVE_DISCHARGE_LIMIT),
        (None, None),
    ],
)
def test_current_beyond_its_limit_is_told_after_the_inverter_had_time(
    current_a: float | None, notice: Notice | None
) -> None:
    watch = OverLimit()
    assert watch.step(found(current_a), told(), 5.0) == set()
    assert watch.step(found(current_a), told(), 14.9) == set()
    assert watch.step(found(current_a), told(), 15.0) == ({notice} if notice else set())
    assert watch.step(found(0.0), told(), 16.0) == set()
    assert watch.step(found(current_a), told(), 17.0) == set()
    assert watch.step(found(current_a), None, 30.0) == set()
    assert watch.step(found(current_a), told(None, None), 60.0) == set()


def test_a_stream_is_told_of_a_current_beyond_its_limit() -> None:
    stream = Stream().settled()
    stream.hold(9.0, current_a=60.0)
    assert Notice.ABOVE_CHARGE_LIMIT not in stream.last.notices
    stream.hold(2.0)
    assert Notice.ABOVE_CHARGE_LIMIT in stream.last.notices


@pytest.mark.parametrize(
    ("equalisation", "notice"),
    [
        (Equalisation.DUE, {Notice.EQUALISATION_DUE}),
        (Equalisation.OVERDUE, {Notice.EQUALISATION_OVERDUE}),
        (Equalisation.RUNNING, set()),
        (Equalisation.NOT_WANTED, set()),
    ],
)
def test_equalisation_is_told_when_due(equalisation: Equalisation, notice: set[Notice]) -> None:
    said = notices([None] * 11, operating_max_c=None, deep=False, locked=False, equalisation=equalisation)
    assert said == notice
