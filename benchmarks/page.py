"""What a reader waits for: how much a browser fetches, and how long until it shows the rack over the LAN."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.lan import household
from benchmarks.timing import report

__all__ = ["BROWSERS", "PHONE", "SLOWER", "main", "up", "who"]

REPEATS = 5
GOAL_S = 1.0
SLOWER = 4
"""How much slower the processor of an old phone is than this one."""
BROWSERS = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable")
PHONE = {"width": 390, "height": 844}
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def main() -> None:
    """Measure and print; the worst, because a person meets the worst, every time with nothing in the cache."""
    sizes = json.loads((Path(str(files("openress.web"))) / "static" / "sizes.json").read_text(encoding="utf-8"))
    report("the page, compressed", sizes["total_bytes"] / 1000, "kB", 250)
    report("of it before the first paint", sizes["first_paint_bytes"] / 1000, "kB", 65)
    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, BROWSERS)), None)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        with up() as near, household(near) as url:
            took = {slower: [_once(browser, url, slower) for _ in range(REPEATS)] for slower in (1, SLOWER)}
        for slower, seen in took.items():
            report(f"first paint over a LAN, {who(slower)}", max(first for first, _ in seen), "s", GOAL_S)
            report(f"the rack with its values over a LAN, {who(slower)}", max(filled for _, filled in seen), "s")
        browser.close()


@contextmanager
def up(*more: str) -> Iterator[str]:
    """A running virtual rack; gives the address of its page."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "openress.toml"
        config.write_text('[[links]]\nurl = "tcp-listen://127.0.0.1:0"\n')
        arguments = ["--config", str(config), "--data", folder, "--http", "127.0.0.1:0", "--no-browser", *more]
        command = [sys.executable, "-m", "openress", "up", *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield next(line.split()[1] for line in process.stdout or () if line.startswith("  page "))
            finally:
                process.send_signal(signal.SIGINT)


def who(slower: int) -> str:
    """How fast a processor the browser is given."""
    return "this computer" if slower == 1 else f"a processor {slower} times slower"


def _once(browser: Browser, url: str, slower: int) -> tuple[float, float]:
    """Seconds to the first paint and to the first screen with values."""
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(url, wait_until="commit")
    page.locator("a.module").first.wait_for()
    filled_ms = page.evaluate("performance.now()")
    painted_ms = page.evaluate(PAINTED)
    context.close()
    return painted_ms / 1000, filled_ms / 1000
