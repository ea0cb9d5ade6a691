"""Health: what is counted, what is learned, what a passport is told."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.bms.estimator import LFP, Anchor, Measurement, PackEstimate, PackModel, start, step
from openress.bms.estimator.anchor import Anchors
from openress.bms.health import (
    Counters,
    Health,
    NegativeEvent,
    Quality,
    count_event,
    health_from_dict,
    new_health,
    observe,
    passport,
)
from openress.bms.health.capacity import KnownCharge, learn_capacity, rated
from openress.bms.health.counters import SOC_BANDS_PCT, TEMPERATURE_BANDS_C, count
from openress.bms.health.resistance import Resistance, see_step
from openress.errors import ParameterError

MODEL = PackModel(LFP, 2, 100.0)


def add(before: Counters, **changes: float) -> Counters:
    values = {"current_a": 10.0, "pack_voltage_v": 52.0, "temperature_c": 22.0, "soc_pct": 55.0, "dt_s": 3600.0}
    return count(before, **(values | changes))  # type: ignore[arg-type]


def test_an_hour_each_way() -> None:
    found = add(add(Counters()), current_a=-20.0, pack_voltage_v=50.0)
    assert (found.charged_ah, found.discharged_ah) == (10.0, 20.0)
    assert (found.charged_wh, found.discharged_wh) == (520.0, 1000.0)
    assert found.full_cycles(100.0) == pytest.approx(0.15)
    assert found.observed_s == 7200.0


def test_a_gap_is_counted_as_unobserved_and_nothing_else() -> None:
    found = count(
        Counters(), current_a=50.0, pack_voltage_v=52.0, temperature_c=22.0, soc_pct=55.0, dt_s=100.0, gap=True
    )
    assert found == Counters(unobserved_s=100.0)


@given(st.floats(-60, 90), st.floats(0, 100), st.floats(-100, 100), st.floats(0, 1e5))
def test_every_second_lies_in_one_band(temperature_c: float, soc_pct: float, current_a: float, dt_s: float) -> None:
    found = add(Counters(), temperature_c=temperature_c, soc_pct=soc_pct, current_a=current_a, dt_s=dt_s)
    assert sum(found.temperature_s) == sum(found.soc_s) == found.observed_s == dt_s
    assert sum(found.charging_temperature_s) == (dt_s if current_a > 0 else 0.0)
    assert (len(found.temperature_s), len(found.soc_s)) == (len(TEMPERATURE_BANDS_C) + 1, len(SOC_BANDS_PCT) + 1)


def test_bands_hold_their_lower_edge() -> None:
    found = add(add(add(Counters(), temperature_c=-0.1), temperature_c=0.0), temperature_c=45.0)
    assert found.seconds_outside(0.0, 45.0) == (3600.0, 3600.0)


def test_events_are_counted_by_kind() -> None:
    found = Counters()
    for event in (NegativeEvent.OVER_CURRENT, NegativeEvent.DEEP_DISCHARGE, NegativeEvent.OVER_CURRENT):
        found = count_event(found, event)
    assert dict(found.events) == {NegativeEvent.DEEP_DISCHARGE: 1, NegativeEvent.OVER_CURRENT: 2}


def test_resistance_is_seen_in_steps_of_current_only() -> None:
    ohm = 1.4 * MODEL.r0_ohm
    rest, load = Measurement((3.3, 3.3), 0.0, 25.0), Measurement((3.3 - 40 * ohm,) * 2, -40.0, 25.0)
    assert see_step(Resistance(), rest, rest, 1.0, MODEL) == Resistance()
    assert see_step(Resistance(), rest, load, 11.0, MODEL) == Resistance()
    wild = Measurement((2.0, 2.0), -40.0, 25.0)
    assert see_step(Resistance(), rest, wild, 1.0, MODEL) == Resistance()
    found = Resistance()
    for _ in range(300):
        found = see_step(see_step(found, rest, load, 0.01, MODEL), load, rest, 0.01, MODEL)
    assert found.ratio == pytest.approx(1.4, rel=0.01)
    assert found.first_ratio is not None
    assert abs(found.growth_pct or 0.0) < 1


def test_resistance_is_freed_of_temperature() -> None:
    cold = 0.0
    ohm = MODEL.r0_ohm * MODEL.heat(cold).r0
    found = Resistance()
    for _ in range(100):
        found = see_step(
            found, Measurement((3.3, 3.3), 0.0, cold), Measurement((3.3 + 40 * ohm,) * 2, 40.0, cold), 0.01, MODEL
        )
    assert found.ratio == pytest.approx(1.0, rel=0.02)


def swings(true_ah: float, times: int) -> Iterator[tuple[Measurement, float]]:
    """Full, down to 4 %, full again: a cell of that capacity, read every 20 s."""
    soc, dt_s = 1.0, 20.0
    for _ in range(times):
        for current_a, end in ((-25.0, 0.04), (25.0, 1.0)):
            while (soc - end) * current_a < 0:
                soc += current_a * dt_s / 3600 / true_ah
                ocv_v, span_v = MODEL.read(min(soc, 1.0))
                volt = ocv_v + math.copysign(span_v, current_a) + current_a * 0.00079
                yield Measurement((volt, volt), current_a, 25.0), dt_s
        for _ in range(20):
            yield Measurement((3.47, 3.47), 2.0, 25.0), dt_s


def live(true_ah: float, times: int) -> tuple[Health, PackEstimate]:
    health, estimate = new_health(100.0), start(MODEL, 100.0, 2.0)
    model = health.learned(MODEL)
    for k, (measurement, dt_s) in enumerate(swings(true_ah, times)):
        estimate = step(estimate, measurement, dt_s, model)
        health = observe(health, measurement, estimate, dt_s, model)
        if k % 500 == 499:
            model = health.learned(model)
    return health, estimate


@pytest.mark.parametrize(("true_ah", "within"), [(103.0, 0.03), (92.0, 0.03), (80.0, 0.05)])
def test_capacity_is_learned_from_swings(true_ah: float, within: float) -> None:
    health, _ = live(true_ah, 5)
    assert health.capacity.swings >= 6
    assert health.capacity.capacity_ah == pytest.approx(true_ah, rel=within)
    low, high = health.soh_band_pct
    assert low <= true_ah <= high
    assert health.soh_pct == pytest.approx(health.capacity.capacity_ah)
    assert health.efficiency.pct is not None
    assert 85 < health.efficiency.pct < 99


def test_half_a_swing_says_nothing_yet_and_is_kept() -> None:
    estimate = start(MODEL, 60.0, 2.0)
    full = replace(estimate, anchors=Anchors(declared=Anchor.FULL, last=Anchor.FULL, since_s=0.0))
    before = replace(rated(100.0), since=KnownCharge(0.2, 0.01, 40.0, 2.0))
    after = learn_capacity(before, full, 10.0, 10.0, MODEL, rated_ah=100.0)
    assert (after.swings, after.capacity_ah) == (0, 100.0)
    assert after.since is not None
    assert after.since.soc == 0.2
    assert after.since.moved_ah == pytest.approx(40 + 10 * 10 / 3600)


def test_a_count_against_the_swing_is_not_believed() -> None:
    estimate = start(MODEL, 99.0, 1.0)
    full = replace(estimate, anchors=Anchors(declared=Anchor.FULL, last=Anchor.FULL, since_s=0.0))
    before = replace(rated(100.0), since=KnownCharge(0.05, 0.01, -40.0, 2.0))
    assert learn_capacity(before, full, 0.0, 10.0, MODEL, rated_ah=100.0).swings == 0


@pytest.mark.parametrize(("moved_ah", "believed"), [(25.0, 0), (28.8, 1), (90.0, 1), (125.0, 0)])
def test_a_swing_that_makes_it_another_pack_is_not_believed(moved_ah: float, believed: int) -> None:
    """The label says 100 Ah, the swing goes from 4 to 99 %."""
    estimate = start(MODEL, 99.0, 1.0)
    full = replace(estimate, anchors=Anchors(declared=Anchor.FULL, last=Anchor.FULL, since_s=0.0))
    before = replace(rated(100.0), since=KnownCharge(0.04, 0.01, moved_ah, 2.0))
    after = learn_capacity(before, full, 0.0, 10.0, MODEL, rated_ah=100.0)
    assert after.swings == believed
    assert after.since is not None
    assert after.since.moved_ah == 0.0


def test_a_gap_voids_the_swing() -> None:
    health, estimate = new_health(100.0), start(MODEL, 100.0, 2.0)
    for k, (measurement, dt_s) in enumerate(swings(90.0, 1)):
        gap = k % 200 == 199
        estimate = step(estimate, measurement, dt_s, MODEL, gap=gap)
        health = observe(health, measurement, estimate, dt_s, MODEL, gap=gap)
    assert health.capacity.swings == 0
    assert health.capacity.capacity_ah == 100.0
    assert health.counters.unobserved_s > 0


def test_kept_over_a_restart() -> None:
    health, _ = live(95.0, 1)
    again = health_from_dict(json.loads(json.dumps(health.to_dict())))
    assert again.to_dict() == health.to_dict()
    assert (again.capacity, again.counters, again.last) == (health.capacity, health.counters, None)


@pytest.mark.parametrize(
    "damage",
    [
        lambda found: found.update(version=0),
        lambda found: found.pop("counters"),
        lambda found: found["counters"].update(charged_ah=-1.0),
        lambda found: found["counters"].update(soc_s=[0.0]),
        lambda found: found["counters"].update(events=[["boredom", 1]]),
        lambda found: found["capacity"].update(capacity_ah=math.nan),
    ],
)
def test_a_damaged_file_is_refused(damage: object) -> None:
    found = json.loads(json.dumps(new_health(100.0).to_dict()))
    damage(found)  # type: ignore[operator]
    with pytest.raises(ParameterError, match="begin anew"):
        health_from_dict(found)


def test_a_new_packs_passport_claims_nothing() -> None:
    fields = {field.name: field for field in passport(new_health(100.0), start(MODEL, 50.0), 7.0)}
    for name in ("remainingCapacity", "capacityFade", "internalResistanceIncrease", "currentSelfDischargingRate"):
        assert fields[name].value is None
        assert fields[name].quality is Quality.UNKNOWN
        assert fields[name].last_update_s is None
    assert fields["stateOfCharge"].value == 50.0
    assert fields["capacityThroughput"].value == 0.0


def test_an_old_packs_passport_says_what_was_learned_and_when() -> None:
    health, estimate = live(90.0, 2)
    fields = {field.name: field for field in passport(health, estimate, 1e6)}
    capacity = fields["remainingCapacity"]
    assert capacity.quality is Quality.LEARNED
    assert capacity.low is not None
    assert capacity.high is not None
    assert capacity.last_update_s is not None
    assert capacity.low < 90 < capacity.high
    assert capacity.last_update_s < 1e6
    assert fields["fullCycles"].value == pytest.approx(2 * 0.96 * 0.9, rel=0.05)
    assert fields["energyThroughput"].value > 0  # type: ignore[operator]
    assert len(fields) == len(passport(health, estimate, 1e6))
