"""How every benchmark measures: best of several repeats, so that other work on the machine counts least."""

from __future__ import annotations

import timeit
from collections.abc import Callable

__all__ = ["microseconds", "report"]


def microseconds(operation: Callable[[], object], *, repeats: int = 7, budget_s: float = 0.2) -> float:
    """Time of one call, the best of `repeats` runs of about `budget_s` each."""
    timer = timeit.Timer(operation)
    calls, took_s = timer.autorange()
    calls = max(1, int(calls * budget_s / max(took_s, 1e-9)))
    return min(timer.repeat(repeats, calls)) / calls * 1e6


def report(what: str, value: float, unit: str, goal: float | None = None) -> None:
    """Print one figure, with the goal beside it when there is one."""
    verdict = "" if goal is None else f"   goal: at most {goal:g} {unit}, {'met' if value <= goal else 'MISSED'}"
    print(f"{what:<62} {value:10.2f} {unit}{verdict}")
