"""What a reader feels: whether a full rack whose values all change every second is drawn without a hitch."""

from __future__ import annotations

import shutil

from playwright.sync_api import Browser, sync_playwright

from benchmarks.page import BROWSERS, PHONE, SLOWER, up, who
from benchmarks.timing import report

__all__ = ["main"]

MOST_PACKS = 15
"""The address switches reach so far; each pack has 16 cells and tells something new every second."""
WATCHED_MS = 20_000
FRAME_GOAL_MS, TASK_GOAL_MS = 34.0, 50.0
"""One frame of sixty a second may be missed; a task of 50 ms is what browsers themselves call long."""
WATCH = """(for_ms) => new Promise(done => {
    const frames = [], tasks = [0], began = performance.now()
    const observer = new PerformanceObserver(list => list.getEntries().forEach(one => tasks.push(one.duration)))
    observer.observe({type: 'longtask'})
    let before = began
    const frame = now => {
        frames.push(now - before)
        before = now
        if (now - began < for_ms) return requestAnimationFrame(frame)
        observer.disconnect()
        frames.sort((one, other) => one - other)
        done([frames[Math.floor(frames.length * 0.99)], frames[frames.length - 1], Math.max(...tasks), frames.length])
    }
    requestAnimationFrame(frame)
})"""


def main() -> None:
    """Measure and print."""
    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, BROWSERS)), None)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        with up("--packs", str(MOST_PACKS)) as url:
            for screen, shows in (("#/", "a.module"), ("#/balance", ".around")):
                for slower in (1, SLOWER):
                    _smooth(browser, f"{url}{screen}", shows, slower)
        browser.close()


def _smooth(browser: Browser, url: str, shows: str, slower: int) -> None:
    """How evenly a phone draws a full rack whose values all change every second."""
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(url)
    page.locator(shows).nth(MOST_PACKS - 1).wait_for()
    page.wait_for_timeout(3000)
    slow_ms, worst_ms, task_ms, frames = page.evaluate(WATCH, WATCHED_MS)
    context.close()
    what = f"{MOST_PACKS} packs, {url.rpartition('#/')[2] or 'overview'}, {who(slower)}"
    report(f"{what}: 99 of 100 frames", slow_ms, "ms", FRAME_GOAL_MS)
    report(f"{what}: slowest of {frames}", worst_ms, "ms")
    report(f"{what}: longest task, 0 below {TASK_GOAL_MS:g}", task_ms, "ms", TASK_GOAL_MS)
