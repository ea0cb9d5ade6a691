"""Daly Modbus: captures of both maps, both sides together, guarded writes, and traps by name."""

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
    RegistersReply,
    WriteRegister,
    WriteRegisters,
    decode_reply,
    encode,
    sealed,
)
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Fault, PackState, Switches
from openress.params import ParameterSet
from openress.protocols import find_dialect
from openress.protocols.access import Control
from openress.protocols.base import Direction
from openress.protocols.battery.daly_modbus import (
    DalyModbusControls,
    DalyModbusDecoder,
    DalyModbusServer,
    daly_ess_client,
    daly_modbus_client,
    daly_modbus_parameters,
)
from openress.protocols.battery.daly_modbus.maps import D2_TABLE, DALY_ESS, ESS_TABLE
from openress.protocols.registertable import RegisterTable

CAPTURES = sequence("daly-modbus.txt", DalyModbusDecoder)
DEFAULTS = dict(ParameterSet.defaults(load_product("syscom-a5l-51v2")))


@pytest.mark.parametrize(("known", "read"), CAPTURES, ids=lambda item: str(item) if isinstance(item, Captured) else "")
def test_captured_frame(known: Captured, read: Any) -> None:
    agrees(read(), dict(known.says))


@pytest.mark.parametrize("known", [known for known, _ in CAPTURES], ids=str)
def test_a_captured_frame_with_one_bit_turned_is_refused(known: Captured) -> None:
    frame = bytearray.fromhex(known.frame)
    frame[-1] ^= 0x10
    with pytest.raises(FrameError, match="CRC"):
        DalyModbusDecoder().read(bytes(frame), Direction(known.mark))


@pytest.mark.parametrize("known", [known for known, _ in CAPTURES], ids=str)
def test_the_direction_can_be_told_without_being_told(known: Captured) -> None:
    raw = bytes.fromhex(known.frame)
    if known.mark == "<" and raw[0] == 0xD2:
        return
    assert DalyModbusDecoder().read(raw) == DalyModbusDecoder().read(raw, Direction(known.mark))


def ask(server: DalyModbusServer, message: Any, *, on: Any = None, now_s: float = 0.0) -> Any:
    answers = server.feed(encode(message), on or rack(), now_s)
    return decode_reply(answers[0]) if answers else None


def read(start: int, count: int, address: int = 0xD2) -> ReadRequest:
    return ReadRequest(address, Function.READ_HOLDING, start, count)


STATUS = {
    "switches": Switches(charge=False, discharge=True),
    "balancing": (True, False) * 8,
    "alarms": frozenset({Condition.CELL_UNDER_VOLTAGE, Condition.SOC_LOW}),
    "protections": frozenset({Condition.PACK_UNDER_VOLTAGE, Condition.CHARGE_OVER_CURRENT}),
    "faults": frozenset({Fault.CHARGE_SWITCH, Fault.CELL_IMBALANCE}),
}


def test_a_client_reads_what_a_pack_knows() -> None:
    known = with_status(pack(1), **STATUS)
    client, server = daly_modbus_client(), DalyModbusServer(OPTIONS)
    on = aggregate([known], 0.0)
    got = read_pack(client, server, on, 1)
    assert known.analog is not None
    assert got.analog == replace(
        known.analog,
        temperatures_c=(25, 25, 26, 24),
        mos_temperature_c=None,
        env_temperature_c=None,
        soh_pct=None,
        full_ah=None,
        design_ah=None,
    )
    told = DalyModbusDecoder()
    told.expect("0x3E")
    values = told.read(encode(ask(server, read(0x3E, 6), on=on))).values
    assert values["balancing"] == [True, False] * 8 + [False] * 16
    assert (values["mos_temperature_c"], values["env_temperature_c"]) == (29, 32)
    assert known.status is not None
    assert got.status == replace(known.status, balancing=None)
    assert got.identity is not None
    assert got.identity.software_version == "1.2.3"
    assert got.limits is None


def test_a_board_answers_the_windows_that_clients_ask_for() -> None:
    server = DalyModbusServer(OPTIONS)
    told = DalyModbusDecoder()
    for start, count, key in ((0x3E, 9, "mos_temperature_c"), (0xA9, 32, "software_version")):
        reply = ask(server, read(start, count))
        assert isinstance(reply, RegistersReply)
        assert len(reply.data) == 2 * count
        told.expect(f"0x{start:02X}")
        assert key in told.read(encode(reply)).values


