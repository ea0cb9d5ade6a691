"""The command as a person runs it, in a process of its own; or within this one, which takes a tenth of the time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from queue import Empty, Queue
from tempfile import TemporaryFile
from typing import IO, Protocol

import pytest

from openress.cli.main import main
from tests import warmstart

REPOSITORY = Path(__file__).parent.parent
PATIENCE_S = 60.0
"""Never reached, also on a computer that is busy with something else; turns a hang into a failure."""
# An empty value counts as none: what is started hundreds of times may keep what it compiled.
ENVIRONMENT = {
    **os.environ,
    "PYTHONWARNINGS": "default",
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "",
}


def openress(
    *arguments: str, stdin: str | None = None, timeout_s: float = PATIENCE_S, cold: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a verb to its end; `cold` starts Python for it, as a person's computer does."""
    if warmstart.POSSIBLE and not cold:
        return _warm(arguments, stdin, timeout_s)
    return subprocess.run(
        [sys.executable, "-m", "openress", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        env=ENVIRONMENT,
    )


def _warm(arguments: Sequence[str], stdin: str | None, timeout_s: float) -> subprocess.CompletedProcess[str]:
    with TemporaryFile("w+") as given, TemporaryFile("w+") as out, TemporaryFile("w+") as err:
        given.write(stdin or "")
        given.seek(0)
        source = 0 if stdin is None else given.fileno()
        process = warmstart.fork(arguments, (source, out.fileno(), err.fileno()), ENVIRONMENT, Path.cwd())
        try:
            code = process.wait(timeout=timeout_s)
        finally:
            process.send_signal(signal.SIGKILL)
        return subprocess.CompletedProcess(arguments, code, printed(out), printed(err))


def printed(file: IO[str]) -> str:
    """What a process wrote into a file of ours."""
    file.seek(0)
    return file.read()


def here(*arguments: str, timeout_s: float = PATIENCE_S) -> subprocess.CompletedProcess[str]:
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


class Process(Protocol):
    """What a test does with a process, however it was started."""

    @property
    def pid(self) -> int: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def poll(self) -> int | None: ...
    def send_signal(self, number: int, /) -> None: ...


class Running:
    """A verb that runs until it is told to stop."""

    def __init__(self, process: Process, stdout: IO[str], stderr: IO[str]) -> None:
        self.process = process
        self.stdout = stdout
        self.stderr = stderr
        self.lines: Queue[str | None] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def line(self, timeout_s: float = PATIENCE_S) -> str:
        try:
            line = self.lines.get(timeout=timeout_s)
        except Empty:
            raise AssertionError("no line came, and it still runs") from None
        if line is None:
            code = self.process.wait(timeout=timeout_s)
            raise AssertionError(f"it ended with exit code {code}: {self.stderr.read()}")
        return line

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE_S)


@contextmanager
def running(*arguments: str) -> Iterator[Running]:
    (out, to_out), (err, to_err) = os.pipe(), os.pipe()
    with os.fdopen(out, encoding="utf-8") as stdout, os.fdopen(err, encoding="utf-8") as stderr:
        process = _started(arguments, to_out, to_err)
        os.close(to_out)
        os.close(to_err)
        try:
            yield Running(process, stdout, stderr)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(timeout=PATIENCE_S)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    process.wait()


def _started(arguments: Sequence[str], stdout: int, stderr: int) -> Process:
    if warmstart.POSSIBLE:
        return warmstart.fork(arguments, (0, stdout, stderr), ENVIRONMENT, Path.cwd())
    command = [sys.executable, "-m", "openress", *arguments]
    return subprocess.Popen(command, stdout=stdout, stderr=stderr, env=ENVIRONMENT)
