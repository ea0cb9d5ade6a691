"""A span of time of one pack as it goes into the history: extremes, means, last values, and what flowed."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Mapping, Sequence
from operator import mul
from typing import Any

from openress.store.quantities import CELLS, COLUMNS, GAUGES, TOTALS, Kept

__all__ = ["ROW", "Bucket", "Row", "cells_of", "mean_cells", "merge_cells", "merge_column", "merged", "packed_cells"]

Row = tuple[Any, ...]
"""Samples, tenths of a second with known flow, the columns of `COLUMNS`, the cells as bytes."""

ROW = ("samples", "known_ds", *(quantity.column(kept) for quantity, kept in COLUMNS), "cells")
_AHEAD = 2
"""Members of a row before those of `COLUMNS`."""
_UNKNOWN_CELL = 0xFFFF
_HIGHEST_CELL = 0xFFFE
_NEAR, _FAR = b"\x01", b"\x02"
_NEAR_AHEAD = 3
"""Bytes of near cells before what each has above the lowest."""
_FARTHEST = 0xFE
_UNKNOWN_ABOVE = 0xFF


class Bucket:
    """Gathers the samples of one span."""

    __slots__ = (
        "_cell_counts",
        "_cell_sums",
        "_counts",
        "_flow",
        "_last",
        "_max",
        "_min",
        "_sums",
        "known_s",
        "samples",
    )

    def __init__(self) -> None:
        count = len(GAUGES)
        self.samples = 0
        self.known_s = 0.0
        self._counts = [0] * count
        self._sums = [0.0] * count
        self._min: list[float | None] = [None] * count
        self._max: list[float | None] = [None] * count
        self._last: list[float | None] = [None] * count
        self._flow = [0.0] * len(TOTALS)
        self._cell_sums: list[int] = []
        self._cell_counts: list[int] = []

    def add(self, values: Mapping[str, Any]) -> None:
        """Take a sample under the public keys; a key that is not there is not known."""
        self.samples += 1
        for at, quantity in enumerate(GAUGES):
            value = values.get(quantity.key)
            if value is None:
                continue
            low, high = self._min[at], self._max[at]
            self._counts[at] += 1
            self._sums[at] += value
            self._min[at] = value if low is None or value < low else low
            self._max[at] = value if high is None or value > high else high
            self._last[at] = value
        self._add_cells(values.get(CELLS) or ())

    def _add_cells(self, cells: Sequence[int | None]) -> None:
        missing = len(cells) - len(self._cell_sums)
        if missing > 0:
            self._cell_sums += [0] * missing
            self._cell_counts += [0] * missing
        for at, cell in enumerate(cells):
            if cell is not None:
                self._cell_sums[at] += cell
                self._cell_counts[at] += 1

    def flow(self, charge_ah: float, energy_wh: float, during_s: float) -> None:
        """Take what flowed in a part of the span in one direction; positive charges."""
        at = 0 if charge_ah >= 0 else 1
        self._flow[at] += abs(charge_ah)
        self._flow[2 + at] += abs(energy_wh)
        self.known_s += during_s

    def row(self) -> Row:
        """What goes into the table."""
        columns: list[int | None] = []
        for at, quantity in enumerate(GAUGES):
            count = self._counts[at]
            found = {
                Kept.MIN: self._min[at],
                Kept.MEAN: self._sums[at] / count if count else None,
                Kept.MAX: self._max[at],
                Kept.LAST: self._last[at],
            }
            columns += [_steps(found[kept], quantity.per_unit) for kept in quantity.kept]
        if self.known_s:
            columns += [_steps(flow, quantity.per_unit) for flow, quantity in zip(self._flow, TOTALS, strict=True)]
        else:
            columns += [None] * len(TOTALS)
        cells = [
            round(total / count) if count else None
            for total, count in zip(self._cell_sums, self._cell_counts, strict=True)
        ]
        return (self.samples, round(10 * self.known_s), *columns, packed_cells(cells))


def _steps(value: float | None, per_unit: int) -> int | None:
    return None if value is None else round(value * per_unit)


def packed_cells(cells: Sequence[int | None]) -> bytes | None:
    """Millivolts as bytes; `None` without cells.

    Cells that are near one another, as they nearly always are: 1, the lowest cell in two bytes, what each has above it
    in one. Others: 2, then two bytes for each. The low byte comes first.
    """
    if not cells:
        return None
    known = [cell for cell in cells if cell is not None]
    low = min(known, default=0)
    if known and 0 <= low <= _HIGHEST_CELL and max(known) - low <= _FARTHEST:
        above = bytes(_UNKNOWN_ABOVE if cell is None else cell - low for cell in cells)
        return _NEAR + low.to_bytes(2, "little") + above
    held = array("H", (_UNKNOWN_CELL if cell is None else min(max(cell, 0), _HIGHEST_CELL) for cell in cells))
    if sys.byteorder == "big":
        held.byteswap()
    return _FAR + held.tobytes()


def cells_of(packed: bytes | None) -> list[int | None] | None:
    """See `packed_cells`."""
    if packed is None:
        return None
    if packed[:1] == _NEAR:
        low = int.from_bytes(packed[1:3], "little")
        return [None if above == _UNKNOWN_ABOVE else low + above for above in packed[3:]]
    held = array("H")
    held.frombytes(packed[1 : 1 + (len(packed) - 1) // 2 * 2])
    if sys.byteorder == "big":
        held.byteswap()
    return [None if cell == _UNKNOWN_CELL else cell for cell in held]


def merged(rows: Sequence[Row]) -> Row:
    """Several spans, oldest first, as one: means by the number of samples, flows added up."""
    if len(rows) == 1:
        return rows[0]
    weights = [row[0] for row in rows]
    columns = [_MERGE[kept]([row[_AHEAD + at] for row in rows], weights) for at, (_, kept) in enumerate(COLUMNS)]
    return (sum(weights), sum(row[1] for row in rows), *columns, merge_cells([row[-1] for row in rows], weights))


def _mean(values: Sequence[int | None], weights: Sequence[int]) -> int | None:
    known = [(value, weight) for value, weight in zip(values, weights, strict=True) if value is not None]
    weight = sum(weight for _, weight in known)
    return round(sum(value * weight for value, weight in known) / weight) if weight else None


def _min(values: Sequence[int | None], _: Sequence[int]) -> int | None:
    return min((value for value in values if value is not None), default=None)


def _max(values: Sequence[int | None], _: Sequence[int]) -> int | None:
    return max((value for value in values if value is not None), default=None)


def _last(values: Sequence[int | None], _: Sequence[int]) -> int | None:
    return next((value for value in reversed(values) if value is not None), None)


def _total(values: Sequence[int | None], _: Sequence[int]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


_MERGE = {Kept.MIN: _min, Kept.MEAN: _mean, Kept.MAX: _max, Kept.LAST: _last, Kept.TOTAL: _total}


def merge_column(kept: Kept, values: Sequence[int | None], weights: Sequence[int]) -> int | None:
    """One column of several spans, oldest first."""
    return _MERGE[kept](values, weights)


def merge_cells(packed: Sequence[bytes | None], weights: Sequence[int]) -> bytes | None:
    """The cells of several spans: each cell's mean by the number of samples."""
    return mean_cells([(cells, weight) for cells, weight in zip(packed, weights, strict=True) if cells is not None])


