"""Help for a mistyped name: the one that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["hint", "nearest"]


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Find the name that was probably meant; `None` when nothing is close. Upper and lower case are alike."""
    by_folded = {candidate.casefold(): candidate for candidate in names}
    matches = get_close_matches(name.casefold(), by_folded, n=1)
    return by_folded[matches[0]] if matches else None


def hint(name: str, names: Iterable[str]) -> str:
    """Say what could stand instead of `name`, to end an error's sentence: the nearest name, or all of them."""
    known = sorted(names)
    meant = nearest(name, known)
    if meant is not None:
        return f"did you mean {meant}?"
    return f"known: {', '.join(known)}." if known else "none is known."
