"""`openress history`: what was measured and what happened, out of the data folder, also while the program runs."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from openress.errors import ParameterError, PortError
from openress.folders import default_folder
from openress.names import hint
from openress.store.eventquery import events, health
from openress.store.happened import Event
from openress.store.historyfile import HISTORY, open_history
from openress.store.historyquery import Answer, Span, ask, find_source, known_sources
from openress.store.historytable import as_csv, as_rows, utc, write_parquet
from openress.store.quantities import QUANTITIES
from openress.store.retention import AUTO, RESOLUTIONS

__all__ = ["command"]

_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_622_400}
_LENGTH = re.compile(r"(\d+)([smhdwy])")
_LAST = "24h"
_SHOWN = 24
"""Lines of a table on the screen."""
_EVENTS, _HEALTH, _SOURCES = "events", "health", "sources"
_ALL_EVENTS = 1_000_000


@click.command("history")
@click.argument("quantities", nargs=-1, metavar="QUANTITY...")
@click.option("--pack", type=click.IntRange(0, 255), help="Number of a pack; without it and --serial the rack.")
@click.option("--serial", help="Serial number of a pack.")
@click.option("--from", "start", help="Beginning: 2026-11-20, 2026-11-20T15:30, local unless it ends in Z.")
@click.option("--to", "end", help="End, likewise; without it now.")
@click.option("--last", help=f"In place of them: so long until now, as 90m, 24h, 7d, 2y. [default: {_LAST}]")
@click.option(
    "--every", type=click.Choice([AUTO, *(item.name for item in RESOLUTIONS)]), default=AUTO, help="How fine."
)
@click.option("--points", type=click.IntRange(1), help="At most so many lines; neighbours are put together.")
@click.option("--csv", "as_table", is_flag=True, help="Print CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--parquet", type=click.Path(path_type=Path), help="Write a Parquet file.")
@click.option("--data", type=click.Path(path_type=Path), help="The data folder.")
def command(
    quantities: tuple[str, ...],
    pack: int | None,
    serial: str | None,
    start: str | None,
    end: str | None,
    last: str | None,
    every: str,
    points: int | None,
    as_table: bool,
    as_json: bool,
    parquet: Path | None,
    data: Path | None,
) -> None:
    """Print quantities over a span of time, for the rack or for a pack.

    In place of quantities: `events` prints what happened, `health` a pack's health from day to day, `sources` the packs
    that the history knows and the quantities that it keeps.
    """
    if as_table + as_json + (parquet is not None) > 1:
        raise ParameterError("Choose one of --csv, --json and --parquet.")
    out = _Out(as_table=as_table, as_json=as_json, parquet=parquet)
    span = _span(start, end, last, every, points)
    special = {_EVENTS, _HEALTH, _SOURCES} & set(quantities)
    if special and len(quantities) > 1:
        raise ParameterError(f"`openress history {special.pop()}` goes without quantities beside it.")
    if not quantities:
        raise ParameterError(f"Name a quantity; {hint('', QUANTITIES)} `openress history sources` lists them all.")
    with _opened(data) as rows:
        what = quantities[0]
        if what == _SOURCES:
            _print_sources(rows, out)
            return
        if what == _EVENTS:
            one = None if pack is None and serial is None else find_source(rows, pack=pack, serial=serial)
            bounds = (None, None) if start is end is last is None else (span.from_s, span.to_s)
            found = events(rows, source=one, from_s=bounds[0], to_s=bounds[1], limit=_ALL_EVENTS)
            out.write([_event_row(event) for event in found], _EVENT_COLUMNS, _print_events)
            return
        source = find_source(rows, pack=pack, serial=serial)
        if what == _HEALTH:
            start_s = 0.0 if start is None and last is None else span.from_s
            days = [
                {"time": utc(day.at_s), "time_s": day.at_s, **_without_time(asdict(day))}
                for day in health(rows, source, start_s, span.to_s)
            ]
            out.write(days, None, _print_table)
            return
        answer = ask(rows, source, quantities, span)
        out.write(as_rows(answer), None, lambda table: _print_answer(answer, table))


def _without_time(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != "at_s"}


class _Out:
    """Where rows go."""

    def __init__(self, *, as_table: bool, as_json: bool, parquet: Path | None) -> None:
        self._as_table, self._as_json, self._parquet = as_table, as_json, parquet

    def write(
        self,
        rows: list[dict[str, Any]],
        columns: Sequence[str] | None,
        show: Callable[[list[dict[str, Any]]], None],
    ) -> None:
        """Write them as was asked for, or show them."""
        names = columns or list(rows[0] if rows else ("time", "time_s"))
        if self._parquet is not None:
            write_parquet(self._parquet, rows, names)
            click.echo(f"openress: {self._parquet} has {_count(len(rows), 'row')}.", err=True)
        elif self._as_json:
            click.echo(json.dumps(rows))
        elif self._as_table:
            sys.stdout.write(as_csv(rows, names))
        else:
            show(rows)


@contextmanager
def _opened(data: Path | None) -> Any:
    path = (data or default_folder()) / HISTORY
    if not path.exists():
        raise ParameterError(
            f"There is no history in {path.parent}: name the data folder of `openress up` with --data."
        )
    try:
        with open_history(path) as rows:
            yield rows
    except (sqlite3.Error, ValueError) as error:
        if isinstance(error, ParameterError):
            raise
        raise PortError(f"The history {path} cannot be read: {error}.") from error


def _span(start: str | None, end: str | None, last: str | None, every: str, points: int | None) -> Span:
    if last is not None and (start is not None or end is not None):
        raise ParameterError("Say either --last, or --from and --to.")
    to_s = time.time_ns() / 1e9 if end is None else _time(end)
    if start is not None:
        from_s = _time(start)
    else:
        match = _LENGTH.fullmatch(last or _LAST)
        if match is None:
            raise ParameterError(f"--last {last}: say a number with s, m, h, d, w or y after it, as 24h or 7d.")
        from_s = to_s - int(match[1]) * _UNITS_S[match[2]]
    if from_s >= to_s:
        raise ParameterError(f"The span from {utc(from_s)} to {utc(to_s)} ends before it begins.")
    return Span(max(from_s, 0.0), to_s, every, points)


def _time(text: str) -> float:
    try:
        found = datetime.fromisoformat(text)
        return found.timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise ParameterError(f"{text} is no time; write it as 2026-11-20 or 2026-11-20T15:30.") from error


def _local(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


_EVENT_COLUMNS = ("time", "time_s", "ended", "ended_s", "source", "pack", "kind", "code", "level", "text", "virtual")


def _event_row(event: Event) -> dict[str, Any]:
    return {
        "time": utc(event.began_s),
        "time_s": event.began_s,
        "ended": None if event.ended_s is None else utc(event.ended_s),
        "ended_s": event.ended_s,
        "source": event.source.name,
        "pack": event.pack,
        "kind": event.kind,
        "code": event.code,
        "level": event.level.value,
        "text": event.text,
        "virtual": event.source.virtual,
    }


def _print_events(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        until = "stands" if row["ended_s"] is None else f"{row['ended_s'] - row['time_s']:.0f} s"
        text = f"virtual: {row['text']}" if row["virtual"] else row["text"]
        click.echo(f"{_local(row['time_s'])}  {row['level']:<8}  {until:>8}  {text}")
    click.echo(f"{_count(len(rows), 'event')}, newest first.")


def _print_answer(answer: Answer, rows: list[dict[str, Any]]) -> None:
    known = sum(any(value is not None for name, value in row.items() if not name.startswith("time")) for row in rows)
    of = answer.source.name if answer.source.pack is None else f"pack {answer.source.pack} ({answer.source.name})"
    click.echo(
        f"{of}, from {answer.resolution}, every {answer.every_s} s: {known} of {_count(len(rows), 'value')} known."
    )
    _print_table(rows)


def _print_table(rows: list[dict[str, Any]]) -> None:
    """The last lines that fit a screen; the whole is for CSV."""
    if not rows:
        return
    names = [name for name in rows[0] if name not in ("time", "time_s")]
    widths = [max(len(name), 8) for name in names]
    click.echo("  ".join([f"{'time':<19}", *(f"{name:>{width}}" for name, width in zip(names, widths, strict=True))]))
    for row in rows[-_SHOWN:]:
        values = ("-" if row[name] is None else f"{row[name]:g}" for name in names)
        line = (f"{value:>{width}}" for value, width in zip(values, widths, strict=True))
        click.echo("  ".join([_local(row["time_s"]), *line]))
    if len(rows) > _SHOWN:
        click.echo(f"The last {_SHOWN} of {len(rows)} lines; --csv, --json or --parquet FILE has them all.")


def _print_sources(rows: sqlite3.Connection, out: _Out) -> None:
    found = [{"kind": item.kind.value, "source": item.name, "pack": item.pack} for item in known_sources(rows)]

    def show(_: list[dict[str, Any]]) -> None:
        for item in found:
            click.echo(f"{item['source']}" + ("" if item["pack"] is None else f", last as pack {item['pack']}"))
        click.echo("Quantities: " + " ".join(QUANTITIES))

    out.write(found, ("kind", "source", "pack"), show)


def _count(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
