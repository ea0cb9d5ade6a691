"""An installer before a rack of four of which two packs have one address: found, drawn, put right, connected."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from openress.model import PackSample
from openress.ports import open_listener, parse_link
from openress.ports.busend import LiveBus
from tests.browsing import DESKTOP, chromium
from tests.busrack import BusRack, speaker
from tests.pagerig import NAME, PASSWORD, served
from tests.rack.bench import alike

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the packs are behind a pseudo-terminal"),
    pytest.mark.soak,
    pytest.mark.req("REQ-103", "REQ-106"),
]
SCAN_MS = 60_000
OURS = {"X-OpenRESS": "1"}


class Rack:
    """Packs that share a line; two of them answer at once where their switches are alike."""

    def __init__(self, link: Path, addresses: list[int]) -> None:
        self.link = link
        self._bus = BusRack()
        self._stations = [self._put(address, serial) for serial, address in enumerate(addresses, start=1)]

    def _put(self, address: int, serial: int) -> Any:
        def sample(at_s: float) -> PackSample:
            told = alike(address, at_s=at_s)
            assert told.analog is not None
            cells_mv = tuple(3300 + (cell * serial) % 5 for cell in range(16))
            return replace(
                told, analog=replace(told.analog, pack_voltage_v=52.8 + 0.07 * serial, cell_voltages_mv=cells_mv)
            )

        pack = speaker(address, "pace", serial=f"A5L-000{serial}", sample=sample)
        return self._bus.bus.attach(f"pack {serial}", pack, turnaround_s=0.03 + 0.002 * serial)

    def set_switches(self, serial: int, address: int) -> None:
        """Breaker off, switches, breaker on."""
        self._bus.bus.detach(self._stations[serial - 1])
        self._stations[serial - 1] = self._put(address, serial)

    @contextmanager
    def plugged(self) -> Iterator[asyncio.AbstractEventLoop]:
        """The adapter is in; gives the loop that the packs live in."""
        loop, ready = asyncio.new_event_loop(), threading.Event()

        async def live() -> None:
            async with LiveBus(self._bus.bus) as bus:
                listener = await open_listener(parse_link(f"pty:{self.link}"))
                ready.set()
                try:
                    while True:
                        bus.join(await listener.accept(), bus.end("adapter"))
                finally:
                    await listener.close()

        lives = loop.create_task(live())
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            assert ready.wait(10)
            yield loop
        finally:
            loop.call_soon_threadsafe(lives.cancel)
            asyncio.run_coroutine_threadsafe(asyncio.wait([lives]), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(timeout=10)
            loop.close()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """Of a server that knows of no packs, seen by an installer."""
    with served(tmp_path) as (_, url, claim):
        opened = browser.new_page(viewport=DESKTOP)
        opened.set_default_timeout(SCAN_MS)
        body = {"code": claim, "name": NAME, "password": PASSWORD}
        assert opened.request.post(f"{url}api/claim", data=body, headers=OURS).status == 201
        opened.goto(f"{url}?lang=en#/connect")
        yield opened
        opened.close()


def test_two_packs_with_one_address_are_found_put_right_and_connected(page: Page, tmp_path: Path) -> None:
    rack = Rack(tmp_path / "adapter", [1, 2, 3, 3])
    with rack.plugged() as loop:
        page.get_by_text("Another port").click()
        page.get_by_role("textbox", name="Device").fill(str(rack.link))
        page.get_by_label("Scan only this dialect and speed").check()
        page.get_by_role("button", name="Find the packs and connect").click()
        found = page.locator(".found")
        expect(found).to_contain_text(
            "Two packs answer as pack 3 (address 3) and garble each other. Only one pack may have this setting "
            "(switches 1 and 2 on); give the other the next free number.",
            timeout=SCAN_MS,
        )
        # A rack with a mistake in it is not connected by itself.
        assert page.request.get(page.url.split("?")[0] + "api/connection").json()["state"] == "virtual"
        page.get_by_role("link", name="The rack with its switches, and what to set").click()
        doubled = page.locator(".scan-slot.wrong")
        expect(doubled).to_contain_text("Address 3: two packs answer at once")
        expect(doubled).to_contain_text("Pack 4: set it to")
        assert doubled.locator("svg, .add").count() > 0

        loop.call_soon_threadsafe(rack.set_switches, 4, 4)
        page.get_by_role("link", name="Scan another port").click()
        page.get_by_role("button", name="Find the packs and connect").click()
        expect(page.locator("h1")).to_have_text("Communication Normal", timeout=SCAN_MS)
        expect(page.locator(".headline")).to_contain_text(
            f"Packs 1, 2, 3, and 4 answer on serial:{rack.link}.", timeout=SCAN_MS
        )
