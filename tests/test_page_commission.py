"""An installer with a phone commissions the virtual rack: stopped where something is wrong, then on again."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from openress.web.commissioning import Commissioning
from tests.browsing import PATIENCE_MS, chromium
from tests.shownpage import AXE_TOLD, WCAG
from tests.test_page_new_user import Racks

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(sys.platform == "win32", reason="the other racks of these tests need pseudo-terminals"),
]

NARROW = {"width": 320, "height": 640}
RACK = '[rack]\nsoc_pct = [98.5, 30, 98.5]\n[load]\nkind = "constant"\ncurrent_a = 0\n'
AXE = Path(__file__).parents[1] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
OURS = {"X-OpenRESS": "1"}


@pytest.fixture
def racks(tmp_path: Path) -> Iterator[Racks]:
    made = Racks(tmp_path)
    yield made
    made.close()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def step(page: Page, title: str) -> None:
    """The step is there, and who listens or uses the keyboard is at its title."""
    expect(page.locator("main h1")).to_contain_text(title)
    expect(page.locator("main h1")).to_be_focused()


def narrow(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def sound(page: Page) -> None:
    narrow(page)
    if AXE.is_file():
        page.evaluate(AXE.read_text(encoding="utf-8"))
        told = f"async rules => (await axe.run({{runOnly: rules}})).violations.map({AXE_TOLD})"
        assert page.evaluate(told, WCAG) == []


def test_a_rehearsal_stops_at_the_pack_that_is_not_full(racks: Racks) -> None:
    app = racks.start("commission", f'{RACK}[[links]]\nurl = "tcp-listen://127.0.0.1:0"\n')
    desk = next(one for one in app.followers if isinstance(one, Commissioning)).desk
    claim = re.search(r"claim code is (\S+)", " ".join(app.door.told))
    assert claim is not None
    with chromium() as browser:
        page = browser.new_page(viewport=NARROW)
        page.set_default_timeout(PATIENCE_MS)
        account = {"code": claim[1], "name": "ines", "password": "gelbe gurken im juni"}
        assert page.request.post(f"{app.door.url}api/claim", data=account, headers=OURS).ok
        page.goto(f"{app.door.url}?lang=en#/commission")
        expect(page.locator("main")).to_contain_text("this will be a rehearsal")
        page.get_by_label("Packs", exact=True).fill("3")
        press(page, "Begin")
        expect(page.locator("main h1")).to_have_text("Step 1 of 14 Safety")
        press(page, "Done, go on")
        step(page, "Part numbers")
        for pack in (1, 2, 3):
            page.get_by_label(f"Part number of pack {pack}").fill("A5L-5120")
        page.keyboard.press("Enter")
        step(page, "Address switches")
        expect(page.locator(".step-switches svg")).to_have_count(3)
        press(page, "Every breaker is off")
        expect(page.locator(".step-wait")).to_be_visible()
        expect(page.get_by_role("button", name="All switches are set")).to_have_attribute("aria-disabled", "true")
        narrow(page)
        # As if it had waited: the page counts on what the server says.
        assert desk._off_s is not None
        desk._off_s -= 20.0
        page.reload()
        press(page, "All switches are set")
        step(page, "Pack 1 alone")
        press(page, "Look at pack 1 now")
        step(page, "Pack 2 alone")
        press(page, "Look at pack 2 now")
        expect(page.locator(".step-refused")).to_contain_text("Pack 2 is at 30 %: charge it alone to 56 V")
        sound(page)
        page.get_by_text("Pass it all the same").click()
        page.get_by_label("Reason").fill("only a rehearsal")
        press(page, "Pass for this reason")
        step(page, "Pack 3 alone")
        page.get_by_text("5 steps done").click()
        expect(page.locator(".commission-steps")).to_contain_text("Passed against a refusal: only a rehearsal")
        page.locator("select.language").select_option("de")
        expect(page.locator("main h1")).to_have_text("Schritt 6 von 14 Pack 3 allein")
        expect(page.locator(".step-lines")).to_contain_text("Nichts als Pack 3 anschließen")
