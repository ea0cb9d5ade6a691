"""What is told of a line on which others talk; nothing is sent."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.busrack import BusRack
from tests.samples import pack

from openress.codec import HexFrame
from openress.codec.uart import heard_as
from openress.protocols import DIALECTS
from openress.protocols.base import BatteryClient
from openress.rack.overhear import Overheard, Overhearing, signature, sound
from openress.rack.probing import BAUDS, readable
from openress.rack.remarks import Kind, remarks
from openress.rack.survey import Survey
from openress.rack.switchwords import SwitchWords
from openress.sim.master import VirtualMaster

BEGUN_S, HEARD_S, CHUNK_S = 12.0, 10.0, 0.016


def client(dialect: str) -> BatteryClient:
    make = DIALECTS[dialect].parts().client
    assert make is not None
    return make()


def overhear(rack: BusRack, dialect: str, begins_s: tuple[float, ...]) -> Overheard | None:
    """Listen to a rack on which masters ask that began at these times."""
    for at_s in begins_s:
        master = VirtualMaster(client(dialect), lambda now_s: pack(1, at_s=now_s), begins_s=at_s, slaves=range(2, 7))
        rack.bus.attach("master", master)
    us = rack.bus.attach("us")
    rack.bus.advance(BEGUN_S)
    us.heard.clear()
    heard = Overhearing(9600)
    for step in range(1, int(HEARD_S / CHUNK_S)):
        now_s = BEGUN_S + step * CHUNK_S
        rack.bus.advance(now_s)
        heard.feed(bytes(us.heard), now_s)
        us.heard.clear()
    assert not rack.by("us")
    return heard.told()


@pytest.mark.parametrize("dialect", ["pylontech", "pace", "pace-modbus", "seplos2", "seplos3", "jbd-up16s", "daly-ess"])
def test_one_master_and_its_packs(dialect: str) -> None:
    rack = BusRack()
    rack.add(range(2, 5), dialect)
    told = overhear(rack, dialect, (0.0,))
    asking = client(dialect)
    assert told is not None
    assert (told.dialect, told.masters, told.garbled, told.other) == (dialect, 1, (), None)
    assert told.answering == tuple(asking.address(number) for number in (2, 3, 4))
    assert told.asked == tuple(asking.address(number) for number in range(2, 7))


@pytest.mark.parametrize("noise", [0.0005, 0.002, 0.02])
def test_noise_is_no_second_master(noise: float) -> None:
    for seed, dialect in enumerate(("pylontech", "pace-modbus", "seplos3")):
        rack = BusRack(seed=seed, noise=noise)
        rack.add(range(2, 5), dialect)
        told = overhear(rack, dialect, (0.1 * seed,))
        assert told is not None
        assert told.masters == 1, dialect


@pytest.mark.parametrize("dialect", ["pylontech", "pace", "pace-modbus", "seplos3"])
def test_a_second_master_is_heard_or_the_line_is_called_disturbed(dialect: str) -> None:
    """Two that hardly let a frame through whole cannot be counted; then the line is said to be disturbed."""
    words = SwitchWords(None)
    counted = 0
    for apart_s in (0.17, 0.31, 0.53, 0.71, 0.87):
        rack = BusRack()
        rack.add(range(2, 5), dialect)
        told = overhear(rack, dialect, (0.0, apart_s))
        survey = Survey(overheard=told, unread=1000)
        kinds = {remark.kind for remark in remarks(survey, words)}
        assert kinds & {Kind.SECOND_MASTER, Kind.DISTURBED, Kind.UNREADABLE, Kind.DUPLICATE_ADDRESS}, apart_s
        counted += Kind.SECOND_MASTER in kinds
    assert counted >= 3


def test_masters_of_two_dialects() -> None:
    rack = BusRack()
    rack.add([2], "pylontech")
    rack.add([4], "pace-modbus")
    other = VirtualMaster(client("pace-modbus"), lambda now_s: pack(1, at_s=now_s), begins_s=0.4, slaves=(4,))
    rack.bus.attach("other", other)
    told = overhear(rack, "pylontech", (0.0,))
    assert told is not None
    assert told.masters == 2
    assert {told.dialect, told.other} == {"pylontech", "pace-modbus"}


def test_twins_are_known_by_what_always_comes_garbled() -> None:
    rack = BusRack()
    rack.add(range(2, 6))
    rack.add([3], name="twin", serial="OTHER", turnaround_s=0.0212)
    told = overhear(rack, "pylontech", (0.0,))
    assert told is not None
    assert (told.masters, told.garbled) == (1, (4,))


@pytest.mark.parametrize("dialect", sorted(set(readable()) - {"pylontech-console", "jk-pb"}))
def test_questions_through_swapped_wires_are_recognised(dialect: str) -> None:
    question = client(dialect).first(1).frame
    heard = heard_as(question, sent_baud=19200, heard_baud=19200, swapped=True)
    assert signature(b"\x01" + heard + b"\x02", BAUDS, [dialect]) == (dialect, BAUDS[0])
    assert signature(question, BAUDS, [dialect]) is None


def test_a_frame_of_any_dialect_is_sound_and_garbage_is_not() -> None:
    question = client("pace").first(2).frame
    refusal = HexFrame(0x20, 0x02, 0x46, 0x04).encode()
    assert sound(question, refusal)
    assert not sound(question, refusal[:-3] + b"00\r")
    assert not sound(question, b"")
    assert not sound(question, b"\x00\xff\x12")


@given(st.lists(st.binary(max_size=40), max_size=20))
@settings(max_examples=50)
def test_any_bytes_are_listened_to(chunks: list[bytes]) -> None:
    heard = Overhearing(9600)
    for number, chunk in enumerate(chunks):
        heard.feed(chunk, 0.05 * number)
    told = heard.told()
    if told is not None:
        assert told.frames > 0
        remarks(Survey(overheard=told), SwitchWords(None))


def test_words_for_switches() -> None:
    from openress.catalog import load_product  # noqa: PLC0415  # one test needs it

    a5l = SwitchWords(load_product("syscom-a5l-51v2").address_switch)
    assert [a5l.of(number) for number in (0, 1, 2, 3, 7, 10)] == [
        "all switches off",
        "only switch 1 on",
        "only switch 2 on",
        "switches 1 and 2 on",
        "switches 1, 2 and 3 on",
        "switches 2 and 4 on",
    ]
    assert a5l.told(10) == "switches 2 and 4 are on = 10"
    assert a5l.told(8) == "only switch 4 is on = 8"
    assert a5l.told(0) == "all switches are off = 0"
    assert a5l.told(16) == "its address is 16"
    assert a5l.picture(10) == "OFF ON OFF ON"
    assert (SwitchWords(None).of(3), SwitchWords(None, counts_from=0).of(3)) == ("address 3", "address 2")
