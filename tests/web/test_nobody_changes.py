"""Whatever strangers and viewers send, in whatever order: nothing of the rack or of the accounts changes."""

from __future__ import annotations

import asyncio
import copy
import re
import tempfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.servicing.bench import bench, virtual
from tests.web.doors import OTHER, OWN, PASSWORD, page

from openress.accounts import Role

PATHS = [
    "/api/snapshot",
    "/api/me",
    "/api/users",
    "/api/users/ines",
    "/api/users/vera",
    "/api/tokens",
    "/api/audit",
    "/api/parameters",
    "/api/parameters/cell_ov_protect_mv?value=4000",
    "/api/disconnect",
    "/api/forgotten",
    "/api//forgotten",
    "/api/./forgotten",
    "/API/forgotten",
    "/api/forgotten/",
    "//api/forgotten",
    "/",
    "/index.html",
    "/assets/../api/forgotten",
    "/openapi.json",
]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "post", "X"]
BODIES: list[Any] = [
    None,
    {},
    {"name": "eve", "role": "installer", "password": OTHER},
    {"role": "installer"},
    {"password": OTHER},
    {"title": "x", "role": "installer", "days": 300},
    {"name": "ines", "password": OTHER},
    {"name": "eve", "password": OTHER, "code": "AAAA-BBBB-CCCC-DDDD"},
]
HEADERS = [
    {},
    {"Origin": "http://127.0.0.1:8080"},
    {"Origin": "https://evil.example"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-HTTP-Method-Override": "PUT"},
    {"Authorization": "Bearer openress_guess"},
    {"Authorization": "Basic aW5lczppbmVz"},
    {"Cookie": "openress-8080=guess; __Host-openress-8080=guess"},
]


KNOWN = {"pack": "1", "number": "1", "control": "charge_switch", "name": "ines", "token": "x"}
"""What stands for the parts of a path."""


class Strangers(RuleBasedStateMachine):
    """Requests of people who may only read."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.loop = asyncio.new_event_loop()
        self.context = page(Path(self.folder.name))
        self.door = self.loop.run_until_complete(self.context.__aenter__())
        self.stranger = self.door.client()
        self.viewer = self.door.client("192.0.2.8")
        answer = self.ask(self.viewer, "POST", "/api/login", json={"name": "vera", "password": f"{PASSWORD} vera"})
        assert answer.status_code == 200
        vera = self.door.book.find("vera")
        assert vera is not None
        _, secret = self.door.book.new_token(vera, Role.VIEWER, "test", 300)
        self.token = {"Authorization": f"Bearer {secret}"}
        self.before = self.state()

    def ask(self, client: httpx.AsyncClient, method: str, path: str, **more: Any) -> httpx.Response:
        return self.loop.run_until_complete(client.request(method, path, **more))

    def state(self) -> tuple[object, ...]:
        rows = self.door.book.ledger.rows
        accounts = [rows(f"SELECT * FROM {table} ORDER BY 1") for table in ("account", "token", "claim")]  # noqa: S608
        return copy.deepcopy(self.door.rack), accounts

    @rule(
        method=st.sampled_from(METHODS),
        path=st.sampled_from(PATHS),
        body=st.sampled_from(BODIES),
        headers=st.sampled_from(HEADERS),
        own=st.booleans(),
        who=st.sampled_from(["stranger", "viewer", "token"]),
        later_s=st.sampled_from([0.1, 10.0, 400.0]),
    )
    def send(
        self, method: str, path: str, body: Any, headers: dict[str, str], own: bool, who: str, later_s: float
    ) -> None:
        self.door.clock.now_s += later_s
        client = self.viewer if who == "viewer" else self.stranger
        more = {**headers, **(OWN if own else {}), **(self.token if who == "token" else {})}
        client.headers.pop("X-OpenRESS", None)
        answer = self.ask(client, method, path, json=body, headers=more)
        assert answer.status_code < 500 or answer.status_code == 503

    @rule()
    def viewer_confirms(self) -> None:
        """Having the password helps a viewer to nothing."""
        self.door.clock.now_s += 60.0
        self.ask(self.viewer, "POST", "/api/me/confirm", json={"password": f"{PASSWORD} vera"}, headers=OWN)

    @invariant()
    def nothing_has_changed(self) -> None:
        assert self.state() == self.before

    def teardown(self) -> None:
        for client in (self.stranger, self.viewer):
            self.loop.run_until_complete(client.aclose())
        self.loop.run_until_complete(self.context.__aexit__(None, None, None))
        self.loop.close()
        self.folder.cleanup()


Strangers.TestCase.settings = settings(max_examples=4, stateful_step_count=20)


@pytest.mark.req("REQ-205")
class TestS20NobodyChangesAnything(Strangers.TestCase):
    """As few as a quick run allows."""


class Longer(Strangers):
    """The same, for long."""


Longer.TestCase.settings = settings(max_examples=200, stateful_step_count=60)


@pytest.mark.soak
class TestS20ForLong(Longer.TestCase):
    """As many as a long run allows."""


@pytest.mark.req("REQ-205")
async def test_s20_every_route_of_a_rack_that_changes_something_refuses_strangers_and_viewers(tmp_path: Path) -> None:
    """The routes that there are, not those of this file: each is found in the description."""
    async with bench(virtual(tmp_path, packs=1)) as desk:
        app = desk.app
        assert app.hub is not None
        assert app.live is not None
        api = app.door.api(app.hub, app.routers())
        with app.door.guard.book.ledger.writing() as run:
            run("INSERT INTO account VALUES ('vera', 'viewer', 'of no use', 2, 0.0)")
        app.door.guard.sessions.begin("of-a-viewer", "vera", 2, app.door.guard.clock_s())
        before = [dict(pack.values) for pack in app.live.virtual.packs], desk.app.desk.lines.connection()
        tried = 0
        for cookie, status in (("", 401), (f"{app.door.guard.cookie}=of-a-viewer", 403)):
            transport = httpx.ASGITransport(api, client=("192.0.2.7", 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=OWN) as client:
                for path, operations in api.openapi()["paths"].items():
                    for method in operations.keys() - {"get"}:
                        url = re.sub(r"\{(\w+)\}", lambda found: KNOWN[found[1]], path)
                        if url.startswith(("/api/me/", "/api/log", "/api/claim")) or url.endswith("/plan"):
                            continue
                        answer = await client.request(method, url, json={}, headers={"Cookie": cookie})
                        assert (answer.status_code, path) == (status, path)
                        tried += 1
        assert tried >= 40
        after = [dict(pack.values) for pack in app.live.virtual.packs], desk.app.desk.lines.connection()
        assert after == before
        assert app.desk.jobs.all() == []
