"""States: units of the wire, nothing for what is not known, names that stand."""

from __future__ import annotations

import json

import pytest
from tests.racksnapshots import TIME_S, snapshot

from openress.bms.energy import EnergyTotals
from openress.telemetry.mqttrecords import RecordClock, alarm_signature, record_of, states_of
from openress.telemetry.mqttstates import Layout, alarm_words, cells_state, keys_of, pack_state, rack_state
from openress.telemetry.venus import venus_json

LAYOUT = Layout("openress", "home")


def test_a_pack_in_volts_amperes_and_watts() -> None:
    pack = snapshot()["packs"]["1"] | {"pack_current_a": -10.0, "pack_voltage_v": 52.5, "remaining_ah": 50.0}
    state = pack_state(pack, 16, EnergyTotals(1234.5, 0.0))
    assert state["power_w"] == -525.0
    assert state["charging"] is False
    assert state["cell_voltage_min_v"] == pack["cell_voltage_min_mv"] / 1000
    assert state["charged_kwh"] == 1.234
    assert state["stored_wh"] == 2560
    assert not any(key.endswith("_mv") for key in state)


def test_what_is_not_known_has_no_key() -> None:
    assert pack_state({"pack": 3, "freshness": "fresh"}, None, None) == {"freshness": "fresh", "address": 3}
    state = pack_state({"pack": 3, "pack_voltage_v": 52.0}, 16, None)
    assert state == {"pack_voltage_v": 52.0, "address": 3}
    assert cells_state({"pack": 3}) == {}
    assert None not in rack_state(snapshot(), None).values()


def test_alarms_in_words_worst_first_and_never_too_long() -> None:
    pack = {"alarms": ["cell_over_voltage"], "faults": ["cell_sensor"], "protections": ["soc_low"]}
    assert alarm_words(pack) == "cell sensor (fault), soc low (protection), cell over voltage (alarm)"
    assert len(alarm_words({"alarms": ["cell_over_voltage"] * 50})) == 255
    assert alarm_words({}) == ""


@pytest.mark.parametrize(
    ("serials", "keys"),
    [
        (["A1", "A2"], ["A1", "A2"]),
        (["A1", "A1"], ["A1-address-1", "A1-address-2"]),
        ([None, "  "], ["address-1", "address-2"]),
    ],
)
def test_keys_come_from_serial_numbers(serials: list[str | None], keys: list[str]) -> None:
    packs = {str(place + 1): {"serial": serial} for place, serial in enumerate(serials)}
    assert list(keys_of(packs).values()) == keys


def test_keys_fit_a_topic_and_two_numbers_stay_two() -> None:
    found = list(keys_of({"1": {"serial": "A/1+#"}, "2": {"serial": "A 1+#"}}).values())
    assert len(set(found)) == 2
    assert not set("".join(found)) & set("/+# ")


def test_what_is_old_is_not_told() -> None:
    shot = snapshot()
    shot["packs"]["2"]["freshness"] = "stale"
    states = states_of(LAYOUT, shot, {}, waiting=0, remote={}, cells=True)
    assert "openress/home/pack/VIRTUAL-0001/cells" in states
    assert not any("VIRTUAL-0002" in topic for topic in states)
    assert states["openress/home/rack/state"]["modules_online"] == 1
    record = record_of(shot, 60, {})
    assert list(record["packs"]) == ["VIRTUAL-0001"]
    shot["rack"]["freshness"] = "stale"
    assert list(states_of(LAYOUT, shot, {}, waiting=0, remote={}, cells=False)) == [
        "openress/home/gateway/state",
        "openress/home/pack/VIRTUAL-0001/state",
    ]


def test_time_to_go_only_while_something_goes() -> None:
    shot = snapshot()
    assert "time_to_go_s" not in rack_state(shot, None)
    # What is left, divided by the current, is no time where the rack's own rule tells none: near the end it falls.
    shot["rack"] |= {"pack_current_a": -20.0, "remaining_ah": 100.0}
    assert "time_to_go_s" not in rack_state(shot, None)
    shot["rack"]["time_to_empty_s"] = 18_000
    assert rack_state(shot, None)["time_to_go_s"] == 18_000
    del shot["rack"]["time_to_empty_s"]
    shot["rack"]["time_to_full_s"] = 3600
    told = rack_state(shot, None)
    assert ("time_to_go_s" in told, told["time_to_full_s"]) == (False, 3600)


