"""The gate: foreign pages, guessing, floods, slow and endless requests, and what an answer never gives away."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.web.doors import OTHER, PASSWORD, Page, page

from openress.errors import ParameterError
from openress.web import server as server_module
from openress.web.auth import Refused
from openress.web.security import BODY_LIMIT, BURST, STREAMS_EACH, Names
from openress.web.server import _Janitor, open_socket, serve_http
from openress.web.tls import given_certificate, own_certificate

NOW_S = 1_800_000_000.0


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Page]:
    async with page(tmp_path) as found:
        yield found


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "http://127.0.0.1:9999"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"X-OpenRESS": None},
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example:8080"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("path", ["/api/disconnect", "/api/parameters/x?value=1", "/api/login", "/api/logout"])
async def test_f26_a_page_elsewhere_changes_nothing_with_the_cookie_of_an_installer(
    door: Page, headers: dict[str, str | None], path: str
) -> None:
    async with door.member("ines") as client:
        for name, value in headers.items():
            client.headers.pop(name, None)
            if value is not None:
                client.headers[name] = value
        answer = await client.request("PUT" if "value" in path else "POST", path, json={})
        assert (answer.status_code, answer.json()["code"]) == (400, "foreign")
    assert door.rack.connection == "connected"
    assert "x" not in door.rack.parameters
    async with door.client() as client:
        for path_read in ("/api/snapshot", "/api/me"):
            answer = await client.get(path_read)
            assert "access-control-allow-origin" not in answer.headers


async def test_f26_the_own_page_may(door: Page) -> None:
    async with door.member("ines") as client:
        own = {"Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-origin"}
        assert (await client.post("/api/disconnect", headers=own)).status_code == 200


async def test_f26_a_websocket_of_another_site_is_closed(door: Page) -> None:
    sent = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: object) -> None:
        sent.append(message)

    await door.api({"type": "websocket", "path": "/api/stream", "headers": [], "query_string": b""}, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]


async def test_f26_an_answer_to_a_question_before_a_foreign_request_allows_nothing(door: Page) -> None:
    async with door.client() as client:
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        answer = await client.options("/api/disconnect", headers=asked)
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("192.0.2.7:8443", True),
        ("[2001:db8::1]:8443", True),
        ("rack.local", True),
        ("RACK.local:8443", True),
        ("evil.example", False),
        ("192.0.2.7.evil.example", False),
        ("", False),
        ("[", False),
    ],
)
def test_f26_on_the_network_figures_and_own_names_are_ours(host: str, ours: bool) -> None:
    assert Names(["rack.local"], literal=True).allow(host) is ours


async def test_f27_guessing_is_slowed_down_and_keeps_nobody_out(door: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand attempts within a quarter of an hour, from forty addresses."""
    tried = 0

    def prove(name: str, password: str) -> object:
        nonlocal tried
        tried += 1
        return door.book.find(name) if password == PASSWORD else None

    monkeypatch.setattr(door.book, "prove", prove)
    async with door.client("192.0.2.1") as owner:
        # The owner logged in here before.
        assert (await owner.post("/api/login", json={"name": "ines", "password": PASSWORD})).status_code == 200
        tried, statuses = 0, set()
        for number in range(10_000):
            door.clock.now_s += 0.09
            with pytest.raises(Refused) as refused:
                await door.guard.prove("ines", OTHER, f"198.51.100.{number % 40}")
            statuses.add(refused.value.status_code)
        # One in eight seconds, however many ask: some ten thousand a day.
        assert statuses == {401, 429}
        assert tried <= 14 + 900 / 8
        answer = await owner.post("/api/login", json={"name": "ines", "password": PASSWORD})
        assert answer.status_code == 200
    async with door.client("127.0.0.1") as console:
        answer = await console.post("/api/login", json={"name": "ines", "password": PASSWORD})
        assert answer.status_code == 200


async def test_f27_an_unknown_name_is_told_as_a_wrong_password_is_and_after_the_same_work(door: Page) -> None:
    async with door.client() as client:
        answers = [
            await client.post("/api/login", json={"name": name, "password": OTHER}) for name in ("ines", "nobody")
        ]
    assert answers[0].status_code == answers[1].status_code == 401
    assert answers[0].json() == answers[1].json()


async def test_f27_passwords_are_worked_on_one_by_one_and_few_wait(door: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once: list[int] = []
    running = 0

    def prove(_name: str, _password: str) -> None:
        nonlocal running
        running += 1
        at_once.append(running)
        running -= 1

    monkeypatch.setattr(door.book, "prove", prove)
    clients = [door.client(f"198.51.100.{number}") for number in range(30)]
    asked = [
        client.post("/api/login", json={"name": f"p{number}", "password": OTHER})
        for number, client in enumerate(clients)
    ]
    statuses = [answer.status_code for answer in await asyncio.gather(*asked)]
    assert max(at_once) == 1
    assert statuses.count(503) == 22
    assert statuses.count(401) == 8
    for client in clients:
        await client.aclose()


async def test_f24_a_flood_of_requests_is_cut_off_and_others_are_served(door: Page) -> None:
    async with door.client() as flood, door.client("192.0.2.9") as other:
        statuses = [(await flood.get("/api/me")).status_code for _ in range(int(BURST) + 50)]
        assert statuses == [200] * int(BURST) + [429] * 50
        assert (await other.get("/api/me")).status_code == 200
        door.clock.now_s += 1.0
        assert (await flood.get("/api/me")).status_code == 200


async def test_f24_streams_are_counted(door: Page) -> None:
    clients = [door.client() for _ in range(STREAMS_EACH)]
    streams = [asyncio.create_task(client.get("/api/stream")) for client in clients]
    async with asyncio.timeout(20):
        while len(door.hub._readers) < STREAMS_EACH:  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.01)
    async with door.client() as more, door.client("192.0.2.9") as other:
        refused = await more.get("/api/stream")
        assert (refused.status_code, refused.json()["code"]) == (503, "busy")
        elsewhere = asyncio.create_task(other.get("/api/stream"))
        async with asyncio.timeout(20):
            while len(door.hub._readers) <= STREAMS_EACH:  # noqa: ASYNC110  # as above
                await asyncio.sleep(0.01)
        door.hub.close()
        assert (await elsewhere).status_code == 200
    assert {(await stream).status_code for stream in streams} == {200}
    for client in clients:
        await client.aclose()


