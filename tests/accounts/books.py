"""A book of accounts with a clock and a chance that tests have in hand."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openress.accounts import AccountBook, Ledger

PASSWORD = "gelbe gurken im juni"  # noqa: S105  # of a test
OTHER = "rote rueben im oktober"


class Clock:
    """Stands until it is moved."""

    def __init__(self, now_s: float = 1_000_000.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s


@contextmanager
def book_in(folder: Path, clock: Clock | None = None, seed: int = 1) -> Iterator[AccountBook]:
    ledger = Ledger(folder / "accounts.db")
    try:
        yield AccountBook(ledger, clock_s=clock or Clock(), random=random.Random(seed).randbytes)
    finally:
        ledger.close()


__all__ = ["OTHER", "PASSWORD", "Clock", "book_in"]
