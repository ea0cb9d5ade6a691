"""Lines for a person who watches: what has changed and come to rest, not every step on the way."""

from __future__ import annotations

__all__ = ["Calm"]

AT_LEAST_EVERY_S = 30.0
"""What never comes to rest is told as often as this."""


class Calm:
    """Decides whether a line is worth printing."""

    def __init__(self) -> None:
        self._last = self._before = ""
        self._kind: object = None
        self._said_s: float | None = None

    def speaks(self, line: str, kind: object, now_s: float) -> bool:
        """Whether to print `line` now, being asked about once a second.

        A line of another kind is printed at once, another one of the same kind when it has stayed for a second.
        """
        changed, at_rest = line != self._last, line == self._before
        due = self._said_s is None or now_s - self._said_s >= AT_LEAST_EVERY_S
        self._before = line
        if not changed or (kind == self._kind and not at_rest and not due):
            return False
        self._last, self._kind, self._said_s = line, kind, now_s
        return True
