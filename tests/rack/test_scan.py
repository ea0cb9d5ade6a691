"""A scan of virtual racks in which everything is wrong that can be; a record of the line proves what was sent."""

from __future__ import annotations

import pytest
from tests.busrack import BusRack
from tests.samples import pack
from tests.scanning import US, Scanned, only_questions, scan

from openress.codec.uart import heard_as
from openress.errors import ParameterError, StateError
from openress.model import PackSample, Switches
from openress.ports import Faults, memory_pair, parse_link
from openress.protocols import DIALECTS
from openress.rack.probing import ONLY_BY_NAME, ORDER, Attempt, attempts, numbers_of, only_reads, readable
from openress.rack.remarks import Kind
from openress.rack.scanline import ScanLine, ScanTiming
from openress.rack.scanorder import ScanOrder
from openress.sim.master import VirtualMaster

ORDERS_ELSEWHERE = {"jk-pb"}


def checked(rack: BusRack, scanned: Scanned) -> Scanned:
    """The scan, when the record shows that it sent nothing but questions."""
    assert only_questions(rack.by(US))
    return scanned


def add_master(rack: BusRack, dialect: str = "pylontech", *, baud: int = 9600, begins_s: float = 0.0) -> None:
    make = DIALECTS[dialect].parts().client
    assert make is not None
    master = VirtualMaster(make(), lambda now_s: pack(1, at_s=now_s), begins_s=begins_s, slaves=range(2, 7))
    rack.bus.attach("master", master, baud=baud)


@pytest.mark.req("REQ-103")
def test_a_rack_in_order() -> None:
    rack = BusRack()
    rack.add(range(1, 6))
    found = checked(rack, scan(rack))
    assert found.packs() == [1, 2, 3, 4, 5]
    assert found.remarks == []
    first = found.survey.answerers[0]
    assert (first.address, first.attempt) == (2, Attempt("pylontech", 9600))
    identity, analog = first.sample.identity, first.sample.analog
    assert identity is not None
    assert analog is not None
    assert (identity.serial, analog.pack_voltage_v) == ("SERIAL-0001", 52.9)
    assert found.survey.skipped, "a rack in order is not searched for every stranger, and the scan says so"
    assert found.took_s < 20.0


@pytest.mark.parametrize("turnaround_s", [0.0205, 0.021, 0.024, 0.05, 0.15, 0.3])
def test_f05_a_duplicate_address(turnaround_s: float) -> None:
    rack = BusRack()
    rack.add(range(1, 5))
    rack.add([3], name="twin", serial="OTHER", turnaround_s=turnaround_s)
    found = checked(rack, scan(rack))
    assert found.kinds() == [Kind.DUPLICATE_ADDRESS]
    assert found.about(Kind.DUPLICATE_ADDRESS) == (3,)
    assert "Two packs answer as pack 3 (address 4)" in found.sentence(Kind.DUPLICATE_ADDRESS)
    assert "switches 1 and 2 on" in found.sentence(Kind.DUPLICATE_ADDRESS)


def test_f05_one_serial_number_at_two_addresses() -> None:
    rack = BusRack()
    rack.add([1, 3])
    rack.add([2, 4], serial="THE SAME")
    found = checked(rack, scan(rack))
    assert found.kinds() == [Kind.DUPLICATE_SERIAL]
    assert found.about(Kind.DUPLICATE_SERIAL) == (2, 4)
    assert "THE SAME" in found.sentence(Kind.DUPLICATE_SERIAL)


def test_f06_a_gap_with_the_picture_of_the_switches() -> None:
    rack = BusRack()
    rack.add([1, 10])
    found = checked(rack, scan(rack))
    assert found.kinds() == [Kind.GAP]
    assert found.about(Kind.GAP) == tuple(range(2, 10))
    assert "switches 2 and 4 are on = 10; for pack 2 only switch 2 on" in found.sentence(Kind.GAP)


def test_f06_no_master() -> None:
    rack = BusRack()
    rack.add([2, 3])
    found = checked(rack, scan(rack))
    assert found.packs() == [2, 3]
    assert found.kinds() == [Kind.NO_MASTER]
    assert "only switch 1 on" in found.sentence(Kind.NO_MASTER)


def test_a_lonely_slave_with_a_high_address_is_found() -> None:
    rack = BusRack()
    rack.add([9])
    found = checked(rack, scan(rack))
    assert found.packs() == [9]
    assert found.kinds() == [Kind.NO_MASTER, Kind.GAP]


