"""Measured curves: anchor points made smooth once, then looked up by index arithmetic on whole arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Bundle", "Curve", "Floats", "Grid", "Indices", "monotone_cubic"]

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Grid:
    """Equally spaced abscissae, shared by all curves over the same quantity.

    Args:
        low: first abscissa.
        high: last abscissa.
        step: distance of two abscissae; must divide the range.
    """

    low: float
    high: float
    step: float

    def points(self) -> Floats:
        """All abscissae, ascending."""
        return np.linspace(self.low, self.high, round((self.high - self.low) / self.step) + 1)

    def locate(self, at: Floats) -> tuple[Indices, Floats]:
        """Where values lie on the grid.

        Returns:
            The index of the abscissa below each value and the distance to it in grid steps. Neither is
            bounded here: a curve bounds the index when it is read.
        """
        position = (at - self.low) * (1.0 / self.step)
        below = position.astype(np.intp)
        return below, position - below


class Curve:
    """One quantity over a `Grid`, linear between abscissae and constant beyond both ends.

    Args:
        grid: the abscissae.
        anchors: pairs (abscissa, value), ascending; joined by a monotone cubic, constant beyond the outer
            ones.
    """

    def __init__(self, grid: Grid, anchors: Sequence[tuple[float, float]]) -> None:
        self.grid = grid
        x, y = np.array(anchors, dtype=np.float64).T
        self._values = monotone_cubic(x, y, grid.points())
        self._values[0] = self._values[1]  # a flat first step: whatever lies below is read from it
        self._rises = np.append(np.diff(self._values), 0.0)
        areas = 0.5 * grid.step * (self._values[1:] + self._values[:-1])
        self._integral = np.concatenate(([0.0], np.cumsum(areas)))

    def at(self, where: tuple[Indices, Floats]) -> Floats:
        """Values at places found by `Grid.locate`."""
        below, part = where
        return self._values.take(below, mode="clip") + self._rises.take(below, mode="clip") * part

    def slope_at(self, where: tuple[Indices, Floats]) -> Floats:
        """Rise per unit of the abscissa at places found by `Grid.locate`."""
        return self._rises.take(where[0], mode="clip") * (1.0 / self.grid.step)

    def integral_at(self, where: tuple[Indices, Floats]) -> Floats:
        """Exact integral of the looked-up curve from the grid's low end to places inside the grid."""
        below, part = where
        inside = self._values.take(below, mode="clip") + 0.5 * part * self._rises.take(below, mode="clip")
        integral: Floats = self._integral.take(below, mode="clip") + inside * part * self.grid.step
        return integral


class Bundle:
    """Several quantities over one grid, read together.

    Args:
        curves: all over the same grid.
    """

    def __init__(self, *curves: Curve) -> None:
        self._values, self._rises = (
            np.stack([getattr(curve, name) for curve in curves]) for name in ("_values", "_rises")
        )

    def at(self, where: tuple[Indices, Floats]) -> Floats:
        """Values of all at places found by `Grid.locate`; the first axis runs over the curves."""
        below, part = where
        rises = self._rises.take(below, axis=1, mode="clip")
        rises *= part
        rises += self._values.take(below, axis=1, mode="clip")
        return rises


def monotone_cubic(x: Floats, y: Floats, at: Floats) -> Floats:
    """Piecewise cubic through points that never overshoots them; constant beyond the outer ones.

    Interior slopes are the weighted harmonic mean of the neighbouring chords, zero where their signs differ
    (Fritsch and Butland, SIAM J. Sci. Stat. Comput. 5(2), 1984); the end slopes are those of the end chords.
    """
    width = np.diff(x)
    chord = np.diff(y) / width
    slope = np.concatenate(([chord[0]], np.zeros(len(x) - 2), [chord[-1]]))
    left, right = chord[:-1], chord[1:]
    same = left * right > 0
    heavy_left, heavy_right = width[1:] * 2 + width[:-1], width[1:] + width[:-1] * 2
    mean = (heavy_left + heavy_right) / (
        heavy_left / np.where(same, left, 1.0) + heavy_right / np.where(same, right, 1.0)
    )
    slope[1:-1] = np.where(same, mean, 0.0)

    inside = np.clip(at, x[0], x[-1])
    k = np.clip(np.searchsorted(x, inside, side="right") - 1, 0, len(width) - 1)
    t = (inside - x[k]) / width[k]
    through_points = y[k] * (1 + 2 * t) * (1 - t) ** 2 + y[k + 1] * t**2 * (3 - 2 * t)
    along_slopes = width[k] * t * (1 - t) * (slope[k] * (1 - t) - slope[k + 1] * t)
    curve: Floats = through_points + along_slopes
    return curve
