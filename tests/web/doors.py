"""A page with accounts behind it, its clocks in hand, and callers of every kind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Depends, FastAPI, Request
from tests.accounts.books import OTHER, PASSWORD, Clock, book_in

from openress.accounts import AccountBook, Caller, Role
from openress.accounts.hashing import hash_password
from openress.web.api import make_api
from openress.web.auth import Guard, note, require, require_recent
from openress.web.hub import Hub

BASE = "http://127.0.0.1:8080"
OWN = {"X-OpenRESS": "1"}
PEOPLE = {"vera": Role.VIEWER, "otto": Role.OPERATOR, "ines": Role.INSTALLER}
KEPT = {name: hash_password(f"{PASSWORD} {name}", name.encode() * 4) for name in PEOPLE}
"""Made once: each takes a moment."""


@dataclass
class Rack:
    """Stands for what a site's routes change."""

    parameters: dict[str, int] = field(default_factory=lambda: {"cell_ov_protect_mv": 3650})
    connection: str = "connected"
    charge_mos: bool = True


def site_router(rack: Rack) -> APIRouter:
    """Routes as a site has them; one of them forgot to ask who calls."""
    router = APIRouter(prefix="/api")

    @router.get("/parameters")
    async def read() -> dict[str, int]:
        return rack.parameters

    @router.put("/parameters/{key}")
    async def write(
        key: str, value: int, request: Request, caller: Annotated[Caller, Depends(require_recent(Role.INSTALLER))]
    ) -> dict[str, str]:
        note(request, f"{key}: {rack.parameters.get(key)} -> {value}")
        rack.parameters[key] = value
        return {"by": caller.name}

    @router.post("/disconnect")
    async def disconnect(caller: Annotated[Caller, Depends(require(Role.OPERATOR))]) -> dict[str, str]:
        rack.connection = "none"
        return {"by": caller.name}

    @router.post("/forgotten")
    async def forgotten() -> None:
        rack.charge_mos = False

    @router.get("/broken")
    async def broken() -> None:
        raise RuntimeError("password hunter2 in the depths")

    return router


def _snapshot() -> dict[str, Any]:
    return {"time_s": 1000.0, "rack": {"pack_current_a": 1.0}, "packs": {}}


@dataclass
class Page:
    """What a test has in hand."""

    api: FastAPI
    guard: Guard
    book: AccountBook
    rack: Rack
    hub: Hub
    wall: Clock
    clock: Clock
    said: list[str]

    def client(self, address: str = "192.0.2.7", **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.api, client=(address, 50_000))
        return httpx.AsyncClient(transport=transport, base_url=BASE, headers={**OWN, **headers})

    @asynccontextmanager
    async def member(self, name: str, address: str = "192.0.2.7") -> AsyncIterator[httpx.AsyncClient]:
        """Somebody who has logged in."""
        async with self.client(address) as client:
            answer = await client.post("/api/login", json={"name": name, "password": f"{PASSWORD} {name}"})
            assert answer.status_code == 200, answer.text
            yield client


@asynccontextmanager
async def page(
    folder: Path, *, anonymous: Role | None = Role.VIEWER, people: bool = True, secure: bool = False
) -> AsyncIterator[Page]:
    wall, clock, said, rack, hub = Clock(), Clock(1000.0), [], Rack(), Hub(_snapshot)
    with book_in(folder, wall) as book:
        if people:
            with book.ledger.writing() as run:
                for number, (name, role) in enumerate(PEOPLE.items()):
                    run("INSERT INTO account VALUES (?, ?, ?, ?, ?)", name, role, KEPT[name], number, 0.0)
        guard = Guard(book, anonymous=anonymous, clock_s=clock, secure=secure, port=8080, say=said.append)
        api = make_api(hub, hosts=["127.0.0.1"], routers=[site_router(rack)], guard=guard, clock_s=clock)
        yield Page(api, guard, book, rack, hub, wall, clock, said)


__all__ = ["BASE", "OTHER", "OWN", "PASSWORD", "PEOPLE", "Page", "Rack", "page"]
