"""Discovery: every field as Home Assistant documents it, and what must stay the same for history's sake."""

from __future__ import annotations

import json

import pytest
from tests.homeassistantschema import check_device_message, check_entity
from tests.racksnapshots import snapshot

from openress.bms.energy import EnergyTotals
from openress.telemetry.homeassistant import HomeAssistant, discovery
from openress.telemetry.mqttstates import Layout, cells_state, gateway_state, keys_of, pack_state, rack_state

HOME = HomeAssistant(Layout("openress", "home"), commands=True, page_url="http://rack.local:8080/")


def test_every_message_is_as_documented() -> None:
    found = discovery(HOME, snapshot(16))
    assert len(found) == 18
    for topic, payload in found.items():
        check_device_message(topic, json.loads(json.dumps(payload)))
    unique = [entity["unique_id"] for payload in found.values() for entity in payload["components"].values()]
    assert len(set(unique)) == len(unique)
    ids = [entity["default_entity_id"] for payload in found.values() for entity in payload["components"].values()]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("soc_pct", {"unit_of_measurement": "Ah"}),
        ("charged_kwh", {"state_class": "measurement"}),
        ("pack_voltage_v", {"device_class": "volt"}),
        ("pack_voltage_v", {"entity_category": "config"}),
        ("problem", {"device_class": "trouble"}),
        ("soc_pct", {"expires_after": 30}),
        ("soc_pct", {"default_entity_id": "sensor.Pack-1"}),
    ],
)
def test_the_check_finds_what_home_assistant_would_refuse(key: str, changes: dict[str, str]) -> None:
    entity = discovery(HOME, snapshot())[HOME.topic("openress_VIRTUAL-0001")]["components"][key]
    check_entity(key, entity)
    with pytest.raises(AssertionError):
        check_entity(key, entity | changes)


def test_every_value_that_is_promised_is_told() -> None:
    """Each template names a key that a state has, or may have; nothing is promised that is never said."""
    shot = snapshot()
    shot["rack"] |= {"pack_current_a": -20.0, "time_to_empty_s": 60, "time_to_full_s": 60}
    totals = EnergyTotals(1.0, 2.0)
    remote = {"charge_voltage_limit_v": 55.0, "charge_current_limit_a": 1.0, "discharge_current_limit_a": 2.0}
    states = {
        "openress/home/rack/state": rack_state(shot, totals),
        "openress/home/gateway/state": gateway_state(shot, waiting=3, remote=remote),
    }
    for number, key in keys_of(shot["packs"]).items():
        states[f"openress/home/pack/{key}/state"] = pack_state(shot["packs"][number], 16, totals)
        states[f"openress/home/pack/{key}/cells"] = cells_state(shot["packs"][number])
    for payload in discovery(HOME, shot).values():
        for entity in payload["components"].values():
            name = entity["value_template"].split("value_json.")[1].split(" ")[0]
            value = states[entity["state_topic"]][name]
            assert value is not None, entity["unique_id"]
            if entity["platform"] == "binary_sensor":
                assert str(value) in (entity["payload_on"], entity["payload_off"])
            elif "state_class" in entity:
                assert isinstance(value, int | float | list)
                assert not isinstance(value, bool)


def test_a_pack_keeps_its_identity_when_its_address_changes() -> None:
    before = discovery(HOME, snapshot())
    moved = snapshot()
    moved["packs"] = {"7": moved["packs"]["2"] | {"pack": 7}, "8": moved["packs"]["1"] | {"pack": 8}}
    after = discovery(HOME, moved)
    assert after.keys() == before.keys()
    for topic, payload in before.items():
        assert after[topic]["components"].keys() == payload["components"].keys()


def test_packs_without_a_number_of_their_own_are_known_by_address_and_site() -> None:
    shot = snapshot()
    for pack in shot["packs"].values():
        del pack["serial"]
    assert HOME.topic("openress_home_address-1") in discovery(HOME, shot)
    for pack in shot["packs"].values():
        pack["serial"] = "0000"
    assert HOME.topic("openress_home_0000-address-2") in discovery(HOME, shot)


def test_devices_hang_together() -> None:
    found = discovery(HOME, snapshot())
    pack = found[HOME.topic("openress_VIRTUAL-0001")]
    assert pack["device"]["via_device"] == "openress_home_rack"
    assert pack["device"]["serial_number"] == "VIRTUAL-0001"
    assert found[HOME.topic("openress_home_rack")]["device"]["via_device"] == "openress_home"
    assert [entry["topic"] for entry in pack["availability"]] == [
        "openress/home/status",
        "openress/home/pack/VIRTUAL-0001/status",
    ]


def test_caps_are_offered_only_where_commands_are_allowed() -> None:
    silent = HomeAssistant(Layout("openress", "home"))
    platforms = {
        entity["platform"]
        for payload in discovery(silent, snapshot()).values()
        for entity in payload["components"].values()
    }
    assert platforms == {"sensor", "binary_sensor"}
    caps = discovery(HOME, snapshot())[HOME.topic("openress_home")]["components"]
    assert caps["cap_charge_current_limit_a"]["command_topic"] == "openress/home/set/charge_current_limit_a"


def test_cells_are_not_shown_at_first() -> None:
    cells = discovery(HOME, snapshot())[HOME.topic("openress_VIRTUAL-0001")]["components"]
    assert cells["cell_16"]["enabled_by_default"] is False
    assert "cell_17" not in cells
    assert cells["cell_16"]["value_template"] == "{{ (value_json.cell_voltages_v | default([]))[15] | default(none) }}"
