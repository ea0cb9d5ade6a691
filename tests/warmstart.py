"""The command in a process of its own that need not import anything: it is forked off one that has.

Most of what a short run of the command costs is the start of Python and the import of the verb. A process stands by
that has imported every verb; asked over a socket, it forks one that takes over the files, folder, environment and
arguments it is given and runs the command as `python -m openress` does, to an exit code of its own. What is particular
to a start from nothing (the module that is run, what is printed while modules are imported, what a verb forgot to
import) is not tested so: `tests.processes.openress(..., cold=True)` starts that way.
"""

from __future__ import annotations

import atexit
import functools
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

__all__ = ["POSSIBLE", "Forked", "fork"]

POSSIBLE = sys.platform == "linux"
_LARGEST = 1 << 17


class Forked:
    """A process that was forked off for us: what `subprocess.Popen` tells of one.

    Attributes:
        pid: of the process.
        returncode: its exit code, negative for the signal that ended it; None while it runs.
    """

    def __init__(self, arguments: Sequence[str], told: socket.socket) -> None:
        self.returncode: int | None = None
        self._arguments = list(arguments)
        self._told = told
        self.pid = int(told.recv(64))

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended.

        Raises:
            subprocess.TimeoutExpired: it still runs.
        """
        if self.returncode is None:
            self._told.settimeout(timeout)
            try:
                self.returncode = int(self._told.recv(64))
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired(self._arguments, timeout or 0.0) from None
            self._told.close()
        return self.returncode

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        try:
            return self.wait(0.0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


def fork(arguments: Sequence[str], files: tuple[int, int, int], environment: Mapping[str, str], folder: Path) -> Forked:
    """Run the command; `files` are what it has as input, output and errors."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        order = json.dumps([list(arguments), dict(environment), str(folder)]).encode()
        assert len(order) < _LARGEST
        socket.send_fds(_standing_by(), [order], [*files, theirs.fileno()])
    return Forked(arguments, ours)


@functools.cache
def _standing_by() -> socket.socket:
    """Where to ask the process that has imported everything; it ends when nobody can ask it any more."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    # Threads of a numerical library would not be there after a fork.
    environment = {**os.environ, "PYTHONWARNINGS": "default", "PYTHONUNBUFFERED": "1", "OPENBLAS_NUM_THREADS": "1"}
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", __file__, str(theirs.fileno())], pass_fds=[theirs.fileno()], env=environment
        )

    def gone() -> None:
        ours.close()
        process.wait(timeout=20)

    atexit.register(gone)
    return ours


def _stand_by(asked: socket.socket) -> None:
    import importlib  # noqa: PLC0415  # only in the process that stands by

    from openress.cli.main import VERBS, main  # noqa: PLC0415

    for verb in VERBS:
        importlib.import_module(f"openress.cli.{verb.replace('-', '_')}")
    # What was imported stays: nothing of it is to be looked through, and so copied, in each process again.
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        order, files, _, _ = socket.recv_fds(asked, _LARGEST, 4)
        _bury()
        if not order:
            return
        if os.fork() == 0:
            break
        for file in files:
            os.close(file)
    asked.close()
    if (pid := os.fork()) != 0:
        _tell_end(pid, files)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    for file in files:
        os.close(file)
    arguments, environment, folder = json.loads(order)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["openress", *arguments]
    code: object = 0
    try:
        main()
    except SystemExit as end:
        code = end.code
    _leave(int(str(code)))


def _leave(code: int) -> NoReturn:
    """End as Python does, save that modules are not taken apart: most are not ours alone, unless we touch them."""
    threading._shutdown()  # type: ignore[attr-defined]  # there is no public name
    atexit._run_exitfuncs()  # there is no public name
    # What was left open complains when it is collected, as it does at the end of every process.
    gc.collect()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _bury() -> None:
    """Take notice of those whose process has ended; what they used counts as used by the tests."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def _tell_end(pid: int, files: Sequence[int]) -> NoReturn:
    """Tell the number of a process, and when it has ended its exit code."""
    for file in files[:3]:
        os.close(file)
    os.write(files[3], str(pid).encode())
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.write(files[3], str(code).encode())
    os._exit(0)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as questions:
        _stand_by(questions)
