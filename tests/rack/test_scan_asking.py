"""A scan: which questions it asks, in which order, and what it never sends."""

from __future__ import annotations

import pytest
from tests.busrack import BusRack
from tests.rack.scansamples import checked
from tests.samples import pack
from tests.scanning import US, only_questions, scan

from openress.codec.uart import heard_as
from openress.errors import ParameterError, StateError
from openress.model import PackSample, Switches
from openress.ports import memory_pair, parse_link
from openress.protocols import DIALECTS
from openress.rack.probing import ONLY_BY_NAME, ORDER, Attempt, attempts, numbers_of, only_reads, readable
from openress.rack.remarks import Kind
from openress.rack.scanline import ScanLine, ScanTiming
from openress.rack.scanorder import ScanOrder


@pytest.mark.parametrize(
    "attempt", [attempt for attempt in ORDER if attempt.dialect != "pylontech-console"], ids=lambda a: a.title
)
def test_every_way_of_asking_finds_its_pack(attempt: Attempt) -> None:
    assert attempt.baud is not None
    rack = BusRack()
    rack.add([1], attempt.dialect, baud=attempt.baud)
    found = checked(rack, scan(rack, dialects=[attempt.dialect]))
    assert [(a.pack, a.attempt) for a in found.survey.answerers] == [(1, attempt)]
    assert found.remarks == []


def test_a_console_is_found_among_everything_else() -> None:
    rack = BusRack()
    rack.add([1], "pylontech-console", baud=115200)
    found = scan(rack)
    assert (found.packs(), found.kinds()) == ([1], [])


def test_jk_pb_is_asked_only_by_name() -> None:
    rack = BusRack()
    rack.add([1, 2], "jk-pb", baud=115200)
    assert scan(rack).packs() == []
    assert not [frame for frame in rack.by(US) if frame[1:2] in (b"\x06", b"\x0f", b"\x10")], "no Modbus order"
    rack = BusRack()
    rack.add([1, 2], "jk-pb", baud=115200)
    assert scan(rack, dialects=["jk-pb"]).packs() == [1, 2]


def test_options_narrow_what_is_asked() -> None:
    rack = BusRack()
    rack.add(range(1, 5))
    found = scan(rack, dialects=["pylontech"], bauds=[9600], numbers=[2, 4])
    assert found.packs() == [2, 4]
    assert set(found.survey.tried) == {Attempt("pylontech", 9600)}
    assert {frame[3:5] for frame in rack.by(US) if frame.startswith(b"~")} == {b"03", b"05"}
    assert Kind.GAP not in found.kinds(), "numbers that were not asked are not missing"


def test_thorough_leaves_nothing_out() -> None:
    rack = BusRack()
    rack.add(range(1, 4))
    found = checked(rack, scan(rack, thorough=True))
    assert found.packs() == [1, 2, 3]
    dialects = {attempt.dialect for attempt in found.survey.skipped}
    assert all(numbers_of(_client(name)) == [1] for name in dialects), "what has no addresses has no place in a rack"


def test_the_speed_of_a_serial_server_is_not_ours() -> None:
    rack = BusRack()
    rack.add([1, 2])
    found = checked(rack, scan(rack, settable=False))
    assert found.packs() == [1, 2]
    assert {answerer.attempt.baud for answerer in found.survey.answerers} == {None}


def _client(dialect: str):  # type: ignore[no-untyped-def]  # any dialect's
    make = DIALECTS[dialect].parts().client
    assert make is not None
    return make()


def test_every_readable_dialect_is_tried_or_says_why_not() -> None:
    tried = {attempt.dialect for attempt in attempts()}
    assert tried | set(ONLY_BY_NAME) == set(readable())
    assert not tried & set(ONLY_BY_NAME)


@pytest.mark.parametrize("dialect", readable())
def test_the_questions_of_a_dialect_pass_and_its_orders_do_not(dialect: str) -> None:
    client = _client(dialect)
    for number in numbers_of(client)[:3]:
        for query in (client.first(number), *client.cycle(number), *client.rarely(number)):
            assert only_reads(dialect, query.frame), query.name
    parts = DIALECTS[dialect].parts()
    orders = []
    if parts.controls is not None:
        access = parts.controls()
        if hasattr(access, "learn"):
            access.learn(1, Switches(charge=True, discharge=True, precharge=False, heating=False))
        orders = [access.control_query(1, control, on=True) for control in access.controls]
    for order in orders:
        assert not only_reads(dialect, order.frame), order.name


def test_a_dialect_without_a_list_of_questions_sends_nothing() -> None:
    assert not only_reads("nobody", b"~20024642E00202FD33\r")
    assert not only_reads("pylontech", b"~nonsense\r")


async def test_a_scan_refuses_to_send_an_order() -> None:
    near, _far = memory_pair()

    async def open_line(_baud: int | None):  # type: ignore[no-untyped-def]
        return near

    line = ScanLine(open_line, lambda: 0.0, ScanTiming())
    await line.at(9600)
    order = b"\x01\x10\x10\x70\x00\x02\x04\x00\x00\x00\x00\x00\x00"
    with pytest.raises(StateError, match="A scan only reads; 01 10 10 70"):
        await line.send(Attempt("jk-pb", 9600), order, order)


def test_a_speed_that_the_link_names_goes_first_and_named_speeds_count_where_they_can_be_set() -> None:
    usual = attempts(["pylontech", "pace"])
    order = ScanOrder(["pylontech", "pace"])
    assert order.attempts(parse_link("serial:/dev/ttyUSB0")) == usual
    named = order.attempts(parse_link("serial:/dev/ttyUSB0?baud=115200"))
    assert named[:2] == [Attempt("pylontech", 115200), Attempt("pace", 115200)]
    assert sorted(named, key=str) == sorted(usual, key=str)
    narrow = ScanOrder(["pace"], [19200])
    assert narrow.attempts(parse_link("serial:/dev/ttyUSB0?baud=115200")) == [Attempt("pace", 19200)]
    for other in (parse_link("tcp://127.0.0.1:4196"), None):
        assert narrow.attempts(other) == [Attempt("pace", None)]


def test_names_that_cannot_be_asked_are_refused() -> None:
    with pytest.raises(ParameterError, match="no dialect 'pylontec'; did you mean pylontech"):
        attempts(["pylontec"])
    with pytest.raises(ParameterError, match="pylontech-can cannot be asked over a serial line"):
        attempts(["pylontech-can"])


def test_the_record_would_show_an_order() -> None:
    """The check on the record itself can fail."""
    assert not only_questions([bytes.fromhex("01100070000204000000001234")])
    assert not only_questions([b"~20024694E00202FD33\r"])
    order = b"~2501469AE00201FD27\r"
    assert not only_questions([heard_as(order, sent_baud=9600, heard_baud=9600)])
    assert only_questions([_client("pylontech").first(1).frame])


def test_a_sample_is_told_as_it_was_measured() -> None:
    rack = BusRack()
    rack.add([2], "pace")
    (answerer,) = scan(rack, dialects=["pace"], bauds=[9600]).survey.answerers
    assert isinstance(answerer.sample, PackSample)
    told, true = answerer.sample.analog, pack(2).analog
    assert told is not None
    assert true is not None
    assert told.cell_voltages_mv == true.cell_voltages_mv
