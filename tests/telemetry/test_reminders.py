"""Reminders of stored packs while a rack runs: sentences, API, calendar, and what outlasts a restart."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from openress.config import Config
from openress.following import followers_of
from openress.telemetry.reminders import FILE, Reminders, make_reminders

DAY_S = 86_400.0
NOON_S = datetime(2026, 11, 21, 12).astimezone().timestamp()


def snapshot(day: int, **pack: Any) -> dict[str, Any]:
    values = {"serial": "S1", "freshness": "fresh", "soc_pct": 80.0, "pack_current_a": 0.0, "temperature_max_c": 25.0}
    return {"time_s": NOON_S + day * DAY_S, "packs": {"3": values | pack}}


def asleep(day: int, **pack: Any) -> dict[str, Any]:
    return snapshot(day, freshness="asleep", **pack)


def started(folder: Path) -> tuple[Reminders, list[str]]:
    said: list[str] = []
    return make_reminders(Config(), folder, said.append), said


@pytest.mark.req("REQ-009", "REQ-137", "REQ-140")
def test_a_running_program_reminds_and_warns(tmp_path: Path) -> None:
    reminders, said = started(tmp_path)
    reminders.see(snapshot(0))
    for day in (0, 1, 170, 171, 181):
        reminders.see(asleep(day))
    reminders.see(asleep(182, temperature_max_c=63.0))
    assert said == [
        "Pack 3 sleeps: charge it again by 2027-05-20.",
        "Pack 3 sleeps and must be charged by 2027-05-20.",
        "Pack 3 sleeps and should have been charged by 2027-05-20: charge it now.",
        "Pack 3 is stored at 63 C, above 60 C: move it at once.",
    ]
    assert [event["sentence"] for event in reminders.as_json()["events"]] == said


@pytest.mark.req("REQ-140")
async def test_the_api_has_dates_and_a_calendar(tmp_path: Path) -> None:
    reminders, _ = started(tmp_path)
    api = FastAPI()
    for router in reminders.routers:
        api.include_router(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://localhost") as client:
        assert (await client.get("/api/reminders")).json()["reminders"] == []
        reminders.see(snapshot(0))
        assert "VEVENT" not in (await client.get("/api/reminders.ics")).text
        reminders.see(asleep(1))
        (row,) = (await client.get("/api/reminders")).json()["reminders"]
        calendar = await client.get("/api/reminders.ics")
    assert row == {
        "pack": 3,
        "serial": "S1",
        "asleep": True,
        "charged": "2026-11-21",
        "recharge": "2027-05-20",
        "overdue": False,
        "temperature_c": 25.0,
    }
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert "DTSTART;VALUE=DATE:20270520\r\nSUMMARY:Charge pack 3\r\n" in calendar.text


def test_it_remembers_over_a_restart(tmp_path: Path) -> None:
    reminders, _ = started(tmp_path)
    reminders.see(snapshot(0))
    reminders.see(asleep(1))
    asyncio.run(reminders.close())
    again, said = started(tmp_path)
    again.see(asleep(190))
    assert said == ["Pack 3 sleeps and should have been charged by 2027-05-20: charge it now."]


def test_old_values_say_nothing_of_a_store(tmp_path: Path) -> None:
    reminders, said = started(tmp_path)
    reminders.see(snapshot(0, freshness="stale"))
    reminders.see(snapshot(0, freshness="absent"))
    assert reminders.as_json()["reminders"] == []
    assert said == []


@pytest.mark.parametrize("content", ["{", "[]", '{"packs": 3}', '{"packs": [{"key": "S1"}]}', '{"other": 1}'])
def test_a_file_that_cannot_be_read_begins_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    reminders, said = started(tmp_path)
    reminders.see(snapshot(0))
    reminders.see(asleep(1))
    assert said[-1] == "Pack 3 sleeps: charge it again by 2027-05-20."
    asyncio.run(reminders.close())
    assert json.loads((tmp_path / FILE).read_text())["packs"][0]["key"] == "S1"


def test_a_folder_that_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    reminders, said = started(tmp_path / "gone")
    reminders.see(snapshot(0))
    asyncio.run(reminders.close())
    reminders.see(snapshot(1))
    asyncio.run(reminders.close())
    assert len(said) == 1
    assert said[0].startswith("The reminders of stored packs cannot be written to ")


def test_every_rack_has_them(tmp_path: Path) -> None:
    assert any(isinstance(one, Reminders) for one in followers_of(Config(), tmp_path, print))