def test_two_packs_with_the_address_of_the_master_are_a_second_master() -> None:
    rack = BusRack()
    rack.add(range(1, 4))
    rack.add([1], name="twin", serial="OTHER", turnaround_s=0.023)
    found = checked(rack, scan(rack))
    assert found.kinds() == [Kind.DUPLICATE_ADDRESS, Kind.SECOND_MASTER]
    assert found.about(Kind.SECOND_MASTER) == (1,)


@pytest.mark.req("REQ-102")
def test_f06_a_pack_that_stands_alone_beside_a_master() -> None:
    rack = BusRack()
    rack.add([0, 1, 2], "pace")
    found = checked(rack, scan(rack))
    assert found.packs() == [0, 1, 2]
    assert found.kinds() == [Kind.STAND_ALONE]
    assert "all switches off" in found.sentence(Kind.STAND_ALONE)


def test_a_pack_alone_is_right_alone() -> None:
    rack = BusRack()
    rack.add([0], "pace")
    found = checked(rack, scan(rack))
    assert (found.packs(), found.remarks) == ([0], [])


def test_somebody_already_asks_so_nothing_is_sent() -> None:
    rack = BusRack()
    rack.add([2, 3, 4])
    add_master(rack)
    found = scan(rack, before_s=10.0)
    assert rack.by(US) == []
    assert found.kinds() == [Kind.SOMEBODY_ASKS]
    heard = found.survey.overheard
    assert heard is not None
    assert (heard.dialect, heard.baud, heard.masters) == ("pylontech", 9600, 1)
    assert heard.answering == (3, 4, 5)
    assert "packs 2 to 4 (addresses 3 to 5) answer" in found.sentence(Kind.SOMEBODY_ASKS)


@pytest.mark.parametrize(("dialect", "baud"), [("pace-modbus", 19200), ("pace", 115200), ("seplos3", 19200)])
def test_what_somebody_speaks_is_told_at_any_speed(dialect: str, baud: int) -> None:
    rack = BusRack()
    rack.add([2, 3, 4], dialect, baud=baud)
    add_master(rack, dialect, baud=baud)
    found = scan(rack, before_s=10.0)
    heard = found.survey.overheard
    assert heard is not None
    assert (heard.dialect, heard.baud, len(heard.answering)) == (dialect, baud, 3)
    assert rack.by(US) == []


def test_two_masters_that_ask() -> None:
    rack = BusRack()
    rack.add([2, 3, 4])
    add_master(rack)
    add_master(rack, begins_s=0.3)
    found = scan(rack, before_s=10.0)
    assert found.kinds() == [Kind.SECOND_MASTER, Kind.SOMEBODY_ASKS]
    assert rack.by(US) == []


def test_somebody_who_begins_to_ask_is_given_way() -> None:
    rack = BusRack()
    rack.add([1, 2, 3, 4])
    add_master(rack, begins_s=4.0)
    found = checked(rack, scan(rack))
    assert Kind.SOMEBODY_ASKS in found.kinds()
    last_s = max(said.start_s for said in rack.said if said.station == US)
    assert last_s < 5.0
    assert "nothing more was sent" in found.sentence(Kind.SOMEBODY_ASKS)


def test_a_pack_at_another_speed() -> None:
    rack = BusRack()
    rack.add([1, 2, 4])
    rack.add([3], baud=115200)
    found = checked(rack, scan(rack))
    assert found.packs() == [1, 2, 3, 4]
    assert found.kinds() == [Kind.OTHER_SPEED]
    assert found.about(Kind.OTHER_SPEED) == (3,)
    assert "is set to 115200 baud, the others 9600 baud" in found.sentence(Kind.OTHER_SPEED)


@pytest.mark.parametrize(("dialect", "baud"), [("pace-modbus", 9600), ("pace-modbus", 19200), ("seplos3", 19200)])
def test_a_pack_that_speaks_another_dialect(dialect: str, baud: int) -> None:
    rack = BusRack()
    rack.add([1, 2, 4])
    rack.add([3], dialect, baud=baud)
    found = checked(rack, scan(rack))
    assert found.packs() == [1, 2, 3, 4]
    assert found.kinds() == [Kind.OTHER_DIALECT]
    assert found.about(Kind.OTHER_DIALECT) == (3,)
    assert DIALECTS[dialect].title in found.sentence(Kind.OTHER_DIALECT)


