"""What is said on a line where nobody is recognised, so that a person can show it to somebody who may know."""

from __future__ import annotations

__all__ = ["KEEPS", "UNKNOWN_AFTER_S", "Overheard"]

UNKNOWN_AFTER_S = 10.0
"""Every known inverter is recognised within three polls, which take a few seconds."""
KEEPS = 65536
"""Bytes that are kept until then."""


class Overheard:
    """Machine that holds what was heard until it is clear that it is nobody we know, and then lets it go."""

    def __init__(self) -> None:
        self._held: list[tuple[float, bytes]] = []
        self._size = 0
        self._first_s: float | None = None

    def take(self, data: bytes, now_s: float, *, known: bool) -> list[tuple[float, bytes]]:
        """Take what came in; gives what is to be recorded, with its times. Nothing while somebody is `known`."""
        if known:
            self._forget()
            self._first_s = None
            return []
        if self._first_s is None:
            self._first_s = now_s
        if self._size + len(data) <= KEEPS:
            self._held.append((now_s, data))
            self._size += len(data)
        if now_s - self._first_s < UNKNOWN_AFTER_S:
            return []
        found = self._held
        self._forget()
        return found

    def _forget(self) -> None:
        self._held, self._size = [], 0
