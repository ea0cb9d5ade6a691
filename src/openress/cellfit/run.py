"""The estimator run over a log, made worse on purpose if asked, and held against the reference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openress.bms.estimator import Measurement, PackModel, start, step
from openress.cellfit.logs import CellLog, Floats
from openress.errors import ParameterError

__all__ = ["Score", "Spoiled", "Trace", "count_only", "run", "score"]


@dataclass(frozen=True, slots=True)
class Spoiled:
    """What is made wrong before the estimator sees it.

    Args:
        start_error_pct: added to the state of charge it is told at the start.
        start_sigma_pct: how sure it is told to be of that.
        offset_a: added to the current.
        gain_error_pct: of the current.
    """

    start_error_pct: float = 0.0
    start_sigma_pct: float = 20.0
    offset_a: float = 0.0
    gain_error_pct: float = 0.0


@dataclass(frozen=True, slots=True)
class Trace:
    """What the estimator said at each row of the log, in percent.

    Args:
        time_s: of the rows.
        soc_pct: estimate.
        low_pct: lower end of the 95 % band.
        high_pct: its upper end.
        shown_pct: what a person would have been shown.
        offset_a: what it took the current sensor's offset to be.
    """

    time_s: Floats
    soc_pct: Floats
    low_pct: Floats
    high_pct: Floats
    shown_pct: Floats
    offset_a: Floats


@dataclass(frozen=True, slots=True)
class Score:
    """Error against the reference, in percent of state of charge.

    Args:
        rmse: root of the mean square.
        mae: mean absolute.
        worst: greatest absolute.
        covered: share of rows whose reference lies in the band; absent for a method without one.
    """

    rmse: float
    mae: float
    worst: float
    covered: float | None


def run(log: CellLog, model: PackModel, spoiled: Spoiled, *, start_pct: float | None = None) -> Trace:
    """Run the estimator over a log.

    Args:
        log: the record.
        model: the cell; one, as logs hold a mean.
        spoiled: what to make wrong.
        start_pct: told at the start; absent takes the reference.

    Raises:
        ParameterError: neither a start nor a reference.
    """
    told_pct = _told(log, spoiled, start_pct)
    estimate = start(model, told_pct, spoiled.start_sigma_pct)
    current = (log.current_a * (1.0 + spoiled.gain_error_pct / 100.0) + spoiled.offset_a).tolist()
    steps = np.diff(log.time_s, prepend=log.time_s[0]).tolist()
    volts, temperatures = log.voltage_v.tolist(), log.temperature_c.tolist()
    rows = np.empty((len(volts), 5))
    for k, volt in enumerate(volts):
        estimate = step(estimate, Measurement((volt,), current[k], temperatures[k]), steps[k], model)
        rows[k] = (estimate.soc_pct, *estimate.band_pct, estimate.shown_pct, estimate.offset_a)
    return Trace(log.time_s, *rows.T)


def count_only(log: CellLog, capacity_ah: float, spoiled: Spoiled, *, start_pct: float | None = None) -> Floats:
    """What plain counting of the same current from the same start gives, in percent."""
    told_pct = _told(log, spoiled, start_pct)
    current = log.current_a * (1.0 + spoiled.gain_error_pct / 100.0) + spoiled.offset_a
    moved = np.cumsum(current * np.diff(log.time_s, prepend=log.time_s[0])) / 3600.0
    counted: Floats = told_pct + 100.0 * moved / capacity_ah
    return counted


def score(soc_pct: Floats, log: CellLog, *, after_s: float, band: tuple[Floats, Floats] | None = None) -> Score:
    """Hold an estimate against the reference, from `after_s` on.

    Raises:
        ParameterError: no reference, or a log that ends before.
    """
    rows = log.time_s >= after_s
    if log.soc is None or not rows.any():
        raise ParameterError(
            f"the log has no reference later than {after_s / 3600:g} h; name its column or settle less"
        )
    truth = 100.0 * log.soc[rows]
    error = soc_pct[rows] - truth
    covered = None if band is None else float(np.mean((band[0][rows] <= truth) & (truth <= band[1][rows])))
    return Score(float(np.sqrt(np.mean(error**2))), float(np.mean(abs(error))), float(abs(error).max()), covered)


def _told(log: CellLog, spoiled: Spoiled, start_pct: float | None) -> float:
    if start_pct is None:
        if log.soc is None:
            raise ParameterError("the log has no reference state of charge; name its column or say where to start")
        start_pct = 100.0 * float(log.soc[0])
    return min(max(start_pct + spoiled.start_error_pct, 0.0), 100.0)