def test_an_ess_client_reads_what_a_pack_knows() -> None:
    known = with_status(pack(2), switches=Switches(charge=True, discharge=False, precharge=False, heating=True))
    got = read_pack(daly_ess_client(), DalyModbusServer(OPTIONS), aggregate([pack(1), known], 0.0), 2)
    assert known.analog is not None
    assert got.analog == replace(
        known.analog,
        temperatures_c=(26, 25, 26, 24),
        mos_temperature_c=29,
        env_temperature_c=33,
        soh_pct=None,
        full_ah=None,
        design_ah=None,
    )
    assert known.status is not None
    assert got.status == replace(known.status, alarms=None, protections=None, faults=None)
    assert got.identity is not None
    assert (got.identity.serial, got.identity.model) == ("SERIAL-0002", "A5L")


def test_an_ess_board_with_a_problem_does_not_say_that_all_is_well() -> None:
    bad = aggregate([with_status(pack(1), protections=frozenset({Condition.CELL_OVER_VOLTAGE}))], 0.0)
    server = DalyModbusServer(OPTIONS)
    assert ask(server, read(0x41, 62, address=0x81), on=bad).code == ExceptionCode.DEVICE_FAILURE
    assert isinstance(ask(server, read(0x00, 64, address=0x81), on=bad), RegistersReply)
    assert isinstance(ask(server, read(0x178, 74, address=0x81), on=bad), RegistersReply)


def test_packs_answer_at_their_own_addresses_only() -> None:
    server = DalyModbusServer(OPTIONS)
    assert ask(server, read(0x28, 1)).address == 0xD2
    assert ask(server, read(0x38, 1, address=0x84)).address == 0x54
    assert ask(server, read(0x38, 1, address=0x85)) is None
    assert ask(server, read(0x38, 1, address=0x51)) is None
    for make, numbers in ((daly_modbus_client, (0, 2)), (daly_ess_client, (0, 16))):
        for number in numbers:
            with pytest.raises(ParameterError):
                make().address(number)


def test_data_that_are_not_fresh_are_not_told_but_names_and_settings_are() -> None:
    server = DalyModbusServer(replace(OPTIONS, parameters=DEFAULTS))
    assert ask(server, read(0x00, 62), now_s=10.1) is None
    assert ask(server, read(0x41, 62, address=0x81), now_s=10.1) is None
    assert ask(server, read(0x80, 41), now_s=10.1) is not None
    assert ask(server, read(0x178, 74, address=0x81), now_s=10.1) is not None


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (read(0x47, 1), ExceptionCode.ILLEGAL_ADDRESS),
        (read(0xC9, 3), ExceptionCode.ILLEGAL_ADDRESS),
        (read(0x100, 81, address=0x81), ExceptionCode.ILLEGAL_ADDRESS),
        (read(0x40, 1, address=0x81), ExceptionCode.ILLEGAL_ADDRESS),
        (ReadRequest(0xD2, Function.READ_INPUT, 0, 1), ExceptionCode.ILLEGAL_FUNCTION),
        (WriteRegister(0xD2, 0x8B, 3500), ExceptionCode.ILLEGAL_FUNCTION),
        (WriteRegister(0xD2, 0xA5, 0), ExceptionCode.ILLEGAL_FUNCTION),
        (WriteRegister(0xD2, 0x00, 3500), ExceptionCode.ILLEGAL_ADDRESS),
    ],
)
def test_what_is_refused_and_why(message: Any, code: ExceptionCode) -> None:
    assert ask(DalyModbusServer(OPTIONS), message).code == code


@pytest.mark.parametrize("register", [0x93, 0x94, 0x95, 0x96, 0xA7, 0xC9, 0xF0, 0xF1, 0xF2, 0xF3])
def test_calibration_restart_and_unsure_signs_are_never_written(register: int) -> None:
    memory = Memory(dict(DEFAULTS))
    server = DalyModbusServer(replace(OPTIONS, memory=memory))
    assert ask(server, WriteRegister(0xD2, register, 1)).code == ExceptionCode.ILLEGAL_ADDRESS
    assert memory.settings == DEFAULTS
    assert memory.controlled == []


