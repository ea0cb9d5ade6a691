"""The audit: who did what, when and with which result, each entry sealed with the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["BEGINNING", "Entry", "first_broken", "seal"]

BEGINNING = "0" * 64
"""What the first entry is sealed with."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line.

    Attributes:
        number: counted from 1, without gaps.
        at_s: unix seconds.
        who: account; `console` for whoever sits at the computer itself; `anonymous`.
        origin: address of the caller; empty on the computer itself.
        action: what was asked for.
        detail: more of it: old and new values, names; never a secret.
        result: `done`, or why not.
        sealed: SHA-256 over the seal of the entry before and everything above.
    """

    number: int
    at_s: float
    who: str
    origin: str
    action: str
    detail: str
    result: str
    sealed: str = ""


def seal(before: str, entry: Entry) -> str:
    """The seal of an entry that follows one sealed with `before`."""
    content = [before, entry.number, entry.at_s, entry.who, entry.origin, entry.action, entry.detail, entry.result]
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def first_broken(entries: Iterable[Entry], before: str = BEGINNING) -> int | None:
    """Number of the first entry that was changed, or that others were taken out before; `None` when all fit.

    Args:
        entries: oldest first.
        before: seal of what came before the first of them.
    """
    number = None
    for entry in entries:
        if entry.sealed != seal(before, entry) or (number is not None and entry.number != number + 1):
            return entry.number
        before, number = entry.sealed, entry.number
    return None
