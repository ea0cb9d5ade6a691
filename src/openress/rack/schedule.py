"""Whom to ask next: those that answer in every round, the silent ones ever more rarely."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

__all__ = ["BACK_OFF_S", "LOOK_EVERY_S", "LOUD_EVERY_S", "Schedule"]

BACK_OFF_S = (0.0, 0.0, 2.0, 5.0, 10.0, 20.0, 30.0)
"""Wait after that many rounds without an answer: two are excused, as a pack counts for 10 s after its last word."""
LOUD_EVERY_S = 2.0
"""An address from which damaged answers come is not silent: somebody is there, and what is wrong must be told soon."""
LOOK_EVERY_S = 60.0
"""An address at which nobody was ever heard is looked at so often: a pack may be added while the rack runs."""


@dataclass(slots=True)
class _Row:
    known: bool
    silent: int = 0
    due_s: float = 0.0


class Schedule:
    """Machine that says who is asked in a round.

    Of those that are not expected to answer only one is asked in each round, so that a round is never longer than by
    one time of waiting.

    Args:
        numbers: all that can be asked.
    """

    __slots__ = ("_rows",)

    def __init__(self, numbers: Collection[int]) -> None:
        self._rows = {number: _Row(known=False) for number in sorted(numbers)}

    def know(self, numbers: Collection[int], now_s: float) -> None:
        """These belong to the rack; the others are looked at from time to time, one after the other."""
        for place, (number, row) in enumerate(self._rows.items(), start=1):
            row.known = number in numbers
            row.silent = 0
            row.due_s = now_s if row.known else now_s + LOOK_EVERY_S * place / len(self._rows)

    def answered(self, number: int) -> None:
        """A pack has answered."""
        row = self._rows[number]
        row.known, row.silent, row.due_s = True, 0, 0.0

    def silent(self, number: int, now_s: float, *, loud: bool = False) -> None:
        """A pack was asked in vain; `loud` when damaged answers came."""
        row = self._rows[number]
        row.silent += 1
        wait_s = BACK_OFF_S[min(row.silent, len(BACK_OFF_S) - 1)]
        wait_s = min(wait_s, LOUD_EVERY_S) if loud else wait_s
        # At an address where nobody is known, what comes may be a late answer to somebody else's question.
        row.due_s = now_s + (wait_s if row.known else LOOK_EVERY_S)

    def forget(self, number: int, now_s: float) -> None:
        """A pack has been taken away."""
        row = self._rows[number]
        row.known, row.silent, row.due_s = False, 0, now_s + LOOK_EVERY_S

    def tries(self, number: int, usual: int) -> int:
        """How often to put a question: once to those that did not answer the last time."""
        row = self._rows[number]
        return usual if row.known and row.silent == 0 else 1

    def round(self, now_s: float) -> list[int]:
        """Whom to ask in a round that begins now."""
        regular = [n for n, row in self._rows.items() if row.known and row.silent < 2]
        others = [(row.due_s, n) for n, row in self._rows.items() if n not in regular and row.due_s <= now_s]
        return regular + [number for _, number in sorted(others)[:1]]
