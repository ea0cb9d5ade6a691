"""What a browser gets: the page, its files, the rack as JSON, the stream, and refusals."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from openress import __version__
from openress.errors import ParameterError, PortError
from openress.web import api as api_module
from openress.web.api import make_api
from openress.web.hub import Hub
from openress.web.server import is_loopback, open_socket, serve_http

HOSTS = ["localhost", "127.0.0.1", "[::1]"]
STATIC = Path(api_module.__file__).parent / "static"


class Source:
    """A rack whose current grows by one each second."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> dict[str, Any]:
        self.count += 1
        return {
            "time_s": 1000.0 + self.count,
            "rack": {"pack_current_a": float(self.count)},
            "packs": {"1": {"soc_pct": 50.0}},
        }


@pytest.fixture
def hub() -> Hub:
    return Hub(Source())


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(make_api(hub, hosts=HOSTS))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as found:
        yield found


def test_the_page_does_not_wait_until_the_routes_of_the_api_are_built(hub: Hub) -> None:
    places = [getattr(route, "path", None) for route in make_api(hub, hosts=HOSTS).routes]
    assert max(places.index("/"), places.index("/assets")) < places.index("/api/snapshot")


async def test_snapshot_and_recent(hub: Hub, client: httpx.AsyncClient) -> None:
    hub.look()
    assert (await client.get("/api/snapshot")).json() == hub.snapshot
    assert hub.snapshot["seq"] == 1
    assert hub.snapshot["rack"] == {"pack_current_a": 2.0}
    recent = (await client.get("/api/recent")).json()
    assert recent["series"]["rack.pack_current_a"] == [1.0, 2.0]
    assert (recent["interval_s"], recent["start_s"]) == (1.0, 1001.0)


