"""An event loop whose time is made: where it would wait, it goes on at once and its clock has moved.

So the services that run a real rack run a drill of two minutes within a second or two, the same way each time.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from openress.errors import StateError

__all__ = ["FastLoop", "run_fast"]

T = TypeVar("T")


class _NoWaiting(selectors.DefaultSelector):
    """Looks whether there is something to read, and lets the time pass that it should have waited."""

    passed_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready; nothing is waited for."""
        events = super().select(0)
        if not events and timeout is None:
            raise StateError("Nothing will ever happen: every task waits for another.")
        if not events and timeout:
            self.passed_s += timeout
        return events


class FastLoop(asyncio.SelectorEventLoop):
    """Everything that uses the loop's time (sleeping, time-outs, `loop.time`) runs in made time.

    Only what stays within the process can run here: another process cannot be waited for in made time.
    """

    def __init__(self) -> None:
        self._made = _NoWaiting()
        super().__init__(self._made)

    def time(self) -> float:
        """Seconds that have been made so far."""
        return self._made.passed_s


def run_fast(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` in made time, from second 0 on."""
    with asyncio.Runner(loop_factory=FastLoop) as runner:
        return runner.run(main)
