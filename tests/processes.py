"""The command as a person runs it, in a process of its own; or within this one, which takes a tenth of the time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from queue import Empty, Queue

import pytest

from openress.cli.main import main

REPOSITORY = Path(__file__).parent.parent
# An empty value counts as none: what is started hundreds of times may keep what it compiled.
ENVIRONMENT = {
    **os.environ,
    "PYTHONWARNINGS": "default",
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "",
}


def openress(*arguments: str, stdin: str | None = None, timeout_s: float = 30) -> subprocess.CompletedProcess[str]:
    """Run a verb to its end."""
    return subprocess.run(
        [sys.executable, "-m", "openress", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        env=ENVIRONMENT,
    )


def here(*arguments: str, timeout_s: float = 30) -> subprocess.CompletedProcess[str]:
    """Run a verb to its end in this process; there is no terminal."""
    out, err, before = StringIO(), StringIO(), sys.argv
    sys.argv = ["openress", *arguments]
    try:
        with redirect_stdout(out), redirect_stderr(err), _at_most(timeout_s), pytest.raises(SystemExit) as end:
            main()
    finally:
        sys.argv = before
    code = end.value.code
    assert isinstance(code, int)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """A verb that goes on is a failure, as it is in a process; Windows has no alarm and waits."""
    if sys.platform == "win32":
        yield
        return

    def late(*_: object) -> None:
        raise TimeoutError(f"it still runs after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Running:
    """A verb that runs until it is told to stop."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: Queue[str | None] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def line(self, timeout_s: float = 20) -> str:
        try:
            line = self.lines.get(timeout=timeout_s)
        except Empty:
            raise AssertionError("no line came, and it still runs") from None
        if line is None:
            assert self.process.stderr is not None
            code = self.process.wait(timeout=timeout_s)
            raise AssertionError(f"it ended with exit code {code}: {self.process.stderr.read()}")
        return line

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=20)


@contextmanager
def running(*arguments: str) -> Iterator[Running]:
    process = subprocess.Popen(
        [sys.executable, "-m", "openress", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    try:
        yield Running(process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()
