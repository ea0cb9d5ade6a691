"""PACE Modbus: captures, both sides together, writes that are guarded, and traps by name."""

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
    ExceptionReply,
    Function,
    ReadRequest,
    RegistersReply,
    WriteRegister,
    WriteRegisters,
    WriteReply,
    decode_reply,
    encode,
    sealed,
)
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Fault, PackState, Switches
from openress.model.history import Calendar, HistoryRecord
from openress.params import PARAMETERS, ParameterSet
from openress.protocols import find_dialect
from openress.protocols.base import Direction
from openress.protocols.battery.pace_modbus import (
    PARTS,
    PaceModbusClock,
    PaceModbusHistory,
    PaceModbusServer,
    pace_modbus_client,
    pace_modbus_parameters,
)
from openress.protocols.battery.pace_modbus.registers import TABLE
from openress.protocols.registers import Block

assert PARTS.decoder is not None
CAPTURES = sequence("pace-modbus.txt", PARTS.decoder)
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


def ask(server: PaceModbusServer, message: Any, *, on: Any = None, now_s: float = 0.0) -> Any:
    answers = server.feed(encode(message), on or rack(), now_s)
    return decode_reply(answers[0]) if answers else None


def read(start: int, count: int, address: int = 1) -> ReadRequest:
    return ReadRequest(address, Function.READ_HOLDING, start, count)


def test_a_client_reads_what_a_pack_knows() -> None:
    known = with_status(
        pack(2),
        alarms=frozenset({Condition.CELL_UNDER_VOLTAGE, Condition.SOC_LOW}),
        protections=frozenset({Condition.MOS_OVER_TEMPERATURE, Condition.AMBIENT_UNDER_TEMPERATURE}),
        faults=frozenset({Fault.TEMPERATURE_SENSOR}),
        switches=Switches(charge=False, discharge=True, limit=True, heating=False),
        balancing=(True, False) * 8,
    )
    got = read_pack(pace_modbus_client(), PaceModbusServer(OPTIONS), aggregate([pack(1), known], 0.0), 2)
    assert known.analog is not None
    assert got.analog == replace(known.analog, soc_pct=52, soh_pct=99)
    assert got.status == known.status
    assert got.identity is not None
    assert (got.identity.serial, got.identity.software_version) == ("SERIAL-0002", "1.2.3")
    assert got.limits is None


def test_address_0_is_a_stand_alone_pack() -> None:
    alone = aggregate([pack(0)], 0.0)
    assert read_pack(pace_modbus_client(), PaceModbusServer(OPTIONS), alone, 0).analog is not None


def test_packs_answer_at_their_own_addresses_only() -> None:
    server = PaceModbusServer(OPTIONS)
    assert ask(server, read(1, 1, address=4)) is not None
    assert ask(server, read(1, 1, address=5)) is None
    assert ask(server, read(1, 1, address=0)) is None


def test_data_that_are_not_fresh_are_not_told_but_names_and_settings_are() -> None:
    server = PaceModbusServer(replace(OPTIONS, parameters=DEFAULTS))
    assert ask(server, read(0, 37), now_s=10.1) is None
    assert ask(server, read(150, 30), now_s=10.1) is not None
    assert ask(server, read(60, 55), now_s=10.1) is not None


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (read(0, 49), ExceptionCode.ILLEGAL_ADDRESS),
        (read(0, 0), ExceptionCode.ILLEGAL_VALUE),
        (read(60, 126), ExceptionCode.ILLEGAL_VALUE),
        (read(300, 1), ExceptionCode.ILLEGAL_ADDRESS),
        (read(40, 4), ExceptionCode.DEVICE_FAILURE),
        (ReadRequest(1, Function.READ_INPUT, 0, 1), ExceptionCode.ILLEGAL_FUNCTION),
        (WriteRegister(1, 64, 3600), ExceptionCode.ILLEGAL_FUNCTION),
        (WriteRegisters(1, 64, b"\x0e\x10"), ExceptionCode.ILLEGAL_FUNCTION),
        (WriteRegisters(1, 0, b"\x00\x00"), ExceptionCode.ILLEGAL_ADDRESS),
        (WriteRegisters(1, 107, b"\x00\x00"), ExceptionCode.ILLEGAL_ADDRESS),
        (WriteRegisters(1, 150, b"AA"), ExceptionCode.ILLEGAL_ADDRESS),
        (WriteRegisters(1, 56, b"\x18\x05\x12\x0c\x03\x3a"), ExceptionCode.ILLEGAL_FUNCTION),
        (read(201, 33), ExceptionCode.NO_RECORD),
    ],
)
def test_what_is_refused_and_why(message: Any, code: ExceptionCode) -> None:
    reply = ask(PaceModbusServer(OPTIONS), message)
    assert isinstance(reply, ExceptionReply)
    assert reply.code == code


