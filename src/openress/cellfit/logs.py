"""Measured logs: columns of a CSV file, or arrays of a MAT file, as one record of a cell."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import scipy.io

from openress.errors import ParameterError

__all__ = ["CellLog", "Columns", "Floats", "OcvCurves", "arrays", "read_log", "read_ocv"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a log are called, and what they mean.

    Args:
        time: seconds.
        voltage: volts of the cell, or of a pack with `cells` in series.
        current: amperes.
        soc: reference state of charge, fraction or percent; absent when there is none.
        temperature: degrees Celsius; absent when the log has one temperature.
        discharge_positive: the log counts discharge current positive.
        cells: in series.
    """

    time: str
    voltage: str
    current: str
    soc: str | None = None
    temperature: str | None = None
    discharge_positive: bool = False
    cells: int = 1


@dataclass(frozen=True, slots=True)
class CellLog:
    """One record, all arrays of one length.

    Args:
        time_s: ascending.
        voltage_v: of one cell, or the mean of those in series.
        current_a: positive charges.
        temperature_c: of the cell.
        soc: reference as a fraction; absent when there is none.
    """

    time_s: Floats
    voltage_v: Floats
    current_a: Floats
    temperature_c: Floats
    soc: Floats | None


@dataclass(frozen=True, slots=True)
class OcvCurves:
    """Slow charge and slow discharge over state of charge (fraction), all of one length."""

    soc: Floats
    charge_v: Floats
    discharge_v: Floats


def read_log(path: Path, columns: Columns, *, temperature_c: float = 25.0) -> CellLog:
    """Read a record.

    Raises:
        ParameterError: the file, a column or its values cannot be used.
    """
    found = arrays(path)
    wanted = [columns.time, columns.voltage, columns.current]
    wanted += [name for name in (columns.soc, columns.temperature) if name is not None]
    taken = _of_one_length(path, found, wanted)
    time_s = taken[columns.time]
    if np.any(np.diff(time_s) < 0):
        at = int(np.argmax(np.diff(time_s) < 0))
        raise ParameterError(f"{columns.time} of {path} runs backwards after row {at + 1}; it must be time in seconds")
    current_a = taken[columns.current]
    return CellLog(
        time_s - time_s[0],
        taken[columns.voltage] / columns.cells,
        -current_a if columns.discharge_positive else current_a,
        taken[columns.temperature] if columns.temperature else np.full(len(time_s), temperature_c),
        _fraction(taken[columns.soc]) if columns.soc else None,
    )


def read_ocv(path: Path, soc: str, charge: str, discharge: str) -> OcvCurves:
    """Read the two open-circuit curves.

    Raises:
        ParameterError: the file, a column or its values cannot be used.
    """
    taken = _of_one_length(path, arrays(path), [soc, charge, discharge])
    order = np.argsort(taken[soc])
    return OcvCurves(_fraction(taken[soc][order]), taken[charge][order], taken[discharge][order])


def arrays(path: Path) -> Mapping[str, Floats]:
    """All numeric columns of a file by name; fields of a struct as `struct.field`.

    Raises:
        ParameterError: the file cannot be read.
    """
    try:
        if path.suffix.lower() == ".mat":
            return _mat(path)
        return _csv(path)
    except OSError as error:
        raise ParameterError(f"{path} cannot be read: {error.strerror or error}") from error


def _csv(path: Path) -> dict[str, Floats]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    if len(rows) < 2:
        raise ParameterError(f"{path} has no rows below its head; it must be a CSV file with the names in line 1")
    columns: dict[str, Floats] = {}
    for k, name in enumerate(rows[0]):
        try:
            columns[name.strip()] = np.array([float(row[k]) for row in rows[1:]])
        except (ValueError, IndexError):
            # A column of text, such as a date, is no measurement; asked for by name it is reported as missing.
            continue
    return columns


def _mat(path: Path) -> dict[str, Floats]:
    if h5py.is_hdf5(path):
        found: dict[str, Floats] = {}

        def visit(name: str, item: Any) -> None:
            if isinstance(item, h5py.Dataset) and item.dtype.kind == "f":
                found[name.replace("/", ".")] = np.asarray(item, dtype=np.float64).ravel()

        with h5py.File(path) as file:
            file.visititems(visit)
        return found
    try:
        content = scipy.io.loadmat(path, squeeze_me=True, struct_as_record=False)
    except ValueError as error:
        raise ParameterError(f"{path} is no MAT file: {error}") from error
    return dict(_fields("", content))


def _fields(prefix: str, content: Mapping[str, Any]) -> list[tuple[str, Floats]]:
    found: list[tuple[str, Floats]] = []
    for name, value in content.items():
        if name.startswith("_"):
            continue
        if hasattr(value, "_fieldnames"):
            found += _fields(f"{prefix}{name}.", vars(value))
        elif isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "fiu":
            found.append((f"{prefix}{name}", value.astype(np.float64)))
    return found


def _of_one_length(path: Path, found: Mapping[str, Floats], wanted: list[str]) -> dict[str, Floats]:
    if missing := [name for name in wanted if name not in found]:
        raise ParameterError(f"{path} has no column of numbers {', '.join(missing)}; it has {', '.join(sorted(found))}")
    taken = {name: found[name] for name in wanted}
    if len({len(column) for column in taken.values()}) > 1:
        lengths = ", ".join(f"{name} {len(column)}" for name, column in taken.items())
        raise ParameterError(f"the columns of {path} differ in length ({lengths}); give those of one record")
    if bad := [name for name, column in taken.items() if not np.isfinite(column).all()]:
        raise ParameterError(f"{', '.join(bad)} of {path} holds values that are no numbers; remove those rows")
    return taken


def _fraction(soc: Floats) -> Floats:
    """State of charge as a fraction, whichever way it was written."""
    return soc / 100.0 if soc.max() > 1.5 else soc
