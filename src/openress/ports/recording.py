"""What every recording of a link has: lines of a time, a direction and what passed, and a disk that may be full.

Seconds since the recording began, then the direction, then what passed. The direction is seen from the owner of the
recorded port: `>` went out of it, `<` came into it. A recording made at a battery and one made at its inverter
therefore show the same with opposite marks.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Protocol, TypeVar

from openress.errors import FrameError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["Direction", "RecordSink", "Recording", "line_of", "lines_of"]

_LINE = re.compile(r"([0-9]{1,12}(?:\.[0-9]+)?)\s+([<>])\s+(\S.*)")

T = TypeVar("T")


class Direction(Enum):
    """Which way something went, seen from the owner of the recorded port."""

    SENT = ">"
    RECEIVED = "<"


class RecordSink(Protocol):
    """Where lines go: a text file (opened with buffering=1, so that a crash loses nothing) or the like."""

    def write(self, text: str, /) -> object:
        """Keep a line."""
        ...


class Recording:
    """Writes lines as things pass. When the sink fails (a full disk) it ends, and the traffic goes on.

    Args:
        sink: takes each line.
        clock: seconds that never run backwards, from any starting point.

    Attributes:
        failure: of the sink.
    """

    __slots__ = ("_began_s", "_clock", "_sink", "failure")

    def __init__(self, sink: RecordSink, clock: Callable[[], float]) -> None:
        self._sink = sink
        self._clock = clock
        self._began_s = clock()
        self.failure: OSError | None = None

    def note(self, direction: Direction, passed: str) -> None:
        """Write down what passes now."""
        if self.failure:
            return
        try:
            self._sink.write(f"{line_of(self._clock() - self._began_s, direction, passed)}\n")
        except OSError as error:
            self.failure = error


def line_of(at_s: float, direction: Direction, passed: str) -> str:
    """One line, without its end."""
    return f"{at_s:.6f} {direction.value} {passed}"


def lines_of(lines: Iterable[str], read: Callable[[str], T], form: str) -> Iterator[tuple[float, Direction, T]]:
    """Read a recording; empty lines and lines that begin with `#` say nothing.

    Args:
        lines: of the recording.
        read: what passed; raises `FrameError`.
        form: what a line must read, for whoever wrote another.

    Raises:
        ParameterError: a line is not of this form; the sentence gives its number, counted from 1.
    """
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            at_s, direction, passed = _parts(text, form)
            found = read(passed)
        except FrameError as error:
            raise ParameterError(f"Line {number} of the recording is {text[:60]!r}: {error}.") from None
        yield at_s, direction, found


def _parts(text: str, form: str) -> tuple[float, Direction, str]:
    match = _LINE.fullmatch(text)
    if match is None:
        raise FrameError(f"it must read {form}")
    return float(match[1]), Direction(match[2]), match[3]
