"""What Prometheus is told of a running rack, and the dashboard that asks for it."""

from __future__ import annotations

import asyncio
import copy
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from tests.processes import REPOSITORY

from openress.telemetry.metrics import Metrics
from openress.telemetry.metrictable import GATEWAY, RACK, TOLD, names
from openress.telemetry.metrictable import PACK as OF_PACK

DASHBOARD = REPOSITORY / "docs" / "grafana-dashboard.json"
NAME = re.compile(r"openress_\w+")

PACK: dict[str, Any] = {
    "pack": 1,
    "serial": 'A"5\\L',
    "manufacturer": "Syscom",
    "pack_voltage_v": 52.912,
    "pack_current_a": -2.0,
    "cell_voltages_mv": [3308, None, 3307],
    "temperatures_c": [25.2, 24.8],
    "soc_pct": 50.0,
    "full_ah": 100,
    "charge_enabled": True,
    "balancing": [False, True, False],
    "alarms": ["soc_low"],
    "protections": [],
    "faults": [],
    "age_s": 0.1,
    "freshness": "fresh",
}
SNAPSHOT: dict[str, Any] = {
    "version": "0.1.0",
    "time_s": 1_800_000_000.0,
    "rack": {"modules": 2, "soc_pct": 50.0, "product": "a5l", "freshness": "fresh"},
    "packs": {"1": PACK, "2": PACK | {"pack": 2, "age_s": 65.0, "freshness": "stale"}},
    "gateway": {
        "inverter": "victron",
        "title": "Victron",
        "dialect": "victron-can",
        "link": "can:slcan:/x",
        "state": "live",
        "age_s": 0,
        "told": {"charge_current_limit_a": 77.01, "charge_voltage_limit_v": None},
        "alarms": [{"trouble": "bus_off", "sentence": "", "for_s": 1}],
        "inverter_heard_s": None,
    },
}


