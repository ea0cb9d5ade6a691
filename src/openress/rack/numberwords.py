"""Numbers of packs in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["listed", "span"]


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def span(numbers: Sequence[int]) -> str:
    """`2`, `2 and 3`, `4 to 9`."""
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]} to {numbers[-1]}"
    return listed([str(number) for number in numbers])
