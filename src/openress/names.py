"""Help for a misspelt name."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["nearest"]


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The valid name that `name` was probably meant to be, or `None` when nothing is close."""
    matches = get_close_matches(name, list(names), n=1)
    return matches[0] if matches else None