def mean_cells(rows: Sequence[tuple[bytes, int]]) -> bytes | None:
    """Each cell's mean by the number of samples, from cells as bytes and samples; `None` without rows."""
    if not rows:
        return None
    sums, weights = _sums_of_like(rows) or _sums_of_any(rows)
    return packed_cells(
        [round(total / weight) if weight else None for total, weight in zip(sums, weights, strict=True)]
    )


def _sums_of_like(rows: Sequence[tuple[bytes, int]]) -> tuple[list[int], list[int]] | None:
    """Sums and weights of rows of one length whose cells are all known and near, as nearly all are: ten times as fast.

    A year of minutes has a hundred million cells.
    """
    first = rows[0][0]
    size = len(first)
    if not all(len(packed) == size and packed[:1] == _NEAR for packed, _ in rows):
        return None
    columns = list(zip(*(packed for packed, _ in rows), strict=True))
    weights = [weight for _, weight in rows]
    above = columns[_NEAR_AHEAD:]
    if any(_UNKNOWN_ABOVE in column for column in above):
        return None
    weight = sum(weights)
    low = sum(map(mul, columns[1], weights)) + 256 * sum(map(mul, columns[2], weights))
    return [low + sum(map(mul, column, weights)) for column in above], [weight] * len(above)


def _sums_of_any(rows: Sequence[tuple[bytes, int]]) -> tuple[list[int], list[int]]:
    sums: list[int] = []
    weights: list[int] = []
    for packed, samples in rows:
        cells = cells_of(packed) or ()
        missing = len(cells) - len(sums)
        if missing > 0:
            sums += [0] * missing
            weights += [0] * missing
        for at, cell in enumerate(cells):
            if cell is not None:
                sums[at] += cell * samples
                weights[at] += samples
    return sums, weights
