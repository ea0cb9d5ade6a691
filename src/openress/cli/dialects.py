"""`openress dialects`: what there is, and how well it is known."""

from __future__ import annotations

import json

import click

from openress.protocols import DIALECTS

__all__ = ["command"]


@click.command("dialects")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def command(as_json: bool) -> None:
    """List the dialects and how well each is known."""
    if as_json:
        rows = {
            name: {
                "title": d.title,
                "bus": d.bus.value,
                "does": list(d.does),
                "evidence": d.evidence,
                "unsupported": list(d.unsupported),
            }
            for name, d in DIALECTS.items()
        }
        click.echo(json.dumps(rows))
        return
    width = max(len(name) for name in DIALECTS)
    for name, dialect in DIALECTS.items():
        click.echo(f"{name:<{width}}  {dialect.title} ({dialect.bus.value}): {', '.join(dialect.does)}")
        click.echo(f"{'':<{width}}  evidence: {dialect.evidence}")
