"""`openress logs`: the records that packs keep of their alarms and protections."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click

from openress.cli.onpack import Target, begin, opened, pack_options, say
from openress.cli.progress import bar
from openress.cli.running import run_until_interrupted
from openress.errors import ParameterError, PortError
from openress.folders import default_folder
from openress.journalling import JOURNAL
from openress.model.history import HistoryRecord
from openress.rack.logs import Records, as_csv, as_json, read_records
from openress.rack.session import Reached, reach
from openress.store.chain import verify
from openress.store.files import open_to_read

__all__ = ["command"]

MOST = 500
"""What packs keep where their product does not say otherwise."""


@click.group("logs")
def command() -> None:
    """Read the records that packs keep of their alarms and protections, newest first; check the journal of changes."""


_LIMIT = click.option("--limit", type=click.IntRange(1, 65535), help="Only the newest; all that the product keeps.")


@command.command("read")
@pack_options
@_LIMIT
def read_command(target: Target, limit: int | None) -> None:
    """Print the records of a pack."""

    def show(reached: Reached, told: Records) -> None:
        if target.as_json:
            click.echo(_as_json(reached, told))
            return
        click.echo(f"{begin(reached)} keeps {_count(told)}, newest first.")
        for number, record in enumerate(told.records, start=1):
            click.echo(f"{number:>4}  {_line(record)}")

    _run(target, limit, show)


@command.command("export")
@pack_options
@click.argument("path", type=click.Path(path_type=Path, allow_dash=True))
@_LIMIT
@click.option("--format", "form", type=click.Choice(["csv", "json"]), help="Without it, as the file's name ends.")
def export_command(target: Target, path: Path, limit: int | None, form: str | None) -> None:
    """Write the records of a pack into the file PATH, as CSV or JSON; - is the standard output."""
    ending = form or path.suffix.removeprefix(".").lower()
    if ending not in ("csv", "json"):
        raise ParameterError(f"{path}: end the name in .csv or .json, or say --format csv or --format json.")

    def write(reached: Reached, told: Records) -> None:
        text = (
            as_csv({"pack": str(reached.pack), "serial": reached.serial}, told.records)
            if ending == "csv"
            else _as_json(reached, told) + "\n"
        )
        if str(path) == "-":
            sys.stdout.write(text)
            return
        try:
            # A table for a spreadsheet has the ends of lines that it was made with.
            path.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise ParameterError(f"The file {path} cannot be written: {error.strerror}.") from error
        say(f"{path} has {_count(told)} of {reached}.")
        if target.as_json:
            head = {"pack": reached.pack, "serial": reached.serial}
            click.echo(json.dumps(head | {"file": str(path), "records": len(told.records)}))

    _run(target, limit, write)


@command.command("verify")
@click.option("--data", type=click.Path(path_type=Path), help="The data folder.")
@click.option("--head", help="A head that was noted before: tells whether anything at the end is gone since.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def verify_command(data: Path | None, head: str | None, as_json: bool) -> None:
    """Check that nobody altered or removed anything in the journal of changes made from this computer."""
    folder = data or default_folder()
    path = folder / JOURNAL
    if not path.exists():
        raise ParameterError(
            f"There is no journal in {folder}: nothing was changed from here, or name another data folder with --data."
        )
    with closing(open_to_read(path)) as rows:
        found = verify(rows, head)
    sentences = list(found.findings)
    if found.knows is False:
        sentences.append(f"The head {head} is not in the chain: what was written up to it is gone or was made anew.")
    if as_json:
        told = {"journal": str(path), "rows": found.rows, "head": found.head, "findings": sentences}
        click.echo(json.dumps({"whole": not sentences} | told))
    elif sentences:
        click.echo("\n".join(sentences))
    if sentences:
        raise PortError(f"The journal {path} is not as it was written.")
    if not as_json:
        rows_told = "1 row" if found.rows == 1 else f"{found.rows} rows"
        click.echo(f"{path} is whole: {rows_told}, head {found.head or 'none'}.")


def _run(target: Target, limit: int | None, show: Callable[[Reached, Records], None]) -> None:
    async def main() -> None:
        async with opened(target, writes=False) as session:
            reached = await reach(session, target.pack)
            most = limit or session.product.history_records or MOST
            with bar("reading records", as_json=target.as_json) as tell:
                told = await read_records(session, target.pack, most=most, progress=lambda count: tell(count, most))
        for note in told.notes:
            say(note)
        show(reached, told)

    run_until_interrupted(main())


def _as_json(reached: Reached, told: Records) -> str:
    records = [as_json(record) for record in told.records]
    return json.dumps({"pack": reached.pack, "serial": reached.serial, "records": records})


def _count(told: Records) -> str:
    count = len(told.records)
    return "1 record" if count == 1 else f"{count} records"


def _line(record: HistoryRecord) -> str:
    protections = record.protections or frozenset()
    parts = [f"protection {member.value}" for member in sorted(protections)]
    parts += [f"alarm {member.value}" for member in sorted((record.conditions or frozenset()) - protections)]
    parts += [f"fault {member.value}" for member in sorted(record.faults or ())]
    measured = [
        f"{value:{form}} {unit}"
        for value, form, unit in (
            (record.pack_voltage_v, ".2f", "V"),
            (record.pack_current_a, "+.2f", "A"),
        )
        if value is not None
    ]
    if record.cell_voltage_min_mv is not None and record.cell_voltage_max_mv is not None:
        measured.append(f"cells {record.cell_voltage_min_mv} to {record.cell_voltage_max_mv} mV")
    return f"{record.at or 'no time'!s:<19}  {'  '.join(measured)}  {', '.join(parts) or 'nothing stands'}"
