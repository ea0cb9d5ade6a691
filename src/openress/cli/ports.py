"""`openress ports`: the serial ports that are plugged in now."""

from __future__ import annotations

import json

import click

from openress.ports import serial_ports

__all__ = ["command"]


@click.command("ports")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of a table.")
def command(as_json: bool) -> None:
    """List the serial ports that are plugged in now, each with the LINK by which the other verbs reach it.

    The link has the name that stays with the adapter when it is plugged in elsewhere, where the system has one.
    """
    found = serial_ports()
    if as_json:
        rows = [
            {
                "device": port.device,
                "stable_device": port.stable_device,
                "description": port.description,
                "link": f"serial:{port.stable_device}",
            }
            for port in found
        ]
        click.echo(json.dumps(rows))
        return
    if not found:
        click.echo("No serial port is plugged in. An adapter that is: is its driver there, and may you use it?")
    for port in found:
        click.echo(f"serial:{port.stable_device}  {port.description}")
