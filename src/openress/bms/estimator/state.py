"""What the estimator knows of one pack, what it publishes, and how it is kept over a restart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from openress.bms.estimator.anchor import Anchor, Anchors
from openress.bms.estimator.cells import CellOffsets, level
from openress.bms.estimator.meancell import MeanCell
from openress.bms.estimator.meancell import start as start_mean
from openress.bms.estimator.model import PackModel
from openress.errors import ParameterError

__all__ = ["PackEstimate", "estimate_from_dict", "start"]

_VERSION = 1
_TWO_SIDED_95 = 1.96


@dataclass(frozen=True, slots=True)
class PackEstimate:
    """State of the estimator of one pack.

    Args:
        mean: of the mean cell.
        cells: each cell's distance from it.
        anchors: progress towards full and empty, and the last end declared.
        shown_pct: state of charge to show to a person.
        current_a: of the last reading, positive charges; absent before the first and after a gap.
    """

    mean: MeanCell
    cells: CellOffsets
    anchors: Anchors
    shown_pct: float
    current_a: float | None = None

    @property
    def soc_pct(self) -> float:
        """State of charge of the mean cell: stored charge over capacity."""
        return 100.0 * min(max(self.mean.soc, 0.0), 1.0)

    @property
    def sigma_pct(self) -> float:
        """Standard deviation of `soc_pct`."""
        return 100.0 * self.mean.sigma

    @property
    def band_pct(self) -> tuple[float, float]:
        """Interval that holds the state of charge 95 times out of 100, within 0 to 100."""
        reach = _TWO_SIDED_95 * self.mean.sigma
        return 100.0 * min(max(self.mean.soc - reach, 0.0), 1.0), 100.0 * max(min(self.mean.soc + reach, 1.0), 0.0)

    @property
    def cell_soc_pct(self) -> tuple[float, ...]:
        """State of charge of every cell."""
        return tuple(100.0 * min(max(self.mean.soc + offset, 0.0), 1.0) for offset in self.cells.offsets)

    @property
    def usable_pct(self) -> float:
        """Charge that can be drawn before the lowest cell is empty, of what could be with the highest one full.

        Equals `soc_pct` in a balanced pack; 100 when the highest cell is full.
        """
        low = min(max(self.mean.soc + min(self.cells.offsets), 0.0), 1.0)
        high = min(max(self.mean.soc + max(self.cells.offsets), 0.0), 1.0)
        whole = low + (1.0 - high)
        return 100.0 * (low / whole) if whole > 0 else 0.0

    @property
    def offset_a(self) -> float:
        """What the current sensor reads too much."""
        return self.mean.offset_a

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for a file. Read them back with `estimate_from_dict`, then step with `gap=True`."""
        values = asdict(self)
        for key in ("declared", "last"):
            end = values["anchors"][key]
            values["anchors"][key] = None if end is None else end.value
        return {"version": _VERSION, **values}


def start(model: PackModel, soc_pct: float, sigma_pct: float = 30.0) -> PackEstimate:
    """A pack about which somebody says a state of charge, and how sure that is.

    Raises:
        ParameterError: a state of charge or a standard deviation that does not exist.
    """
    if not (0 <= soc_pct <= 100 and 0 < sigma_pct <= 100):
        raise ParameterError(f"a start at {soc_pct} % +/- {sigma_pct} % does not exist; give 0 to 100 and more than 0")
    return PackEstimate(start_mean(model, soc_pct / 100.0, sigma_pct / 100.0), level(model.cells), Anchors(), soc_pct)


def estimate_from_dict(found: Mapping[str, Any]) -> PackEstimate:
    """The inverse of `PackEstimate.to_dict`.

    Raises:
        ParameterError: another version, something missing, or a value that no estimate can have.
    """
    if found.get("version") != _VERSION:
        raise ParameterError(
            f"the saved estimate has version {found.get('version')!r}, not {_VERSION}; start from a state of charge"
        )
    try:
        mean = MeanCell(**{**found["mean"], "covariance": tuple(found["mean"]["covariance"])})
        cells = CellOffsets(
            **{**found["cells"], **{key: tuple(found["cells"][key]) for key in ("offsets", "variances")}}
        )
        ends = {key: None if (end := found["anchors"][key]) is None else Anchor(end) for key in ("declared", "last")}
        anchors = Anchors(**{**found["anchors"], **ends})
        estimate = PackEstimate(mean, cells, anchors, found["shown_pct"], found["current_a"])
        numbers = [value for key, value in asdict(mean).items() if key != "covariance"]
        numbers += [*mean.covariance, *cells.offsets, *cells.variances, cells.travel, cells.waited_s]
        numbers += [anchors.full_s, anchors.empty_s, estimate.shown_pct]
        sound = all(math.isfinite(number) for number in numbers)
    except (KeyError, TypeError, ValueError) as error:
        raise ParameterError(f"the saved estimate cannot be read: {error!r}; start from a state of charge") from error
    variances = [mean.covariance[k] for k in (0, 4, 7, 9)] if len(mean.covariance) == 10 else [-1.0]
    if not sound or min(*variances, *cells.variances) < 0 or len(cells.offsets) != len(cells.variances):
        raise ParameterError("the saved estimate is damaged; start from a state of charge")
    return estimate
