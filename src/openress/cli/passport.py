"""`openress passport`: health and expected lifetime of a pack, as Annex VII and the battery passport ask for them."""

from __future__ import annotations

import json
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from openress import __version__
from openress.cli.asking import DEFAULT_URL, ask
from openress.paper import Paper

__all__ = ["command"]

WIDTH = 84


@click.command("passport")
@click.option("--pack", default=1, show_default=True, type=click.IntRange(0, 255), help="Which pack.")
@click.option("--url", default=DEFAULT_URL, show_default=True, help="Where the page of the running OpenRESS is.")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write a PDF file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def command(pack: int, url: str, pdf: Path | None, as_json: bool) -> None:
    """Print what a pack's passport tells: each value with how it was found, when, and how much that is worth.

    Asks an OpenRESS that runs, such as `openress up`. What is not known is said to be so; the dates of manufacture and
    of putting into service are entered under [passport] in the configuration.
    """
    found = ask(url, f"/api/passport?pack={pack}")
    if pdf is not None:
        made = _date(found["made_s"])
        paper = Paper(f"Battery passport: {_name(found)}", f"{found['regulation']}; OpenRESS {__version__}, {made}")
        paper.add(_lines(found))
        paper.write(pdf)
    if as_json:
        click.echo(json.dumps(found))
    elif pdf is not None:
        click.echo(f"Written: {pdf}")
    else:
        click.echo("\n".join(_lines(found)))


def _name(found: dict[str, Any]) -> str:
    return found["serial"] or f"pack {found['pack']}"


def _lines(found: dict[str, Any]) -> list[str]:
    who = [found["product"], found["manufacturer"], found["model"]]
    lines = [f"{_name(found)}, pack {found['pack']}", f"  {', '.join(part for part in who if part)}", ""]
    for field in found["fields"]:
        annex = f"  (Annex VII {field['annex']})" if field["annex"] else ""
        lines.append(f"{field['title']}{annex}")
        if field["value"] is not None:
            day = "" if field["at_s"] is None else f", {_date(field['at_s'])}"
            lines.append(f"    {_shown(field)}  [{field['quality']}{day}]")
        lines += textwrap.wrap(field["method"], WIDTH, initial_indent="    ", subsequent_indent="    ")
        if isinstance(field["value"], list):
            lines += [f"    {_date(event['at_s'])}  {event['text']}" for event in field["value"]]
    return lines


def _shown(field: dict[str, Any]) -> str:
    value = field["value"]
    if isinstance(value, list):
        return str(len(value))
    return f"{value:g} {field['unit']}".strip() if isinstance(value, float | int) else str(value)


def _date(at_s: float) -> str:
    return f"{datetime.fromtimestamp(at_s, tz=UTC).astimezone():%Y-%m-%d}"
