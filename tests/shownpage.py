"""The page of a running `openress up` in a real browser, and what it may not do there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import DESKTOP, PATIENCE_MS, chromium
from tests.processes import Running, running

PHONE = {"width": 360, "height": 780}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@contextmanager
def up(folder: Path, http: str = "127.0.0.1:0", *more: str) -> Iterator[tuple[Running, str]]:
    config = folder / "openress.toml"
    config.write_text('[rack]\nsoc_pct = [80, 60, 40, 20]\n[[links]]\nurl = "tcp-listen://127.0.0.1:0"\n')
    given = ["--config", str(config), "--data", str(folder / "data"), "--http", http, *more]
    with running("up", "--no-browser", *given) as battery:
        printed = battery.line()
        while battery_line := battery.line():
            printed += f"\n{battery_line}"
            if battery_line == "Ctrl-C stops.":
                break
        found = re.search(r"page  (http://\S+)", printed)
        assert found is not None, printed
        yield battery, found[1]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with up(tmp_path_factory.mktemp("up")) as (_, address):
        yield address


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages; at the end none of them may have complained, or asked anybody else for anything."""
    complaints: list[str] = []
    pages: list[Page] = []

    def watch(page: Page, address: str, lost: bool) -> None:
        def note(message: Any) -> None:
            # A browser writes every connection that fails into the console, whatever the page does about it.
            if message.type in ("error", "warning") and not (lost and "Failed to load resource" in message.text):
                complaints.append(f"console: {message.text}")

        def request(made: Any) -> None:
            if not made.url.startswith((address, "data:", "blob:")):
                complaints.append(f"left the origin: {made.url}")

        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(f"page: {error}"))
        page.on("request", request)

    def opener(address: str, *, lost: bool = False, **options: Any) -> Page:
        page = browser.new_page(**({"viewport": DESKTOP} | options))
        page.set_default_timeout(PATIENCE_MS)
        watch(page, address, lost)
        pages.append(page)
        page.goto(address)
        expect(page.locator("a.module").first).to_be_visible(timeout=PATIENCE_MS)
        return page

    yield opener
    for page in pages:
        page.close()
    assert complaints == []


WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE_TOLD = "({id, nodes}) => [id, ...nodes.map(({target, failureSummary}) => `${target} ${failureSummary}`)]"
