"""pymodbus as a second opinion: its framer reads what we write and the reverse, and its clients read our packs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus import FramerType
from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU, ExceptionResponse
from pymodbus.pdu import bit_message as bits
from pymodbus.pdu import register_message as registers

from openress.codec.modbus import (
    BitsReply,
    ExceptionReply,
    Function,
    ReadRequest,
    RegistersReply,
    WriteCoils,
    WriteRegister,
    WriteRegisters,
    WriteReply,
    crc16,
    decode_reply,
    decode_request,
    encode,
    words,
)
from openress.protocols.battery.daly_modbus.maps import D2_TABLE
from openress.protocols.battery.pace_modbus.registers import TABLE
from openress.protocols.battery.seplos3.maps import COILS, REGISTERS
from openress.protocols.inverter.growatt485 import TABLE as GROWATT
from openress.protocols.inverter.tianbangda import TABLE as TIANBANGDA
from tests.processes import REPOSITORY, running
from tests.protocols.seriallines import OPTIONS, answers, battery
from tests.samples import rack

STATE = REPOSITORY / "docs" / "examples" / "rack.json"
PACKS: list[dict[str, Any]] = json.loads(STATE.read_text())["packs"]
MASTER, SLAVE = FramerRTU(DecodePDU(False)), FramerRTU(DecodePDU(True))

ADDRESS, WORD = st.integers(1, 0xFF), st.integers(0, 0xFFFF)
READS: dict[Function, tuple[Any, Any]] = {
    Function.READ_COILS: (bits.ReadCoilsRequest, bits.ReadCoilsResponse),
    Function.READ_HOLDING: (registers.ReadHoldingRegistersRequest, registers.ReadHoldingRegistersResponse),
    Function.READ_INPUT: (registers.ReadInputRegistersRequest, registers.ReadInputRegistersResponse),
}
VALUES = st.lists(WORD, min_size=1, max_size=120)
FLAGS = st.lists(st.booleans(), min_size=1, max_size=400)


def theirs(framer: FramerRTU, frame: bytes) -> Any:
    used, address, _, pdu = framer.decode(frame)
    assert used == len(frame)
    message = framer.decoder.decode(pdu)
    assert message is not None
    message.dev_id = address
    return message


def packed(values: list[int]) -> bytes:
    return b"".join(value.to_bytes(2, "big") for value in values)


def packed_bits(flags: list[bool]) -> bytes:
    return sum(1 << place for place, on in enumerate(flags) if on).to_bytes((len(flags) + 7) // 8, "little")


@given(st.binary(max_size=300))
def test_the_checksum(data: bytes) -> None:
    assert crc16(data).to_bytes(2, "little") == FramerRTU.compute_CRC(data).to_bytes(2, "big")


@given(ADDRESS, st.sampled_from(list(READS)), WORD, st.integers(1, 125))
def test_reading(address: int, function: Function, start: int, count: int) -> None:
    message = READS[function][0](dev_id=address, address=start, count=count)
    ours = ReadRequest(address, function, start, count)
    assert SLAVE.buildFrame(message) == encode(ours)
    read = theirs(SLAVE, encode(ours))
    assert (read.dev_id, read.function_code, read.address, read.count) == (address, function, start, count)
    assert decode_request(SLAVE.buildFrame(message)) == ours


@given(ADDRESS, st.sampled_from([Function.READ_HOLDING, Function.READ_INPUT]), VALUES)
def test_registers_that_come_back(address: int, function: Function, values: list[int]) -> None:
    ours = RegistersReply(address, function, packed(values))
    assert theirs(MASTER, encode(ours)).registers == values
    assert decode_reply(MASTER.buildFrame(READS[function][1](dev_id=address, registers=values))) == ours


@given(ADDRESS, FLAGS)
def test_coils_that_come_back(address: int, flags: list[bool]) -> None:
    ours = BitsReply(address, packed_bits(flags))
    assert theirs(MASTER, encode(ours)).bits[: len(flags)] == flags
    assert decode_reply(MASTER.buildFrame(bits.ReadCoilsResponse(dev_id=address, bits=flags))) == ours


@given(ADDRESS, WORD, WORD)
def test_writing_one_register(address: int, register: int, value: int) -> None:
    ours = WriteRegister(address, register, value)
    message = registers.WriteSingleRegisterRequest(dev_id=address, address=register, registers=[value])
    assert SLAVE.buildFrame(message) == encode(ours)
    for framer in (SLAVE, MASTER):
        read = theirs(framer, encode(ours))
        assert (read.dev_id, read.address, read.registers) == (address, register, [value])


@given(ADDRESS, WORD, VALUES)
def test_writing_registers(address: int, start: int, values: list[int]) -> None:
    ours = WriteRegisters(address, start, packed(values))
    message = registers.WriteMultipleRegistersRequest(dev_id=address, address=start, registers=values)
    assert SLAVE.buildFrame(message) == encode(ours)
    read = theirs(SLAVE, encode(ours))
    assert (read.dev_id, read.address, read.registers) == (address, start, values)
    done = WriteReply(address, Function.WRITE_REGISTERS, start, len(values))
    told = theirs(MASTER, encode(done))
    assert (told.address, told.count) == (start, len(values))
    answer = registers.WriteMultipleRegistersResponse(dev_id=address, address=start, count=len(values))
    assert decode_reply(MASTER.buildFrame(answer)) == done


@given(ADDRESS, WORD, FLAGS)
def test_writing_coils(address: int, start: int, flags: list[bool]) -> None:
    ours = WriteCoils(address, start, len(flags), packed_bits(flags))
    message = bits.WriteMultipleCoilsRequest(dev_id=address, address=start, bits=flags)
    assert SLAVE.buildFrame(message) == encode(ours)
    assert theirs(SLAVE, encode(ours)).bits[: len(flags)] == flags


@given(ADDRESS, st.sampled_from([1, 3, 4, 6, 15, 16]), st.integers(1, 11))
def test_refusals(address: int, function: int, code: int) -> None:
    ours = ExceptionReply(address, function, code)
    read = theirs(MASTER, encode(ours))
    assert (read.dev_id, read.function_code, read.exception_code) == (address, function | 0x80, code)
    message = ExceptionResponse(function, exception_code=code, device_id=address)
    assert decode_reply(MASTER.buildFrame(message)) == ours


@contextmanager
def tcp(dialect: str) -> Iterator[Any]:
    """A pymodbus client that speaks RTU over TCP with packs of ours."""
    with running("serve", dialect, "tcp-listen://127.0.0.1:0", "--packs", "4", "--state", str(STATE)) as battery:
        match = re.search(r"tcp-listen://127.0.0.1:(\d+)\.", battery.line())
        assert match is not None
        client = ModbusTcpClient("127.0.0.1", port=int(match[1]), framer=FramerType.RTU, timeout=10, retries=1)
        assert client.connect()
        try:
            yield client
        finally:
            client.close()
        assert battery.stop() == 0


def whole(reply: Any) -> bytes:
    assert not reply.isError(), reply
    return packed(reply.registers)


def known(values: dict[str, Any], pack: dict[str, Any], *, current_step: float = 0.01) -> None:
    assert values["cell_voltages_mv"] == tuple(pack["cell_voltages_mv"])
    assert values["temperatures_c"] == pytest.approx(pack["temperatures_c"], abs=0.5)
    assert values["pack_current_a"] == pytest.approx(pack["pack_current_a"], abs=current_step)
    if "soc_pct" in pack:
        assert values["soc_pct"] == pytest.approx(pack["soc_pct"], abs=0.5)


def test_pace_modbus_over_tcp() -> None:
    with tcp("pace-modbus") as client:
        for number, pack in enumerate(PACKS, start=1):
            values = TABLE.decode(0, whole(client.read_holding_registers(0, count=37, device_id=number)))
            known(values, pack)
            assert {str(name) for name in values["protections"]} == set(pack.get("protections", []))
            assert {str(name) for name in values["alarms"]} >= set(pack.get("alarms", []))
            names = TABLE.decode(150, whole(client.read_holding_registers(150, count=30, device_id=number)))
            assert names["serial"] == pack["serial"]
        settings = TABLE.decode(60, whole(client.read_holding_registers(60, count=55, device_id=1)))
        assert (settings["cell_ov_protect_mv"], settings["charge_ut_protect_c"]) == (3650, -5.0)
        refused = client.read_holding_registers(0, count=49, device_id=1)
        assert (refused.isError(), refused.exception_code) == (True, 2)
        # No keeper of the packs' memory: nothing can be written.
        refused = client.write_registers(64, [3500], device_id=1)
        assert (refused.isError(), refused.exception_code) == (True, 1)


def test_seplos3_over_tcp() -> None:
    """Pack 1 has address 0, which pymodbus takes for a broadcast; the others are read."""
    with tcp("seplos3") as client:
        for number, pack in enumerate(PACKS[1:], start=1):
            values = REGISTERS.decode(0x1000, whole(client.read_input_registers(0x1000, count=18, device_id=number)))
            cells = REGISTERS.decode(0x1100, whole(client.read_input_registers(0x1100, count=26, device_id=number)))
            known(values | cells, pack)
            reply = client.read_coils(0x1200, count=144, device_id=number)
            assert not reply.isError()
            status = COILS.decode(0, packed_bits(reply.bits[:144]))
            assert {str(name) for name in status["protections"]} == set(pack.get("protections", []))
            assert {str(name) for name in status["alarms"]} >= set(pack.get("alarms", []))
            names = REGISTERS.decode(0x1700, whole(client.read_input_registers(0x1700, count=51, device_id=number)))
            assert names["serial"] == pack["serial"]


def test_daly_over_tcp() -> None:
    with tcp("daly-modbus") as client:
        values = D2_TABLE.decode(0, whole(client.read_holding_registers(0, count=62, device_id=0xD2)))
        known(values, PACKS[0], current_step=0.05)
        refused = client.write_register(0xA5, 0, device_id=0xD2)
        assert (refused.isError(), refused.exception_code) == (True, 1)


def test_voltronic_with_counts_in_one_byte_is_modbus_and_with_two_is_not() -> None:
    question = SLAVE.buildFrame(registers.ReadHoldingRegistersRequest(dev_id=1, address=0x70, count=8))
    (plain,) = answers(battery("voltronic-485", replace(OPTIONS, one_byte_counts=True)), question, rack(3))
    assert theirs(MASTER, plain).registers == [560, 480, 1500, 1500, 0xC0, 260, 2, 24928]
    (wide,) = answers(battery("voltronic-485"), question, rack(3))
    pdu = MASTER.decode(wide)[3]
    assert not pdu


def rack_of(packs: list[dict[str, Any]]) -> float:
    return sum(float(pack["pack_current_a"]) for pack in packs)


def test_growatt_over_tcp() -> None:
    """The rack is one battery at address 1; any window is read, the handshake is taken, no setting is."""
    with tcp("growatt-485") as client:
        whole_status = whole(client.read_holding_registers(0x10, count=0x13, device_id=1))
        values = GROWATT.decode(0x10, whole_status)
        assert values["pack_current_a"] == pytest.approx(rack_of(PACKS), abs=0.01)
        assert 0 < values["soc_pct"] < 100
        # Pack 3 is full and has opened its switch: the other three may be charged as much as the weakest of them.
        assert "cell_over_voltage" in values["protections"]
        assert (values["charge_enabled"], values["charge_current_limit_a"]) == (True, 37.02)
        for start, count in ((0x15, 1), (0x13, 6), (0x13, 0x11), (0x22, 1)):
            part = whole(client.read_holding_registers(start, count=count, device_id=1))
            if start + count <= 0x23:
                assert part == whole_status[2 * (start - 0x10) :][: 2 * count]
        cells = GROWATT.decode(0x71, whole(client.read_holding_registers(0x71, count=16, device_id=1)))
        assert cells["cell_voltages_mv"] == tuple(PACKS[0]["cell_voltages_mv"])
        assert not client.write_registers(0x13, [0x0101], device_id=1).isError()
        refused = client.write_registers(0x19, [10000], device_id=1)
        assert (refused.isError(), refused.exception_code) == (True, 2)
        refused = client.read_holding_registers(0x31, count=4, device_id=1)
        assert (refused.isError(), refused.exception_code) == (True, 2)


def test_tianbangda_over_tcp() -> None:
    with tcp("tianbangda") as client:
        values = TIANBANGDA.decode(0x1000, whole(client.read_input_registers(0x1000, count=0x17, device_id=1)))
        assert values["pack_current_a"] == pytest.approx(rack_of(PACKS), abs=0.01)
        assert (values["cell_voltage_max_mv"], values["cell_voltage_min_mv"]) == (3662, 2790)
        assert values["charge_current_limit_a"] == 37.02
        refused = client.read_holding_registers(0x1000, count=1, device_id=1)
        assert (refused.isError(), refused.exception_code) == (True, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_pace_modbus_over_a_pseudo_terminal(tmp_path: Path) -> None:
    line = tmp_path / "rack"
    with running("serve", "pace-modbus", f"pty:{line}", "--packs", "4", "--state", str(STATE)) as battery:
        battery.line()
        client = ModbusSerialClient(str(line), baudrate=9600, timeout=10, retries=1)
        assert client.connect()
        try:
            for number, pack in enumerate(PACKS, start=1):
                known(TABLE.decode(0, whole(client.read_holding_registers(0, count=37, device_id=number))), pack)
        finally:
            client.close()
        assert battery.stop() == 0


def test_words_are_registers() -> None:
    assert list(words(packed([1, 2, 0xFFFF]))) == [1, 2, 0xFFFF]
