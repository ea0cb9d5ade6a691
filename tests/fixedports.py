"""Tests that need a certain TCP port, one at a time: several workers, or several runs, share the computer's ports."""

from __future__ import annotations

import os
import random
import socket
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

__all__ = ["USUAL", "alone_at", "free_port"]

_OURS = range(20_000, 32_000)

USUAL = 4196
"""Where `openress up` listens when no configuration names a link."""


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port that nobody listens on, for a test that needs its number before it is used.

    None of those that systems give to who asks for any: between the asking and the use somebody else could be given it.
    """
    while True:
        with socket.socket(socket.AF_INET, kind) as probe, suppress(OSError):
            port = random.SystemRandom().choice(_OURS)  # several workers may have been given one seed
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def alone_at(ports: Iterable[int]) -> Iterator[None]:
    """Nobody else who asks for one of these ports runs until this is over; who has it is waited for."""
    with ExitStack() as held:
        # In order, so that two who want the same do not wait for each other.
        for port in sorted(set(ports)):
            path = Path(tempfile.gettempdir()) / f"openress-tests-{os.getuid()}-{port}.lock"
            lock = held.enter_context(path.open("w"))
            if sys.platform != "win32":
                import fcntl  # noqa: PLC0415  # not on Windows

                fcntl.flock(lock, fcntl.LOCK_EX)
        yield
