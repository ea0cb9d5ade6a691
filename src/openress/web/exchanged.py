"""Whether the packs that are connected are those of before: told by the link, and better by the packs themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from openress.model import Freshness

__all__ = ["UNKNOWN_AFTER_S", "Exchange", "Exchanges", "behind"]

UNKNOWN_AFTER_S = 30.0
"""Packs that tell no serial number within so long tell none at all; those told for so long are who is there."""
_NAMED = 3
"""Serial numbers in a sentence."""


def behind(snapshot: Mapping[str, Any]) -> str | None:
    """Which packs a snapshot is about, in words; `None` where none are connected."""
    if snapshot.get("virtual"):
        return "the virtual rack"
    return (snapshot.get("connection") or {}).get("link") or None


@dataclass(frozen=True, slots=True)
class Exchange:
    """Other packs are connected.

    Attributes:
        now: who is there, in words.
        before: who was.
        virtual: one of them is simulated, and is kept apart from real packs anyhow.
    """

    now: str
    before: str
    virtual: bool = False


class Exchanges:
    """Machine that is shown every snapshot.

    A rack is another one when none of its packs was there before: a pack that is added, taken away or replaced leaves
    it the same. Where packs tell no serial number, another link is another rack.

    Args:
        serials: of the real packs that were there last.

    Attributes:
        unsure: whether nobody knows at present whose values these are.
    """

    def __init__(self, serials: Iterable[str] = ()) -> None:
        self.unsure = False
        self._known = frozenset(serials)
        self._link: str | None = None
        self._came_from: str | None = None
        self._since_s: float | None = None
        self._there: frozenset[str] = frozenset()
        self._there_s = 0.0

    def see(self, snapshot: Mapping[str, Any]) -> Exchange | None:
        """The exchange that a snapshot shows, when it is certain."""
        now, at_s = behind(snapshot), float(snapshot["time_s"])
        if now is None:
            return None
        before, self._link = self._link, now
        real = not snapshot.get("virtual")
        if before not in (None, now):
            if not real or before == behind({"virtual": True}):
                self._came_from, self.unsure = None, False
                return Exchange(now, str(before), virtual=True)
            self._came_from = self._came_from or before
            self._since_s, self.unsure = None, True
        return self._real(snapshot, now, at_s) if real else None

    def _real(self, snapshot: Mapping[str, Any], link: str, at_s: float) -> Exchange | None:
        fresh = [p for p in snapshot["packs"].values() if p.get("freshness") == Freshness.FRESH.value]
        there = frozenset(str(pack["serial"]) for pack in fresh if pack.get("serial"))
        if there != self._there:
            self._there, self._there_s = there, at_s
        before, came_from = self._known, self._came_from
        if there and before.isdisjoint(there):
            self._known, self._came_from, self.unsure = there, None, False
            if not before and came_from is None:
                return None
            return Exchange(_words(there) if came_from is None else link, came_from or _words(before))
        if there:
            self._came_from, self.unsure = None, False
            if at_s - self._there_s >= UNKNOWN_AFTER_S:
                self._known = before | there
            return None
        if came_from is not None and fresh:
            self._since_s = at_s if self._since_s is None else self._since_s
            if at_s - self._since_s >= UNKNOWN_AFTER_S:
                self._known, self._came_from, self.unsure = frozenset(), None, False
                return Exchange(link, came_from)
        return None


def _words(serials: frozenset[str]) -> str:
    names = sorted(serials)
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"
