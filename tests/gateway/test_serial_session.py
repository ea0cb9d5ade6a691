"""A session on a serial line: the same contract, spoken only when the inverter asks."""

from __future__ import annotations

import pytest
from tests.gateway.bench import reading
from tests.gateway.line485 import Line485
from tests.protocols.seriallines import MANNERS, battery

from openress.gateway.caps import Caps
from openress.gateway.hold import State
from openress.gateway.supervise import LISTEN_S, Line, Trouble
from openress.gateway.voice import Exchange
from openress.gateway.words import report_json
from openress.inverters.table import ASKED_IN_ONE
from openress.protocols import find_dialect
from openress.protocols.base import Direction


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
    if dialect not in ASKED_IN_ONE and requests is not None:
        assert limits is not None
        assert (limits.charge_current_limit_a, limits.discharge_current_limit_a) == (0.0, 0.0)
        assert (requests.charge_enabled, requests.discharge_enabled) == (False, False)
    # Nothing that was measured is told any more.
    late = line.session.report(line.now_s).frames
    reads = decoder_of(dialect)
    for exchange in late:
        assert isinstance(exchange, Exchange)
        reads.read(exchange.question, Direction.TO_BATTERY)
        answer = reads.read(exchange.answer, Direction.FROM_BATTERY)
        assert dialect not in ASKED_IN_ONE or answer.kind == "refusal"
        values = answer.values
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
