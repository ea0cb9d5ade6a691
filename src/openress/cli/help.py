"""`openress help`: what to know before touching a battery."""

from __future__ import annotations

import click

from openress.errors import ParameterError
from openress.install.guidance import TOPICS
from openress.names import hint

__all__ = ["command"]


@click.command("help")
@click.argument("topic", required=False)
def command(topic: str | None) -> None:
    """Print what there is to know about TOPIC; without one, the list of topics."""
    if topic is None:
        for name, (title, _) in TOPICS.items():
            click.echo(f"{name:<10} {title}")
        return
    if topic not in TOPICS:
        raise ParameterError(f"There is no help on {topic}; {hint(topic, TOPICS)}")
    title, sentences = TOPICS[topic]
    click.echo(title)
    for sentence in sentences:
        click.echo(f"  - {sentence}")
