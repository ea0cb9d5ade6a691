"""Who belongs to the rack: packs that differ, wait and join."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.rack.bench import Bench, standings, troubles
from tests.rack.membershipsamples import COUNTED, JOINING
from tests.samples import with_analog, with_status

from openress.model import (
    Condition,
    Fault,
    Freshness,
    LimitRule,
    PackSample,
    Reason,
)
from openress.rack.standing import Objection, Trouble


def test_half_an_answer_is_no_answer() -> None:
    bench = Bench([1, 2])
    bench.round()
    for _ in range(8):
        bench.now_s += 2.0
        whole = [bench.sample(1), bench.sample(2)]
        old = bench.last[2]
        for sample in (whole[0], replace(whole[1], status=old.status)):
            bench.members.heard(sample, bench.now_s)
            bench.members.polled(1, bench.now_s)
        bench.look()
    assert standings(bench.view) == {1: COUNTED, 2: JOINING}
    assert bench.view.members[1].objections == (Objection.INCOMPLETE,)
    assert bench.view.members[1].state is Freshness.STALE
    assert bench.charge_a == 50.0


@pytest.mark.parametrize(
    ("changes", "objection", "trouble"),
    [
        ({"pack_voltage_v": 53.4, "cell_voltages_mv": (3337,) * 16}, Objection.VOLTAGE, Trouble.JOIN_REFUSED),
        ({"soc_pct": 80.0}, Objection.CHARGE, Trouble.JOIN_REFUSED),
        ({"temperatures_c": (2.0,) * 4}, Objection.TEMPERATURE, Trouble.JOIN_REFUSED),
        ({"cell_voltages_mv": (3300,) * 15}, Objection.CELLS, Trouble.WRONG_PRODUCT),
    ],
)
@pytest.mark.req("REQ-288")
def test_a_pack_that_differs_does_not_count(changes: dict[str, object], objection: Objection, trouble: Trouble) -> None:
    bench = Bench([1, 2], expected=[1, 2])
    bench.round()
    bench.there[3] = 3
    bench.changed[3] = lambda sample: with_analog(sample, **changes)
    view = bench.rounds(5)
    assert standings(view)[3] is JOINING
    assert view.members[2].objections == (objection,)
    assert troubles(view) == {trouble}
    bench.members.accept(3)
    bench.rounds(2)
    assert (standings(bench.view)[3] is COUNTED) == objection.waivable
    assert bench.breaches == []


@pytest.mark.req("REQ-006")
def test_a_replacement_with_another_part_number_waits_for_a_person() -> None:
    bench = Bench([1, 2])
    bench.round()
    bench.there[3] = 3

    def other(sample: PackSample) -> PackSample:
        assert sample.identity is not None
        return replace(sample, identity=replace(sample.identity, part_number="A5L-200"))

    bench.changed[3] = other
    view = bench.rounds(5)
    assert standings(view)[3] is JOINING
    assert troubles(view) == {Trouble.MIXED_PARTS}
    assert "mixed part numbers" in view.findings[0].sentence
    assert bench.charge_a == 100.0
    bench.members.accept(3)
    assert standings(bench.rounds(2))[3] is COUNTED


def test_at_the_start_the_odd_one_of_three_waits() -> None:
    bench = Bench([1, 2, 3])
    bench.changed[1] = lambda sample: with_analog(sample, soc_pct=90.0)
    view = bench.rounds(3)
    assert standings(view) == {1: JOINING, 2: COUNTED, 3: COUNTED}
    assert view.ready
    assert bench.charge_a == 100.0
    assert view.members[0].equalising_a == 0.0


def test_a_joining_pack_tells_what_current_to_expect() -> None:
    bench = Bench([1, 2])
    bench.round()
    bench.there[3] = 3
    bench.changed[3] = lambda sample: with_analog(
        sample, pack_voltage_v=52.5, cell_voltages_mv=(3281,) * 16, soc_pct=20.0
    )
    view = bench.round()
    assert view.members[2].equalising_a == pytest.approx(0.3 / 0.015)


def test_a_pack_whose_sensor_fails_stops_what_it_touches() -> None:
    bench = Bench([1, 2])
    bench.round()
    bench.changed[2] = lambda sample: with_analog(sample, temperatures_c=(25.0, 25.0, 25.0, -273.0))
    view = bench.round()
    assert bench.charge_a == 0.0
    assert view.sample.status is not None
    assert view.sample.status.faults == {Fault.TEMPERATURE_SENSOR}
    assert view.sample.limits is not None
    assert view.sample.limits.charge_reason == Reason(LimitRule.FAULT, names=("temperature_sensor",), pack=2)
    assert bench.breaches == []


def test_what_a_joining_pack_warns_of_is_told() -> None:
    bench = Bench([1, 2])
    bench.changed[2] = lambda sample: with_status(sample, alarms=frozenset({Condition.SOC_LOW}))
    view = bench.round(mute=[1])
    assert view.sample.status is not None
    assert view.sample.status.alarms == {Condition.SOC_LOW}