def test_what_a_pack_does_not_know_is_refused_and_never_sent_as_zero() -> None:
    blank = aggregate([with_analog(pack(1), remaining_ah=None)], 0.0)
    server = PaceModbusServer(OPTIONS)
    assert ask(server, read(0, 37), on=blank).code == ExceptionCode.DEVICE_FAILURE
    assert ask(server, read(0, 3), on=blank).data == bytes.fromhex("FBB414AA0033")


def test_every_setting_is_read_and_written() -> None:
    memory = Memory(dict(DEFAULTS))
    server = PaceModbusServer(replace(OPTIONS, memory=memory))
    access = pace_modbus_parameters()
    assert access.keys == {row.key for row in PARAMETERS if row.pace is not None}
    got: dict[str, float] = {}
    for query in access.read_queries(1, access.keys):
        got |= access.read(query, server.feed(query.frame, rack(), 0.0)[0])
    assert got == pytest.approx({key: DEFAULTS[key] for key in access.keys})
    changes = {"cell_ov_alarm_mv": 3510, "charge_ut_protect_c": -4.0, "pack_ov_delay_ms": 1500, "balance_delta_mv": 40}
    for query in access.write_queries(1, changes, {}):
        access.written(query, server.feed(query.frame, rack(), 0.0)[0])
    assert {key: memory.settings[key] for key in changes} == pytest.approx(changes)


def test_neighbouring_settings_are_written_in_one_order() -> None:
    changes = {"cell_ov_alarm_mv": 3510, "cell_ov_protect_mv": 3600, "cell_ov_delay_ms": 1500}
    frames = [query.frame for query in pace_modbus_parameters().write_queries(1, changes, {})]
    assert frames == [
        encode(WriteRegisters(1, 64, bytes.fromhex("0DB60E10"))),
        encode(WriteRegisters(1, 67, bytes.fromhex("000F"))),
    ]


def test_a_setting_that_the_memory_refuses_is_refused_on_the_wire() -> None:
    server = PaceModbusServer(replace(OPTIONS, memory=Memory(dict(DEFAULTS), reason="too high")))
    access = pace_modbus_parameters()
    (query,) = access.write_queries(1, {"cell_ov_alarm_mv": 3510}, {})
    (answer,) = server.feed(query.frame, rack(), 0.0)
    with pytest.raises(FrameError, match="exception 03, illegal_value"):
        access.written(query, answer)


def test_what_is_no_setting_or_does_not_fit_is_refused_before_it_is_sent() -> None:
    access = pace_modbus_parameters()
    with pytest.raises(ParameterError, match="did you mean cell_ov_alarm_mv"):
        access.read_queries(1, ["cell_ov_alarm"])
    with pytest.raises(ParameterError, match="fits on the wire"):
        access.write_queries(1, {"cell_ov_alarm_mv": 70000}, {})
    with pytest.raises(ParameterError, match="numbers 0 to 15"):
        access.read_queries(16, ["cell_ov_alarm_mv"])


def test_the_answer_to_another_order_is_no_answer() -> None:
    access = pace_modbus_parameters()
    (query,) = access.write_queries(1, {"cell_ov_alarm_mv": 3510}, {})
    for other in (
        encode(WriteReply(1, Function.WRITE_REGISTERS, 65, 1)),
        encode(WriteReply(2, Function.WRITE_REGISTERS, 64, 1)),
        encode(WriteRegister(1, 64, 3510)),
        encode(RegistersReply(1, Function.READ_HOLDING, b"\x00\x00")),
    ):
        with pytest.raises(FrameError):
            access.written(query, other)


