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
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from guidepast import keep_past
from playwright.sync_api import APIRequestContext, BrowserContext, sync_playwright

from openress.incidents.folder import FOLDER as FOLDER_OF_INCIDENTS
from openress.incidents.folder import IncidentFolder
from openress.incidents.incidentfile import from_bytes

__all__ = ["build", "page_html", "pictures", "registered", "sections"]

HERE = Path(__file__).parent
TEXT = HERE / "user-guide.md"
REGISTRY = HERE.parent / "ui" / "src" / "screens" / "registry.ts"
FOLDER = HERE.parent / "build" / "guide"
BROWSERS = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
CONFIG = """\
[http]
port = 0
[[links]]
url = "tcp-listen://127.0.0.1:0"
[gateway]
inverter = "victron"
"""
BEFORE_PCT = [60.0, 58.0, 56.0, 59.0]
"""Charge of the packs when their past begins."""
PLACES = {"overview": "#/", "pack": "#/pack/1"}
"""Addresses that are not simply the name of the screen."""
PRESSED = {"history": "button:text-is('24 h')", "incidents": ".incident-list a"}
"""What is pressed on a screen before its picture is taken."""
SHOWN = {
    "overview": "a.module",
    "pack": ".plot canvas",
    "history": ".plot canvas",
    "incidents": "input[type=range]",
    "logs": ".tool-table tbody tr",
    "commission": ".step-refused",
}
"""What a picture is about: without it none is taken."""
NOBODYS = {"account"}
"""Screens that are shown as they are before anybody has signed in."""
READ = ("api/packs/1/parameters/read", "api/packs/1/system/read", "api/packs/1/logs/read", "api/scan")
"""What is asked of the first pack and of the line, so that the pictures show values."""
COMMISSION = (
    ("", {"battery": "syscom-a5l-51v2", "packs": 4, "inverter": "victron", "site": "Mill Lane 4"}),
    ("/step", {"key": "safety", "confirmed": True}),
    ("/step", {"key": "part-numbers", "part_numbers": ["A5L-5120", "A5L-5120", "A5L-5100", "A5L-5120"]}),
)
"""What a commissioning is told, up to a step that is refused."""
NAME, PASSWORD = "ines", "only for these pictures"
OURS = {"X-OpenRESS": "1"}
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


def _keep_incident(folder: Path) -> None:
    """What the flight recorder makes of a plug that is pulled, where a rack keeps its incidents."""
    made = folder / "made.json.gz"
    drill = [sys.executable, "-m", "openress", "drill", "pull-plug", "--incident", str(made)]
    subprocess.run(drill, check=True, stdout=subprocess.DEVNULL, cwd=folder)  # noqa: S603  our own program
    content = made.read_bytes()
    IncidentFolder(folder / "data" / FOLDER_OF_INCIDENTS).write(from_bytes(content, made.name).about.id, content)


@contextmanager
def rack(folder: Path) -> Iterator[tuple[str, str]]:
    """A running rack with a past and an incident; gives the address of its page and the code for its first account."""
    (folder / "openress.toml").write_text(CONFIG, encoding="utf-8")
    given = ["--config", str(folder / "openress.toml"), "--data", str(folder / "data")]
    (folder / "data").mkdir(mode=0o700)
    keep_past(folder / "data", BEFORE_PCT)
    _keep_incident(folder)
    process = subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-m", "openress", "up", "--no-browser", *given], stdout=subprocess.PIPE, text=True, cwd=folder
    )
    try:
        address = claim = None
        for line in process.stdout or ():
            found = re.search(r"page  (http://\S+)", line)
            address = address if found is None else found[1]
            found = re.search(r"claim code is (\S+)", line)
            claim = claim if found is None else found[1]
            if line.startswith("Ctrl-C"):
                break
        if address is None or claim is None:
            sys.exit("`openress up` has not started: see what it says above.")
        yield address, claim
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()


def sign_in(request: APIRequestContext, address: str, claim: str) -> None:
    """Make the first account; who it is comes with every request and page of the same context."""
    body = {"code": claim, "name": NAME, "password": PASSWORD}
    answer = request.post(f"{address}api/claim", data=body, headers=OURS)
    if not answer.ok:
        sys.exit(f"The first account could not be made: {answer.text()}")


def read_all(request: APIRequestContext, address: str) -> None:
    """Ask the first pack for all that the pictures show of it, one job after another."""
    for path in READ:
        answer = request.post(f"{address}{path}", data={}, headers=OURS)
        if not answer.ok:
            sys.exit(f"{path} could not begin: {answer.text()}")
        job = answer.json()
        until_s = time.monotonic() + PATIENCE_MS / 1000
        while job["state"] == "running":
            if time.monotonic() > until_s:
                sys.exit(f"{path} has not ended: {job['doing']}")
            time.sleep(0.1)
            job = request.get(f"{address}api/jobs/{job['job']}").json()
        if job["state"] != "done":
            sys.exit(f"{path} failed: {job['sentence']}")


def begin_commissioning(request: APIRequestContext, address: str) -> None:
    """Take a commissioning to a step that is refused."""
    for way, body in COMMISSION:
        answer = request.post(f"{address}api/commissioning{way}", data=body, headers=OURS)
        if not answer.ok:
            sys.exit(f"The commissioning could not go on: {answer.text()}")


def shoot(person: BrowserContext, address: str, name: str, file: Path) -> None:
    """Take one picture, as somebody sees it."""
    screen, *ways = name.split("-")
    width, height = PHONE if "phone" in ways else DESKTOP
    page = person.new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if "dark" in ways else "light")
    page.goto(f"{address.rstrip('/')}/{PLACES.get(screen, f'#/{screen}')}")
    page.locator("main#content").first.wait_for(timeout=PATIENCE_MS)
    if screen in PRESSED:
        page.locator(PRESSED[screen]).first.click(timeout=PATIENCE_MS)
    page.locator(SHOWN.get(screen, "main#content h1")).first.wait_for(timeout=PATIENCE_MS)
    page.wait_for_timeout(SETTLES_MS)
    if "phone" not in ways:
        # A window as high as the page, so that what stays in view while one scrolls is where it belongs.
        whole = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(height, whole)})
    page.screenshot(path=file)
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
    with tempfile.TemporaryDirectory() as own, rack(Path(own)) as (address, claim), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        nobody, installer = browser.new_context(locale="en"), browser.new_context(locale="en")
        # The first account is made while a picture of its making can still be taken.
        for name in sorted(wanted, key=lambda name: name not in NOBODYS):
            if name not in NOBODYS and not installer.cookies():
                sign_in(installer.request, address, claim)
                read_all(installer.request, address)
                begin_commissioning(installer.request, address)
            shoot(nobody if name in NOBODYS else installer, address, name, folder / f"{name}.png")
        browser.close()
    (folder / "index.html").write_text(page_html(text, wanted), encoding="utf-8")
    return wanted


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    print(f"{target / 'index.html'}: {len(build(target))} pictures")