def test_settings_are_read_and_written_one_by_one() -> None:
    memory = Memory(dict(DEFAULTS))
    server = DalyModbusServer(replace(OPTIONS, memory=memory))
    access = daly_modbus_parameters()
    got: dict[str, float] = {}
    for query in access.read_queries(1, access.keys):
        got |= access.read(query, server.feed(query.frame, rack(), 0.0)[0])
    assert got == pytest.approx({key: DEFAULTS[key] for key in access.keys}, abs=0.051)
    changes = {"cell_ov_alarm_mv": 3510, "charge_ut_protect_c": -4.0, "pack_ov_alarm_v": 56.5}
    queries = access.write_queries(1, changes, {})
    assert [query.frame[1] for query in queries] == [6, 6, 6]
    for query in queries:
        access.written(query, server.feed(query.frame, rack(), 0.0)[0])
    assert {key: memory.settings[key] for key in changes} == pytest.approx(changes)
    with pytest.raises(ParameterError, match="the sign of this register is not established"):
        access.write_queries(1, {"charge_oc_alarm_a": 100.0}, {})


def test_a_block_write_is_understood_with_and_without_its_count_byte() -> None:
    memory = Memory(dict(DEFAULTS))
    server = DalyModbusServer(replace(OPTIONS, memory=memory))
    data = (3510).to_bytes(2, "big") + (3610).to_bytes(2, "big")
    assert ask(server, WriteRegisters(0xD2, 0x8B, data)) is not None
    assert (memory.settings["cell_ov_alarm_mv"], memory.settings["cell_ov_protect_mv"]) == (3510, 3610)
    (answer,) = server.feed(sealed(b"\xd2\x10\x00\x8d\x00\x01\x0a\xf0"), rack(), 0.0)
    assert answer == sealed(b"\xd2\x10\x00\x8d\x00\x01")
    assert memory.settings["cell_uv_alarm_mv"] == 2800


def test_switching() -> None:
    memory = Memory()
    server = DalyModbusServer(replace(OPTIONS, memory=memory))
    for access, number, control in (
        (DalyModbusControls(), 1, Control.CHARGE_SWITCH),
        (DalyModbusControls(), 1, Control.DISCHARGE_SWITCH),
        (DalyModbusControls(DALY_ESS), 2, Control.CHARGE_SWITCH),
        (DalyModbusControls(DALY_ESS), 2, Control.BALANCING),
    ):
        query = access.control_query(number, control, on=False)
        access.written(query, server.feed(query.frame, rack(), 0.0)[0])
        assert memory.controlled[-1] == (number, control, False)
    assert DalyModbusControls(DALY_ESS).control_query(1, Control.CHARGE_SWITCH, on=True).frame == bytes.fromhex(
        "810601210001063C"
    )
    with pytest.raises(ParameterError):
        DalyModbusControls().control_query(1, Control.BALANCING, on=True)
    assert ask(server, WriteRegister(0xD2, 0xA5, 2)).code == ExceptionCode.ILLEGAL_VALUE
    memory.reason = "not now"
    assert ask(server, WriteRegister(0xD2, 0xA5, 1)).code == ExceptionCode.ILLEGAL_VALUE


@pytest.mark.parametrize("table", [D2_TABLE, ESS_TABLE], ids=["d2", "ess"])
@given(data=st.data())
def test_every_value_comes_back(table: RegisterTable, data: st.DataObject) -> None:
    comes_back(table, *data.draw(raw_blocks(table)))


@given(
    st.binary(max_size=140),
    st.booleans(),
    st.sampled_from([None, "0x0000", "41", "0x80", "178"]),
    st.sampled_from([b"", b"\xd2", b"\x81", b"\x51"]),
)
def test_arbitrary_bytes_are_read_or_refused(data: bytes, seal: bool, asked: str | None, address: bytes) -> None:
    frame = sealed(address + data) if seal else address + data
    for direction in (None, *Direction):
        decoder = DalyModbusDecoder()
        if asked is not None:
            decoder.expect(asked)
        try:
            decoder.read(frame, direction)
        except FrameError as error:
            assert error.at >= 0
    server = DalyModbusServer(replace(OPTIONS, memory=Memory()))
    server.feed(frame, rack(), 0.0)
    # Sealed noise may swallow the first byte of one request, never of two.
    assert ask(server, read(0x28, 1)) is not None or ask(server, read(0x28, 1)) is not None


