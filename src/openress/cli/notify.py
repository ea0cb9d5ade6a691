"""`openress notify`: send a trial message by every configured way."""

from __future__ import annotations

from pathlib import Path

import click

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
def _test(path: Path) -> None:
    """Send a trial message by every way; the exit code is 1 when one did not arrive."""
    config = load_config(path).notify
    if config is None:
        raise ParameterError(f"{path} has no section [notify].")
    trouble = Trouble("rack", "test", Level.NOTICE, "This is a test: nothing is wrong with the rack")
    message = Message(trouble, over=False, held_back=0, at_s=unix_s())
    failed = False
    for sender in senders_of(config):
        try:
            sender.send(message)
        except PortError as error:
            failed = True
            click.echo(f"openress: {error}", err=True)
        else:
            click.echo(f"{sender.name} took the message.")
    if failed:
        click.get_current_context().exit(1)
