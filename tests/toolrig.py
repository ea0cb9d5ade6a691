"""The service tool in a browser: three packs that are connected, and an installer who is signed in."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browsing import PATIENCE_MS, chromium
from tests.pagerig import NAME, PASSWORD, Bench, bench

ALARM, PROTECT, RELEASE = "cell_ov_alarm_mv", "cell_ov_protect_mv", "cell_ov_release_mv"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Bench]:
    """Three packs, connected, and the account of an installer, made on the page."""
    with bench(tmp_path_factory.mktemp("tool"), packs=3) as made:
        first = made.person(browser)
        page = made.page(first, "#/account")
        page.get_by_role("button", name="Make the first account").click()
        page.get_by_label("Claim code").fill("AAAA-AAAA-AAAA")
        page.get_by_label("Name").fill(NAME)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Make the account").click()
        expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("The code is wrong")
        page.get_by_label("Claim code").fill(made.claim)
        page.get_by_role("button", name="Make the account").click()
        expect(page.locator("h1")).to_have_text(f"Signed in as {NAME}, installer")
        connect(made, first)
        first.close()
        yield made
    assert made.complaints == []


def connect(tool: Bench, person: BrowserContext) -> None:
    if tool.ask(person, "GET", "api/connection").json()["link"] != tool.line.link:
        body = {"link": tool.line.link, "addresses": [1, 2, 3]}
        assert tool.ask(person, "POST", "api/connection", body).ok


@pytest.fixture
def installer(tool: Bench, browser: Browser) -> Iterator[BrowserContext]:
    person = tool.person(browser)
    tool.sign_in(person)
    connect(tool, person)
    yield person
    person.close()


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def field(page: Page, label: str) -> Locator:
    return page.get_by_label(re.compile(rf"^New value of {label} in"))


def done(page: Page, text: str) -> None:
    expect(page.locator(".job.done")).to_contain_text(text)


def settings(tool: Bench, person: BrowserContext, pack: int = 1) -> Page:
    page = tool.page(person, f"#/settings/{pack}")
    expect(page.locator(".headline .note")).to_contain_text(f"VIRTUAL-000{pack}")
    return page
