"""A page on top of packs behind a pseudo-terminal: the server as a process, the packs and their plug in the test."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import APIResponse, Browser, BrowserContext, Page, expect

from tests.browsing import DESKTOP, PATIENCE_MS
from tests.processes import Running, running
from tests.sites.paceline import PaceLine

__all__ = ["NAME", "PASSWORD", "Bench", "bench", "served"]

NAME, PASSWORD = "ines", "gelbe gurken im juni"
T = TypeVar("T")


class Bench:
    """Packs, a server, and browsers that look at it.

    Attributes:
        line: the packs.
        server: the process.
        url: of the page.
        claim: code for the first account.
        complaints: what pages wrote into their consoles.
    """

    def __init__(
        self,
        line: PaceLine,
        server: Running,
        url: str,
        claim: str,
        do: Callable[[Coroutine[Any, Any, Any]], Any],
    ) -> None:
        self.line = line
        self.server = server
        self.url = url
        self.claim = claim
        self.complaints: list[str] = []
        self._do = do

    def do(self, what: Awaitable[T]) -> T:
        """Carry something out where the packs live."""

        async def done() -> T:
            return await what

        found: T = self._do(done())
        return found

    def person(self, browser: Browser, **options: Any) -> BrowserContext:
        """A browser of somebody's own, who is nobody yet."""
        return browser.new_context(**({"viewport": DESKTOP} | options))

    def page(self, person: BrowserContext, screen: str) -> Page:
        """A page at a screen; what it writes into its console is a complaint."""
        page = person.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.complaints.append(f"page: {error}"))
        page.on("console", self._note)
        page.goto(f"{self.url}{screen}")
        expect(page.locator("main h1")).to_be_visible(timeout=PATIENCE_MS)
        return page

    def _note(self, message: Any) -> None:
        # A browser writes every refusal into the console, whatever the page does about it.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def ask(self, person: BrowserContext, method: str, path: str, body: dict[str, Any] | None = None) -> APIResponse:
        """Ask the server as that person's page does."""
        return person.request.fetch(
            f"{self.url}{path}", method=method, headers={"X-OpenRESS": "1"}, **({} if body is None else {"data": body})
        )

    def sign_in(self, person: BrowserContext, name: str = NAME, password: str = PASSWORD) -> None:
        """The person is somebody from now on."""
        answer = self.ask(person, "POST", "api/login", {"name": name, "password": password})
        assert answer.ok, answer.text()


@contextmanager
def served(folder: Path) -> Iterator[tuple[Running, str, str]]:
    """A server of a folder that is new: its process, its page's address, and the code for the first account."""
    config = folder / "openress.toml"
    config.write_text('[[links]]\nurl = "tcp-listen://127.0.0.1:0"\n', encoding="utf-8")
    given = ["--config", str(config), "--data", str(folder / "data"), "--http", "127.0.0.1:0"]
    with running("up", "--no-browser", *given) as server:
        printed = ""
        while (told := server.line()) != "Ctrl-C stops.":
            printed += f"{told}\n"
        url, claim = re.search(r"page  (http://\S+)", printed), re.search(r"claim code is (\S+)", printed)
        assert url is not None, printed
        assert claim is not None, printed
        yield server, url[1], claim[1]


@contextmanager
def bench(folder: Path, *, packs: int, current_a: float = 0.0) -> Iterator[Bench]:
    """Packs that are plugged in, and a server that does not know of them yet."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def do(what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, loop).result(20)

    async def plugged() -> tuple[PaceLine, asyncio.Task[None]]:
        line = PaceLine(folder / "line", packs, current_a)
        lives = asyncio.create_task(line.live.run())
        await line.plug()
        return line, lives

    async def unplugged() -> None:
        await line.pull()
        lives.cancel()
        await asyncio.gather(lives, return_exceptions=True)

    line, lives = do(plugged())
    try:
        with served(folder) as (server, url, claim):
            yield Bench(line, server, url, claim, do)
    finally:
        do(unplugged())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()