async def scraped(metrics: Metrics, accept: str = "") -> httpx.Response:
    api = FastAPI()
    for router in metrics.routers:
        api.include_router(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://x") as client:
        return await client.get("/metrics", headers={"accept": accept})


async def samples(snapshot: dict[str, Any]) -> list[Sample]:
    metrics = Metrics()
    metrics.see(snapshot)
    text = (await scraped(metrics)).text
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


def value(found: list[Sample], name: str, **labels: str) -> float | None:
    values = [s.value for s in found if s.name == f"openress_{name}" and labels.items() <= s.labels.items()]
    assert len(values) <= 1
    return values[0] if values else None


async def test_values_come_in_base_units_and_what_is_not_known_has_no_line() -> None:
    found = await samples(SNAPSHOT)
    assert value(found, "pack_voltage_volts", pack="1") == 52.912
    assert value(found, "pack_current_amperes", pack="1") == -2.0
    assert value(found, "pack_soc_ratio", pack="1") == 0.5
    assert value(found, "pack_full_charge_coulombs", pack="1") == 360_000
    assert value(found, "pack_charge_enabled", pack="1") == 1
    assert value(found, "pack_remaining_charge_coulombs", pack="1") is None
    assert value(found, "cell_voltage_volts", pack="1", cell="1") == pytest.approx(3.308)
    assert value(found, "cell_voltage_volts", pack="1", cell="2") is None
    assert value(found, "cell_voltage_volts", pack="1", cell="3") == pytest.approx(3.307)
    assert value(found, "cell_balancing", pack="1", cell="2") == 1
    assert value(found, "temperature_celsius", pack="1", sensor="2") == 24.8
    assert value(found, "pack_alarm_active", pack="1", code="soc_low") == 1
    assert value(found, "pack_alarm_active", pack="1", code="cell_over_voltage") == 0
    assert value(found, "pack_info", pack="1", serial='A"5\\L', manufacturer="Syscom") == 1
    assert value(found, "rack_soc_ratio") == 0.5
    assert value(found, "build_info", version="0.1.0") == 1


async def test_old_values_vanish_and_their_age_stays() -> None:
    found = await samples(SNAPSHOT)
    assert {s.name for s in found if s.labels.get("pack") == "2"} == {
        "openress_pack_info",
        "openress_pack_data_age_seconds",
        "openress_pack_freshness",
    }
    assert value(found, "pack_data_age_seconds", pack="2") == 65
    assert value(found, "pack_freshness", pack="2", state="stale") == 1
    assert value(found, "pack_freshness", pack="2", state="fresh") == 0
    stale = copy.deepcopy(SNAPSHOT)
    stale["rack"]["freshness"] = "stale"
    assert value(await samples(stale), "rack_soc_ratio") is None


async def test_energy_is_counted_in_joules_and_the_count_stays_while_values_are_old() -> None:
    metrics = Metrics()
    for second, current_a in enumerate((10.0, 10.0, 10.0, -5.0, -5.0)):
        snapshot = copy.deepcopy(SNAPSHOT)
        values = {"pack_voltage_v": 50.0, "pack_current_a": current_a}
        snapshot["time_s"] += second
        snapshot["rack"] |= values | {"pack_current_a": 2 * current_a}
        snapshot["packs"]["1"] |= values
        metrics.see(snapshot)
    text = (await scraped(metrics)).text
    found = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    # Two seconds with 500 W, one down to -250 W of which two thirds charge, one with -250 W.
    assert value(found, "pack_energy_charged_joules_total", pack="1") == pytest.approx(1000 + 500 / 3)
    assert value(found, "pack_energy_discharged_joules_total", pack="1") == pytest.approx(250 + 125 / 3)
    assert value(found, "rack_energy_charged_joules_total") == pytest.approx(2000 + 1000 / 3)
    assert value(found, "pack_energy_charged_joules_total", pack="2") is None
    assert "# TYPE openress_pack_energy_charged_joules_total counter" in text
    snapshot["time_s"] += 1
    snapshot["packs"]["1"]["freshness"] = snapshot["rack"]["freshness"] = "stale"
    metrics.see(snapshot)
    later = (await scraped(metrics)).text
    assert [line for line in later.splitlines() if "joules" in line] == [
        line for line in text.splitlines() if "joules" in line
    ]


async def test_the_gateway() -> None:
    found = await samples(SNAPSHOT)
    assert value(found, "gateway_told_charge_current_limit_amperes") == 77.01
    assert value(found, "gateway_told_charge_voltage_limit_volts") is None
    assert value(found, "gateway_state", state="live") == 1
    assert sum(s.value for s in found if s.name == "openress_gateway_state") == 1
    assert value(found, "gateway_alarm_active", code="bus_off") == 1
    assert value(found, "gateway_alarm_active", code="port_gone") == 0
    assert value(found, "gateway_data_age_seconds") == 0
    assert value(found, "gateway_inverter_silent_seconds") is None
    silent = copy.deepcopy(SNAPSHOT)
    silent["gateway"] |= {"told": None, "state": "silent"}
    assert not [s for s in await samples(silent) if "told" in s.name]
    without = SNAPSHOT | {"gateway": None}
    assert not [s for s in await samples(without) if "gateway" in s.name]


async def test_before_the_first_snapshot_there_is_nothing_and_it_is_no_error() -> None:
    answer = await scraped(Metrics())
    assert (answer.status_code, answer.text) == (200, "")


async def test_a_scraper_that_asks_for_openmetrics_gets_it() -> None:
    metrics = Metrics()
    metrics.see(SNAPSHOT)
    answer = await scraped(metrics, "application/openmetrics-text; version=1.0.0")
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def promtool() -> str:
    found = shutil.which("promtool")
    if found is None:
        pytest.fail("promtool is missing: install Debian's package prometheus")
    return found


def test_promtool_finds_nothing_to_say() -> None:
    metrics = Metrics()
    metrics.see(SNAPSHOT)
    text = asyncio.run(scraped(metrics)).text
    done = subprocess.run([promtool(), "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def queries() -> list[str]:
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    return asked + [variable["definition"] for variable in board["templating"]["list"] if "definition" in variable]


def test_every_query_of_the_dashboard_names_metrics_there_are() -> None:
    for query in queries():
        used = set(NAME.findall(query))
        assert used, query
        assert used <= names(), query


async def test_every_name_is_told_by_some_rack() -> None:
    """So that a dashboard that resolves against the table resolves against the program."""
    everything = copy.deepcopy(SNAPSHOT)
    lists = ("cell_voltages_mv", "balancing", "temperatures_c")

    everything["rack"] |= {metric.key: 1 for metric in RACK}
    everything["packs"]["1"] |= {metric.key: 1 for metric in OF_PACK if metric.key not in lists}
    everything["gateway"] |= {metric.key: 1 for metric in GATEWAY}
    everything["gateway"]["told"] = {metric.key: 1 for metric in TOLD}
    assert {sample.name for sample in await samples(everything)} == names()


def test_prometheus_understands_every_query(tmp_path: Path) -> None:
    rules = [
        {"record": f"q:{number}", "expr": query.replace('=~"$job"', '=~".+"').replace('=~"$pack"', '=~".+"')}
        for number, query in enumerate(queries())
        if "label_values" not in query
    ]
    path = tmp_path / "rules.json"
    # JSON is YAML.
    path.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    done = subprocess.run([promtool(), "check", "rules", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"{len(rules)} rules found" in done.stdout


def test_prometheus_understands_the_alerts_of_the_manual(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "metrics.md").read_text(encoding="utf-8")
    block = next(text for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "groups:" in text)
    assert set(NAME.findall(block)) <= names()
    path = tmp_path / "rules.yml"
    path.write_text(block)
    done = subprocess.run([promtool(), "check", "rules", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
