"""What a voltage says about charge where the curve bends: weighed place by place along the curve, not along a line.

A belief that is wide, or that reaches an end, covers plateau and knee at once, and no line runs through both. So each
place is given its share: what was believed of it times how well the voltage fits there (a point-mass update; S. Sarkka,
Bayesian Filtering and Smoothing, 2013, ch. 6). No place lies below empty or above full.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import exp, log

from openress.bms.estimator.curve import HIGH, LOW, PER_SOC

__all__ = ["Place", "places", "places_near", "weigh"]

Place = tuple[float, float, float, float, float]
"""State of charge, open-circuit voltage and hysteresis span there, steepness in V per unit squared, width."""

_SOCS = (
    0.0, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.10, 0.12, 0.14, 0.17, 0.20, 0.25, 0.30, 0.36,
    0.43, 0.50, 0.57, 0.64, 0.70, 0.75, 0.80, 0.85, 0.89, 0.92, 0.94, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 1.0,
)  # fmt: skip
"""Close together where the curves of LFP are steep; on the plateau any two neighbours lie within 10 mV."""
_NEAR = tuple(k / 2.0 for k in range(-6, 7))
_STEEP_OVER = 0.01
"""Half the width over which steepness is taken: a curve that lies elsewhere by a percent has its knee that far off."""
_OUTLIER_VARS = 7.0**2
"""Further off than this all places are equally unlikely."""
_FLAT = 1.0 / 12.0
"""Variance of a place itself, per width squared: charge is not sitting on its middle."""


def _read(curve: Sequence[float], soc: float) -> float:
    at = (min(max(soc, LOW), HIGH - 1e-9) - LOW) * PER_SOC
    below = int(at)
    return curve[below] + (curve[below + 1] - curve[below]) * (at - below)


def _along(ocv_v: Sequence[float], span_v: Sequence[float], socs: Sequence[float]) -> tuple[Place, ...]:
    found = []
    for k, soc in enumerate(socs):
        left, right = socs[max(k - 1, 0)], socs[min(k + 1, len(socs) - 1)]
        below, above = max(soc - _STEEP_OVER, 0.0), min(soc + _STEEP_OVER, 1.0)
        steep = (_read(ocv_v, above) - _read(ocv_v, below)) / (above - below)
        found.append((soc, _read(ocv_v, soc), _read(span_v, soc), steep * steep, 0.5 * (right - left)))
    return tuple(found)


@lru_cache(maxsize=16)
def places(ocv_v: tuple[float, ...], span_v: tuple[float, ...]) -> tuple[Place, ...]:
    """The whole curve, from empty to full.

    Args:
        ocv_v: spread curve.
        span_v: spread hysteresis.
    """
    return _along(ocv_v, span_v, _SOCS)


def places_near(ocv_v: Sequence[float], span_v: Sequence[float], soc: float, sigma: float) -> tuple[Place, ...]:
    """The part of the curve that a narrow belief covers, three standard deviations to either side."""
    socs = [soc + k * sigma for k in _NEAR]
    inside = [place for place in socs if 0.0 < place < 1.0]
    if socs[0] <= 0.0:
        inside.insert(0, 0.0)
    if socs[-1] >= 1.0:
        inside.append(1.0)
    return _along(ocv_v, span_v, inside)


def weigh(
    along: Sequence[Place],
    soc: float,
    var: float,
    *,
    settled_v: float,
    swing: float,
    own_var: float,
    along_var: float,
    share: float,
) -> tuple[float, float]:
    """Take in a voltage.

    Args:
        along: places to be weighed.
        soc: believed, as a fraction.
        var: of that.
        settled_v: the voltage read, less everything that is no open-circuit voltage and no hysteresis.
        swing: hysteresis times the temperature's factor.
        own_var: variance of the voltage if charge were known.
        along_var: of where the curve lies along charge; counts by steepness.
        share: of the reading that is news, 0 to 1.

    Returns:
        mean and variance of the state of charge afterwards; as before where no place is believed at all.
    """
    most = _OUTLIER_VARS
    total = first = second = 0.0
    before, voltage = -0.5 / var, -0.5 * share
    for at, ocv_v, span_v, steep2, width in along:
        off = at - soc
        here_var = own_var + steep2 * along_var
        surprise_v = settled_v - ocv_v - swing * span_v
        surprise = min(surprise_v * surprise_v / here_var, most)
        belief = width * exp(before * off * off + voltage * (surprise + log(here_var)))
        total += belief
        first += belief * off
        second += belief * (off * off + _FLAT * width * width)
    if total <= 0.0:
        return soc, var
    off = first / total
    return soc + off, second / total - off * off
