"""A cell profile out of measurements: curves from slow charge and discharge, resistances from a record of use.

With the two time constants and the hysteresis rate chosen, everything else enters the voltage linearly and is solved
at once; a search over the three is left (variable projection).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from openress.bms.estimator import LFP, CellProfile, Doubt
from openress.cellfit.logs import CellLog, Floats, OcvCurves
from openress.errors import ParameterError

__all__ = ["Fit", "fit_profile"]

_KNOTS = np.unique(
    np.concatenate(
        ([0.0, 0.005, 0.01], np.arange(0.02, 0.10, 0.01), np.arange(0.10, 0.96, 0.02), [0.96, 0.97, 0.975, 0.98]),
    )
)
_TOP_KNOTS = np.array([0.985, 0.99, 0.995, 1.0])
_BRANCHES_MIDDLE, _BRANCHES_REACH = 0.515, 0.4651
"""From 5 to 98 % half the distance of the curves is hysteresis; beyond it is the resistance of two slow currents."""
_SETTLE_S = 600.0
_FIRST_GUESS = (10.0, 120.0, 8.0)
_LEAST_RISE_V = 1e-5


@dataclass(frozen=True, slots=True)
class Fit:
    """A profile and how well it explains the record it was fitted to.

    Args:
        profile: the result.
        rmse_v: of the voltage.
        constant_v: by which the record lies above the curves throughout; not part of the profile.
    """

    profile: CellProfile
    rmse_v: float
    constant_v: float


def fit_profile(
    curves: OcvCurves, log: CellLog, capacity_ah: float, *, name: str, source: str, doubt: Doubt | None = None
) -> Fit:
    """Fit a cell.

    Args:
        curves: slow charge and discharge at about 25 C.
        log: a record of use with a reference state of charge, around 25 C, resting and loaded by turns.
        capacity_ah: of the cell.
        name: of the profile.
        source: who measured; kept in the profile.
        doubt: how far the result may be wrong; absent takes the one for a cell's own profile.

    The temperature law is that of the profile `lfp`: one record at one temperature cannot show it.

    Raises:
        ParameterError: no reference, or a record that shows no resistance.
    """
    if log.soc is None:
        raise ParameterError("the record has no reference state of charge; name its column")
    soc, step_s = log.soc, np.diff(log.time_s, prepend=log.time_s[0])
    middle = 0.5 * (curves.charge_v + curves.discharge_v)
    half = 0.5 * (curves.charge_v - curves.discharge_v)
    left = log.voltage_v - np.interp(soc, curves.soc, middle)
    span = np.interp(soc, curves.soc, half)
    settled = log.time_s >= _SETTLE_S

    def solve(logs: Floats) -> tuple[Floats, float]:
        tau1_s, tau2_s, rate = np.exp(logs)
        columns = (
            log.current_a,
            _relaxed(log.current_a, step_s, tau1_s),
            _relaxed(log.current_a, step_s, tau2_s),
            span * _hysteresis(log.current_a, step_s, rate / capacity_ah),
            np.ones(len(soc)),
        )
        design = np.stack(columns, axis=1)
        found: Floats = np.asarray(np.linalg.lstsq(design[settled], left[settled], rcond=None)[0], dtype=np.float64)
        return found, float(np.mean((left - design @ found)[settled] ** 2))

    best = minimize(
        lambda logs: solve(logs)[1],
        np.log(_FIRST_GUESS),
        method="Nelder-Mead",
        options={"maxiter": 120, "xatol": 0.02, "fatol": 1e-9},
    )
    (r0, r1, r2, share, constant_v), square = solve(best.x)
    tau1_s, tau2_s, rate = (float(value) for value in np.exp(best.x))
    if tau1_s > tau2_s:
        tau1_s, tau2_s, r1, r2 = tau2_s, tau1_s, r2, r1
    if min(r0, r1, r2, share) <= 0:
        raise ParameterError("the record shows no resistance or hysteresis of its own; take one with steps of current")
    profile = CellProfile(
        name=name,
        source=source,
        ocv_v=_points(np.append(_KNOTS, _TOP_KNOTS), curves.soc, middle, rising=True),
        hysteresis_v=_points(
            _KNOTS[np.abs(_KNOTS - _BRANCHES_MIDDLE) <= _BRANCHES_REACH], curves.soc, share * half, rising=False
        ),
        hysteresis_rate=round(rate, 2),
        r0_ohm_ah=round(float(r0) * capacity_ah, 6),
        r1_ohm_ah=round(float(r1) * capacity_ah, 6),
        tau1_s=round(tau1_s, 2),
        r2_ohm_ah=round(float(r2) * capacity_ah, 6),
        tau2_s=round(tau2_s, 1),
        r0_kelvin=LFP.r0_kelvin,
        rc_kelvin=LFP.rc_kelvin,
        hysteresis_kelvin=LFP.hysteresis_kelvin,
        doubt=doubt or Doubt(),
    )
    return Fit(profile, square**0.5, float(constant_v))


def _relaxed(current_a: Floats, step_s: Floats, tau_s: float) -> Floats:
    """The current behind an RC pair of that time constant."""
    keep = np.exp(-step_s / tau_s).tolist()
    behind, value = np.empty_like(current_a), 0.0
    for k, flow in enumerate(current_a.tolist()):
        value = flow + keep[k] * (value - flow)
        behind[k] = value
    return behind


def _hysteresis(current_a: Floats, step_s: Floats, rate_per_ah: float) -> Floats:
    """The hysteresis state, from the branch of the first current."""
    keep = np.exp(-rate_per_ah * np.abs(current_a) * step_s / 3600.0).tolist()
    sides = np.sign(current_a).tolist()
    state, value = np.empty_like(current_a), next((side for side in sides if side), 0.0)
    for k, side in enumerate(sides):
        value = side + keep[k] * (value - side)
        state[k] = value
    return state


def _points(at: Floats, soc: Floats, values: Floats, *, rising: bool) -> tuple[tuple[float, float], ...]:
    """A curve at knots, rounded to 0.1 mV; a rising one is never allowed to stand still."""
    read = np.interp(at, soc, values)
    if rising:
        read = np.maximum.accumulate(read) + _LEAST_RISE_V * np.arange(len(at))
    return tuple((round(float(x), 4), round(float(y), 5 if rising else 4)) for x, y in zip(at, read, strict=True))
