"""Energy that went in and out of packs, as totals that never fall: what an energy dashboard needs.

Each reading is joined to the one before by a straight line; what charges and what discharges is summed apart. Over a
gap nothing is counted, for nobody knows what flowed in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["LONGEST_STEP_S", "EnergyMeter", "EnergyTotals"]

LONGEST_STEP_S = 10.0
"""Readings further apart than this have a gap between them; a rack tells a new one every second (ours)."""
_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class EnergyTotals:
    """Energy since the counting began, both as magnitudes."""

    charged_wh: float = 0.0
    discharged_wh: float = 0.0


class EnergyMeter:
    """Counts for any number of packs, each under a name of its own.

    Args:
        totals: as kept from before.
    """

    def __init__(self, totals: Mapping[str, EnergyTotals]) -> None:
        self._totals = dict(totals)
        self._last: dict[str, tuple[float, float]] = {}

    @property
    def totals(self) -> dict[str, EnergyTotals]:
        """All of them, by name."""
        return dict(self._totals)

    def see(self, name: str, power_w: float | None, now_s: float, *, speed: float = 1.0) -> None:
        """Count up to `now_s`.

        Args:
            name: of the pack.
            power_w: positive charges; `None` when it is not known or not fresh, which is a gap.
            now_s: Unix seconds; a clock that was set back or ahead is a gap.
            speed: simulated seconds for each real one.
        """
        before = self._last.pop(name, None)
        if power_w is None:
            return
        self._last[name] = (now_s, power_w)
        self._totals.setdefault(name, EnergyTotals())
        if before is None or not 0.0 < now_s - before[0] <= LONGEST_STEP_S:
            return
        hours = (now_s - before[0]) * speed / _HOUR_S
        known = self._totals[name]
        self._totals[name] = EnergyTotals(
            known.charged_wh + hours * (max(before[1], 0.0) + max(power_w, 0.0)) / 2,
            known.discharged_wh + hours * (max(-before[1], 0.0) + max(-power_w, 0.0)) / 2,
        )
