"""Who belongs to the rack: every way in, every way out, and what each does to the totals."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rack.bench import PRODUCT, Bench, alike, standings, troubles
from tests.samples import with_analog, with_limits, with_status

from openress.model import (
    Condition,
    Fault,
    Freshness,
    LimitRule,
    PackSample,
    PackState,
    Reason,
    Status,
    Switches,
)
from openress.rack.joining import JoinRules
from openress.rack.membership import Membership
from openress.rack.standing import Finding, Objection, Standing, Trouble

COUNTED, LOST, JOINING = Standing.COUNTED, Standing.LOST, Standing.JOINING


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


def asleep(sample: PackSample) -> PackSample:
    status = Status(sample.status.at_s if sample.status else 0.0, state=PackState.DORMANT)
    return PackSample(sample.pack, status=status, identity=sample.identity)


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


@pytest.mark.req("REQ-103")
def test_a_serial_number_that_alternates_excludes_its_address() -> None:
    bench = Bench([1, 2, 3])
    bench.round()
    bench.serials[2] = "OTHER"
    view = bench.round()
    assert standings(view)[2] is Standing.EXCLUDED
    assert view.members[1].objections == (Objection.IDENTITY,)
    assert bench.charge_a == 100.0
    bench.serials.clear()
    view = bench.round()
    assert standings(view)[2] is Standing.EXCLUDED
    assert troubles(view) == {Trouble.DUPLICATE_ADDRESS}
    view = bench.rounds(32)
    assert standings(view)[2] is COUNTED
    assert bench.charge_a == 150.0
    assert bench.breaches == []


def test_another_pack_at_an_address_is_believed_when_it_stays() -> None:
    bench = Bench([1, 2])
    bench.round()
    bench.serials[2] = "REPLACEMENT"
    bench.rounds(2)
    assert standings(bench.view)[2] is Standing.EXCLUDED
    assert standings(bench.rounds(2))[2] is COUNTED
    assert bench.view.members[1].serial == "REPLACEMENT"
    assert "Another pack answers at address 2 now." in bench.said()


def test_a_pack_that_was_exchanged_while_it_was_away_joins() -> None:
    bench = Bench([1, 2], rules=JoinRules(settle_s=4.0))
    bench.round()
    bench.rounds(8, mute=[2])
    bench.serials[2] = "REPLACEMENT"
    view = bench.rounds(2)
    assert standings(view)[2] is JOINING
    assert standings(bench.rounds(3))[2] is COUNTED
    assert bench.view.members[1].serial == "REPLACEMENT"


def test_one_serial_number_at_two_addresses_counts_once() -> None:
    bench = Bench([1, 2])
    bench.round()
    bench.there[3] = 3
    bench.serials[3] = "SERIAL-0002"
    view = bench.rounds(5)
    assert standings(view)[2] is COUNTED
    assert standings(view)[3] is Standing.EXCLUDED
    assert troubles(view) == {Trouble.DUPLICATE_SERIAL}
    assert view.findings[0].packs == (2, 3)
    assert bench.charge_a == 100.0
    assert bench.members.identity_wanted(2, bench.now_s)


def test_a_twin_that_sleeps_is_not_listed_either() -> None:
    bench = Bench([1, 2])
    bench.serials[2] = "SERIAL-0001"
    bench.rounds(2)
    bench.changed[2] = asleep
    view = bench.rounds(2)
    assert [sample.pack for sample in view.sample.packs] == [1]
    assert bench.charge_a == 50.0


def test_what_a_joining_pack_warns_of_is_told() -> None:
    bench = Bench([1, 2])
    bench.changed[2] = lambda sample: with_status(sample, alarms=frozenset({Condition.SOC_LOW}))
    view = bench.round(mute=[1])
    assert view.sample.status is not None
    assert view.sample.status.alarms == {Condition.SOC_LOW}


def test_a_twin_does_not_inherit_the_place_of_the_pack_that_fell_silent() -> None:
    bench = Bench([1, 2, 3])
    bench.serials[3] = "SERIAL-0002"
    bench.rounds(3)
    before = bench.charge_a
    bench.rounds(12, mute=[2])
    assert standings(bench.view) == {1: COUNTED, 2: LOST, 3: Standing.EXCLUDED}
    assert bench.charge_a is not None
    assert before is not None
    assert bench.charge_a <= before
    bench.members.remove(2, bench.now_s)
    bench.there.pop(2)
    assert standings(bench.rounds(3)) == {1: COUNTED, 3: COUNTED}


def test_a_pack_that_moved_to_another_address_leaves_nothing_behind() -> None:
    bench = Bench([1, 2])
    bench.changed[2] = lambda sample: with_limits(sample, charge_current_limit_a=5.0)
    bench.round()
    bench.there.pop(2)
    bench.rounds(8)
    assert standings(bench.view)[2] is LOST
    assert bench.charge_a == 5.0
    bench.there[3] = 3
    bench.serials[3] = "SERIAL-0002"
    view = bench.rounds(2)
    assert standings(view) == {1: COUNTED, 3: COUNTED}
    assert "The pack that was number 2 is number 3 now." in bench.said()
    assert bench.charge_a == 100.0


def test_a_pack_whose_answers_only_arrive_damaged_has_not_moved() -> None:
    bench = Bench([1, 2])
    bench.round()
    bench.rounds(8, garbled=[2])
    bench.there[3] = 3
    bench.serials[3] = "SERIAL-0002"
    bench.rounds(3, garbled=[2])
    assert standings(bench.view) == {1: COUNTED, 2: LOST, 3: Standing.EXCLUDED}
    assert bench.charge_a == 50.0


def test_two_packs_that_changed_places_are_recognised() -> None:
    bench = Bench([1, 2, 3])
    bench.round()
    bench.serials |= {2: "SERIAL-0003", 3: "SERIAL-0002"}
    bench.rounds(4)
    assert "Packs 3 and 2 have changed places." in bench.said()
    assert standings(bench.view) == {1: COUNTED, 2: COUNTED, 3: COUNTED}
    assert [member.serial for member in bench.view.members] == ["SERIAL-0001", "SERIAL-0003", "SERIAL-0002"]
    assert bench.breaches == []


def test_values_that_leap_betray_two_packs_even_without_serial_numbers() -> None:
    bench = Bench([1, 2])
    bench.serials[2] = "00000000"
    bench.round()
    assert standings(bench.view)[2] is COUNTED
    for cycles in (700, 20, 700):
        bench.changed[2] = lambda sample, cycles=cycles: with_analog(sample, cycles=cycles)  # type: ignore[misc]
        bench.round()
    assert standings(bench.view)[2] is Standing.EXCLUDED
    assert troubles(bench.view) == {Trouble.DUPLICATE_ADDRESS}


def test_a_serial_number_that_only_arrives_damaged_is_a_sign_of_two() -> None:
    bench = Bench([1, 2])
    bench.round()
    bench.members.unidentified(2, bench.now_s)
    assert standings(bench.round())[2] is COUNTED
    assert bench.members.identity_wanted(2, bench.now_s)
    bench.members.unidentified(2, bench.now_s)
    assert standings(bench.round())[2] is Standing.EXCLUDED


def test_answers_that_collide_exclude_their_address_and_noise_does_not() -> None:
    bench = Bench([1, 2])
    bench.round()
    for _ in range(5):
        bench.round()
        bench.round(garbled=[2])
    assert standings(bench.view)[2] is Standing.EXCLUDED
    assert troubles(bench.view) == {Trouble.GARBLED}
    bench.rounds(12)
    assert standings(bench.view)[2] is COUNTED
    for _ in range(5):
        bench.round()
        bench.round(garbled=[1, 2])
    assert standings(bench.view) == {1: COUNTED, 2: COUNTED}
    assert troubles(bench.view) == {Trouble.NOISE}


def test_an_address_at_which_nobody_was_ever_heard_is_no_member() -> None:
    bench = Bench([1])
    bench.members.missed(7, garbled=False)
    assert set(standings(bench.round())) == {1}
    for _ in range(5):
        bench.members.missed(7, garbled=True)
    view = bench.round()
    assert standings(view)[7] is Standing.AWAITED
    assert Trouble.GARBLED in troubles(view)


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
