"""`openress help`: what to know before touching a battery."""

from __future__ import annotations

import json

import click

from openress.cli.completing import topics
from openress.errors import ParameterError
from openress.install.guidance import TOPICS
from openress.install.guides import GUIDES
from openress.names import hint

__all__ = ["command"]


@click.command("help")
@click.argument("topic", required=False, shell_complete=topics)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(topic: str | None, as_json: bool) -> None:
    """Print what there is to know about TOPIC; without one, the list of topics."""
    known = {**TOPICS, **GUIDES}
    if topic is None:
        if as_json:
            click.echo(json.dumps([{"topic": name, "title": title} for name, (title, _) in known.items()]))
            return
        for name, (title, _) in known.items():
            click.echo(f"{name:<10} {title}")
        return
    if topic not in known:
        raise ParameterError(f"There is no help on {topic}; {hint(topic, known)}")
    title, sentences = known[topic]
    if as_json:
        click.echo(json.dumps({"topic": topic, "title": title, "sentences": list(sentences)}))
        return
    click.echo(title)
    for sentence in sentences:
        click.echo(f"  - {sentence}")
