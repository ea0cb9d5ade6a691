"""An answer of the history as a table: CSV that a spreadsheet opens without carrying anything out, JSON, Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from openress.errors import ParameterError, reason
from openress.store.historyquery import Answer
from openress.store.quantities import CELLS, Kept

__all__ = ["as_csv", "as_rows", "utc", "write_parquet"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With these a text begins that a spreadsheet would carry out."""


def utc(at_s: float) -> str:
    """A time for a table: in UTC, as ISO 8601 has it."""
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_rows(answer: Answer) -> list[dict[str, Any]]:
    """One row for each time: `time`, `time_s`, then a column for each thing that is kept, cells as `cell_1_mv` onwards.

    What is not known is `None`.
    """
    columns: dict[str, Sequence[float | int | None]] = {}
    for series in answer.series:
        for kept, line in series.values.items():
            columns[_name(series.quantity.key, kept)] = line
        if series.cells is not None:
            most = max((len(cells) for cells in series.cells if cells), default=0)
            for at in range(most):
                columns[f"cell_{at + 1}_mv"] = [_cell(cells, at) for cells in series.cells]
    return [
        {"time": utc(at_s), "time_s": at_s} | {name: line[at] for name, line in columns.items()}
        for at, at_s in enumerate(answer.times_s)
    ]


def _name(key: str, kept: Kept) -> str:
    return key if kept in (Kept.TOTAL, Kept.LAST) or key == CELLS else f"{key}_{kept.value}"


def _cell(cells: Sequence[int | None] | None, at: int) -> int | None:
    return cells[at] if cells is not None and at < len(cells) else None


def as_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Rows as a table; what is not known is empty."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_harmless(row.get(name)) for name in columns] for row in rows)
    return sink.getvalue()


def _harmless(value: Any) -> Any:
    """A text that a spreadsheet takes for a text; numbers stay numbers."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def write_parquet(path: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Write rows as Parquet; `time` is a time there.

    Raises:
        ParameterError: it cannot be written, or pyarrow is not installed.
    """
    pa, parquet = _arrow()
    lists = {name: [row.get(name) for row in rows] for name in columns if name != "time"}
    times = [datetime.fromtimestamp(row["time_s"], UTC) for row in rows]
    table = pa.table({"time": pa.array(times, pa.timestamp("ms", tz="UTC")), **lists})
    try:
        parquet.write_table(table, path)
    except OSError as error:
        raise ParameterError(f"The file {path} cannot be written: {reason(error)}.") from error


def _arrow() -> tuple[Any, Any]:
    # An extra, and slow to load.
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise ParameterError(
            "Parquet needs the package pyarrow: install OpenRESS with its extra `parquet`, or write CSV."
        ) from error
