"""The API over virtual PACE packs behind a pseudo-terminal, as a browser would call it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from openress.app import App
from openress.config import Config
from openress.sections import BatteryConfig, GatewayConfig, HttpConfig, LinkConfig, RackConfig
from tests.sites.paceline import PaceLine


class Bench:
    """A caller of the API."""

    def __init__(self, app: App, client: httpx.AsyncClient) -> None:
        self.app = app
        self.client = client

    async def get(self, path: str, status: int = 200) -> Any:
        answer = await self.client.get(f"/api/{path}")
        assert answer.status_code == status, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, status: int = 202) -> Any:
        answer = await self.client.post(f"/api/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def job(self, path: str, body: Any = None) -> Any:
        """Begin a job, and see it to its end."""
        return await self.end(await self.post(path, body))

    async def end(self, job: Any) -> Any:
        async with asyncio.timeout(30):
            async for _ in self.app.desk.jobs.watch(self.app.desk.jobs.find(job["job"])):  # type: ignore[arg-type]
                continue
        return await self.get(f"jobs/{job['job']}")

    async def told(self, job: Any, language: str) -> Any:
        """A job as a reader of another language is told of it; all of it must be in that language."""
        told = await self.get(f"jobs/{job['job']}?lang={language}")
        assert (told["language"], told["untranslated"]) == (language, []), told
        return told

    async def until(self, true: Callable[[], bool], seconds: float = 20.0) -> None:
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110  # what is waited for has no event
                await asyncio.sleep(0.02)

    async def connected(self) -> None:
        await self.until(lambda: self.app.desk.lines.connection()["state"] in ("normal", "virtual"))


def installed(app: App) -> str:
    """The session of an installer who has just given a password."""
    guard, secret = app.door.guard, "of-the-installer"
    with guard.book.ledger.writing() as run:
        run("INSERT OR REPLACE INTO account VALUES ('ines', 'installer', 'of no use', 1, 0.0)")
    guard.sessions.begin(secret, "ines", 1, guard.clock_s())
    return secret


@asynccontextmanager
async def bench(config: Config, *, waits: bool = True) -> AsyncIterator[Bench]:
    async with App(config, say=print) as app:
        running = asyncio.create_task(app.current.run())
        assert app.hub is not None
        transport = httpx.ASGITransport(app.door.api(app.hub, app.routers()))
        headers = {"X-OpenRESS": "1", "Cookie": f"{app.door.guard.cookie}={installed(app)}"}
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
                found = Bench(app, client)
                if waits:
                    await found.connected()
                yield found
        finally:
            await app.desk.jobs.close()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def real(line: PaceLine, folder: Path) -> Config:
    """A site of the packs behind a line."""
    battery = BatteryConfig(link=line.link, packs=len(line.rack.packs), timeout_s=0.3)
    return Config(http=HttpConfig(port=0), data=folder / "data", battery=battery)


def virtual(folder: Path, packs: int = 2) -> Config:
    """A virtual site without an inverter."""
    return Config(
        rack=RackConfig(packs=packs),
        http=HttpConfig(port=0),
        data=folder / "data",
        gateway=GatewayConfig(inverter="none"),
        links=[LinkConfig(url="tcp-listen://127.0.0.1:0")],
    )
