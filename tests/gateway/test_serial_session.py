"""A session on a serial line: the same contract, spoken only when the inverter asks."""

from __future__ import annotations

import pytest
from tests.gateway.bench import reading
from tests.protocols.seriallines import MANNERS, OPTIONS, battery, inverter

from openress.gateway.caps import Caps
from openress.gateway.hold import State
from openress.gateway.setup import PackMaxima, SessionSetup, build_serial_session
from openress.gateway.supervise import LISTEN_S, Habits, Line, Trouble
from openress.gateway.voice import Exchange
from openress.gateway.words import report_json
from openress.inverters import FailSafe
from openress.model import RackSample
from openress.protocols import find_dialect
from openress.protocols.base import Direction
from openress.protocols.canbus import InverterView
from openress.protocols.serialbus import SerialBattery

STEP_S = 0.005
READ_EVERY_S = 0.5


class Line485:
    """A session, an inverter and perhaps another battery on one line, in simulated time."""

    def __init__(self, dialect: str, manner: str | None = None, *, caps: Caps | None = None) -> None:
        self.setup = SessionSetup(
            dialect,
            fail_safe=FailSafe(),
            habits=Habits("The inverter"),
            caps=caps or Caps(),
            maxima=PackMaxima(None, 50.0, 100.0, 16),
            expected=2,
            serial=OPTIONS,
        )
        self.session = build_serial_session(self.setup, 0.0)
        self.inverter = inverter(dialect, manner)
        self.other: SerialBattery | None = None
        self.now_s = self.read_s = 0.0
        self.asked: list[tuple[float, bytes]] = []
        self.sent: list[tuple[float, bytes]] = []
        self.frozen_s: float | None = None

    def rack(self) -> RackSample:
        return reading(self.now_s if self.frozen_s is None else min(self.now_s, self.frozen_s))

    def run(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        while self.now_s < end_s - 1e-9:
            due = [self.inverter.next_due_s, self.session.next_due_s, *self._other_due()]
            self.now_s = max(self.now_s + STEP_S, min(due))
            if self.now_s - self.read_s >= READ_EVERY_S:
                self.read_s = self.now_s
                self.session.see(self.rack(), self.now_s, 10.0)
            for question in self.inverter.due(self.now_s):
                self.asked.append((self.now_s, question))
                self.session.hear(question, self.now_s)
                if self.other is not None:
                    self.other.feed(question, self.now_s)
            for answer in self.session.due(Line.WORKS, self.now_s):
                self.sent.append((self.now_s, answer))
                self.inverter.feed(answer, self.now_s)
            if self.other is not None:
                for answer in self.other.due(reading(self.now_s), self.now_s):
                    self.session.hear(answer, self.now_s)
                    self.inverter.feed(answer, self.now_s)

    def _other_due(self) -> list[float]:
        due_s = None if self.other is None else self.other.next_due_s
        return [] if due_s is None else [due_s]

    @property
    def view(self) -> InverterView:
        return self.inverter.view


def decoder_of(dialect: str):
    make = find_dialect(dialect).parts().decoder
    assert make is not None
    return make()


@pytest.mark.parametrize(("dialect", "manner"), MANNERS)
def test_every_manner_is_answered_and_its_limits_rise_from_0(dialect: str, manner: str):
    line = Line485(dialect, manner)
    line.run(40.0)
    assert line.inverter.believes
    assert line.sent[0][0] > LISTEN_S
    limits = line.view.limits
    if limits is not None and limits.charge_current_limit_a is not None:
        assert limits.charge_current_limit_a == pytest.approx(100.0)
    report = line.session.report(line.now_s)
    assert report.told.state is State.LIVE
    assert report.talks
    assert not report.alarms
    assert {frame.question for frame in report.frames if isinstance(frame, Exchange)} <= {q for _, q in line.asked}


def test_the_report_reads_every_answer_after_its_question():
    line = Line485("pylontech", "axpert", caps=Caps(charge_current_a=30.0))
    line.run(30.0)
    found = report_json(line.session.report(line.now_s), decoder_of("pylontech"))
    frames = {frame["question"][7:9]: frame for frame in found["frames"]}
    assert set(frames) == {"4F", "42", "92"}
    assert frames["92"]["frame"].startswith("~20024600")
    assert frames["92"]["values"]["charge_current_limit_a"] == pytest.approx(30.0)
    assert found["told"]["charge_current_limit_a"] == pytest.approx(30.0)
    assert "you allow no more than" in " ".join(found["why"])


def test_without_a_decoder_and_with_registers_the_bytes_are_told():
    line = Line485("growatt-485")
    line.run(10.0)
    (frame,) = report_json(line.session.report(line.now_s), None)["frames"]
    assert frame["question"] == "01 03 00 10 00 13 05 C2"
    assert frame["frame"].startswith("01 03 26 ")


@pytest.mark.parametrize(("dialect", "manner"), MANNERS)
def test_data_that_grow_old_allow_nothing_and_then_get_no_answer(dialect: str, manner: str):
    line = Line485(dialect, manner)
    line.run(40.0)
    line.frozen_s = line.now_s
    fail_safe, at_s = line.setup.fail_safe, line.now_s
    line.run(fail_safe.zero_s(10.0) + 5.0)
    limits, requests = line.view.limits, line.view.requests
    asks_limits_alone = dialect in ("pylontech", "voltronic-485") and requests is not None
    if asks_limits_alone:
        assert limits is not None
        assert (limits.charge_current_limit_a, limits.discharge_current_limit_a) == (0.0, 0.0)
        assert (requests.charge_enabled, requests.discharge_enabled) == (False, False)
    # Nothing that was measured is told any more.
    late = line.session.report(line.now_s).frames
    reads = decoder_of(dialect)
    for exchange in late:
        assert isinstance(exchange, Exchange)
        reads.read(exchange.question, Direction.TO_BATTERY)
        values = reads.read(exchange.answer, Direction.FROM_BATTERY).values
        assert values.get("soc_pct") is None
    line.run(fail_safe.silent_s(10.0))
    assert line.sent[-1][0] - at_s <= fail_safe.silent_s(10.0) + 1.0
    assert not line.inverter.believes
    assert line.session.report(line.now_s).told.rack is None


@pytest.mark.parametrize("dialect", sorted({name for name, _ in MANNERS}))
def test_beside_another_battery_nothing_is_said_and_it_is_told(dialect: str):
    line = Line485(dialect)
    line.other = battery(dialect)
    line.run(40.0)
    assert line.sent == []
    (alarm,) = [a for a in line.session.report(line.now_s).alarms if a.trouble is Trouble.RIVAL]
    assert "Another battery answers the inverter" in alarm.sentence
    line.other = None
    line.run(70.0)
    assert line.sent
    assert not line.session.report(line.now_s).alarms


def test_an_inverter_that_never_asks_is_missed():
    line = Line485("pylontech")
    for second in range(70):
        line.session.see(reading(float(second)), float(second), 10.0)
        assert line.session.due(Line.OPENING, float(second)) == []
    (alarm,) = line.session.report(70.0).alarms
    assert alarm.trouble is Trouble.INVERTER_SILENT
    assert "has not asked anything yet" in alarm.sentence


def test_one_that_asks_rarely_still_sees_its_limits_rise():
    line = Line485("growatt-485")
    question = line.inverter.due(0.0)[0]
    for second in range(101):
        line.session.see(reading(float(second)), float(second), 10.0)
        line.session.due(Line.WORKS, float(second))
        if second % 8 == 0:
            line.session.hear(question, float(second))
            line.session.due(Line.WORKS, second + 0.01)
    said = line.session.report(100.0).said
    assert said is not None
    assert said.charge_current_limit_a == pytest.approx(100.0)
