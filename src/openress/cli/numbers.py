"""The type of options and arguments that are numbers: between bounds or not, and never nan or without end."""

from __future__ import annotations

import math
from typing import Any

import click

__all__ = ["Finite"]


class Finite(click.FloatRange):
    """As `click.FloatRange`, which takes `nan` as lying between any bounds, and `inf` where one is missing."""

    name = "float"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number."""
        if isinstance(value, str | float) and not self._finite(value):
            self.fail(f"{value} is no number to reckon with; give a finite one.", param, ctx)
        found: float = super().convert(value, param, ctx)
        return found

    def _describe_range(self) -> str:
        """What the help says of the bounds; without any the base class would print that there is none."""
        return "" if self.min is None and self.max is None else super()._describe_range()

    @staticmethod
    def _finite(value: str | float) -> bool:
        try:
            return math.isfinite(float(value))
        except ValueError:
            # The base class says what is wrong with a word.
            return True