@pytest.mark.parametrize("fault", list(Fault))
def test_no_fault_is_lost_on_the_wire(fault: Fault) -> None:
    sample = with_status(pack(1), faults=frozenset({fault}))
    got = read_pack(daly_modbus_client(), DalyModbusServer(OPTIONS), aggregate([sample], 0.0), 1)
    assert got.status is not None
    assert got.status.faults


@pytest.mark.parametrize("condition", list(Condition))
def test_no_protection_is_lost_on_the_wire(condition: Condition) -> None:
    sample = with_status(pack(1), protections=frozenset({condition}))
    got = read_pack(daly_modbus_client(), DalyModbusServer(OPTIONS), aggregate([sample], 0.0), 1)
    assert got.status is not None
    assert got.status.protections


# Traps.


def test_trap_the_echo_of_an_answer_is_no_new_order() -> None:
    """The answer to function 06 is its request: with an adapter that echoes, one order would go on for ever."""
    memory = Memory()
    server = DalyModbusServer(replace(OPTIONS, memory=memory))
    order = encode(WriteRegister(0xD2, 0xA5, 0))
    assert server.feed(order, rack(), 0.0) == [order]
    assert server.feed(order, rack(), 0.01) == []
    assert len(memory.controlled) == 1
    assert server.feed(order, rack(), 0.02) == [order]
    assert server.feed(order, rack(), 0.5) == [order]
    assert len(memory.controlled) == 3


def test_trap_an_ess_board_answers_from_another_address() -> None:
    client, server = daly_ess_client(), DalyModbusServer(OPTIONS)
    query = client.first(1)
    assert query.frame == bytes.fromhex("8103000000405BFA")
    (answer,) = server.feed(query.frame, rack(), 0.0)
    assert answer[0] == 0x51
    same = encode(RegistersReply(0x81, Function.READ_HOLDING, answer[3:-2]))
    with pytest.raises(FrameError, match="the reply of address 81"):
        client.merge(pack(1), query, same, 0.0)


def test_trap_charge_is_positive_whatever_the_sheet_says() -> None:
    """An ESS board that says it discharges (running 2) sends 29911."""
    assert ESS_TABLE.decode(0x39, (29911).to_bytes(2, "big")) == {"pack_current_a": -8.9}
    sample = aggregate([with_analog(with_status(pack(1), state=None), pack_current_a=12.5)], 0.0)
    got = read_pack(daly_modbus_client(), DalyModbusServer(OPTIONS), sample, 1)
    assert got.status is not None
    assert got.status.state is PackState.CHARGE


def test_trap_over_current_settings_have_signs_that_contradict_each_other() -> None:
    """A captured board holds -16.0 A and +16.0 A for the two levels of the same limit."""
    assert D2_TABLE.decode(0x95, bytes.fromhex("749075D0")) == {
        "discharge_oc_alarm_a": 16.0,
        "discharge_oc_protect_a": 16.0,
    }


def test_trap_no_sensor_reads_40_degrees_below_zero() -> None:
    assert D2_TABLE.decode(0x20, bytes.fromhex("003C003D") + bytes(12)) == {"temperatures_c": (20, 21)}


def test_trap_settings_of_0x81_are_not_those_of_0xd2_moved_by_0x80() -> None:
    assert not {row.key for row in ESS_TABLE.rows if 0x100 <= row.at < 0x178} & {"cell_ov_alarm_mv", "rated_ah"}


def test_trap_the_power_has_no_sign() -> None:
    sample = aggregate([with_analog(pack(1), pack_current_a=-10.0, pack_voltage_v=52.0)], 0.0)
    assert ask(DalyModbusServer(OPTIONS), read(0x39, 1), on=sample).data == (520).to_bytes(2, "big")


def test_they_are_found_by_name() -> None:
    for name in ("daly-modbus", "daly-ess"):
        parts = find_dialect(name).parts()
        assert None not in (parts.decoder, parts.server, parts.client, parts.controls)
    with pytest.raises(ParameterError):
        DalyModbusDecoder().expect("0x7000")
