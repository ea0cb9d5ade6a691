"""The page on a hard day: no server, a session that has ended, colours of the reader's own, somebody else's link."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import DESKTOP, PATIENCE_MS, chromium
from tests.pagerig import NAME, PASSWORD, served
from tests.processes import Running

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(sys.platform == "win32", reason="the server is stopped with POSIX signals"),
    pytest.mark.soak,
    pytest.mark.req("REQ-001"),
]

OURS = {"X-OpenRESS": "1"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[tuple[Running, str]]:
    """A server with its first account."""
    with served(tmp_path_factory.mktemp("home")) as (server, url, claim):
        person = browser.new_context()
        body = {"code": claim, "name": NAME, "password": PASSWORD}
        assert person.request.post(f"{url}api/claim", data=body, headers=OURS).status == 201
        person.close()
        yield server, url


def opened(browser: Browser, url: str, screen: str = "#/", *, signed_in: bool = False, **options: object) -> Page:
    person = browser.new_context(**({"viewport": DESKTOP, "locale": "en"} | options))  # type: ignore[arg-type]
    person.set_default_timeout(PATIENCE_MS)
    if signed_in:
        body = {"name": NAME, "password": PASSWORD}
        assert person.request.post(f"{url}api/login", data=body, headers=OURS).ok
    page = person.new_page()
    page.goto(f"{url}{screen}")
    expect(page.locator("main h1")).to_be_visible(timeout=PATIENCE_MS)
    return page


def test_a_screen_that_was_not_fetched_comes_when_the_server_is_back(
    home: tuple[Running, str], browser: Browser
) -> None:
    server, url = home
    page = opened(browser, url)
    expect(page.locator("a.module").first).to_be_visible()
    server.process.send_signal(signal.SIGSTOP)
    try:
        expect(page.locator(".banner")).to_be_visible()
        page.route("**/assets/health-*.js", lambda route: route.abort())
        page.evaluate("location.hash = '#/health'")
        # Nobody is led to a reload, which would take away what is known.
        expect(page.locator("main h1")).to_contain_text("comes by itself when the server is back")
        expect(page.locator("main button")).to_have_count(0)
    finally:
        page.unroute("**/assets/health-*.js")
        server.process.send_signal(signal.SIGCONT)
    expect(page.locator("main h1")).to_contain_text("capacity")
    page.context.close()


def test_every_screen_is_there_without_a_server(home: tuple[Running, str], browser: Browser) -> None:
    _, url = home
    page = opened(browser, url)
    with page.expect_response(re.compile(r"/assets/help-")):
        pass  # the last of them, where nobody has gone
    page.route("**/*", lambda route: route.abort())
    page.evaluate("location.hash = '#/help'")
    expect(page.locator(".decoder")).to_be_visible()
    page.context.close()


def test_the_time_that_is_shown_is_in_the_address(home: tuple[Running, str], browser: Browser) -> None:
    _, url = home
    page = opened(browser, url, "#/history")
    page.get_by_role("button", name="24 h").click()
    expect(page).to_have_url(re.compile(r"#/history\?last=86400$"))
    page.get_by_role("link", name="All packs").click()
    expect(page).to_have_url(re.compile(r"#/history/packs\?last=86400$"))
    page.reload()
    expect(page.get_by_role("button", name="24 h")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Earlier").click()
    expect(page).to_have_url(re.compile(r"\?from=\d+&to=\d+$"))
    shown = page.locator(".span-tools .note").inner_text()
    # Somebody else sees the same.
    other = opened(browser, url, page.url.partition("/#")[2].join(["#", ""]))
    expect(other.locator("main h1")).to_have_text("Packs compared")
    expect(other.locator(".span-tools .note")).to_contain_text(shown.split(",")[0][:30])
    # What was shown is no step back.
    page.go_back()
    expect(page.locator("main h1")).to_have_text("History of the rack")
    other.context.close()
    page.context.close()


def test_the_footer_leads_to_the_switch_of_the_pack_that_is_looked_at(
    home: tuple[Running, str], browser: Browser
) -> None:
    _, url = home
    page = opened(browser, url, "#/pack/3", signed_in=True, viewport=DESKTOP)
    page.locator(".foot a", has_text="Forced Shutdown").click()
    expect(page.locator("main h1")).to_have_text("System settings of pack 3")
    button = page.get_by_role("button", name="Forced Shutdown…")
    expect(button).to_be_in_viewport()
    expect(page.locator("#control-shutdown")).to_be_focused()
    page.context.close()


def test_who_has_been_signed_out_is_told_so_and_types_no_name_again(
    home: tuple[Running, str], browser: Browser
) -> None:
    _, url = home
    page = opened(browser, url, "#/settings/1", signed_in=True)
    expect(page.locator(".headline .note")).to_contain_text("Read at")
    page.context.clear_cookies()
    page.get_by_role("button", name="Read", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Your session has ended.")
    expect(dialog.get_by_label("Name")).to_have_value(NAME)
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_have_count(0)
    page.context.close()


def test_colours_of_the_readers_own_hide_no_lamp_bar_or_choice(home: tuple[Running, str], browser: Browser) -> None:
    _, url = home
    page = opened(browser, url, forced_colors="active")
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    def filled(what: str) -> str:
        expect(page.locator(what).first).to_be_visible()
        return str(page.evaluate("what => getComputedStyle(document.querySelector(what)).backgroundColor", what))

    for what in (".lamp[data-mode=on]", ".soc-bar > span", ".pack-column-body i", ".rail a[aria-current]"):
        assert filled(what) not in (ground, "rgba(0, 0, 0, 0)"), what
    page.evaluate("location.hash = '#/history'")
    assert filled(".segments [aria-pressed=true]") not in (
        ground,
        "rgba(0, 0, 0, 0)",
        filled(".segments button:not([aria-pressed=true])"),
    )
    page.context.close()
