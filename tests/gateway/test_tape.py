"""A taped session: in every dialect it goes on from what was marked, byte by byte, and a lost step is a gap."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.gateway.bench import reading
from tests.gateway.line485 import Line485
from tests.gateway.wire import PROFILES, inverter_for, setup_for
from tests.protocols.seriallines import MANNERS

from openress.errors import StateError
from openress.gateway import taped as taped_module
from openress.gateway.caps import Caps
from openress.gateway.memento import Memento, differences, overlay
from openress.gateway.setup import Auto, SessionSetup, build_session
from openress.gateway.supervise import Line
from openress.gateway.tape import MOST_WAITING, Began, Due, Marked, Saw, Step, Tape
from openress.gateway.taped import AnySession, TapedSession, any_session, marked, resumed
from openress.incidents.coding import decode, encode
from openress.incidents.events import Event, Kind
from openress.incidents.incident import About, Incident
from openress.incidents.ring import Head
from openress.incidents.running import run_again

CAN_SETUPS = [setup_for(name, caps=Caps(soc_max_pct=99.0)) for name in PROFILES]
PREFERRED = (Auto("pylontech-can"), Auto("pylontech-can-v13", probe=True))
AUTO = [replace(setup_for("auto"), auto=auto) for auto in PREFERRED]


def on_can(setup: SessionSetup, seconds: float) -> list[Step]:
    """The tape of a session with an inverter that answers."""
    steps: list[Step] = []
    session = TapedSession(build_session(setup, 0.0), setup, 0.0, steps.append)
    inverter = inverter_for(setup.dialect if setup.auto is None else "pylontech-can")
    for tick in range(int(seconds * 4)):
        now_s = tick * 0.25
        if tick % 4 == 0:
            session.see(reading(now_s, charge_current_limit_a=100.0 - tick % 50), now_s, 10.0)
        for frame in inverter.due(now_s):
            session.hear(frame, now_s)
        if tick == 30:
            session.set_remote(Caps(None, 40.0), now_s)
        if tick == 60:
            session.line_lost()
        for frame in session.due(Line.WORKS, now_s):
            inverter.hear(frame, now_s)
    return steps


def incident(steps: list[Step], start: int) -> Incident:
    began, mark = steps[0], steps[start]
    assert isinstance(began, Began)
    head = Head(began, mark if isinstance(mark, Marked) else None)
    head = Head(decode(json.loads(json.dumps(encode(head.began)))), decode(json.loads(json.dumps(encode(head.mark)))))
    event = Event(0.0, Kind.STALE, "x", "x")
    return Incident(About("x", "1", event, (), 0.0, 0.0, 0.0, "x", {}), head, tuple(steps[start:]))


def marks(steps: list[Step]) -> list[int]:
    return [place for place, step in enumerate(steps) if isinstance(step, Marked)]


@pytest.mark.parametrize("setup", [*CAN_SETUPS, *AUTO], ids=lambda setup: f"{setup.dialect} {setup.auto}")
def test_on_can_it_goes_on_from_every_mark_byte_by_byte(setup: SessionSetup, monkeypatch):
    monkeypatch.setattr(taped_module, "MARK_EVERY_S", 9.0)
    steps = on_can(setup, 26.0)
    places = marks(steps)
    assert len(places) == 2
    assert sum(len(step.sent) for step in steps if isinstance(step, Due)) > 0
    for start in (0, *places):
        moments = list(run_again(incident(steps, start)))
        assert len(moments) > 15
        assert [moment.at_s for moment in moments if not moment.same] == []


@pytest.mark.parametrize("auto", [None, Auto()], ids=["named", "recognised"])
@pytest.mark.parametrize(("dialect", "manner"), MANNERS)
def test_on_a_serial_line_it_goes_on_from_every_mark(dialect: str, manner: str, auto: Auto | None, monkeypatch):
    monkeypatch.setattr(taped_module, "MARK_EVERY_S", 9.0)
    steps: list[Step] = []
    line = Line485(dialect, manner, auto=auto)
    line.session = TapedSession(line.session, line.setup, 0.0, steps.append)
    line.run(20.0)
    assert line.sent
    places = marks(steps)
    assert len(places) == 2
    for start in (0, *places):
        assert [moment.at_s for moment in run_again(incident(steps, start)) if not moment.same] == []


def test_what_a_changed_set_up_decides_is_not_overlaid():
    setup = setup_for("pylontech-can")
    steps = on_can(setup, 40.0)
    mark = steps[marks(steps)[0]]
    assert isinstance(mark, Marked)
    other = replace(setup, caps=Caps(None, 7.0))
    session: AnySession = resumed(other, 0.0, mark)
    session.see(reading(30.0), 30.0, 10.0)
    session.due(Line.WORKS, 31.0)
    told = session.report(31.0).told.rack
    assert told is not None
    assert told.limits is not None
    assert told.limits.charge_current_limit_a == 7.0


def test_nothing_is_known_of_a_new_session():
    setup = setup_for("pylontech-can")
    assert marked(any_session(setup, 0.0), setup, 0.0, 0.0) == Marked(0.0, Memento())


class Odd:
    def __init__(self, inner: object = None) -> None:
        self.inner = inner


def test_what_is_no_data_is_refused_and_what_has_no_place_is_left_out():
    with pytest.raises(StateError, match=r"Odd\.inner cannot be written down"):
        differences(Odd(Odd()), Odd())
    with pytest.raises(StateError, match=r"Odd\.inner cannot be written down"):
        differences(Odd([Odd()]), Odd([]))
    with pytest.raises(StateError, match=r"Odd\.inner cannot be written down"):
        differences(Odd([Odd(1)]), Odd([Odd(2)]))
    assert differences(Odd([Odd(2)]), Odd([Odd(2)])) == Memento()
    known = differences(Odd(Odd(3)), Odd(Odd(2)))
    assert known == Memento({}, {"inner": Memento({"inner": 3})})
    new = Odd(Odd(2))
    overlay(new, {"gone": 1}, known.parts)
    assert new.inner.inner == 3
    assert not hasattr(new, "gone")


def test_steps_that_nobody_takes_in_time_are_a_gap_and_cost_no_memory():
    tape = Tape()
    for number in range(MOST_WAITING + 5):
        tape.put(Saw(float(number), number, 10.0, None))
    before, steps = tape.take()
    assert (before, len(steps)) == (0, MOST_WAITING)
    tape.put(Saw(0.0, 0, 10.0, None))
    assert tape.take() == (MOST_WAITING + 5, (Saw(0.0, 0, 10.0, None),))
    assert tape.take() == (MOST_WAITING + 6, ())
