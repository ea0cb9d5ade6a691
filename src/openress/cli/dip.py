"""`openress dip`: address switches of packs, from address to picture and back."""

from __future__ import annotations

import json
from typing import Any

import click

from openress.catalog import load_battery
from openress.cli.completing import products, schemes
from openress.install.dip import SCHEMES, address_of, counting, examine, picture, switch_of
from openress.products import AddressSwitch

__all__ = ["command"]


@click.command("dip")
@click.argument("given", nargs=-1, required=True, metavar="ADDRESS|PICTURE...")
@click.option(
    "--battery",
    "--product",
    "product_name",
    default="syscom-a5l-51v2",
    show_default=True,
    help="Battery product.",
    shell_complete=products,
)
@click.option("--packs", type=click.IntRange(1, 64), help="Packs of the rack; by default as many as are given.")
@click.option(
    "--scheme", help="Scheme of the switches where the product's table is not published.", shell_complete=schemes
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def command(
    ctx: click.Context, given: tuple[str, ...], product_name: str, packs: int | None, scheme: str | None, as_json: bool
) -> None:
    """Show how the switches stand for an ADDRESS, or which address a PICTURE means.

    A PICTURE names the switches from number 1 on, in quotes: "ON OFF OFF ON", or 1001. Several of them are taken as the
    packs of one rack, and duplicates, gaps and a missing master are told; the exit code is 1 then.
    """
    product = load_battery(product_name)
    switch = switch_of(product, packs or len(given), scheme)
    addresses = [address_of(text, switch) for text in given]
    findings = examine(addresses, switch) if len(addresses) > 1 else []
    if as_json:
        told = [_row(switch, address) for address in addresses]
        said = [{"code": finding.code, "sentence": finding.sentence} for finding in findings]
        click.echo(json.dumps({"product": product.key, "packs": told, "findings": said}))
    else:
        click.echo(f"{product.title}: switch 1 is the first one; {_order(switch)}")
        for address in addresses:
            _show(switch, address)
        _show_duplicates(switch, addresses)
        if scheme is not None:
            click.echo(f"! Not confirmed by the maker: {SCHEMES[scheme].source}.")
        for finding in findings:
            click.echo(f"! {finding.sentence}")
    if findings:
        ctx.exit(1)


def _order(switch: AddressSwitch) -> str:
    weights = counting(switch)
    if weights is None:
        return "the table is not a plain number: follow the picture, do not calculate."
    return f"they count {', '.join(str(weight) for weight in weights)}, the smallest first."


def _row(switch: AddressSwitch, address: int) -> dict[str, Any]:
    row = switch.row(address)
    return {"address": address, "switches": list(row.positions), "picture": row.picture, "role": row.role.value}


def _show(switch: AddressSwitch, address: int) -> None:
    row = switch.row(address)
    weights = counting(switch)
    sum_of = ""
    if weights is not None:
        parts = [str(weight) for weight, on in zip(weights, row.positions, strict=True) if on]
        sum_of = f" = {' + '.join(parts)}" if len(parts) > 1 else ""
    click.echo(f"\nAddress {address}{sum_of}, {row.role}: {row.picture}")
    for line in picture(row, switch):
        click.echo(line)


def _show_duplicates(switch: AddressSwitch, addresses: list[int]) -> None:
    for same in switch.duplicates:
        if set(same) & set(addresses):
            names = " and ".join(str(address) for address in same)
            click.echo(
                f"! The printed table has the same positions for {names}: use only addresses that it prints once."
            )
