"""A capture of what an inverter that nobody recognises asks, in a file of bounded size that a person can share."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from openress.capturefile import NOT_KNOWN, Capture
from openress.ports import Direction, RecordedChunk

__all__ = ["MOST_BYTES", "NAME", "UnknownPolls"]

NAME = "unknown-inverter.txt"
MOST_BYTES = 262_144
"""Hours of polls of the usual kind; whoever reads it needs some minutes."""


class UnknownPolls:
    """Writes the file once there is something to write, anew in every run.

    Args:
        folder: where it goes.
        say: told where it is, in a sentence.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._path = (folder / NAME).absolute()
        self._say = say
        self._file: TextIO | None = None
        self._began_s = 0.0
        self._size = 0
        self._ended = False

    @property
    def path(self) -> Path | None:
        """Of the file, once there is one."""
        return self._path if self._size else None

    def take(self, at_s: float, data: bytes) -> None:
        """Write what was heard at `at_s`; beyond the bound, and after a disk has failed, nothing more."""
        if self._ended:
            return
        try:
            self._write(at_s, data)
        except OSError as error:
            self._end()
            self._say(f"What the inverter asks cannot be recorded in {self._path}: {error.strerror or error}.")

    def _write(self, at_s: float, data: bytes) -> None:
        if self._file is None:
            self._file = self._path.open("w", encoding="ascii", buffering=1)
            self._began_s = at_s
            start = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
            head = Capture({"link": "serial", "direction": NOT_KNOWN, "start": start}).text()
            self._size = self._file.write(head)
            self._say(
                f"Nobody known here asks like this inverter. What it asks is recorded in {self._path}: show that file "
                "to whoever makes the battery or the inverter, or choose a dialect to try."
            )
        line = f"{RecordedChunk(max(0.0, at_s - self._began_s), Direction.RECEIVED, data)}\n"
        if self._size + len(line) > MOST_BYTES:
            self._end()
            return
        self._size += self._file.write(line)

    def _end(self) -> None:
        self._ended = True
        self.close()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