def test_a_pack_of_another_dialect_that_shares_an_address_on_the_wire() -> None:
    """PACE pack 3 and Pylontech pack 2 both have address 3, and a Pylontech pack answers PACE questions too."""
    rack = BusRack()
    rack.add([1, 2])
    rack.add([3], "pace")
    found = checked(rack, scan(rack))
    assert found.kinds() == [Kind.OTHER_DIALECT]
    assert found.about(Kind.OTHER_DIALECT) == (3,)
    assert "address 3 gives two answers at once" in found.sentence(Kind.OTHER_DIALECT)


@pytest.mark.parametrize(("dialect", "baud"), [("pylontech", 9600), ("pylontech", 115200), ("pace", 9600)])
def test_swapped_wires_at_the_adapter(dialect: str, baud: int) -> None:
    rack = BusRack()
    rack.add([1, 2], dialect, baud=baud)
    found = checked(rack, scan(rack, swapped=True))
    assert found.packs() == []
    assert found.kinds() == [Kind.SWAPPED_WIRES]
    assert found.about(Kind.SWAPPED_WIRES) == (1, 2)
    assert "A and B are swapped" in found.sentence(Kind.SWAPPED_WIRES)


def test_swapped_wires_at_one_pack() -> None:
    rack = BusRack()
    rack.add([1, 2, 4])
    rack.add([3], swapped=True)
    found = checked(rack, scan(rack))
    assert found.packs() == [1, 2, 4]
    assert found.kinds() == [Kind.SWAPPED_WIRES]
    assert found.about(Kind.SWAPPED_WIRES) == (3,)
    assert "swapped at that plug" in found.sentence(Kind.SWAPPED_WIRES)


@pytest.mark.parametrize("dialect", ["pylontech", "pace-modbus", "jbd-up16s"])
def test_swapped_wires_on_a_line_where_somebody_asks(dialect: str) -> None:
    rack = BusRack()
    rack.add([2, 3], dialect)
    add_master(rack, dialect)
    found = scan(rack, before_s=10.0, swapped=True)
    assert rack.by(US) == []
    assert found.kinds() == [Kind.SWAPPED_WIRES]
    assert DIALECTS[dialect].title in found.sentence(Kind.SWAPPED_WIRES)


def test_an_echoing_adapter() -> None:
    rack = BusRack()
    rack.add([1, 2])
    found = checked(rack, scan(rack, echo=True))
    assert (found.packs(), found.kinds()) == ([1, 2], [Kind.ECHO])


def test_nothing_answers_and_everything_was_tried() -> None:
    rack = BusRack()
    found = checked(rack, scan(rack))
    assert found.kinds() == [Kind.NOTHING]
    assert found.survey.skipped == ()
    assert set(found.survey.tried) == set(attempts())
    assert found.took_s < 60.0


@pytest.mark.parametrize("noise", [0.0005, 0.001])
def test_f01_a_little_noise_changes_nothing(noise: float) -> None:
    for seed in range(4):
        rack = BusRack(seed=seed, noise=noise)
        rack.add(range(1, 5))
        found = checked(rack, scan(rack))
        assert (found.packs(), found.kinds()) == ([1, 2, 3, 4], []), seed


def test_f01_much_noise_is_called_so() -> None:
    rack = BusRack(noise=0.01)
    rack.add(range(1, 5))
    found = checked(rack, scan(rack))
    assert Kind.DISTURBED in found.kinds()
    assert Kind.DUPLICATE_ADDRESS not in found.kinds()


def test_f02_answers_that_are_cut_off_are_asked_for_again() -> None:
    for seed in range(5):
        rack = BusRack(seed=seed)
        rack.add([1, 2, 4])
        rack.add([3], faults=Faults(cuts=0.3, loses=0.2))
        found = checked(rack, scan(rack))
        assert (found.packs(), found.kinds()) == ([1, 2, 3, 4], []), seed


def test_f06_every_subset_of_a_rack_is_judged_by_its_rules() -> None:
    """Sixteen addresses would be 65,536 scans; four already have every shape: alone, no master, gaps, in order."""
    for members in range(1, 16):
        numbers = [number for number in range(4) if members >> number & 1]
        rack = BusRack()
        rack.add(numbers, "pace-modbus")
        found = scan(rack, dialects=["pace-modbus"], bauds=[9600])
        assert found.packs() == numbers
        in_rack = [number for number in numbers if number > 0]
        expected = {Kind.STAND_ALONE} if 0 in numbers and in_rack else set()
        expected |= {Kind.NO_MASTER} if in_rack and 1 not in in_rack else set()
        expected |= {Kind.GAP} if set(range(2, max(in_rack, default=0))) - set(in_rack) else set()
        assert set(found.kinds()) == expected, numbers


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
