"""The freshness contract, second by second."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.gateway.bench import RISE_S, currents, measured, new_hold, reading, risen

from openress.checker.spoken import Bounds, Spoken, Times
from openress.checker.wire import WireChecker
from openress.errors import ParameterError
from openress.gateway.caps import Caps, Rule
from openress.gateway.hold import END_S, Hold, State, Told
from openress.inverters import ChargeStop, FailSafe
from openress.model import Condition, RackSample


def test_nothing_is_told_before_the_first_reading():
    told = new_hold().tell(0.0)
    assert (told.state, told.rack) == (State.WAITING, None)


def test_the_first_complete_set_starts_at_zero_and_rises_slowly():
    hold = new_hold()
    hold.see(reading(0.0), 0.0)
    assert currents(hold.tell(0.0)) == (0.0, 0.0)
    seen = []
    for second in range(1, 25):
        hold.see(reading(float(second)), float(second))
        seen.append(currents(hold.tell(float(second))))
    # A twentieth of the published maxima each second: 100 A and 200 A for this rack; the packs allow 100 A.
    assert seen[0] == pytest.approx((5.0, 10.0))
    assert seen[8] == pytest.approx((45.0, 90.0))
    assert seen[-1] == (100.0, 100.0)


def test_a_limit_falls_at_once():
    hold = new_hold()
    now_s = risen(hold)
    hold.see(reading(now_s + 1, charge_current_limit_a=3.0), now_s + 1)
    assert currents(hold.tell(now_s + 1)) == (3.0, 100.0)


def test_what_stands_in_the_way_is_told_in_order():
    hold = new_hold(caps=Caps(charge_current_a=30.0))
    hold.see(reading(0.0), 0.0)
    chain = [(step.rule, step.charge_current_a, step.discharge_current_a) for step in hold.tell(0.0).steps]
    assert chain == [(Rule.PACKS, 100.0, 100.0), (Rule.USER, 30.0, None), (Rule.RISING, 0.0, 0.0)]


def test_f12_stale_data_frozen_source():
    """Fresh for 10 s, down to 0 in 5 s, zeros until 30 s, then nothing; and nothing measured once it is old."""
    hold = new_hold()
    frozen_s = risen(hold)
    seen = {}
    for tenth in range(400):
        told = hold.tell(frozen_s + tenth / 10)
        seen[tenth / 10] = (told.state, None if told.rack is None else (*currents(told), told.rack.analog is not None))
    assert seen[10.0] == (State.LIVE, (100.0, 100.0, True))
    assert seen[10.1][0] is State.FADING
    assert seen[12.5] == (State.FADING, (50.0, 50.0, False))
    assert seen[15.0] == (State.STOPPED, (0.0, 0.0, False))
    assert seen[29.9] == (State.STOPPED, (0.0, 0.0, False))
    assert seen[30.0] == (State.SILENT, None)
    assert {state for at_s, (state, _) in seen.items() if at_s > 30.0} == {State.WAITING}


def test_old_data_leave_warnings_standing():
    hold = new_hold()
    sample = reading(0.0)
    assert sample.status is not None
    hot = replace(sample, status=replace(sample.status, alarms=frozenset({Condition.MOS_OVER_TEMPERATURE})))
    hold.see(hot, 0.0)
    hold.tell(0.0)
    told = stale(hold)
    assert told.rack is not None
    assert told.rack.status is not None
    assert told.rack.status.alarms == {Condition.MOS_OVER_TEMPERATURE}
    assert told.rack.status.faults == frozenset()
    assert all(pack.analog is None and pack.limits is None for pack in told.rack.packs)
    assert told.rack.limits is not None
    assert told.rack.limits.charge_voltage_limit_v == 56.0


def test_the_manner_of_the_inverter_is_kept():
    """Victron obeys the charge voltage more surely than a current of 0: it goes down to that of the rack."""
    hold = new_hold(FailSafe(charge_stop=ChargeStop.TO_PACK_VOLTAGE))
    hold.see(measured(reading(0.0), pack_voltage_v=53.0), 0.0)
    assert hold.tell(0.0).rack is not None
    told = stale(hold)
    assert told.rack is not None
    assert told.rack.limits is not None
    assert told.rack.limits.charge_voltage_limit_v == 53.0


def stale(hold: Hold) -> Told:
    """What is told twenty seconds later without a further reading."""
    return [hold.tell(float(second)) for second in range(1, 21)][-1]


def test_after_a_gap_the_currents_rise_from_zero():
    hold = new_hold()
    frozen_s = risen(hold)
    for second in range(31):
        hold.tell(frozen_s + second)
    assert hold.tell(frozen_s + 31).state is State.WAITING
    hold.see(reading(frozen_s + 40), frozen_s + 40)
    assert currents(hold.tell(frozen_s + 40)) == (0.0, 0.0)
    hold.see(reading(frozen_s + 41), frozen_s + 41)
    assert currents(hold.tell(frozen_s + 41)) == (5.0, 10.0)


def test_values_that_come_back_while_they_fade_do_not_jump():
    hold = new_hold()
    frozen_s = risen(hold)
    for half in range(26):
        hold.tell(frozen_s + half / 2)
    hold.see(reading(frozen_s + 13.0), frozen_s + 13.0)
    assert currents(hold.tell(frozen_s + 13.0)) == pytest.approx((52.5, 55.0))


def test_after_a_gap_an_incomplete_set_begins_nothing():
    hold = new_hold(expected=2)
    hold.see(reading(0.0, packs=1), 0.0)
    told = hold.tell(0.0)
    assert (told.state, str(told.lack)) == (State.WAITING, "1 of 2 packs")
    hold.see(reading(1.0, charge_voltage_limit_v=None), 1.0)
    assert str(hold.tell(1.0).lack) == "a charge voltage limit"
    hold.see(measured(reading(2.0), soc_pct=nan), 2.0)
    assert str(hold.tell(2.0).lack) == "a state of charge"
    hold.see(replace(reading(3.0), limits=None), 3.0)
    assert hold.tell(3.0).state is State.WAITING
    hold.see(reading(4.0), 4.0)
    assert hold.tell(4.0).state is State.LIVE


def test_a_reading_from_before_or_from_the_future_is_not_taken():
    hold = new_hold()
    now_s = risen(hold)
    for at_s in (now_s - 5.0, now_s + 5.0):
        hold.see(reading(at_s, charge_current_limit_a=90.0), now_s)
        assert currents(hold.tell(now_s)) == (100.0, 100.0)


def test_a_gateway_that_was_held_up_begins_at_zero_and_keeps_the_voltage():
    hold = new_hold()
    now_s = risen(hold)
    hold.see(reading(now_s + 9.0), now_s + 9.0)
    told = hold.tell(now_s + 9.0)
    assert currents(told) == (0.0, 0.0)
    assert told.rack is not None
    assert told.rack.limits is not None
    assert told.rack.limits.charge_voltage_limit_v == 56.0


def test_a_clock_that_went_back_stops():
    hold = new_hold()
    now_s = risen(hold)
    assert hold.tell(now_s - 1.0).rack is None


@pytest.mark.parametrize("value", [nan, inf, -inf, -1.0, None], ids=str)
@pytest.mark.parametrize("way", ["charge", "discharge"])
def test_a_limit_that_is_none_allows_nothing(way: str, value: float | None):
    hold = new_hold()
    now_s = risen(hold)
    hold.see(reading(now_s + 1, **{f"{way}_current_limit_a": value}), now_s + 1)
    charge_a, discharge_a = currents(hold.tell(now_s + 1))
    assert (charge_a, discharge_a) == ((0.0, 100.0) if way == "charge" else (100.0, 0.0))


@pytest.mark.parametrize("value", [nan, 0.0, -3.0, None], ids=str)
def test_without_a_charge_voltage_limit_nothing_is_charged(value: float | None):
    hold = new_hold()
    now_s = risen(hold)
    hold.see(reading(now_s + 1, charge_voltage_limit_v=value), now_s + 1)
    assert currents(hold.tell(now_s + 1)) == (0.0, 100.0)


def test_without_a_voltage_or_a_current_nothing_flows():
    for name in ("pack_voltage_v", "pack_current_a"):
        hold = new_hold()
        now_s = risen(hold)
        hold.see(measured(reading(now_s + 1), **{name: None}), now_s + 1)
        assert currents(hold.tell(now_s + 1)) == (0.0, 0.0)


def test_a_direction_that_is_disabled_allows_nothing():
    hold = new_hold()
    now_s = risen(hold)
    hold.see(reading(now_s + 1, charge_enabled=False), now_s + 1)
    assert currents(hold.tell(now_s + 1)) == (0.0, 100.0)


@pytest.mark.req("REQ-005")
def test_the_published_maximum_stands_above_what_the_packs_say():
    hold = new_hold(full=Caps(charge_voltage_v=56.0, charge_current_a=40.0, discharge_current_a=50.0))
    now_s = risen(hold, charge_voltage_limit_v=60.0)
    told = hold.tell(now_s)
    assert currents(told) == (40.0, 50.0)
    assert told.rack is not None
    assert told.rack.limits is not None
    assert told.rack.limits.charge_voltage_limit_v == 56.0


def test_charging_to_a_voltage_below_the_end_of_discharge_is_no_charging():
    hold = new_hold(caps=Caps(charge_voltage_v=47.0))
    assert currents(hold.tell(risen(hold))) == (0.0, 100.0)


def test_the_window_closes_and_opens_with_a_little_room():
    hold = new_hold(caps=Caps(soc_min_pct=20.0, soc_max_pct=80.0))
    now_s = risen(hold)
    seen = []
    for soc_pct in (79.9, 80.0, 79.0, 78.1, 77.9, 20.1, 20.0, 21.0, 22.1):
        for _ in range(25):
            now_s += 1.0
            hold.see(measured(reading(now_s), soc_pct=soc_pct), now_s)
            told = hold.tell(now_s)
        seen.append(currents(told))
    free, full, empty = (100.0, 100.0), (0.0, 100.0), (100.0, 0.0)
    assert seen == [free, full, full, full, free, free, empty, empty, free]


def test_an_unknown_state_of_charge_closes_the_window():
    hold = new_hold(caps=Caps(soc_max_pct=80.0))
    now_s = risen(hold)
    hold.see(measured(reading(now_s + 1), soc_pct=None), now_s + 1)
    assert currents(hold.tell(now_s + 1)) == (0.0, 100.0)


@pytest.mark.parametrize(
    "caps",
    [{"charge_current_a": -1.0}, {"charge_voltage_v": nan}, {"soc_min_pct": 97.0}, {"soc_max_pct": 101.0}],
    ids=str,
)
def test_a_cap_that_is_none_is_refused(caps: dict[str, float]):
    with pytest.raises(ParameterError):
        Caps(**caps)


def test_a_remote_cap_ends_after_a_minute_unless_it_is_repeated():
    hold = new_hold()
    now_s = risen(hold)
    hold.set_remote(Caps(charge_current_a=10.0), now_s, for_s=999.0)
    for second in range(1, 59):
        hold.see(reading(now_s + second), now_s + second)
        assert currents(hold.tell(now_s + second)) == (10.0, 100.0)
    hold.set_remote(Caps(charge_current_a=20.0), now_s + 59)
    seen = []
    for second in range(59, 145):
        hold.see(reading(now_s + second), now_s + second)
        seen.append(currents(hold.tell(now_s + second))[0])
    assert max(seen[:60]) == 20.0
    assert seen[-1] == 100.0


def test_a_remote_cap_never_raises():
    hold = new_hold(caps=Caps(charge_current_a=30.0))
    now_s = risen(hold)
    hold.set_remote(Caps(charge_current_a=90.0), now_s)
    assert currents(hold.tell(now_s)) == (30.0, 100.0)


def test_an_orderly_end_says_zero_for_a_while_and_then_nothing():
    hold = new_hold()
    now_s = risen(hold)
    hold.end(now_s)
    for tenth in range(round(END_S * 10) + 1):
        hold.see(reading(now_s + tenth / 10), now_s + tenth / 10)
        told = hold.tell(now_s + tenth / 10)
        assert told.state is State.ENDING
        assert currents(told) == (0.0, 0.0)
    for second in range(1, 20):
        hold.see(reading(now_s + END_S + second), now_s + END_S + second)
        assert hold.tell(now_s + END_S + second).rack is None


def test_the_rise_begins_anew_when_the_inverter_has_not_heard_us():
    hold = new_hold()
    now_s = risen(hold)
    hold.unheard()
    assert currents(hold.tell(now_s)) == (0.0, 0.0)


VALUES = st.none() | st.floats() | st.floats(0.0, 300.0)
MOMENTS = st.lists(
    st.tuples(st.sampled_from([0.1, 0.5, 1.0, 3.0, 9.0, 40.0]), st.booleans(), VALUES, VALUES, VALUES, st.booleans()),
    min_size=1,
    max_size=40,
)


def step(hold: Hold, checker: WireChecker, now_s: float, sample: RackSample | None) -> None:
    if sample is not None:
        hold.see(sample, now_s)
        checker.given(sample, now_s)
    told = hold.tell(now_s)
    if told.rack is None or told.rack.limits is None:
        return
    limits = told.rack.limits
    said = Spoken(
        now_s,
        limits.charge_voltage_limit_v,
        limits.charge_current_limit_a,
        limits.discharge_current_limit_a,
        limits.discharge_voltage_limit_v,
        measured=told.rack.analog is not None,
        forced=bool(limits.charge_immediately),
    )
    assert checker.spoken(said) == []


@given(MOMENTS)
def test_whatever_is_read_the_checker_has_nothing_to_say(moments: list[tuple[float, bool, float, float, float, bool]]):
    hold = new_hold(caps=Caps(charge_voltage_v=57.0, charge_current_a=80.0))
    times = Times(10.0, 15.0, 30.0, RISE_S)
    checker = WireChecker(times, Bounds(57.0, 80.0, 200.0), full_a=200.0)
    now_s = 0.0
    for elapsed_s, there, voltage_v, charge_a, discharge_a, enabled in moments:
        now_s += elapsed_s
        limits = {
            "charge_voltage_limit_v": voltage_v,
            "charge_current_limit_a": charge_a,
            "discharge_current_limit_a": discharge_a,
            "charge_enabled": enabled,
        }
        step(hold, checker, now_s, reading(now_s, **limits) if there else None)
