"""The description of the API holds: no request makes it fail or answer with a status it does not name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.web.doors import OWN, Page, page

from openress.accounts import Role
from openress.web.security import Gate

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
UNTESTED = ("/api/stream", "/api/broken")
"""One has no end, one fails on purpose."""


@contextmanager
def running(folder: Path) -> Iterator[Page]:
    """A page for a client that is not asynchronous."""
    loop = asyncio.new_event_loop()
    context = page(folder)
    found = loop.run_until_complete(context.__aenter__())
    try:
        yield found
    finally:
        loop.run_until_complete(context.__aexit__(None, None, None))
        loop.close()


def callers_of(door: Page) -> list[dict[str, str]]:
    """What each kind of caller sends; the last is an installer who has just given the password."""
    found = [{}, {**OWN}]
    for role, name in ((Role.VIEWER, "vera"), (Role.OPERATOR, "otto"), (Role.INSTALLER, "ines")):
        account = door.book.find(name)
        assert account is not None
        _, secret = door.book.new_token(account, role, "test", 300)
        found.append({"Authorization": f"Bearer {secret}"})
    return [*found, {**OWN, "Cookie": f"{door.guard.cookie}=of-the-installer"}]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("examples", [2, pytest.param(100, marks=pytest.mark.soak)])
def test_no_request_breaks_it(tmp_path: Path, examples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(tmp_path) as door:
        monkeypatch.setattr(door.guard.book, "prove", lambda _name, _password: None)
        schema = schemathesis.openapi.from_asgi("/openapi.json", door.api, headers={"Host": "127.0.0.1"})
        callers = callers_of(door)
        seen: set[int] = set()
        for result in schema.get_all_operations():
            operation = result.ok()
            if operation.path in UNTESTED:
                continue
            try_operation(operation.as_strategy(), door, callers, examples, seen)
            # Where nothing is sent, nothing can be sent wrongly.
            with suppress(Unsatisfiable):
                wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
                try_operation(wrong, door, callers, examples, seen)
        assert {200, 400, 401, 403, 404, 422} <= seen


def try_operation(strategy: Any, door: Page, callers: list[dict[str, str]], examples: int, seen: set[int]) -> None:
    @settings(
        max_examples=examples,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def attempt(case: Any) -> None:
        for headers in callers:
            door.clock.now_s += 60.0
            installer = door.book.find("ines")
            assert installer is not None
            door.guard.sessions.begin("of-the-installer", "ines", installer.epoch, door.clock.now_s)
            case.headers = {}
            case.cookies = {}
            answer = case.call(headers={"Host": "127.0.0.1", **headers})
            seen.add(answer.status_code)
            case.validate_response(answer, checks=CHECKS)

    attempt()


def test_the_description_names_every_refusal_of_the_gate(tmp_path: Path) -> None:
    with running(tmp_path) as door:
        description = door.api.openapi()
        assert any(middleware.cls is Gate for middleware in door.api.user_middleware)
    for path, operations in description["paths"].items():
        for operation in operations.values():
            assert {"400", "413", "429", "503"} <= operation["responses"].keys(), path
            assert operation["summary"]
            refused = operation["responses"]["400"]["headers"]
            assert refused.keys() == {"Content-Language", "Vary"}
            asked = {one.get("name", one.get("$ref", "").rpartition("/")[2]) for one in operation["parameters"]}
            assert {"lang", "accept-language"} <= asked, path
    assert description["components"]["securitySchemes"].keys() == {"token", "session"}
