"""A running `openress up` for the tests: where its page and links are."""

from __future__ import annotations

import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.processes import Running, running

ANY = "127.0.0.1:0"


@dataclass
class Up:
    """A running `openress up`: where its page and links are."""

    battery: Running
    lines: list[str]

    @property
    def url(self) -> str:
        return self._named(r"  page  (https?://\S+/)")

    @property
    def tcp(self) -> tuple[str, int]:
        host, _, port = self._named(r"  link  tcp-listen://(\S+)").rpartition(":")
        return host, int(port)

    def _named(self, pattern: str) -> str:
        found = [match[1] for line in self.lines if (match := re.fullmatch(pattern, line))]
        assert len(found) == 1, self.lines
        return found[0]

    def get(self, path: str = "api/snapshot") -> dict[str, Any]:
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:  # noqa: S310  # our own address
            read: dict[str, Any] = json.load(answer)
        return read

    def stop(self) -> str:
        """Ctrl-C; what was written on stderr, save that the flight recorder has kept something."""
        assert self.battery.stop() == 0
        return self.told()

    def told(self) -> str:
        lines = self.battery.stderr.read().splitlines(keepends=True)
        return "".join(line for line in lines if "see `openress incident show" not in line)


def arguments(tmp_path: Path, *more: str, links: str = "") -> list[str]:
    """A configuration whose links are pseudo-terminal `rack` and any free TCP port."""
    config = tmp_path / "openress.toml"
    if not config.exists():
        pty = f'[[links]]\nurl = "pty:{tmp_path / "rack"}"\n' if sys.platform != "win32" else ""
        config.write_text(f'{links or pty}[[links]]\nurl = "tcp-listen://{ANY}"\n')
    given = [*more]
    for option, value in (("--http", ANY), ("--data", str(tmp_path / "data")), ("--config", str(config))):
        if option not in given:
            given += [option, value]
    return ["up", "--no-browser", *given]


@contextmanager
def up(tmp_path: Path, *more: str, links: str = "") -> Iterator[Up]:
    with running(*arguments(tmp_path, *more, links=links)) as battery:
        lines = [battery.line()]
        while lines[-1] != "Ctrl-C stops.":
            lines.append(battery.line())
        yield Up(battery, lines)


def config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text)
    return path
