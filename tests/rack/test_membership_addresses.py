"""Who belongs to the rack: serial numbers, addresses, and packs that share or change them."""

from __future__ import annotations

import pytest
from tests.rack.bench import Bench, standings, troubles
from tests.rack.membershipsamples import COUNTED, JOINING, LOST, asleep
from tests.samples import with_analog, with_limits

from openress.rack.joining import JoinRules
from openress.rack.standing import Objection, Standing, Trouble


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