async def test_too_large_a_request_is_refused_whatever_it_says_of_its_size(door: Page) -> None:
    async with door.member("ines") as client:
        told = await client.post("/api/users", content=b"x" * (BODY_LIMIT + 1))
        assert told.status_code == 413

        async def endless() -> AsyncIterator[bytes]:
            for _ in range(BODY_LIMIT // 1024 + 2):
                yield b"x" * 1024

        untold = await client.post("/api/users", content=endless(), headers={"Content-Type": "application/json"})
        assert (untold.status_code, untold.json()["code"]) == (413, "too_large")


async def test_a_failure_tells_nothing_of_the_inside(door: Page, caplog: pytest.LogCaptureFixture) -> None:
    async with door.client() as client:
        answer = await client.get("/api/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "failed")
    assert "hunter2" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "GET /api/broken failed" in caplog.text


async def test_f25_slow_heads_and_idle_connections_are_closed(door: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "HEADERS_WITHIN_S", 1.0)
    monkeypatch.setattr(server_module, "WAITING_AT_MOST", 20)
    listener = open_socket("127.0.0.1", 0)
    port = listener.getsockname()[1]
    task = asyncio.create_task(serve_http(door.api, listener))
    try:
        slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(40)]
        for _, writer in slow:
            writer.write(b"GET /api/me HTTP/1.1\r\nHost: 127.0.0.1\r\nX-a: ")
        # An honest browser gets through meanwhile, and its stream is left alone.
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as honest,
            honest.stream("GET", "/api/stream", headers={"Host": "127.0.0.1"}) as stream,
        ):
            lines = stream.aiter_lines()
            assert await anext(lines) == "event: snapshot"
            async with asyncio.timeout(20):
                for reader, _ in slow:
                    assert await closed(reader)
            door.hub.look()
            async for line in lines:
                if line == "event: delta":
                    break
        for _, writer in slow:
            writer.close()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        listener.close()


async def closed(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read() == b""
    except ConnectionResetError:
        return True


async def test_f25_a_head_without_end_is_refused(door: Page) -> None:
    listener = open_socket("127.0.0.1", 0)
    task = asyncio.create_task(serve_http(door.api, listener))
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.getsockname()[1])
        writer.write(b"GET /api/me HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        for number in range(2000):
            writer.write(b"X-%d: %s\r\n" % (number, b"y" * 100))
        async with asyncio.timeout(10):
            try:
                told = await reader.read()
            except ConnectionResetError:
                # It has closed before it had read all.
                told = b"HTTP/1.1 4"
        assert told.startswith(b"HTTP/1.1 4")
        writer.close()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        listener.close()


def test_f25_the_oldest_of_too_many_waiting_connections_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "WAITING_AT_MOST", 2)

    class Connection:
        def __init__(self) -> None:
            self.transport, self.cycle, self.gone = self, None, False

        def abort(self) -> None:
            self.gone = True

    class Server:
        def __init__(self) -> None:
            self.server_state, self.connections = self, [Connection()]

    server = Server()
    janitor = _Janitor(server)  # type: ignore[arg-type]  # all that it looks at
    janitor.look(0.0)
    server.connections += [Connection(), Connection()]
    janitor.look(1.0)
    assert [each.gone for each in server.connections] == [True, False, False]


def test_a_certificate_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = own_certificate(tmp_path, ["localhost", "192.0.2.7", "[::1]"], now_s=NOW_S)
    assert re.fullmatch(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", first.fingerprint)
    assert first.key.stat().st_mode & 0o077 == 0
    assert own_certificate(tmp_path, ["localhost"], now_s=NOW_S + 86400 * 300) == first
    for names, now_s in ((["localhost", "rack.local"], NOW_S), (["localhost"], NOW_S + 86400 * 390)):
        again = own_certificate(tmp_path, names, now_s=now_s)
        assert again.fingerprint != first.fingerprint
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(first.path, first.key)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    given = given_certificate(first.path, first.key)
    assert (given.fingerprint, given.own) == (again.fingerprint, False)
    first.key.write_text("damaged")
    with pytest.raises(ParameterError, match=r"^\[http\] certificate .+ cannot be used: "):
        given_certificate(first.path, first.key)
    assert own_certificate(tmp_path, ["localhost"], now_s=NOW_S).fingerprint != again.fingerprint