def test_alarms_do_not_wait_for_their_turn() -> None:
    before, after = snapshot(), snapshot(time_s=TIME_S + 1)
    after["rack"]["pack_voltage_v"] = 50.0
    assert alarm_signature(before) == alarm_signature(after)
    after["packs"]["2"]["alarms"] = ["soc_low"]
    assert alarm_signature(before) != alarm_signature(after)


def test_f14_each_slot_of_time_is_told_once() -> None:
    clock = RecordClock(60)
    assert clock.due(30.0) is None  # the run before may have told it
    assert [clock.due(at_s) for at_s in (59.9, 60.0, 61.0, 119.9, 125.0)] == [None, 60, None, None, 120]
    assert clock.due(70.0) is None  # set back a little: waited for
    assert clock.due(180.0) == 180
    assert clock.due(100_000.0) == 99_960
    assert clock.due(300.0) == 300  # set back by more than an hour: believed


def test_venus_os_reads_the_minimum_and_the_limits() -> None:
    shot = snapshot()
    shot["rack"] |= {"pack_voltage_v": 52.7, "pack_current_a": 6.1, "soc_pct": 63.0, "protections": ["soc_low"]}
    shot["packs"]["1"]["charge_enabled"] = False
    found = venus_json(shot)
    assert found is not None
    assert json.loads(json.dumps(found)) == found
    assert found["Dc"]["Power"] == 321.5
    assert found["Soc"] == 63.0
    # What the inverter is told, not what the packs would allow.
    assert found["Info"] == {"MaxChargeVoltage": 56.0, "MaxChargeCurrent": 40.0, "MaxDischargeCurrent": 80.0}
    assert found["Alarms"]["LowSoc"] == 2
    assert found["Alarms"]["HighVoltage"] == 0
    assert found["System"]["NrOfModulesOnline"] == 2
    assert found["System"]["NrOfModulesBlockingCharge"] == 1
    low = shot["rack"]["cell_voltage_min_mv"]
    pack, cell = found["System"]["MinVoltageCellId"].removeprefix("P").split("C")
    assert shot["packs"][pack]["cell_voltages_mv"][int(cell) - 1] == low


def test_venus_os_never_gets_null_for_a_limit_nor_old_values() -> None:
    shot = snapshot()
    shot["gateway"] |= {"told": None}
    found = venus_json(shot)
    assert found is not None
    assert found["Info"] == {"MaxChargeVoltage": 0.0, "MaxChargeCurrent": 0.0, "MaxDischargeCurrent": 0.0}
    shot["gateway"] = None
    shot["rack"]["discharge_current_limit_a"] = 198.0
    del shot["rack"]["charge_current_limit_a"]
    found = venus_json(shot)
    assert found is not None
    assert found["Info"]["MaxChargeCurrent"] == 0.0
    assert found["Info"]["MaxDischargeCurrent"] > 0.0
    shot["rack"]["freshness"] = "stale"
    assert venus_json(shot) is None


def test_what_is_simulated_is_called_so_wherever_an_alarm_is_read() -> None:
    shot = snapshot()
    shot["rack"]["alarms"] = shot["packs"]["1"]["alarms"] = ["soc_low"]
    states = states_of(LAYOUT, shot, {}, waiting=0, remote={}, cells=False)
    for name in ("rack", "pack/VIRTUAL-0001"):
        state = states[f"openress/home/{name}/state"]
        assert (state["virtual"], state["words"]) == (True, "virtual: soc low (alarm)")
    assert states["openress/home/gateway/state"]["virtual"] is True
    shot["virtual"], shot["packs"]["1"]["serial"] = False, "A5L-0001"
    real = states_of(LAYOUT, shot, {}, waiting=0, remote={}, cells=False)
    assert real["openress/home/rack/state"]["words"] == "soc low (alarm)"
    assert "virtual" not in real["openress/home/pack/A5L-0001/state"]
