"""PACE: who is asked, records, the clock and orders."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.protocols.contract import OPTIONS
from tests.protocols.memory import Chosen, record
from tests.protocols.pacesamples import ACCESS, ORDERS, ask, keeping, raw
from tests.samples import pack, rack, with_analog, with_status

from openress.bms.aggregate import aggregate
from openress.codec import HexFrame
from openress.errors import FrameError, ParameterError
from openress.model import Condition, PackSample
from openress.model.history import Calendar
from openress.protocols.access import Control
from openress.protocols.base import Query
from openress.protocols.battery.pace import PaceAccess, PaceClient, PaceDecoder, PaceServer
from openress.protocols.battery.pace import frames as f
from openress.protocols.battery.pace.codes import Command

# RS232.


def test_on_rs232_the_pack_byte_chooses_and_the_address_does_not_matter() -> None:
    server, client = PaceServer(OPTIONS, rs232=True), PaceClient(rs232=True)
    for number in (1, 3):
        query = client.first(number)
        assert HexFrame.decode(query.frame).address == 0
        sample = client.merge(PackSample(number), query, ask(server, query), 0.0)
        assert sample.analog is not None
        assert sample.analog.cycles == 10 * number
    assert server.feed(client.first(9).frame, rack(), 0.0) == []
    assert raw(server, Command.ANALOG, b"\x02", adr=7).address == 7
    assert client.rarely(1)
    assert client.rarely(2) == ()


def test_on_rs232_ff_asks_for_all_packs() -> None:
    server, decoder = PaceServer(OPTIONS, rs232=True), PaceDecoder()
    mixed = aggregate([pack(1), pack(2, at_s=-20.0), pack(3)], 0.0)
    decoder.read(b"~25004642E002FFFD06")
    values = decoder.read(raw(server, Command.ANALOG, b"\xff", on=mixed).encode()).values
    assert [one["cycles"] for one in values["packs"]] == [10, 30]  # type: ignore[index, union-attr]
    decoder.read(HexFrame(0x25, 0, 0x46, 0x44, b"\xff").encode())
    told = with_status(pack(3), alarms=frozenset({Condition.SOC_LOW}))
    values = decoder.read(raw(server, Command.ALARMS, b"\xff", on=aggregate([pack(1), told], 0.0)).encode()).values
    assert [one["alarms"] for one in values["packs"]] == [[], ["soc_low"]]  # type: ignore[index, union-attr]
    stale = aggregate([pack(1, at_s=-20.0)], 0.0)
    assert server.feed(HexFrame(0x25, 0, 0x46, 0x42, b"\xff").encode(), stale, 0.0) == []


def test_on_rs485_ff_and_another_packs_number_are_refused() -> None:
    server = PaceServer(OPTIONS)
    assert raw(server, Command.ANALOG, b"\xff").code == 9
    assert raw(server, Command.ALARMS, b"\x02").code == 9
    assert raw(server, Command.ANALOG).info[1] == 1


def test_only_the_pack_at_the_cable_can_be_changed_over_rs232() -> None:
    access = PaceAccess(rs232=True)
    assert HexFrame.decode(access.read_queries(1, ["cell_ov_alarm_mv"])[0].frame).address == 0
    with pytest.raises(ParameterError, match="use RS485"):
        access.clock_query(2)


def test_how_many_packs_there_are() -> None:
    server = PaceServer(OPTIONS)
    assert raw(server, Command.PACK_COUNT).info == b"\x04"
    assert raw(server, Command.PACK_COUNT, adr=2).info == b"\x01"
    assert raw(PaceServer(OPTIONS, rs232=True), Command.PACK_COUNT, adr=0).info == b"\x04"


def test_who_the_pack_is() -> None:
    server = PaceServer(OPTIONS)
    assert raw(server, Command.VERSION_TEXT).info == b"1.2.3".ljust(20)
    assert raw(server, Command.SERIAL_NUMBERS, adr=2).info == 2 * b"SERIAL-0002".ljust(20)
    assert raw(server, Command.INTERNAL_VERSION).info == b"1.2.3".ljust(30) + b"A5L".ljust(10)
    assert raw(server, Command.PROTOCOL_VERSION).info == b""
    decoder = PaceDecoder()
    decoder.expect("C6")
    values = decoder.read(raw(server, Command.INTERNAL_VERSION).encode()).values
    assert (values["internal_version"], values["hardware_version"]) == ("1.2.3", "A5L")
    nameless = aggregate([replace(pack(1), identity=None)], 0.0)
    assert raw(server, Command.VERSION_TEXT, on=nameless).info == b"0.1.0".ljust(20)
    assert raw(server, Command.SERIAL_NUMBERS, on=nameless).info == b" " * 40


def test_capacities() -> None:
    assert raw(PaceServer(OPTIONS), Command.CAPACITY, adr=2).info.hex() == "145027102710"
    unknown = aggregate([with_analog(pack(1), full_ah=None)], 0.0)
    assert raw(PaceServer(OPTIONS), Command.CAPACITY, on=unknown).code == 9


# Clock, records, switches, protocols.


def test_the_clock_is_read_and_set() -> None:
    memory, server = keeping()
    query = ACCESS.clock_query(3)
    assert ACCESS.clock(query, ask(server, query)) == Calendar(2026, 11, 20, 23, 59, 58)
    now = Calendar(2027, 1, 2, 3, 4, 5)
    query = ACCESS.set_clock_query(3, now)
    ACCESS.written(query, ask(server, query))
    assert memory.done == [(3, now)]
    for bad in (Calendar(2027, 13, 2, 3, 4, 5), Calendar(2027, 1, 2, 24, 4, 5), Calendar(2027, 1, 0, 3, 4, 5)):
        query = ACCESS.set_clock_query(3, bad)
        with pytest.raises(FrameError, match="09"):
            ACCESS.written(query, ask(server, query))
    with pytest.raises(ParameterError):
        ACCESS.set_clock_query(3, Calendar(1999, 1, 1, 0, 0, 0))


def test_records_are_read_newest_first_up_to_the_last() -> None:
    _, server = keeping(records=[record(0), record(1)])
    for index in (0, 1):
        query = ACCESS.record_query(2, index)
        assert ACCESS.record(query, ask(server, query)) == record(index)
    query = ACCESS.record_query(2, 2)
    assert ACCESS.record(query, ask(server, query)) is None


def test_a_record_that_lacks_a_measured_value_is_refused_and_never_told_as_zero() -> None:
    _, server = keeping(records=[replace(record(0), pack_current_a=None), replace(record(0), at=None)])
    for index in (0, 1):
        query = ACCESS.record_query(2, index)
        with pytest.raises(FrameError, match="09"):
            ACCESS.record(query, ask(server, query))


@pytest.mark.parametrize("control", sorted(ACCESS.controls - {Control.SHUTDOWN}))
@pytest.mark.parametrize("on", [True, False])
def test_controls(control: Control, on: bool) -> None:
    memory, server = keeping()
    query = ACCESS.control_query(2, control, on=on)
    ACCESS.written(query, ask(server, query))
    assert memory.done == [(2, (control, on))]


def test_shutdown_and_no_way_back() -> None:
    memory, server = keeping()
    query = ACCESS.control_query(1, Control.SHUTDOWN, on=True)
    ACCESS.written(query, ask(server, query))
    assert raw(server, Command.SHUTDOWN).code == 0
    assert raw(server, Command.SHUTDOWN, b"\x02").code == 9
    assert memory.done == [(1, (Control.SHUTDOWN, True))] * 2
    with pytest.raises(ParameterError, match="button"):
        ACCESS.control_query(1, Control.SHUTDOWN, on=False)


def test_the_control_byte_shows_what_was_ordered() -> None:
    _, server = keeping()
    for code, wanted in ((0x0D, 0x01), (0x07, 0x21), (0x0B, 0x31), (0x09, 0x39), (0x0C, 0x38), (0x08, 0x30)):
        assert raw(server, Command.SWITCH, bytes([code])).info == bytes([code, wanted])
    raw(server, Command.CHARGE_SWITCH, b"\x01")
    info = raw(server, Command.ALARMS, b"\x01").info
    assert f.LONG_ALARM_BLOCK.decode(info[2:]).charge_ordered_off
    assert info[2 + 1 + 16 + 1 + 6 + 3 + 2 + 1] == 0x32


@pytest.mark.parametrize("code", [0x04, 0x05, 0x0E, 0x12, 0xFF])
def test_the_lock_and_the_old_protocol_choice_are_not_offered(code: int) -> None:
    memory, server = keeping()
    assert raw(server, Command.SWITCH, bytes([code])).code == 9
    assert memory.done == []


def test_a_switch_answers_with_the_indicator_even_when_it_is_refused() -> None:
    _, server = keeping(refuses="no")
    refused = raw(server, Command.DISCHARGE_SWITCH, b"\x01")
    assert (refused.code, refused.info.hex()) == (9, "0e")
    assert raw(server, Command.CHARGE_SWITCH, b"\x07").code == 9
    _, willing = keeping()
    assert raw(willing, Command.CHARGE_SWITCH, b"\x01").info.hex() == "0c"


def test_the_wrong_echo_of_a_switch_is_refused() -> None:
    _, server = keeping()
    buzzer = ACCESS.control_query(1, Control.BUZZER, on=True)
    lamps = ACCESS.control_query(1, Control.LAMP_ALARM, on=True)
    with pytest.raises(FrameError, match="the pack switched 06, asked was 0D"):
        ACCESS.written(buzzer, ask(server, lamps))


def test_inverter_protocols() -> None:
    memory, server = keeping(chosen=Chosen(0x13, None, True))
    query = ACCESS.choice_query(1)
    choice = ACCESS.choice(query, ask(server, query))
    assert (choice.can, choice.rs485, choice.automatic) == (0x13, None, True)
    query = ACCESS.choose_query(1, Chosen(1, None, None))
    assert HexFrame.decode(query.frame).info.hex() == "01ffff"
    ACCESS.written(query, ask(server, query))
    assert memory.done == [(1, (1, None, None))]
    _, silent = keeping(chosen=None)
    with pytest.raises(FrameError, match="09"):
        ACCESS.choice(query, ask(silent, ACCESS.choice_query(1)))


def test_a_pack_without_a_clock_refuses() -> None:
    _, server = keeping(now=None)
    assert raw(server, Command.READ_CLOCK).code == 9


@pytest.mark.parametrize("query", ORDERS, ids=lambda query: query.name)
def test_without_a_memory_everything_that_needs_one_is_refused(query: Query) -> None:
    assert HexFrame.decode(ask(PaceServer(OPTIONS), query)).code == 9


@pytest.mark.parametrize("query", ORDERS, ids=lambda query: query.name)
def test_a_refusal_is_an_error_with_its_reason(query: Query) -> None:
    with pytest.raises(FrameError, match="return code 09: operation refused"):
        ACCESS.written(query, ask(PaceServer(OPTIONS), query))


def test_a_refusing_pack_changes_nothing() -> None:
    memory, server = keeping(refuses="only by night")
    before = dict(memory.parameters(1))
    for query in ORDERS:
        if "read" not in query.name:
            server.feed(query.frame, rack(), 0.0)
    assert memory.kept[1] == before
    assert memory.done == []


@pytest.mark.parametrize("code", [0x7E, 0x7F, 0xA4, 0xA7, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xB3, 0xB4, 0xBD, 0xC3, 0xFF])
def test_calibration_and_memory_commands_do_not_exist(code: int) -> None:
    memory, server = keeping()
    assert raw(server, code, b"\x00").code == 4
    assert memory.done == []


def test_a_switch_is_not_thrown_on_values_that_are_not_fresh() -> None:
    memory, server = keeping()
    query = ACCESS.control_query(1, Control.CHARGE_SWITCH, on=False)
    assert server.feed(query.frame, rack(at_s=-11.0), 0.0) == []
    assert memory.done == []


def test_the_reply_address_can_be_fixed() -> None:
    server = PaceServer(replace(OPTIONS, reply_address=1))
    assert raw(server, Command.ANALOG, b"\x03", adr=3).address == 1
