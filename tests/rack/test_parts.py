"""The parts of the rack that are judged by themselves: limits, joining, leaps, whom to ask, when to rest."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rack.bench import PRODUCT, alike
from tests.samples import with_analog, with_limits, with_status

from openress.model import (
    Analog,
    Condition,
    Fault,
    Identity,
    LimitRule,
    Limits,
    PackSample,
    PackState,
    RackSample,
    Reason,
    Status,
)
from openress.params import ParameterSet
from openress.rack.allowing import Allowance
from openress.rack.joining import JoinRules, equalising_current_a, objections
from openress.rack.place import leapt, presumably_asleep
from openress.rack.resting import Rest
from openress.rack.schedule import BACK_OFF_S, LOOK_EVERY_S, LOUD_EVERY_S, Schedule
from openress.rack.standing import Objection

VALUES = ParameterSet.defaults(PRODUCT)


def allowed(sample: PackSample) -> PackSample:
    return Allowance(PRODUCT, VALUES).step(sample, 0.0)


def charge(sample: PackSample) -> tuple[float | None, Reason | None]:
    assert sample.limits is not None
    return sample.limits.charge_current_limit_a, sample.limits.charge_reason


def silent(sample: PackSample) -> PackSample:
    return replace(sample, limits=None)


def test_a_pack_that_tells_no_limits_gets_those_of_our_own_curves() -> None:
    sample = allowed(silent(alike(1, at_s=-3.0)))
    assert charge(sample) == (50.0, Reason(LimitRule.RATED, 50.0))
    assert sample.limits is not None
    assert sample.limits.discharge_current_limit_a == 99.0
    assert sample.limits.at_s == -3.0
    assert (sample.limits.charge_voltage_limit_v, sample.limits.discharge_voltage_limit_v) == (56.0, 48.0)
    cold = allowed(silent(with_analog(alike(1), temperatures_c=(25.0, 25.0, 25.0, 5.0))))
    assert charge(cold) == (25.0, Reason(LimitRule.COLD, 5.0))


def test_of_what_is_told_and_what_is_seen_the_stricter_holds() -> None:
    assert charge(allowed(with_limits(alike(1), charge_current_limit_a=20.0))) == (
        20.0,
        Reason(LimitRule.OWN_WORD, 20.0),
    )
    reason = Reason(LimitRule.COLD, 3.0)
    told = with_limits(alike(1), charge_current_limit_a=20.0, charge_reason=reason)
    assert charge(allowed(told)) == (20.0, reason)
    assert charge(allowed(with_limits(alike(1), charge_current_limit_a=200.0)))[0] == 50.0
    shy = allowed(
        with_limits(alike(1, at_s=-1.0), at_s=-2.0, charge_voltage_limit_v=54.0, discharge_voltage_limit_v=49.0)
    )
    assert shy.limits is not None
    assert (shy.limits.charge_voltage_limit_v, shy.limits.discharge_voltage_limit_v) == (54.0, 49.0)
    assert shy.limits.at_s == -2.0
    mute = allowed(replace(alike(1), limits=Limits(0.0)))
    assert mute.limits is not None
    assert (mute.limits.charge_voltage_limit_v, mute.limits.discharge_voltage_limit_v) == (56.0, 48.0)
    forbidden = allowed(with_limits(alike(1), discharge_enabled=False))
    assert forbidden.limits is not None
    assert (forbidden.limits.charge_enabled, forbidden.limits.discharge_enabled) == (True, False)


def test_nothing_measured_nothing_judged() -> None:
    assert allowed(PackSample(1)) == PackSample(1)
    dark = PackSample(1, status=Status(0.0, state=PackState.OFF))
    assert allowed(replace(dark, analog=alike(1).analog)).limits is None


WRONG: dict[str, dict[str, Any]] = {
    "open sensor": {"temperatures_c": (25.0, 25.0, 25.0, -273.0)},
    "shorted sensor": {"temperatures_c": (25.0, 25.0, 25.0, 150.0)},
    "missing sensor": {"temperatures_c": (25.0, 25.0, 25.0)},
    "no sensor": {"temperatures_c": None},
    "open wire": {"cell_voltages_mv": (*[3300] * 7, 1200, 5400, *[3300] * 7)},
    "cell at nothing": {"cell_voltages_mv": (*[3300] * 15, 0)},
    "cell at 65 V": {"cell_voltages_mv": (*[3300] * 15, 65535)},
    "cells and pack disagree": {"pack_voltage_v": 55.0},
    "no voltage": {"pack_voltage_v": None},
    "current of no number": {"pack_current_a": nan},
    "switches at -273": {"mos_temperature_c": -273.0},
    "ambient gone": {"env_temperature_c": None},
}


@pytest.mark.parametrize("name", WRONG)
def test_f04_f29_a_value_that_cannot_be_stops_the_pack(name: str) -> None:
    allowance = Allowance(PRODUCT, VALUES)
    assert charge(allowance.step(silent(alike(1)), 0.0))[0] == 50.0
    sample = allowance.step(silent(with_analog(alike(1), at_s=1.0, **WRONG[name])), 1.0)
    assert sample.limits is not None
    assert (sample.limits.charge_current_limit_a, sample.limits.discharge_current_limit_a) == (0.0, 0.0)
    assert (sample.limits.charge_enabled, sample.limits.discharge_enabled) == (False, False)
    assert sample.status is not None
    assert sample.status.faults


def test_f30_a_pack_of_fifteen_cells_is_no_pack_of_sixteen() -> None:
    fifteen = with_analog(alike(1), cell_voltages_mv=(3300,) * 15, pack_voltage_v=49.5)
    assert charge(allowed(silent(fifteen)))[0] == 0.0
    found = objections(allowed(silent(fifteen)), [], JoinRules(), cells=16, most_a=110.0)
    assert found == (Objection.CELLS,)


def test_faults_are_added_to_those_that_the_pack_tells() -> None:
    broken = with_analog(with_status(alike(1), faults=frozenset({Fault.SYSTEM})), temperatures_c=None)
    told = allowed(broken).status
    assert told is not None
    assert told.faults == {Fault.SYSTEM, Fault.TEMPERATURE_SENSOR}
    bare = allowed(replace(broken, status=None)).status
    assert bare is not None
    assert bare.faults == {Fault.TEMPERATURE_SENSOR}


def test_what_a_dialect_never_tells_is_not_missing() -> None:
    plain = with_analog(silent(alike(1)), mos_temperature_c=None, env_temperature_c=None)
    assert charge(allowed(plain))[0] == 50.0


NUMBERS = st.none() | st.floats(allow_nan=True) | st.floats(0, 70)


@given(
    st.none() | st.lists(st.integers(0, 65535), max_size=17).map(tuple),
    NUMBERS,
    NUMBERS,
    st.none() | st.lists(st.floats(allow_nan=True), max_size=5).map(tuple),
    NUMBERS,
    NUMBERS,
)
def test_f04_whatever_is_told_limits_are_numbers_within_the_published(
    cells: tuple[int, ...] | None,
    volts: float | None,
    amps: float | None,
    warmth: tuple[float, ...] | None,
    mos: float | None,
    env: float | None,
) -> None:
    analog = Analog(
        0.0,
        cell_voltages_mv=cells,
        pack_voltage_v=volts,
        pack_current_a=amps,
        temperatures_c=warmth,
        mos_temperature_c=mos,
        env_temperature_c=env,
    )
    sample = allowed(replace(alike(1), analog=analog, limits=None))
    assert sample.limits is not None
    for value, most in (
        (sample.limits.charge_current_limit_a, 110.0),
        (sample.limits.discharge_current_limit_a, 120.0),
    ):
        assert value is not None
        assert 0.0 <= value <= most


RULES = JoinRules()


def test_a_pack_that_is_like_the_others_may_join() -> None:
    assert objections(alike(4), [alike(1), alike(2)], RULES, cells=16, most_a=110.0) == ()
    assert objections(alike(4), [], RULES, cells=16, most_a=None) == ()


@pytest.mark.parametrize(
    ("sample", "objection"),
    [
        (PackSample(4), Objection.INCOMPLETE),
        (silent(alike(4)), Objection.INCOMPLETE),
        (with_analog(alike(4), pack_voltage_v=None), Objection.INCOMPLETE),
        (with_analog(alike(4), pack_voltage_v=53.35), Objection.VOLTAGE),
        (with_analog(alike(4), soc_pct=70.5), Objection.CHARGE),
        (with_analog(alike(4), temperatures_c=(46.0,)), Objection.TEMPERATURE),
    ],
)
def test_each_distance_is_an_objection(sample: PackSample, objection: Objection) -> None:
    assert objections(sample, [alike(1), alike(2)], RULES, cells=16, most_a=None) == (objection,)


def test_a_current_that_a_pack_cannot_carry_is_an_objection() -> None:
    low = with_analog(alike(4), pack_voltage_v=52.4)
    others = [alike(number) for number in range(1, 4)]
    assert equalising_current_a(low, others, RULES) == pytest.approx(0.4 / (0.010 * 4 / 3))
    assert objections(low, others, RULES, cells=16, most_a=29.0) == (Objection.EQUALISING_CURRENT,)
    assert objections(low, others, RULES, cells=16, most_a=31.0) == ()
    assert equalising_current_a(low, [], RULES) is None
    assert equalising_current_a(PackSample(4), others, RULES) is None
    high = with_analog(alike(4), pack_voltage_v=53.2)
    assert (equalising_current_a(high, others, RULES) or 0.0) < 0.0


def test_where_a_dialect_tells_no_part_number_the_model_stands_for_it() -> None:
    def named(part: str | None, model: str | None) -> PackSample:
        return replace(alike(4), identity=Identity(0.0, part_number=part, model=model))

    others = [named(None, "A5L")]
    assert objections(named(None, "A5L"), others, RULES, cells=16, most_a=None) == ()
    assert objections(named(None, "B7"), others, RULES, cells=16, most_a=None) == (Objection.PART_NUMBER,)
    assert objections(named(None, None), others, RULES, cells=16, most_a=None) == ()
    assert objections(replace(alike(4), identity=None), others, RULES, cells=16, most_a=None) == ()
    assert objections(alike(4), [replace(alike(1), identity=None)], RULES, cells=16, most_a=None) == ()


@pytest.mark.parametrize(
    ("changes", "leap"),
    [
        ({}, False),
        ({"cycles": 11}, False),
        ({"cycles": 12}, True),
        ({"soc_pct": 59.0}, False),
        ({"soc_pct": 61.0}, True),
        ({"cell_voltages_mv": (3300,) * 15}, True),
        ({"cell_voltages_mv": None}, False),
        ({"design_ah": 120.0}, True),
        ({"design_ah": None, "full_ah": None}, False),
        ({"at_s": 40.0, "cycles": 99}, False),
        ({"at_s": 0.0, "cycles": 99}, False),
        ({"cycles": None, "soc_pct": None}, False),
    ],
)
def test_a_leap_is_what_no_pack_can_make(changes: dict[str, Any], leap: bool) -> None:
    after = with_analog(alike(1, at_s=2.0), **changes)
    assert leapt(alike(1), after) is leap
    assert not leapt(replace(alike(1), analog=None), after)


def test_an_empty_pack_presumably_sleeps() -> None:
    assert not presumably_asleep(PackSample(1))
    assert not presumably_asleep(alike(1))
    assert not presumably_asleep(with_status(alike(1), protections=None))
    assert presumably_asleep(with_status(alike(1), protections=frozenset({Condition.PACK_UNDER_VOLTAGE})))


def test_those_that_answer_are_asked_in_every_round_the_others_one_at_a_time() -> None:
    schedule = Schedule(range(1, 6))
    schedule.know([1, 2], 0.0)
    assert schedule.round(0.0) == [1, 2]
    assert (schedule.tries(1, 3), schedule.tries(5, 3)) == (3, 1)
    assert schedule.round(LOOK_EVERY_S) == [1, 2, 3]
    schedule.silent(3, LOOK_EVERY_S)
    assert schedule.round(LOOK_EVERY_S) == [1, 2, 4]
    schedule.answered(4)
    assert schedule.round(LOOK_EVERY_S) == [1, 2, 4, 5]


def test_a_pack_that_falls_silent_is_asked_ever_more_rarely() -> None:
    schedule = Schedule([1, 2])
    schedule.know([1, 2], 0.0)
    now_s, asked = 0.0, []
    for _ in range(200):
        if 2 in schedule.round(now_s):
            asked.append(now_s)
            schedule.silent(2, now_s)
            assert schedule.tries(2, 3) == 1
        now_s += 1.0
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert gaps[:6] == [1.0, 2.0, 5.0, 10.0, 20.0, BACK_OFF_S[-1]]
    assert set(gaps[6:]) == {BACK_OFF_S[-1]}
    schedule.answered(2)
    assert schedule.tries(2, 3) == 3
    assert schedule.round(now_s) == [1, 2]


def test_an_address_from_which_damaged_answers_come_is_asked_on() -> None:
    schedule = Schedule([1, 2, 3])
    schedule.know([1, 2], 0.0)
    asked = dict.fromkeys((2, 3), 0)
    for second in range(200):
        for number in set(schedule.round(float(second))) & set(asked):
            asked[number] += 1
            schedule.silent(number, float(second), loud=True)
    assert asked[2] >= 200 / (LOUD_EVERY_S + 1.0)
    # What comes from where nobody is known may be a late answer of somebody else.
    assert asked[3] <= 200 / LOOK_EVERY_S


def test_a_pack_that_was_taken_away_is_only_looked_for() -> None:
    schedule = Schedule([1, 2])
    schedule.know([1, 2], 0.0)
    schedule.forget(2, 10.0)
    assert schedule.round(11.0) == [1]
    assert schedule.round(10.0 + LOOK_EVERY_S) == [1, 2]


def rack(current_a: float | None, *, asleep: bool = False) -> RackSample:
    sample = with_analog(alike(1), pack_current_a=current_a)
    return RackSample(0.0, (with_status(sample, state=PackState.DORMANT) if asleep else sample,))


@pytest.mark.req("REQ-124", "REQ-126")
def test_without_current_and_without_anybody_the_rack_rests() -> None:
    rest = Rest(3600.0, 0.0)
    assert not rest.step(rack(0.4), 3599.0)
    assert rest.step(rack(0.4), 3600.0)
    rest.needed(3600.0)
    assert not rest.step(rack(0.0), 7199.0)
    assert not rest.step(rack(-0.6), 7200.0)
    assert not rest.step(rack(None), 10000.0)
    assert rest.step(rack(None, asleep=True), 13600.0)
    assert rest.step(replace(rack(0.0), packs=(replace(alike(1), analog=None),)), inf) is False
    assert not Rest(None, 0.0).step(rack(0.0), 1e9)
