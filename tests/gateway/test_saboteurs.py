"""Gateways with one defect each: the checker on the wire must find it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gateway.bench import reading
from tests.gateway.wire import TICK_S, Wire, frozen_at, new_wire

from openress.checker.spoken import Bounds
from openress.checker.telling import Sent, altered, broken_off
from openress.codec.canframe import CanFrame
from openress.gateway import hold as hold_module
from openress.gateway.caps import Caps
from openress.gateway.chain import Chain
from openress.gateway.hold import Hold
from openress.inverters.failsafe import FailSafe, Stage
from openress.model import Limits, RackSample

DIALECT = "pylontech-can"


def found(wire: Wire, seconds: float) -> set[str]:
    wire.run(seconds)
    return {breach.invariant for breach in wire.breaches}


def test_a_gateway_without_a_defect_is_not_accused():
    assert found(new_wire(DIALECT, frozen_at(40.0)), 90.0) == set()


def test_s11_a_gateway_that_repeats_the_last_values(monkeypatch):
    monkeypatch.setattr(FailSafe, "stage", lambda *_: Stage.LIVE)
    monkeypatch.setattr(hold_module, "is_fresh", lambda *_: True)
    assert found(new_wire(DIALECT, frozen_at(40.0)), 90.0) == {"S11"}


def test_s11_a_gateway_that_tells_old_measurements(monkeypatch):
    def unmeasured(rack: RackSample, limits: Limits, now_s: float) -> RackSample:
        return replace(rack, at_s=now_s, limits=limits)

    monkeypatch.setattr(hold_module, "_unmeasured", unmeasured)
    assert found(new_wire(DIALECT, frozen_at(40.0)), 90.0) == {"S11"}


def test_s11_a_gateway_that_says_zero_for_ever(monkeypatch):
    stage = FailSafe.stage
    monkeypatch.setattr(
        FailSafe, "stage", lambda *given: Stage.STOPPED if stage(*given) is Stage.SILENT else stage(*given)
    )
    assert found(new_wire(DIALECT, frozen_at(40.0)), 90.0) == {"S11"}


def test_s12_a_gateway_that_does_not_rise_slowly(monkeypatch):
    monkeypatch.setattr(Hold, "_risen", lambda *_: Caps())
    assert found(new_wire(DIALECT), 30.0) == {"S12"}


def test_s6_a_gateway_that_forgets_the_caps(monkeypatch):
    run = Chain.run

    def uncapped(self: Chain, rack: RackSample, remote: Caps) -> object:
        return run(Chain(Caps(), self._ceiling), rack, remote)

    monkeypatch.setattr(Chain, "run", uncapped)
    assert found(new_wire(DIALECT, caps=Caps(charge_current_a=30.0)), 40.0) == {"S6"}


def test_s15_a_gateway_that_never_forgets_a_remote_command(monkeypatch):
    monkeypatch.setattr(Hold, "_remote_caps", lambda self, _now_s: self._remote[0] if self._remote else Caps())
    wire = new_wire(DIALECT)
    wire.run(40.0)
    wire.session.set_remote(Caps(charge_current_a=20.0), wire.now_s)
    wire.checker.commanded(Bounds(charge_a=20.0), wire.now_s)
    assert found(wire, 120.0) == {"S15"}


def test_s15_a_remote_command_that_ends_in_time():
    wire = new_wire(DIALECT)
    wire.run(40.0)
    wire.session.set_remote(Caps(charge_current_a=20.0), wire.now_s)
    wire.checker.commanded(Bounds(charge_a=20.0), wire.now_s)
    assert found(wire, 120.0) == set()
    assert wire.said[-1].charge_a == 100.0


def test_s22_a_gateway_whose_wire_says_more_than_was_decided(monkeypatch):
    wire = new_wire(DIALECT)
    feed = wire.listener.feed

    def more(frame: CanFrame, now_s: float) -> None:
        if frame.id == 0x351:
            frame = CanFrame(frame.id, bytes([frame.data[0] + 1, *frame.data[1:]]))
        feed(frame, now_s)

    monkeypatch.setattr(wire.listener, "feed", more)
    assert found(wire, 20.0) == {"S22"}


def test_s17_the_end_of_a_session_is_orderly_and_one_that_is_broken_off_is_found():
    wire = new_wire(DIALECT)
    wire.run(40.0)
    assert [breach.invariant for breach in broken_off(wire.said)] == ["S17"]
    wire.session.end(wire.now_s)
    wire.run(20.0)
    assert broken_off(wire.said) == []
    assert wire.silence_s() > 10.0


@settings(max_examples=25)
@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_s14_no_byte_depends_on_the_time_of_day(shift_s: float, packs: int):
    """The whole session is a function of ages: moved to any other time it says the same."""

    def run(start_s: float) -> list[Sent]:
        def source(now_s: float) -> RackSample | None:
            return reading(start_s + min(now_s, 12.0), packs=1 + packs)

        shifted = new_wire("victron-can", source)
        shifted.now_s = start_s
        shifted.source = lambda now_s: source(round(now_s - start_s, 3))
        shifted.session = Wire("victron-can", shifted.source, shifted.setup, shifted.inverter, now_s=start_s).session
        for _ in range(round(20.0 / TICK_S)):
            shifted.step()
        return [replace(sent, at_s=0.0) for sent in shifted.sent]

    assert altered(run(0.0), run(round(shift_s))) == []


class Failing:
    """A battery whose computing fails once, at a given time, and then works again."""

    def __init__(self, wire: Wire, at_s: float) -> None:
        self._due = wire.session._voice.battery.due
        self._at_s = at_s

    def due(self, told: RackSample, now_s: float) -> list[CanFrame]:
        if now_s >= self._at_s:
            self._at_s = 1e9
            raise ZeroDivisionError
        return self._due(told, now_s)


def failing_at(wire: Wire, at_s: float) -> None:
    wire.session._voice.battery.due = Failing(wire, at_s).due  # type: ignore[method-assign]


def test_s24_after_a_fault_the_session_begins_anew():
    """The process dies of it; its successor listens, waits for a complete set and begins at 0."""
    wire = new_wire(DIALECT)
    failing_at(wire, 40.0)
    with pytest.raises(ZeroDivisionError):
        wire.run(60.0)
    wire.checker.failed(wire.now_s)
    wire.session = replace(wire).session
    assert found(wire, 40.0) == set()
    anew = [said for said in wire.said if said.at_s > 40.0]
    assert (anew[0].charge_a, anew[-1].charge_a) == (0.0, 100.0)


def test_s24_a_gateway_that_says_the_previous_frames_after_a_fault():
    wire = new_wire(DIALECT)
    wire.run(40.0)
    wire.checker.failed(wire.now_s)
    wire.source = lambda _: None
    assert "S24" in found(wire, 2.0)
