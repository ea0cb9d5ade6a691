"""One step of the estimator of state of charge: the filter alone, all cells compared, and health beside it."""

from __future__ import annotations

from benchmarks.timing import microseconds, report
from openress.bms.estimator import LFP, Measurement, PackModel, start, step
from openress.bms.estimator.cells import CellOffsets, compare
from openress.bms.health import new_health, observe

__all__ = ["main"]

_GOAL_US = 60.0


def main() -> None:
    """Measure and print."""
    model = PackModel(LFP, 16, 100.0)
    volts = tuple(3.290 + 0.001 * (k % 5) for k in range(16))
    measurement = Measurement(volts, -12.5, 18.0)
    estimate = new = step(start(model, 50.0), measurement, 1.0, model)
    for _ in range(600):
        estimate = step(estimate, measurement, 1.0, model)
    heat, mean = model.heat(18.0), estimate.mean
    waited = CellOffsets(estimate.cells.offsets, estimate.cells.variances, 0.001, 10.0)
    health = observe(new_health(100.0), measurement, estimate, 1.0, model)
    with_cells = microseconds(lambda: step(estimate, measurement, 10.0, model))
    cells = microseconds(lambda: compare(waited, volts, mean.soc, mean.hysteresis, -12.5, heat, model))

    report(
        "estimator: one step of 16 cells", microseconds(lambda: step(estimate, measurement, 1.0, model)), "us", _GOAL_US
    )
    fresh = microseconds(lambda: step(new, measurement, 1.0, model))
    report("estimator: one step in the first minute", fresh, "us", _GOAL_US)
    report("estimator: comparing 16 cells, every 10 s", cells, "us", _GOAL_US)
    report("estimator: a step with both", with_cells, "us", 2 * _GOAL_US)
    report("health: one step", microseconds(lambda: observe(health, measurement, estimate, 1.0, model)), "us")
