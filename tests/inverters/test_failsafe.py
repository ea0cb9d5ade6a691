"""What is told when data stop: the printed phases, the values, and what must hold for any age and any limits."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.errors import ParameterError
from openress.inverters import ChargeStop, DischargeStop, FailSafe, Phase, Stage
from openress.model import Limits, fresh_for

LIMITS = Limits(
    at_s=0.0,
    charge_voltage_limit_v=56.0,
    charge_current_limit_a=100.0,
    discharge_current_limit_a=200.0,
    discharge_voltage_limit_v=48.0,
    charge_enabled=True,
    discharge_enabled=True,
    charge_immediately=True,
    full_charge_request=True,
)
FAIL_SAFES = st.builds(
    FailSafe,
    charge_stop=st.sampled_from(ChargeStop),
    discharge_stop=st.sampled_from(DischargeStop),
    silent_after_s=st.floats(10.0, 60.0),
    ramp_s=st.floats(0.0, 5.0),
    rise_s=st.floats(5.0, 600.0),
)
CYCLES = st.none() | st.floats(0.0, 60.0)
AMPERES = st.none() | st.floats(0.0, 2000.0)
VOLTS = st.none() | st.floats(0.0, 65.0)
ANY_LIMITS = st.builds(
    Limits,
    at_s=st.just(0.0),
    charge_voltage_limit_v=VOLTS,
    charge_current_limit_a=AMPERES,
    discharge_current_limit_a=AMPERES,
    discharge_voltage_limit_v=VOLTS,
    charge_enabled=st.none() | st.booleans(),
    discharge_enabled=st.none() | st.booleans(),
)


def test_the_usual_phases():
    assert FailSafe().phases(10.0) == (
        Phase(Stage.LIVE, 0.0, 10.0),
        Phase(Stage.FADING, 10.0, 15.0),
        Phase(Stage.STOPPED, 15.0, 30.0),
        Phase(Stage.SILENT, 30.0, None),
    )


def test_zero_is_said_before_the_silence_however_short_the_silence_time_is():
    assert FailSafe(silent_after_s=10.0).phases(20.0) == (
        Phase(Stage.LIVE, 0.0, 20.0),
        Phase(Stage.FADING, 20.0, 25.0),
        Phase(Stage.STOPPED, 25.0, 30.0),
        Phase(Stage.SILENT, 30.0, None),
    )


def test_without_a_ramp_there_is_no_fading():
    assert [phase.stage for phase in FailSafe(ramp_s=0.0).phases(10.0)] == [Stage.LIVE, Stage.STOPPED, Stage.SILENT]


@pytest.mark.parametrize(
    ("age_s", "charge_a", "discharge_a"),
    [(0.0, 100.0, 200.0), (10.0, 100.0, 200.0), (11.0, 80.0, 160.0), (12.5, 50.0, 100.0), (14.9, 2.0, 4.0)],
)
def test_currents_fall_evenly(age_s, charge_a, discharge_a):
    told = FailSafe().told(LIMITS, age_s, 10.0, pack_voltage_v=52.0)
    assert told.charge_current_limit_a == pytest.approx(charge_a)
    assert told.discharge_current_limit_a == pytest.approx(discharge_a)
    assert told.charge_voltage_limit_v == 56.0


def test_stopped_says_no_in_every_way_and_asks_for_nothing():
    told = FailSafe().told(LIMITS, 20.0, 10.0, pack_voltage_v=52.0)
    assert (told.charge_current_limit_a, told.discharge_current_limit_a) == (0.0, 0.0)
    assert (told.charge_enabled, told.discharge_enabled) == (False, False)
    assert (told.charge_immediately, told.full_charge_request) == (None, None)
    assert (told.charge_voltage_limit_v, told.discharge_voltage_limit_v) == (56.0, 48.0)


def test_a_request_to_charge_is_not_made_of_fading_data():
    told = FailSafe().told(LIMITS, 12.0, 10.0, pack_voltage_v=52.0)
    assert (told.charge_immediately, told.full_charge_request) == (None, None)


@pytest.mark.parametrize(
    ("pack_v", "limit_v"), [(53.2, 53.2), (57.0, 56.0), (None, 56.0), (45.0, 49.0)], ids=["", "above", "none", "empty"]
)
def test_the_voltage_limit_falls_to_the_pack_where_that_is_the_manner(pack_v, limit_v):
    fail_safe = FailSafe(charge_stop=ChargeStop.TO_PACK_VOLTAGE)
    assert fail_safe.told(LIMITS, 20.0, 10.0, pack_voltage_v=pack_v).charge_voltage_limit_v == limit_v


@pytest.mark.parametrize("age_s", [None, -0.001, math.nan, -math.inf, 30.0, math.inf])
def test_silence(age_s):
    assert FailSafe().told(LIMITS, age_s, 10.0, pack_voltage_v=52.0) is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: FailSafe(silent_after_s=9.9),
        lambda: FailSafe(silent_after_s=60.1),
        lambda: FailSafe(silent_after_s=math.nan),
        lambda: FailSafe(ramp_s=5.1),
        lambda: FailSafe(ramp_s=-1.0),
        lambda: FailSafe(rise_s=0.0),
    ],
)
def test_times_have_bounds(make):
    with pytest.raises(ParameterError, match="must be"):
        make()


@given(FAIL_SAFES, CYCLES, st.floats(allow_nan=True))
def test_the_printed_phases_are_what_is_done(fail_safe, cycle_s, age_s):
    fresh_s = fresh_for(cycle_s)
    phases = fail_safe.phases(fresh_s)
    for phase, following in pairwise(phases):
        assert phase.to_s == following.from_s
    assert (phases[0].from_s, phases[-1].to_s, phases[-1].stage) == (0.0, None, Stage.SILENT)
    stage = fail_safe.stage(age_s, fresh_s)
    if 0.0 <= age_s < math.inf:
        touching = [p.stage for p in phases if p.from_s <= age_s and (p.to_s is None or age_s <= p.to_s)]
        assert stage in touching  # at an edge two phases touch, and `stage` decides
    else:
        assert stage is Stage.SILENT


@given(FAIL_SAFES, CYCLES, ANY_LIMITS, VOLTS, st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_older_data_never_allow_more(fail_safe, cycle_s, limits, pack_v, one_s, other_s):
    fresh_s = fresh_for(cycle_s)
    early_s, late_s = sorted((one_s, other_s))
    early, late = (fail_safe.told(limits, at_s, fresh_s, pack_voltage_v=pack_v) for at_s in (early_s, late_s))
    if late is None:
        return
    assert early is not None
    for key in ("charge_voltage_limit_v", "charge_current_limit_a", "discharge_current_limit_a"):
        before, after = getattr(early, key), getattr(late, key)
        assert (before is None and (after is None or after == 0.0)) or after <= before
    if early.charge_enabled is False:
        assert late.charge_enabled is False


@given(FAIL_SAFES, CYCLES, ANY_LIMITS, VOLTS, st.floats(0.0, 100.0))
def test_nothing_but_zero_is_told_beyond_the_ramp(fail_safe, cycle_s, limits, pack_v, age_s):
    fresh_s = fresh_for(cycle_s)
    told = fail_safe.told(limits, age_s, fresh_s, pack_voltage_v=pack_v)
    if age_s >= fresh_s + fail_safe.ramp_s and age_s > fresh_s and told is not None:
        assert (told.charge_current_limit_a, told.discharge_current_limit_a) == (0.0, 0.0)
    if age_s >= 60.0:
        assert told is None


def test_the_table_tells_every_stage_under_public_keys() -> None:
    told = FailSafe(ChargeStop.TO_PACK_VOLTAGE, ramp_s=0.0).as_json(10.0)
    assert told["charge_stop"] == "to pack voltage"
    assert told["phases"] == [
        {"stage": "live", "from_s": 0.0, "to_s": 10.0},
        {"stage": "stopped", "from_s": 10.0, "to_s": 30.0},
        {"stage": "silent", "from_s": 30.0, "to_s": None},
    ]