def test_the_answer_to_another_reading_is_no_answer() -> None:
    client = pace_modbus_client()
    query = client.first(1)
    for other in (
        encode(RegistersReply(1, Function.READ_HOLDING, bytes(72))),
        encode(RegistersReply(2, Function.READ_HOLDING, bytes(74))),
        encode(RegistersReply(1, Function.READ_INPUT, bytes(74))),
        encode(ExceptionReply(1, 3, 2)),
        encode(WriteReply(1, Function.WRITE_REGISTERS, 0, 37)),
    ):
        with pytest.raises(FrameError):
            client.merge(pack(1), query, other, 0.0)


def test_the_clock_is_read_and_set() -> None:
    memory, access = Memory(now=Calendar(2026, 11, 20, 23, 59, 58)), PaceModbusClock()
    server = PaceModbusServer(replace(OPTIONS, memory=memory))
    query = access.clock_query(1)
    assert access.clock(query, server.feed(query.frame, rack(), 0.0)[0]) == memory.now
    later = Calendar(2027, 1, 2, 3, 4, 5)
    query = access.set_clock_query(1, later)
    access.written(query, server.feed(query.frame, rack(), 0.0)[0])
    assert memory.now == later


def test_a_clock_that_was_never_set_and_an_impossible_date() -> None:
    access = PaceModbusClock()
    query = access.clock_query(1)
    with pytest.raises(FrameError, match="never set"):
        access.clock(query, encode(RegistersReply(1, Function.READ_HOLDING, bytes(6))))
    server = PaceModbusServer(replace(OPTIONS, memory=Memory()))
    assert ask(server, WriteRegisters(1, 56, bytes(6))).code == ExceptionCode.ILLEGAL_VALUE
    with pytest.raises(ParameterError):
        access.set_clock_query(1, Calendar(1999, 1, 1, 0, 0, 0))


def test_records_are_selected_and_read() -> None:
    old = HistoryRecord(
        at=Calendar(2026, 1, 2, 3, 4, 5),
        conditions=frozenset({Condition.CELL_OVER_VOLTAGE, Condition.PACK_OVER_VOLTAGE}),
        protections=frozenset({Condition.CELL_OVER_VOLTAGE}),
        faults=frozenset(),
        pack_voltage_v=57.6,
        pack_current_a=12.5,
        remaining_ah=99.0,
        full_ah=100.0,
        cell_voltage_max_mv=3655,
        cell_voltage_min_mv=3600,
        cell_voltages_mv=(3655, *[3600] * 15),
        temperatures_c=(25.0, 25.5, 26.0, 25.0),
        mos_temperature_c=30.0,
        env_temperature_c=28.0,
    )
    new = replace(old, at=Calendar(2026, 1, 3, 3, 4, 5))
    server = PaceModbusServer(replace(OPTIONS, memory=Memory(records=(new, old))))
    access = PaceModbusHistory()
    for index, wanted in enumerate((new, old, None)):
        select = access.select_query(1, index)
        access.selected(select, server.feed(select.frame, rack(), 0.0)[0])
        query = access.record_query(1, index)
        assert access.record(query, server.feed(query.frame, rack(), 0.0)[0]) == wanted
    assert ask(server, read(200, 1)).data == b"\x00\x02"


@given(raw_blocks(TABLE))
def test_every_value_comes_back(case: tuple[Block, bytes]) -> None:
    comes_back(TABLE, *case)


@given(st.integers(0, 240), st.integers(0, 125), st.data())
def test_any_window_is_read(start: int, count: int, data: st.DataObject) -> None:
    raw = data.draw(st.binary(min_size=2 * count, max_size=2 * count))
    told = TABLE.decode(start, raw)
    whole = TABLE.decode(0, bytes(2 * start) + raw)
    for key in ("pack_voltage_v", "soc_pct", "cell_uv_alarm_mv", "serial"):
        assert told.get(key) in (None, whole.get(key))


