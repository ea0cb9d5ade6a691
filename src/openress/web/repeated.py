"""Refusals that come again and again: the first is noted at once, those after it together, lest they fill it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

__all__ = ["EVERY_S", "Deed", "Repeated"]

EVERY_S = 10.0
"""So long are refusals that are alike gathered."""
_KEPT = 512
"""Kinds of refusals at once; with more the oldest is told early."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody did or tried.

    Attributes:
        who: tried it.
        action: method and path.
        result: how it went.
        origin: from where.
        detail: what the route noted.
    """

    who: str
    action: str
    result: str
    origin: str
    detail: str

    def together(self, more: int, over_s: float) -> Deed:
        """The row that stands for `more` of them; the detail is that of the last."""
        seconds = max(1, round(over_s))
        if not self.detail:
            return replace(self, detail=f"{more} more within {seconds} s")
        return replace(self, detail=f"{more} more within {seconds} s, the last {self.detail}")


@dataclass(slots=True)
class _Row:
    first_s: float
    last_s: float
    last: Deed
    more: int = 0


class Repeated:
    """Counts refusals of one kind: the same person, the same action, the same result."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str], _Row] = {}

    @property
    def waiting(self) -> bool:
        """Whether some were counted that are noted nowhere yet."""
        return any(row.more for row in self._rows.values())

    def is_first(self, deed: Deed, now_s: float) -> bool:
        """Whether a refusal is the first of its kind and to be noted; any other is counted. See `over` before it."""
        key = (deed.who, deed.action, deed.result)
        row = self._rows.get(key)
        if row is None:
            self._rows[key] = _Row(now_s, now_s, deed)
            return True
        row.more, row.last_s, row.last = row.more + 1, now_s, deed
        return False

    def over(self, now_s: float, *, everything: bool = False) -> Iterator[Deed]:
        """Take the rows whose time is over, or all; those that only came once were noted already."""
        for key, row in list(self._rows.items()):
            if everything or now_s - row.first_s >= EVERY_S or len(self._rows) > _KEPT:
                if row.more:
                    yield row.last.together(row.more, row.last_s - row.first_s)
                # What is asked for early goes on being counted, from here.
                if everything and now_s - row.first_s < EVERY_S:
                    row.more = 0
                else:
                    del self._rows[key]
