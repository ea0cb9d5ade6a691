"""One step of the estimator: a reading and the time since the last one give the next estimate."""

from __future__ import annotations

import math
from dataclasses import dataclass

from openress.bms.estimator.anchor import EMPTY, FULL, Anchor, soc_at, watch
from openress.bms.estimator.cells import CellOffsets, compare, is_due
from openress.bms.estimator.display import shown
from openress.bms.estimator.meancell import MeanCell, after_gap, pin, predict
from openress.bms.estimator.model import Heat, PackModel
from openress.bms.estimator.reading import correct
from openress.bms.estimator.state import PackEstimate
from openress.errors import StateError
from openress.model import Analog

__all__ = ["LONGEST_STEP_S", "Measurement", "measurement_of", "step"]

LONGEST_STEP_S = 60.0
"""Readings further apart than this have a gap between them: at 1C more than 1.7 % may have moved unseen."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What is measured at one moment.

    Args:
        cell_voltages_v: first cell first.
        current_a: positive charges.
        temperature_c: mean of the cells.
    """

    cell_voltages_v: tuple[float, ...]
    current_a: float
    temperature_c: float


def measurement_of(analog: Analog) -> Measurement | None:
    """The part of a pack's analog group that the estimator needs; absent when cells, current or temperature are."""
    if not analog.cell_voltages_mv or analog.pack_current_a is None or not analog.temperatures_c:
        return None
    return Measurement(
        tuple([0.001 * mv for mv in analog.cell_voltages_mv]),
        analog.pack_current_a,
        sum(analog.temperatures_c) / len(analog.temperatures_c),
    )


def step(
    before: PackEstimate, measurement: Measurement, dt_s: float, model: PackModel, *, gap: bool = False
) -> PackEstimate:
    """The estimate after one more reading.

    Args:
        before: the estimate until now.
        measurement: the reading.
        dt_s: time since the reading before it, 0 or more. Beyond `LONGEST_STEP_S` it is a gap.
        model: the pack.
        gap: current may have flowed unseen, however short the time: a restart, a lost link, a sleeping pack.

    Raises:
        StateError: the reading does not fit the pack, or time or a value is no number.
    """
    volts, current_a = measurement.cell_voltages_v, measurement.current_a
    mean_v = _checked_mean(before, measurement, dt_s, model)
    heat = model.heat(measurement.temperature_c)
    gap = gap or dt_s > LONGEST_STEP_S
    if gap:
        mean, travel, known_s = after_gap(before.mean, current_a, heat, dt_s, model), 0.0, 0.0
    else:
        held_a = current_a if before.current_a is None else 0.5 * (before.current_a + current_a)
        mean = predict(before.mean, held_a, heat, dt_s, model)
        travel, known_s = abs(mean.soc - before.mean.soc), dt_s
    if dt_s > 0:
        mean = correct(mean, mean_v, current_a, heat, min(dt_s, LONGEST_STEP_S), model)

    cells = before.cells
    cells = CellOffsets(cells.offsets, cells.variances, cells.travel + travel, cells.waited_s + dt_s)
    if is_due(cells, mean.soc):
        cells = compare(cells, volts, mean.soc, mean.hysteresis * heat.hysteresis, current_a, heat, model)

    driven_v = _driven_v(mean, current_a, heat, model)
    anchors = watch(before.anchors, max(volts), min(volts) - driven_v, current_a, known_s, model)
    if anchors.declared is Anchor.FULL:
        soc = soc_at(FULL, max(volts) - driven_v, model)
        mean = pin(mean, soc - max(cells.offsets), FULL.sigma)
    elif anchors.declared is Anchor.EMPTY:
        soc = soc_at(EMPTY, min(volts) - driven_v, model)
        mean = pin(mean, soc - min(cells.offsets), EMPTY.sigma)

    after = PackEstimate(mean, cells, anchors, before.shown_pct, current_a)
    wanted_pct = 100.0 if anchors.declared is Anchor.FULL else after.usable_pct
    c_rate = current_a / model.capacity_ah
    shown_pct = shown(before.shown_pct, wanted_pct, c_rate, known_s, anchors.last, anchors.since_s)
    return PackEstimate(mean, cells, anchors, shown_pct, current_a)


def _driven_v(mean: MeanCell, current_a: float, heat: Heat, model: PackModel) -> float:
    """What current, past and present, adds to the voltage of a cell."""
    span_v = model.read(mean.soc)[1] * heat.hysteresis
    return model.r0_ohm * heat.r0 * (current_a - mean.offset_a) + mean.v1_v + mean.v2_v + mean.hysteresis * span_v


def _checked_mean(before: PackEstimate, measurement: Measurement, dt_s: float, model: PackModel) -> float:
    """Mean cell voltage of a reading that fits."""
    volts = measurement.cell_voltages_v
    if not len(volts) == model.cells == len(before.cells.offsets):
        raise StateError(
            f"{len(volts)} cell voltages, a model of {model.cells} cells and an estimate of "
            f"{len(before.cells.offsets)} do not fit; give those of one pack"
        )
    mean_v = sum(volts) / len(volts)
    if not math.isfinite(mean_v + measurement.current_a + measurement.temperature_c) or not 0 <= dt_s < math.inf:
        raise StateError(
            f"a mean cell of {mean_v} V, {measurement.current_a} A and {measurement.temperature_c} C after {dt_s} s is "
            "no reading; leave it out and say `gap` at the next"
        )
    return mean_v
