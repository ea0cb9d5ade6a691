"""Discovery for Home Assistant: one retained message for each device, with all of its entities.

Device discovery as in Home Assistant's documentation (`/integrations/mqtt`, "Device discovery payload"): topic
`<prefix>/device/<id>/config`, `device`, `origin` and `components`. Devices are this gateway, the rack and each pack;
identifiers come from serial numbers, so that a pack keeps its history when its address changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from openress.telemetry.homeassistantrows import CAPS, CELL, GATEWAY, INVERTER, PACK, RACK, TEMPERATURE, Entity
from openress.telemetry.mqttstates import Layout, keys_of

__all__ = ["HomeAssistant", "discovery"]

_MAXIMA = {"A": 1000, "V": 60}
"""Of the sliders: a rack of 48 V; a cap above what the packs allow does nothing."""


@dataclass(frozen=True, slots=True)
class HomeAssistant:
    """How discovery is told.

    Attributes:
        layout: where states are.
        prefix: of Home Assistant's own topics.
        state_every_s: how often states are told.
        cells_every_s: how often cells are.
        commands: whether caps are offered.
        page_url: address of the page, for the link on the device.
    """

    layout: Layout
    prefix: str = "homeassistant"
    state_every_s: float = 10.0
    cells_every_s: float = 60.0
    commands: bool = False
    page_url: str | None = None

    @property
    def birth(self) -> str:
        """Where Home Assistant says that it has started."""
        return f"{self.prefix}/status"

    def topic(self, device: str) -> str:
        """Of a device's discovery."""
        return f"{self.prefix}/device/{device}/config"


def discovery(home: HomeAssistant, snapshot: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Everything that is told for a snapshot, by topic."""
    layout = home.layout
    gateway, rack = f"openress_{layout.site}", f"openress_{layout.site}_rack"
    version = {"sw_version": snapshot["version"]}
    title = snapshot["rack"].get("title") or "Battery rack"
    page = {} if home.page_url is None else {"configuration_url": home.page_url}
    known = snapshot.get("gateway") is not None
    found = {
        home.topic(gateway): _told(
            {"identifiers": [gateway], "name": "OpenRESS", "manufacturer": "OpenRESS", "model": "Gateway"}
            | version
            | page,
            [
                *_entities(home, gateway, "gateway", (*GATEWAY, *(INVERTER if known else ()))),
                *(_caps(home, gateway) if home.commands and known else ()),
            ],
            snapshot["version"],
            [layout.status],
        ),
        home.topic(rack): _told(
            {"identifiers": [rack], "name": "Battery rack", "model": title, "via_device": gateway} | page,
            _entities(home, rack, "rack", RACK),
            snapshot["version"],
            [layout.status, layout.of("rack", "status")],
        ),
    }
    for number, key in keys_of(snapshot["packs"]).items():
        # A serial number is the only one of its kind; an address is so at one site only.
        device = f"openress_{layout.site}_{key}" if "address-" in key else f"openress_{key}"
        found[home.topic(device)] = _pack(home, device, key, snapshot["packs"][number], title, rack, snapshot)
    return found


def _pack(
    home: HomeAssistant,
    device: str,
    key: str,
    pack: Mapping[str, Any],
    title: str,
    rack: str,
    snapshot: Mapping[str, Any],
) -> dict[str, Any]:
    facts = {
        "manufacturer": pack.get("manufacturer"),
        "model": pack.get("model") or title,
        "serial_number": pack.get("serial"),
        "sw_version": pack.get("software_version"),
        "configuration_url": home.page_url,
    }
    about = {"identifiers": [device], "name": f"Pack {pack.get('serial') or pack['pack']}", "via_device": rack}
    about |= {name: str(value) for name, value in facts.items() if value}
    where = f"pack/{key}"
    entities = [*_entities(home, device, where, PACK), *_singles(home, device, where, pack)]
    return _told(about, entities, snapshot["version"], [home.layout.status, home.layout.of(where, "status")])


def _told(
    device: Mapping[str, Any],
    entities: Iterable[tuple[str, dict[str, Any]]],
    version: str,
    availability: list[str],
) -> dict[str, Any]:
    return {
        "device": dict(device),
        "origin": {"name": "OpenRESS", "sw_version": version},
        "availability": [{"topic": topic} for topic in availability],
        "availability_mode": "all",
        "components": dict(entities),
    }


def _entities(
    home: HomeAssistant, device: str, where: str, rows: Iterable[Entity]
) -> Iterable[tuple[str, dict[str, Any]]]:
    topic = home.layout.of(where, "state")
    for row in rows:
        template = f"{{{{ value_json.{row.key} | default(none) }}}}"
        yield row.key, _component(row, row.key, row.name, device, topic, template, home.state_every_s)


def _singles(
    home: HomeAssistant, device: str, where: str, pack: Mapping[str, Any]
) -> Iterable[tuple[str, dict[str, Any]]]:
    """Each cell and each temperature sensor."""
    topic = home.layout.of(where, "cells")
    for row, values, source in ((CELL, "cell_voltages_v", "cell_voltages_mv"), (TEMPERATURE, *2 * ("temperatures_c",))):
        for index in range(len(pack.get(source) or ())):
            key = f"{row.key}_{index + 1}"
            template = f"{{{{ (value_json.{values} | default([]))[{index}] | default(none) }}}}"
            name = f"{row.name} {index + 1}"
            yield key, _component(row, key, name, device, topic, template, home.cells_every_s)


def _component(
    row: Entity, key: str, name: str, device: str, topic: str, template: str, every_s: float
) -> dict[str, Any]:
    facts = {
        "platform": row.platform,
        "unique_id": f"{device}_{key}",
        "default_entity_id": f"{row.platform}.{re.sub('[^a-z0-9_]', '_', f'{device}_{key}'.lower())}",
        "name": name,
        "state_topic": topic,
        "value_template": template,
        "expire_after": round(max(30.0, 3 * every_s)),
        "unit_of_measurement": row.unit,
        "device_class": row.device_class,
        "state_class": row.state_class,
        "suggested_display_precision": row.decimals,
        "entity_category": "diagnostic" if row.diagnostic else None,
        "enabled_by_default": None if row.shown else False,
    }
    if row.platform == "binary_sensor":
        # A template writes JSON's true and false as Python does.
        facts |= {"payload_on": "True", "payload_off": "False"}
    return {name: value for name, value in facts.items() if value is not None}


def _caps(home: HomeAssistant, device: str) -> Iterable[tuple[str, dict[str, Any]]]:
    for row in CAPS:
        key = f"cap_{row.key}"
        template = f"{{{{ value_json.remote_{row.key} | default(none) }}}}"
        found = _component(row, key, row.name, device, home.layout.of("gateway", "state"), template, home.state_every_s)
        del found["expire_after"]
        limits = {"min": 0, "max": _MAXIMA[row.unit or ""], "step": 0.1, "mode": "box"}
        yield key, found | limits | {"command_topic": home.layout.command(row.key), "entity_category": "config"}
