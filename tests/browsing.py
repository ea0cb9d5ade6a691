"""A browser for the tests that look at the page, and what happens where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

__all__ = ["DESKTOP", "PATIENCE_MS", "chromium"]

PATIENCE_MS = 20_000
DESKTOP = {"width": 1440, "height": 900}
_NAMES = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this computer; where there is none the tests are skipped, and in the integration they fail."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no browser on PATH: none of {', '.join(_NAMES)}; `.ci/run` installs one")
        pytest.skip("no browser on PATH; install Debian's package chromium, or Chrome")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield launched
        launched.close()