@given(st.binary(max_size=90), st.booleans(), st.sampled_from([None, "0", "60", "0xC8"]))
def test_arbitrary_bytes_are_read_or_refused(data: bytes, seal: bool, asked: str | None) -> None:
    frame = sealed(data) if seal else data
    for direction in (None, *Direction):
        assert PARTS.decoder is not None
        decoder = PARTS.decoder()
        if asked is not None:
            decoder.expect(asked)
        try:
            decoder.read(frame, direction)
        except FrameError as error:
            assert error.at >= 0
    server = PaceModbusServer(replace(OPTIONS, memory=Memory()))
    server.feed(frame, rack(), 0.0)
    # Sealed noise may swallow the first byte of one request, never of two.
    assert ask(server, read(1, 1)) is not None or ask(server, read(1, 1)) is not None


def test_replies_without_their_request_are_raw_and_with_expect_are_read() -> None:
    frame = bytes.fromhex("0103020A457F17")
    assert PARTS.decoder is not None
    assert PARTS.decoder().read(frame).values == {"address": 1, "registers": [2629]}
    decoder = PARTS.decoder()
    decoder.expect("1")
    assert decoder.read(frame).values["pack_voltage_v"] == 26.29
    for wrong in ("300", "x"):
        with pytest.raises(ParameterError):
            decoder.expect(wrong)


def test_a_reply_to_something_else_is_refused() -> None:
    assert PARTS.decoder is not None
    decoder = PARTS.decoder()
    decoder.read(encode(read(1, 2)))
    for other in (
        encode(RegistersReply(1, Function.READ_HOLDING, b"\x0a\x45")),
        encode(RegistersReply(2, Function.READ_HOLDING, bytes(4))),
        encode(RegistersReply(1, Function.READ_INPUT, bytes(4))),
    ):
        with pytest.raises(FrameError):
            decoder.read(other, Direction.FROM_BATTERY)


# Traps.


def test_trap_register_numbers_are_decimal() -> None:
    (row,) = [row for row in TABLE.rows if row.key == "cell_voltages_mv" and row.at < 60]
    assert row.at == 15


def test_trap_temperatures_are_celsius_not_kelvin() -> None:
    assert TABLE.decode(35, b"\x00\xf1") == {"mos_temperature_c": 24.1}
    assert TABLE.decode(35, b"\xff\x9c") == {"mos_temperature_c": -10.0}


def test_trap_an_absent_sensor_is_not_200_degrees_below_zero() -> None:
    assert TABLE.decode(31, bytes.fromhex("00D200D1F830F830")) == {"temperatures_c": (21.0, 20.9)}
    assert TABLE.decode(35, b"\xf8\x30") == {}


def test_trap_the_temperature_bits_of_warnings_and_protections_differ() -> None:
    assert TABLE.decode(9, b"\x10\x00")["alarms"] == {Condition.AMBIENT_OVER_TEMPERATURE}
    assert TABLE.decode(10, b"\x10\x00")["protections"] == {Condition.MOS_OVER_TEMPERATURE}


def test_trap_discharge_is_negative() -> None:
    assert TABLE.decode(0, b"\xff\x9c") == {"pack_current_a": -1.0}


def test_trap_one_bit_for_both_discharge_currents() -> None:
    told = TABLE.decode(10, b"\x00\x20")["protections"]
    assert told == {Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2}


def test_trap_pack_voltage_above_the_register_saturates() -> None:
    assert TABLE.encode({"pack_voltage_v": 700.0}, 1, 1) == b"\xff\xff"


@pytest.mark.parametrize("fault", list(Fault))
def test_no_fault_is_lost_on_the_wire(fault: Fault) -> None:
    sample = with_status(pack(1), faults=frozenset({fault}))
    got = read_pack(pace_modbus_client(), PaceModbusServer(OPTIONS), aggregate([sample], 0.0), 1)
    assert got.status is not None
    assert got.status.faults


def test_a_pack_stands_by_without_current() -> None:
    sample = with_status(with_analog(pack(1), pack_current_a=0.0), state=None)
    got = read_pack(pace_modbus_client(), PaceModbusServer(OPTIONS), aggregate([sample], 0.0), 1)
    assert got.status is not None
    assert got.status.state is PackState.STANDBY


def test_it_is_found_by_name() -> None:
    parts = find_dialect("pace-modbus").parts()
    assert parts.client is not None
    assert parts.client().max_packs == 15
    assert parts.server is not None
    assert parts.parameters is not None
