"""Builds the user guide with pictures of a running rack: `python docs/guide.py [FOLDER]`, usually `build/guide`.

The text is `user-guide.md`; a picture in it is named `SCREEN`, `SCREEN-dark` or `SCREEN-phone`. Screens that this page
does not have yet keep their text and get no picture. Needs the developer's packages and Chromium or Chrome.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

__all__ = ["build", "page_html", "pictures", "registered", "sections"]

HERE = Path(__file__).parent
TEXT = HERE / "user-guide.md"
REGISTRY = HERE.parent / "ui" / "src" / "screens" / "registry.ts"
FOLDER = HERE.parent / "build" / "guide"
BROWSERS = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
CONFIG = """\
[rack]
soc_pct = [80, 78, 76, 79]
[http]
port = 0
[gateway]
inverter = "victron"
"""
PLACES = {"overview": "#/", "pack": "#/pack/1"}
"""Addresses that are not simply the name of the screen."""
PHONE, DESKTOP = (390, 844), (1280, 900)
PATIENCE_MS = 30_000
SETTLES_MS = 2500
"""Until the first values of a screen have come and stand still."""
_SECTION = re.compile(r"^<!-- screen: (\w+) -->\n## (.+)$", re.MULTILINE)
_PICTURE = re.compile(r"^!\[([^\]]+)\]\(picture:([\w-]+)\)$", re.MULTILINE)
_REGISTERED = re.compile(r"^  (\w+): \(\) => import\(", re.MULTILINE)
STYLE = """\
:root{color-scheme:light dark}body{font:16px/1.55 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
img{max-width:100%;border:1px solid #8888;border-radius:6px}figure{margin:1rem 0}figcaption{font-size:.85em;opacity:.8}
h2{margin-top:2.5rem}code{font-size:.9em}nav a{margin-right:.8em}
"""


def registered(registry: str) -> list[str]:
    """The screens of the page's registry, in its order."""
    return _REGISTERED.findall(registry)


def sections(text: str) -> dict[str, str]:
    """The title of every screen's section."""
    return dict(_SECTION.findall(text))


def pictures(text: str) -> dict[str, str]:
    """The pictures that a text asks for, with what they show in words."""
    return {name: shows for shows, name in _PICTURE.findall(text)}


@contextmanager
def rack(folder: Path) -> Iterator[str]:
    """A running rack; gives the address of its page."""
    (folder / "openress.toml").write_text(CONFIG, encoding="utf-8")
    given = ["--config", str(folder / "openress.toml"), "--data", str(folder / "data")]
    process = subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-m", "openress", "up", "--no-browser", *given], stdout=subprocess.PIPE, text=True, cwd=folder
    )
    try:
        address = None
        for line in process.stdout or ():
            found = re.search(r"page  (http://\S+)", line)
            address = address if found is None else found[1]
            if line.startswith("Ctrl-C"):
                break
        if address is None:
            sys.exit("`openress up` has not started: see what it says above.")
        yield address
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()


def shoot(browser: Browser, address: str, name: str, file: Path) -> None:
    """Take one picture."""
    screen, *ways = name.split("-")
    width, height = PHONE if "phone" in ways else DESKTOP
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme="dark" if "dark" in ways else "light", locale="en"
    )
    page.goto(f"{address.rstrip('/')}/{PLACES.get(screen, f'#/{screen}')}")
    page.locator("main#content").first.wait_for(timeout=PATIENCE_MS)
    page.wait_for_timeout(SETTLES_MS)
    page.screenshot(path=file, full_page="phone" not in ways)
    page.close()


def page_html(text: str, have: Collection[str]) -> str:
    """The guide as a page; `have` are the pictures that were taken."""
    names = {title: screen for screen, title in sections(text).items()}
    text = re.sub(r"^<!--.*-->\n", "", text, flags=re.MULTILINE)
    links = "".join(f'<a href="#{screen}">{html.escape(title)}</a> ' for title, screen in names.items())
    parts = [_block(block, names, have) for block in re.split(r"\n{2,}", text.strip())]
    parts.insert(1, f"<nav>{links}</nav>")
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>OpenRESS: user guide</title><style>{STYLE}</style>\n" + "\n".join(parts) + "\n</html>\n"
    )


def _block(block: str, names: dict[str, str], have: Collection[str]) -> str:
    picture = _PICTURE.match(block)
    if picture is not None:
        shows, name = html.escape(picture[1]), picture[2]
        image = f'<img src="{name}.png" alt="{shows}" loading="lazy">'
        return f"<figure>{image}<figcaption>{shows}</figcaption></figure>" if name in have else ""
    head, _, rest = block.partition("\n")
    if head.startswith("## "):
        title = head.removeprefix("## ")
        return f'<h2 id="{names.get(title, "")}">{html.escape(title)}</h2>' + (
            f"<p>{_inline(rest)}</p>" if rest else ""
        )
    if head.startswith("# "):
        return f"<h1>{html.escape(head.removeprefix('# '))}</h1>"
    if head.startswith("- "):
        items = re.split(r"^- ", block, flags=re.MULTILINE)[1:]
        return "<ul>" + "".join(f"<li>{_inline(item)}</li>" for item in items) + "</ul>"
    return f"<p>{_inline(block)}</p>"


def _inline(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text.strip(), quote=False))


def build(folder: Path, only: Collection[str] | None = None) -> list[str]:
    """Write the guide into `folder`; gives the names of its pictures.

    Args:
        folder: made if need be.
        only: take these pictures alone; all when `None`.
    """
    text, screens = TEXT.read_text(encoding="utf-8"), registered(REGISTRY.read_text(encoding="utf-8"))
    wanted = [name for name in pictures(text) if name.split("-")[0] in screens and (only is None or name in only)]
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        sys.exit(f"No browser on PATH: none of {', '.join(BROWSERS)}.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as own, rack(Path(own)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for name in wanted:
            shoot(browser, address, name, folder / f"{name}.png")
        browser.close()
    (folder / "index.html").write_text(page_html(text, wanted), encoding="utf-8")
    return wanted


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    print(f"{target / 'index.html'}: {len(build(target))} pictures")
