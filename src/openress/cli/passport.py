"""`openress passport`: health and expected lifetime of a pack, as Annex VII and the battery passport ask for them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from openress.cli.asking import DEFAULT_URL, ask
from openress.telemetry.passportpaper import passport_lines, passport_paper

__all__ = ["command"]


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
        passport_paper(found).write(pdf)
    if as_json:
        click.echo(json.dumps(found))
    elif pdf is not None:
        click.echo(f"Written: {pdf}")
    else:
        click.echo("\n".join(passport_lines(found)))
