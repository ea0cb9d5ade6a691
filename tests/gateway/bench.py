"""Readings and machines for tests of the gateway."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.samples import rack

from openress.gateway.caps import Caps
from openress.gateway.hold import Hold, State, Told
from openress.inverters import FailSafe
from openress.model import RackSample

FULL = Caps(charge_current_a=100.0, discharge_current_a=200.0)
RISE_S = 20.0


def reading(at_s: float = 0.0, *, packs: int = 2, **limits: Any) -> RackSample:
    """A rack of healthy packs that allows 100 A of charge and 100 A of discharge unless told otherwise."""
    sample = rack(packs, at_s=at_s)
    assert sample.limits is not None
    return replace(sample, limits=replace(sample.limits, **limits))


def measured(sample: RackSample, **analog: Any) -> RackSample:
    assert sample.analog is not None
    return replace(sample, analog=replace(sample.analog, **analog))


def new_hold(
    fail_safe: FailSafe | None = None, *, caps: Caps | None = None, full: Caps = FULL, expected: int = 1
) -> Hold:
    return Hold(fail_safe or FailSafe(rise_s=RISE_S), caps=caps or Caps(), ceiling=lambda _: full, expected=expected)


def currents(told: Told) -> tuple[float | None, float | None]:
    assert told.rack is not None
    assert told.rack.limits is not None
    return told.rack.limits.charge_current_limit_a, told.rack.limits.discharge_current_limit_a


def risen(hold: Hold, *, until_s: float = 60.0, **limits: Any) -> float:
    """Run on fresh readings until everything has risen; gives the time."""
    now_s = 0.0
    while now_s < until_s:
        hold.see(reading(now_s, **limits), now_s)
        assert hold.tell(now_s).state is State.LIVE
        now_s += 1.0
    return now_s - 1.0
