"""Seplos v2 and Boqiang: captured frames, the traps of the dialect by name, every table round."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.captured import Captured, captured
from tests.layouts import frames
from tests.protocols.contract import OPTIONS
from tests.protocols.memory import Memory
from tests.protocols.replay import read_as_told, refused_as_told
from tests.samples import pack, rack, with_analog, with_status

from openress.bms.aggregate import aggregate
from openress.catalog import load_product
from openress.codec import HexFrame
from openress.errors import FrameError, ParameterError
from openress.model import Condition, Fault, PackSample, PackState, RackSample, Status
from openress.params import BY_KEY, ParameterSet
from openress.protocols.base import Query
from openress.protocols.battery.seplos2 import Seplos2Client, Seplos2Decoder, Seplos2Parameters, Seplos2Server
from openress.protocols.battery.seplos2 import frames as f
from openress.protocols.battery.seplos2.events import EVENTS, Kind, status_of
from openress.protocols.battery.seplos2.frames import Command
from openress.protocols.battery.seplos2.settings import SETTINGS

KNOWN = captured("seplos2.txt")
GOOD = [one for one in KNOWN if one.says["kind"] != "error"]
BAD = [one for one in KNOWN if one.says["kind"] == "error"]
CALM = f.ALARM_BLOCK.decode(bytes.fromhex("000110" + "00" * 16 + "06" + "00" * 6 + "0000" + "14" + "00" * 20))


@pytest.mark.parametrize("told", [True, False], ids=["direction-told", "direction-found"])
@pytest.mark.parametrize("known", GOOD, ids=str)
def test_frame(known: Captured, told: bool) -> None:
    read_as_told(Seplos2Decoder, known, direction=told)


@pytest.mark.parametrize("known", BAD, ids=str)
def test_what_is_no_seplos_frame_is_refused_with_the_reason(known: Captured) -> None:
    refused_as_told(Seplos2Decoder, known)


@pytest.mark.parametrize("known", [one for one in GOOD if one.mark == "<"], ids=str)
def test_captured_replies_are_encoded_as_the_pack_sent_them(known: Captured) -> None:
    frame = HexFrame.decode(known.frame.encode())
    assert frame.encode() == known.frame.encode() + b"\r"
    layout = {"analog": f.PACK_BLOCK, "alarms": f.ALARM_BLOCK, "settings": SETTINGS}.get(known.says["kind"])
    if layout is not None:
        # Packs pad texts with blanks, we with NUL.
        again = layout.encode(layout.decode(frame.info))  # type: ignore[attr-defined]
        assert again.replace(b"ZH26\0", b"ZH26 ") == frame.info


def raw(code: int, info: bytes = b"", *, adr: int = 0, on: RackSample | None = None, **how: Any) -> HexFrame:
    options = replace(OPTIONS, memory=how.pop("memory", None))
    (answer,) = Seplos2Server(options, **how).feed(HexFrame(0x20, adr, 0x46, code, info).encode(), on or rack(), 0.0)
    return HexFrame.decode(answer)


def alarms(on: RackSample) -> Status:
    client = Seplos2Client()
    query = client.cycle(1)[1]
    (answer,) = Seplos2Server(OPTIONS).feed(query.frame, on, 0.0)
    status = client.merge(PackSample(1), query, answer, 0.0).status
    assert status is not None
    return status


# Traps.


def test_trap_pack_voltage_counts_10_mv() -> None:
    info = raw(Command.ANALOG, b"\x00").info
    assert int.from_bytes(info[2 + 1 + 32 + 1 + 12 + 2 :][:2], "big") == 5290


def test_trap_temperature_zero_is_2731() -> None:
    info = raw(Command.ANALOG, b"\x00").info
    assert int.from_bytes(info[2 + 1 + 32 + 1 :][:2], "big") == 2731 + 250


def test_trap_address_0_is_the_master() -> None:
    client = Seplos2Client()
    assert [client.address(number) for number in (0, 1, 2, 16)] == [0, 0, 1, 15]
    sample = client.merge(PackSample(1), client.first(1), raw(Command.ANALOG, b"\x00").encode(), 0.0)
    assert sample.analog == pack(1).analog


def test_trap_ambient_comes_before_the_mosfets_unlike_pace() -> None:
    hot = with_analog(pack(1), env_temperature_c=10.0, mos_temperature_c=60.0)
    info = raw(Command.ANALOG, b"\x00", on=aggregate([hot], 0.0)).info
    sensors = info[2 + 1 + 32 + 1 :][:12]
    assert [int.from_bytes(sensors[at : at + 2], "big") - 2731 for at in (8, 10)] == [100, 600]


def test_a_pack_without_a_sensor_of_its_board_still_tells_its_cells() -> None:
    client = Seplos2Client()
    few = aggregate([with_analog(pack(1), mos_temperature_c=None)], 0.0)
    analog = client.merge(PackSample(1), client.first(1), raw(Command.ANALOG, on=few).encode(), 0.0).analog
    assert analog is not None
    assert (analog.temperatures_c, analog.env_temperature_c) == ((25.0, 25.0, 25.5, 24.5), None)
    many = aggregate([with_analog(pack(1), mos_temperature_c=None, temperatures_c=(25.0,) * 5)], 0.0)
    assert raw(Command.ANALOG, on=many).code == 0xE2
    assert raw(Command.ALARMS, on=many).code == 0xE2


def test_trap_standby_raises_nothing() -> None:
    idle = with_analog(with_status(pack(1), state=PackState.STANDBY), pack_current_a=0.0)
    status = alarms(aggregate([idle], 0.0))
    assert (status.alarms, status.protections, status.faults) == (frozenset(), frozenset(), frozenset())
    assert status.state is PackState.STANDBY


def test_trap_a_captured_group_is_no_pack_number() -> None:
    """Packs tell group 01 whatever their address; the address alone says whose values these are."""
    client = Seplos2Client()
    answer = b"~2000460010960001100CD70CE90CF40CD60CEF0CE50CE10CDC0CE90CF00CE80CEF0CEA0CDA0CDE0CD8060BA60BA00B970BA60"
    answer += b"BA50BA2FD5C14A0344E0A426803134650004603E8149F0000000000000000DC6C\r"
    analog = client.merge(PackSample(1), client.first(1), answer, 0.0).analog
    assert analog is not None
    assert (analog.soc_pct, analog.full_ah, analog.design_ah) == (78.7, 170.0, 180.0)


# Alarms.


@pytest.mark.parametrize(("place", "meaning"), EVENTS.items(), ids=lambda value: str(value) if value else "")
def test_every_event_bit_says_what_the_table_says(
    place: tuple[int, int], meaning: tuple[Kind, Condition | Fault]
) -> None:
    byte, bit = place
    kind, member = meaning
    status = status_of(replace(CALM, **{f"event_{byte}": 1 << bit}), 0.0)  # type: ignore[arg-type]
    assert getattr(status, kind.value) == {member}


@pytest.mark.parametrize("member", list(Fault))
def test_a_fault_is_never_lost(member: Fault) -> None:
    assert alarms(aggregate([with_status(pack(1), faults=frozenset({member}))], 0.0)).faults


@pytest.mark.parametrize("member", [Condition.SHORT_CIRCUIT, Condition.DISCHARGE_OVER_CURRENT_2])
def test_an_alarm_without_a_bit_is_not_lost(member: Condition) -> None:
    told = alarms(aggregate([with_status(pack(1), alarms=frozenset({member}))], 0.0)).alarms
    assert told == {Condition.DISCHARGE_OVER_CURRENT}


def test_level_bytes_without_a_bit_raise_all_they_may_mean() -> None:
    block = replace(CALM, sensor_levels=(2, 0, 0, 0, 2, 2), current_level=f.LEVELS[2], cell_levels=(1, *(0,) * 15))
    assert status_of(block, 0.0).alarms == {
        Condition.CELL_UNDER_VOLTAGE,
        Condition.CHARGE_OVER_TEMPERATURE,
        Condition.DISCHARGE_OVER_TEMPERATURE,
        Condition.AMBIENT_OVER_TEMPERATURE,
        Condition.MOS_OVER_TEMPERATURE,
        Condition.CHARGE_OVER_CURRENT,
        Condition.DISCHARGE_OVER_CURRENT,
        Condition.DISCHARGE_OVER_CURRENT_2,
        Condition.SHORT_CIRCUIT,
    }
    few = replace(CALM, sensor_levels=(1,), pack_voltage_level=f.LEVELS[1])
    assert status_of(few, 0.0).alarms == {
        Condition.PACK_UNDER_VOLTAGE,
        Condition.CHARGE_UNDER_TEMPERATURE,
        Condition.DISCHARGE_UNDER_TEMPERATURE,
    }


def test_other_level_bytes_and_loose_wires_are_faults() -> None:
    block = replace(CALM, cell_levels=(0xF0,) * 16, sensor_levels=(0xF0,) * 6, current_level=f.LEVELS[0xF0])
    assert status_of(block, 0.0).faults == {Fault.CELL_SENSOR, Fault.TEMPERATURE_SENSOR, Fault.CURRENT_SENSOR}
    assert status_of(replace(CALM, disconnected_9_16=1), 0.0).faults == {Fault.CELL_SENSOR}


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, None),
        ({"standby": True}, PackState.STANDBY),
        ({"floating": True}, PackState.CHARGE),
        ({"switched_off": True, "event_1": 1}, PackState.OFF),
        ({"event_1": 1, "charging": True}, PackState.FAULT),
        ({"event_2": 2, "charging": True}, PackState.PROTECT),
    ],
)
def test_the_state(changes: dict[str, Any], state: PackState | None) -> None:
    assert status_of(replace(CALM, **changes), 0.0).state is state


def test_notices_and_loose_cells_are_told() -> None:
    block = replace(CALM, event_4=0x40, event_6=0x02, event_7=0x20, event_8=0x02, disconnected_1_8=0x04)
    decoder = Seplos2Decoder()
    decoder.expect("44")
    values = decoder.read(HexFrame(0x20, 0, 0x46, 0, f.ALARM_BLOCK.encode(block)).encode()).values
    assert values["notices"] == [
        "heating_wanted",
        "intermittent_charge_waiting",
        "manual_charge_waiting",
        "clock_failed",
    ]
    assert values["disconnected_cells"] == [3]


# Boqiang.


def test_a_boqiang_pack_answers_in_its_own_version_with_two_items() -> None:
    frame = raw(Command.ANALOG, b"\x00", boqiang=True)
    assert frame.version == 0x26
    client = Seplos2Client()
    analog = client.merge(PackSample(1), client.first(1), frame.encode(), 0.0).analog
    assert analog is not None
    known = pack(1).analog
    assert known is not None
    assert analog == replace(known, soh_pct=None, design_ah=None, soc_pct=51.0)


@pytest.mark.parametrize("items", [0, 3, 9])
def test_another_number_of_items_is_refused(items: int) -> None:
    info = bytearray(raw(Command.ANALOG, b"\x00").info[: 2 + 1 + 32 + 1 + 12 + 6])
    decoder = Seplos2Decoder()
    decoder.expect("42")
    with pytest.raises(FrameError, match=f"{items} items"):
        decoder.read(HexFrame(0x20, 0, 0x46, 0, bytes([*info, items])).encode())


def test_another_number_of_events_is_refused() -> None:
    decoder = Seplos2Decoder()
    decoder.expect("44")
    with pytest.raises(FrameError, match="8 event bytes"):
        decoder.read(HexFrame(0x20, 0, 0x46, 0, f.ALARM_BLOCK.encode(replace(CALM, custom=8))).encode())


# Settings.


def test_settings_are_read_as_a_pack_keeps_them() -> None:
    access = Seplos2Parameters()
    defaults = dict(ParameterSet.defaults(load_product("syscom-a5l-51v2")))
    full = {name: defaults.get(name, 1.0) for name in SETTINGS.rows if name not in ("model", "group")}
    server = Seplos2Server(replace(OPTIONS, memory=Memory(full)))
    (query,) = access.read_queries(2, access.keys)
    (answer,) = server.feed(query.frame, rack(), 0.0)
    known = access.read(query, answer)
    assert set(known) == access.keys <= set(BY_KEY)
    assert known == pytest.approx({key: defaults[key] for key in access.keys}, abs=500)
    exact = {key for key in access.keys if not key.endswith("_ms")}
    assert {key: known[key] for key in exact} == pytest.approx({key: defaults[key] for key in exact}, abs=0.005)


def test_settings_that_are_not_all_known_are_not_told() -> None:
    access = Seplos2Parameters()
    (query,) = access.read_queries(1, ["cell_ov_alarm_mv"])
    for memory in (None, Memory(ParameterSet.defaults(load_product("syscom-a5l-51v2")))):
        frame = raw(Command.SETTINGS, memory=memory)
        assert frame.code == 0x07
        with pytest.raises(FrameError, match="no data"):
            access.read(query, frame.encode())


def test_nothing_is_written() -> None:
    access = Seplos2Parameters()
    with pytest.raises(ParameterError, match="cell_ov_alarm_mv stays 3500: no layout"):
        access.write_queries(1, {"cell_ov_alarm_mv": 3510.0}, {"cell_ov_alarm_mv": 3500.0})
    with pytest.raises(ParameterError, match="stays what it is"):
        access.write_queries(1, {"cell_ov_alarm_mv": 3510.0}, {})
    assert access.write_queries(1, {}, {}) == ()
    assert access.read_queries(1, []) == ()
    with pytest.raises(FrameError, match="orders nothing"):
        access.written(Seplos2Client().first(1), raw(Command.ANALOG).encode())
    with pytest.raises(FrameError, match="reads no settings"):
        access.read(Seplos2Client().first(1), raw(Command.ANALOG).encode())


def test_a_key_that_seplos_does_not_have_is_refused() -> None:
    with pytest.raises(ParameterError, match="no setting 'sleep_delay_min'"):
        Seplos2Parameters().read_queries(1, ["sleep_delay_min"])


def test_other_numbers_of_settings_are_refused() -> None:
    known = next(one for one in GOOD if one.says["kind"] == "settings")
    info = bytearray(HexFrame.decode(known.frame.encode()).info)
    info[1] = 61
    decoder = Seplos2Decoder()
    decoder.expect("47")
    with pytest.raises(FrameError, match="61 words, 27 bytes and 8 switches"):
        decoder.read(HexFrame(0x20, 0, 0x46, 0, bytes(info)).encode())


# The answering side.


@pytest.mark.parametrize("code", [0x45, 0x49, 0x4B, 0x4D, 0x4E, 0xA0, 0xA1, 0xA2])
def test_commands_whose_layout_is_not_known_and_those_that_change_a_pack_do_not_exist(code: int) -> None:
    assert raw(code, b"\x00").code == 0x04


@pytest.mark.parametrize("info", [b"\xff", b"\x01"])
def test_another_group_is_refused(info: bytes) -> None:
    assert raw(Command.ANALOG, info).code == 0x06


def test_sloppy_info_is_tolerated() -> None:
    """Readers in the field ask 42 and 44 without a group."""
    assert raw(Command.ANALOG).code == 0
    assert raw(Command.ALARMS).code == 0


def test_who_the_pack_is() -> None:
    values = Seplos2Decoder().read(raw(Command.MANUFACTURER).encode()).values
    assert (values["model"], values["manufacturer"], values["software_version"]) == ("A5L", "OpenRESS", "1.2")
    assert raw(Command.PROTOCOL_VERSION).info == b""
    nameless = aggregate([replace(pack(1), identity=None)], 0.0)
    assert Seplos2Decoder().read(raw(Command.MANUFACTURER, on=nameless).encode()).values["model"] == "A5L-51V2"


def test_the_reply_address_can_be_fixed() -> None:
    server = Seplos2Server(replace(OPTIONS, reply_address=0))
    (answer,) = server.feed(HexFrame(0x20, 2, 0x46, 0x42, b"\x02").encode(), rack(), 0.0)
    assert HexFrame.decode(answer).address == 0


def test_a_pack_that_tells_its_can_protocol_has_no_maker() -> None:
    client = Seplos2Client()
    (query,) = client.rarely(1)
    answer = b"~20004600C040313130312D5350313520020743414E50726F746F636F6C3A536F666172202020F046\r"
    identity = client.merge(PackSample(1), query, answer, 0.0).identity
    assert identity is not None
    assert (identity.model, identity.manufacturer, identity.software_version) == ("1101-SP15", None, "2.7")


def test_a_client_takes_no_answer_to_what_it_does_not_ask() -> None:
    (query,) = Seplos2Parameters().read_queries(1, ["cell_ov_alarm_mv"])
    with pytest.raises(FrameError, match="47 is not asked by this client"):
        Seplos2Client().merge(PackSample(1), query, HexFrame(0x20, 0, 0x46, 0).encode(), 0.0)


def test_a_maker_that_is_no_text_is_refused() -> None:
    decoder = Seplos2Decoder()
    decoder.expect("51")
    with pytest.raises(FrameError, match="hold no text"):
        decoder.read(HexFrame(0x20, 0, 0x46, 0, bytes([1] * 32)).encode())


def test_there_are_sixteen_packs() -> None:
    with pytest.raises(ParameterError, match="16 packs"):
        Seplos2Client().address(17)


# Tables.


@pytest.mark.parametrize(
    "layout", [f.PACK_BLOCK, f.ALARM_BLOCK, f.MANUFACTURER, SETTINGS], ids=lambda layout: layout.frame.__name__
)
@given(data=st.data())
def test_every_frame_comes_back_as_it_was_sent(layout: Any, data: st.DataObject) -> None:
    frame = data.draw(frames(layout))
    assert layout.decode(layout.encode(frame)) == frame


@given(
    info=st.binary(max_size=200),
    asked=st.sampled_from([None, *Command]),
    code=st.sampled_from([0x00, 0x04, 0x42, 0x45]),
)
def test_arbitrary_info_is_read_or_refused(info: bytes, asked: Command | None, code: int) -> None:
    decoder = Seplos2Decoder()
    if asked is not None:
        decoder.expect(f"{asked:02X}")
    try:
        decoder.read(HexFrame(0x20, 2, 0x46, code, info).encode())
    except FrameError as error:
        assert 0 <= error.at <= 13 + 2 * len(info) + 5


@given(st.binary(max_size=200))
def test_arbitrary_settings_are_read_or_refused(info: bytes) -> None:
    access = Seplos2Parameters()
    (query,) = access.read_queries(1, ["cell_ov_alarm_mv"])
    asked: Query = query
    with pytest.raises(FrameError):
        access.read(asked, HexFrame(0x20, 0, 0x46, 0, info[:168]).encode())
