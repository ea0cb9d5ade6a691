"""A gateway that goes on for another: never more than before, no younger than it was, only what is certainly ours."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.gateway.bench import currents, new_hold, reading
from tests.gateway.handoversamples import FOUND
from tests.gateway.test_serial_session import Line485
from tests.gateway.wire import Wire, new_wire, setup_for
from tests.protocols.seriallines import battery, inverter
from tests.samples import pack, with_limits

from openress.bms.aggregate import aggregate
from openress.checker.gaps import late, longest_gap_s
from openress.checker.telling import Sent
from openress.gateway.caps import Caps
from openress.gateway.explain import explained
from openress.gateway.handover import HandOver
from openress.gateway.setup import Auto, build_serial_session, build_session
from openress.gateway.supervise import LISTEN_S
from openress.invertercatalog import inverters
from openress.inverters import Topic
from openress.model import RackSample

SHORTEST_TIME_OUT_S = min(
    fact.seconds for one in inverters().values() if (fact := one.facts.get(Topic.TIME_OUT)) and fact.seconds
)


def restarted(wire: Wire, down_s: float) -> HandOver:
    """Kill the gateway of a wire; its successor begins `down_s` later."""
    found = wire.session.report(wire.now_s).hand_over
    assert found is not None
    wire.inverter.due(wire.now_s)
    wire.now_s = round(wire.now_s + down_s, 6)
    wire.session = build_session(wire.setup, wire.now_s)
    assert wire.session.take_over(found, wire.now_s) is None
    wire.checker.restarted()
    return found


@pytest.mark.parametrize("dialect", ["pylontech-can", "victron-can", "sma-can"])
def test_f15_a_restart_during_charge_leaves_no_gap_in_which_an_inverter_misses_the_battery(dialect: str):
    wire = new_wire(dialect)
    wire.run(40.0)
    before = wire.said[-1]
    restarted(wire, 1.0)
    wire.run(20.0)
    assert wire.breaches == []
    assert late(wire.sent, SHORTEST_TIME_OUT_S) == []
    assert longest_gap_s(wire.sent) > 1.0
    after = [said for said in wire.said if said.at_s > 40.0]
    assert (after[0].charge_a, after[0].discharge_a) == (before.charge_a, before.discharge_a) == (100.0, 100.0)


def test_f15_without_a_hand_over_the_gap_is_longer_and_the_currents_begin_at_0():
    wire = new_wire("victron-can")
    wire.run(40.0)
    wire.now_s += 1.0
    wire.session = build_session(wire.setup, wire.now_s)
    wire.run(20.0)
    assert late(wire.sent, SHORTEST_TIME_OUT_S)
    assert next(said for said in wire.said if said.at_s > 40.0).charge_a == 0.0


def test_whoever_was_silent_for_as_long_as_another_listens_listens_too():
    wire = new_wire("pylontech-can")
    wire.run(40.0)
    restarted(wire, LISTEN_S + 0.5)
    began_s = wire.now_s
    wire.run(10.0)
    assert min(sent.at_s for sent in wire.sent if sent.at_s > 40.0) >= began_s + LISTEN_S


def test_the_data_age_on_through_a_restart():
    frozen_s = 40.0
    wire = new_wire("pylontech-can", lambda now_s: reading(min(now_s, frozen_s)))
    wire.run(frozen_s + 12.0)
    fading = wire.said[-1].charge_a
    assert fading is not None
    assert 0.0 < fading < 100.0
    wire.source = lambda _now_s: None
    restarted(wire, 1.0)
    wire.run(40.0)
    after = [said for said in wire.said if said.at_s > frozen_s + 12.0]
    assert all(said.charge_a is not None and said.charge_a <= fading for said in after)
    assert {said.charge_a for said in after if said.at_s >= frozen_s + 15.0} == {0.0}
    assert after[-1].at_s <= frozen_s + 30.0
    assert wire.breaches == []


def test_nothing_rises_before_a_complete_valid_set():
    wire = new_wire("pylontech-can", expected=2)
    wire.run(15.0)
    assert wire.said[-1].charge_a is not None
    before = wire.said[-1].charge_a
    wire.source = lambda now_s: reading(now_s, packs=1)
    restarted(wire, 1.0)
    wire.run(5.0)
    assert {said.charge_a for said in wire.said[-4:]} == {min(before, 50.0)}
    assert wire.session.report(wire.now_s).told.steps[0].rule == "handed_over"
    assert (
        "the gateway was restarted and goes on with what was told last"
        in explained(wire.session.report(wire.now_s)).sentence
    )
    wire.source = reading
    wire.run(30.0)
    assert wire.said[-1].charge_a == 100.0
    assert wire.breaches == []


def test_what_an_incomplete_reading_forbids_holds_at_once():
    wire = new_wire("pylontech-can", expected=2)
    wire.run(40.0)
    blocked = lambda now_s: aggregate([with_limits(pack(1, at_s=now_s), charge_enabled=False)], now_s)  # noqa: E731
    wire.source = blocked
    restarted(wire, 1.0)
    wire.run(2.0)
    assert [said.charge_a for said in wire.said if said.at_s > 40.0][-1] == 0.0
    assert wire.breaches == []


def test_a_remote_command_and_a_closed_window_go_with_it():
    hold = new_hold(caps=Caps(soc_max_pct=52.0))
    for second in range(40):
        hold.set_remote(Caps(discharge_current_a=20.0), float(second))
        hold.see(reading(float(second)), float(second))
        told = hold.tell(float(second))
    found = hold.hand_over(told)
    assert found is not None
    assert (found.full, found.remote) == (False, Caps(discharge_current_a=20.0))
    other = new_hold(caps=Caps(soc_max_pct=52.0))
    assert other.take_over(replace(found, full=True), 40.0) is None
    other.see(reading(40.0), 40.0)
    limits = other.tell(40.0).rack
    assert limits is not None
    assert limits.limits is not None
    # Charge of 51.5 %: a window that was closed at 52 % opens at 50 %.
    assert (limits.limits.charge_current_limit_a, limits.limits.discharge_current_limit_a) == (0.0, 20.0)


def test_on_rs485_the_next_question_is_answered_with_what_was_told():
    line = Line485("pylontech", "axpert")
    line.run(40.0)
    found = line.session.report(line.now_s).hand_over
    assert found is not None
    line.now_s += 1.0
    line.session = build_serial_session(line.setup, line.now_s)
    assert line.session.take_over(found, line.now_s) is None
    line.run(20.0)
    run = [Sent(at_s, -1, data) for at_s, data in line.sent]
    assert longest_gap_s([sent for sent in run if sent.at_s > 35.0]) < 4.0
    assert line.view.limits is not None
    assert line.view.limits.charge_current_limit_a == pytest.approx(100.0)


def test_an_older_complete_reading_does_not_take_back_what_a_newer_one_forbade():
    hold = new_hold(expected=2)
    assert hold.take_over(FOUND, 41.0) is None
    hold.see(reading(42.0, packs=1, discharge_current_limit_a=20.0), 42.0)
    hold.see(reading(41.5, packs=2), 42.5)
    for now_s in (42.5, 43.0, 44.0):
        assert currents(hold.tell(now_s)) == (50.0, 20.0)
    hold.see(reading(44.0, packs=2), 44.0)
    _, discharge_a = currents(hold.tell(45.0))
    assert discharge_a is not None
    assert discharge_a > 20.0


def again(line: Line485, down_s: float, *, handed: bool = True) -> str | None:
    """Kill the gateway of a line; its successor begins `down_s` later."""
    found = line.session.report(line.now_s).hand_over
    assert found is not None
    line.now_s += down_s
    line.session = build_serial_session(line.setup, line.now_s)
    return line.session.take_over(found, line.now_s) if handed else None


def gap_s(line: Line485, from_s: float) -> float:
    return longest_gap_s([Sent(at_s, -1, data) for at_s, data in line.sent if at_s > from_s])


@pytest.mark.parametrize("dialect", ["pylontech", "growatt-485", "voltronic-485"])
def test_f15_a_recognised_dialect_is_gone_on_with(dialect: str):
    line, other = Line485(dialect, auto=Auto()), Line485(dialect, auto=Auto())
    for one, handed in ((line, True), (other, False)):
        one.run(40.0)
        again(one, 1.0, handed=handed)
        one.run(20.0)
    assert gap_s(line, 35.0) < 4.0
    assert gap_s(other, 35.0) > gap_s(line, 35.0)
    assert line.session.report(line.now_s).dialect == dialect
    assert line.inverter.believes
    limits = line.view.limits
    assert limits is not None
    assert limits.charge_current_limit_a == pytest.approx(100.0)


def test_a_recognised_dialect_is_gone_on_with_on_can_too():
    setup = replace(setup_for("victron-can"), dialect="auto", auto=Auto(prefer="pylontech-can"))
    wire = new_wire("victron-can")
    wire.setup = setup
    wire.session = build_session(setup, 0.0)
    wire.run(60.0)
    dialect = wire.session.report(wire.now_s).dialect
    assert dialect is not None
    found = restarted(wire, 1.0)
    assert found.dialect == dialect
    assert wire.session.report(wire.now_s).dialect == dialect
    wire.run(10.0)
    assert late([sent for sent in wire.sent if sent.at_s > 55.0], SHORTEST_TIME_OUT_S) == []


def test_what_was_recognised_is_not_gone_on_with_when_it_is_old_or_another_battery_has_come():
    line = Line485("pylontech", auto=Auto())
    line.run(40.0)
    why_not = again(line, 300.0)
    assert why_not is not None
    assert line.session.report(line.now_s).dialect is None
    line = Line485("pylontech", auto=Auto())
    line.run(40.0)
    # While the gateway was away for longer than it would listen, somebody else has taken its place.
    assert again(line, LISTEN_S + 2.0) is None
    killed_s = line.now_s
    line.other = battery("pylontech")
    line.run(30.0)
    assert [at_s for at_s, _ in line.sent if at_s >= killed_s] == []


def test_an_inverter_that_asks_otherwise_after_the_restart_is_recognised_anew():
    line = Line485("pylontech", auto=Auto())
    line.run(40.0)
    assert again(line, 1.0) is None
    line.inverter = inverter("growatt-485")
    line.run(60.0)
    assert line.session.report(line.now_s).dialect == "growatt-485"
    assert line.inverter.believes


@pytest.mark.parametrize("dialect", ["no-such", "pylontech-can", "daly"])
def test_a_handed_dialect_that_nobody_answers_in_is_left_alone(dialect: str):
    line = Line485("pylontech", auto=Auto())
    assert line.session.take_over(replace(FOUND, dialect=dialect), 42.0) is None
    assert line.session.report(42.0).dialect is None
    # Where the dialect is a setting, a hand-over changes nothing about it.
    set_ = Line485("pylontech")
    assert set_.session.take_over(replace(FOUND, dialect="growatt-485"), 42.0) is None
    assert set_.session.report(42.0).dialect == "pylontech"


@example(down_s=0.0, frozen_s=20.0, then=[(2, 1.0, 1.0), None, (1, 0.0, 0.0)])
@settings(max_examples=15)
@given(
    down_s=st.floats(0.0, 40.0),
    frozen_s=st.floats(20.0, 45.0),
    then=st.lists(
        st.one_of(st.none(), st.tuples(st.integers(1, 2), st.floats(0.0, 60.0), st.floats(0.0, 12.0))), max_size=30
    ),
)
def test_s11_s12_whatever_comes_after_a_restart(
    down_s: float, frozen_s: float, then: list[tuple[int, float, float] | None]
):
    """Never more than before until a complete set has come, never beyond the age, for any readings and any pause."""
    wire = new_wire("pylontech-can", lambda now_s: reading(min(now_s, frozen_s)), expected=2)
    wire.run(45.0)
    last = wire.said[-1]
    found = wire.session.report(wire.now_s).hand_over
    assert found is not None
    wire.now_s = round(wire.now_s + down_s, 6)
    wire.session = build_session(wire.setup, wire.now_s)
    wire.session.take_over(found, wire.now_s)
    complete = False

    def source(now_s: float) -> RackSample | None:
        nonlocal complete
        one = then[round((now_s - wire.began_s) * 2) % len(then)] if then else None  # type: ignore[attr-defined]
        if one is None:
            return None
        packs, charge_a, age_s = one
        complete = complete or (packs == 2 and age_s <= 10.0)
        return reading(now_s - age_s, packs=packs, charge_current_limit_a=charge_a)

    wire.began_s = wire.now_s  # type: ignore[attr-defined]
    wire.source = source
    for _ in range(40):
        count = len(wire.said)
        wire.step()
        for said in wire.said[count:]:
            if not complete:
                assert (said.charge_a or 0.0) <= (last.charge_a or 0.0)
                assert (said.discharge_a or 0.0) <= (last.discharge_a or 0.0)
                assert not said.measured
    assert [breach for breach in wire.breaches if breach.invariant in ("S6", "S7", "S11", "S22")] == []
