"""A rack's sum: what is right passes, each thing wrong is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import nan
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.bms.test_aggregate import packs as any_packs
from tests.checker.packs import PRODUCT, invariants
from tests.samples import pack, with_limits, with_status

from openress.bms.aggregate import aggregate
from openress.checker import RackChecker
from openress.model import Condition, Fault, PackSample, PackState, RackSample, Status, Switches

THREE = [pack(1), pack(2), pack(3)]


def found(packs: list[PackSample], rack: RackSample, now_s: float = 0.0) -> set[str]:
    return invariants(RackChecker(PRODUCT).check(packs, rack, now_s))


def limits(**changes: Any) -> Callable[[RackSample], RackSample]:
    def damage(rack: RackSample) -> RackSample:
        assert rack.limits is not None
        return replace(rack, limits=replace(rack.limits, **changes))

    return damage


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(any_packs())
def test_the_real_sum_is_right(samples: list[PackSample]) -> None:
    """Any 1 to 15 packs, blocked or open or unknown."""
    at_most = samples[: PRODUCT.pack_limit]
    breaches = RackChecker(PRODUCT).check(at_most, aggregate(at_most, 0.0), 0.0)
    # The samples' own limits go up to 200 A, above what this product may have.
    assert invariants(breaches) <= {"S6"}


def test_nothing_is_wrong_with_three_packs() -> None:
    assert found(THREE, aggregate(THREE, 0.0)) == set()
    assert found([], aggregate([], 0.0)) == set()


UNEQUAL = [pack(1), with_limits(pack(2), charge_current_limit_a=10.0, charge_voltage_limit_v=55.0), pack(3)]


@pytest.mark.parametrize(
    ("packs", "damage", "invariant"),
    [
        (THREE, limits(charge_current_limit_a=nan), "S7"),
        (THREE, limits(discharge_current_limit_a=-1.0), "S7"),
        (THREE, limits(charge_voltage_limit_v=nan), "S7"),
        (THREE, limits(charge_current_limit_a=150.5), "S9"),
        (THREE, limits(charge_current_limit_a=150.5), "S10"),
        (UNEQUAL, limits(charge_current_limit_a=110.0), "S10"),
        (THREE, limits(charge_current_limit_a=331.0), "S6"),
        (UNEQUAL, limits(charge_voltage_limit_v=55.7), "S7"),
        (THREE, limits(discharge_voltage_limit_v=47.9), "S7"),
        (THREE, limits(discharge_voltage_limit_v=56.0), "S7"),
        (THREE, limits(at_s=-30.0), "S11"),
        (THREE, lambda rack: replace(rack, packs=(*rack.packs, rack.packs[0])), "S9"),
        (THREE, lambda rack: replace(rack, packs=tuple(pack(n) for n in range(1, 18))), "S9"),
    ],
    ids=[
        "nan",
        "negative",
        "no voltage",
        "sum",
        "sum beside least",
        "sum, not least",
        "maximum",
        "mean voltage",
        "deep",
        "crossed",
        "old",
        "twice",
        "many",
    ],
)
def test_one_thing_damaged(packs: list[PackSample], damage: Callable[[RackSample], RackSample], invariant: str) -> None:
    rack = aggregate(packs, 0.0)
    assert found(packs, rack) == set()
    assert invariant in found(packs, damage(rack))


def test_one_serial_number_is_one_pack() -> None:
    twin = replace(pack(2), identity=pack(1).identity)
    assert found([pack(1), twin], aggregate([pack(1), twin], 0.0)) == {"S9"}


@pytest.mark.parametrize("switches", [None, Switches(), Switches(charge=True, discharge=True)])
@pytest.mark.parametrize(
    "changes", [{"protections": frozenset({Condition.CELL_OVER_VOLTAGE})}, {"faults": frozenset({Fault.CELL})}]
)
def test_a_pack_that_must_not_be_charged(switches: Switches | None, changes: dict[str, Any]) -> None:
    blocked = [pack(1), with_status(pack(2), switches=switches, **changes)]
    right = aggregate(blocked, 0.0)
    assert found(blocked, right) == set()
    assert found(blocked, limits(charge_current_limit_a=50.0)(right)) == {"S9"}


def test_a_pack_that_has_left_does_not_count() -> None:
    away = with_status(pack(2), switches=Switches(charge=False, discharge=True))
    packs = [pack(1), away, pack(3)]
    assert found(packs, aggregate(packs, 0.0)) == set()
    assert "S9" in found(packs, limits(charge_current_limit_a=150.0)(aggregate(packs, 0.0)))


def test_a_limit_that_one_pack_does_not_give_is_not_invented() -> None:
    packs = [pack(1), with_limits(pack(2), charge_current_limit_a=None)]
    rack = aggregate(packs, 0.0)
    assert found(packs, rack) == set()
    assert found(packs, limits(charge_current_limit_a=100.0)(rack)) == {"S9"}


@pytest.mark.parametrize("now_s", [10.1, -0.1])
def test_old_or_future_values_offer_nothing(now_s: float) -> None:
    rack = aggregate(THREE, 0.0)
    assert "S11" in found(THREE, rack, now_s)
    nothing = limits(charge_current_limit_a=0.0, discharge_current_limit_a=0.0)(rack)
    assert "S11" not in found(THREE, nothing, now_s)
    assert found(THREE, rack, 10.0) == set()


def test_what_a_pack_warns_of_the_rack_tells() -> None:
    warned = [pack(1), with_status(pack(2), alarms=frozenset({Condition.SOC_LOW}))]
    rack = aggregate(warned, 0.0)
    assert found(warned, rack) == set()
    assert found(warned, replace(rack, status=None)) == {"S9"}


def test_a_silent_pack_keeps_the_total_down_until_it_is_heard_or_taken_away() -> None:
    faulty = with_status(pack(2), faults=frozenset({Fault.CELL}))
    checker = RackChecker(PRODUCT)
    assert checker.check([pack(1), faulty], aggregate([pack(1), faulty], 0.0), 0.0) == []
    for now_s in (20.0, 40.0):
        alone = [pack(1, at_s=now_s)]
        breaches = checker.check([*alone, faulty], aggregate(alone, now_s), now_s)
        assert {breach.sentence for breach in breaches} == {
            "50 A of charge are offered, and 0 A were when pack 2 fell silent.",
            "50 A of discharge are offered, and 0 A were when pack 2 fell silent.",
        }
    back = [pack(1, at_s=50.0), pack(2, at_s=50.0)]
    assert checker.check(back, aggregate(back, 50.0), 50.0) == []
    checker.forget(2)
    alone = [pack(1, at_s=60.0)]
    assert checker.check(alone, aggregate(alone, 60.0), 60.0) == []


def test_a_pack_that_left_by_its_own_switch_may_fall_silent() -> None:
    away = with_status(pack(2), switches=Switches(charge=False, discharge=False), faults=frozenset({Fault.CELL}))
    checker = RackChecker(PRODUCT)
    assert checker.check([pack(1), away], aggregate([pack(1), away], 0.0), 0.0) == []
    alone = [pack(1, at_s=20.0)]
    assert checker.check(alone, aggregate(alone, 20.0), 20.0) == []


def asleep(number: int, at_s: float) -> PackSample:
    return PackSample(number, status=Status(at_s, state=PackState.DORMANT))


def test_a_pack_that_says_it_sleeps_has_left() -> None:
    checker = RackChecker(PRODUCT)
    packs = [pack(1), with_limits(pack(2), charge_current_limit_a=5.0)]
    assert checker.check(packs, aggregate(packs, 0.0), 0.0) == []
    for now_s in (5.0, 100.0):
        packs = [pack(1, at_s=now_s), asleep(2, 5.0)]
        assert checker.check(packs, aggregate(packs, now_s), now_s) == []


def total(charge_a: float, at_s: float, packs: list[PackSample]) -> RackSample:
    return limits(charge_current_limit_a=charge_a, discharge_current_limit_a=0.0)(aggregate(packs, at_s))


def test_nothing_is_offered_before_everybody_has_been_heard() -> None:
    checker = RackChecker(PRODUCT, expected=[1, 2])
    first = [pack(1)]
    assert checker.check(first, total(0.0, 0.0, first), 0.0) == []
    early = checker.check(first, total(1.0, 1.0, first), 1.0)
    assert [breach.invariant for breach in early] == ["S12"]
    assert "pack 2 has been heard" in early[0].sentence
    both = [pack(1, at_s=2.0), pack(2, at_s=2.0)]
    assert checker.check(both, total(2.0, 2.0, both), 2.0) == []
    checker.restart(3.0)
    assert {b.invariant for b in checker.check(both, total(2.0, 3.0, both), 3.0)} == {"S12"}
    checker.forget(2)
    again = [pack(1, at_s=4.0)]
    assert checker.check(again, total(2.0, 4.0, again), 4.0) == []


def test_a_pack_that_told_only_half_has_not_been_heard() -> None:
    checker = RackChecker(PRODUCT, expected=[1])
    half = [replace(pack(1), status=None)]
    assert {b.invariant for b in checker.check(half, total(1.0, 0.0, half), 0.0)} >= {"S12"}
    dark = RackChecker(PRODUCT, expected=[1, 2])
    sleeping = [pack(1), asleep(2, 0.0)]
    assert dark.check(sleeping, total(0.0, 0.0, sleeping), 0.0) == []
    later = [pack(1, at_s=1.0), asleep(2, 0.0)]
    assert dark.check(later, total(1.0, 1.0, later), 1.0) == []


def test_a_total_rises_slowly_and_falls_at_once() -> None:
    checker = RackChecker(PRODUCT, expected=[1])
    found = []
    for now_s, charge_a in ((0.0, 0.0), (1.0, 2.7), (2.0, 0.0), (3.0, 2.8)):
        packs = [pack(1, at_s=now_s)]
        found.append(invariants(checker.check(packs, total(charge_a, now_s, packs), now_s)))
    assert found == [set(), set(), set(), {"S12"}]
