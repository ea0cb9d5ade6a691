"""Recognition of inverters: each family within three polls, silence towards a stranger and beside another battery."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocols.seriallines import (
    MANNERS,
    OPTIONS,
    SERIAL,
    answers,
    battery,
    inverter,
    reads,
    registers,
    sealed,
    talk,
    text,
)
from tests.samples import rack

from openress.codec.canframe import CanFrame
from openress.protocols import DIALECTS, find_dialect
from openress.protocols.base import Bus
from openress.protocols.canbus import CanOptions
from openress.protocols.inverter.automatic import AutomaticBattery
from openress.protocols.inverter.recognise import SIGNS, SerialListener, Verdict
from openress.protocols.inverter.recognisecan import PYLONTECH_CAN, CanListener

CAN = [name for name, dialect in DIALECTS.items() if dialect.bus is Bus.CAN]


def listened(*frames: bytes, pause_s: float = 1.0) -> Verdict:
    listener = SerialListener()
    for number, frame in enumerate(frames):
        listener.feed(frame, number * pause_s)
    return listener.verdict


@pytest.mark.parametrize(("dialect", "manner"), MANNERS)
def test_every_manner_of_asking_is_recognised_within_three_polls(dialect: str, manner: str) -> None:
    asking, listener, now_s, polls = inverter(dialect, manner), SerialListener(), 0.0, 0
    while polls < 3:
        now_s = max(now_s, asking.next_due_s)
        for question in asking.due(now_s):
            assert listener.verdict.dialect in (None, dialect)
            listener.feed(question, now_s)
            polls += 1
    assert listener.verdict.dialect == dialect
    assert listener.verdict.strange == 0


@pytest.mark.parametrize("frame", [text(2, 0x61), reads(0x10, 0x13), reads(0, 37), reads(0x70, 8)])
def test_one_poll_alone_is_not_enough_and_bytes_may_come_singly(frame: bytes) -> None:
    listener = SerialListener()
    for at in range(len(frame)):
        assert listener.feed(frame[at : at + 1], at / 1000).dialect is None
    assert listener.verdict.polls == 1
    for at in range(len(frame)):
        listener.feed(frame[at : at + 1], 1.0 + at / 1000)
    assert listener.verdict.dialect is not None


STRANGERS = {
    "Seplos v3 over PC tool": reads(0x1000, 0x12, function=4),
    "JK register": reads(0x1200, 1),
    "Seplos v2 at its address 0": text(0, 0x42, "00"),
    "PACE v25": text(2, 0x42, "02", version=0x25),
    "EG4 with CID1 4A": text(2, 0x42, cid1=0x4A),
    "an order to shut down": text(2, 0x64),
    "coils": reads(0, 8, function=1),
    "a write of one register": sealed(1, 6, 0, 5, 0, 1),
    "a write of limits": sealed(1, 0x10, 0, 0x70, 0, 1, 2, 0, 1),
    "Daly": bytes.fromhex("A58090080000000000000000BD"),
    "JBD": bytes.fromhex("DDA50300FFFD77"),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_is_never_answered(name: str) -> None:
    verdict = listened(*4 * [STRANGERS[name]])
    assert (verdict.dialect, verdict.dialects) == (None, ())


def test_polls_that_contradict_each_other_are_answered_by_nobody() -> None:
    assert listened(reads(0x10, 1), reads(0x13, 17), reads(0x70, 8), reads(0x13, 17)).dialect is None
    assert listened(text(2, 0x61), reads(0, 37), reads(0, 37)).dialect is None


def test_polls_that_two_dialects_share_wait_for_one_that_decides() -> None:
    shared = [reads(0x01, 5), reads(0x11, 2), reads(0x10, 16)]
    assert listened(*shared).dialect is None
    assert set(listened(*shared).dialects) == {"voltronic-485", "growatt-485"}
    assert listened(*shared, reads(0x30, 15)).dialect == "voltronic-485"
    assert listened(*shared, reads(0x13, 6)).dialect == "growatt-485"
    assert listened(reads(0x01, 1), reads(0, 3)).dialect == "pace-modbus"


@pytest.mark.parametrize("dialect", SERIAL)
@pytest.mark.parametrize("apart", [True, False])
def test_beside_another_battery_nothing_is_answered(dialect: str, apart: bool) -> None:
    asking, other, listener = inverter(dialect), battery(dialect), SerialListener()
    now_s = 0.0
    for _ in range(4):
        now_s = max(now_s, asking.next_due_s)
        (question,) = asking.due(now_s)
        other.feed(question, now_s)
        (answer,) = other.due(rack(1), now_s + 0.07)
        if apart:
            listener.feed(question, now_s)
            listener.feed(answer, now_s + 0.07)
        else:
            listener.feed(question + answer, now_s)
        asking.feed(answer, now_s + 0.07)
        assert listener.verdict.dialect is None
    assert listener.verdict.rival


def test_a_voltronic_battery_that_answers_one_register_is_noticed() -> None:
    """Its answer has the shape of a question."""
    assert listened(*2 * [reads(0x10, 1), registers(8, wide=True)], pause_s=0.1).rival
    # The same frame when no answer is due is a question, for registers 1 to 8.
    assert not listened(reads(0x10, 1), reads(1, 8)).rival


def test_a_device_that_refuses_is_somebody_too() -> None:
    assert listened(reads(0, 37), sealed(1, 0x83, 2), reads(0, 37), pause_s=0.1).dialect is None
    assert listened(text(2, 0x61), text(2, 0x04), text(2, 0x61)).dialect is None


@given(st.lists(st.binary(max_size=80), max_size=12))
def test_noise_is_never_recognised(pieces: list[bytes]) -> None:
    assert listened(*pieces).dialect is None


def test_noise_between_polls_does_not_hide_them() -> None:
    noise = b"\x00\xff~\x03\x10\r"
    assert listened(noise + text(2, 0x61), noise, text(2, 0x62) + noise).dialect == "pylontech"
    assert listened(noise + reads(0x10, 0x13), noise, reads(0x10, 0x13)).dialect == "growatt-485"


def test_every_sign_names_dialects_that_serve_what_it_asks() -> None:
    for sign in SIGNS:
        for name in sign.dialects:
            assert "battery" in DIALECTS[name].does


def test_whom_the_inverter_asks_is_told() -> None:
    assert listened(text(0x12, 0x61), text(0x12, 0x63)).address == 0x12
    assert listened(reads(0, 37, address=3), reads(0, 37, address=3)).address == 3


@pytest.mark.parametrize(("dialect", "manner"), MANNERS)
def test_an_automatic_battery_answers_by_the_third_poll_and_goes_on(dialect: str, manner: str) -> None:
    machine, asking = AutomaticBattery(OPTIONS), inverter(dialect, manner)
    talk(machine, asking, rack(2), 2)
    assert machine.dialect in (None, dialect)
    talk(machine, asking, rack(2), 18)
    assert machine.dialect == dialect
    assert asking.believes
    assert asking.view.charge is not None
    assert machine.heard.rival_at_s is None


@pytest.mark.parametrize("name", STRANGERS)
def test_an_automatic_battery_is_silent_towards_a_stranger(name: str) -> None:
    machine = AutomaticBattery(OPTIONS)
    for second in range(10):
        machine.feed(STRANGERS[name], float(second))
        assert (machine.next_due_s, machine.due(rack(1), second + 0.1)) == (None, [])


@pytest.mark.parametrize("dialect", SERIAL)
def test_an_automatic_battery_is_silent_beside_another(dialect: str) -> None:
    machine, other, asking, now_s = AutomaticBattery(OPTIONS), battery(dialect), inverter(dialect), 0.0
    for _ in range(6):
        now_s = max(now_s, asking.next_due_s)
        for question in asking.due(now_s):
            machine.feed(question, now_s)
            for answer in answers(other, question, rack(1), now_s):
                machine.feed(answer, now_s + 0.06)
                asking.feed(answer, now_s + 0.06)
        assert machine.due(rack(1), now_s + 0.1) == []
    assert machine.dialect is None
    assert machine.heard.rival_at_s is not None
    assert machine.heard.alive_at_s is not None


def heard(*frames: CanFrame) -> Verdict:
    listener = CanListener()
    for frame in frames:
        listener.feed(frame)
    return listener.verdict


ZERO = CanFrame(0x305, bytes(8))
SAYS = {
    "growatt-can": [CanFrame(0x301, bytes.fromhex("1122334455667788"))],
    "victron-can": [ZERO, CanFrame(0x307, bytes.fromhex("1234567856494300"))],
    "sma-can": [
        # 52.4 V, -10.0 A, 23.0 degrees, 99.0 %; 99 % of health, charging procedure 10, operating.
        CanFrame(0x305, bytes.fromhex("0C029CFFE600DE03")),
        CanFrame(0x306, bytes.fromhex("63000A0100003002")),
        CanFrame(0x307, bytes.fromhex("0100")),
    ],
    "afore-can": [CanFrame(0x305, b"AFORE\0\0\1")],
    "megarevo-can": [CanFrame(0x1F000100, bytes(8), extended=True)],
}


@pytest.mark.parametrize("dialect", SAYS)
def test_an_inverter_that_talks_first_on_can_is_recognised_within_three_beats(dialect: str) -> None:
    frames = SAYS[dialect]
    assert heard(*frames).dialect is None
    verdict = heard(*3 * frames)
    assert (verdict.dialect, verdict.rival) == (dialect, False)


def test_within_the_pylontech_family_the_dialect_stays_a_setting() -> None:
    assert heard(ZERO, ZERO).family == ()
    verdict = heard(ZERO, ZERO, ZERO)
    assert (verdict.family, verdict.dialect) == (PYLONTECH_CAN, None)
    assert {name for name in PYLONTECH_CAN if name in DIALECTS} == set(PYLONTECH_CAN)


def test_strangers_on_can_are_not_recognised() -> None:
    odd = (
        CanFrame(0x305, bytes.fromhex("3002E803E803C001")),
        CanFrame(0x301, bytes(8)),
        CanFrame(0x3010, bytes(8), extended=True),
        CanFrame(0x123, b""),
        CanFrame(0x307, b"\0"),
        CanFrame(0x306, bytes(8)),
    )
    for frame in odd:
        assert heard(*5 * [frame]).family == (), frame


@pytest.mark.parametrize("dialect", CAN)
def test_beside_another_battery_on_can_nothing_is_sent(dialect: str) -> None:
    make = find_dialect(dialect).parts().can_battery
    asks = find_dialect(dialect).parts().can_inverter
    assert make is not None
    assert asks is not None
    machine = make(CanOptions(experimental=True))
    for frame in asks(CanOptions()).due(0.0):
        machine.feed(frame, 0.0)
    burst = machine.due(rack(2), 0.0)
    assert burst
    for frame in burst:
        verdict = heard(*3 * SAYS["growatt-can"], frame)
        assert (verdict.rival, verdict.dialect) == (True, None), frame


@pytest.mark.parametrize("dialect", CAN)
def test_our_own_inverters_are_never_taken_for_batteries(dialect: str) -> None:
    asks = find_dialect(dialect).parts().can_inverter
    assert asks is not None
    asking = asks(CanOptions())
    for second in range(3):
        frames = asking.due(float(second))
        assert not heard(*frames).rival


@given(st.lists(st.builds(CanFrame, st.integers(0, 0x7FF), st.binary(max_size=8)), max_size=20))
def test_no_frame_stops_the_listener(frames: list[CanFrame]) -> None:
    assert isinstance(heard(*frames), Verdict)
