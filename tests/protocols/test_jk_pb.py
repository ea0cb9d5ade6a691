"""JK PB: captures, asking and answering, listening to a bus that others use, and traps by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.captured import Captured
from tests.protocols.modbuscases import OPTIONS, Memory, agrees, comes_back, raw_blocks, read_pack, sequence
from tests.samples import pack, rack, with_analog, with_status

from openress.bms.aggregate import aggregate
from openress.catalog import load_product
from openress.codec.modbus import (
    ExceptionCode,
    Function,
    ReadRequest,
    WriteRegister,
    WriteRegisters,
    WriteReply,
    decode_reply,
    encode,
    sealed,
)
from openress.codec.modbusstream import Side
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Fault, PackSample, PackState, Switches
from openress.params import ParameterSet
from openress.protocols import find_dialect
from openress.protocols.access import Control
from openress.protocols.base import Direction
from openress.protocols.battery.jk_pb import (
    JkPbClient,
    JkPbControls,
    JkPbDecoder,
    JkPbListener,
    JkPbParameters,
    JkPbServer,
)
from openress.protocols.battery.jk_pb.frames import JkPbSplitter, Kind, Record, trigger
from openress.protocols.battery.jk_pb.records import ABOUT, LIVE, SETTINGS
from openress.protocols.registertable import RegisterTable

CAPTURES = sequence("jk-pb.txt", JkPbDecoder)
FRAMES = {known.origin.split(":")[0]: bytes.fromhex(known.frame) for known, _ in CAPTURES}
LIVE_REPLY = FRAMES["JKPB-05"]
DEFAULTS = dict(ParameterSet.defaults(load_product("syscom-a5l-51v2")))


@pytest.mark.parametrize(("known", "read"), CAPTURES, ids=lambda item: str(item) if isinstance(item, Captured) else "")
def test_captured_frame(known: Captured, read: Any) -> None:
    says = dict(known.says)
    if says["kind"] == "error":
        with pytest.raises(FrameError) as caught:
            read()
        assert (str(caught.value), caught.value.at) == (says["error"], says["at"])
        return
    agrees(read(), says)


@pytest.mark.parametrize("name", ["JKPB-04", "JKPB-05", "JKPB-06"])
def test_a_captured_record_is_sent_as_it_came(name: str) -> None:
    assert Record.decode(FRAMES[name]).encode() == FRAMES[name]


def ask(server: JkPbServer, message: Any, *, on: Any = None, now_s: float = 0.0) -> Any:
    answers = server.feed(encode(message), on or rack(), now_s)
    return decode_reply(answers[0]) if answers else None


def test_a_client_reads_what_a_pack_knows() -> None:
    known = with_status(
        pack(2),
        protections=frozenset({Condition.CELL_OVER_VOLTAGE, Condition.SHORT_CIRCUIT}),
        faults=frozenset({Fault.CHARGE_SWITCH}),
        switches=Switches(charge=False, discharge=True, precharge=False),
    )
    got = read_pack(JkPbClient(), JkPbServer(OPTIONS), aggregate([pack(1), known], 0.0), 2)
    assert known.analog is not None
    assert got.analog == replace(known.analog, env_temperature_c=None, design_ah=None, soc_pct=52, soh_pct=99)
    assert got.status == known.status
    assert got.limits is None
    assert got.identity is not None
    assert (got.identity.serial, got.identity.model, got.identity.software_version) == ("SERIAL-0002", "A5L", "1.2.3")


def test_an_answer_is_a_record_and_the_answer_to_the_write() -> None:
    (answer,) = JkPbServer(OPTIONS).feed(trigger(1, Kind.LIVE), rack(), 0.0)
    assert len(answer) == 308
    assert answer[:4] == bytes.fromhex("55AAEB90")
    assert answer[300:] == bytes.fromhex("011016200001044B")


def test_live_values_that_are_not_fresh_are_not_told_but_names_and_settings_are() -> None:
    server = JkPbServer(replace(OPTIONS, parameters=DEFAULTS))
    assert server.feed(trigger(1, Kind.LIVE), rack(), 10.1) == []
    assert server.feed(trigger(1, Kind.ABOUT), rack(), 10.1)
    assert server.feed(trigger(1, Kind.SETTINGS), rack(), 10.1)


def test_packs_answer_at_their_own_addresses_only() -> None:
    server = JkPbServer(OPTIONS)
    assert server.feed(trigger(4, Kind.LIVE), rack(), 0.0)
    assert server.feed(trigger(5, Kind.LIVE) + trigger(0, Kind.LIVE), rack(), 0.0) == []
    for number in (-1, 16):
        with pytest.raises(ParameterError):
            JkPbClient().address(number)


def test_what_a_pack_does_not_know_is_refused_and_never_sent_as_zero() -> None:
    blank = aggregate([with_analog(pack(1), soc_pct=None)], 0.0)
    (answer,) = JkPbServer(OPTIONS).feed(trigger(1, Kind.LIVE), blank, 0.0)
    assert decode_reply(answer).code == ExceptionCode.DEVICE_FAILURE  # type: ignore[union-attr]
    with pytest.raises(FrameError, match="55 AA EB 90"):
        JkPbClient().merge(pack(1), JkPbClient().first(1), answer, 0.0)


def test_answers_that_are_not_to_the_question() -> None:
    client = JkPbClient()
    query = client.first(1)
    for other, reason in (
        (FRAMES["JKPB-04"], "was not asked for"),
        (LIVE_REPLY[:300], "nothing behind the record"),
        (LIVE_REPLY[:300] + encode(WriteReply(2, Function.WRITE_REGISTERS, 0x1620, 1)), "asked was 01"),
        (LIVE_REPLY[:300] + encode(WriteReply(1, Function.WRITE_REGISTERS, 0x161C, 1)), "to another order"),
        (LIVE_REPLY[:300] + b"\0" * 8, "not spoken"),
        (LIVE_REPLY[:299], "has 300 bytes"),
        (LIVE_REPLY[300:], "begins with"),
    ):
        with pytest.raises(FrameError, match=reason):
            client.merge(PackSample(1), query, other, 0.0)


@pytest.mark.parametrize("step", [1, 7, 100, 308])
def test_records_are_found_however_they_arrive(step: int) -> None:
    stream = FRAMES["JKPB-04"] + b"\x55\xaa\x55" + LIVE_REPLY + FRAMES["JKPB-06"]
    splitter = JkPbSplitter(Side.REPLIES)
    found = [frame for at in range(0, len(stream), step) for frame in splitter.feed(stream[at : at + step])]
    assert found == [FRAMES["JKPB-04"], LIVE_REPLY, FRAMES["JKPB-06"]]


def test_a_damaged_record_costs_no_other() -> None:
    splitter = JkPbSplitter(Side.BOTH)
    found = splitter.feed(FRAMES["JKPB-07"] + LIVE_REPLY)
    assert found[-1] == LIVE_REPLY
    assert all(not frame.startswith(b"\x55\xaa") for frame in found[:-1])


def test_a_slave_reads_no_request_inside_another_slaves_record() -> None:
    inside = Record(Kind.LIVE, trigger(1, Kind.LIVE), address=2).encode()
    assert JkPbServer(OPTIONS).feed(trigger(2, Kind.LIVE)[:0] + inside, rack(), 0.0) == []


def test_listening_tells_every_pack_and_sends_nothing() -> None:
    """The bus of a master that asks three packs, record after record, in arbitrary pieces."""
    server, listener = JkPbServer(OPTIONS), JkPbListener()
    bus = rack(3)
    stream = b""
    for kind in (Kind.LIVE, Kind.ABOUT):
        for number in (1, 2, 3):
            request = trigger(number, kind)
            stream += request + server.feed(request, bus, 0.0)[0]
    heard = [found for at in range(0, len(stream), 50) for found in listener.feed(stream[at : at + 50], 3.0)]
    assert [address for address, _ in heard] == [1, 2, 3, 1, 2, 3]
    last = dict(heard)
    assert last[3].pack == 3
    assert last[3].identity is not None
    assert last[3].identity.serial == "SERIAL-0003"
    assert last[2].analog is not None
    assert (last[2].analog.at_s, last[2].analog.pack_current_a) == (3.0, -12.0)


def test_listening_to_a_master_that_tells_unasked() -> None:
    """The master tells its own values and those of others; only the answer behind each tells whose they are."""
    listener = JkPbListener()
    own = Record(Kind.LIVE, Record.decode(LIVE_REPLY).payload, address=0).encode()
    assert [address for address, _ in listener.feed(own + LIVE_REPLY, 0.0)] == [0, 1]


def test_a_record_of_nobody_is_dropped_unless_it_was_just_asked_for() -> None:
    bare, filler = LIVE_REPLY[:300], bytes(8)
    assert JkPbListener().feed(bare + filler, 0.0) == []
    listener = JkPbListener()
    listener.feed(trigger(5, Kind.LIVE), 0.0)
    assert [address for address, _ in listener.feed(bare + filler, 0.9)] == [5]
    for late, kind in ((1.1, Kind.LIVE), (0.5, Kind.ABOUT)):
        listener = JkPbListener()
        listener.feed(trigger(5, kind), 0.0)
        assert listener.feed(bare + filler, late) == []


def test_settings_are_read_and_written() -> None:
    memory = Memory(dict(DEFAULTS))
    server = JkPbServer(replace(OPTIONS, memory=memory))
    access = JkPbParameters()
    (query,) = access.read_queries(1, access.keys)
    got = access.read(query, server.feed(query.frame, rack(), 0.0)[0])
    assert got == pytest.approx({key: DEFAULTS[key] for key in access.keys})
    changes = {"cell_ov_protect_mv": 3600, "charge_ut_protect_c": -4.0, "charge_oc_delay_ms": 2000}
    queries = access.write_queries(1, changes, {})
    assert queries[0].frame == encode(WriteRegisters(1, 0x100C, (3600).to_bytes(4, "big")))
    for query in queries:
        access.written(query, server.feed(query.frame, rack(), 0.0)[0])
    assert {key: memory.settings[key] for key in changes} == pytest.approx(changes)
    assert access.read_queries(1, []) == ()
    with pytest.raises(ParameterError, match="no setting"):
        access.read_queries(1, ["cell_ov_alarm_mv"])


def test_switching() -> None:
    memory, access = Memory(), JkPbControls()
    server = JkPbServer(replace(OPTIONS, memory=memory))
    for on in (False, True):
        query = access.control_query(1, Control.CHARGE_SWITCH, on=on)
        access.written(query, server.feed(query.frame, rack(), 0.0)[0])
    assert memory.controlled == [(1, Control.CHARGE_SWITCH, False), (1, Control.CHARGE_SWITCH, True)]
    with pytest.raises(ParameterError):
        access.control_query(1, Control.SHUTDOWN, on=True)
    memory.reason = "not now"
    query = access.control_query(1, Control.BALANCING, on=True)
    for answer, reason in (
        (server.feed(query.frame, rack(), 0.0)[0], "illegal_value"),
        (encode(WriteReply(2, Function.WRITE_REGISTERS, 0x1078, 2)), "asked was 01"),
        (encode(WriteReply(1, Function.WRITE_REGISTERS, 0x1074, 2)), "another order"),
        (encode(WriteRegister(1, 0x1078, 2)), "another order"),
    ):
        with pytest.raises(FrameError, match=reason):
            access.written(query, answer)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (WriteRegisters(1, 0x100C, b"\0\0\x0e\x10"), ExceptionCode.ILLEGAL_FUNCTION),
        (WriteRegisters(1, 0x100C, b"\x0e\x10"), ExceptionCode.ILLEGAL_ADDRESS),
        (WriteRegisters(1, 0x100D, b"\0\0\x0e\x10"), ExceptionCode.ILLEGAL_ADDRESS),
        (WriteRegisters(1, 0x1018, b"\0\0\x0e\x10"), ExceptionCode.ILLEGAL_ADDRESS),
        (WriteRegisters(1, 0x1600, b"\0\0\0\0"), ExceptionCode.ILLEGAL_ADDRESS),
        (WriteRegisters(1, 0x1604, b"\0\0\0\1"), ExceptionCode.ILLEGAL_ADDRESS),
        (WriteRegister(1, 0x1604, 1), ExceptionCode.ILLEGAL_FUNCTION),
        (ReadRequest(1, Function.READ_HOLDING, 0x1200, 1), ExceptionCode.ILLEGAL_FUNCTION),
    ],
)
def test_what_is_refused_and_why(message: Any, code: ExceptionCode) -> None:
    """Calibration and shutdown, 0x1600 and 0x1604, are never carried out."""
    assert ask(JkPbServer(OPTIONS), message).code == code


@pytest.mark.parametrize("table", [LIVE, SETTINGS, ABOUT], ids=lambda table: table.name)
@given(data=st.data())
def test_every_value_comes_back(table: RegisterTable, data: st.DataObject) -> None:
    comes_back(table, *data.draw(raw_blocks(table)))


@given(st.binary(max_size=293), st.sampled_from(Kind), st.none() | st.integers(0, 15), st.integers(0, 255))
def test_every_record_comes_back(payload: bytes, kind: Kind, address: int | None, counter: int) -> None:
    record = Record(kind, payload.ljust(293, b"\0"), address, counter)
    assert Record.decode(record.encode()) == record


@given(st.binary(max_size=330), st.integers(0, 3), st.sampled_from([None, "161C", "161E", "1620"]))
def test_arbitrary_bytes_are_read_or_refused(data: bytes, form: int, asked: str | None) -> None:
    frame = data
    if form == 1:
        frame = sealed(data)
    elif form == 2:
        frame = Record(Kind.LIVE, data[:293]).encode() + data[293:]
    elif form == 3:
        frame = Record(Kind.ABOUT, data[:293], address=1).encode()
    for direction in (None, *Direction):
        decoder = JkPbDecoder()
        if asked is not None:
            decoder.expect(asked)
        try:
            decoder.read(frame, direction)
        except FrameError as error:
            assert error.at >= 0
    JkPbListener().feed(frame + frame, 0.0)
    server = JkPbServer(replace(OPTIONS, memory=Memory()))
    server.feed(frame, rack(), 0.0)
    server.feed(bytes(308), rack(), 0.0)
    assert server.feed(trigger(1, Kind.ABOUT), rack(), 0.0)


def test_only_the_expected_record_is_read() -> None:
    decoder = JkPbDecoder()
    decoder.expect("0x1620")
    assert decoder.read(LIVE_REPLY).kind == "live"
    with pytest.raises(FrameError):
        decoder.read(FRAMES["JKPB-04"])
    with pytest.raises(ParameterError, match="did you mean 1620"):
        decoder.expect("1621")


@pytest.mark.parametrize(
    ("frame", "kind", "values"),
    [
        (sealed(b"\x01\x90\x02"), "refusal", {"address": 1, "function": 16, "reason": "illegal_address"}),
        (sealed(b"\x01\x10\x10\x0c\x00\x02"), "written", {"address": 1, "command": "100C", "count": 2}),
        (sealed(b"\x01\x03\x02\x12\x34"), "registers", {"address": 1, "registers": [0x1234]}),
    ],
)
def test_plain_modbus_is_read_too(frame: bytes, kind: str, values: dict[str, Any]) -> None:
    reading = JkPbDecoder().read(frame, Direction.FROM_BATTERY)
    assert (reading.kind, reading.values) == (kind, values)


def test_other_requests_are_named() -> None:
    write = JkPbDecoder().read(encode(WriteRegisters(1, 0x1604, b"\0\1")))
    assert (write.kind, write.values["registers"]) == ("settings_write", [1])
    assert JkPbDecoder().read(encode(WriteRegister(1, 0x1604, 1))).kind == "write"
    with pytest.raises(FrameError):
        JkPbDecoder().read(sealed(b"\x01\x01\x01\x00"), Direction.FROM_BATTERY)
    with pytest.raises(FrameError):
        JkPbDecoder().read(b"\x01\x10", Direction.TO_BATTERY)


@pytest.mark.parametrize("fault", list(Fault))
def test_no_fault_is_lost_on_the_wire(fault: Fault) -> None:
    sample = with_status(pack(1), faults=frozenset({fault}))
    got = read_pack(JkPbClient(), JkPbServer(OPTIONS), aggregate([sample], 0.0), 1)
    assert got.status is not None
    assert got.status.faults


@pytest.mark.parametrize("condition", [c for c in Condition if c is not Condition.SOC_LOW])
def test_no_protection_is_lost_on_the_wire(condition: Condition) -> None:
    sample = with_status(pack(1), protections=frozenset({condition}))
    got = read_pack(JkPbClient(), JkPbServer(OPTIONS), aggregate([sample], 0.0), 1)
    assert got.status is not None
    assert got.status.protections


# Traps.


def test_trap_the_counter_is_0_because_a_known_reader_accepts_nothing_else() -> None:
    (answer,) = JkPbServer(OPTIONS).feed(trigger(1, Kind.LIVE), rack(), 0.0)
    assert answer[5] == 0
    assert Record.decode(LIVE_REPLY).counter == 5


def test_trap_records_count_low_byte_first_and_registers_high_byte_first() -> None:
    assert LIVE.decode(0x98, bytes.fromhex("B1450000")) == {"pack_current_a": 17.841}
    decoder = JkPbDecoder()
    write = encode(WriteRegisters(1, 0x100C, (3600).to_bytes(4, "big")))
    assert decoder.read(write).values == {"address": 1, "command": "100C", "cell_ov_protect_mv": 3600}


def test_trap_soc_is_one_byte_before_the_capacity() -> None:
    """The 101 of the same capture are cycles."""
    values = JkPbDecoder().read(LIVE_REPLY).values
    assert (values["soc_pct"], values["cycles"]) == (88, 101)


def test_trap_charge_is_positive() -> None:
    sample = with_analog(with_status(pack(1), state=None), pack_current_a=12.5)
    got = read_pack(JkPbClient(), JkPbServer(OPTIONS), aggregate([sample], 0.0), 1)
    assert got.analog is not None
    assert got.analog.pack_current_a == 12.5
    assert got.status is not None
    assert got.status.state is PackState.CHARGE


def test_trap_pass_codes_are_not_told() -> None:
    values = JkPbDecoder().read(FRAMES["JKPB-04"]).values
    assert not {"1234", "4096", "0000"} & {str(value) for value in values.values()}


def test_trap_a_sensor_that_is_not_there() -> None:
    assert LIVE.decode(0x9C, bytes.fromhex("28 01 30 F8")) == {"temperatures_c": (29.6,)}


def test_it_is_found_by_name() -> None:
    parts = find_dialect("jk-pb").parts()
    assert None not in (parts.decoder, parts.server, parts.client, parts.parameters, parts.controls)
