"""What a dialect provides, imported when it is used: all of them would slow every start."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from openress.protocols.base import Parts

__all__ = ["parts_at"]


def parts_at(module: str, name: str = "PARTS") -> Callable[[], Parts]:
    """Gives the `Parts` called `name` of a module below `openress.protocols`, once it is called."""

    def load() -> Parts:
        parts: Parts = getattr(import_module(f"openress.protocols.{module}"), name)
        return parts

    return load
