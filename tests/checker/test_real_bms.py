"""The real BMS under watch: silent on every stream and scenario, day after day."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.checker.packs import (
    PRODUCT,
    VALUES,
    Stream,
    decisions,
    invariants,
    new_bms,
    seen,
    streams,
    texts,
    watched,
)
from tests.checker.tour import TOUR

from openress.bms.measure import Measurement
from openress.checker import PackChecker, RackChecker, loosened
from openress.model import Condition
from openress.params import ParameterSet
from openress.sim.loads import ConstantLoad, Load, SolarHousehold
from openress.sim.pack import PackBuild
from openress.sim.virtual import VirtualRack

LARGE = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.soak
@settings(max_examples=200, suppress_health_check=LARGE)
@given(streams())
def test_any_stream(stream: Stream) -> None:
    assert texts(watched(stream)) == []


@pytest.mark.soak
@settings(max_examples=10_000, suppress_health_check=LARGE)
@given(streams())
def test_ten_thousand_streams(stream: Stream) -> None:
    assert texts(watched(stream)) == []


def test_the_tour_reaches_every_protection_and_breaks_nothing() -> None:
    found = decisions(TOUR)
    reached = {condition for decision in found for condition in decision.protections}
    assert reached == set(Condition) - {Condition.SOC_LOW}
    assert any(change.kind == "lock" for decision in found for change in decision.changes)
    assert texts(watched(TOUR)) == []


STRICT = VALUES.with_values({"cell_ov_protect_mv": 3510, "cell_ov_delay_ms": 5000, "charge_ot_protect_c": 61})
LAZY = VALUES.with_values({"cell_uv_protect_mv": 2000, "discharge_oc_delay_ms": 10000, "mos_ot_protect_c": 120})


@pytest.mark.soak
@settings(max_examples=100, suppress_health_check=LARGE)
@given(streams(), st.sampled_from((STRICT, LAZY)))
def test_parameters_that_change_under_way(stream: Stream, later: ParameterSet) -> None:
    """Only switches are looked at: limits that follow other parameters are among the findings."""
    bms, checker = new_bms(), PackChecker(PRODUCT, VALUES)
    found = []
    for number, (now_s, now) in enumerate(stream):
        if number == len(stream) // 2:
            bms._protections.set_limits(later)
            checker.set_values(later)
        found += checker.check(now, bms.step(now, now_s), now_s)
    assert not [str(breach) for breach in found if breach.invariant in {"S13", "S16", "S21"}]


@settings(max_examples=100, suppress_health_check=LARGE)
@given(streams(6), st.floats(0, 60))
def test_a_cap_never_raises_a_limit(stream: Stream, cap_a: float) -> None:
    free, capped = new_bms(), new_bms()
    capped._limiter._settings = replace(capped._limiter._settings, charge_cap_a=cap_a, discharge_cap_a=cap_a)
    checker = PackChecker(PRODUCT, VALUES)
    checker.set_caps(cap_a, cap_a)
    for now_s, now in stream:
        mine = capped.step(now, now_s)
        assert loosened(free.step(now, now_s).limits, mine.limits) == []
        assert "S6" not in invariants(checker.check(now, mine, now_s))


@pytest.mark.parametrize(
    ("load", "soc_pct", "spread", "hours"),
    [
        pytest.param(SolarHousehold(seed=1, capacity_ah=200.0), 40.0, 1.0, 24, id="household", marks=pytest.mark.soak),
        pytest.param(SolarHousehold(seed=1, capacity_ah=200.0), 40.0, 1.0, 6, id="a quarter of it"),
        pytest.param(ConstantLoad(200.0), 60.0, 3.0, 3, id="overfilled"),
        pytest.param(ConstantLoad(-300.0), 30.0, 3.0, 3, id="emptied"),
    ],
)
def test_a_day_of_a_virtual_rack(load: Load, soc_pct: float, spread: float, hours: int) -> None:
    """Unequal packs may pass their own limit within the rack's; that is the notice that is still missing."""
    builds = [PackBuild(initial_soc_pct=soc_pct + k, spread=spread, soc_spread_pct=spread) for k in range(2)]
    rack = VirtualRack(PRODUCT, VALUES, builds, load=load, seed=7)
    checkers, sums = [PackChecker(PRODUCT, VALUES) for _ in builds], RackChecker(PRODUCT)
    found = []
    for _ in range(hours * 720):
        now_s = rack.plant.now_s
        rack.step(5.0)
        for pack, checker in zip(rack.packs, checkers, strict=True):
            assert pack.sense is not None
            assert pack.decision is not None
            found += checker.check(measured(pack.sense), pack.decision, now_s)
        told = rack.rack(now_s)
        found += sums.check(told.packs, told, now_s)
    assert [str(breach) for breach in found] == []


def measured(sense: object) -> Measurement:
    names = ("cell_voltages_mv", "pack_voltage_v", "terminal_voltage_v", "pack_current_a", "temperatures_c")
    return Measurement(*[getattr(sense, name) for name in (*names, "mos_temperature_c", "env_temperature_c")])


def test_time_that_jumps_convicts_nobody() -> None:
    """Two sightings of a full cell, an hour apart, are not an hour of over-voltage."""
    full = seen(3400, odd_mv=3655)
    sleepy = new_bms({**VALUES, "cell_ov_delay_ms": 7_200_000})
    assert texts(watched([(0.0, full), (3600.0, full), (3601.0, full), (3601.4, seen(3370))], sleepy)) == []


def test_a_first_sample_may_be_anything() -> None:
    for now in (seen(3400, odd_mv=3655), seen(3000, odd_mv=2400), seen(current_a=None), seen(current_a=-200.0)):
        assert texts(watched([(1e6, now)])) == []
