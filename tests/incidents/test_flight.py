"""What opens an incident and what it holds; bounds in time, memory and on disk; disks that are full; the API."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response
from tests.gateway.bench import reading
from tests.gateway.test_tape import on_can
from tests.gateway.wire import setup_for
from tests.incidents.virtual import emptied

from openress.accounts import Caller, Role
from openress.clock import unix_s
from openress.config import Config
from openress.following import Tapping
from openress.gateway.supervise import Line
from openress.gateway.tape import Began, Decided, Due, Looked, Saw, Step
from openress.incidents.events import Event, Kind, Watcher
from openress.incidents.flight import AGAIN_S, Flight
from openress.incidents.folder import IncidentFolder
from openress.incidents.incident import Chunk
from openress.incidents.incidentfile import read, to_bytes
from openress.incidents.recorder import Recorder, make_recorder
from openress.incidents.replaying import replayed
from openress.incidents.ring import Ring, unpacked
from openress.model import Condition, Fault, LimitRule, RackSample, Reason, Status
from openress.sections import GatewayConfig


def saw(at_s: float, rack: RackSample | None = None) -> Saw:
    return Saw(at_s, 0, 10.0, rack or reading(at_s))


def wrong(at_s: float, *, protections: tuple[Condition, ...] = (), faults: tuple[Fault, ...] = ()) -> RackSample:
    rack = reading(at_s)
    status = Status(at_s, protections=frozenset(protections), faults=frozenset(faults))
    return replace(rack, packs=(replace(rack.packs[0], status=status), *rack.packs[1:]))


def kinds(watcher: Watcher, *steps: Step) -> list[tuple[str, str, int | None]]:
    return [(event.kind.value, event.what, event.pack) for step in steps for event in watcher.look(step)]


def test_protections_and_faults_of_a_pack_are_events_when_they_begin_and_end():
    watcher = Watcher()
    over = wrong(1.0, protections=(Condition.CELL_OVER_VOLTAGE,), faults=(Fault.SAMPLING,))
    found = kinds(watcher, saw(0.0), saw(1.0, over), saw(2.0, over), saw(3.0))
    assert [event for event in found if event[1] != "pack_lost"] == [
        ("protection", "cell_over_voltage", 1),
        ("fault", "sampling", 1),
        ("over", "cell_over_voltage", 1),
        ("over", "sampling", 1),
    ]
    # What stands when recording begins has not happened now.
    assert [event for event in kinds(Watcher(), saw(1.0, over)) if event[0] != "over"] == []


def test_a_lost_pack_and_a_cell_that_ends_charging_are_events():
    watcher = Watcher()
    held = reading(1.0, charge_current_limit_a=0.0, charge_reason=Reason(LimitRule.CELL_VOLTAGE, 3651.0, 3))
    alone = reading(2.0, packs=1)
    assert kinds(watcher, saw(0.0), saw(1.0, held), saw(2.0, alone), saw(3.0))[2:] != []
    found = [event for event in kinds(Watcher(), saw(0.0), saw(1.0, held), saw(2.0, alone), saw(3.0)) if event[1]]
    assert ("cell_limit", "charging", None) in found
    assert ("pack_lost", "pack_lost", 2) in found
    assert found[-1] == ("over", "pack_lost", 2)


def test_decisions_and_restarts_and_the_link_are_events():
    watcher = Watcher()
    setup = setup_for("pylontech-can")
    steps = [
        Began(0.0, setup),
        Due(1.0, Line.WORKS, (), Decided("live")),
        Due(2.0, Line.WORKS, (), Decided("live", troubles=("inverter_silent",))),
        Due(3.0, Line.WORKS, (), Decided("fading")),
        Looked(4.0, Line.GONE, Decided("silent", troubles=("port_gone",))),
        Began(5.0, setup),
        Due(6.0, Line.WORKS, (), Decided("waiting")),
        Due(7.0, Line.WORKS, (), Decided("live")),
    ]
    assert kinds(watcher, *steps) == [
        ("trouble", "inverter_silent", None),
        ("stale", "fading", None),
        ("over", "inverter_silent", None),
        ("stopped", "silent", None),
        ("trouble", "port_gone", None),
        ("restarted", "gateway", None),
        ("over", "live", None),
    ]
    assert [watcher.link(state, "Gone.", 0.0) != [] for state in ("normal", "cannot_open", "cannot_open", "lost")] == [
        False,
        True,
        False,
        True,
    ]


def test_the_ring_is_bounded_in_time_and_bytes_and_can_always_be_run_from_its_beginning():
    steps = on_can(setup_for("pylontech-can"), 200.0)
    ring, small = Ring(before_s=60.0), Ring(most_bytes=20_000)
    for place in range(0, len(steps), 9):
        batch = steps[place : place + 9]
        ring.add(batch)
        ring.trim(batch[-1].at_s - 60.0)
        small.add(batch)
        assert len(small) <= 20_000
    for found in (ring, small):
        head, batches = found.read()
        assert head is not None
        assert head.mark is not None
        assert unpacked(batches)[0] == head.mark
    assert 60.0 <= steps[-1].at_s - unpacked(ring.read()[1])[0].at_s <= 91.0
    ring.gap()
    assert ring.read() == (None, [])
    ring.add(steps[5:9])
    assert ring.read() == (None, [])


def test_a_reading_that_is_missing_is_a_gap():
    steps = on_can(setup_for("pylontech-can"), 40.0)
    ring = Ring()
    ring.add([*steps[:9], Saw(2.0, 3, 10.0, None), *steps[9:]])
    head, batches = ring.read()
    assert head is not None
    assert head.mark is not None
    assert unpacked(batches)[0] == head.mark


def test_an_incident_ends_two_minutes_after_its_last_event_and_the_same_is_not_told_again_at_once():
    flight, taken = Flight(), []
    over = (Condition.CELL_OVER_VOLTAGE,)
    steps: list[Step] = [Began(0.0, setup_for("pylontech-can"))]
    for second in range(1, 1500):
        trips = second in (400, 450, 700)
        steps.append(saw(float(second), wrong(float(second), protections=over if trips else ())))
        flight.heard(Chunk(float(second), "<", b"\1"))
    for step in steps:
        taken += flight.add([step])
    assert [(one.event.at_s, one.to_s) for one in taken] == [(400.0, 570.0)]
    assert [one.at_s for one in taken[0].events if one.opens] == [400.0, 450.0]
    assert 100.0 <= taken[0].line[0].at_s <= 101.0
    assert taken[0].line[-1].at_s == 570.0
    late = AGAIN_S + 1000.0
    assert flight.add([saw(late, wrong(late, protections=over)), saw(late + 1, reading(late + 1))]) == []
    assert [one.event.at_s for one in flight.end()] == [late]
    assert flight.add([]) == []


def test_an_event_that_comes_and_goes_makes_no_endless_incident():
    flight, taken = Flight(), []
    for second in range(2000):
        on = second % 20 < 10
        rack = wrong(float(second), protections=(Condition.CELL_OVER_VOLTAGE,) if on else ())
        taken += flight.add([saw(float(second), rack)])
    assert [(one.event.at_s, one.to_s) for one in taken] == [(20.0, 620.0)]


def test_an_incident_whose_steps_stay_away_ends_by_the_clock():
    flight = Flight()
    flight.link("normal", "", 10.0)
    flight.link("lost", "No pack answers.", 20.0)
    assert flight.link("lost", "No pack answers.", 139.0) == []
    (taken,) = flight.link("lost", "No pack answers.", 146.0)
    assert (taken.event.kind, taken.head) == (Kind.LINK, None)


def test_the_folder_is_bounded_in_number_size_and_a_day(tmp_path: Path):
    data = to_bytes(emptied(66.0))
    folder = IncidentFolder(tmp_path / "incidents", most=3, most_bytes=10 * len(data), a_day_bytes=2 * len(data))
    assert folder.has_room(unix_s())
    for number in range(5):
        folder.write(f"2026010{number}T000000Z-x", data)
    assert [path.name[7] for path in folder.files()] == ["4", "3", "2"]
    assert not folder.has_room(unix_s())
    assert folder.has_room(unix_s() + 90_000.0)
    small = IncidentFolder(tmp_path / "incidents", most_bytes=len(data) + 5)
    small.write("20260106T000000Z-x", data)
    assert len(small.files()) == 1
    assert [about.event.what for about in small.kept()] == ["inverter_silent"]


CONFIG = Config(gateway=GatewayConfig(inverter="pylontech"))
SNAPSHOT: dict[str, Any] = {
    "rack": {"product": "syscom-a5l-51v2"},
    "gateway": {"link": "can:slcan:/x"},
    "connection": {"state": "normal", "sentence": "", "link": "serial:/y", "dialect": "pace"},
}


def recorder(tmp_path: Path, said: list[str]) -> Recorder:
    made = make_recorder(CONFIG, tmp_path, said.append)
    assert made is not None
    assert isinstance(made, Tapping)
    made.see(SNAPSHOT)
    return made


async def test_f18_a_recorder_writes_incidents_and_tells_once_when_the_disk_is_full(tmp_path: Path, monkeypatch):
    said: list[str] = []
    made = recorder(tmp_path, said)
    steps = emptied(66.0).steps
    real = os.fsync

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for number in range(2):
        made.flight = Flight(after_s=3.0)
        made.tap(steps)
        made.overhear("<", b"\1\2")
        task = asyncio.create_task(made.run())
        await asyncio.sleep(0)
        await made.close()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert len(said) == 1, number
    assert said == [f"An incident cannot be kept in {tmp_path / 'incidents'}: No space left on device."]
    assert list((tmp_path / "incidents").iterdir()) == []
    monkeypatch.setattr(os, "fsync", real)
    made.flight = Flight()
    made.tap(steps)
    await made.close()
    (path,) = made.folder.files()
    assert said[1].startswith("The inverter is not heard any more. Recorded: ")
    incident = read(path)
    assert incident.about.links == ("can:slcan:/x", "serial:/y")
    assert incident.about.battery == "pace"
    assert replayed(incident).identical


def test_without_a_gateway_there_is_nothing_to_record(tmp_path: Path):
    assert make_recorder(Config(gateway=GatewayConfig(inverter="none")), tmp_path, print) is None


async def test_what_is_being_recorded_is_listed_already(tmp_path: Path):
    made = recorder(tmp_path, [])
    assert made.under_way() is None
    made.tap(emptied(66.0).steps)
    async with as_role(made, Role.VIEWER) as client:
        (now,) = (await client.get("/api/incidents")).json()
        assert (now["what"], now["recording"]) == ("inverter_silent", True)
        assert now["from_s"] <= now["time_s"] <= now["to_s"]
        refused = await client.get(f"/api/incidents/{now['id']}")
        assert (refused.status_code, "is being recorded still" in refused.text) == (409, True)
        await made.close()
        (kept,) = (await client.get("/api/incidents")).json()
        assert (kept["what"], kept["recording"]) == ("inverter_silent", False)


async def test_the_api_lists_shows_and_gives_incidents(tmp_path: Path):
    made = recorder(tmp_path, [])
    made.tap(emptied(66.0).steps)
    await made.close()
    (path,) = made.folder.files()
    (tmp_path / "incidents" / "20250101T000000Z-broken.jsonl.gz").write_bytes(b"x")
    async with as_role(made, Role.OPERATOR) as client:
        listed = (await client.get("/api/incidents")).json()
        assert [one["what"] for one in listed] == ["inverter_silent"]
        name = listed[0]["id"]
        one = (await client.get(f"/api/incidents/{name}")).json()
        assert len(one["moments"]) in (65, 66, 67)
        assert one["moments"][40]["told"]["charge_voltage_limit_v"] == 56.0
        assert [mark["what"] for mark in one["marks"] if mark["opens"]] == ["inverter_silent"]
        assert (one["language"], one["marks"][0]["sentence"]) == ("en", "Pack 1 counts.")
        german = (await client.get(f"/api/incidents/{name}?lang=de")).json()
        assert (german["language"], german["untranslated"], german["incident"]["untranslated"]) == ("de", [], [])
        assert german["incident"]["sentence"] == "Vom Wechselrichter kommt nichts mehr."
        assert german["marks"][0]["sentence"] == "Pack 1 zählt."
        chinese = (await client.get("/api/incidents", headers={"Accept-Language": "zh-CN"})).json()
        assert (chinese[0]["language"], chinese[0]["sentence"]) == ("zh", "不再收到逆变器的数据。")
        for asked in ("", "?redact=false"):
            file = await client.get(f"/api/incidents/{name}/file{asked}")
            assert file.content == path.read_bytes()
            assert f'"{name}.jsonl.gz"' in file.headers["content-disposition"]
        shared = await client.get(f"/api/incidents/{name}/file?redact=true")
        (tmp_path / "shared").write_bytes(shared.content)
        assert read(tmp_path / "shared").about.redacted
        assert (await client.get("/api/incidents/none")).status_code == 404
        assert (await client.get("/api/incidents/..%2f..%2fx")).status_code in (404, 422)
        broken = await client.get("/api/incidents/20250101T000000Z-broken")
        assert broken.status_code == 409
        assert broken.json()["detail"].startswith("The incident 20250101T000000Z-broken")
    async with as_role(made, Role.VIEWER) as client:
        for asked in ("", "?redact=true"):
            file = await client.get(f"/api/incidents/{name}/file{asked}")
            assert file.content == shared.content
            assert '"incident-redacted.jsonl.gz"' in file.headers["content-disposition"]
        refused = await client.get(f"/api/incidents/{name}/file?redact=false")
        assert refused.status_code == 403
        assert refused.json()["detail"] == ("A whole incident takes an operator: leave redact out to have it redacted.")
    async with as_role(made, None) as client:
        assert (await client.get(f"/api/incidents/{name}/file")).status_code == 401


@asynccontextmanager
async def as_role(made: Recorder, role: Role | None) -> AsyncIterator[httpx.AsyncClient]:
    """The recorder's routes, asked by somebody of a role; by nobody for `None`."""
    api = FastAPI()
    for router in made.routers:
        api.include_router(router)

    @api.middleware("http")
    async def called(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        if role is not None:
            request.state.caller = Caller("otto", role)
        return await go_on(request)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://x") as client:
        yield client


def test_events_can_be_told_apart():
    assert not Event(0.0, Kind.OVER, "x", "x").opens
