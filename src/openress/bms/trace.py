"""A recording of a pack as CSV, and what the BMS would have done with it.

Columns: `time_s, current_a, cell1_mv..celln_mv, t1_c..tm_c, mos_c, env_c`, and, where they were recorded, `charger`,
`button` (1 = ON) and `mcb` (1 = closed). An empty field is a value that could not be had.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite

from openress.bms.core import Bms
from openress.bms.decision import Decision
from openress.bms.measure import Measurement
from openress.bms.power import PowerState
from openress.bms.settings import BmsSettings, Memory, charge_of_a_new_pack
from openress.errors import ParameterError
from openress.names import hint
from openress.products import Product

__all__ = ["TraceRow", "parse_trace", "replay"]

_NEEDED = ("time_s", "current_a", "mos_c", "env_c")
_OPTIONAL = ("charger", "button", "mcb")
_CELL, _SENSOR = re.compile(r"cell(\d+)_mv"), re.compile(r"t(\d+)_c")


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One moment of a recording."""

    time_s: float
    current_a: float | None
    cells_mv: tuple[int | None, ...]
    temperatures_c: tuple[float | None, ...]
    mos_c: float | None
    env_c: float | None
    charger: bool | None = None
    button: bool = True
    mcb: bool = True


def parse_trace(lines: Iterable[str], *, cells: int, sensors: int, name: str) -> Iterator[TraceRow]:
    """Read a recording row by row.

    Args:
        lines: of the file.
        cells: how many the product has.
        sensors: how many temperatures between the cells.
        name: of the file, for errors.

    Raises:
        ParameterError: a column is missing or unknown, a field is no number, time does not advance; with the line.
    """
    reader = csv.reader(lines)
    head = [column.strip().lower() for column in next(reader, [])]
    _check_head(head, cells, sensors, name)
    last_s = float("-inf")
    for fields in reader:
        if not any(field.strip() for field in fields):
            continue
        where = f"{name}, line {reader.line_num}"
        if len(fields) != len(head):
            raise ParameterError(f"{where} has {len(fields)} fields, the header names {len(head)}.")
        row = _row(dict(zip(head, fields, strict=True)), cells, where)
        if row.time_s <= last_s:
            raise ParameterError(f"{where}: time_s {row.time_s:g} does not come after {last_s:g}.")
        last_s = row.time_s
        yield row


def _check_head(head: list[str], cells: int, sensors: int, name: str) -> None:
    wanted = [*_NEEDED, *(f"cell{number}_mv" for number in range(1, cells + 1))]
    wanted += [f"t{number}_c" for number in range(1, sensors + 1)]
    known = [*wanted, *(f"t{number}_c" for number in range(1, 9)), *_OPTIONAL]
    for column in head:
        extra_cell = _CELL.fullmatch(column)
        if extra_cell and column not in known:
            raise ParameterError(f"{name} has the column {column}, but the product has {cells} cells in series.")
        if column not in known:
            raise ParameterError(f"{name} has an unknown column {column!r}; {hint(column, known)}")
    for column in wanted:
        if column not in head:
            raise ParameterError(f"{name} has no column {column}.")
    if len(set(head)) < len(head):
        raise ParameterError(f"{name} names a column twice.")


def _row(fields: Mapping[str, str], cells: int, where: str) -> TraceRow:
    time_s = _number(fields["time_s"], "time_s", where)
    if time_s is None:
        raise ParameterError(f"{where}: time_s is empty.")
    voltages = [_number(fields[f"cell{number}_mv"], f"cell{number}_mv", where) for number in range(1, cells + 1)]
    sensors = sorted((column for column in fields if _SENSOR.fullmatch(column)), key=lambda column: int(column[1:-2]))
    return TraceRow(
        time_s=time_s,
        current_a=_number(fields["current_a"], "current_a", where),
        cells_mv=tuple(None if mv is None else round(mv) for mv in voltages),
        temperatures_c=tuple(_number(fields[column], column, where) for column in sensors),
        mos_c=_number(fields["mos_c"], "mos_c", where),
        env_c=_number(fields["env_c"], "env_c", where),
        charger=_flag(fields.get("charger"), "charger", where),
        button=_flag(fields.get("button"), "button", where) is not False,
        mcb=_flag(fields.get("mcb"), "mcb", where) is not False,
    )


def _number(text: str, column: str, where: str) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        raise ParameterError(f"{where}: {column} is {text.strip()!r}, not a number.") from None
    # "nan" is how some loggers write a value they do not have.
    return value if isfinite(value) else None


def _flag(text: str | None, column: str, where: str) -> bool | None:
    if text is None or not text.strip():
        return None
    word = text.strip().lower()
    if word in ("1", "true", "on", "yes"):
        return True
    if word in ("0", "false", "off", "no"):
        return False
    raise ParameterError(f"{where}: {column} is {text.strip()!r}; write 1 or 0.")


def replay(
    rows: Iterable[TraceRow], product: Product, values: Mapping[str, float], *, soc_pct: float = 50.0
) -> Iterator[tuple[TraceRow, Decision]]:
    """What the BMS would have decided at every row.

    The switches of the recording were not ours: checks that compare switches with currents are off.

    Args:
        rows: of the recording.
        product: what the pack is.
        values: parameters to decide by.
        soc_pct: state of charge at the first row.
    """
    memory = Memory(charge_of_a_new_pack(product, soc_pct))
    bms = Bms(product, values, memory, BmsSettings(live=False))
    on = True
    for row in rows:
        if row.button is not on:
            if not (row.button and bms.memory().power is PowerState.AWAKE):
                bms.press_button(row.time_s)
            on = row.button
        decision = bms.step(_measurement(row), row.time_s, charger=row.charger if row.mcb else None)
        yield row, decision


def _measurement(row: TraceRow) -> Measurement:
    known = [mv for mv in row.cells_mv if mv is not None]
    return Measurement(
        cell_voltages_mv=row.cells_mv,
        # The recording has no pack voltage of its own; a missing cell leaves the sum unknown.
        pack_voltage_v=sum(known) / 1000.0 if len(known) == len(row.cells_mv) else None,
        terminal_voltage_v=None,
        pack_current_a=row.current_a,
        temperatures_c=row.temperatures_c,
        mos_temperature_c=row.mos_c,
        env_temperature_c=row.env_c,
    )
