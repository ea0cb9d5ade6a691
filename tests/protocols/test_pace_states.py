"""PACE: values, levels, faults and states, with the traps of the wire."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.protocols.contract import OPTIONS, rich_pack
from tests.protocols.pacesamples import ACCESS, DEFAULTS, ask, keeping, raw
from tests.samples import pack, rack, with_analog, with_status

from openress.bms.aggregate import aggregate
from openress.codec import HexFrame
from openress.model import Condition, Fault, PackSample, PackState, RackSample, Status, Switches
from openress.protocols.access import Control
from openress.protocols.battery.pace import PaceClient, PaceDecoder, PaceServer
from openress.protocols.battery.pace import frames as f
from openress.protocols.battery.pace.codes import Command
from openress.protocols.battery.pace.status import status_of


def alarms(server: PaceServer, on: RackSample, number: int = 1) -> Status:
    client = PaceClient()
    query = client.cycle(number)[1]
    sample = client.merge(PackSample(number), query, ask(server, query, on), 0.0)
    assert sample.status is not None
    return sample.status


# Traps.


def test_trap_discharge_over_current_reads_negative_and_is_written_positive() -> None:
    memory, server = keeping()
    assert raw(server, Command.READ_DISCHARGE_OC).info.hex() == "01ff92ff880a"
    (query,) = ACCESS.write_queries(1, {"discharge_oc_alarm_a": 105, "discharge_oc_protect_a": 110}, dict(DEFAULTS))
    assert query.frame == b"~250146DA400C010069006E0AFAF6\r"
    ACCESS.written(query, ask(server, query))
    assert memory.kept[1]["discharge_oc_alarm_a"] == 105


def test_trap_second_discharge_over_current_reads_six_bytes_and_writes_three() -> None:
    _, server = keeping()
    assert raw(server, Command.READ_DISCHARGE_OC2).info.hex() == "009604009604"
    values = {"discharge_oc2_protect_a": 300, "discharge_oc2_delay_ms": 100}
    (query,) = ACCESS.write_queries(1, values, {})
    assert HexFrame.decode(query.frame).info.hex() == "012c04"


def test_trap_temperature_zero_is_2730() -> None:
    cold = with_analog(pack(1), temperatures_c=(0.0, -40.0, 25.0, 24.1))
    info = raw(PaceServer(OPTIONS), Command.ANALOG, b"\x01", on=aggregate([cold], 0.0)).info
    assert info[36:44].hex() == "0aaa" + "091a" + "0ba4" + "0b9b"


def test_trap_voltage_is_in_mv_and_ends_at_65_535_v() -> None:
    high = with_analog(pack(1), pack_voltage_v=67.0)
    client, server = PaceClient(), PaceServer(OPTIONS)
    sample = client.merge(PackSample(1), client.first(1), ask(server, client.first(1), aggregate([high], 0.0)), 0.0)
    assert sample.analog is not None
    assert sample.analog.pack_voltage_v == 65.535


def test_trap_fully_charged_and_standby_raise_nothing() -> None:
    full = with_analog(with_status(pack(1), state=PackState.STANDBY), soc_pct=100.0, pack_current_a=0.0)
    server = PaceServer(OPTIONS)
    status = alarms(server, aggregate([full], 0.0))
    assert (status.alarms, status.protections, status.faults) == (frozenset(), frozenset(), frozenset())
    assert status.state is PackState.STANDBY
    decoder = PaceDecoder()
    decoder.expect("44")
    answer = raw(server, Command.ALARMS, b"\x01", on=aggregate([full], 0.0)).encode()
    assert decoder.read(answer).values["fully_charged"] is True


def test_trap_address_0_is_a_real_pack() -> None:
    alone = aggregate([pack(0)], 0.0)
    client = PaceClient()
    assert client.address(0) == 0
    sample = client.merge(PackSample(0), client.first(0), ask(PaceServer(OPTIONS), client.first(0), alone), 0.0)
    assert sample.analog == replace(pack(0).analog, soh_pct=None)  # type: ignore[type-var]
    assert PaceServer(OPTIONS).feed(client.first(0).frame, rack(), 0.0) == []


def test_trap_an_absent_sensor_is_not_3003_degrees() -> None:
    bare = with_analog(pack(1), mos_temperature_c=None)
    client = PaceClient()
    sample = client.merge(
        PackSample(1), client.first(1), ask(PaceServer(OPTIONS), client.first(1), aggregate([bare], 0.0)), 0.0
    )
    assert sample.analog is not None
    assert sample.analog.mos_temperature_c is None
    assert sample.analog.env_temperature_c == 32.0


def test_trap_on_is_00() -> None:
    on = ACCESS.control_query(1, Control.CHARGE_SWITCH, on=True)
    off = ACCESS.control_query(1, Control.DISCHARGE_SWITCH, on=False)
    assert HexFrame.decode(on.frame).info == b"\x00"
    assert HexFrame.decode(off.frame).info == b"\x01"


def test_trap_charger_over_voltage_has_no_name_of_its_own() -> None:
    block = f.LONG_ALARM_BLOCK.decode(bytes([0, 0, 0, 0, 0, 0x80]) + bytes(8))
    assert status_of(block, 0.0).protections == {Condition.PACK_OVER_VOLTAGE}


# Alarms.


def test_a_level_byte_without_a_named_bit_raises_all_it_may_mean() -> None:
    levels = bytes([1, 2, 6, 0, 0, 2, 0, 2, 1])
    status = status_of(f.LONG_ALARM_BLOCK.decode(levels + bytes([2, 0, 2]) + bytes(9)), 0.0)
    assert status.alarms == {
        Condition.CELL_OVER_VOLTAGE,
        Condition.CHARGE_OVER_TEMPERATURE,
        Condition.DISCHARGE_OVER_TEMPERATURE,
        Condition.MOS_OVER_TEMPERATURE,
        Condition.AMBIENT_OVER_TEMPERATURE,
        Condition.AMBIENT_UNDER_TEMPERATURE,
        Condition.CHARGE_OVER_CURRENT,
        Condition.DISCHARGE_OVER_CURRENT,
        Condition.DISCHARGE_OVER_CURRENT_2,
    }


def test_a_named_bit_makes_the_level_byte_precise() -> None:
    sample = with_status(pack(1), alarms=frozenset({Condition.DISCHARGE_OVER_TEMPERATURE}))
    assert alarms(PaceServer(OPTIONS), aggregate([sample], 0.0)).alarms == {Condition.DISCHARGE_OVER_TEMPERATURE}


def test_other_level_bytes_are_faults() -> None:
    status = status_of(f.LONG_ALARM_BLOCK.decode(bytes([1, 0xF0, 1, 0x80, 0xF0, 0xF0, 0]) + bytes(9)), 0.0)
    assert status.faults == {Fault.CELL, Fault.TEMPERATURE_SENSOR, Fault.CURRENT_SENSOR, Fault.SAMPLING}


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("newer", [False, True])
def test_a_fault_is_never_lost_and_newer_packs_name_more_of_them(fault: Fault, newer: bool) -> None:
    sample = with_status(pack(1), faults=frozenset({fault}))
    status = alarms(PaceServer(OPTIONS, newer=newer), aggregate([sample], 0.0))
    assert status.faults
    assert status.state is PackState.FAULT
    if newer and fault in (Fault.TEMPERATURE_IMBALANCE, Fault.CURRENT_SENSOR):
        assert status.faults == {fault}


def test_the_tail_of_newer_packs_adds_faults_and_balancing() -> None:
    head = bytes([3, 0, 0, 0, 0]) + bytes(3) + bytes(5) + b"\x01\x00" + bytes(2)
    status = status_of(f.LONG_ALARM_BLOCK.decode(head + bytes([0b10011110, 0, 4, 0, 0])), 0.0)
    assert status.faults == {Fault.TEMPERATURE_IMBALANCE, Fault.CURRENT_SENSOR, Fault.SYSTEM}
    assert status.balancing == (True, False, True)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"state": PackState.OFF}, PackState.OFF),
        ({"protections": frozenset({Condition.CELL_UNDER_VOLTAGE})}, PackState.PROTECT),
        ({"state": PackState.CHARGE}, PackState.CHARGE),
        ({"state": PackState.CHARGE, "switches": Switches(charge=False, discharge=True)}, PackState.STANDBY),
    ],
)
def test_the_state_follows_from_indicator_and_protections(changes: dict[str, Any], state: PackState) -> None:
    sample = with_analog(with_status(pack(1), **changes), pack_current_a=0.0)
    assert alarms(PaceServer(OPTIONS), aggregate([sample], 0.0)).state is state


def test_the_tail_is_told_by_the_decoder() -> None:
    block = bytes([1, 0, 0, *bytes(3), *bytes(9), 0b1000, 0, 0, 0, 0])
    decoder = PaceDecoder()
    values = decoder.read(HexFrame(0x25, 1, 0x46, 0, b"\x00\x01" + block).encode()).values
    assert (values["breaker_open"], values["faults"]) == (True, [])


# The longer form.


def test_newer_packs_tell_soc_and_soh() -> None:
    server, client = PaceServer(OPTIONS, newer=True), PaceClient()
    (answer,) = server.feed(client.first(2).frame, aggregate([rich_pack(1), rich_pack(2)], 0.0), 0.0)
    # A reader of this form wants at least 160 characters.
    assert len(answer) >= 160
    sample = client.merge(PackSample(2), client.first(2), answer, 0.0)
    assert sample.analog is not None
    assert (sample.analog.soc_pct, sample.analog.soh_pct) == (52, 99)


def test_two_items_leave_the_design_capacity_out() -> None:
    bare = with_analog(pack(1), design_ah=None)
    info = raw(PaceServer(OPTIONS), Command.ANALOG, b"\x01", on=aggregate([bare], 0.0)).info
    assert f.PACK_BLOCK.decode(info[2:]).items == 2
    assert len(info) == len(raw(PaceServer(OPTIONS), Command.ANALOG, b"\x01").info) - 2


def test_a_pack_without_sensors_on_its_board_tells_its_cells_alone() -> None:
    bare = with_analog(pack(1), mos_temperature_c=None, env_temperature_c=None)
    answer = raw(PaceServer(OPTIONS), Command.ANALOG, b"\x01", on=aggregate([bare], 0.0)).encode()
    values = PaceDecoder().read(answer).values
    assert values["temperatures_c"] == [25.0, 25.0, 25.5, 24.5]
    assert not {"mos_temperature_c", "env_temperature_c"} & set(values)
    five = f.PackBlock((3300,), (1.0, 2.0, 3.0, 4.0, 5.0), 0.0, 53.0, 1.0, 0, *(None,) * 9)
    values = PaceDecoder().read(HexFrame(0x25, 1, 0x46, 0, b"\0\1" + f.PACK_BLOCK.encode(five)).encode()).values
    assert (values["mos_temperature_c"], values["temperatures_c"]) == (5.0, [1.0, 2.0, 3.0, 4.0])
    assert "soc_pct" not in values
