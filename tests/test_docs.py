"""The documentation is run: every `console` block of every page, and the pages made from tables are up to date."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from tests import warmstart
from tests.fixedports import USUAL, alone_at
from tests.processes import ENVIRONMENT, REPOSITORY, Process, printed

PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
QUOTED, SHELL = re.compile(r"'[^']*'"), re.compile(r"[|<>;&$`*?~\\]")
PORT = re.compile(r"(?:127\.0\.0\.1:|^port = |\\nport = )([1-9]\d{3})\b", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(#[^)]*)?\)")


def steps(block: str) -> list[tuple[str, str]]:
    """Commands and what they print."""
    found: list[tuple[str, str]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        else:
            command, output = found[-1]
            found[-1] = (command, output + line + "\n")
    return found


def prints(expected: str, printed: str) -> bool:
    return doctest.OutputChecker().check_output(expected, printed, doctest.ELLIPSIS)


def said(command: str, expected: str, folder: Path, environment: dict[str, str]) -> str:
    """What a command prints; one that sleeps first waits for something, and this computer may need longer for it."""
    late_s = time.monotonic() + 60
    while True:
        with TemporaryFile("w+") as sink:
            process = started(command, sink.fileno(), folder, environment)
            try:
                process.wait(timeout=60)
            finally:
                process.send_signal(signal.SIGKILL)
            told = printed(sink)
        if not command.startswith("sleep ") or prints(expected, told) or time.monotonic() > late_s:
            return told


def started(command: str, sink: int, folder: Path, environment: dict[str, str]) -> Process:
    """A command begins; one that needs nothing of a shell begins without one, which is quicker."""
    if warmstart.POSSIBLE and command.startswith("openress ") and not SHELL.search(QUOTED.sub("", command)):
        return warmstart.fork(shlex.split(command)[1:], (0, sink, sink), environment, folder)
    return subprocess.Popen(["/bin/sh", "-c", command], cwd=folder, env=environment, stdout=sink, stderr=sink)


@pytest.mark.skipif(sys.platform == "win32", reason="the commands are written for a POSIX shell")
@pytest.mark.parametrize("page", [p for p in PAGES if BLOCK.search(p.read_text())], ids=lambda p: p.name)
def test_commands_of_a_page_print_what_it_says(page: Path, tmp_path: Path) -> None:
    for example in (REPOSITORY / "docs" / "examples").iterdir():
        shutil.copy(example, tmp_path)
    environment = {**ENVIRONMENT, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    blocks = BLOCK.findall(page.read_text())
    with alone_at(ports(blocks, tmp_path)):
        run(blocks, tmp_path, environment)


def ports(blocks: list[str], folder: Path) -> set[int]:
    """The TCP ports that commands listen on: those they or the files they name speak of, or the usual one."""
    commands = [command for block in blocks for command, _ in steps(block)]
    named = [(folder / word).read_text() for line in commands for word in line.split() if (folder / word).is_file()]
    found = {int(port) for text in [*commands, *named] for port in PORT.findall(text)}
    usual = any(" up " in command and "--config" not in command for command in commands)
    return found | {USUAL} if usual else found


def run(blocks: list[str], tmp_path: Path, environment: dict[str, str]) -> None:
    background: list[Process] = []
    try:
        for block in blocks:
            for command, expected in steps(block):
                if command.endswith(" &"):
                    log = tmp_path / f"background-{len(background)}"
                    with log.open("wb") as sink:
                        background.append(started(command[:-2], sink.fileno(), tmp_path, environment))
                    deadline = time.monotonic() + 60
                    while "Ctrl-C stops." not in (told := log.read_text()) and time.monotonic() < deadline:
                        time.sleep(0.05)
                else:
                    told = said(command, expected, tmp_path, environment)
                assert prints(expected, told), f"{command}\nexpected:\n{expected}\nprinted:\n{told}"
    finally:
        for process in background:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)


def test_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "docs" / "build.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target, _ in LINK.findall(page.read_text()):
        assert (page.parent / target).exists(), target


def test_readme_names_the_two_commands() -> None:
    text = (REPOSITORY / "README.md").read_text()
    assert "make run" in text
    assert "make test" in text
