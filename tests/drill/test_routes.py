"""Drills over HTTP: one at a time, beside a virtual rack only, in a process of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from openress.accounts import Caller, Role
from openress.drill import DRILLS
from openress.drill.routes import Drilling
from openress.rack.session import Author


@pytest.fixture
def drilling() -> Drilling:
    made = Drilling(lambda access: lambda: Author("otto", access))
    made.see({"virtual": True})
    return made


@pytest.fixture
async def client(drilling: Drilling) -> AsyncIterator[httpx.AsyncClient]:
    api = FastAPI()
    for router in drilling.routers:
        api.include_router(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://127.0.0.1") as found:
        yield found


async def test_all_drills_are_told(client: httpx.AsyncClient, drilling: Drilling) -> None:
    told = (await client.get("/api/drills")).json()
    assert [drill["name"] for drill in told["drills"]] == list(DRILLS)
    assert (told["available"], told["running"]) == (True, None)
    drilling.see({"virtual": False})
    assert (await client.get("/api/drills")).json()["available"] is False


async def test_one_runs_at_a_time_and_shows_every_second_in_a_language(client: httpx.AsyncClient) -> None:
    first = asyncio.create_task(client.post("/api/drills/restart-gateway?lang=de"))
    while (await client.get("/api/drills")).json()["running"] is None:  # noqa: ASYNC110  as a page would ask
        await asyncio.sleep(0.01)
    second = await client.post("/api/drills/freeze-data")
    assert second.status_code == 423
    assert "restart-gateway" in second.json()["detail"]
    told = (await first).json()
    assert told["held"]
    assert [row["at_s"] for row in told["rows"]] == list(range(1, round(DRILLS["restart-gateway"].seconds) + 1))
    assert (told["language"], told["untranslated"]) == ("de", [])
    events = [event for row in told["rows"] for event in row["events"]]
    assert {"Der Prozess des Gateways wird beendet.", "Pack 2 zählt."} <= set(events)
    assert told["verdicts"][1]["title"] == "nichts über den veröffentlichten Höchstwerten"
    assert {verdict["held"] for verdict in told["verdicts"]} == {True}
    assert (await client.get("/api/drills")).json()["running"] is None


async def test_nothing_runs_beside_real_packs_or_under_an_unknown_name(
    client: httpx.AsyncClient, drilling: Drilling
) -> None:
    unknown = await client.post("/api/drills/pull-plugs")
    assert unknown.status_code == 404
    assert "pull-plug" in unknown.json()["detail"]
    drilling.see({"virtual": False})
    refused = await client.post("/api/drills/pull-plug")
    assert refused.status_code == 409
    assert "real packs" in refused.json()["detail"]


async def test_a_drill_that_is_ended_does_not_look_like_one_that_held(
    client: httpx.AsyncClient, drilling: Drilling
) -> None:
    asked = asyncio.create_task(client.post("/api/drills/pull-plug"))
    while drilling._process is None:  # noqa: ASYNC110  it tells nobody that it is there
        await asyncio.sleep(0.01)
    await drilling.close()
    answer = await asked
    assert answer.status_code == 503
    assert "broke off" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("role", "status", "told"),
    [
        (None, 401, "Log in first."),
        (Role.VIEWER, 403, "This needs the role operator; otto is viewer."),
        (Role.OPERATOR, 404, "There is no drill 'pull-plugs'; they are "),
    ],
)
async def test_the_route_itself_asks_who_runs_a_drill(role: Role | None, status: int, told: str) -> None:
    """Also where no guard stands in front of it."""
    api, drilling = FastAPI(), Drilling()
    drilling.see({"virtual": True})
    for router in drilling.routers:
        api.include_router(router)

    @api.middleware("http")
    async def called(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        if role is not None:
            request.state.caller = Caller("otto", role)
        return await go_on(request)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://127.0.0.1") as client:
        answer = await client.post("/api/drills/pull-plugs")
        assert (answer.status_code, answer.json()["detail"][: len(told)]) == (status, told)
        assert (await client.get("/api/drills")).status_code == 200
