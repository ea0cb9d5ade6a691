"""Numbers that files may hold and nobody can reckon with: TOML has nan and inf, so does the JSON of many programs."""

from __future__ import annotations

import math

from openress.errors import ParameterError

__all__ = ["check_finite"]


def check_finite(content: object, *, name: str) -> None:
    """Refuse a file in which a number is no number or has no end.

    Args:
        content: what was read: tables, lists and values in one another.
        name: of the file, as its reader knows it.

    Raises:
        ParameterError: it has one; the sentence has its place.
    """
    found = _odd(content, "")
    if found is not None:
        where, value = found
        raise ParameterError(f"{name}: {where or 'it'} is {value}; give a finite number.")


def _odd(content: object, where: str) -> tuple[str, float] | None:
    """Where the first such number is, and which."""
    if isinstance(content, float):
        return None if math.isfinite(content) else (where, content)
    if isinstance(content, dict):
        parts = [(f"{where}.{key}" if where else str(key), value) for key, value in content.items()]
    elif isinstance(content, list):
        parts = [(f"{where}[{place}]", value) for place, value in enumerate(content)]
    else:
        return None
    return next((found for place, value in parts if (found := _odd(value, place)) is not None), None)
