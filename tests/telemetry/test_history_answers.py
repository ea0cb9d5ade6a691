"""The history of a running rack: what is answered of it."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from tests.telemetry.historysamples import T0, follower, quiet, settle, snapshot

from openress.config import Config
from openress.store.happened import RACK, Source, SourceKind
from openress.store.historyfile import HISTORY, HistoryFile, open_history
from openress.store.historyquery import Span, ask, find_source
from openress.store.newest import Newest
from openress.store.quantities import Kept
from openress.store.retention import RESOLUTIONS, kept_days
from openress.telemetry.history import History, make_history
from openress.telemetry.recorder import Recorder


def taken(history: History, at_s: float) -> None:
    """Wait until the recorder knows a moment."""
    pack, until = Source(SourceKind.PACK, "A5L-0001"), time.monotonic() + 20
    while [at for at, _ in history.newest(pack).samples[-1:]] != [at_s] and time.monotonic() < until:
        time.sleep(0.001)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    history = follower(tmp_path, clock=(now := [0.0]))
    for at in range(200):
        now[0] = float(at)
        history.see(snapshot(T0 + at, alarms=["soc_low"] if at >= 150 else []))
        if at % 100 == 99:
            settle(history)
    settle(history)
    api = FastAPI()
    for router in history.routers:
        api.include_router(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://localhost") as found:
        yield found
    history.stop()


async def test_charts_are_answered_up_to_the_minute_that_is_not_over(client: httpx.AsyncClient) -> None:
    found = (
        await client.get(
            "/api/history",
            params={"quantity": ["soc_pct", "charged_ah"], "from": T0, "to": T0 + 300, "pack": 1, "every": "1m"},
        )
    ).json()
    assert found["source"] == {"kind": "pack", "name": "A5L-0001", "pack": 1}
    assert (found["every"], found["every_s"]) == ("1m", 60)
    assert found["times_s"] == [T0 + 60 * at for at in range(5)]
    soc, charged = found["series"]
    assert soc["mean"] == [50.0, 50.0, 50.0, 50.0, None]
    assert soc["total"] is None
    assert charged["total"][1:4] == [pytest.approx(10 * s / 3600, abs=1e-4) for s in (60, 60, 19)]
    assert charged["total"][4] is None


@pytest.mark.parametrize("every", ["auto", "raw"])
async def test_the_current_quarter_of_an_hour_is_shown_up_to_now(client: httpx.AsyncClient, every: str) -> None:
    asked = {"quantity": ["soc_pct"], "from": T0, "to": T0 + 300, "pack": 1, "every": every}
    found = (await client.get("/api/history", params=asked)).json()
    assert (found["every"], found["every_s"]) == ("raw", 10)
    assert found["series"][0]["mean"] == [*([50.0] * 20), *([None] * 10)]


def test_the_rack_that_is_recorded_now_is_the_one_told_of(tmp_path: Path) -> None:
    history = follower(tmp_path, clock=(now := [0.0]))
    for at in range(0, 120, 10):
        now[0] = float(at)
        history.see(snapshot(T0 + at) | {"virtual": at < 60})
        taken(history, T0 + at)
        with open_history(history.path) as rows:
            # Nothing of it is on the disk yet.
            rack = find_source(rows, newest_of=history.newest)
            answer = ask(rows, rack, ["soc_pct"], Span(T0, T0 + 120, "raw"), history.newest)
        assert rack.name == ("virtual rack" if at < 60 else "rack")
        assert 50.0 in answer.series[0].values[Kept.MEAN]
    history.stop()


def test_without_the_memory_minutes_go_further_than_samples(tmp_path: Path) -> None:
    """As `openress history` finds it, which reads the disk alone: at 00:20 the samples end at 00:15."""
    history = follower(tmp_path, clock=(now := [0.0]))
    for at in range(0, 1200, 10):
        now[0] = float(at)
        history.see(snapshot(T0 + at))
        taken(history, T0 + at)
    history.freshen()
    with open_history(history.path) as rows:
        for to_s, every in ((600, "raw"), (1200, "1m")):
            found = ask(rows, find_source(rows, pack=1), ["soc_pct"], Span(T0, T0 + to_s))
            assert (found.resolution, found.series[0].values[Kept.MEAN][-2]) == (every, 50.0)
    history.stop()


@pytest.mark.parametrize("every", ["raw", "1m", "15m", "1d"])
def test_what_is_in_memory_and_what_is_on_the_disk_is_told_once(tmp_path: Path, every: str) -> None:
    """Asked again and again while it is recorded: each time all that came is there, and once."""
    now = [0.0]
    history = follower(tmp_path, clock=now)
    for at in range(0, 2700, 5):
        now[0] = float(at)
        history.see(snapshot(T0 + at))
        if at % 115 == 0:
            taken(history, T0 + at)
            if at % 805 == 0:
                history.freshen()
            with open_history(history.path) as rows:
                source = find_source(rows, serial="A5L-0001")
                found = ask(rows, source, ["charged_ah", "soc_pct"], Span(T0, T0 + 2700, every), history.newest)
            charged, soc = found.series
            assert sum(value or 0 for value in charged.values[Kept.TOTAL]) == (
                0 if every == "raw" else pytest.approx(10 * at / 3600, abs=2e-3)
            )
            newest = max(place for place, value in enumerate(soc.values[Kept.MEAN]) if value is not None)
            assert found.times_s[newest] <= T0 + at < found.times_s[newest] + found.every_s
    history.stop()


def test_what_is_written_while_a_question_begins_does_not_come_twice(tmp_path: Path) -> None:
    history = follower(tmp_path, clock=(now := [0.0]))
    for at in range(90):
        now[0] = float(at)
        history.see(snapshot(T0 + at))
    taken(history, T0 + 89)
    looks: list[Newest] = []

    def late(source: Source) -> Newest:
        looks.append(history.newest(source))
        if len(looks) == 1:
            history.stop()
        return looks[-1]

    history.freshen()
    with open_history(history.path) as rows:
        found = ask(rows, find_source(rows, pack=1), ["charged_ah"], Span(T0, T0 + 120, "1m"), late)
    assert [value and round(value, 3) for value in found.series[0].values[Kept.TOTAL]] == [0.167, 0.081]
    assert looks[0].minutes
    assert not looks[1].minutes


def test_real_packs_have_no_virtual_past(tmp_path: Path) -> None:
    recorder = Recorder(10, quiet)
    for at in range(0, 400, 10):
        more = {"virtual": True} if at < 180 else {"virtual": False, "connection": {"link": "serial:x"}}
        recorder.take(snapshot(T0 + at, soc_pct=20.0 if at < 180 else 80.0) | more, float(at))
    recorder.close()
    begun = [event for batch in recorder.waiting for event in batch.begun if event.code == "exchanged"]
    assert [event.text for event in begun] == ["Other packs from here on: serial:x in place of the virtual rack."]
    file = HistoryFile(tmp_path / HISTORY, at_s=T0, say=quiet, session="s", days=kept_days({}))
    for batch in recorder.waiting:
        file.write(batch)
    file.close()
    with open_history(tmp_path / HISTORY) as rows:
        rack = find_source(rows)
        answer = ask(rows, rack, ["soc_pct"], Span(T0, T0 + 360, "1m"))
    assert rack.name == "rack"
    assert answer.series[0].values[Kept.MEAN] == [None, None, None, 80.0, 80.0, 80.0]


async def test_events_and_health_are_answered(client: httpx.AsyncClient) -> None:
    (event,) = (await client.get("/api/events", params={"standing": True})).json()["events"]
    assert (event["name"], event["kind"], event["began_s"], event["ended_s"]) == ("A5L-0001", "alarm", T0 + 150, None)
    answer = (await client.get("/api/health", params={"pack": 1})).json()
    assert [(day["soh_pct"], day["full_ah"], day["cycles"]) for day in answer["days"]] == [(99.0, 100.0, None)]
    known = (await client.get("/api/history/sources")).json()
    assert [item["name"] for item in known["sources"]] == ["rack", "A5L-0001"]


@pytest.mark.parametrize(
    ("path", "code", "problem"),
    [
        ("/api/history?quantity=volt&from=0&to=1", 422, "no quantity 'volt'"),
        ("/api/history?quantity=soc_pct&from=5&to=1", 422, "no span of time"),
        ("/api/history?quantity=soc_pct&from=0&to=1&pack=9", 404, "knows no pack 9"),
        ("/api/history?quantity=soc_pct&from=nan&to=1", 422, "finite number"),
        ("/api/history?quantity=soc_pct&from=0&to=inf", 422, "finite number"),
        ("/api/history?quantity=soc_pct&from=0&to=1e300", 422, "less than or equal to"),
        ("/api/history?from=0&to=1", 422, "quantity"),
    ],
)
async def test_what_cannot_be_told_is_refused(client: httpx.AsyncClient, path: str, code: int, problem: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == code
    assert problem in json.dumps(answer.json())


async def test_the_rack_is_asked_without_a_pack(client: httpx.AsyncClient) -> None:
    asked = {"quantity": "soc_pct", "from": T0, "to": T0 + 60, "every": "1m"}
    found = (await client.get("/api/history", params=asked)).json()
    assert found["source"]["name"] == RACK.name
    assert found["series"][0]["last"] is None
    assert found["series"][0]["max"] == [50.0]


def test_a_history_may_be_switched_off(tmp_path: Path) -> None:
    config = Config()
    config.history.enabled = False
    assert make_history(config, tmp_path, quiet) is None
    assert list(tmp_path.iterdir()) == []


def test_the_configuration_says_how_long(tmp_path: Path) -> None:
    config = Config()
    config.history.raw_days, config.history.minute_days = 2, 30
    history = make_history(config, tmp_path, quiet)
    assert history is not None
    history.stop()
    assert dict(history._days) == {"raw": 2, "minute": 30, "quarter": RESOLUTIONS[2].days}
