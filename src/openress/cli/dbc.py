"""`openress dbc`: a CAN dialect for the tools of others."""

from __future__ import annotations

import click

from openress.cli.completing import dialects
from openress.errors import ParameterError
from openress.protocols import DIALECTS, find_dialect
from openress.protocols.base import Bus
from openress.protocols.inverter.dbc import dbc

__all__ = ["command"]


@click.command("dbc")
@click.argument("dialect", shell_complete=dialects)
def command(dialect: str) -> None:
    """Print the CAN dialect DIALECT as DBC text, made from the rows that encode and decode.

    Redirect it into a file and open that with SavvyCAN, cantools or any other tool that reads DBC.
    """
    found = find_dialect(dialect)
    table = found.parts().can_table
    if table is None:
        known = ", ".join(name for name, other in DIALECTS.items() if other.bus is Bus.CAN)
        raise ParameterError(f"{dialect} is no CAN dialect; there are {known}.")
    click.echo(dbc(f"{found.name}: {found.title}. Evidence: {found.evidence}.", table()), nl=False)
