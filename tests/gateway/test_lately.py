"""What is listed as being said: nothing that is not said any more, and everything with its age."""

from __future__ import annotations

import pytest
from tests.gateway.bench import reading
from tests.gateway.line485 import Line485
from tests.gateway.wire import new_wire

from openress.codec.canframe import CanFrame
from openress.gateway.lately import MISSED, Lately
from openress.gateway.onwire import on_wire
from openress.gateway.voice import Exchange
from openress.gateway.words import report_json
from openress.protocols import find_dialect


def test_a_kind_is_forgotten_three_of_its_own_periods_after_it_was_said_last():
    lately = Lately[str, str](1.0)
    for second in range(41):
        lately.note("often", f"often {second}", float(second))
        if second % 10 == 0:
            lately.note("rarely", f"rarely {second}", float(second))
    assert lately.words(40.5) == (("often 40", 0.5), ("rarely 40", 0.5))
    assert lately.words(40.0 + MISSED) == (("often 40", MISSED), ("rarely 40", MISSED))
    assert lately.words(43.5) == (("rarely 40", 3.5),)
    assert lately.words(40.0 + 10.0 * MISSED + 0.1) == ()
    # A kind that comes back after a long silence does not come every so often.
    lately.note("often", "again", 500.0)
    assert lately.words(503.5) == ()
    lately.note("often", "again", 510.0)
    assert lately.words(510.0)
    lately.clear()
    assert lately.words(510.0) == ()


def test_a_state_of_charge_that_is_not_sent_any_more_is_not_listed_as_if_it_were():
    frozen_s = 30.0
    wire = new_wire("pylontech-can", lambda now_s: reading(min(now_s, frozen_s)))
    make = find_dialect("pylontech-can").parts().can_decoder
    assert make is not None
    wire.run(frozen_s + 5.0)
    report = wire.session.report(wire.now_s)
    found = report_json(report, make())
    assert 0x355 in {frame.id for frame in report.frames if isinstance(frame, CanFrame)}
    assert all(0.0 <= frame["age_s"] <= 1.0 for frame in found["frames"])
    # The data are stale: limits go on, measured values do not.
    wire.run(12.0)
    report = wire.session.report(wire.now_s)
    ids = {frame.id for frame in report.frames if isinstance(frame, CanFrame)}
    assert 0x351 in ids
    assert not ids & {0x355, 0x356}
    assert "soc_pct" not in on_wire(report.frames, "pylontech-can")
    assert len(report.frame_ages_s) == len(report.frames)
    wire.run(40.0)
    assert wire.session.report(wire.now_s).frames == ()


@pytest.mark.parametrize("manner", ["axpert", "srne", "stack-master"])
def test_on_rs485_every_question_of_a_cycle_is_listed_with_the_age_of_its_answer(manner: str):
    line = Line485("pylontech", manner)
    line.run(40.0)
    report = line.session.report(line.now_s)
    exchanges = [frame for frame in report.frames if isinstance(frame, Exchange)]
    ours = next(question[3:5] for _, question in line.asked if question in {frame.question for frame in exchanges})
    asked = {question for at_s, question in line.asked if at_s > 25.0 and question[3:5] == ours}
    assert {frame.question for frame in exchanges} == asked
    assert max(report.frame_ages_s) < 12.0
    newest = max(at_s for at_s, _ in line.sent)
    assert min(report.frame_ages_s) == pytest.approx(line.now_s - newest)


def test_on_rs485_a_question_that_is_not_asked_any_more_leaves_the_list():
    line = Line485("pylontech", "axpert")
    line.run(40.0)
    gone = {frame.question for frame in line.session.report(line.now_s).frames if isinstance(frame, Exchange)}
    (kept,) = [question for question in gone if question[7:9] == b"92"]
    line.inverter = OneQuestion(kept)  # type: ignore[assignment]
    line.run(30.0)
    report = line.session.report(line.now_s)
    assert [frame.question for frame in report.frames if isinstance(frame, Exchange)] == [kept]


class OneQuestion:
    """An inverter that asks for one thing alone."""

    def __init__(self, question: bytes) -> None:
        self.question = question
        self.next_due_s = 0.0

    def due(self, now_s: float) -> list[bytes]:
        if now_s < self.next_due_s:
            return []
        self.next_due_s = now_s + 1.0
        return [self.question]

    def feed(self, data: bytes, now_s: float) -> None:
        """What comes back changes nothing."""
