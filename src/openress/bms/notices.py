"""What a person should be told although no switch opens."""

from __future__ import annotations

from openress.bms.charge import Equalisation
from openress.bms.measure import Signal, Signals
from openress.model import Limits, Notice

__all__ = ["OverLimit", "notices", "resting_notices"]

REACTION_S = 10.0
"""An inverter may take this long to follow a limit (SMA reduces within about 10 s)."""
TOLERANCE_A, TOLERANCE_SHARE = 2.0, 0.05


class OverLimit:
    """Watches whether the current keeps to the limits that were told."""

    __slots__ = ("_since_s",)

    def __init__(self) -> None:
        self._since_s: dict[Notice, float] = {}

    def step(self, found: Signals, told: Limits | None, now_s: float) -> set[Notice]:
        """Compare one measurement with the limits told before it."""
        over: set[Notice] = set()
        if told is not None:
            pairs = (
                (Notice.ABOVE_CHARGE_LIMIT, found[Signal.CHARGE_A], told.charge_current_limit_a),
                (Notice.ABOVE_DISCHARGE_LIMIT, found[Signal.DISCHARGE_A], told.discharge_current_limit_a),
            )
            over = {
                notice
                for notice, current, limit in pairs
                if current is not None
                and limit is not None
                and current > limit + max(TOLERANCE_A, TOLERANCE_SHARE * limit)
            }
        self._since_s = {notice: self._since_s.get(notice, now_s) for notice in over}
        return {notice for notice, since_s in self._since_s.items() if now_s - since_s >= REACTION_S}


def notices(
    found: Signals, *, operating_max_c: float | None, deep: bool, locked: bool, equalisation: Equalisation
) -> set[Notice]:
    """Those that follow from one measurement and the pack's state."""
    hottest = found[Signal.CELL_MAX_C]
    told = set()
    if operating_max_c is not None and hottest is not None and hottest > operating_max_c:
        told.add(Notice.ABOVE_OPERATING_LIMIT)
    if deep:
        told.add(Notice.DEEPLY_DISCHARGED)
    if locked:
        told.add(Notice.LOCKED)
    if equalisation is Equalisation.DUE:
        told.add(Notice.EQUALISATION_DUE)
    elif equalisation is Equalisation.OVERDUE:
        told.add(Notice.EQUALISATION_OVERDUE)
    return told


def resting_notices(hottest_c: float | None, *, storage_max_c: float | None) -> set[Notice]:
    """Those of a pack that is off or dormant."""
    if storage_max_c is not None and hottest_c is not None and hottest_c > storage_max_c:
        return {Notice.ABOVE_STORAGE_LIMIT}
    return set()
