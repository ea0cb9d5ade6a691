"""`openress drill`: a fault that is made on purpose, and what goes on the wire while it lasts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from openress.cli.completing import dialects, drills
from openress.cli.progress import working
from openress.clock import unix_s
from openress.drill import DRILLS, DrillRun, Row, run_drill
from openress.drill.bench import PACK_DIALECT, PRODUCT
from openress.drill.run import DIALECT, PACKS
from openress.errors import ParameterError
from openress.incidents.drilled import DrillRecorder
from openress.incidents.incident import Incident
from openress.incidents.incidentfile import to_bytes

__all__ = ["command"]

VIOLATED = 1
_LIST = "list"
_HEAD = "   time  state      CVL     CCL     DCL    in out   age packs  flows"


@click.command("drill")
@click.argument("name", default=_LIST, shell_complete=drills)
@click.option(
    "--dialect",
    default=DIALECT,
    show_default=True,
    help="What is spoken to the inverter, on CAN or RS485.",
    shell_complete=dialects,
)
@click.option("--packs", type=click.IntRange(3, 15), default=PACKS, show_default=True, help="Packs of the rack.")
@click.option("--all-rows", is_flag=True, help="Every second, also those in which nothing changes.")
@click.option("--incident", type=click.Path(path_type=Path), help="Record it in this file, see `openress incident`.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: rows, every frame, verdicts.")
@click.pass_context
def command(
    ctx: click.Context, name: str, dialect: str, packs: int, all_rows: bool, incident: Path | None, as_json: bool
) -> None:
    """Run the drill NAME with a virtual rack, or `list` them.

    Rack, gateway and inverter are those that run otherwise, in made time: a drill of minutes takes seconds. Exits with
    1 when a safety invariant was broken.
    """
    if name == _LIST:
        _list(as_json=as_json)
        return
    recorder = None if incident is None else DrillRecorder(PRODUCT, PACK_DIALECT)
    with working(f"drilling {name}", as_json=as_json):
        found = run_drill(name, dialect=dialect, packs=packs, recorder=recorder)
    if recorder is not None and incident is not None:
        _keep(recorder.incident(name, found.title, unix_s()), incident)
    if as_json:
        click.echo(json.dumps(found.as_json()))
    else:
        for line in _lines(found, all_rows=all_rows):
            click.echo(line)
    ctx.exit(0 if found.held else VIOLATED)


def _keep(found: Incident, path: Path) -> None:
    try:
        path.write_bytes(to_bytes(found))
    except OSError as error:
        raise ParameterError(f"The file {path} cannot be written: {error.strerror}.") from error


def _list(*, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([{"name": d.name, "title": d.title, "shows": d.shows} for d in DRILLS.values()]))
        return
    width = max(map(len, DRILLS))
    for drill in DRILLS.values():
        click.echo(f"{drill.name:<{width}}  {drill.title}")
        click.echo(f"{'':<{width}}  {drill.shows}")


def _lines(found: DrillRun, *, all_rows: bool) -> Iterator[str]:
    yield f"{found.title}; {found.dialect}, made time"
    yield _HEAD
    before: Row | None = None
    left_out = False
    for row in found.rows:
        for event in row.events:
            yield f"{row.at_s:6.0f} s  * {event}"
        if all_rows or before is None or row.events or _worth(row) != _worth(before):
            if left_out:
                yield "      ..."
            yield _row(row)
            left_out = False
        else:
            left_out = True
        if before is not None and row.alarms != before.alarms:
            yield f"{row.at_s:6.0f} s  ! {', '.join(row.alarms).replace('_', ' ') or 'no alarm any more'}"
        before = row
    yield ""
    for verdict in found.verdicts:
        yield f"{'held    ' if verdict.held else 'VIOLATED'}  {verdict.invariant}: {verdict.title}"
        if not verdict.held:
            yield f"          {verdict.breaches} times, first {verdict.first}"
    end = "Every invariant held" if found.held else "An invariant was broken"
    yield f"{end}; {len(found.frames)} frames, the longest gap {found.longest_gap_s:.1f} s."


def _worth(row: Row) -> tuple[object, ...]:
    return row.state, row.charge_voltage_v, row.charge_a, row.discharge_a, row.charge_enabled, row.counted


def _row(row: Row) -> str:
    if not row.frames:
        wire = f"{'nothing on the wire':<31}"
    else:
        volts = "" if row.charge_voltage_v is None else f"{row.charge_voltage_v:.1f}V"
        wire = (
            f"{volts:>6} {_amps(row.charge_a)} {_amps(row.discharge_a)} "
            f"{_flag(row.charge_enabled)} {_flag(row.discharge_enabled)}"
        )
    age = "" if row.age_s is None else f"{row.age_s:.0f}s"
    return f"{row.at_s:6.0f} s  {row.state:<9} {wire} {age:>5} {row.counted:>5} {round(row.flows_a):+6d}A"


def _amps(value: float | None) -> str:
    return f"{'':>7}" if value is None else f"{value:6.1f}A"


def _flag(value: bool | None) -> str:
    return "  -" if value is None else "yes" if value else " no"
