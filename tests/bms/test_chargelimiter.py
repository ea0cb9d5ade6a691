"""The charge current limiter: by order, or by itself above its start current until the charge ends."""

from __future__ import annotations

import pytest
from tests.bms.streams import Stream

from openress.bms.chargelimiter import ChargeLimiter
from openress.bms.measure import CURRENT_EFFECTIVE_A
from openress.model import LimitRule, Reason


def seen(limiter: ChargeLimiter, *currents_a: float | None) -> list[bool]:
    told = []
    for current_a in currents_a:
        limiter.step(current_a)
        told.append(limiter.is_in)
    return told


def test_without_a_start_current_it_waits_for_an_order() -> None:
    limiter = ChargeLimiter()
    assert seen(limiter, 0.0, 200.0) == [False, False]
    limiter.order(on=True)
    assert seen(limiter, 200.0, 0.0, -50.0, None) == [True] * 4
    limiter.order(on=False)
    assert seen(limiter, 200.0) == [False]


@pytest.mark.req("REQ-202")
def test_it_comes_in_above_its_start_and_stays_until_the_charge_ends() -> None:
    limiter = ChargeLimiter()
    limiter.start_above(40.0)
    assert seen(limiter, -80.0, 40.0, 40.1) == [False, False, True]
    # What the limiter itself does to the current does not take it out again, nor does a current that is not known.
    assert seen(limiter, 10.0, None, CURRENT_EFFECTIVE_A + 0.1) == [True] * 3
    assert seen(limiter, CURRENT_EFFECTIVE_A, 30.0, 41.0, -5.0) == [False, False, True, False]


def test_an_order_counts_more_than_the_start_current_and_a_new_start_current_ends_an_order_off() -> None:
    limiter = ChargeLimiter()
    limiter.start_above(40.0)
    assert seen(limiter, 50.0) == [True]
    limiter.order(on=False)
    assert seen(limiter, 50.0) == [False]
    limiter.start_above(30.0)
    assert seen(limiter, 20.0, 31.0) == [False, True]
    limiter.order(on=True)
    limiter.start_above(60.0)
    assert seen(limiter, 0.0) == [True]


@pytest.mark.req("REQ-202")
def test_the_pack_allows_10_a_while_it_is_in() -> None:
    stream = Stream().settled()
    stream.bms.start_limiter_above(40.0)
    stream.hold(1.0, current_a=39.0)
    assert stream.last.switches.limit is False
    stream.hold(1.0, current_a=45.0)
    assert stream.last.switches.limit is True
    limits = stream.last.limits
    assert (limits.charge_current_limit_a, limits.charge_reason) == (10.0, Reason(LimitRule.LIMITER, 10.0))
    stream.hold(1.0, current_a=10.0)
    assert stream.last.switches.limit is True
    stream.hold(60.0, 1000, current_a=0.0)
    assert stream.last.switches.limit is False
    assert stream.last.limits.charge_current_limit_a == 50.0
