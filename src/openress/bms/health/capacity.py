"""Capacity, learned from swings between two moments at which the charge was known.

Between them charge was counted: capacity is the count over the swing. Each swing is one reading with its own doubt
(how well both ends are known, what the current sensor may have added over the time) and is blended by it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

from openress.bms.estimator import Anchor, PackEstimate, PackModel

__all__ = ["LEAST_SWING", "Capacity", "KnownCharge", "learn_capacity", "rated"]

LEAST_SWING = 0.5
"""Smaller swings say little: 1 % at either end of half a swing is 3 % of capacity."""

_KNOWN_SIGMA = 0.03
"""Away from full and empty a state of charge counts as known when the steep part of the curve made it this sure."""
_STEEP_BELOW = 0.25
_SAME_END = 0.15
_LOWEST = -0.05
_RATED_SIGMA = 0.05
_COMMON_SIGMA = 0.01
"""Gain of the current sensor and error of the table at the ends: the same in every swing, so no number of swings makes
capacity surer than this."""
_OFFSET_SIGMA_SHARE = 0.2
"""What is left of the offset after the estimator's own has been taken off, as a share of its first doubt."""
_SURPRISE_SIGMAS = 3.0
_BELIEVED = (0.3, 1.3)
"""Shares of the rated capacity: a pack that has less left serves nobody, and none is born with more."""
_FADE_PER_YEAR = 0.03
_SECONDS_PER_YEAR = 365.25 * 86400.0


@dataclass(frozen=True, slots=True)
class KnownCharge:
    """A moment at which the charge was known.

    Args:
        soc: as a fraction.
        sigma: how sure.
        moved_ah: counted since.
        hours: since.
    """

    soc: float
    sigma: float
    moved_ah: float = 0.0
    hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Capacity:
    """What is known of a pack's capacity.

    Args:
        capacity_ah: best estimate.
        sigma_ah: standard deviation.
        swings: how many it rests on.
        since: the last moment at which the charge was known; absent before the first and after a gap.
        learned_s_ago: time since the last swing; absent before the first.
    """

    capacity_ah: float
    sigma_ah: float
    swings: int = 0
    since: KnownCharge | None = None
    learned_s_ago: float | None = None

    @property
    def band_ah(self) -> tuple[float, float]:
        """Interval that holds the capacity 95 times out of 100."""
        return self.capacity_ah - 1.96 * self.sigma_ah, self.capacity_ah + 1.96 * self.sigma_ah


def rated(capacity_ah: float) -> Capacity:
    """A pack of which only the label is known."""
    return Capacity(capacity_ah, _RATED_SIGMA * capacity_ah)


def learn_capacity(
    before: Capacity,
    estimate: PackEstimate,
    current_a: float,
    dt_s: float,
    model: PackModel,
    *,
    rated_ah: float,
    gap: bool = False,
) -> Capacity:
    """Count on, and at a moment of known charge take in the swing since the last one.

    Args:
        before: what is known so far.
        estimate: after this step.
        current_a: held over this step, as measured; the estimate's offset is taken off.
        dt_s: length of the step.
        model: the pack.
        rated_ah: from the label; a swing that makes the pack another one than that is not believed.
        gap: charge moved unseen, so the count since the last known moment is void.
    """
    ago = None if before.learned_s_ago is None else before.learned_s_ago + dt_s
    fade = _FADE_PER_YEAR * before.capacity_ah * sqrt(dt_s / _SECONDS_PER_YEAR)
    sigma_ah = min(sqrt(before.sigma_ah**2 + fade**2), _RATED_SIGMA * before.capacity_ah)
    if gap or before.since is None:
        here = _known(estimate, None, model)
        return replace(before, sigma_ah=sigma_ah, since=here, learned_s_ago=ago)
    since = before.since
    hours = dt_s / 3600.0
    moved_ah = since.moved_ah + (current_a - estimate.offset_a) * hours
    since = KnownCharge(since.soc, since.sigma, moved_ah, since.hours + hours)
    after = Capacity(before.capacity_ah, sigma_ah, before.swings, since, ago)
    here = _known(estimate, since, model)
    if here is None:
        return after
    swing = here.soc - since.soc
    if abs(swing) < _SAME_END:
        return replace(after, since=here)
    if abs(swing) < LEAST_SWING or moved_ah * swing <= 0:
        return after
    seen_ah = moved_ah / swing
    if not _BELIEVED[0] * rated_ah <= seen_ah <= _BELIEVED[1] * rated_ah:
        return replace(after, since=here)
    counting_ah = _OFFSET_SIGMA_SHARE * model.offset_sigma_a * since.hours / swing
    ends_ah = seen_ah * sqrt(here.sigma**2 + since.sigma**2) / swing
    common_var = (_COMMON_SIGMA * seen_ah) ** 2
    swing_var = counting_ah**2 + ends_ah**2
    # A swing far outside what was believed says that the belief was too narrow: a used pack under a new label.
    surprise_var = (seen_ah - before.capacity_ah) ** 2 / _SURPRISE_SIGMAS**2 - swing_var
    own_var = max(sigma_ah**2 - common_var, common_var * 0.01, surprise_var)
    share = own_var / (own_var + swing_var)
    return Capacity(
        before.capacity_ah + share * (seen_ah - before.capacity_ah),
        sqrt(own_var * (1.0 - share) + common_var),
        before.swings + 1,
        here,
        0.0,
    )


def _known(estimate: PackEstimate, since: KnownCharge | None, model: PackModel) -> KnownCharge | None:
    """This moment, if its charge is known from voltage.

    Below the plateau the estimate is a blend of the voltage and of the count since the last known moment, and the
    count already believes in a capacity. It is taken out again, or capacity would confirm itself.
    """
    mean = estimate.mean
    if estimate.anchors.declared is Anchor.FULL:
        return KnownCharge(mean.soc, mean.sigma)
    if mean.soc > _STEEP_BELOW:
        return None
    soc, var = mean.soc, mean.covariance[0]
    if since is not None:
        moved = since.moved_ah / model.capacity_ah
        counted_var = since.sigma**2 + model.count_var * abs(moved)
        if var >= 0.9 * counted_var:
            return None
        var_of_voltage = 1.0 / (1.0 / var - 1.0 / counted_var)
        soc = var_of_voltage * (soc / var - (since.soc + moved) / counted_var)
        var = var_of_voltage
    return KnownCharge(soc, sqrt(var)) if var < _KNOWN_SIGMA**2 and soc > _LOWEST else None
