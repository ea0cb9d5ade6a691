"""`openress notify`: send a trial message by every configured way."""

from __future__ import annotations

import json
from pathlib import Path

import click

from openress.cli.progress import working
from openress.clock import unix_s
from openress.config import load_config
from openress.errors import ParameterError, PortError
from openress.telemetry.notifyrules import Level, Message, Trouble
from openress.telemetry.notifysend import senders_of

__all__ = ["command"]


@click.group("notify")
def command() -> None:
    """How troubles are told; `openress up` with a section [notify] in its configuration tells them."""


@command.command("test")
@click.option("--config", "path", required=True, type=click.Path(path_type=Path), help="Configuration file in TOML.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def _test(path: Path, as_json: bool) -> None:
    """Send a trial message by every way; the exit code is 1 when one did not arrive."""
    config = load_config(path).notify
    if config is None:
        raise ParameterError(f"{path} has no section [notify].")
    trouble = Trouble("rack", "test", Level.NOTICE, "This is a test: nothing is wrong with the rack")
    message = Message(trouble, over=False, held_back=0, at_s=unix_s())
    sent: list[tuple[str, str | None]] = []
    for sender in senders_of(config):
        try:
            with working(f"sending to {sender.name}", as_json=as_json):
                sender.send(message)
        except PortError as error:
            sent.append((sender.name, str(error)))
            click.echo(f"openress: {error}", err=True)
        else:
            sent.append((sender.name, None))
            if not as_json:
                click.echo(f"{sender.name} took the message.")
    if as_json:
        rows = [{"way": way, "arrived": error is None, "error": error} for way, error in sent]
        click.echo(json.dumps(rows))
    if any(error for _, error in sent):
        click.get_current_context().exit(1)
