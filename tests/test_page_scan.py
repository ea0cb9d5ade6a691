"""A scan on the page: who is on the line of a virtual rack, how their switches stand, and where nobody answers."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from openress.model import RackSample
from openress.sites.virtual import VirtualSite
from tests.pagerig import PASSWORD
from tests.test_page import DESKTOP, NAMES
from tests.test_page_new_user import VIRTUAL, Racks, browser, racks

__all__ = ["browser", "racks"]

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(sys.platform == "win32", reason="the wire to a simulated inverter is a pseudo-terminal"),
    pytest.mark.skipif(not any(map(shutil.which, NAMES)), reason="no browser on PATH"),
]


@pytest.mark.req("REQ-191", "REQ-192")
def test_a_scan_shows_packs_with_their_switches_and_tells_a_gap(
    racks: Racks, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = racks.start("scan", VIRTUAL.replace("[rack]", "[rack]\npacks = 3").format(soc="80, 70, 60", wants=0, more=""))
    page = browser.new_page(viewport=DESKTOP)
    page.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    body = {"code": app.door.told[0].rsplit(" ", 1)[1], "name": "ines", "password": PASSWORD}
    assert page.request.post(f"{app.door.url}api/claim", data=body, headers={"X-OpenRESS": "1"}).status == 201
    # What the packs here speak, and where they may be; waiting for all others to answer would take half a minute.
    page.route("**/api/scan", lambda route: route.continue_(post_data={"dialects": ["pace"], "addresses": [1, 2, 3]}))
    page.goto(f"{app.door.url}?lang=en#/scan")
    expect(page.locator("main h1")).to_have_text("Who is on the line, and how their switches stand")
    site = app.current.site
    assert isinstance(site, VirtualSite)
    whole = site.live.rack

    def without_the_second() -> RackSample:
        now = whole()
        return replace(now, packs=tuple(pack for pack in now.packs if pack.pack != 2))

    monkeypatch.setattr(site.live, "rack", without_the_second)
    page.get_by_role("button", name="Scan the line", exact=True).click()
    expect(page.locator(".job.done")).to_be_visible()
    expect(page.locator("main h1")).to_have_text("2 packs answer. One thing is wrong.")
    places = page.locator(".scan-rack .scan-slot")
    expect(places).to_have_count(3)
    expect(places.nth(0)).to_contain_text("master")
    assert [re.findall(r"VIRTUAL-\d+", text) for text in places.all_inner_texts()] == [
        ["VIRTUAL-0001"],
        [],
        ["VIRTUAL-0003"],
    ]
    gap = page.locator(".scan-slot.wrong")
    expect(gap).to_contain_text("Address 2: nobody answers")
    # What whoever belongs there has to set.
    assert [picture.get_attribute("aria-label") for picture in page.locator(".scan-rack svg.add").all()] == [
        "ADD switch: 1 on, 2 off, 3 off, 4 off; address 1",
        "ADD switch: 1 off, 2 on, 3 off, 4 off; address 2",
        "ADD switch: 1 on, 2 on, 3 off, 4 off; address 3",
    ]
    expect(page.get_by_role("region", name="What is wrong")).to_contain_text("addresses follow one another")
    page.locator("select.language").select_option("es")
    expect(gap).to_contain_text("2")
    expect(gap).not_to_contain_text("nobody answers")
    page.close()
