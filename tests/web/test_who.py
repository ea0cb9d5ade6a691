"""What the description says of who may ask what is what the server does, and no number it takes is none."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter
from tests.processes import REPOSITORY

from openress.accounts import Role
from openress.app import App
from openress.cli.parity import EXEMPT, VERB_OF
from openress.config import Config
from openress.sections import HttpConfig, LinkConfig
from openress.web.accounts_api import accounts_router
from openress.web.help import help_router

ENDLESS = "/api/stream"
PARTS = {"pack": "1", "number": "1", "control": "charge_switch", "name": "nobody", "token": "x"}
BELOW = {Role.OPERATOR: Role.VIEWER, Role.INSTALLER: Role.OPERATOR}


@asynccontextmanager
async def opened(folder: Path, anonymous: Literal["viewer", "none"]) -> AsyncIterator[tuple[App, FastAPI]]:
    http = HttpConfig(port=0, anonymous=anonymous)
    config = Config(data=folder, http=http, links=[LinkConfig(url="tcp-listen://127.0.0.1:0")])
    async with App(config, say=pytest.fail) as app:
        assert app.hub is not None
        yield app, app.door.api(app.hub, app.routers())


def operations(api: FastAPI) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in api.openapi()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


async def answer(api: FastAPI, method: str, path: str, **headers: str) -> int:
    """The status that a request gets whose body says nothing; of the stream the first part is enough."""
    if path == ENDLESS:
        path = "/api/snapshot"
    transport = httpx.ASGITransport(api, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        found = re.sub(r"\{(\w+)\}", lambda part: PARTS[part[1]], path)
        return (await client.request(method, found, headers={"X-OpenRESS": "1", **headers})).status_code


@pytest.mark.parametrize("anonymous", ["viewer", "none"])
async def test_security_is_declared_as_the_server_has_it(tmp_path: Path, anonymous: Literal["viewer", "none"]) -> None:
    async with opened(tmp_path, anonymous) as (app, api):
        book = app.door.guard.book
        with book.ledger.writing() as run:
            run("INSERT INTO account VALUES ('ines', ?, '', 0, 0)", Role.INSTALLER)
        account = book.find("ines")
        assert account is not None
        tokens = {role: f"Bearer {book.new_token(account, role, role, 1)[1]}" for role in Role}
        without, wrong = set(), []
        for method, path, operation in operations(api):
            declared = operation["security"]
            assert declared, path
            stranger = await answer(api, method, path)
            if {} in declared:
                without.add(f"{method} {path}")
            if ({} in declared) is (stranger == 401 and path != "/api/login"):
                wrong.append(f"{method} {path}: a stranger got {stranger}, {declared} is declared")
            role = operation.get("x-openress-role")
            if anonymous == "none":
                continue
            if role is None:
                assert "Needs no login." in operation["description"]
                continue
            assert f"the role {role}" in operation["description"] or {} in declared
            tries = [BELOW[Role(role)]] if Role(role) in BELOW else []
            tries += [] if {"token": []} in declared else [Role(role)]
            for less in tries:
                status = await answer(api, method, path, Authorization=tokens[less])
                if status != 403:
                    wrong.append(f"{method} {path}: a token of a {less} got {status}, {role} is declared")
            if method == "GET":
                status = await answer(api, method, path, Authorization=tokens[Role(role)])
                if status in (401, 403):
                    wrong.append(f"{method} {path}: a {role} got {status}")
        assert not wrong
        assert {"POST /api/login", "POST /api/claim", "POST /api/logout", "GET /api/me"} <= without
        assert ("GET /api/snapshot" in without) is (anonymous == "viewer")
        assert "POST /api/users" not in without


def test_the_page_has_words_for_all_that_the_audit_notes() -> None:
    words = (REPOSITORY / "ui" / "src" / "i18n" / "account" / "en.ts").read_text(encoding="utf-8")
    told = set(re.findall(r'^    "((?:POST|PUT|PATCH|DELETE) [^"]+)":', words, re.MULTILINE))
    plan = "POST /api/packs/{pack}/parameters/plan"
    changing = {route for route in VERB_OF.keys() | EXEMPT.keys() if not route.startswith("GET ")} - {plan}
    assert told == {re.sub(r"\{\w+\}", "*", route) for route in changing}


def numbers(schema: Any, *, finite: bool) -> Iterator[Any]:
    """The numbers in a schema of pydantic's core that let nan or inf through."""
    if isinstance(schema, list | tuple):
        for part in schema:
            yield from numbers(part, finite=finite)
    if not isinstance(schema, dict):
        return
    config = schema.get("config")
    if isinstance(config, dict):
        finite = config.get("allow_inf_nan") is False
    if schema.get("type") == "float" and schema.get("allow_inf_nan", not finite):
        bounded = schema.keys() & {"ge", "gt"} and schema.keys() & {"le", "lt"}
        yield from [] if bounded else [schema]
    for key, part in schema.items():
        if key not in ("config", "metadata"):
            yield from numbers(part, finite=finite)


async def test_every_number_that_is_taken_is_finite(tmp_path: Path) -> None:
    class Loose(BaseModel):
        value: dict[str, float | None]

    assert list(numbers(TypeAdapter(Loose).core_schema, finite=False))
    async with opened(tmp_path, "viewer") as (app, api):
        routers = [accounts_router(app.door.guard), help_router(), *app.routers()]
        seen, wrong = 0, []
        for route in [route for routes in (api, *routers) for route in routes.routes if isinstance(route, APIRoute)]:
            taken = route.dependant
            bodies = [] if route.body_field is None else [route.body_field]
            for field in [*taken.query_params, *taken.path_params, *taken.header_params, *bodies]:
                seen += 1
                schema = TypeAdapter(field.field_info.rebuild_annotation()).core_schema
                wrong += [f"{route.path}: {field.name}" for _ in numbers(schema, finite=False)]
    assert seen > 40
    assert not wrong
