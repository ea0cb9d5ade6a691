"""PACE: settings and orders on both sides, the traps of the dialect by name, and every table round."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.layouts import frames
from tests.protocols.contract import OPTIONS, rich_pack
from tests.protocols.memory import Chosen, Memory, record
from tests.samples import pack, rack, with_analog, with_status

from openress.bms.aggregate import aggregate
from openress.catalog import load_product
from openress.codec import HexFrame
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Fault, PackSample, PackState, RackSample, Status, Switches
from openress.model.history import Calendar
from openress.params import BY_KEY, PARAMETERS, ParameterSet
from openress.protocols.access import Control
from openress.protocols.base import Direction, Query
from openress.protocols.battery.pace import PaceAccess, PaceClient, PaceDecoder, PaceServer
from openress.protocols.battery.pace import frames as f
from openress.protocols.battery.pace.codes import Command
from openress.protocols.battery.pace.settings import GROUPS, NEIGHBOURS
from openress.protocols.battery.pace.status import status_of

DEFAULTS = ParameterSet.defaults(load_product("syscom-a5l-51v2"))
ACCESS = PaceAccess()


def keeping(**how: Any) -> tuple[Memory, PaceServer]:
    memory = Memory(DEFAULTS, **how)
    return memory, PaceServer(replace(OPTIONS, memory=memory))


def ask(server: PaceServer, query: Query, on: RackSample | None = None) -> bytes:
    (answer,) = server.feed(query.frame, on or rack(), 0.0)
    return answer


def raw(server: PaceServer, code: int, info: bytes = b"", *, adr: int = 1, on: RackSample | None = None) -> HexFrame:
    (answer,) = server.feed(HexFrame(0x25, adr, 0x46, code, info).encode(), on or rack(), 0.0)
    return HexFrame.decode(answer)


def read_all(server: PaceServer, number: int = 2) -> dict[str, float]:
    known: dict[str, float] = {}
    for query in ACCESS.read_queries(number, ACCESS.keys):
        known |= ACCESS.read(query, ask(server, query))
    return known


def alarms(server: PaceServer, on: RackSample, number: int = 1) -> Status:
    client = PaceClient()
    query = client.cycle(number)[1]
    sample = client.merge(PackSample(number), query, ask(server, query, on), 0.0)
    assert sample.status is not None
    return sample.status


# Settings.


def test_pace_has_every_setting_of_the_table_under_the_commands_that_the_table_names() -> None:
    assert ACCESS.keys == frozenset(BY_KEY)
    home = {key: group for group in GROUPS for key in group.keys}
    for row in PARAMETERS:
        assert row.pace is not None
        assert (home[row.key].read, home[row.key].write) == (row.pace.read, row.pace.write), row.key


def test_every_setting_is_read_as_the_pack_keeps_it() -> None:
    _, server = keeping()
    known = read_all(server)
    assert {key: known[key] for key in BY_KEY} == pytest.approx(dict(DEFAULTS))


@pytest.mark.parametrize("key", sorted(BY_KEY))
@pytest.mark.parametrize("end", ["low", "high"])
def test_every_setting_is_written_from_end_to_end_of_its_range(key: str, end: str) -> None:
    memory, server = keeping()
    known = read_all(server)
    value = BY_KEY[key].low if end == "low" else BY_KEY[key].high
    (query,) = ACCESS.write_queries(2, {key: value}, known)
    ACCESS.written(query, ask(server, query))
    assert memory.kept[2][key] == pytest.approx(value)
    # Its neighbours were sent with it, and are what they were.
    assert {k: v for k, v in memory.kept[2].items() if k != key} == pytest.approx(
        {k: v for k, v in DEFAULTS.items() if k != key}
    )
    assert read_all(server)[key] == pytest.approx(value)
    assert 1 not in memory.kept


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: f"{group.read:02X}")
@given(data=st.data())
def test_a_group_comes_back_as_it_was_written(group: Any, data: st.DataObject) -> None:
    frame = data.draw(frames(group.reply))
    values = {key: getattr(frame, key) for key in group.keys}
    memory = Memory(values)
    server = PaceServer(replace(OPTIONS, memory=memory))
    (query,) = ACCESS.write_queries(1, values, {})
    ACCESS.written(query, ask(server, query))
    (query,) = ACCESS.read_queries(1, [group.keys[0]])
    assert ACCESS.read(query, ask(server, query)) == pytest.approx(values, abs=0.0006)


def test_unknown_keys_are_refused_with_the_nearest() -> None:
    with pytest.raises(ParameterError, match="did you mean cell_ov_alarm_mv"):
        ACCESS.read_queries(1, ["cell_ov_alarm_v"])
    with pytest.raises(ParameterError, match="no setting"):
        ACCESS.write_queries(1, {"password": 1.0}, {})


def test_a_neighbour_that_is_not_known_is_not_made_up() -> None:
    with pytest.raises(ParameterError, match="cell_ov_protect_mv is written together"):
        ACCESS.write_queries(1, {"cell_ov_alarm_mv": 3500}, {})
    with pytest.raises(ParameterError, match="full_charge_v"):
        ACCESS.write_queries(1, {"soc_low_alarm_pct": 5}, dict(DEFAULTS))


@pytest.mark.parametrize("value", [-1.0, 65536.0, float("nan"), float("inf")])
def test_a_value_that_does_not_fit_the_wire_is_refused(value: float) -> None:
    with pytest.raises(ParameterError, match="cell_ov_alarm_mv"):
        ACCESS.write_queries(1, {"cell_ov_alarm_mv": value}, dict(DEFAULTS))


def test_an_order_to_switch_a_protection_off_is_refused() -> None:
    memory, server = keeping()
    (query,) = ACCESS.write_queries(1, {"cell_ov_enabled": 0}, dict(DEFAULTS))
    with pytest.raises(FrameError, match="09: operation refused"):
        ACCESS.written(query, ask(server, query))
    assert memory.done == []


def test_the_limiter_is_told_only_by_a_pack_that_knows_it() -> None:
    _, server = keeping()
    (query,) = ACCESS.read_queries(1, ["limiter_start_a"])
    with pytest.raises(FrameError, match="09"):
        ACCESS.read(query, ask(server, query))
    knows = PaceServer(replace(OPTIONS, memory=Memory({"limiter_start_a": 100.0})))
    assert ACCESS.read(query, ask(knows, query)) == {"limiter_start_a": 100.0}
    (query,) = ACCESS.write_queries(1, {"limiter_start_a": 90.0}, {})
    ACCESS.written(query, ask(knows, query))
    assert "limiter_start_a" in NEIGHBOURS
    # One that was switched off is let in again by a start current, and the control byte says so.
    off, on = (f.SWITCHED.decode(raw(knows, Command.SWITCH, bytes([code])).info) for code in (0x0B, 0x0A))
    assert (off.limiter_off, on.limiter_off) == (True, False)
    raw(knows, Command.SWITCH, b"\x0b")
    ACCESS.written(query, ask(knows, query))
    assert f.SWITCHED.decode(raw(knows, Command.SWITCH, b"\x0d").info).limiter_off is False


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


ORDERS = [
    ACCESS.read_queries(1, ["cell_ov_alarm_mv"])[0],
    ACCESS.write_queries(1, {"short_circuit_delay_us": 300}, {})[0],
    ACCESS.clock_query(1),
    ACCESS.set_clock_query(1, Calendar(2026, 1, 1, 0, 0, 0)),
    ACCESS.record_query(1, 0),
    ACCESS.control_query(1, Control.BUZZER, on=True),
    ACCESS.control_query(1, Control.CHARGE_SWITCH, on=False),
    ACCESS.control_query(1, Control.SHUTDOWN, on=True),
    ACCESS.choice_query(1),
    ACCESS.choose_query(1, Chosen()),
]


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


# Tables.

LAYOUTS = [getattr(f, name) for name in f.__all__ if name.isupper() and hasattr(getattr(f, name), "rows")]
LAYOUTS += [group.reply for group in GROUPS] + [group.order for group in GROUPS if group.order is not group.reply]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.frame.__name__)
@given(data=st.data())
def test_every_frame_comes_back_as_it_was_sent(layout: Any, data: st.DataObject) -> None:
    frame = data.draw(frames(layout))
    assert layout.decode(layout.encode(frame)) == frame


@given(
    st.binary(max_size=200), st.sampled_from([None, *Command]), st.sampled_from([0x00, 0x09, 0x42, 0xA1, 0xD0, 0x99])
)
def test_arbitrary_info_is_read_or_refused(info: bytes, asked: Command | None, code: int) -> None:
    decoder = PaceDecoder()
    if asked is not None:
        decoder.expect(f"{asked:02X}")
    try:
        decoder.read(HexFrame(0x25, 2, 0x46, code, info).encode())
    except FrameError as error:
        assert 0 <= error.at <= 13 + 2 * len(info) + 5


@given(st.binary(max_size=200), st.sampled_from(ORDERS))
def test_arbitrary_answers_are_accepted_or_refused(info: bytes, query: Query) -> None:
    reply = HexFrame(0x25, 1, 0x46, 0, info).encode()
    for accept in (ACCESS.read, ACCESS.clock, ACCESS.record, ACCESS.choice, ACCESS.written):
        try:
            accept(query, reply)
        except FrameError as error:
            assert error.at >= 0


@given(st.sampled_from(list(Command)), st.binary(max_size=20))
def test_arbitrary_orders_never_stop_the_battery(command: Command, info: bytes) -> None:
    _, server = keeping(records=[record(0)])
    answers = server.feed(HexFrame(0x25, 1, 0x46, command, info).encode(), rack(), 0.0)
    assert len(answers) == 1


def test_a_client_takes_no_answer_to_what_it_does_not_ask() -> None:
    _, server = keeping()
    query = ACCESS.clock_query(1)
    with pytest.raises(FrameError, match="B1 is not asked by this client"):
        PaceClient().merge(PackSample(1), query, ask(server, query), 0.0)
    with pytest.raises(FrameError, match="B1 reads no settings"):
        ACCESS.read(query, ask(server, query))
    with pytest.raises(FrameError, match="A1 was to be read"):
        ACCESS.record(query, ask(server, query))
    with pytest.raises(FrameError, match="where none is due"):
        ACCESS.written(query, ask(server, query))


@pytest.mark.parametrize("length", [10, 41])
def test_an_internal_version_of_another_length_is_refused(length: int) -> None:
    decoder = PaceDecoder()
    decoder.expect("C6")
    with pytest.raises(FrameError, match="11 to 40 are due"):
        decoder.read(HexFrame(0x25, 1, 0x46, 0, bytes(length)).encode())


def test_a_command_is_no_return_code() -> None:
    with pytest.raises(FrameError, match="RTN 42 is no return code of PACE"):
        PaceDecoder().read(b"~25014642E00201FD30", Direction.FROM_BATTERY)


def test_an_unknown_command_to_expect_is_refused() -> None:
    with pytest.raises(ParameterError, match="did you mean"):
        PaceDecoder().expect("d0f")
    with pytest.raises(FrameError, match="CID2 77"):
        PaceDecoder().read(HexFrame(0x25, 1, 0x46, 0x77).encode())
