"""The battery side: what it answers, when it keeps silent, and the bugs of others that it does not have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.layouts import frames
from tests.protocols.pylontechserversamples import OPTIONS, ask, reading
from tests.samples import pack, rack, with_analog, with_limits, with_status

from openress.bms.aggregate import aggregate
from openress.codec import HexFrame
from openress.model import Condition, Fault, PackSample, RackSample, Switches
from openress.protocols.battery.pylontech import PylontechClient, PylontechDecoder, PylontechServer, systemframes
from openress.protocols.battery.pylontech import frames as f


def test_analog_of_one_pack() -> None:
    values = reading(0x42, b"\x03", adr=3).values
    sample = pack(2).analog
    assert sample is not None
    assert values["address"] == values["pack"] == 3
    assert values["cell_voltages_mv"] == list(sample.cell_voltages_mv or ())
    # The board is the first sensor, the cells follow.
    assert values["temperatures_c"] == [33.0, 26.0, 25.0, 25.5, 24.5]
    assert (values["pack_current_a"], values["pack_voltage_v"], values["cycles"]) == (-12.0, 53.0, 20)
    assert (values["remaining_ah"], values["full_ah"]) == (52.0, 100.0)


def test_small_packs_use_the_16_bit_capacities() -> None:
    small = with_analog(pack(1), remaining_ah=20.5, full_ah=50.0)
    (answer,) = ask(0x42, b"\x02", on=aggregate([small], 0.0))
    assert answer[13:-5].endswith(b"50140" + b"2C350000A")
    values = reading(0x42, b"\x02", on=aggregate([small], 0.0)).values
    assert (values["remaining_ah"], values["full_ah"]) == (20.5, 50.0)


def test_all_packs_in_one_answer_in_address_order() -> None:
    shuffled = aggregate([pack(3), pack(1), pack(4), pack(2)], 0.0)
    packs = reading(0x42, b"\xff", on=shuffled).values["packs"]
    assert [one["cycles"] for one in packs] == [10, 20, 30, 40]  # type: ignore[index, union-attr]


def test_a_fifteenth_pack_has_no_address_and_does_not_silence_the_others() -> None:
    many = aggregate([pack(number) for number in range(1, 16)], 0.0)
    packs = reading(0x42, b"\xff", on=many).values["packs"]
    assert len(packs) == 15  # type: ignore[arg-type]
    for adr in range(2, 16):
        assert reading(0x42, bytes([adr]), adr=adr, on=many).values["address"] == adr
    # No address at all: nobody answers there, nor where the next group begins.
    for adr in (0x00, 0x01, 0x10, 0x11, 0x12):
        assert ask(0x42, bytes([adr]), adr=adr, on=many) == []
    for code in (0x60, 0x61, 0x62, 0x63):
        assert len(ask(code, on=many)) == 1
        reading(code, on=many)


def test_a_rack_of_one_pack_answers_ff_with_a_list() -> None:
    assert len(reading(0x42, b"\xff", on=rack(1)).values["packs"]) == 1  # type: ignore[arg-type]


def test_alarms_protections_and_switches() -> None:
    sample = with_status(
        pack(1),
        alarms=frozenset({Condition.CELL_UNDER_VOLTAGE}),
        protections=frozenset({Condition.CHARGE_OVER_CURRENT, Condition.PACK_UNDER_VOLTAGE}),
        switches=Switches(charge=False, discharge=True),
    )
    values = reading(0x44, b"\x02", on=aggregate([sample], 0.0)).values
    assert set(values["alarms"]) == {"cell_under_voltage", "charge_over_current", "pack_under_voltage"}  # type: ignore[arg-type]
    assert values["protections"] == ["pack_under_voltage", "charge_over_current"]
    assert values["switches"] == {"charge": False, "discharge": True}
    assert values["cell_levels"] == ["low"] + ["normal"] * 15
    assert values["discharging"] is True
    assert values["charging"] is False


@pytest.mark.parametrize("condition", [c for c in Condition if c is not Condition.SOC_LOW])
def test_no_alarm_is_lost_on_the_wire(condition: Condition) -> None:
    """Every condition that 44 has a place for comes back, alone or with those that share its byte."""
    sample = with_status(pack(1), alarms=frozenset({condition}))
    values = reading(0x44, b"\x02", on=aggregate([sample], 0.0)).values
    if condition is not Condition.SHORT_CIRCUIT:
        assert condition.value in values["alarms"]  # type: ignore[operator]
    assert values["protections"] == []


def test_system_analog_tells_extremes_and_where_they_are() -> None:
    values = reading(0x61).values
    assert (values["pack_current_a"], values["soc_pct"]) == (-50.0, 52)
    assert (values["cell_voltage_max_mv"], values["cell_voltage_max_module"]) == (3319, 5)
    assert (values["cell_voltage_min_mv"], values["cell_voltage_min_module"]) == (3301, 2)
    assert (values["temperature_max_c"], values["temperature_max_module"]) == (28.0, 5)
    assert (values["cycles"], values["cycles_max"], values["soh_pct"]) == (25, 40, 99)
    assert (values["mos_temperature_c"], values["env_temperature_max_c"]) == (29.2, 35.0)


def test_system_analog_leaves_out_what_is_not_known() -> None:
    bare = with_analog(pack(1), mos_temperature_c=None, env_temperature_c=None, soh_pct=None)
    values = reading(0x61, on=aggregate([bare], 0.0)).values
    assert not {"mos_temperature_c", "env_temperature_c", "soh_pct", "soh_min_pct"} & set(values)


def test_system_alarms_are_those_of_any_pack() -> None:
    bad = with_status(pack(2), alarms=frozenset({Condition.CELL_OVER_VOLTAGE}), faults=frozenset({Fault.SYSTEM}))
    values = reading(0x62, on=aggregate([pack(1), bad], 0.0)).values
    assert values["alarms"] == ["cell_over_voltage"]
    assert values["faults"] == ["system"]


def test_system_limits_are_those_of_the_rack() -> None:
    values = reading(0x63).values
    assert values["charge_current_limit_a"] == 200.0
    assert values["discharge_current_limit_a"] == 200.0
    assert values["charge_voltage_limit_v"] == 56.0
    assert values["charge_enabled"] is True


def test_who_the_battery_is() -> None:
    assert reading(0x51).values["manufacturer"] == "OpenRESS"
    assert reading(0x51).values["software_version"] == "1.2"
    assert reading(0x93, b"\x04", adr=4).values["serial"] == "SERIAL-0003"
    assert reading(0x96, b"\x02").values["software_version"] == "1.2.3"
    values = reading(0x60).values
    assert [battery["serial"] for battery in values["batteries"]] == [f"SERIAL-000{n}" for n in (1, 2, 3, 4)]  # type: ignore[index, union-attr]


def test_thresholds_and_rated_currents() -> None:
    values = reading(0x47).values
    assert (values["cell_ov_protect_mv"], values["pack_uv_protect_v"]) == (3650, 44.8)
    assert (values["charge_ut_protect_c"], values["discharge_current_limit_a"]) == (-5.0, 100.0)


def test_protocol_version_is_answered_whatever_version_asks() -> None:
    """Inverters probe with VER 00 (captured)."""
    for ver in (0x00, 0x20, 0x28, 0x35):
        (answer,) = ask(0x4F, ver=ver)
        assert answer == b"~200246000000FDB2\r"


def test_clients_that_do_not_know_the_group_may_ask_anybody_for_version_and_maker() -> None:
    assert ask(0x4F, adr=0)
    assert ask(0x51, adr=0)
    assert not ask(0x42, b"\xff", adr=0)


@pytest.mark.parametrize("adr", [0x12, 0x22, 0x32, 0x42, 0x52])
def test_silence_on_the_masters_of_other_groups(adr: int) -> None:
    """An answer would make the inverter believe in another group."""
    assert ask(0x4F, adr=adr) == []


def test_a_group_answers_on_its_own_addresses_only() -> None:
    server = PylontechServer(replace(OPTIONS, group=1))
    assert ask(0x42, b"\x13", adr=0x13, server=server)
    assert ask(0x61, adr=0x12, server=server)
    assert not ask(0x61, adr=0x02, server=server)
    assert not ask(0x4F, adr=0x00, server=server)


def test_devices_of_v2_8_count_from_one() -> None:
    server = PylontechServer(replace(OPTIONS, first_address=1))
    assert reading(0x42, b"\x01", adr=1, server=server).values["pack"] == 1
    assert ask(0x61, adr=1, server=server)
    assert not ask(0x61, adr=2, server=server)


def test_system_commands_are_for_the_master_alone() -> None:
    for code in (0x60, 0x61, 0x62, 0x63, 0x64):
        assert ask(code)
        assert not ask(code, adr=3)


def test_a_pack_that_is_not_there_does_not_answer() -> None:
    assert ask(0x42, b"\x06", adr=6) == []
    assert ask(0x42, b"\x02", on=aggregate([], 0.0)) == []


@pytest.mark.parametrize("info", [b"", b"\x02", b"\x02\x02", b"\x02\x01", b"\x00\x00"])
def test_sloppy_info_is_tolerated_as_real_packs_do(info: bytes) -> None:
    assert reading(0x42, info).values["pack"] == 2


def test_the_reply_address_can_be_fixed_for_readers_that_accept_no_other() -> None:
    server = PylontechServer(replace(OPTIONS, reply_address=2))
    (answer,) = ask(0x42, b"\x04", adr=4, server=server)
    assert HexFrame.decode(answer).address == 2


def test_what_changed_and_was_not_read_is_flagged_until_44_is_read() -> None:
    server = PylontechServer(OPTIONS)

    def flags(on: RackSample) -> tuple[object, object]:
        values = reading(0x42, b"\x02", on=on, server=server).values
        return values["unread_alarm_change"], values["unread_switch_change"]

    calm = aggregate([pack(1)], 0.0)
    assert flags(calm) == (True, True)
    ask(0x44, b"\x02", on=calm, server=server)
    assert flags(calm) == (False, False)
    alarm = aggregate([with_status(pack(1), alarms=frozenset({Condition.CELL_OVER_VOLTAGE}))], 0.0)
    assert flags(alarm) == (True, False)


def test_limits_may_be_tightened_for_ten_seconds_and_never_widened() -> None:
    server = PylontechServer(OPTIONS)
    order = f.SET_LIMITS.encode(f.SetLimits(2, 60.0, 40.0, 20.0, 90.0))
    (answer,) = ask(0x94, order, server=server)
    assert HexFrame.decode(answer).code == 0
    held = reading(0x92, b"\x02", server=server, now_s=9.9).values
    assert (held["charge_current_limit_a"], held["discharge_current_limit_a"]) == (20.0, 50.0)
    assert (held["charge_voltage_limit_v"], held["discharge_voltage_limit_v"]) == (56.0, 48.0)
    late = reading(0x92, b"\x02", server=server, now_s=10.1, on=rack(at_s=10.1)).values
    assert late["charge_current_limit_a"] == 50.0


@pytest.mark.parametrize("code", [0x64, 0x95])
def test_a_frame_never_switches_a_pack_off(code: int) -> None:
    (answer,) = ask(code, b"\x02" if code == 0x95 else b"")
    assert HexFrame.decode(answer).code == f.ReturnCode.COMMAND_INVALID


def test_data_that_are_not_fresh_are_not_told() -> None:
    for code, info in ((0x42, b"\x02"), (0x42, b"\xff"), (0x44, b"\x02"), (0x92, b"\x02"), (0x61, b""), (0x63, b"")):
        assert ask(code, info, now_s=10.0)
        assert ask(code, info, now_s=10.1) == []
        assert ask(code, info, now_s=-0.1) == []


def test_one_stale_pack_leaves_the_list_and_silences_the_sums() -> None:
    mixed = aggregate([pack(1, at_s=20.0), pack(2, at_s=0.0), pack(3, at_s=20.0)], 20.0)
    assert len(reading(0x42, b"\xff", on=mixed, now_s=20.0).values["packs"]) == 2  # type: ignore[arg-type]
    assert ask(0x63, on=mixed, now_s=20.0) == []


def test_what_a_pack_does_not_know_is_refused_and_never_sent_as_zero() -> None:
    blank = with_limits(pack(1), charge_current_limit_a=None)
    (answer,) = ask(0x92, b"\x02", on=aggregate([blank], 0.0))
    assert HexFrame.decode(answer).code == f.ReturnCode.INTERNAL_COMMUNICATION_ERROR
    assert reading(0x92, b"\x02", on=aggregate([blank], 0.0)).values["reason"] == "internal_communication_error"


def test_frames_of_others_and_of_batteries_get_no_answer() -> None:
    server = PylontechServer(OPTIONS)
    (reply,) = ask(0x42, b"\x02")
    assert server.feed(reply, rack(), 0.0) == []
    assert server.feed(b"~250146420000FDAD\r", rack(), 0.0) == []


@given(st.binary(max_size=200))
def test_arbitrary_bytes_never_stop_the_battery(noise: bytes) -> None:
    server = PylontechServer(OPTIONS)
    server.feed(noise, rack(), 0.0)
    server.feed(b"~" + noise.hex().encode() + b"\r", rack(), 0.0)
    assert ask(0x4F, server=server)


ALL_LAYOUTS = [
    getattr(tables, name)
    for tables in (f, systemframes)
    for name in tables.__all__
    if name.isupper() and hasattr(getattr(tables, name), "rows")
]


@pytest.mark.parametrize("layout", ALL_LAYOUTS, ids=lambda layout: layout.frame.__name__)
@given(data=st.data())
def test_every_frame_comes_back_as_it_was_sent(layout: Any, data: st.DataObject) -> None:
    frame = data.draw(frames(layout))
    assert layout.decode(layout.encode(frame)) == frame


@given(st.binary(max_size=300), st.sampled_from([None, "42", "44", "47", "51", "60", "61", "62", "63", "92", "94"]))
def test_arbitrary_info_is_read_or_refused(info: bytes, asked: str | None) -> None:
    from openress.errors import FrameError  # noqa: PLC0415

    for code in (0x00, 0x42, 0x94):
        decoder = PylontechDecoder()
        if asked is not None and asked != "94":
            decoder.expect(asked)
        try:
            decoder.read(HexFrame(0x20, 2, 0x46, code, info).encode())
        except FrameError as error:
            assert error.at >= 0


def merged(number: int, on: RackSample) -> PackSample:
    client, server = PylontechClient(), PylontechServer(OPTIONS)
    sample = PackSample(number)
    for query in (*client.cycle(number), *client.rarely(number)):
        (answer,) = server.feed(query.frame, on, 0.0)
        sample = client.merge(sample, query, answer, 0.0)
    return sample


def test_a_client_reads_what_the_pack_knows() -> None:
    sample = merged(3, rack())
    known = pack(3)
    assert sample.limits == known.limits
    assert sample.status is not None
    assert sample.status.alarms == frozenset()
    assert sample.identity is not None
    assert sample.identity.serial == "SERIAL-0003"
    assert sample.analog is not None
    assert known.analog is not None
    assert sample.analog == replace(known.analog, mos_temperature_c=None, soh_pct=None, design_ah=None)
