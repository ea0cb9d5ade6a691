"""A gateway beside another battery: it says nothing, whatever happens, and tells where the two differ."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fasttime import run_fast
from tests.gateway.bench import reading
from tests.gateway.test_serial_session import Line485
from tests.gateway.wire import PROFILES, new_wire, setup_for
from tests.protocols.seriallines import battery

from openress.codec.canframe import CanFrame
from openress.gateway.caps import Caps
from openress.gateway.service import GatewayService
from openress.gateway.session import Report
from openress.gateway.setup import build_serial_session, build_session
from openress.gateway.supervise import Line
from openress.gateway.wire import CanWire
from openress.gateway.words import report_json, standing
from openress.ports import MemoryCanBus
from openress.protocols import find_dialect
from openress.protocols.canbus import CanOptions


def beside(dialect: str, caps: Caps, seconds: int = 40) -> tuple[Report, list[CanFrame]]:
    """A shadow with caps of its own beside a gateway without; gives its report and everything that it sent."""
    other = new_wire(dialect)
    shadow = build_session(replace(setup_for(dialect, caps=caps), shadow=True), 0.0)
    sent: list[CanFrame] = []
    asked: list[CanFrame] = []
    heard = 0
    due = other.inverter.due

    def overheard(now_s: float) -> list[CanFrame]:
        frames = due(now_s)
        asked.extend(frames)
        return frames

    other.inverter.due = overheard  # type: ignore[method-assign]
    for step in range(2 * seconds):
        now_s = 0.5 * (step + 1)
        asked.clear()
        other.step()
        for frame in asked:
            shadow.hear(frame, now_s)
        for sent_by_other in other.sent[heard:]:
            shadow.hear(CanFrame(sent_by_other.id, sent_by_other.data, sent_by_other.id > 0x7FF), now_s)
        heard = len(other.sent)
        shadow.see(reading(now_s), now_s, 10.0)
        sent += shadow.due(Line.WORKS, now_s)
    return shadow.report(float(seconds)), sent


@pytest.mark.parametrize("dialect", PROFILES)
def test_two_that_agree_in_every_profile_and_not_one_frame_of_ours(dialect: str):
    report, sent = beside(dialect, Caps())
    assert sent == []
    assert not report.talks
    assert report.hand_over is None
    assert report.alarms == ()
    assert report.shadow is not None
    limits = {value.name: (value.ours, value.theirs, value.agrees) for value in report.shadow.values}
    assert limits["CCL"] == (100.0, 100.0, True)
    assert standing(report).startswith("Nothing is sent. The other battery says the same as we would: CVL, CCL, DCL")


def test_where_the_other_allows_more_that_is_said():
    report, sent = beside("pylontech-can", Caps(charge_current_a=60.0, discharge_current_a=70.0))
    assert sent == []
    assert standing(report) == (
        "Nothing is sent. The other battery allows more than we would: CCL 100.0 A, and we would say 60.0 A. "
        "2 values differ."
    )
    shown = report_json(report, None)["shadow"]["values"]
    assert [value for value in shown if value["name"] == "CCL"] == [
        {"key": "charge_current_limit_a", "name": "CCL", "unit": "A", "ours": 60.0, "theirs": 100.0,
         "difference": 40.0, "agrees": False}
    ]  # fmt: skip


def test_a_flag_that_differs():
    report, _ = beside("pylontech-can", Caps(charge_current_a=0.0))
    assert "CCL 100.0 A, and we would say 0.0 A. 2 values differ." in standing(report)
    assert report.shadow is not None
    flag = next(value for value in report.shadow.values if value.key == "charge_enabled")
    assert (flag.as_json()["ours"], flag.as_json()["theirs"], flag.agrees) == (False, True, False)


def test_without_another_battery_and_without_a_reading():
    shadow = build_session(replace(setup_for("pylontech-can"), shadow=True), 0.0)
    assert standing(shadow.report(0.0)) == "Nothing is sent. No other battery is heard on this line."
    other = new_wire("pylontech-can")
    other.run(20.0)
    for frame in other.session.report(20.0).frames:
        assert isinstance(frame, CanFrame)
        shadow.hear(frame, 20.0)
    assert shadow.due(Line.WORKS, 20.0) == []
    assert "there is nothing that we would say" in standing(shadow.report(20.0))
    shadow.due(Line.WORKS, 31.0)
    assert "No other battery is heard" in standing(shadow.report(31.0))


@pytest.mark.parametrize("dialect", ["pylontech", "voltronic-485", "growatt-485", "pace-modbus", "tianbangda"])
def test_on_rs485_another_batterys_answers_are_compared_and_no_byte_is_sent(dialect: str):
    line = Line485(dialect)
    line.other = battery(dialect)
    line.session = build_serial_session(replace(line.setup, shadow=True), 0.0)
    line.run(60.0)
    assert line.sent == []
    report = line.session.report(line.now_s)
    assert report.alarms == ()
    assert report.shadow is not None
    compared = {value.name: value.agrees for value in report.shadow.values if value.agrees is not None}
    assert compared
    assert set(compared.values()) == {True}


@settings(max_examples=25)
@given(
    st.sampled_from(["pylontech-can", "growatt-can", "afore-can"]),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 0x7FF), st.binary(max_size=8)), max_size=60),
)
def test_whatever_is_heard_and_asked_a_shadow_sends_nothing(dialect: str, events: list[tuple[int, int, bytes]]):
    shadow = build_session(replace(setup_for(dialect), shadow=True), 0.0)
    make = find_dialect(dialect).parts().can_inverter
    assert make is not None
    inverter = make(CanOptions(experimental=True))
    now_s = 0.0
    for kind, identifier, data in events:
        now_s += 0.5
        shadow.see(reading(now_s), now_s, 10.0)
        if kind == 0:
            shadow.hear(CanFrame(identifier, data), now_s)
        elif kind == 1:
            for frame in inverter.due(now_s):
                shadow.hear(frame, now_s)
        elif kind == 2:
            shadow.end(now_s)
        else:
            shadow.line_lost()
        assert shadow.due(Line.WORKS, now_s) == []
        assert shadow.report(now_s).hand_over is None


def test_a_recorder_on_the_bus_hears_nothing_of_a_shadow_until_after_its_end():
    async def main() -> tuple[list[CanFrame], Report]:
        clock = asyncio.get_running_loop().time
        bus = MemoryCanBus()
        recorder, other = bus.port("can:memory:recorder"), bus.port("can:memory:other")
        session = build_session(replace(setup_for("pylontech-can"), shadow=True), clock())

        async def join() -> CanWire:
            return CanWire(bus.port("can:memory:shadow"))

        service = GatewayService(session, join, clock=clock)
        running = asyncio.create_task(service.run())
        sender = new_wire("pylontech-can")
        for second in range(60):
            session.see(reading(clock()), clock(), 10.0)
            if second < 30:
                sender.run(1.0)
                for frame in sender.session.report(sender.now_s).frames:
                    assert isinstance(frame, CanFrame)
                    await other.write(frame)
            if second == 50:
                session.end(clock())
            await asyncio.sleep(1.0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        report = service.report()
        await other.close()
        heard = []
        while True:
            try:
                heard.append(await asyncio.wait_for(recorder.read(), 0.1))
            except TimeoutError:
                return heard, report

    heard, report = run_fast(main())
    by_other = new_wire("pylontech-can")
    by_other.run(30.0)
    assert {frame.id for frame in heard} == {sent.id for sent in by_other.sent}
    # What the other battery sent, and nothing in the twenty seconds in which it was alone with the inverter.
    assert len(heard) == sum(len({s.id for s in by_other.sent if s.at_s <= second}) for second in range(1, 31))
    assert report.alarms == ()
