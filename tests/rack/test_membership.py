"""Who belongs to the rack: every way in, every way out, and what each does to the totals."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rack.bench import PRODUCT, Bench, alike, standings, troubles
from tests.rack.membershipsamples import COUNTED, JOINING, LOST, asleep
from tests.samples import with_analog, with_limits, with_status

from openress.model import (
    Fault,
    Freshness,
    LimitRule,
    Reason,
    Switches,
)
from openress.rack.joining import JoinRules
from openress.rack.membership import Membership
from openress.rack.standing import Objection, Standing, Trouble


def test_three_packs_that_answer_are_a_rack() -> None:
    bench = Bench([1, 2, 3])
    assert bench.charge_a is None
    view = bench.round()
    assert standings(view) == {1: COUNTED, 2: COUNTED, 3: COUNTED}
    assert view.ready
    assert view.findings == ()
    assert bench.charge_a == 150.0
    assert [member.state for member in view.members] == [Freshness.FRESH] * 3
    assert view.members[0].serial == "SERIAL-0001"
    assert view.sample.analog is not None
    assert view.sample.analog.full_ah == 300.0
    assert bench.said()[-1] == "Pack 3 counts."
    assert bench.said() == []
    assert bench.breaches == []


def test_nothing_is_allowed_until_every_awaited_pack_has_told_everything() -> None:
    bench = Bench([1, 2], expected=[1, 2, 3])
    view = bench.rounds(16)
    assert not view.ready
    assert standings(view) == {1: COUNTED, 2: COUNTED, 3: Standing.AWAITED}
    assert view.members[2].state is Freshness.ABSENT
    assert bench.charge_a == 0.0
    assert view.sample.limits is not None
    assert view.sample.limits.charge_reason == Reason(LimitRule.STARTING)
    assert troubles(view) == {Trouble.NOT_SEEN}
    bench.there[3] = 3
    assert bench.round(who=False).ready is False
    assert bench.round().ready
    assert bench.charge_a == 150.0


def test_a_pack_that_was_awaited_in_vain_can_be_taken_out() -> None:
    bench = Bench([1, 2], expected=[1, 2, 3])
    bench.rounds(2)
    bench.remove(3)
    bench.remove(3)
    assert bench.round().ready
    assert bench.charge_a == 100.0
    assert "Pack 3 has been taken out of the rack." in bench.said()


def test_s19_while_settings_are_written_the_stricter_ones_hold() -> None:
    bench = Bench([1, 2])
    bench.rounds(3)
    assert bench.charge_a == 100.0
    voltage_v = bench.view.sample.limits.charge_voltage_limit_v  # type: ignore[union-attr]
    # What is as strict as before changes nothing, at once or later.
    bench.members.hold(1, {"charge_oc_alarm_a": 110.0})
    for _ in range(5):
        bench.round()
        assert bench.charge_a == 100.0
    bench.members.hold(1, {"charge_oc_alarm_a": 20.0, "cell_ov_alarm_mv": 3450})
    bench.round()
    limits = bench.view.sample.limits
    assert limits is not None
    assert bench.charge_a == 2 * 0.9 * 20.0
    assert limits.charge_voltage_limit_v == 16 * 3.45
    # One that is looser than what the product allows loosens nothing.
    bench.members.hold(1, {"charge_oc_alarm_a": 500.0, "cell_ov_alarm_mv": 3900})
    bench.round()
    assert bench.charge_a == 100.0
    bench.members.hold(1, None)
    bench.members.hold(7, {"charge_oc_alarm_a": 20.0})
    bench.round()
    assert bench.charge_a == 100.0
    assert bench.view.sample.limits.charge_voltage_limit_v == voltage_v  # type: ignore[union-attr]


@pytest.mark.parametrize("numbers", [[2, 3], [1, 3], [0, 1]])
def test_numbers_that_make_no_rack_must_be_confirmed(numbers: list[int]) -> None:
    bench = Bench(numbers, confirmed=False)
    view = bench.rounds(3)
    assert not view.ready
    assert bench.charge_a in (0.0, None)
    assert troubles(view) & {Trouble.NO_MASTER, Trouble.GAP, Trouble.STAND_ALONE}
    bench.members.confirm()
    assert bench.round().ready


def test_a_pack_alone_with_number_0_is_a_rack_of_one() -> None:
    bench = Bench([0], confirmed=False)
    assert bench.round().ready
    assert bench.charge_a == 50.0
    assert bench.view.findings == ()


def test_a_number_above_what_the_product_allows_never_counts() -> None:
    bench = Bench([1, 16], expected=[1])
    view = bench.rounds(3)
    assert standings(view)[16] is JOINING
    assert Trouble.TOO_MANY in troubles(view)
    assert bench.charge_a == 50.0


def test_a_silent_pack_is_lost_and_its_return_is_a_joining() -> None:
    bench = Bench([1, 2, 3], rules=JoinRules(settle_s=6.0))
    bench.changed[3] = lambda sample: with_limits(sample, charge_current_limit_a=5.0)
    bench.round()
    assert bench.charge_a == 15.0
    view = bench.rounds(5, mute=[3])
    assert standings(view)[3] is COUNTED
    view = bench.round(mute=[3])
    assert standings(view)[3] is LOST
    assert view.members[2].state is Freshness.STALE
    assert bench.charge_a == 10.0
    assert troubles(view) == {Trouble.LOST}
    assert [sample.pack for sample in view.sample.packs] == [1, 2]
    view = bench.rounds(30, mute=[3])
    assert view.members[2].state is Freshness.ABSENT
    assert bench.charge_a == 10.0
    bench.changed.clear()
    view = bench.round()
    assert standings(view)[3] is JOINING
    assert view.members[2].objections == (Objection.SETTLING,)
    assert bench.charge_a == 15.0  # no more than the ceiling that its loss left
    assert standings(bench.rounds(3))[3] is COUNTED
    assert bench.charge_a == 150.0
    assert bench.breaches == []


def test_a_line_that_has_died_is_one_finding_and_no_limit_is_said_to_hold() -> None:
    bench = Bench([1, 2, 3])
    bench.rounds(2)
    bench.there.pop(2)
    view = bench.rounds(12)
    # One of several: it may be on the busbar, and what it told last bounds the others.
    assert [found.packs for found in view.findings] == [(2,)]
    assert "its last limits hold" in view.findings[0].sentence
    bench.there.clear()
    view = bench.rounds(14)
    assert bench.charge_a == 0.0
    assert [(found.trouble, found.packs) for found in view.findings] == [(Trouble.LOST, (1, 2, 3))]
    assert "No pack has answered for" in view.findings[0].sentence
    assert "hold" not in view.findings[0].sentence
    assert not any("hold" in sentence for sentence in bench.said())
    assert view.sample.limits is not None
    assert view.sample.limits.charge_reason == Reason(LimitRule.PACK_LOST)


def test_a_slow_line_has_more_patience() -> None:
    bench = Bench([1, 2])
    bench.members.cycle(9.0)
    bench.round()
    assert bench.view.fresh_for_s == 18.0
    assert standings(bench.rounds(9, mute=[2]))[2] is COUNTED
    assert standings(bench.round(mute=[2]))[2] is LOST


def test_an_operator_may_take_a_lost_pack_out() -> None:
    bench = Bench([1, 2, 3])
    bench.changed[3] = lambda sample: with_limits(sample, charge_current_limit_a=5.0)
    bench.round()
    bench.rounds(10, mute=[3])
    assert bench.charge_a == 10.0
    bench.there.pop(3)
    bench.members.remove(3, bench.now_s)
    view = bench.round()
    assert bench.charge_a == 100.0
    assert view.findings == ()
    assert bench.breaches == []


def test_before_it_begins_the_machine_only_listens() -> None:
    members = Membership(PRODUCT, Bench([1]).members._values)
    members.heard(alike(1), 0.0)
    members.polled(1, 0.0)
    members.identified(1, 0.0)
    view = members.step(0.0)
    assert not view.ready
    assert standings(view) == {1: JOINING}
    assert view.sample.limits is None
    members.remove(1, 0.0)
    assert members.step(0.0).members == ()


def test_when_its_only_companion_leaves_a_joining_pack_becomes_the_first() -> None:
    bench = Bench([1, 2], expected=[1])
    bench.changed[2] = lambda sample: with_analog(sample, soc_pct=99.0)
    bench.rounds(3)
    assert standings(bench.view)[2] is JOINING
    bench.there.pop(1)
    bench.members.remove(1, bench.now_s)
    assert standings(bench.rounds(20))[2] is COUNTED


ACTIONS = st.sampled_from(["mute", "garble", "twin", "weak", "open", "fault", "sleep", "good", "restart", "remove"])


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 4), ACTIONS, st.integers(1, 9)), max_size=12))
def test_whatever_happens_the_checker_is_silent(story: list[tuple[int, str, int]]) -> None:
    bench = Bench([1, 2, 3, 4], rise_per_s=0.02)
    mute: set[int] = set()
    garbled: set[int] = set()
    for number, action, rounds in story:
        match action:
            case "mute":
                mute.add(number)
            case "garble":
                garbled.add(number)
            case "twin":
                bench.serials[number] = "SERIAL-0001"
            case "weak":
                bench.changed[number] = lambda sample: with_limits(sample, charge_current_limit_a=3.0)
            case "open":
                bench.changed[number] = lambda sample: with_status(sample, switches=Switches(False, False))
            case "fault":
                bench.changed[number] = lambda sample: with_status(sample, faults=frozenset({Fault.SYSTEM}))
            case "sleep":
                bench.changed[number] = asleep
            case "restart":
                bench.members.restart(bench.now_s)
            case "remove":
                mute.add(number)
                bench.remove(number)
            case _:
                bench.changed.pop(number, None)
                bench.serials.pop(number, None)
                mute.discard(number)
                garbled.discard(number)
        bench.rounds(rounds, mute=mute, garbled=garbled)
    assert [str(breach) for breach in bench.breaches] == []
