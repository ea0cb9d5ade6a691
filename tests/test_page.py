"""The page in a real browser, on top of a running `openress up`."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import DESKTOP, PATIENCE_MS
from tests.shownpage import AXE_TOLD, PHONE, WCAG, browser, opened, url

__all__ = ["browser", "opened", "url"]

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(sys.platform == "win32", reason="the tests stop and kill the server with POSIX signals"),
]

STATIC = Path(str(files("openress.web") / "static"))
SCREENS = (
    "#/",
    "#/pack",
    "#/pack/1",
    "#/balance",
    "#/health",
    "#/history",
    "#/history/packs",
    "#/history/cells/1",
    "#/incidents",
    "#/logs",
    "#/gateway",
    "#/protocol",
    "#/connect",
    "#/scan",
    "#/commission",
    "#/settings",
    "#/system",
    "#/links",
    "#/drills",
    "#/account",
    "#/tools",
    "#/help",
)
"""Where every place of the page can be seen."""


def modules(page: Page) -> list[str]:
    return page.locator("a.module").all_inner_texts()


def test_four_packs_live(opened: Callable[..., Page], url: str) -> None:
    page = opened(url)
    expect(page.locator("a.module")).to_have_count(4)
    expect(page).to_have_title(re.compile("OpenRESS"))
    for number, charge in enumerate((80, 60, 40, 20), start=1):
        module = page.locator("a.module").nth(number - 1)
        expect(module).to_contain_text(re.compile(rf"{charge}\.\d|{charge - 1}\.\d"))
        expect(module).to_have_attribute("data-fresh", "fresh")
    before = modules(page)
    page.wait_for_function(
        "before => [...document.querySelectorAll('a.module')].some((m, i) => m.innerText !== before[i])",
        arg=before,
        timeout=PATIENCE_MS,
    )
    assert len(modules(page)) == 4
    expect(page.locator(".banner")).to_have_count(0)
    # It is nobody's real battery, and the page says so.
    expect(page.locator(".virtual").first).to_be_visible()


def test_a_pack_opens_by_click(opened: Callable[..., Page], url: str) -> None:
    page = opened(url)
    page.locator("a.module").nth(2).click()
    expect(page).to_have_url(re.compile(r"#/pack/3$"))
    expect(page).to_have_title(re.compile(r"^Pack 3"))
    expect(page.locator("main")).to_contain_text("VIRTUAL-0003")
    page.go_back()
    expect(page.locator("a.module")).to_have_count(4)


def test_a_pack_opens_by_keyboard(opened: Callable[..., Page], url: str) -> None:
    page = opened(url)
    focused = "document.activeElement.className"
    for _ in range(40):
        page.keyboard.press("Tab")
        if "module" in page.evaluate(focused):
            break
    assert "module" in page.evaluate(focused)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#/pack/2$"))
    expect(page.locator("main")).to_contain_text("VIRTUAL-0002")
    # The title follows when the screen is complete, with its keys.
    expect(page).to_have_title(re.compile(r"^Pack 2"))
    page.keyboard.press("ArrowRight")
    expect(page.locator("main")).to_contain_text("VIRTUAL-0003")
    expect(page).to_have_title(re.compile(r"^Pack 3"))
    page.keyboard.press("Escape")
    expect(page.locator("a.module")).to_have_count(4)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_every_screen_fits_in_light_and_dark(
    opened: Callable[..., Page], url: str, look: str, size: dict[str, int]
) -> None:
    page = opened(url, viewport=size, color_scheme=look)
    for screen in SCREENS:
        show(page, screen)
        sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert sideways <= 0, screen
    ground, ink = page.evaluate(
        "['backgroundColor', 'color'].map(name => getComputedStyle(document.documentElement)[name])"
        ".map(text => text.match(/[\\d.]+/g).slice(0, 3).map(Number).reduce((sum, part) => sum + part, 0))"
    )
    assert (ground < ink) is (look == "dark")


NARROW = {"width": 320, "height": 640}
"""A screen of 1280 at 400 %: WCAG 2.2, 1.4.10."""
LEAST_PX = 24
"""WCAG 2.2, 2.5.8."""
SMALL = """least => [...document.querySelectorAll('.topbar a, .foot a, a.aside, .block-foot a, label.aside')]
    .filter(one => one.checkVisibility())
    .map(one => [one.innerText, one.getBoundingClientRect()])
    .filter(([, box]) => box.height < least || box.width < least)
    .map(([text, box]) => `${text} ${box.width}x${box.height}`)"""
UNDER_THE_BAR = """() => {
    const [at, bar] = [document.activeElement, document.querySelector('.rail').getBoundingClientRect()];
    return !at.closest('.rail') && at.getBoundingClientRect().top >= bar.top - 1 ? at.outerHTML.slice(0, 200) : null;
}"""


@pytest.mark.req("REQ-001")
def test_on_a_narrow_screen_nothing_is_cut_small_or_under_the_bar(opened: Callable[..., Page], url: str) -> None:
    page = opened(url, viewport=NARROW)
    told = {"name": "wilhelmine", "role": "viewer", "recent_s": 0, "ends_s": None, "claimed": True}
    page.route("**/api/me", lambda route: route.fulfill(json=told))
    page.reload()
    expect(page.locator(".who")).to_be_visible()
    for screen in ("#/", "#/balance", "#/health", "#/history", "#/help"):
        show(page, screen)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, screen
        assert page.evaluate(SMALL, LEAST_PX) == [], screen
    # The last of them is long: what the keyboard comes to can be seen.
    for _ in range(24):
        page.keyboard.press("Tab")
        assert page.evaluate(UNDER_THE_BAR) is None


def show(page: Page, screen: str) -> None:
    """Go to a screen and wait until it is there with its charts."""
    page.evaluate("screen => { location.hash = screen }", screen)
    page.wait_for_function(
        "screen => location.hash === screen && document.querySelector('main h1')"
        " && !document.querySelector('main [aria-busy]')",
        arg=screen,
        timeout=PATIENCE_MS,
    )


@pytest.mark.parametrize(("look", "size"), [("light", DESKTOP), ("dark", PHONE)], ids=["light desktop", "dark phone"])
def test_every_screen_is_accessible(
    opened: Callable[..., Page], url: str, axe: str, look: str, size: dict[str, int]
) -> None:
    page = opened(url, viewport=size, color_scheme=look)
    page.evaluate(axe)
    for screen in SCREENS:
        show(page, screen)
        found = page.evaluate(f"async rules => (await axe.run({{runOnly: rules}})).violations.map({AXE_TOLD})", WCAG)
        assert found == [], screen


@pytest.fixture(scope="module")
def axe() -> str:
    """The checker, as `python hatch_build.py check` installs it."""
    path = Path(__file__).parents[1] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("axe-core is not installed: `python hatch_build.py check` does that")
        pytest.skip(
            "NOT CHECKED for accessibility, because axe-core is not installed: run `python hatch_build.py check`, "
            "which installs it into ui/node_modules (CI=true makes this a failure)"
        )
    return path.read_text(encoding="utf-8")


def test_the_page_speaks_four_languages_and_remembers_the_choice(opened: Callable[..., Page], url: str) -> None:
    page = opened(url, locale="de-CH")
    assert page.evaluate("document.documentElement.lang") == "de"
    expect(page.locator(".rail-groups a").first).to_have_text("Übersicht")
    said = {page.locator("main h1").inner_text()}
    for language, overview in (("es", "Resumen"), ("zh", "总览"), ("en", "Overview")):
        page.locator("select.language").select_option(language)
        expect(page.locator(".rail-groups a").first).to_have_text(overview)
        expect(page.locator("a.module")).to_have_count(4)
        said.add(page.locator("main h1").inner_text())
    assert len(said) == 4
    page.reload()
    expect(page.locator(".rail-groups a").first).to_have_text("Overview")
    page.goto(f"{url}?lang=zh")
    expect(page.locator(".rail-groups a").first).to_have_text("总览")
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"


def test_every_place_can_be_reached_by_keyboard(opened: Callable[..., Page], url: str) -> None:
    page = opened(url)
    there = page.locator(".rail-groups a").count()
    reached = set()
    for _ in range(there + 3):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "(at => at.closest('.rail-groups') && getComputedStyle(at).outlineStyle !== 'none' ? at.href : null)"
            "(document.activeElement)"
        )
        reached.add(seen)
    assert len(reached - {None}) == there
    # The address of each leads to a screen with a heading of its own.
    assert {str(place).rpartition("#")[2] for place in reached - {None}} <= {screen[1:] for screen in SCREENS}


def test_nothing_moves_for_those_who_ask_for_none(opened: Callable[..., Page], url: str) -> None:
    page = opened(url, reduced_motion="reduce")
    moving = page.evaluate("document.getAnimations().filter(one => one.playState === 'running').length")
    assert moving == 0


def test_the_page_is_small_and_its_first_paint_smaller() -> None:
    sizes = json.loads((STATIC / "sizes.json").read_text(encoding="utf-8"))
    assert sizes["total_bytes"] <= 250_000
    assert sizes["first_paint_bytes"] <= 65_000
    scripts = [name for name in sizes["first_paint"] if name.endswith(".js")]
    assert any(name.startswith("assets/app-") for name in scripts)
    assert any(name.startswith("assets/overview-") for name in scripts)
    # Charts and other screens come later.
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    for later in ("chart", "balance", "help", "de"):
        (name,) = [name for name in sizes["files"] if name.startswith(f"assets/{later}-")]
        assert name not in sizes["first_paint"]
        assert name not in page
    assert all(name in page for name in scripts)
