"""The page in a real browser: a server that is gone, a full rack on a phone, and the help."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browsing import PATIENCE_MS
from tests.shownpage import PHONE, browser, opened, up, url

__all__ = ["browser", "opened", "url"]

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(sys.platform == "win32", reason="the tests stop and kill the server with POSIX signals"),
]

STALE_WITHIN_S = 3.0
"""A page may show values of a server that is gone for so long, and not longer."""
MARGIN_S = 10.0
"""For a machine that has other things to do."""
FRESH_VALUES = """[...document.querySelectorAll('main .num:not(.absent)')]
    .filter(value => value.closest('[data-fresh]')?.dataset.fresh === 'fresh').length"""


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL], ids=["stopped", "killed"])
def test_a_server_that_is_gone_makes_the_page_stale_until_it_is_back(
    opened: Callable[..., Page], tmp_path: Path, number: signal.Signals
) -> None:
    with up(tmp_path) as (battery, address):
        page = opened(address, lost=True)
        expect(page.locator(".banner")).to_have_count(0)
        page.wait_for_function(f"() => {FRESH_VALUES} > 0", timeout=PATIENCE_MS)
        battery.process.send_signal(number)
        expect(page.locator(".banner")).to_be_visible(timeout=1000 * (STALE_WITHIN_S + MARGIN_S))
        # Not one value may look as if it were live.
        page.wait_for_function(f"() => {FRESH_VALUES} === 0", timeout=1000 * MARGIN_S)
        expect(page.locator("a.module").first).to_have_attribute("data-fresh", "stale")
        if number is signal.SIGSTOP:
            battery.process.send_signal(signal.SIGCONT)
            back(page)
            return
        battery.process.wait(timeout=20)
        with up(tmp_path, address.removeprefix("http://").rstrip("/"), "--packs", "3"):
            back(page)
            # It shows the rack that is there now.
            expect(page.locator("a.module")).to_have_count(3)


def back(page: Page) -> None:
    expect(page.locator(".banner")).to_have_count(0, timeout=PATIENCE_MS)
    page.wait_for_function(f"() => {FRESH_VALUES} > 0", timeout=PATIENCE_MS)


def test_a_full_rack_on_a_phone(opened: Callable[..., Page], tmp_path: Path) -> None:
    with up(tmp_path, "127.0.0.1:0", "--packs", "15") as (_, address):
        page = opened(address, viewport=PHONE)
        expect(page.locator("a.module")).to_have_count(15)
        page.locator("a.module").last.click()
        expect(page.locator("main")).to_contain_text("VIRTUAL-0015")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        # Before its server ends, or it complains that there is none.
        page.close()


LAMPS_DRAWN = """[...document.querySelectorAll('.legend .lamps')]
    .map(row => [...row.querySelectorAll('.lamp')].map(lamp => lamp.dataset.mode).join(' '))"""


@pytest.mark.req("REQ-001")
def test_the_help_speaks_the_language_of_the_page_and_marks_what_it_cannot(
    opened: Callable[..., Page], url: str
) -> None:
    page = opened(url, viewport=PHONE, lost=True, locale="es-ES")
    page.route("**/api/help?*", lambda route: route.abort())
    page.evaluate("location.hash = '#/help'")
    english = page.locator(".guides summary").first
    expect(english).to_have_attribute("lang", "en")
    page.unroute("**/api/help?*")
    # Who comes back to the screen asks again.
    page.evaluate("location.hash = '#/links'")
    expect(english).to_have_count(0)
    page.evaluate("location.hash = '#/help'")
    expect(page.locator(".guides summary").first).to_have_text("Peligros y cómo evitarlos")
    assert page.evaluate("[...document.querySelectorAll('main [lang]')].filter(e => e.lang !== 'es').length") == 0
    page.get_by_role("searchbox").fill("descarga electrica")
    expect(page.locator(".found li").first).to_have_text("Una batería puede causar una descarga eléctrica.")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.req("REQ-001", "REQ-095")
def test_the_help_is_searched_decodes_lamps_and_draws_a_rack(opened: Callable[..., Page], url: str) -> None:
    page = opened(url, viewport=PHONE, lost=True)
    page.evaluate("location.hash = '#/help'")
    page.get_by_role("searchbox").fill("ovp charge")
    expect(page.locator(".found summary").first).to_have_text("Cell over voltage")
    assert page.evaluate(LAMPS_DRAWN) == [
        "off off off off off off",
        "flash1 off on on on off",
        "flash1 flash3 on on on off",
        "on off on on flash2 off",
        "on flash3 on on flash2 off",
        "on off on on on on",
        "off off off off off off",
        "on off on on on off",
        "on flash3 on on on off",
        "off off off off off off",
        "off on off off off off",
        "off on off off off off",
    ]
    page.locator(".decoder button").first.click()
    expect(page.locator(".decoder select").first).to_have_value("flash2")
    for index, mode in enumerate(("off", "on", "off", "off", "off", "off")):
        page.locator(".decoder select").nth(index).select_option(mode)
    expect(page.locator(".decoded h3")).to_have_text(
        [
            "charge, temperature / over-current / failure protection",
            "discharge, temperature / over-current / short circuit",
            "failure",
        ]
    )
    page.get_by_role("button", name="The battery does not charge").press("Enter")
    expect(page.locator(".tree h3")).to_be_focused()
    page.get_by_role("button", name="Charge over current").click()
    expect(page.locator(".tree")).to_contain_text("a discharge above 1 A; one minute")
    expect(page.locator(".drawing img")).to_have_count(3)
    page.wait_for_function("[...document.querySelectorAll('.drawing img')].every(image => image.naturalWidth > 0)")
    # A reason that comes when another inverter was chosen already is not told of that one.
    asked: list[Route] = []

    def hold(route: Route) -> None:
        """The picture is refused at once; who asks why waits."""
        asked.append(route)
        if len(asked) == 1:
            route.continue_()

    page.route(lambda address: "cable.svg" in address and "inverter=opti" in address, hold)
    page.locator("main").get_by_label("Inverter").select_option("opti")
    for _ in range(1000):
        if len(asked) == 2:
            break
        page.wait_for_timeout(20)
    page.locator("main").get_by_label("Inverter").select_option("sol-ark")
    expect(page.locator(".drawing img")).to_have_count(3)
    with page.expect_response(lambda answer: "inverter=opti" in answer.url and "cable.svg" in answer.url):
        asked[1].continue_()
    page.wait_for_timeout(100)
    expect(page.locator(".drawing img")).to_have_count(3)
    expect(page.locator(".not-drawn")).to_have_count(0)
    page.locator("main").get_by_label("Inverter").select_option("opti")
    expect(page.locator(".not-drawn")).to_contain_text("not published")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
