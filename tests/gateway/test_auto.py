"""`auto`: the dialect is recognised by what the inverter says, and nothing is said to strangers or beside another."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.gateway.bench import reading
from tests.gateway.line485 import Line485
from tests.gateway.wire import OPTIONS as CAN_OPTIONS
from tests.gateway.wire import inverter_for, setup_for
from tests.protocols.seriallines import MANNERS, battery, inverter, reads, text

from openress.capturefile import parse_capture
from openress.codec.canframe import CanFrame
from openress.errors import ParameterError
from openress.gateway.overheard import KEEPS, UNKNOWN_AFTER_S, Overheard
from openress.gateway.session import Session
from openress.gateway.setup import Auto, SessionSetup, build_session
from openress.gateway.supervise import Line, Trouble
from openress.gateway.words import report_json
from openress.protocols.canbus import Heard, InverterView
from openress.protocols.inverter.automaticcan import PROBE_AFTER_S
from openress.protocols.inverter.recognisecan import PYLONTECH_CAN
from openress.sim.inverter import Quirk
from openress.unknownpolls import MOST_BYTES, UnknownPolls

FAMILIES = sorted({name for name, _ in MANNERS})


@pytest.mark.parametrize(("dialect", "manner"), MANNERS)
def test_every_family_is_recognised_within_three_polls_and_then_answered(dialect: str, manner: str):
    line = Line485(dialect, manner, auto=Auto())
    while line.session.report(line.now_s).dialect is None:
        line.run(0.5)
        assert line.now_s < 30.0
    assert len(line.asked) <= 3 or line.now_s <= 3.0
    assert line.session.report(line.now_s).dialect == dialect
    line.run(25.0)
    assert line.inverter.believes
    assert line.session.report(line.now_s).talks


@pytest.mark.parametrize("dialect", FAMILIES)
def test_beside_another_battery_the_recorder_hears_nothing_of_us(dialect: str):
    line = Line485(dialect, auto=Auto())
    line.other = battery(dialect)
    line.run(30.0)
    assert {who for _, who, _ in line.recorded} == {"inverter", "other"}
    assert Trouble.RIVAL in [alarm.trouble for alarm in line.session.report(line.now_s).alarms]
    # Once it has been gone for a minute, the inverter is recognised anew and answered.
    line.other = None
    line.run(70.0)
    assert line.sent
    assert not line.session.report(line.now_s).alarms


class Stranger:
    """An inverter that asks what nobody here knows."""

    def __init__(self, question: bytes) -> None:
        self.question = question
        self.next_due_s = 0.0
        self.view = InverterView()

    def due(self, now_s: float) -> list[bytes]:
        if now_s < self.next_due_s:
            return []
        self.next_due_s = now_s + 1.0
        return [self.question]

    def feed(self, data: bytes, now_s: float) -> None:
        raise AssertionError(f"{data.hex()} was said to a stranger at {now_s:g} s")


@pytest.mark.parametrize(
    "question", [reads(0x1200, 1), text(2, 0x42, "02", version=0x25), bytes.fromhex("DDA50300FFFD77")]
)
def test_a_stranger_hears_nothing_and_a_person_is_told(question: bytes):
    line = Line485("pylontech", auto=Auto())
    line.inverter = Stranger(question)  # type: ignore[assignment]
    line.run(30.0)
    assert line.sent == []
    report = line.session.report(line.now_s)
    assert report.dialect is None
    found = report_json(report, None)
    assert found["state"] == "recognising"
    assert "nothing is said" in found["sentence"]


def test_an_inverter_that_is_set_to_another_dialect_is_recognised_anew():
    line = Line485("pylontech", auto=Auto())
    line.run(10.0)
    line.inverter = inverter("growatt-485")
    line.run(60.0)
    assert line.session.report(line.now_s).dialect == "growatt-485"
    assert line.inverter.believes


def test_what_nobody_is_known_to_ask_is_held_and_then_let_go():
    overheard = Overheard()
    assert overheard.take(b"one", 0.0, known=False) == []
    assert overheard.take(b"two", 5.0, known=True) == []
    assert overheard.take(b"three", 6.0, known=False) == []
    assert overheard.take(b"four", 6.0 + UNKNOWN_AFTER_S, known=False) == [(6.0, b"three"), (16.0, b"four")]
    assert overheard.take(b"five", 17.0, known=False) == [(17.0, b"five")]
    flooded = Overheard()
    for _ in range(3):
        assert flooded.take(bytes(KEEPS), 0.0, known=False) == []
    assert len(flooded.take(b"last", 20.0, known=False)) == 1


def test_unknown_polls_become_a_capture_of_bounded_size(tmp_path: Path):
    said: list[str] = []
    polls = UnknownPolls(tmp_path, said.append)
    assert polls.path is None
    polls.take(100.0, b"\x01\x02")
    polls.take(101.5, b"\x03")
    path = polls.path
    assert path is not None
    assert str(path) in said[0]
    capture = parse_capture(path.read_text().splitlines())
    assert [(chunk.at_s, chunk.data) for chunk in capture.chunks] == [(0.0, b"\x01\x02"), (1.5, b"\x03")]
    assert capture.tapped
    for second in range(40):
        polls.take(102.0 + second, bytes(8000))
    assert path.stat().st_size <= MOST_BYTES
    assert len(said) == 1
    polls.close()


def test_a_disk_that_fails_is_told_once(tmp_path: Path):
    said: list[str] = []
    polls = UnknownPolls(tmp_path / "nowhere", said.append)
    polls.take(0.0, b"a")
    polls.take(1.0, b"b")
    assert len(said) == 1
    assert "cannot be recorded" in said[0]
    assert polls.path is None


# CAN


def can_setup(auto: Auto) -> SessionSetup:
    setup = setup_for("pylontech-can")
    return SessionSetup(
        "auto", CAN_OPTIONS, setup.fail_safe, setup.habits, setup.caps, setup.maxima, setup.expected, auto=auto
    )


class Bus:
    """A session that recognises and an inverter, in steps of half a second; a recorder hears all."""

    def __init__(self, auto: Auto, inverter: str | None, *quirks: Quirk) -> None:
        self.session: Session[CanFrame] = build_session(can_setup(auto), 0.0)
        self.inverter = None if inverter is None else inverter_for(inverter, *quirks)
        self.noise: list[CanFrame] = []
        self.now_s = 0.0
        self.sent: list[tuple[float, CanFrame]] = []

    def run(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self.now_s += 0.5
            self.session.see(reading(self.now_s), self.now_s, 10.0)
            said = [] if self.inverter is None else self.inverter.due(self.now_s)
            for frame in [*self.noise, *said]:
                self.session.hear(frame, self.now_s)
            for frame in self.session.due(Line.WORKS, self.now_s):
                self.sent.append((self.now_s, frame))
                if self.inverter is not None:
                    self.inverter.hear(frame, self.now_s)

    @property
    def dialect(self) -> str | None:
        return self.session.report(self.now_s).dialect


FIRST_WORDS = {
    "growatt-can": [CanFrame(0x301, bytes.fromhex("1122334455667788"))],
    "victron-can": [CanFrame(0x307, b"\x12\x34\x56\x78VIC\x00")],
}


@pytest.mark.parametrize("dialect", FIRST_WORDS)
def test_on_can_who_talks_first_is_recognised(dialect: str):
    bus = Bus(Auto(), None)
    bus.noise = FIRST_WORDS[dialect]
    bus.run(3.0)
    assert bus.dialect == dialect
    bus.run(10.0)
    assert bus.sent


def test_on_can_a_silent_bus_stays_silent_without_consent():
    bus = Bus(Auto(), "pylontech-can")
    bus.run(60.0)
    assert bus.sent == []
    assert report_json(bus.session.report(bus.now_s), None)["state"] == "recognising"


def test_on_can_with_consent_limits_of_0_are_tried_until_somebody_answers():
    bus = Bus(Auto(probe=True), "pylontech-can", Quirk.MUTE)
    bus.run(30.0)
    assert bus.sent[0][0] > PROBE_AFTER_S
    limits = [frame for _, frame in bus.sent if frame.id == 0x351]
    assert limits
    assert all(frame.data[2:6] == bytes(4) for frame in limits)
    assert all(frame.data[0] & 0xC0 == 0 for _, frame in bus.sent if frame.id == 0x35C)
    found = report_json(bus.session.report(bus.now_s), None)
    assert (found["state"], found["told"]["charge_current_limit_a"]) == ("trying", 0.0)
    # Somebody answers: from now on limits rise from 0.
    bus.inverter = inverter_for("pylontech-can")
    bus.sent.clear()
    bus.run(30.0)
    told = [int.from_bytes(frame.data[2:4], "little") for _, frame in bus.sent if frame.id == 0x351]
    assert told[0] == 0
    assert told == sorted(told)
    assert told[-1] == 1000
    assert not bus.session.report(bus.now_s).trying


def test_on_can_a_trial_ends_when_a_stranger_or_another_battery_talks():
    for frame, rival in ((CanFrame(0x123, b"\x01"), False), (CanFrame(0x351, bytes(8)), True)):
        bus = Bus(Auto(probe=True), None)
        bus.run(15.0)
        assert bus.sent
        bus.noise = [frame]
        bus.run(0.5)
        bus.sent.clear()
        bus.run(30.0)
        assert bus.sent == []
        troubles = [alarm.trouble for alarm in bus.session.report(bus.now_s).alarms]
        assert (Trouble.RIVAL in troubles) is rival


def test_on_can_the_choice_within_the_pylontech_family_stays_a_setting():
    bus = Bus(Auto(), None)
    bus.noise = [CanFrame(0x305, bytes(8))]
    bus.run(20.0)
    assert bus.sent == []
    assert "say which dialect is its own" in report_json(bus.session.report(bus.now_s), None)["sentence"]
    bus = Bus(Auto(prefer="deye-can"), None)
    bus.noise = [CanFrame(0x305, bytes(8))]
    bus.run(20.0)
    assert bus.dialect == "deye-can"
    assert bus.sent
    assert "deye-can" in PYLONTECH_CAN
    with pytest.raises(ParameterError, match="cannot be told apart"):
        build_session(can_setup(Auto(prefer="victron-can")), 0.0)


def test_nothing_is_heard_at_first():
    assert build_session(can_setup(Auto()), 0.0).report(0.0).heard == Heard()
