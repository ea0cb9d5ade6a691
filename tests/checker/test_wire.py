"""A correct conversation with one thing damaged: each invariant of the wire must fire, and none may before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf, nan

import pytest
from tests.samples import rack

from openress.checker import Breach
from openress.checker.spoken import Bounds, Spoken, Times
from openress.checker.telling import Sent, altered, broken_off, coarsened, disturbed
from openress.checker.wire import WireChecker
from openress.model import Limits, RackSample

TIMES = Times()
BOUNDS = Bounds(charge_voltage_v=57.0, charge_a=150.0, discharge_a=150.0)
RISEN_S = 30.0


def reading(at_s: float, **limits: float | bool | None) -> RackSample:
    """Two packs that allow 100 A each way."""
    sample = rack(2, at_s=at_s)
    assert sample.limits is not None
    return replace(sample, limits=replace(sample.limits, **limits))  # type: ignore[arg-type]


def at_full(at_s: float) -> Spoken:
    return Spoken(at_s, 56.0, 100.0, 100.0, 48.0, measured=True)


def stopped(at_s: float) -> Spoken:
    return Spoken(at_s, 56.0, 0.0, 0.0, 48.0)


def rising() -> WireChecker:
    """A checker that has seen a correct start: from 0 to 100 A in twenty seconds, fresh all the while."""
    checker = WireChecker(TIMES, BOUNDS)
    second = 0.0
    while second <= RISEN_S:
        checker.given(reading(second), second)
        share = min(1.0, second / TIMES.rise_s)
        assert checker.spoken(replace(at_full(second), charge_a=100.0 * share, discharge_a=100.0 * share)) == []
        second += 1.0
    return checker


def names(breaches: list[Breach]) -> list[str]:
    return [breach.invariant for breach in breaches]


@dataclass(frozen=True)
class Case:
    """What is said so long after the last reading, and which invariants must say something."""

    name: str
    after_s: float
    said: Callable[[float], Spoken]
    invariants: tuple[str, ...]
    prepare: Callable[[WireChecker, float], None] = lambda _checker, _now_s: None


def given(**limits: float | bool | None) -> Callable[[WireChecker, float], None]:
    return lambda checker, now_s: checker.given(reading(now_s, **limits), now_s)


def failed(checker: WireChecker, now_s: float) -> None:
    checker.failed(now_s)


def zeros(checker: WireChecker, now_s: float) -> None:
    assert checker.spoken(stopped(now_s - 1.0)) == []


def remote(checker: WireChecker, now_s: float) -> None:
    checker.given(reading(now_s), now_s)
    checker.commanded(Bounds(charge_a=20.0), now_s)


def late(checker: WireChecker, now_s: float) -> None:
    """A remote limit that began 100 s ago, with the local values still fresh."""
    checker.commanded(Bounds(charge_a=20.0), now_s - 100.0)
    checker.given(reading(now_s), now_s)


CASES = [
    Case("live", 1.0, at_full, ()),
    Case("live until the end of fresh", 10.0, at_full, ()),
    Case("measured values that are old", 11.0, at_full, ("S11",)),
    Case("zero while old", 16.0, stopped, ()),
    Case("anything but zero beyond the ramp", 16.0, lambda t: replace(stopped(t), charge_a=0.1), ("S11",), zeros),
    Case("discharge beyond the ramp", 16.0, lambda t: replace(stopped(t), discharge_a=0.1), ("S11",), zeros),
    Case("zeros beyond the silence", 31.0, stopped, ("S11",)),
    Case("more than the reading", 1.0, at_full, ("S11",), given(charge_current_limit_a=60.0)),
    Case("a direction that is disabled", 1.0, at_full, ("S11",), given(discharge_enabled=False)),
    Case("a limit made of no number", 1.0, at_full, ("S11",), given(charge_current_limit_a=nan)),
    Case("a limit made of a negative one", 1.0, at_full, ("S11",), given(discharge_current_limit_a=-100.0)),
    Case("above the cap", 1.0, lambda t: replace(at_full(t), charge_voltage_v=57.5), ("S6",), given()),
    Case("no number", 1.0, lambda t: replace(at_full(t), charge_a=nan), ("S7",), given()),
    Case("infinite", 1.0, lambda t: replace(at_full(t), charge_voltage_v=inf), ("S7",), given()),
    Case("negative", 1.0, lambda t: replace(at_full(t), discharge_a=-1.0), ("S7",), given()),
    Case("cut-off above charge", 1.0, lambda t: replace(at_full(t), discharge_voltage_v=56.0), ("S7",), given()),
    Case("too fast", 1.0, lambda t: replace(at_full(t), charge_a=140.0), ("S12",), given(charge_current_limit_a=140.0)),
    Case("at once after a gap", 60.0, at_full, ("S12", "S12"), given()),
    Case("from 0 after a gap", 60.0, stopped, (), given()),
    Case("anything after a failure", 1.0, at_full, ("S24", "S24"), failed),
    Case("zeros after a failure", 1.0, stopped, (), failed),
    Case("a new reading after a failure", 1.0, at_full, (), lambda c, t: (failed(c, t), c.given(reading(t), t))[1]),
    Case("a remote limit", 1.0, at_full, ("S15",), remote),
    Case("below a remote limit", 1.0, lambda t: replace(at_full(t), charge_a=20.0), (), remote),
    Case("a remote limit for ever", 1.0, lambda t: replace(at_full(t), charge_a=20.0), ("S15",), late),
    Case("forced", 1.0, lambda t: replace(at_full(t), forced=True), ("S15",), given()),
    Case("forced by the packs", 1.0, lambda t: replace(at_full(t), forced=True), (), given(charge_immediately=True)),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_damaged_conversation(case: Case):
    checker = rising()
    now_s = RISEN_S + case.after_s
    case.prepare(checker, now_s)
    assert names(checker.spoken(case.said(now_s))) == list(case.invariants)


def test_s11_nothing_was_ever_read():
    assert names(WireChecker(TIMES).spoken(stopped(0.0))) == ["S11"]


def test_s12_a_start_at_more_than_zero():
    checker = WireChecker(TIMES)
    checker.given(reading(0.0), 0.0)
    assert names(checker.spoken(at_full(0.0))) == ["S12", "S12"]


def test_s11_a_limit_that_rises_on_old_data():
    checker = rising()
    assert checker.spoken(replace(stopped(RISEN_S + 11.0), charge_a=40.0)) == []
    assert names(checker.spoken(replace(stopped(RISEN_S + 12.0), charge_a=41.0))) == ["S11"]


DECIDED = Limits(0.0, 56.04, 50.06, 49.99, 47.96)
ROUNDED = Spoken(0.0, 56.0, 50.0, 49.9, 48.0)


@pytest.mark.parametrize(
    ("said", "breaks"),
    [
        (ROUNDED, False),
        (replace(ROUNDED, charge_voltage_v=56.1), True),
        (replace(ROUNDED, charge_a=50.1), True),
        (replace(ROUNDED, discharge_a=50.0), True),
        (replace(ROUNDED, discharge_voltage_v=47.9), True),
        (replace(ROUNDED, discharge_voltage_v=47.9, discharge_a=0.0), False),
        (replace(ROUNDED, charge_a=nan), True),
    ],
)
def test_s22_rounding_goes_to_the_safe_side(said: Spoken, breaks: bool):
    assert names(coarsened(DECIDED, said)) == ["S22"] * breaks


def test_s22_what_was_not_decided_permits_nothing():
    assert names(coarsened(replace(DECIDED, charge_current_limit_a=None), ROUNDED)) == ["S22"]
    assert coarsened(replace(DECIDED, charge_current_limit_a=None), replace(ROUNDED, charge_a=0.0)) == []


RUN = tuple(Sent(float(second), identifier, bytes([second])) for second in range(5) for identifier in (0x351, 0x355))


def test_s14_runs_that_differ_in_a_byte_or_in_length():
    assert altered(RUN, RUN) == []
    assert altered(RUN, tuple(replace(frame, at_s=frame.at_s + 0.01) for frame in RUN)) == []
    assert names(altered(RUN, (*RUN[:4], replace(RUN[4], data=b"\xff"), *RUN[5:]))) == ["S14"]
    assert names(altered(RUN, (replace(RUN[0], id=0x352), *RUN[1:]))) == ["S14"]
    assert names(altered(RUN, RUN[:-1])) == ["S14"]


def test_s25_a_frame_that_is_left_out_is_a_cycle_too_late():
    assert disturbed(RUN, 1.0) == []
    assert disturbed([frame for frame in RUN if frame.at_s != 2.0], 1.0) == []
    missing = [frame for frame in RUN if frame.at_s not in (2.0, 3.0)]
    assert names(disturbed(missing, 1.0)) == ["S25", "S25"]


def test_s17_an_end_without_zeros():
    assert broken_off([]) == []
    orderly = [at_full(0.0), *(stopped(float(second)) for second in range(1, 7))]
    assert broken_off(orderly) == []
    assert names(broken_off([at_full(0.0), at_full(1.0)])) == ["S17"]
    assert names(broken_off([at_full(0.0), stopped(1.0), stopped(2.0)])) == ["S17"]
