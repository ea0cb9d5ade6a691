"""The two ends at which a pack's charge is known from its voltage alone."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from enum import Enum

from openress.bms.estimator.curve import LOW, PER_SOC
from openress.bms.estimator.model import PackModel

__all__ = ["EMPTY", "FULL", "Anchor", "AnchorRule", "Anchors", "soc_at", "watch"]


class Anchor(Enum):
    """An end."""

    FULL = "full"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class AnchorRule:
    """When an end is declared, and what is known then.

    Args:
        cell_v: full: the highest cell reads at least this. Empty: the lowest, less what the current makes, at most.
        c_rate: full: the current is below this and not a discharge above a fifth of it; empty: any.
        for_s: the condition has held this long.
        low: least state of charge of that cell that is believed.
        high: greatest.
        sigma: how sure that is.
        source: why these figures.
    """

    cell_v: float
    c_rate: float
    for_s: float
    low: float
    high: float
    sigma: float
    source: str


FULL = AnchorRule(
    3.45, 1 / 20, 60.0, 0.985, 1.0, 0.007,
    "LFP stands at 3.33-3.37 V until 98 % and reads 3.45 V at a small current only in the last percent; C/20 is the "
    "tail current at which makers of LFP cells end constant-voltage charging",
)  # fmt: skip
EMPTY = AnchorRule(
    3.00, 1.0, 30.0, 0.0, 0.06, 0.015,
    "below 3.0 V at rest the discharge curve of LFP falls by 30 mV for each percent and more",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Anchors:
    """Progress towards either end.

    Args:
        full_s: how long the condition for full has held.
        empty_s: likewise for empty.
        declared: the end declared by the last step; absent for most steps.
        last: the end declared last.
        since_s: time since then.
    """

    full_s: float = 0.0
    empty_s: float = 0.0
    declared: Anchor | None = None
    last: Anchor | None = None
    since_s: float | None = None


def watch(
    before: Anchors, highest_v: float, lowest_resting_v: float, current_a: float, dt_s: float, model: PackModel
) -> Anchors:
    """Count how long either condition has held; declare an end when it is long enough, and again while it lasts.

    Args:
        before: progress so far.
        highest_v: of all cells, as read.
        lowest_resting_v: of all cells, less what the current makes.
        current_a: positive charges.
        dt_s: time since the last step; 0 after a gap, over which no condition is known to have held.
        model: the pack.
    """
    tail_a = FULL.c_rate * model.capacity_ah
    full = highest_v >= FULL.cell_v and -0.2 * tail_a < current_a < tail_a
    empty = lowest_resting_v <= EMPTY.cell_v
    full_s = before.full_s + dt_s if full and dt_s else 0.0
    empty_s = before.empty_s + dt_s if empty and dt_s else 0.0
    since_s = None if before.since_s is None else before.since_s + dt_s
    if full_s >= FULL.for_s:
        return Anchors(0.0, empty_s, Anchor.FULL, Anchor.FULL, 0.0)
    if empty_s >= EMPTY.for_s:
        return Anchors(full_s, 0.0, Anchor.EMPTY, Anchor.EMPTY, 0.0)
    return Anchors(full_s, empty_s, None, before.last, since_s)


def soc_at(rule: AnchorRule, ocv_v: float, model: PackModel) -> float:
    """State of charge at a voltage without current and hysteresis, within what the rule believes."""
    index = bisect_left(model.ocv_v, ocv_v)
    if index in (0, len(model.ocv_v)):
        return rule.low if index == 0 else rule.high
    low_v, high_v = model.ocv_v[index - 1], model.ocv_v[index]
    soc = LOW + (index - 1 + (ocv_v - low_v) / (high_v - low_v)) / PER_SOC
    return min(max(soc, rule.low), rule.high)
