"""What is being said of each kind, with its age; a kind that has missed a few of its periods is said no more."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["MISSED", "Lately"]

Key = TypeVar("Key", bound=Hashable)
What = TypeVar("What")

LONGEST_S = 30.0
"""A pause that is longer is an interruption and no period."""
MISSED = 3.0
"""After so many of its periods without being said, a kind is not said any more."""


@dataclass(frozen=True, slots=True)
class _Said(Generic[What]):
    what: What
    at_s: float
    period_s: float


class Lately(Generic[Key, What]):
    """Machine that remembers the last word of every kind.

    Args:
        period_s: of a kind that has been said once, and the shortest of all.
    """

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._said: dict[Key, _Said[What]] = {}

    def note(self, key: Key, what: What, now_s: float) -> None:
        """A word of this kind is said; the pause since the last one is its period."""
        before = self._said.get(key)
        pause_s = 0.0 if before is None else now_s - before.at_s
        self._said[key] = _Said(what, now_s, max(self._period_s, pause_s if pause_s <= LONGEST_S else 0.0))

    def words(self, now_s: float) -> tuple[tuple[What, float], ...]:
        """The last word of every kind that is still said, with its age in seconds, in order of first saying."""
        return tuple((said.what, now_s - said.at_s) for said in self._said.values() if not _gone(said, now_s))

    def clear(self) -> None:
        """Forget everything."""
        self._said.clear()


def _gone(said: _Said[What], now_s: float) -> bool:
    return now_s - said.at_s > MISSED * said.period_s
