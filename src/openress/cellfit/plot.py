"""A picture of a run: estimate, band and reference above, the error below."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from openress.cellfit.logs import CellLog
from openress.cellfit.run import Trace

__all__ = ["draw"]


def draw(path: Path, trace: Trace, log: CellLog, title: str) -> None:
    """Write the picture as PNG or whatever the suffix says."""
    hours = trace.time_s / 3600.0
    figure = Figure(figsize=(9, 5), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    above.fill_between(hours, trace.low_pct, trace.high_pct, alpha=0.25, linewidth=0, label="95 % band")
    above.plot(hours, trace.soc_pct, linewidth=1, label="estimate")
    above.set_ylabel("state of charge, %")
    above.set_title(title)
    below.axhline(0.0, color="black", linewidth=0.5)
    if log.soc is not None:
        truth = 100.0 * log.soc
        above.plot(hours, truth, color="black", linewidth=0.8, label="reference")
        below.fill_between(hours, trace.low_pct - truth, trace.high_pct - truth, alpha=0.25, linewidth=0)
        below.plot(hours, trace.soc_pct - truth, linewidth=1)
    below.set_ylabel("error, %")
    below.set_xlabel("hours")
    above.legend(loc="upper right")
    figure.savefig(path, dpi=90)
