"""Resistance of a pack against its profile, seen whenever the current steps."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt

from openress.bms.estimator import Measurement, PackModel

__all__ = ["LEAST_STEP_C_RATE", "LONGEST_STEP_APART_S", "Resistance", "see_step"]

LEAST_STEP_C_RATE = 0.05
LONGEST_STEP_APART_S = 10.0
"""Two readings further apart show the slow pair, and much else."""
_ONE_SIGMA = 0.25
"""Relative doubt of one step: readings not taken at once, charge still settling, 1 mV of resolution."""
_LEVEL_SIGMA = 0.35
"""Relative doubt of the level, however many steps: the profile is of another make and of a bare cell, while a reading
includes the cell's joint. 0.20 to 0.50 mOhm for 100 Ah (A123 and T. Tao's cells scaled, large cells in arXiv
2601.08459), and some 0.05 mOhm for a busbar joint."""
_LEAST_OWN_SHARE = 0.9
"""A step counts where charge moved along the curve makes up no more than the rest of the change."""
_STEEP_OVER = 0.02
_START_SIGMA = 0.5
_LEAST_SIGMA = 0.01
_BELIEVED = (0.2, 6.0)


@dataclass(frozen=True, slots=True)
class Resistance:
    """What is known of a pack's resistance, freed of temperature.

    Args:
        ratio: to the profile's, for a cell of this capacity.
        sigma: standard deviation of the steps' mean; what growth is measured with.
        steps: how many it rests on.
        first_ratio: when it was first known to 3 %; growth counts from there. Absent until then.
    """

    ratio: float = 1.0
    sigma: float = _START_SIGMA
    steps: int = 0
    first_ratio: float | None = None

    @property
    def level_sigma(self) -> float:
        """Standard deviation of the ratio as a word about the pack: a new one lies so far off its profile as well."""
        return sqrt(self.sigma * self.sigma + _LEVEL_SIGMA * _LEVEL_SIGMA)

    @property
    def growth_pct(self) -> float | None:
        """Rise since it was first known; absent until then."""
        return None if self.first_ratio is None else 100.0 * (self.ratio / self.first_ratio - 1.0)


def see_step(
    before: Resistance,
    earlier: Measurement,
    later: Measurement,
    dt_s: float,
    model: PackModel,
    soc: float | None = None,
) -> Resistance:
    """Take in two readings that follow each other; nothing happens unless the current stepped between them.

    Args:
        before: what is known so far.
        earlier: first reading.
        later: second reading.
        dt_s: time between them.
        model: the pack.
        soc: of the mean cell, as a fraction; near full and empty the charge of some seconds shows as a voltage too.
            Absent takes it for well away from either.
    """
    change_a = later.current_a - earlier.current_a
    if not 0 < dt_s <= LONGEST_STEP_APART_S or abs(change_a) < LEAST_STEP_C_RATE * model.capacity_ah:
        return before
    cells = len(later.cell_voltages_v)
    change_v = (sum(later.cell_voltages_v) - sum(earlier.cell_voltages_v)) / cells
    heat = model.heat(later.temperature_c)
    # The step came somewhere between the readings, so the pairs have had half the time.
    fast = model.r1_ohm * (1.0 - exp(-0.5 * dt_s / model.tau1_s))
    slow = model.r2_ohm * (1.0 - exp(-0.5 * dt_s / model.tau2_s))
    profile_ohm = (model.r0_ohm * heat.r0 + (fast + slow) * heat.rc) / model.resistance
    if soc is not None:
        moved = max(abs(earlier.current_a), abs(later.current_a)) * dt_s / (3600.0 * model.capacity_ah)
        if _rise_v(soc, model) * moved > (1.0 - _LEAST_OWN_SHARE) * profile_ohm * abs(change_a):
            return before
    seen = change_v / change_a / profile_ohm
    if not _BELIEVED[0] <= seen <= _BELIEVED[1]:
        return before
    variance = before.sigma**2
    gain = variance / (variance + (_ONE_SIGMA * before.ratio) ** 2)
    ratio = before.ratio + gain * (seen - before.ratio)
    sigma = max(sqrt(variance * (1.0 - gain)), _LEAST_SIGMA)
    first = before.first_ratio
    if first is None and sigma <= 0.03 * ratio:
        first = ratio
    return Resistance(ratio, sigma, before.steps + 1, first)


def _rise_v(soc: float, model: PackModel) -> float:
    """Steepest rise of the curve near a state of charge, in V per unit."""
    below, above = max(soc - _STEEP_OVER, 0.0), min(soc + _STEEP_OVER, 1.0)
    middle = min(max(soc, below), above)
    low_v, middle_v, high_v = (model.read(place)[0] for place in (below, middle, above))
    left = (middle_v - low_v) / (middle - below) if middle > below else 0.0
    right = (high_v - middle_v) / (above - middle) if above > middle else 0.0
    return max(left, right)
