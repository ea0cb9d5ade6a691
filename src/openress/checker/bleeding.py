"""S21: only cells that are ahead are bled, and never in trouble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openress.bms.decision import Decision
from openress.checker.breach import Breach
from openress.checker.hazards import Hazard
from openress.checker.view import View
from openress.model import Condition

__all__ = ["bled"]

BEHIND_MV = 10
"""How far below the mean a cell must be to count as behind, where voltage tells charge (ours: two readings' noise)."""
_LOW = frozenset({Condition.CELL_UNDER_VOLTAGE, Condition.PACK_UNDER_VOLTAGE})


def bled(
    seen: View, decision: Decision, troubles: Sequence[Hazard], values: Mapping[str, float], now_s: float
) -> list[Breach]:
    """Judge the cells that a decision bleeds.

    On the plateau voltage says little about charge, so there only the lowest cell is certain to be wrong.

    Args:
        seen: the measurement.
        decision: what the BMS made of it.
        troubles: hazards that are there, or stand.
        values: parameters; the balance threshold says from where on voltage tells charge.
        now_s: its time.
    """
    cells = seen.cells_mv
    chosen = [number for number, bleeds in enumerate(decision.balancing) if bleeds]
    if not chosen:
        return []
    wrong = [
        f"Cells are bled during {hazard.condition}."
        for hazard in troubles
        if hazard.condition in _LOW or hazard.invariant == "S4"
    ]
    if decision.faults or seen.missing:
        wrong.append("Cells are bled although something has failed or cannot be measured.")
    tells = bool(cells) and max(cells) >= values["balance_threshold_mv"]
    mean = sum(cells) / max(1, len(cells))
    for number in chosen if cells else ():
        if number >= len(cells):
            wrong.append(f"Cell {number + 1} is bled, and there is none.")
        elif cells[number] <= min(cells):
            wrong.append(f"Cell {number + 1} is bled although none is lower than its {cells[number]:g} mV.")
        elif tells and cells[number] < mean - BEHIND_MV:
            wrong.append(f"Cell {number + 1} is bled although it is behind: {cells[number]:g} of {mean:.0f} mV.")
    return [Breach("S21", sentence, now_s) for sentence in wrong]
