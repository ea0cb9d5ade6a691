"""The user guide: a section for every screen, and a script that takes its pictures from a running rack."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.processes import REPOSITORY


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("guide", REPOSITORY / "docs" / "guide.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Run as a script, it finds what lies beside it.
    sys.path.insert(0, str(REPOSITORY / "docs"))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.pop(0)
    return module


guide = loaded()
TEXT = guide.TEXT.read_text(encoding="utf-8")


def test_every_screen_has_a_section_and_a_picture() -> None:
    screens = guide.registered(guide.REGISTRY.read_text(encoding="utf-8"))
    assert {"overview", "help"} < set(screens)
    sections = guide.sections(TEXT)
    assert [screen for screen in screens if screen not in sections] == []
    pictured = {name.split("-")[0] for name in guide.pictures(TEXT)}
    assert set(sections) == pictured
    # A section is of a place that the page knows, with a screen or not yet.
    places = (REPOSITORY / "ui" / "src" / "places.ts").read_text(encoding="utf-8")
    assert [screen for screen in sections if not re.search(rf"^  {screen}: {{ group:", places, re.MULTILINE)] == []


def test_a_picture_that_was_not_taken_leaves_no_hole() -> None:
    page = guide.page_html(TEXT, ["overview"])
    assert page.count("<img ") == 1
    assert re.search(r'<img src="overview.png" alt="The overview: [^"]+"', page)
    assert '<h2 id="gateway">Gateway</h2>' in page
    assert "picture:" not in page
    assert "<code>make guide</code>" in page
    assert page.count("<h2 ") == len(guide.sections(TEXT))


@pytest.mark.soak
@pytest.mark.skipif(sys.platform == "win32", reason="the script stops the server with a POSIX signal")
def test_the_script_takes_a_picture_from_a_running_rack(tmp_path: Path) -> None:
    if next(filter(None, map(shutil.which, guide.BROWSERS)), None) is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no browser on PATH; `.ci/run` installs one")
        pytest.skip("no browser on PATH; install Debian's package chromium, or Chrome")
    # The last two are taken only where there is a past and an incident in it to be seen.
    wanted = ["overview-phone", "history", "incidents"]
    assert guide.build(tmp_path / "guide", wanted) == wanted
    picture = (tmp_path / "guide" / "overview-phone.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == guide.PHONE[0]
    assert '<img src="overview-phone.png"' in (tmp_path / "guide" / "index.html").read_text(encoding="utf-8")
