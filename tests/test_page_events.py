"""Drills and incidents on the page: run by a button, and gone through moment by moment."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from openress.incidents.folder import IncidentFolder
from openress.incidents.incidentfile import from_bytes
from openress.incidents.recorder import FOLDER
from tests.browsing import DESKTOP
from tests.pagerig import PASSWORD
from tests.processes import openress
from tests.test_page_new_user import VIRTUAL, Racks, browser, racks

__all__ = ["browser", "racks"]

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(sys.platform == "win32", reason="the wire to a simulated inverter is a pseudo-terminal"),
]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What the flight recorder makes of a plug that is pulled."""
    path = tmp_path_factory.mktemp("drill") / "drilled.json.gz"
    assert openress("drill", "pull-plug", "--incident", str(path)).returncode == 0
    return path.read_bytes()


@pytest.fixture
def page(racks: Racks, browser: Browser, recorded: bytes, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Of a rack with one incident, seen by an installer."""
    app = racks.start(request.node.name, VIRTUAL.format(soc=60, wants=-16, more=""))
    name = from_bytes(recorded, "drilled").about.id
    IncidentFolder(app.folder.path / FOLDER).write(name, recorded)
    opened = browser.new_page(viewport=DESKTOP)
    opened.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    claim = app.door.told[0].rsplit(" ", 1)[1]
    body = {"code": claim, "name": "ines", "password": PASSWORD}
    made = opened.request.post(f"{app.door.url}api/claim", data=body, headers={"X-OpenRESS": "1"})
    assert made.status == 201, made.text()
    opened.goto(f"{app.door.url}?lang=en")
    expect(opened.locator("main h1")).to_be_visible()
    yield opened
    opened.close()


def test_a_drill_is_run_and_its_verdict_read(page: Page) -> None:
    page.locator(".rail a", has_text="Drills").click()
    expect(page.locator(".drills-screen .virtual.big")).to_have_text("Virtual")
    cards = page.locator(".drill-list .drill")
    expect(cards).to_have_count(7)
    page.get_by_role("button", name="Run: Freeze the data").click()
    result = page.locator(".drill-result")
    expect(result.locator("#drill-said")).to_contain_text("Every safety invariant held.")
    verdicts = result.locator(".verdicts li")
    assert verdicts.count() >= 8
    assert all(text.endswith(": held") for text in verdicts.all_inner_texts())
    rows = result.locator("table tbody tr")
    few = rows.count()
    result.get_by_label("Every second").check()
    expect(rows.nth(few)).to_be_visible()
    assert rows.count() >= 75
    # The rack of the page has not noticed.
    page.locator(".rail a", has_text="Overview").first.click()
    expect(page.locator("main")).to_contain_text("Nothing needs attention")


def test_an_incident_is_gone_through_moment_by_moment(page: Page, tmp_path: Path) -> None:
    page.locator(".rail a", has_text="Incidents").click()
    expect(page.locator("main h1")).to_have_text("1 incident is kept.")
    page.locator(".incident-list a").click()
    slider = page.get_by_role("slider", name="Moment")
    began = slider.get_attribute("aria-valuetext")
    page.get_by_role("button", name="One second on").click()
    expect(slider).not_to_have_attribute("aria-valuetext", began or "")
    slider.fill("0")
    told_first = page.locator(".incident-grid").inner_text()
    mark = page.locator(".marks-block button.as-link").last
    mark.click()
    expect(slider).not_to_have_value("0")
    assert page.locator(".incident-grid").inner_text() != told_first
    with page.expect_download() as download:
        page.get_by_role("link", name="Download without serial numbers and addresses").click()
    path = tmp_path / "shared.json.gz"
    download.value.save_as(path)
    incident = from_bytes(path.read_bytes(), path.name)
    assert b"VIRTUAL-000" not in gzip.decompress(path.read_bytes())
    assert incident.about.id
