"""The page as somebody uses it for the first time: why is it not charging, and which cell is the weakest."""

from __future__ import annotations

import asyncio
import re
import sys
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from openress.app import App
from openress.clock import unix_s
from openress.config import load_config
from openress.store.historyfile import HISTORY, HistoryFile
from openress.store.retention import kept_days
from openress.telemetry.recorder import Recorder
from tests.browsing import DESKTOP, PATIENCE_MS, chromium
from tests.racksnapshots import snapshot

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(sys.platform == "win32", reason="the wire to a simulated inverter is a pseudo-terminal"),
]

T = TypeVar("T")
PHONE = {"width": 390, "height": 844}
PAST_S, PAST_EVERY_S = 1200, 10
MOST_OWNER, MOST_INSTALLER = 2, 3
"""Clicks from the overview within which an owner finds a reason, and an installer a cell's past."""

VIRTUAL = """
[rack]
soc_pct = [{soc}]
[load]
kind = "constant"
current_a = {wants}
[[links]]
url = "tcp-listen://127.0.0.1:0"
[gateway]
inverter = "pylontech"
{more}
"""
BEHIND_A_LINK = """
[battery]
link = "{link}"
dialect = "pylontech"
addresses = [1, 2, 3, 4]
"""


class Racks:
    """Whole programs in a thread of their own, each with its page."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, text: str, *, past: bool = False) -> App:
        folder = self._folder / name
        folder.mkdir()
        config_file = folder / "openress.toml"
        config_file.write_text(f"[http]\nport = 0\n{text}".replace("[http]", f'data = "{folder / "data"}"\n[http]', 1))
        if past:
            keep_past(folder / "data")
        return self._do(self._start(name, config_file))

    async def _start(self, name: str, config_file: Path) -> App:
        app = App(load_config(config_file), say=lambda _: None)
        there = asyncio.get_running_loop().create_future()

        async def hold() -> None:
            async with app:
                there.set_result(None)
                await app.run()

        self._tasks[name] = asyncio.create_task(hold())
        await there
        return app

    def stop(self, name: str) -> None:
        self._do(self._stop(self._tasks.pop(name)))

    async def _stop(self, task: asyncio.Task[None]) -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def close(self) -> None:
        for name in list(self._tasks):
            self.stop(name)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30.0)


def keep_past(data: Path) -> None:
    """Twenty minutes of a rack at rest in the history of a data folder, as if it had been watched for so long."""
    data.mkdir(mode=0o700)
    recorder = Recorder(PAST_EVERY_S, print, [])
    began_s = unix_s() - PAST_S
    for since_s in range(0, PAST_S, PAST_EVERY_S):
        recorder.take(snapshot(4, time_s=began_s + since_s), float(since_s))
    recorder.close()
    file = HistoryFile(data / HISTORY, at_s=began_s, say=print, session="past", days=kept_days({}))
    for batch in recorder.waiting:
        file.write(batch)
    file.close()


class Visitor:
    """Somebody with a page, whose clicks are counted."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.clicks = 0
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{url}?lang=en")
        expect(page.locator("main h1")).to_be_visible()

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1


@pytest.fixture(scope="module")
def racks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Racks]:
    made = Racks(tmp_path_factory.mktemp("racks"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


def owner_finds(visitor: Visitor, reason: str, on_the_wire: str | None) -> None:
    """The reason stands on the overview; one click leads to the bytes that follow from it."""
    main = visitor.page.locator("main")
    expect(main).to_contain_text(re.compile(reason))
    assert visitor.clicks == 0
    if on_the_wire is not None:
        visitor.click(visitor.page.locator(".rail a", has_text="Gateway"))
        expect(main.locator("h1")).to_contain_text(re.compile(on_the_wire))
        expect(main.locator(".chain", has_text="(CCL)")).to_contain_text("0.0 A")
    assert visitor.clicks <= MOST_OWNER


@pytest.mark.req("REQ-001")
def test_an_owner_finds_why_it_does_not_charge(racks: Racks, browser: Browser) -> None:
    full = racks.start("full", VIRTUAL.format(soc=100, wants=-16, more=""))
    cold = racks.start("cold", VIRTUAL.format(soc=60, wants=-16, more=""))
    capped = racks.start("capped", VIRTUAL.format(soc=60, wants=-16, more="charge_current_a = 0"))
    assert cold.live is not None
    cold.live.virtual.plant._thermal.ambient_c[:] = -5.0  # as if it had stood in frost for a day
    link = next(one["url"] for one in full._snapshot()["links"]).replace("tcp-listen", "tcp")
    behind = racks.start("behind", BEHIND_A_LINK.format(link=link))

    page = browser.new_page(viewport=DESKTOP)
    owner_finds(
        Visitor(page, full.door.url), r"Charging is not allowed: the battery is full", "charging is blocked because"
    )
    owner_finds(Visitor(page, capped.door.url), r"Charging is not allowed: you set a limit of 0 A", "you allow no more")
    owner_finds(Visitor(page, cold.door.url), r"[Tt]oo cold to charge", "charge under temperature|cold")
    visitor = Visitor(page, behind.door.url)
    expect(page.locator("a.module")).to_have_count(4)
    racks.stop("full")
    owner_finds(visitor, r"tcp://\S+ is gone|No pack answers any more", None)
    page.close()


@pytest.mark.req("REQ-001")
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_installer_finds_the_weakest_cell_and_its_past(
    racks: Racks, browser: Browser, size: dict[str, int], request: pytest.FixtureRequest
) -> None:
    app = racks.start(request.node.callspec.id, VIRTUAL.format(soc="80, 60, 40, 12", wants=0, more=""), past=True)
    page = browser.new_page(viewport=size)
    visitor = Visitor(page, app.door.url)
    if size is PHONE:
        visitor.click(page.locator(".bar a", has_text="Tools"))
        visitor.click(page.locator("main a", has_text="Balance"))
    else:
        visitor.click(page.locator(".rail a", has_text="Balance"))
    weakest = page.locator(".weakest li").first
    expect(weakest).to_contain_text("of pack 4")
    told = re.search(r"Weakest cell: (\d+) of pack (\d+)", weakest.inner_text())
    assert told is not None
    visitor.click(page.locator(f".weakest a[href$='/4/{told[1]}']"))
    expect(page.locator("main h1")).to_have_text(f"Cell {told[1]} of pack 4")
    expect(page.locator(".past-charts .plot canvas").first).to_be_visible()
    expect(page.locator(".cell-choice [aria-pressed=true]")).to_have_text(told[1])
    expect(page.locator(".past-charts .readout").first).to_contain_text(re.compile(r"\d,?\d{3}\s?mV"))
    assert visitor.clicks <= MOST_INSTALLER
    page.close()
