"""What goes wrong before a route is reached is told in one sentence too: what, where, and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.web.doors import page


@pytest.mark.parametrize(
    ("method", "path", "status", "sentence"),
    [
        ("GET", "/api/nothing", 404, "There is no /api/nothing: /openapi.json lists what can be asked."),
        ("POST", "/api/nothing", 404, "There is no /api/nothing: /openapi.json lists what can be asked."),
        ("POST", "/api/snapshot", 405, "/api/snapshot takes GET, not POST."),
        ("GET", "/api/users/ines", 405, "/api/users/ines takes DELETE or PATCH, not GET."),
        ("PUT", "/api/users", 405, "/api/users takes GET or POST, not PUT."),
    ],
)
async def test_a_path_or_method_that_is_none(
    tmp_path: Path, method: str, path: str, status: int, sentence: str
) -> None:
    async with page(tmp_path) as door, door.member("otto") as otto:
        answer = await otto.request(method, path)
        assert (answer.status_code, answer.json()["detail"]) == (status, sentence)
        allowed = sentence.rsplit(" takes ", maxsplit=1)[-1].split(",", maxsplit=1)[0].replace(" or ", ", ")
        assert answer.headers.get("allow") == (allowed if status == 405 else None)


async def test_head_says_what_get_would(tmp_path: Path) -> None:
    async with page(tmp_path) as door, door.client() as client:
        for path in ("/api/snapshot", "/api/me", "/api/users"):
            told, whole = await client.head(path), await client.get(path)
            assert (told.status_code, told.content) == (whole.status_code, b"")
            assert told.headers["content-length"] == whole.headers["content-length"]
        stream = await client.head("/api/stream")
        assert (stream.status_code, stream.content) == (200, b"")
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert (await client.head("/api/nothing")).status_code == 404


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"name": "x",}', "The body is no JSON from character 13 on: send one JSON object."),
        (b'{"name": "\xff"}', "The body cannot be read: send one JSON object in UTF-8"),
        (b"[" * 100_000, "The body cannot be read: send one JSON object in UTF-8"),
    ],
)
async def test_a_body_that_cannot_be_read(tmp_path: Path, body: bytes, sentence: str) -> None:
    async with page(tmp_path) as door, door.client() as client:
        headers: dict[str, Any] = {"Content-Type": "application/json"}
        answer = await client.post("/api/login", content=body, headers=headers)
        assert answer.status_code in (400, 422)
        assert answer.json()["detail"].startswith(sentence)
