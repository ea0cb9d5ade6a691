"""Packs that answer on a pseudo-terminal, and the commands that speak to them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.processes import here, openress, running


class Bench:
    """Packs that answer, and the commands that speak to them.

    Commands run in this process, which is quicker by all that a start costs; `apart` runs one in a process of its own.
    """

    def __init__(self, folder: Path, dialect: str = "pace", line: Path | None = None) -> None:
        self.line, self.data, self.dialect = line or folder / "line", folder / "data", dialect

    def arguments(self, *words: str) -> list[str]:
        verb, *rest = words
        at = 1 if verb in ("params", "logs") else 0
        where = [f"serial:{self.line}"]
        options = ["--dialect", self.dialect, "--data", str(self.data)]
        return [verb, *rest[:at], *where, *rest[at:], *options]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return here(*self.arguments(*words))

    def apart(self, *words: str) -> subprocess.CompletedProcess[str]:
        return openress(*self.arguments(*words))

    def done(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout

    def values(self) -> dict[str, float]:
        read: dict[str, float] = json.loads(here(*self.arguments("params", "read", "--json")).stdout)["values"]
        return read

    def journal(self) -> str:
        return here("params", "journal", "--data", str(self.data)).stdout


@contextmanager
def bench(folder: Path, *options: str, dialect: str = "pace") -> Iterator[Bench]:
    made = Bench(folder, dialect)
    folder.mkdir(exist_ok=True)
    with running("serve", dialect, f"pty:{made.line}", *options) as battery:
        battery.line()
        yield made
