"""Who belongs to the rack: packs that sleep, and a line that is gone."""

from __future__ import annotations

import pytest
from tests.rack.bench import Bench, standings, troubles
from tests.rack.membershipsamples import COUNTED, LOST, asleep
from tests.samples import with_limits, with_status

from openress.model import (
    Condition,
    Freshness,
    PackSample,
    Switches,
)
from openress.rack.standing import Finding, Standing, Trouble


def test_a_pack_that_says_it_sleeps_is_asleep_and_not_lost() -> None:
    bench = Bench([1, 2])
    bench.round()
    bench.changed[2] = asleep
    view = bench.round()
    assert standings(view)[2] is Standing.ASLEEP
    view = bench.rounds(60, mute=[2])
    assert view.members[1].state is Freshness.ASLEEP
    assert view.findings == ()
    assert bench.charge_a == 50.0
    assert [sample.pack for sample in view.sample.packs] == [1, 2]
    bench.changed.clear()
    assert standings(bench.round())[2] is COUNTED
    assert bench.breaches == []


def test_a_rack_may_start_with_a_pack_that_sleeps() -> None:
    bench = Bench([1, 2])
    bench.changed[2] = asleep
    assert bench.round().ready
    assert bench.charge_a == 50.0


def test_an_empty_pack_that_falls_silent_is_asleep_but_holds_the_totals() -> None:
    bench = Bench([1, 2])

    def empty(sample: PackSample) -> PackSample:
        told = with_status(
            sample,
            protections=frozenset({Condition.CELL_UNDER_VOLTAGE}),
            switches=Switches(charge=True, discharge=False),
        )
        return with_limits(told, charge_current_limit_a=3.0, discharge_current_limit_a=0.0)

    bench.changed[2] = empty
    bench.round()
    assert bench.charge_a == 6.0
    view = bench.rounds(10, mute=[2])
    assert standings(view)[2] is Standing.ASLEEP
    assert view.findings == ()
    assert bench.charge_a == 3.0
    assert view.sample.limits is not None
    assert view.sample.limits.discharge_current_limit_a == 50.0
    assert bench.breaches == []


def test_the_line_comes_back_and_everybody_is_heard_anew() -> None:
    bench = Bench([1, 2])
    bench.round()
    bench.members.line(Finding(Trouble.LINE_GONE, (), "away"))
    view = bench.rounds(10, mute=[1, 2])
    assert troubles(view) == {Trouble.LINE_GONE}
    assert standings(view) == {1: LOST, 2: LOST}
    assert view.sample.limits is not None
    assert view.sample.limits.at_s == bench.now_s - 20.0
    assert bench.charge_a == 0.0
    bench.members.line(None)
    bench.members.restart(bench.now_s)
    view = bench.round(mute=[2])
    assert not view.ready
    assert bench.charge_a == 0.0
    view = bench.rounds(2)
    assert view.ready
    assert bench.charge_a == 100.0


def test_nothing_rises_while_the_line_is_gone() -> None:
    bench = Bench([1, 2], rise_per_s=0.02)
    bench.rounds(5)
    before_a = bench.charge_a
    assert before_a is not None
    assert 0.0 < before_a < 100.0
    bench.members.line(Finding(Trouble.LINE_GONE, (), "away"))
    for _ in range(8):
        bench.now_s += 1.0
        bench.look()
        assert bench.charge_a == before_a
    bench.members.line(None)
    bench.round()
    assert bench.charge_a is not None
    assert bench.charge_a > before_a


def test_a_short_gap_of_the_line_also_starts_at_nothing() -> None:
    bench = Bench([1, 2])
    bench.round()
    bench.members.restart(bench.now_s + 1.0)
    assert not bench.look().ready
    assert bench.charge_a == 0.0
    assert bench.round().ready


@pytest.mark.req("REQ-126")
def test_when_nobody_asks_any_more_the_packs_are_let_sleep() -> None:
    bench = Bench([1, 2])
    bench.round()
    bench.members.rest()
    view = bench.rounds(10, mute=[1, 2])
    assert [member.state for member in view.members] == [Freshness.ASLEEP] * 2
    assert view.findings == ()
    assert bench.charge_a == 0.0
    bench.members.restart(bench.now_s)
    assert bench.round().ready
    assert bench.charge_a == 100.0