PATHS = ["/", "/api/snapshot", "/api/recent", "/icon.svg", "/openapi.json", "/nothing", "/api/nothing"]


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_carries_the_headers_that_protect_it(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8080", "localhost", "localhost:8080", "[::1]:8080", "[::1]"])
async def test_its_own_names(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/api/snapshot", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "192.168.1.4", "", "[::2]"]
)
@pytest.mark.parametrize("path", ["/", "/api/snapshot", "/api/stream", "/icon.svg"])
async def test_a_foreign_name_is_refused(client: httpx.AsyncClient, host: str, path: str) -> None:
    """A page of somebody else could otherwise reach the rack through a name that points here."""
    answer = await client.get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "pack_current_a" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_page_is_asked_for_again_and_its_assets_are_kept(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-cache"
    assert (await client.get("/index.html")).headers["cache-control"] == "no-cache"
    assert (await client.head("/")).status_code == 200
    named = re.findall(r'(?:src|href)="\.?/?(assets/[^"]+)"', page.text)
    assert {Path(name).suffix for name in named} == {".js", ".css"}
    for name in named:
        asset = await client.get(f"/{name}")
        assert asset.status_code == 200
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
        # What is kept for ever must change its name with its content.
        assert re.search(r"-[0-9A-Za-z]{8,}\.(js|css)$", name)
    again = await client.get("/", headers={"If-None-Match": page.headers["etag"]})
    assert again.headers["etag"] == page.headers["etag"]


async def test_scripts_and_styles_are_packed_for_those_who_can_unpack(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    for suffix in ("js", "css"):
        name = re.findall(rf'(?:src|href)="(assets/[^"]+[.]{suffix})"', page.text)[-1]
        plain = await client.get(f"/{name}", headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        for _ in range(2):
            packed = await client.get(f"/{name}", headers={"Accept-Encoding": "gzip, br"})
            assert packed.headers["content-encoding"] == "gzip"
            assert packed.headers["content-type"] == plain.headers["content-type"]
            assert packed.headers["cache-control"] == plain.headers["cache-control"]
            assert packed.content == plain.content
            assert int(packed.headers["content-length"]) < len(plain.content)
        assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
        some = await client.get(f"/{name}", headers={"Accept-Encoding": "gzip", "Range": "bytes=0-9"})
        assert some.status_code == 206
        assert some.content == plain.content[:10]


async def test_what_is_missing_is_not_kept(client: httpx.AsyncClient) -> None:
    missing = await client.get("/assets/app-00000000.js")
    assert missing.status_code == 404
    assert "cache-control" not in missing.headers


@pytest.mark.parametrize(
    "path",
    [
        "/../api.py",
        "/assets/../../api.py",
        "/assets/..%2f..%2fapi.py",
        "/%2e%2e/api.py",
        "/..%5capi.py",
        "/assets/%2e%2e/%2e%2e/%2e%2e/__init__.py",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/assets//etc/passwd",
        "/assets",
        "/%00",
    ],
)
async def test_nothing_outside_the_page_is_given(hub: Hub, path: str) -> None:
    """Over a real socket and in raw bytes: clients tidy such paths before they send them."""
    async with served(make_api(hub, hosts=HOSTS)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        async with asyncio.timeout(10):
            answer = (await reader.read()).decode()
        writer.close()
        await writer.wait_closed()
    assert re.match(r"HTTP/1\.1 (404|400|307) ", answer), answer
    for secret in ("from __future__", "root:", "make_api"):
        assert secret not in answer


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/api/snapshot", "/api/recent", "/api/stream"])
async def test_nothing_can_be_written(client: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, path, headers={"X-OpenRESS": "1"})
    assert (answer.status_code, answer.json()["code"]) == (401, "login")


async def test_without_the_built_page_the_rest_works_and_says_what_is_missing(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(api_module, "files", lambda _: tmp_path)
    transport = httpx.ASGITransport(make_api(hub, hosts=HOSTS))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        page = await client.get("/")
        assert page.status_code == 503
        assert "hatch_build.py" in page.text
        assert (await client.get("/api/snapshot")).status_code == 200


async def test_the_api_describes_itself(client: httpx.AsyncClient) -> None:
    description = (await client.get("/openapi.json")).json()
    assert description["info"] == {"title": "OpenRESS", "version": __version__}
    helps = {
        "/api/help",
        "/api/lamps",
        *(f"/api/install/{name}" for name in ("plan", "plan.svg", "cable.svg", "dip.svg")),
    }
    assert set(description["paths"]) == {"/api/snapshot", "/api/recent", "/api/stream"} | helps
    assert all(path["get"]["summary"] for path in description["paths"].values())


@asynccontextmanager
async def served(api: FastAPI) -> AsyncIterator[int]:
    listener = open_socket("127.0.0.1", 0)
    task = asyncio.create_task(serve_http(api, listener))
    try:
        yield listener.getsockname()[1]
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        listener.close()


async def events_of(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, str]]:
    event: dict[str, str] = {}
    async for line in lines:
        if not line:
            yield event
            event = {}
        else:
            key, _, value = line.partition(": ")
            event[key] = value


async def until(true: Any) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.02)


async def test_the_stream_tells_a_snapshot_and_then_what_changes(hub: Hub) -> None:
    async with served(make_api(hub, hosts=HOSTS)) as port, httpx.AsyncClient() as client:
        async with client.stream("GET", f"http://127.0.0.1:{port}/api/stream", timeout=20) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"
            events = events_of(answer.aiter_lines())
            first = await anext(events)
            assert (first["event"], first["id"]) == ("snapshot", "0")
            assert json.loads(first["data"]) == hub.snapshot
            hub.look()
            second = await anext(events)
            assert (second["event"], second["id"]) == ("delta", "1")
            assert json.loads(second["data"]) == {
                "seq": 1,
                "time_s": 1002.0,
                "rack": {"pack_current_a": 2.0},
                "packs": {},
            }
            assert len(hub._readers) == 1
        # A reader that has left is forgotten.
        await until(lambda: not hub._readers)


async def test_what_is_wrong_is_told_in_the_language_of_whoever_listens() -> None:
    said = (
        "Pack 3 has been silent for 40 s and may still be on the busbar: its last limits hold until it answers or you "
    )
    alarm = "The CAN adapter is gone: plug it in again; it is opened as soon as it is there."
    snapshot = {
        "time_s": 1.0,
        "rack": {"findings": [{"trouble": "lost", "packs": [3], "sentence": f"{said}remove it."}], "soc_pct": 1.0},
        "packs": {},
        "gateway": {
            "state": "live",
            "alarms": [{"trouble": "port_gone", "sentence": alarm}, {"sentence": "The moon."}],
        },
        "connection": {"state": "disturbed", "sentence": "Pack 3 does not answer on serial:/x, the others do."},
        "job": {"who": "ines", "title": "clones pack 1 to pack 2, 3"},
    }
    hub = Hub(lambda: snapshot)
    transport = httpx.ASGITransport(make_api(hub, hosts=HOSTS))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        english = await client.get("/api/snapshot")
        assert (english.json(), english.headers["Content-Language"]) == (hub.snapshot, "en")
        german = (await client.get("/api/snapshot?lang=de")).json()
    (finding,) = german["rack"]["findings"]
    assert finding["spoken"] == "de"
    assert finding["sentence"] == (
        "Pack 3 schweigt seit 40 s und hängt vielleicht noch an der Sammelschiene: seine letzten Grenzen gelten, bis "
        "es antwortet oder herausgenommen wird."
    )
    assert german["gateway"]["alarms"] == [
        {
            "trouble": "port_gone",
            "sentence": "Der CAN-Adapter ist weg: wieder anstecken; er wird geöffnet, sobald er da ist.",
            "spoken": "de",
        },
        {"sentence": "The moon."},
    ]
    assert german["connection"]["sentence"] == "Pack 3 antwortet nicht auf serial:/x, die anderen schon."
    assert german["job"]["title"] == "überträgt die Einstellungen von Pack 1 auf Pack 2, 3"
    assert (german["rack"]["soc_pct"], german["gateway"]["state"], german["packs"]) == (1.0, "live", {})
    # Both streams are told from the same event.
    async with served(make_api(hub, hosts=HOSTS)) as port, httpx.AsyncClient() as readers:
        for language, title in (("es", "clona los ajustes del módulo 1 en el módulo 2, 3"), ("en", "clones pack 1")):
            url = f"http://127.0.0.1:{port}/api/stream?lang={language}"
            async with readers.stream("GET", url, timeout=20) as answer:
                assert answer.headers["content-language"] == language
                first = json.loads((await anext(events_of(answer.aiter_lines())))["data"])
            assert first["job"]["title"].startswith(title)


async def test_readers_that_vanish_are_forgotten(hub: Hub) -> None:
    async with served(make_api(hub, hosts=HOSTS)) as port:
        for _ in range(5):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await until(lambda: hub._readers)
            writer.transport.abort()
        await until(lambda: not hub._readers)


async def test_the_server_stops_with_a_reader_connected(hub: Hub, capfd: pytest.CaptureFixture[str]) -> None:
    async with httpx.AsyncClient() as client:
        async with served(make_api(hub, hosts=HOSTS)) as port:
            stream = client.stream("GET", f"http://127.0.0.1:{port}/api/stream", timeout=20)
            answer = await stream.__aenter__()
            events = events_of(answer.aiter_lines())
            await anext(events)
            hub.close()
        async with asyncio.timeout(10):
            assert [event async for event in events] == []
        await stream.__aexit__(None, None, None)
    assert capfd.readouterr() == ("", "")


async def test_the_server_stops_with_a_reader_that_takes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """A browser that sleeps: its end of the line is full, and nothing that is still to be sent can be."""
    api = FastAPI()
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 1_000_000

    @api.get("/")
    async def _flood() -> StreamingResponse:
        return StreamingResponse(endless())

    async with served(api) as port:
        with socket.create_connection(("127.0.0.1", port)) as stuck:
            stuck.setblocking(False)
            stuck.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            before = -1
            while sent != before:
                before = sent
                await asyncio.sleep(0.2)
            assert sent > 0
            tasks = [task for task in asyncio.all_tasks() if "serve_http" in repr(task.get_coro())]
            assert len(tasks) == 1
            tasks[0].cancel()
            with suppress(asyncio.CancelledError):
                await tasks[0]
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("host", "only_here"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("0.0.0.0", False),  # noqa: S104  # what must not count as this computer alone
        ("::", False),
        ("192.168.1.4", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_which_hosts_are_this_computer_alone(host: str, only_here: bool) -> None:
    assert is_loopback(host) is only_here


def test_a_port_that_is_taken() -> None:
    with open_socket("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortError, match=rf"^The page cannot be served on 127\.0\.0\.1:{port}: the port is already"):
            open_socket("127.0.0.1", port)


@pytest.mark.parametrize("host", ["no such host", "a" * 70 + ".example"])
def test_a_host_that_does_not_exist(host: str) -> None:
    with pytest.raises(ParameterError, match=r"^--http .+:80: there is no host '.+'\.$"):
        open_socket(host, 80)


def test_an_address_of_another_computer() -> None:
    with pytest.raises(PortError, match=r"^The page cannot be served on 192\.0\.2\.1:80: "):
        open_socket("192.0.2.1", 80)
