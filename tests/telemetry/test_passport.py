"""A pack's passport: what is told, how sure that is, and what is said where nothing is known."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from tests.processes import here, openress, running
from tests.telemetry.historysamples import T0, snapshot

from openress.catalog import load_product
from openress.config import Config
from openress.sections import PassportConfig, PassportDates
from openress.store.historyfile import HISTORY, HistoryFile
from openress.store.retention import kept_days
from openress.telemetry import passportapi
from openress.telemetry.passport import (
    LEAST_STEPS,
    Day,
    Entered,
    Entry,
    Happened,
    Past,
    Quality,
    make_passport,
)
from openress.telemetry.passportapi import Passports
from openress.telemetry.passportpast import read_past
from openress.telemetry.passportrows import FIELDS
from openress.telemetry.recorder import Recorder

NOW_S = 1_790_000_000.0
PRODUCT = load_product("syscom-a5l-51v2")
PACK: dict[str, Any] = {
    "serial": "A1",
    "soc_pct": 60.0,
    "full_ah": 98.0,
    "design_ah": 100,
    "cycles": 240,
    "pack_voltage_v": 53.0,
    "freshness": "fresh",
    "health": {
        "rated_ah": 100.0,
        "capacity_ah": 94.0,
        "capacity_low_ah": 92.5,
        "capacity_high_ah": 95.5,
        "capacity_swings": 4,
        "full_cycles": 251.5,
        "charged_ah": 25_400.0,
        "discharged_ah": 25_100.0,
        "discharged_wh": 1_310_000,
        "resistance_growth_pct": 12.5,
    },
}
DAYS = (
    Day(NOW_S - 200_000, 14.2, 60, 20_000.0, 15_000.0, 380.0, 290.0, 40.0, -3.0, 31.0),
    Day(NOW_S - 100_000, 14.6, LEAST_STEPS, 15_000.0, 16_000.0, 280.0, 310.0, 60.0, 2.0, 46.5),
    Day(NOW_S - 20_000, 99.0, LEAST_STEPS - 1, 1000.0, 500.0, 20.0, 10.0, 60.0, 8.0, 20.0),
)
PAST = Past(DAYS, (Happened(NOW_S - 150_000, "cell_under_voltage", "Cell too low"),), 1.5, 3.0, "2026-09-20")


NOTHING = Entered()


def passport(pack: dict[str, Any] = PACK, past: Past = PAST, entered: Entered = NOTHING) -> dict[str, Entry]:
    return {entry.field.key: entry for entry in make_passport(pack, PRODUCT, past, entered, NOW_S)}


def test_every_field_of_the_table_is_there_in_its_order_and_says_how_it_was_found() -> None:
    for entries in (
        make_passport(PACK, PRODUCT, PAST, Entered(), NOW_S),
        make_passport({}, None, Past(), Entered(), 0),
    ):
        assert tuple(entry.field for entry in entries) == FIELDS
        for entry in entries:
            assert entry.method
            assert (entry.value is None) == (entry.quality is Quality.UNKNOWN)


def test_what_was_measured_comes_before_what_the_pack_tells() -> None:
    found = passport()
    capacity = found["remaining_capacity_ah"]
    assert (capacity.value, capacity.quality, capacity.at_s) == (94.0, Quality.MEASURED, NOW_S)
    assert "4 wide swings" in capacity.method
    assert "between 92.5 and 95.5 Ah" in capacity.method
    assert found["capacity_fade_pct"].value == 6.0
    assert found["full_cycles"].value == 251.5
    assert found["capacity_throughput_ah"].value == 25_100.0
    assert found["energy_throughput_kwh"].value == 1310.0
    assert found["resistance_increase_pct"].value == 12.5
    without = passport({key: value for key, value in PACK.items() if key != "health"})
    assert (without["remaining_capacity_ah"].value, without["remaining_capacity_ah"].quality) == (98.0, Quality.TOLD)
    assert without["capacity_fade_pct"].value == 2.0
    assert (without["full_cycles"].value, without["full_cycles"].quality) == (240, Quality.TOLD)
    assert without["capacity_throughput_ah"].value == 610.0
    assert (without["energy_throughput_kwh"].value, without["energy_throughput_kwh"].quality) == (
        31.5,
        Quality.MEASURED,
    )
    unseen = passport({"serial": "A1"}, Past())["energy_throughput_kwh"]
    assert (unseen.value, unseen.method) == (None, "No history is kept of this pack.")
    assert without["resistance_increase_pct"].value is None


def test_a_resistance_of_few_steps_is_worth_nothing() -> None:
    resistance = passport()["resistance_mohm"]
    assert (resistance.value, resistance.at_s) == (14.6, DAYS[1].at_s)


def test_losses_are_told_only_after_enough_throughput_and_what_is_still_stored_is_no_loss() -> None:
    efficiency = passport()["round_trip_efficiency_pct"]
    stored_wh = 98.0 * 53.0 * 0.2
    assert efficiency.value == round(100 * 31_500 / (36_000 - stored_wh), 1)
    assert passport(past=replace(PAST, days=DAYS[1:]))["round_trip_efficiency_pct"].value is None


def test_harm_is_counted_with_its_dates() -> None:
    found = passport()
    assert found["negative_events"].value == [
        {"at_s": NOW_S - 150_000, "code": "cell_under_voltage", "text": "Cell too low"}
    ]
    assert found["deep_discharges"].value == 1
    assert (found["temperature_lowest_c"].value, found["temperature_highest_c"].value) == (-3.0, 46.5)
    assert (found["hours_above_bound"].value, found["hours_below_bound"].value) == (1.5, 3.0)


def test_dates_are_those_entered_and_the_first_day_known_is_no_more_than_that() -> None:
    assert passport()["manufactured"].value is None
    assert (passport()["in_service"].value, passport()["in_service"].quality) == ("2026-09-20", Quality.ESTIMATED)
    entered = passport(entered=Entered("2025-03", "2025-06-01"))
    assert (entered["manufactured"].value, entered["manufactured"].quality) == ("2025-03", Quality.ENTERED)
    assert entered["in_service"].value == "2025-06-01"


async def asked(passports: Passports, number: int, path: str = "/api/passport") -> httpx.Response:
    api = FastAPI()
    for router in passports.routers:
        api.include_router(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://x") as client:
        return await client.get(path, params={"pack": number})


def text_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


async def test_the_page_gives_a_passport_to_print_with_what_it_is_worth(tmp_path: Path) -> None:
    passports = Passports(Config(), tmp_path)
    odd = PACK | {"serial": 'A5L "1"/\u7535'}
    passports.see({"rack": {"product": "syscom-a5l-51v2"}, "packs": {"1": PACK, "2": odd}})
    paper = await asked(passports, 1, "/api/passport.pdf")
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.headers["content-disposition"] == 'attachment; filename="passport-A1.pdf"'
    told = text_of(paper.content)
    fields = (await asked(passports, 1)).json()["fields"]
    unknown = sum(field["quality"] == "not known" for field in fields)
    assert f"{unknown} not known: no value; the reason stands in its place" in told
    assert "told by the pack: the pack's own figure; nobody has checked it" in told
    assert "This is no certificate" in told
    strange = await asked(passports, 2, "/api/passport.pdf")
    assert strange.headers["content-disposition"] == 'attachment; filename="passport-A5L__1___.pdf"'
    assert (await asked(passports, 7, "/api/passport.pdf")).status_code == 404


async def test_without_the_package_for_pdf_files_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passports = Passports(Config(), tmp_path)
    passports.see({"rack": {}, "packs": {"1": PACK}})
    monkeypatch.setitem(sys.modules, "reportlab.pdfgen.canvas", None)
    answer = await asked(passports, 1, "/api/passport.pdf")
    assert (answer.status_code, "need the package reportlab" in answer.json()["detail"]) == (503, True)


async def test_old_values_are_not_told_as_the_present_ones_and_dates_belong_to_a_serial_number(tmp_path: Path) -> None:
    dates = PassportConfig(in_service="2026-01", packs={"A1": PassportDates(in_service="2025-06")})
    passports = Passports(Config(passport=dates), tmp_path)
    others = {"2": PACK | {"serial": "B2", "freshness": "stale"}}
    passports.see({"rack": {"product": "syscom-a5l-51v2"}, "packs": {"1": PACK, **others}})
    first, second = [(await asked(passports, number)).json() for number in (1, 2)]

    def value(answer: dict[str, Any], key: str) -> Any:
        return next(field["value"] for field in answer["fields"] if field["key"] == key)

    assert (first["serial"], first["product"]) == ("A1", "Syscom A5L 51.2 V")
    assert (value(first, "state_of_charge_pct"), value(second, "state_of_charge_pct")) == (60.0, None)
    assert (value(first, "in_service"), value(second, "in_service")) == ("2025-06", "2026-01")
    missing = await asked(passports, 7)
    assert (missing.status_code, missing.json()["detail"]) == (404, "There is no pack 7; there is 1, 2.")


async def test_a_history_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Past:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(passportapi, "read_past", broken)
    passports = Passports(Config(), tmp_path)
    passports.see({"rack": {}, "packs": {"1": PACK}})
    answer = await asked(passports, 1)
    assert answer.status_code == 503
    assert "cannot be read: disk I/O error." in answer.json()["detail"]


def test_the_past_comes_out_of_the_history(tmp_path: Path) -> None:
    """Two hours with 48 degrees in the first, current in steps, and a protection."""
    recorder = Recorder(10, lambda _: None)
    for at in range(7200):
        hot = at < 3600
        values = {
            "pack_current_a": 20.0 if (at // 60) % 2 else -20.0,
            "pack_voltage_v": 53.3 if (at // 60) % 2 else 52.7,
            "temperature_max_c": 48.0 if hot else 30.0,
            "temperature_min_c": 25.0,
            "protections": ["cell_under_voltage"] if at == 600 else [],
        }
        recorder.take(snapshot(T0 + at, **values), float(at))
    recorder.close()
    file = HistoryFile(tmp_path / HISTORY, at_s=T0, say=lambda _: None, session="a", days=kept_days({}))
    for batch in recorder.waiting:
        file.write(batch)
    file.close()
    past = read_past(tmp_path / HISTORY, "A5L-0001", T0 + 7200)
    (day,) = past.days
    assert (day.temperature_min_c, day.temperature_max_c, day.soc_pct) == (25.0, 48.0, 50.0)
    assert day.steps > LEAST_STEPS
    assert day.resistance_mohm == pytest.approx(15.0, abs=0.5)
    assert day.discharged_ah == pytest.approx(20.0, abs=1.0)
    assert (past.hot_h, past.cold_h) == (1.0, 0.0)
    assert [event.code for event in past.happened] == ["cell_under_voltage"]
    assert past.first_day is not None
    assert day.discharged_wh == pytest.approx(20.0 * 52.7, rel=0.05)
    assert read_past(tmp_path / HISTORY, "another", T0) == Past()
    assert read_past(tmp_path / "none.db", "A5L-0001", T0) == Past()


def test_energy_is_known_of_a_pack_that_tells_nothing_of_its_health(tmp_path: Path) -> None:
    recorder = Recorder(10, lambda _: None)
    for at in range(600):
        whole = snapshot(T0 + at, pack_current_a=-36.0, pack_voltage_v=50.0)
        for key in ("soh_pct", "full_ah", "design_ah", "cycles"):
            whole["packs"]["1"].pop(key, None)
        recorder.take(whole, float(at))
    recorder.close()
    file = HistoryFile(tmp_path / HISTORY, at_s=T0, say=lambda _: None, session="a", days=kept_days({}))
    for batch in recorder.waiting:
        file.write(batch)
    file.close()
    past = read_past(tmp_path / HISTORY, "A5L-0001", T0 + 600)
    (day,) = past.days
    assert (day.charged_wh, day.discharged_wh) == pytest.approx((0.0, 300.0), abs=1.0)
    assert passport({"serial": "A5L-0001"}, past)["energy_throughput_kwh"].value == 0.3


def test_a_running_rack_gives_a_passport_on_paper(tmp_path: Path) -> None:
    config = tmp_path / "site.toml"
    config.write_text(
        'data = "data"\n[rack]\npacks = 1\n[http]\nport = 0\n[[links]]\nurl = "tcp-listen://127.0.0.1:0"\n'
        '[gateway]\ninverter = "none"\n[passport]\nmanufactured = "2025-03"\n'
    )
    with running("up", "--config", str(config)) as up:
        while "http://" not in (line := up.line()):
            continue
        url = "http://" + line.split("http://")[1].split("/")[0]
        told = json.loads(here("passport", "--url", url, "--json").stdout)
        assert {field["key"] for field in told["fields"]} == {field.key for field in FIELDS}
        written = openress("passport", "--url", url, "--pdf", str(tmp_path / "p.pdf"))
        assert written.returncode == 0, written.stderr
        text = here("passport", "--url", url).stdout
    assert {"    2025-03  [entered by a person]", "  simulated: this is no real battery"} <= set(text.splitlines())
    done = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "p.pdf"), "-"], capture_output=True, text=True, check=True
    )
    assert "Battery passport: VIRTUAL-0001 (simulated)" in done.stdout
    assert "Full equivalent cycles" in done.stdout
    gone = here("passport", "--url", "http://127.0.0.1:1")
    assert (gone.returncode, gone.stderr.count("\n")) == (1, 1)
