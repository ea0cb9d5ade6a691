"""Minutes into quarters of an hour, quarters into days: one statement each, made from the table of quantities."""

from __future__ import annotations

import sqlite3

from openress.store.bucket import ROW, mean_cells
from openress.store.quantities import COLUMNS, Kept
from openress.store.retention import SPAN

__all__ = ["MEAN_CELLS", "add_aggregate", "roll_up"]

MEAN_CELLS = "mean_cells"
_HALF, _WHOLE = 2**31, 2**32


class _MeanCells:
    """SQLite aggregate: each cell's mean by the number of samples."""

    def __init__(self) -> None:
        self._rows: list[tuple[bytes, int]] = []

    def step(self, packed: bytes | None, samples: int) -> None:
        """Take a row; all that is not a moment's work waits for the last one."""
        if packed is not None:
            self._rows.append((packed, samples))

    def finalize(self) -> bytes | None:
        """The row."""
        return mean_cells(self._rows)


def add_aggregate(connection: sqlite3.Connection) -> None:
    """Let a connection roll up."""
    connection.create_aggregate(MEAN_CELLS, 2, _MeanCells)  # type: ignore[arg-type]  # typeshed wants one more method


def _column(name: str, kept: Kept) -> str:
    if kept is Kept.MEAN:
        weight = f"SUM(CASE WHEN {name} IS NULL THEN 0 ELSE samples END)"
        return f"CAST(ROUND(SUM({name} * samples) * 1.0 / {weight}) AS INTEGER)"
    if kept is Kept.LAST:
        # The latest value that is known: its time stands in the upper half of the number, itself in the lower.
        return f"(MAX((at_s - :start) * {_WHOLE} + {name} + {_HALF}) & {_WHOLE - 1}) - {_HALF}"
    return f"{'SUM' if kept is Kept.TOTAL else kept.value.upper()}({name})"


def _statement(source: str, target: str) -> str:
    columns = ", ".join(_column(quantity.column(kept), kept) for quantity, kept in COLUMNS)
    return (
        f"INSERT OR REPLACE INTO {target} (id, {', '.join(ROW)}) "  # noqa: S608  names of the schema
        f"SELECT {SPAN} * :start + source, SUM(samples), SUM(known_ds), {columns}, {MEAN_CELLS}(cells, samples) "
        f"FROM {source} WHERE id >= {SPAN} * :start AND id < {SPAN} * :end GROUP BY source"
    )


_STATEMENTS = {("minute", "quarter"): _statement("minute", "quarter"), ("quarter", "day"): _statement("quarter", "day")}


def roll_up(connection: sqlite3.Connection, source: str, target: str, start_s: int, end_s: int) -> None:
    """Make the span from `start_s` to before `end_s` of `target` anew from the rows of `source`."""
    connection.execute(_STATEMENTS[source, target], {"start": start_s, "end": end_s})
