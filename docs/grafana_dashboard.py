"""The Grafana dashboard: one row for each panel, made into Grafana's JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
ONE = '{job=~"$job"}'
CHOSEN = '{job=~"$job", pack=~"$pack"}'
COLUMNS = 24


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: what it asks, in Grafana's unit, and how wide and high it is."""

    title: str
    unit: str
    queries: tuple[tuple[str, str], ...]
    kind: str = "timeseries"
    width: int = 12
    height: int = 8
    text: str = ""


PANELS = (
    Panel("State of charge", "percentunit", ((f"openress_rack_soc_ratio{ONE}", "rack"),), "gauge", 4, 5),
    Panel("Voltage", "volt", ((f"openress_rack_voltage_volts{ONE}", "rack"),), "stat", 4, 5),
    Panel(
        "Current", "amp", ((f"openress_rack_current_amperes{ONE}", "rack"),), "stat", 4, 5, "Positive while charging."
    ),
    Panel(
        "Cell deviation",
        "volt",
        ((f"openress_rack_cell_voltage_max_volts{ONE} - openress_rack_cell_voltage_min_volts{ONE}", "rack"),),
        "stat",
        4,
        5,
    ),
    Panel(
        "Protections and faults",
        "none",
        ((f"sum(openress_pack_protection_active{ONE}) + sum(openress_pack_fault_active{ONE})", "now"),),
        "stat",
        4,
        5,
    ),
    Panel("Gateway", "none", ((f"openress_gateway_state{ONE} == 1", "{{state}}"),), "stat", 4, 5),
    Panel(
        "Power",
        "watt",
        ((f"openress_rack_voltage_volts{ONE} * openress_rack_current_amperes{ONE}", "rack"),),
        text="Positive while charging.",
    ),
    Panel(
        "Current and what is allowed",
        "amp",
        (
            (f"openress_rack_current_amperes{ONE}", "current"),
            (f"openress_gateway_told_charge_current_limit_amperes{ONE}", "told: charge at most"),
            (f"-openress_gateway_told_discharge_current_limit_amperes{ONE}", "told: discharge at most"),
        ),
    ),
    Panel(
        "Charge voltage",
        "volt",
        (
            (f"openress_rack_voltage_volts{ONE}", "voltage"),
            (f"openress_rack_charge_voltage_limit_volts{ONE}", "packs allow"),
            (f"openress_gateway_told_charge_voltage_limit_volts{ONE}", "inverter is told"),
        ),
    ),
    Panel("State of charge by pack", "percentunit", ((f"openress_pack_soc_ratio{CHOSEN}", "pack {{pack}}"),)),
    Panel("Current by pack", "amp", ((f"openress_pack_current_amperes{CHOSEN}", "pack {{pack}}"),)),
    Panel(
        "Lowest and highest cell by pack",
        "volt",
        (
            (f"openress_pack_cell_voltage_min_volts{CHOSEN}", "pack {{pack}} lowest"),
            (f"openress_pack_cell_voltage_max_volts{CHOSEN}", "pack {{pack}} highest"),
        ),
    ),
    Panel(
        "Temperatures",
        "celsius",
        (
            (f"openress_temperature_celsius{CHOSEN}", "pack {{pack}} sensor {{sensor}}"),
            (f"openress_pack_mos_temperature_celsius{CHOSEN}", "pack {{pack}} switches"),
        ),
    ),
    Panel(
        "Energy of the last 24 hours",
        "joule",
        (
            (f"increase(openress_rack_energy_charged_joules_total{ONE}[1d])", "charged"),
            (f"increase(openress_rack_energy_discharged_joules_total{ONE}[1d])", "discharged"),
        ),
        text="3.6 MJ are a kilowatt-hour.",
    ),
    Panel(
        "Cells", "volt", ((f"openress_cell_voltage_volts{CHOSEN}", "pack {{pack}} cell {{cell}}"),), width=24, height=10
    ),
    Panel(
        "What is wrong",
        "none",
        (
            (f"openress_pack_alarm_active{CHOSEN} == 1", "pack {{pack}} warns: {{code}}"),
            (f"openress_pack_protection_active{CHOSEN} == 1", "pack {{pack}} protects: {{code}}"),
            (f"openress_pack_fault_active{CHOSEN} == 1", "pack {{pack}} fault: {{code}}"),
            (f"openress_gateway_alarm_active{ONE} == 1", "gateway: {{code}}"),
        ),
    ),
    Panel(
        "Age of the values",
        "s",
        (
            (f"openress_pack_data_age_seconds{CHOSEN}", "pack {{pack}}"),
            (f"openress_gateway_data_age_seconds{ONE}", "told to the inverter"),
            (f"openress_gateway_inverter_silent_seconds{ONE}", "inverter silent"),
        ),
    ),
)


def grafana_dashboard() -> list[str]:
    """The lines of the file."""
    return json.dumps(_dashboard(), indent=2).splitlines()


def _dashboard() -> dict[str, Any]:
    return {
        "title": "OpenRESS",
        "uid": "openress",
        "description": "A battery rack, its packs and cells, and what the inverter is told.",
        "tags": ["battery", "openress"],
        "schemaVersion": 39,
        "refresh": "10s",
        "time": {"from": "now-24h", "to": "now"},
        "timezone": "browser",
        "templating": {
            "list": [
                {"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Data source"},
                _variable("job", "label_values(openress_build_info, job)"),
                _variable("pack", 'label_values(openress_pack_data_age_seconds{job=~"$job"}, pack)'),
            ]
        },
        "panels": _panels(),
    }


def _variable(name: str, query: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": name.capitalize(),
        "type": "query",
        "datasource": DATASOURCE,
        "query": {"query": query, "refId": name},
        "definition": query,
        "includeAll": True,
        "multi": True,
        "current": {"text": "All", "value": "$__all"},
        "refresh": 2,
        "sort": 3,
    }


def _panels() -> list[dict[str, Any]]:
    placed, x, y, row = [], 0, 0, 0
    for number, panel in enumerate(PANELS, start=1):
        if x + panel.width > COLUMNS:
            x, y, row = 0, y + row, 0
        placed.append(_panel(number, panel, x, y))
        x, row = x + panel.width, max(row, panel.height)
    return placed


def _panel(number: int, panel: Panel, x: int, y: int) -> dict[str, Any]:
    defaults: dict[str, Any] = {"unit": panel.unit}
    if panel.unit == "percentunit":
        defaults |= {"min": 0, "max": 1}
    return {
        "id": number,
        "title": panel.title,
        "description": panel.text,
        "type": panel.kind,
        "datasource": DATASOURCE,
        "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": {"textMode": "value_and_name"} if panel.title == "Gateway" else {},
        "targets": [
            {"refId": chr(ord("A") + place), "datasource": DATASOURCE, "expr": query, "legendFormat": legend}
            for place, (query, legend) in enumerate(panel.queries)
        ],
    }
