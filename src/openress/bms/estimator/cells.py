"""How far each cell's charge lies from the mean cell's: one slow scalar filter a cell (bar-delta filtering).

A cell that lies ahead reads higher by the rise of the open-circuit curve from the mean to it. On the plateau that is
next to nothing and sensor offsets are all there is to see; near full and near empty it is volts. So little is learned
on the way and nearly all at the ends, which is where it counts. Source of the split into mean and differences:
G. Plett, EVS24 (2009), "Efficient battery pack state estimation using bar-delta filtering".
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from openress.bms.estimator.curve import HIGH, LOW
from openress.bms.estimator.model import Heat, PackModel

__all__ = ["CellOffsets", "compare", "is_due", "level"]

_END_EVERY_S = 10.0
_END_EVERY_SOC = 0.002
"""At the steep ends charge moved shows at once where each cell lies, so it decides when to look."""
_EVERY_S = 300.0
_PLATEAU = (0.15, 0.9)
"""Where the curve is flat there is next to nothing to see, and five minutes lose none of it."""

_START_VAR = 0.02**2
_WIDEST_VAR = 0.10**2
_READING_V = 0.003
"""Lasting offset of one cell's voltage against another's, V: an ordinary multi-cell front end."""
_ALIKE_S = 3600.0
"""Lasting, so that an hour of readings counts as one."""
_RESISTANCE_SPREAD = 0.15
"""Between cells, with their joints."""
_DRIFT_VAR_PER_S = 0.01**2 / (30 * 86400.0)
"""Self-discharge differs by up to a percent a month."""
_CAPACITY_VAR = 0.007**2
"""Cells of one batch differ by 0.7 %, so charge moved moves them apart."""
_FARTHEST = 0.5


@dataclass(frozen=True, slots=True)
class CellOffsets:
    """Each cell's state of charge less the mean's, and how sure that is.

    Args:
        offsets: as fractions, first cell first; their mean is 0.
        variances: of each.
        travel: charge moved since the last comparison, as a fraction of capacity.
        waited_s: since the last comparison.
    """

    offsets: tuple[float, ...]
    variances: tuple[float, ...]
    travel: float = 0.0
    waited_s: float = 0.0


def level(cells: int) -> CellOffsets:
    """Cells about which nothing is known but that they were built into one pack."""
    return CellOffsets((0.0,) * cells, (_START_VAR,) * cells)


def is_due(known: CellOffsets, soc: float) -> bool:
    """Whether the cells are to be compared again, with the mean cell at `soc`."""
    if known.waited_s >= _EVERY_S:
        return True
    moved = known.waited_s >= _END_EVERY_S and known.travel >= _END_EVERY_SOC
    return moved and not _PLATEAU[0] < soc < _PLATEAU[1]


def compare(
    known: CellOffsets,
    cell_voltages_v: tuple[float, ...],
    soc: float,
    swing: float,
    current_a: float,
    heat: Heat,
    model: PackModel,
) -> CellOffsets:
    """Take in one reading of all cells.

    Args:
        known: what earlier readings said, with the time and charge since.
        cell_voltages_v: one per cell.
        soc: of the mean cell.
        swing: hysteresis of the mean cell times the temperature's factor.
        current_a: positive charges.
        heat: what temperature does.
        model: the pack.
    """
    read = model.read
    mean_v = sum(cell_voltages_v) / len(cell_voltages_v)
    ocv_v, span_v = read(min(max(soc, LOW), HIGH - 1e-9))
    here_v = mean_v - ocv_v - swing * span_v
    grown = _DRIFT_VAR_PER_S * known.waited_s + _CAPACITY_VAR * known.travel
    resistive_v = _RESISTANCE_SPREAD * (model.r0_ohm * heat.r0 + (model.r1_ohm + model.r2_ohm) * heat.rc) * current_a
    noise = (_READING_V * _READING_V + resistive_v * resistive_v) * (1.0 + _ALIKE_S / max(known.waited_s, 1.0))

    offsets, variances = [], []
    for voltage_v, offset, var in zip(cell_voltages_v, known.offsets, known.variances, strict=True):
        variance = min(var + grown, _WIDEST_VAR)
        sigma = sqrt(variance)
        below = min(max(soc + offset - sigma, LOW), HIGH - 1e-6)
        above = min(max(soc + offset + sigma, below + 1e-6), HIGH - 1e-9)
        low_ocv_v, low_span_v = read(below)
        high_ocv_v, high_span_v = read(above)
        low_v, high_v = low_ocv_v + swing * low_span_v, high_ocv_v + swing * high_span_v
        slope = (high_v - low_v) / (above - below)
        total = slope * slope * variance + noise
        gain = variance * slope / total
        offsets.append(min(max(offset + gain * (voltage_v - here_v - 0.5 * (low_v + high_v)), -_FARTHEST), _FARTHEST))
        variances.append(variance * (1.0 - gain * slope))
    middle = sum(offsets) / len(offsets)
    return CellOffsets(tuple([offset - middle for offset in offsets]), tuple(variances))
