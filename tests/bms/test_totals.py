"""The totals of a rack remember: a loss never raises them, a rise is slow, a fall is at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.samples import pack, with_limits, with_status

from openress.bms.totals import RISE_PER_S, RackTotals
from openress.model import (
    Condition,
    Fault,
    LimitRule,
    Notice,
    PackSample,
    PackState,
    RackSample,
    Reason,
    Status,
    Switches,
)


def charge_a(rack: RackSample) -> float | None:
    assert rack.limits is not None
    return rack.limits.charge_current_limit_a


def charge_reason(rack: RackSample) -> Reason | None:
    assert rack.limits is not None
    return rack.limits.charge_reason


def at_once() -> RackTotals:
    return RackTotals(rise_per_s=None)


def some(*numbers: int, at_s: float = 0.0) -> list[PackSample]:
    return [pack(number, at_s=at_s) for number in numbers]


def weak(number: int, limit_a: float, at_s: float = 0.0) -> PackSample:
    return with_limits(pack(number, at_s=at_s), charge_current_limit_a=limit_a)


def test_the_number_falls_and_the_limit_of_the_lost_pack_holds() -> None:
    totals = at_once()
    assert charge_a(totals.step([*some(1, 2), weak(3, 5.0)], 0.0)) == 15.0
    after = totals.step(some(1, 2, at_s=20.0), 20.0)
    assert charge_a(after) == 10.0
    assert charge_reason(after) == Reason(LimitRule.PACK_LOST, pack=3)
    assert totals.lost == {3}
    assert after.status is not None
    assert after.status.notices == {Notice.PACK_LOST}
    assert [sample.pack for sample in after.packs] == [1, 2]


def test_the_total_at_the_loss_is_a_ceiling_for_what_comes_later() -> None:
    totals = at_once()
    totals.step([weak(1, 2.0), *some(2, 3, 4)], 0.0)
    assert charge_a(totals.step([weak(1, 2.0, 20.0), *some(2, 3, at_s=20.0)], 20.0)) == 6.0
    later = totals.step(some(1, 2, 3, at_s=40.0), 40.0)
    assert charge_a(later) == 8.0
    assert charge_reason(later) == Reason(LimitRule.PACK_LOST, 8.0, pack=4)


def test_a_prohibition_outlives_the_pack_that_told_it() -> None:
    totals = at_once()
    faulty = with_status(pack(2), faults=frozenset({Fault.CELL}))
    totals.step([pack(1), faulty], 0.0)
    assert charge_a(totals.step(some(1, at_s=20.0), 20.0)) == 0.0


def test_return_release_or_the_packs_own_word_ends_it() -> None:
    def after_loss() -> RackTotals:
        totals = at_once()
        totals.step([*some(1, 2), weak(3, 5.0)], 0.0)
        assert charge_a(totals.step(some(1, 2, at_s=20.0), 20.0)) == 10.0
        return totals

    back = after_loss()
    assert charge_a(back.step(some(1, 2, 3, at_s=30.0), 30.0)) == 150.0
    gone = after_loss()
    gone.release(3)
    assert charge_a(gone.step(some(1, 2, at_s=30.0), 30.0)) == 100.0
    assert gone.lost == set()
    opened = after_loss()
    apart = with_status(weak(3, 5.0, 30.0), switches=Switches(charge=False, discharge=False))
    assert charge_a(opened.step([*some(1, 2, at_s=30.0), apart], 30.0)) == 100.0
    slept = after_loss()
    asleep = PackSample(3, status=Status(30.0, state=PackState.DORMANT))
    assert charge_a(slept.step([*some(1, 2, at_s=30.0), asleep], 30.0)) == 100.0


def test_a_pack_that_had_opened_its_switch_may_fall_silent() -> None:
    totals = at_once()
    apart = with_status(weak(3, 0.0), switches=Switches(charge=False, discharge=True))
    assert charge_a(totals.step([*some(1, 2), apart], 0.0)) == 100.0
    after = totals.step(some(1, 2, at_s=20.0), 20.0)
    assert charge_a(after) == 100.0
    assert after.limits is not None
    assert after.limits.discharge_current_limit_a == 100.0  # 2 of 3 that gave 50 A each


def test_a_pack_that_joins_can_lower_and_not_raise() -> None:
    totals = at_once()
    assert charge_a(totals.step(some(1, 2), 0.0)) == 100.0
    assert charge_a(totals.step(some(1, 2), 1.0, bounding=[pack(3)])) == 100.0
    low = totals.step(some(1, 2), 2.0, bounding=[weak(3, 5.0)])
    assert charge_a(low) == 10.0
    assert low.limits is not None
    hot = with_status(pack(3), protections=frozenset({Condition.CELL_OVER_VOLTAGE}))
    assert charge_a(totals.step(some(1, 2), 3.0, bounding=[hot])) == 0.0
    mute = replace(pack(3), limits=None)
    assert charge_a(totals.step(some(1, 2), 4.0, bounding=[mute])) == 100.0
    assert charge_a(totals.step(some(1, 2, 3), 5.0)) == 150.0


def test_a_pack_that_only_bounded_still_bounds_when_it_falls_silent() -> None:
    totals = at_once()
    totals.step(some(1, 2), 0.0, bounding=[weak(3, 5.0)])
    assert charge_a(totals.step(some(1, 2, at_s=20.0), 20.0)) == 10.0


def test_a_pack_that_is_no_longer_believed_is_a_loss() -> None:
    totals = at_once()
    assert charge_a(totals.step([weak(1, 10.0), *some(2, 3)], 0.0)) == 30.0
    assert charge_a(totals.step(some(1, 2), 1.0, bounding=[pack(3)])) == 30.0
    assert charge_a(totals.step(some(1, 2, 3), 2.0)) == 150.0


def test_when_nobody_is_left_the_values_grow_old_and_nothing_is_allowed() -> None:
    totals = at_once()
    totals.step([pack(1, at_s=3.0), pack(2, at_s=4.0)], 5.0)
    empty = totals.step([], 30.0)
    assert empty.limits is not None
    assert (charge_a(empty), empty.limits.at_s, empty.limits.charge_enabled) == (0.0, 4.0, False)
    assert charge_reason(empty) == Reason(LimitRule.PACK_LOST)
    assert empty.analog is None
    assert RackTotals().step([], 0.0).limits is None


def test_a_rise_is_slow_and_a_fall_at_once() -> None:
    totals = RackTotals()
    assert charge_a(totals.step(some(1, 2), 0.0)) == 0.0
    risen = totals.step(some(1, 2, at_s=10.0), 10.0)
    assert charge_a(risen) == pytest.approx(10 * RISE_PER_S * 100.0)
    assert charge_reason(risen) == Reason(LimitRule.RISING, 100.0)
    assert charge_a(totals.step([weak(1, 1.0, 11.0), pack(2)], 11.0)) == 2.0
    assert charge_a(totals.step(some(1, 2, at_s=61.0), 61.0)) == 100.0


def test_until_all_is_ready_nothing_is_allowed() -> None:
    totals = RackTotals()
    waiting = totals.step(some(1, 2), 0.0, ready=False)
    assert (charge_a(waiting), charge_reason(waiting)) == (0.0, Reason(LimitRule.STARTING))
    assert waiting.analog is not None


def test_a_limit_that_is_not_told_is_not_made_up() -> None:
    totals = at_once()
    partly = totals.step([with_limits(pack(1), charge_current_limit_a=None)], 0.0)
    assert charge_a(partly) is None
    assert partly.limits is not None
    assert partly.limits.charge_enabled is None
    assert totals.step([replace(pack(1), limits=None)], 1.0).limits is None


def test_without_a_status_there_is_nothing_to_add_the_loss_to() -> None:
    totals = at_once()
    totals.step([replace(pack(1), status=None), replace(pack(2), status=None)], 0.0)
    assert totals.step([replace(pack(1), status=None)], 20.0).status is None


PACKS = st.dictionaries(st.integers(1, 5), st.floats(0, 50), min_size=1)


@given(st.lists(PACKS, min_size=2, max_size=12))
def test_whatever_falls_silent_never_raises_a_total(rounds: list[dict[int, float]]) -> None:
    """Limits change as they like meanwhile; only a pack that comes, or comes back, may raise the total."""
    totals, there, before = at_once(), set[int](), 0.0
    for now_s, limits in enumerate(rounds):
        total = charge_a(totals.step([weak(number, limit_a) for number, limit_a in limits.items()], float(now_s)))
        assert total is not None
        if there - set(limits) and not set(limits) - there:
            assert total <= before
        there, before = set(limits), total
