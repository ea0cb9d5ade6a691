"""A line that several packs share."""

from __future__ import annotations

import pytest
from tests.busrack import BusRack

from openress.codec.uart import character_s
from openress.errors import FrameError
from openress.model import PackSample
from openress.ports.sharedbus import Faults, SharedBus, Station
from openress.protocols.battery.pylontech import PARTS

assert PARTS.client is not None
CLIENT = PARTS.client()


def ask(rack: BusRack, end: Station, number: int, at_s: float, wait_s: float = 1.0) -> bytes:
    rack.bus.advance(at_s)
    end.heard.clear()
    rack.bus.say(end, CLIENT.first(number).frame, at_s)
    rack.bus.advance(at_s + wait_s)
    return bytes(end.heard)


def understood(reply: bytes, number: int) -> bool:
    frames = CLIENT.splitter().feed(reply)
    try:
        return any(CLIENT.merge(PackSample(number), CLIENT.first(number), frame, 0.0).analog for frame in frames)
    except FrameError:
        return False


def test_each_pack_answers_for_itself_after_its_turnaround_and_at_the_speed_of_the_line() -> None:
    rack = BusRack()
    rack.add(range(1, 16 - 1), turnaround_s=0.05)
    end = rack.bus.attach("us")
    for number in range(1, 15):
        at_s = 2.0 * number
        question = CLIENT.first(number).frame
        reply = ask(rack, end, number, at_s)
        assert understood(reply, number)
        asked, answered = rack.said[-2:]
        assert (asked.station, asked.data) == ("us", question)
        assert answered.station == f"pack {number}"
        assert asked.end_s == pytest.approx(at_s + len(question) * character_s(9600))
        assert answered.start_s == pytest.approx(asked.end_s + 0.05)
        assert answered.end_s == pytest.approx(answered.start_s + len(reply) * character_s(9600))
    assert len(rack.said) == 28


def test_an_end_hears_bytes_as_they_come() -> None:
    rack = BusRack()
    rack.add([1])
    end = rack.bus.attach("us")
    question = CLIENT.first(1).frame
    rack.bus.say(end, question, 0.0)
    begins_s = len(question) * character_s(9600) + 0.02
    rack.bus.advance(begins_s + 10.5 * character_s(9600))
    assert bytes(end.heard) == rack.said[-1].data[:10]


def test_two_packs_under_one_address_garble_each_other() -> None:
    rack = BusRack()
    rack.add([1, 2])
    rack.add([2], serial="OTHER", name="twin", turnaround_s=0.021)
    end = rack.bus.attach("us")
    assert understood(ask(rack, end, 1, 0.0), 1)
    garbled = ask(rack, end, 2, 2.0)
    assert garbled
    assert not understood(garbled, 2)
    assert [said.station for said in rack.said[-2:]] == ["pack 2", "twin 2"]


def test_twins_far_apart_in_time_are_both_heard() -> None:
    rack = BusRack()
    rack.add([2])
    rack.add([2], name="twin", turnaround_s=0.4)
    end = rack.bus.attach("us")
    assert len(CLIENT.splitter().feed(ask(rack, end, 2, 0.0))) == 2


def test_a_pack_at_another_speed_neither_understands_nor_is_understood() -> None:
    rack = BusRack()
    rack.add([1], baud=115200)
    end = rack.bus.attach("us", baud=9600)
    assert ask(rack, end, 1, 0.0) == b""
    end.uart.baud = 115200
    assert understood(ask(rack, end, 1, 2.0), 1)


def test_a_slower_pack_does_not_lose_what_comes_after_faster_talk() -> None:
    rack = BusRack()
    rack.add([1], baud=9600)
    fast, slow = rack.bus.attach("fast", baud=115200), rack.bus.attach("slow", baud=9600)
    rack.bus.say(fast, b"\x55" * 50, 0.0)
    assert understood(ask(rack, slow, 1, 1.0), 1)


def test_a_pack_with_swapped_wires_is_silent_and_two_swaps_undo_each_other() -> None:
    rack = BusRack()
    rack.add([1], swapped=True)
    straight = rack.bus.attach("straight")
    assert ask(rack, straight, 1, 0.0) == b""
    rack.bus.detach(straight)
    assert understood(ask(rack, rack.bus.attach("crossed", swapped=True), 1, 2.0), 1)


def test_an_echoing_adapter_hears_itself_first() -> None:
    rack = BusRack()
    rack.add([1])
    end = rack.bus.attach("us", echo=True)
    reply = ask(rack, end, 1, 0.0)
    assert reply.startswith(CLIENT.first(1).frame)
    assert understood(reply[len(CLIENT.first(1).frame) :], 1)


def test_faults_come_as_often_as_they_are_said_to_and_always_the_same() -> None:
    def run(faults: Faults) -> list[bytes]:
        rack = BusRack(seed=3)
        rack.add([1], faults=faults)
        end = rack.bus.attach("us")
        return [ask(rack, end, 1, 2.0 * turn) for turn in range(60)]

    whole = run(Faults())[0]
    lost = run(Faults(loses=0.3))
    assert 8 < lost.count(b"") < 30
    assert lost == run(Faults(loses=0.3))
    cut = run(Faults(cuts=1.0))
    assert all(reply and reply != whole and whole.startswith(reply) for reply in cut)


def test_noise_alters_bytes_on_the_line_for_all_who_hear_them() -> None:
    bus = SharedBus(seed=5, noise=0.02)
    talker, one, two = bus.attach("talker"), bus.attach("one"), bus.attach("two")
    sent = bytes(range(256)) * 8
    bus.say(talker, sent, 0.0)
    bus.advance(5.0)
    assert one.heard == two.heard
    wrong = sum(a != b for a, b in zip(one.heard, sent, strict=True))
    assert 20 < wrong < 70
    assert all((a ^ b).bit_count() <= 1 for a, b in zip(one.heard, sent, strict=True))


class Ticker:
    """Says something every second."""

    def __init__(self) -> None:
        self.deadline_s = 1.0
        self.heard = b""

    def feed(self, data: bytes, now_s: float) -> list[bytes]:
        self.heard += data
        if now_s < self.deadline_s:
            return []
        self.deadline_s += 1.0
        return [b"TICK"]


def test_a_speaker_may_begin_by_itself() -> None:
    rack = BusRack()
    ticker = Ticker()
    rack.bus.attach("ticker", ticker)
    end = rack.bus.attach("us")
    rack.bus.say(end, b"TOCK", 0.2)
    rack.bus.advance(3.5)
    assert bytes(end.heard) == b"TICK" * 3
    assert ticker.heard == b"TOCK"
    assert [round(said.start_s, 3) for said in rack.said] == [0.2, 1.0, 2.0, 3.0]
    assert rack.bus.next_s == 4.0


def test_nothing_is_kept_of_what_all_have_heard() -> None:
    rack = BusRack()
    rack.add([1, 2], baud=9600)
    rack.add([3], baud=115200)
    end = rack.bus.attach("us")
    for turn in range(20):
        ask(rack, end, 1, 2.0 * turn)
    assert len(rack.bus._signals) <= 1
    assert rack.bus.next_s is None
