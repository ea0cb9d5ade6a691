"""Seplos v3: captures and the maker's examples, both sides together, guarded writes, and traps by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.captured import Captured
from tests.protocols.modbuscases import OPTIONS, Memory, agrees, comes_back, raw_blocks, read_pack, sequence
from tests.protocols.seplos3samples import ask, read
from tests.samples import pack, rack, with_limits, with_status

from openress.bms.aggregate import aggregate
from openress.catalog import load_product
from openress.codec.modbus import (
    BitsReply,
    ExceptionCode,
    Function,
    ReadRequest,
    RegistersReply,
    WriteCoils,
    WriteRegisters,
    encode,
    sealed,
)
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Fault, Switches
from openress.model.history import Calendar, HistoryRecord
from openress.params import ParameterSet
from openress.protocols.access import Control
from openress.protocols.base import Direction
from openress.protocols.battery.seplos3 import (
    PARTS,
    Seplos3Clock,
    Seplos3Controls,
    Seplos3History,
    Seplos3Server,
    seplos3_client,
    seplos3_parameters,
)
from openress.protocols.battery.seplos3.maps import COILS, REGISTERS
from openress.protocols.registertable import RegisterTable

assert PARTS.decoder is not None
CAPTURES = sequence("seplos3.txt", PARTS.decoder)
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


def coils(start: int, count: int, address: int = 0) -> ReadRequest:
    return ReadRequest(address, Function.READ_COILS, start, count)


def test_a_client_reads_what_a_pack_knows() -> None:
    known = with_status(
        pack(2),
        alarms=frozenset({Condition.CELL_UNDER_VOLTAGE, Condition.SOC_LOW, Condition.MOS_OVER_TEMPERATURE}),
        protections=frozenset({Condition.DISCHARGE_OVER_CURRENT_2, Condition.SHORT_CIRCUIT, Condition.SOC_LOW}),
        faults=frozenset({Fault.CHARGER_REVERSED, Fault.CELL_IMBALANCE}),
        switches=Switches(charge=False, discharge=True, limit=True, heating=False),
        balancing=(True, False) * 8,
    )
    got = read_pack(seplos3_client(), Seplos3Server(OPTIONS), aggregate([pack(1), known], 0.0), 2)
    assert known.analog is not None
    assert got.analog == replace(known.analog, design_ah=None)
    assert got.status == known.status
    assert got.limits is not None
    assert (got.limits.charge_current_limit_a, got.limits.discharge_current_limit_a) == (50, 50)
    assert got.identity is not None
    assert (got.identity.serial, got.identity.model, got.identity.software_version) == ("SERIAL-0002", "A5L", "12")


def test_what_one_reading_leaves_out_does_not_look_young() -> None:
    """Cells come with the second reading of a cycle; when it fails they are absent, not old."""
    client, server = seplos3_client(), Seplos3Server(OPTIONS)
    sample = read_pack(client, server, rack(), 1)
    first = client.first(1)
    (answer,) = server.feed(first.frame, rack(), 0.0)
    later = client.merge(sample, first, answer, 5.0)
    assert later.analog is not None
    assert (later.analog.at_s, later.analog.cell_voltages_mv) == (5.0, None)
    assert later.limits is not None
    assert later.limits.at_s == 5.0
    assert later.status == sample.status


def test_the_master_tells_the_rack() -> None:
    bad = with_status(pack(2), protections=frozenset({Condition.CELL_OVER_VOLTAGE}))
    on = aggregate([pack(1), bad, pack(3)], 0.0)
    server = Seplos3Server(OPTIONS)
    told = REGISTERS.decode(0x2000, ask(server, read(0x2000, 26), on=on).data)
    assert on.analog is not None
    assert told["pack_current_a"] == -36.0
    assert told["pack_voltage_v"] == pytest.approx(on.analog.pack_voltage_v)
    assert (told["modules"], told["packs_online"], told["packs_protected"]) == (3, 0b111, 0b010)
    assert told["charge_current_limit_a"] == 0.0
    assert told["discharge_current_limit_a"] == 150.0
    assert "discharged_ah" not in told
    extremes = REGISTERS.decode(0x2100, ask(server, read(0x2100, 22), on=on).data)
    assert (extremes["cell_voltage_max_mv"], extremes["cell_voltage_max_position"]) == (3318, 2 * 16 + 15)
    assert (extremes["cell_voltage_min_mv"], extremes["cell_voltage_min_position"]) == (3301, 0)
    assert (extremes["temperature_max_c"], extremes["temperature_max_position"]) == (27.0, 8)
    status = COILS.decode(512, ask(server, coils(0x2200, 80), on=on).data)
    assert status["protections"] == {Condition.CELL_OVER_VOLTAGE}
    assert status["discharging"] is True
    assert ask(server, read(0x2000, 26, address=1), on=on).code == ExceptionCode.ILLEGAL_ADDRESS


def test_one_stale_pack_silences_the_rack_and_itself() -> None:
    mixed = aggregate([pack(1, at_s=20.0), pack(2, at_s=0.0)], 20.0)
    server = Seplos3Server(OPTIONS)
    assert ask(server, read(0x2000, 26), on=mixed, now_s=20.0) is None
    assert ask(server, coils(0x2200, 80), on=mixed, now_s=20.0) is None
    assert ask(server, read(0x1000, 18, address=1), on=mixed, now_s=20.0) is None
    assert ask(server, read(0x1000, 18), on=mixed, now_s=20.0) is not None


def test_a_pack_that_must_not_be_charged_asks_for_no_current() -> None:
    full = aggregate([with_limits(pack(1), charge_enabled=False, discharge_enabled=False)], 0.0)
    told = REGISTERS.decode(0x1000, ask(Seplos3Server(OPTIONS), read(0x1000, 18), on=full).data)
    assert (told["charge_current_limit_a"], told["discharge_current_limit_a"]) == (0, 0)


def test_current_limits_are_rounded_down() -> None:
    fine = aggregate([with_limits(pack(1), charge_current_limit_a=12.9)], 0.0)
    told = REGISTERS.decode(0x1000, ask(Seplos3Server(OPTIONS), read(0x1000, 18), on=fine).data)
    assert told["charge_current_limit_a"] == 12


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (read(0x2100, 26), ExceptionCode.ILLEGAL_ADDRESS),
        (read(0x1012, 1), ExceptionCode.ILLEGAL_ADDRESS),
        (read(0x1000, 0x55AA), ExceptionCode.ILLEGAL_VALUE),
        (coils(0x1400, 0x500), ExceptionCode.ILLEGAL_ADDRESS),
        (coils(0x1200, 2001), ExceptionCode.ILLEGAL_VALUE),
        (read(0x7000, 1), ExceptionCode.ILLEGAL_VALUE),
        (read(0x7000, 0x55AA), ExceptionCode.NO_HISTORY),
        (read(0x1500, 4), ExceptionCode.DEVICE_FAILURE),
        (WriteRegisters(0, 0x130B, b"\x0d\xac"), ExceptionCode.ILLEGAL_FUNCTION),
        (WriteRegisters(0, 0x1302, b"\x0d\xac"), ExceptionCode.ILLEGAL_ADDRESS),
        (WriteRegisters(0, 0x1511, b"\x55\xaa"), ExceptionCode.ILLEGAL_FUNCTION),
        (WriteCoils(0, 0x1400, 8, b"\x00"), ExceptionCode.ILLEGAL_FUNCTION),
        (ReadRequest(0, Function.READ_HOLDING, 0x1000, 1), ExceptionCode.ILLEGAL_FUNCTION),
    ],
)
def test_what_is_refused_and_why(message: Any, code: ExceptionCode) -> None:
    assert ask(Seplos3Server(OPTIONS), message).code == code


@pytest.mark.parametrize("register", [0x150D, 0x150E, 0x150F, 0x1516, 0x1518, 0x151B])
def test_calibration_and_resets_are_never_offered(register: int) -> None:
    memory = Memory(dict(DEFAULTS))
    for value in (0x55AA, 0xAA55):
        message = WriteRegisters(0, register, value.to_bytes(2, "big"))
        assert ask(Seplos3Server(replace(OPTIONS, memory=memory)), message).code == ExceptionCode.ILLEGAL_ADDRESS
    assert memory.controlled == []


def test_settings_are_read_and_written() -> None:
    memory = Memory(dict(DEFAULTS))
    server = Seplos3Server(replace(OPTIONS, memory=memory))
    access = seplos3_parameters()
    assert {"cell_ov_alarm_mv", "discharge_oc2_protect_a", "soc_low_alarm_pct", "mos_ot_protect_c"} <= access.keys
    got: dict[str, float] = {}
    for query in access.read_queries(1, access.keys):
        got |= access.read(query, server.feed(query.frame, rack(), 0.0)[0])
    assert got == pytest.approx({key: DEFAULTS[key] for key in access.keys})
    changes = {"cell_ov_alarm_mv": 3510, "charge_ut_protect_c": -4.0, "discharge_oc_protect_a": 100.0}
    for query in access.write_queries(1, changes, {}):
        access.written(query, server.feed(query.frame, rack(), 0.0)[0])
    assert {key: memory.settings[key] for key in changes} == pytest.approx(changes)


def test_settings_that_our_packs_lack_are_not_told_as_zero() -> None:
    server = Seplos3Server(replace(OPTIONS, parameters=DEFAULTS))
    told = REGISTERS.decode(0x1300, ask(server, read(0x1300, 53)).data)
    assert told["cells_in_series"] == 16
    assert told["pack_ov_alarm_v"] == 56.0
    assert not {"pack_ov_alarm_release_v", "charge_oc2_protect_a", "short_circuit_protect_a"} & set(told)


def test_switching() -> None:
    memory, access = Memory(), Seplos3Controls()
    server = Seplos3Server(replace(OPTIONS, memory=memory))
    orders = [
        (Control.CHARGE_SWITCH, False),
        (Control.CHARGE_SWITCH, True),
        (Control.DISCHARGE_SWITCH, False),
        (Control.DISCHARGE_SWITCH, True),
        (Control.SHUTDOWN, True),
    ]
    for control, on in orders:
        query = access.control_query(2, control, on=on)
        access.written(query, server.feed(query.frame, rack(), 0.0)[0])
    assert memory.controlled == [(2, control, on) for control, on in orders]
    memory.reason = "not now"
    query = access.control_query(1, Control.SHUTDOWN, on=True)
    with pytest.raises(FrameError, match="illegal_value"):
        access.written(query, server.feed(query.frame, rack(), 0.0)[0])
    with pytest.raises(ParameterError):
        access.control_query(1, Control.SHUTDOWN, on=False)
    with pytest.raises(ParameterError):
        access.control_query(1, Control.BUZZER, on=True)


def test_the_clock_is_read_and_set() -> None:
    memory, access = Memory(now=Calendar(2026, 11, 20, 23, 59, 58)), Seplos3Clock()
    server = Seplos3Server(replace(OPTIONS, memory=memory))
    query = access.clock_query(1)
    answer = server.feed(query.frame, rack(), 0.0)[0]
    assert answer[3:11] == bytes((0xEA, 0x07, 11, 20, 23, 59, 58, 0))
    assert access.clock(query, answer) == memory.now
    query = access.set_clock_query(1, Calendar(2027, 1, 2, 3, 4, 5))
    access.written(query, server.feed(query.frame, rack(), 0.0)[0])
    assert memory.now == Calendar(2027, 1, 2, 3, 4, 5)
    assert ask(server, WriteRegisters(0, 0x1500, bytes(8))).code == ExceptionCode.ILLEGAL_VALUE
    with pytest.raises(FrameError, match="never set"):
        access.clock(access.clock_query(1), encode(RegistersReply(0, Function.READ_INPUT, bytes(8))))


def test_records_are_read_one_after_another() -> None:
    old = HistoryRecord(
        at=Calendar(2026, 1, 2, 3, 4, 5),
        conditions=frozenset({Condition.CELL_OVER_VOLTAGE, Condition.PACK_OVER_VOLTAGE}),
        protections=frozenset({Condition.CELL_OVER_VOLTAGE}),
        faults=frozenset({Fault.TEMPERATURE_SENSOR}),
        pack_voltage_v=57.6,
        pack_current_a=-12.5,
        remaining_ah=99.0,
        cell_voltage_max_mv=3655,
        cell_voltage_min_mv=3600,
        cell_voltages_mv=(3655, *[3600] * 15),
        temperatures_c=(25.0, 25.5, 26.0, 25.0),
        mos_temperature_c=30.0,
        env_temperature_c=28.0,
    )
    new = replace(old, at=Calendar(2026, 1, 3, 3, 4, 5))
    server = Seplos3Server(replace(OPTIONS, memory=Memory(records=(new, old))))
    access = Seplos3History()
    for _ in range(2):
        for index, wanted in enumerate((new, old, None)):
            query = access.record_query(1, index)
            assert access.record(query, server.feed(query.frame, rack(), 0.0)[0]) == wanted
    query = access.record_query(1, 0)
    for other in (RegistersReply(0, Function.READ_INPUT, bytes(78)), RegistersReply(1, Function.READ_INPUT, bytes(80))):
        with pytest.raises(FrameError):
            access.record(query, encode(other))
    assert PARTS.decoder is not None
    decoder = PARTS.decoder()
    assert decoder.read(query.frame).kind == "record_request"
    reading = decoder.read(server.feed(query.frame, rack(), 0.0)[0])
    assert (reading.kind, reading.values["at"], reading.values["records_left"]) == ("record", "2026-01-03 03:04:05", 1)


@pytest.mark.parametrize("table", [REGISTERS, COILS], ids=["registers", "coils"])
@given(data=st.data())
def test_every_value_comes_back(table: RegisterTable, data: st.DataObject) -> None:
    comes_back(table, *data.draw(raw_blocks(table)))


@given(st.integers(0x11F0, 0x1290), st.integers(1, 200))
def test_coils_may_be_read_from_anywhere(start: int, count: int) -> None:
    sample = aggregate([with_status(pack(1), balancing=(True,) * 16)], 0.0)
    reply = ask(Seplos3Server(OPTIONS), coils(start, count), on=sample)
    if start < 0x1200 or start + count > 0x1290:
        assert reply.code == ExceptionCode.ILLEGAL_ADDRESS
        return
    assert isinstance(reply, BitsReply)
    whole = ask(Seplos3Server(OPTIONS), coils(0x1200, 0x90), on=sample)
    for offset in range(count):
        at = start - 0x1200 + offset
        assert reply.data[offset // 8] >> offset % 8 & 1 == whole.data[at // 8] >> at % 8 & 1
    assert PARTS.decoder is not None
    decoder = PARTS.decoder()
    decoder.read(encode(coils(start, count)))
    told = decoder.read(encode(reply), Direction.FROM_BATTERY).values
    if start <= 0x1278 and start + count >= 0x1280:
        assert told["switches"] == {"discharge": True, "charge": True, "limit": False, "heating": False}


@given(st.binary(max_size=120), st.booleans(), st.sampled_from([None, "0x1000", "0x1200", "1300", "0x1600"]))
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
    server = Seplos3Server(replace(OPTIONS, memory=Memory()))
    server.feed(frame, rack(), 0.0)
    # Sealed noise may swallow the first byte of one request, never of two.
    assert ask(server, read(0x1000, 1)) is not None or ask(server, read(0x1000, 1)) is not None


@pytest.mark.parametrize("fault", list(Fault))
def test_no_fault_is_lost_on_the_wire(fault: Fault) -> None:
    sample = with_status(pack(1), faults=frozenset({fault}))
    got = read_pack(seplos3_client(), Seplos3Server(OPTIONS), aggregate([sample], 0.0), 1)
    assert got.status is not None
    assert got.status.faults
