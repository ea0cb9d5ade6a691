"""What the service routes promise: statuses as documented, sentences for refusals, and roles that hold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI, HTTPException, Request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openress.app import App
from openress.params import Access
from openress.ports import SerialPortInfo
from openress.protocols.access import Control
from openress.rack.session import Author
from openress.servicing.orders import TYPED
from openress.web import connect as connect_module
from openress.web.caller import by_account
from openress.web.connect import make_connect_router
from openress.web.problems import tell_problems
from openress.web.service import make_service_router
from openress.web.servicemodels import HarmlessControl, TypedControl
from tests.servicing.bench import bench, virtual

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

CALLERS = {"viewer": Access.VIEWER, "operator": Access.OPERATOR, "installer": Access.INSTALLER}


def require(access: Access) -> Callable[[Request], Author]:
    """Callers say who they are."""

    def caller(request: Request) -> Author:
        role = CALLERS.get(request.headers.get("x-role", ""))
        if role is None:
            raise HTTPException(401, "Log in first.")
        if role < access:
            raise HTTPException(403, f"This takes the role {access.name.lower()}.")
        return Author(role.name.lower(), role)

    return caller


def api_of(app: App) -> FastAPI:
    api = FastAPI()
    tell_problems(api)
    api.include_router(make_connect_router(app.desk, require))
    api.include_router(make_service_router(app.desk, require))
    return api


def client_of(api: FastAPI, role: str = "", host: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(api, client=(host, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", headers={"x-role": role})


BODIES: dict[str, Any] = {
    "/api/connection": {"link": None},
    "/api/packs/{pack}/parameters/plan": {"values": {"soc_low_alarm_pct": 5}},
    "/api/packs/{pack}/parameters/write": {"values": {"soc_low_alarm_pct": 5}},
    "/api/packs/{pack}/parameters/clone": {"to": [2]},
    "/api/packs/{pack}/controls/{control}": {"on": True},
    "/api/packs/{pack}/switches/{control}": {"on": False},
}
OPERATORS = {
    "/api/connection",
    "/api/scan",
    "/api/jobs/{number}/stop",
    "/api/packs/{pack}/parameters/read",
    "/api/packs/{pack}/system/read",
    "/api/packs/{pack}/logs/read",
    "/api/packs/{pack}/logs",
    "/api/packs/{pack}/controls/{control}",
    "/api/packs/{pack}/clock",
}


@pytest.mark.req("REQ-205", "REQ-007")
async def test_s20_no_route_that_changes_something_is_open_to_a_viewer(tmp_path: Path) -> None:
    async with bench(virtual(tmp_path, packs=1)) as desk:
        api = api_of(desk.app)
        before = dict(desk.app.live.virtual.packs[0].values) if desk.app.live is not None else {}
        for path, operations in api.openapi()["paths"].items():
            control = "shutdown" if "switches" in path else "buzzer"
            url = path.replace("{pack}", "1").replace("{control}", control).replace("{number}", "1")
            for method in operations:
                async with client_of(api) as nobody:
                    assert (await nobody.request(method, url, json=BODIES.get(path, {}))).status_code == 401, path
                reads = method == "get" or path.endswith("/plan")
                async with client_of(api, "viewer") as viewer:
                    status = (await viewer.request(method, url, json=BODIES.get(path, {}))).status_code
                    assert (status != 403) if reads else (status == 403), (method, path)
                if not reads and path not in OPERATORS:
                    async with client_of(api, "operator") as operator:
                        answer = await operator.request(method, url, json=BODIES.get(path, {}))
                    assert (answer.status_code, answer.json()) == (403, {"detail": "This takes the role installer."})
        assert desk.app.desk.jobs.all() == []
        assert before == dict(desk.app.live.virtual.packs[0].values) if desk.app.live is not None else False


@pytest.mark.req("REQ-205")
async def test_a_pack_that_does_not_exist_is_not_found_on_any_route(tmp_path: Path) -> None:
    async with bench(virtual(tmp_path)) as desk:
        api = api_of(desk.app)
        described = api.openapi()["paths"]
        routes = [(path, method) for path in described if "{pack}" in path for method in described[path]]
        assert len(routes) > 15
        async with client_of(api, "installer") as installer:
            for path, method in routes:
                assert "404" in described[path][method]["responses"], path
                control = "shutdown" if "switches" in path else "buzzer"
                url = path.replace("{pack}", "99").replace("{control}", control)
                answer = await installer.request(method, f"{url}?lang=en", json=BODIES.get(path, {}))
                assert answer.status_code == 404, (method, path, answer.text)
                assert answer.json()["detail"] == "There is no pack 99; known here: 1 and 2."
            german = await desk.get("packs/99/parameters?lang=de", 404)
            assert german["detail"] == "Ein Pack 99 gibt es nicht; hier bekannt: 1 und 2."
            # Who is there and was not read yet is another matter.
            assert (await installer.get("/api/packs/2/parameters")).status_code == 200
            assert "not read yet" in (await installer.get("/api/packs/2/system")).json()["detail"]
        assert desk.app.desk.jobs.all() == []


def test_every_control_has_a_route() -> None:
    harmless, typed = set(HarmlessControl.__args__), set(TypedControl.__args__)  # type: ignore[attr-defined]  # Literals
    assert harmless | typed == {control.value for control in Control}
    assert typed == {control.value for control in TYPED}


async def test_without_the_gate_nobody_is_anybody(tmp_path: Path) -> None:
    async with bench(virtual(tmp_path, packs=1)) as desk:
        api = FastAPI()
        api.include_router(make_connect_router(desk.app.desk, by_account))
        async with client_of(api) as here:
            assert (await here.get("/api/connection")).status_code == 401
            assert (await here.delete("/api/connection")).status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("packs/1/parameters/write", {"values": {}}, "body.values must be an object with at least 1 entry."),
        ("packs/1/parameters/write", {"values": {"x": "nan"}}, "finite"),
        (
            "connection",
            {"link": "tcp://127.0.0.1:1", "addresses": [2, 1, 2]},
            "Pack 2 is named twice among the addresses:",
        ),
        ("connection", {"link": ""}, "write serial:PORT, such as serial:/dev/ttyUSB0, or tcp://HOST:PORT."),
        ("connection", {"link": "/dev/ttyUSB0"}, "write serial:PORT, such as serial:/dev/ttyUSB0, or tcp://HOST:PORT."),
        ("connection", {"link": "pty:/tmp/x"}, "write serial:PORT, such as serial:/dev/ttyUSB0, or tcp://HOST:PORT."),
        ("connection", {"link": "tcp://127.0.0.1:99999"}, "99999"),
        ("packs/999/parameters/read", None, "path.pack must be at most 255."),
        ("packs/1/parameters/restore", {"keys": ["cell_ov_alrm_mv"]}, "did you mean cell_ov_alarm_mv"),
        ("packs/1/switches/open_sesame", {"on": True}, "must be 'charge_switch', 'discharge_switch' or 'shutdown'."),
        ("scan", {"dialects": ["klingon"]}, "klingon"),
        ("connection", {"link": None, "product": "acme"}, "There is no battery product acme"),
    ],
)
async def test_a_mistake_is_one_sentence(tmp_path: Path, path: str, body: Any, says: str) -> None:
    async with bench(virtual(tmp_path, packs=1)) as desk:
        detail = (await desk.post(path, body, 422))["detail"]
        assert isinstance(detail, str)
        assert says in detail


async def test_what_is_wrong_with_the_form_of_a_request_is_said_in_words_of_ours(tmp_path: Path) -> None:
    wrong: list[tuple[str, Any, str]] = [
        ("packs/1/limiter", {}, "body.start_a is missing."),
        ("packs/1/clock", {"set": "x" * 300}, "body.set must be a text of at most "),
        ("packs/1/clock", {"set": 5}, "body.set must be a text."),
        ("packs/1/limiter", {"start_a": "many"}, "body.start_a must be a whole number."),
        ("packs/1/controls/buzzer", {"on": True, "off": 1}, "Nothing is called body.off in this request;"),
        ("packs/1/parameters/clone", {"to": []}, "body.to must be a list with at least 1."),
    ]
    async with bench(virtual(tmp_path, packs=1)) as desk:
        for path, body, says in wrong:
            detail = (await desk.post(path, body, 422))["detail"]
            assert detail.startswith(says), detail
            # It may be a password.
            assert "xxx" not in detail


DOCUMENTED = {401, 403, 404, 409, 422, 423}


def test_no_request_is_answered_in_a_way_that_is_not_documented(tmp_path: Path) -> None:
    """Over the whole description of the API; what is asked for runs against a virtual rack of one pack."""
    seen = set[int]()

    async def main() -> None:
        async with bench(virtual(tmp_path, packs=1)) as desk:
            api = api_of(desk.app)
            schema = schemathesis.openapi.from_dict(api.openapi())
            for result in schema.get_all_operations():
                operation = result.ok()
                if operation.path.endswith("/stream"):
                    continue
                await _tried(operation, api, desk.app, seen)

    asyncio.run(main())
    # Good requests were among them, and several kinds of bad ones.
    assert seen >= {200, 202, 404, 422}


async def _tried(operation: Any, api: FastAPI, app: App, seen: set[int]) -> None:
    cases: list[Any] = []

    @settings(max_examples=6, database=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.data())
    def gather(data: st.DataObject) -> None:
        cases.append(data.draw(operation.as_strategy()))

    gather()
    async with client_of(api, "installer") as client:
        for number, case in enumerate(cases):
            if number % 2 and "pack" in case.path_parameters:
                # Most numbers are nobody's: half of the requests are about the pack that is there.
                case.path_parameters["pack"] = 1
            asked = case.as_transport_kwargs(base_url="http://localhost")
            asked.pop("cookies", None)
            headers = {**dict(asked.pop("headers", None) or {}), "x-role": "installer"}
            answer = await client.request(**asked, headers=headers)
            seen.add(answer.status_code)
            good = {int(code) for code in operation.definition.raw["responses"] if code.isdigit()}
            assert answer.status_code in good, (case.method, case.path, asked, answer.status_code, answer.text)
            if answer.status_code in DOCUMENTED:
                assert isinstance(answer.json()["detail"], str)
            await app.desk.jobs.close()


@pytest.mark.req("REQ-191")
async def test_a_port_is_listed_from_the_moment_it_is_plugged_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugged = [SerialPortInfo("/dev/ttyUSB0", "/dev/serial/by-id/usb-ftdi", "FT232R")]
    monkeypatch.setattr(connect_module, "serial_ports", lambda: plugged)
    async with bench(virtual(tmp_path, packs=1)) as desk:
        (port,) = await desk.get("ports")
        assert (port["link"], port["description"]) == ("serial:/dev/serial/by-id/usb-ftdi", "FT232R")
        plugged.clear()
        assert await desk.get("ports") == []
