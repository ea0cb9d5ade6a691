"""What Home Assistant documents of MQTT discovery, as tables to check payloads against.

Sources: keys of a device message and of `device`, `origin`, `availability`: home-assistant/core,
`homeassistant/components/mqtt/schemas.py` (commit 0f5c1b5); keys of the platforms: home-assistant.io, "MQTT sensor",
"MQTT binary sensor", "MQTT number", configuration variables; units and state classes of device classes:
home-assistant/core, `homeassistant/components/sensor/const.py`, `DEVICE_CLASS_UNITS` and `DEVICE_CLASS_STATE_CLASSES`
(commit 00eb668).
"""

from __future__ import annotations

import re
from typing import Any

DEVICE_MESSAGE = {
    "device", "origin", "components", "availability", "availability_mode", "availability_template",
    "availability_topic", "payload_available", "payload_not_available", "state_topic", "command_topic", "qos",
    "encoding",
}  # fmt: skip
DEVICE = {
    "identifiers", "connections", "manufacturer", "model", "model_id", "name", "hw_version", "serial_number",
    "sw_version", "via_device", "suggested_area", "configuration_url",
}  # fmt: skip
ORIGIN = {"name", "sw_version", "support_url"}
AVAILABILITY = {"topic", "payload_available", "payload_not_available", "value_template"}
_ENTITY = {
    "platform", "unique_id", "default_entity_id", "name", "icon", "entity_category", "enabled_by_default", "qos",
    "encoding", "entity_picture", "device_class", "state_topic", "value_template", "json_attributes_topic",
    "json_attributes_template",
}  # fmt: skip
PLATFORMS = {
    "sensor": _ENTITY
    | {
        "expire_after", "force_update", "last_reset_value_template", "options", "state_class",
        "suggested_display_precision", "unit_of_measurement",
    },
    "binary_sensor": _ENTITY | {"expire_after", "force_update", "off_delay", "payload_on", "payload_off"},
    "number": _ENTITY
    | {
        "command_topic", "command_template", "min", "max", "step", "mode", "optimistic", "payload_reset", "retain",
        "unit_of_measurement",
    },
}  # fmt: skip
UNITS = {
    "battery": {"%"},
    "voltage": {"V", "mV", "µV", "kV", "MV"},
    "current": {"A", "mA"},
    "power": {"W", "kW", "MW", "GW", "TW", "mW"},
    "energy": {"J", "kJ", "MJ", "GJ", "mWh", "Wh", "kWh", "MWh", "GWh", "TWh", "cal", "kcal", "Mcal", "Gcal"},
    "energy_storage": {"J", "kJ", "MJ", "GJ", "mWh", "Wh", "kWh", "MWh", "GWh", "TWh", "cal", "kcal", "Mcal", "Gcal"},
    "temperature": {"°C", "°F", "K"},
    "duration": {"d", "h", "min", "s", "ms"},
}
STATE_CLASSES = {
    "battery": {"measurement"},
    "voltage": {"measurement"},
    "current": {"measurement"},
    "power": {"measurement"},
    "energy": {"total", "total_increasing"},
    "energy_storage": {"measurement"},
    "temperature": {"measurement"},
    "duration": {"measurement", "total", "total_increasing"},
    None: {"measurement", "total", "total_increasing"},
}
BINARY_CLASSES = {"battery_charging", "problem", "connectivity", "power", "running", "heat", "cold"}
"""Of "Binary sensor", those that a battery may use."""
CATEGORIES = {"sensor": {"diagnostic"}, "binary_sensor": {"diagnostic"}, "number": {"config", "diagnostic"}}
"""Home Assistant refuses `config` for what can only be read."""
TOPIC = re.compile(r"^[a-z]+/device/[A-Za-z0-9_-]+/config$")
ENTITY_ID = re.compile(r"^[a-z_]+\.[a-z0-9_]+$")


def check_device_message(topic: str, payload: dict[str, Any]) -> None:
    """One message, field by field."""
    assert TOPIC.match(topic), topic
    assert payload.keys() <= DEVICE_MESSAGE
    assert {"device", "origin", "components"} <= payload.keys()
    device = payload["device"]
    assert device.keys() <= DEVICE
    assert device["identifiers"], "a device needs an identifier"
    assert all(isinstance(value, str) for name, value in device.items() if name != "identifiers")
    assert payload["origin"].keys() <= ORIGIN
    assert payload["origin"]["name"]
    assert payload["availability_mode"] in {"all", "any", "latest"}
    for entry in payload["availability"]:
        assert entry.keys() <= AVAILABILITY
        _check_topic(entry["topic"])
    assert payload["components"], "a device needs an entity"
    for key, entity in payload["components"].items():
        check_entity(key, entity)
    unique = [entity["unique_id"] for entity in payload["components"].values()]
    assert len(set(unique)) == len(unique)


def check_entity(key: str, entity: dict[str, Any]) -> None:
    """One entity, field by field."""
    platform = entity["platform"]
    assert entity.keys() <= PLATFORMS[platform], key
    assert entity["unique_id"]
    assert entity["default_entity_id"].startswith(f"{platform}.")
    assert ENTITY_ID.match(entity["default_entity_id"]), entity["default_entity_id"]
    _check_topic(entity["state_topic"])
    assert entity.get("entity_category", "diagnostic") in CATEGORIES[platform]
    if "expire_after" in entity:
        assert isinstance(entity["expire_after"], int)
        assert entity["expire_after"] > 0
    if platform == "binary_sensor":
        assert entity.get("device_class") in {None, *BINARY_CLASSES}
        assert {"payload_on", "payload_off"} <= entity.keys()
        return
    kind, unit = entity.get("device_class"), entity.get("unit_of_measurement")
    assert kind is None or kind in UNITS, kind
    assert kind is None or unit in UNITS[kind], (key, kind, unit)
    if "state_class" in entity:
        assert entity["state_class"] in STATE_CLASSES[kind], key
    elif platform == "sensor":
        assert unit is None, f"{key} is a number without statistics"
        assert "suggested_display_precision" not in entity
    if platform == "number":
        _check_topic(entity["command_topic"])
        assert entity["min"] < entity["max"]
        assert entity["step"] > 0
        assert entity["mode"] in {"auto", "box", "slider"}


def _check_topic(topic: str) -> None:
    assert topic
    assert not set(topic) & set("#+\0")
