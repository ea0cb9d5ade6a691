"""`openress sheet`: what to set on an inverter."""

from __future__ import annotations

import json
from pathlib import Path

import click

from openress.catalog import load_battery
from openress.cli.completing import inverters, products
from openress.cli.numbers import Finite
from openress.cli.output import pdf_option, save_pdf
from openress.errors import ParameterError
from openress.install.cable import cable_for
from openress.install.connectors import Inverter, find_inverter
from openress.install.sheet import UNKNOWN, Entered, Sheet, make_sheet
from openress.products import Loop, Product

__all__ = ["command", "sheet_lines"]

_volts = Finite(1, 100)


@click.command("sheet")
@click.argument("inverter", shell_complete=inverters)
@click.option(
    "--battery", default="syscom-a5l-51v2", show_default=True, help="Battery product.", shell_complete=products
)
@click.option("--packs", type=click.IntRange(1), default=1, show_default=True, help="How many packs.")
@click.option("--open-loop", is_flag=True, help="There is no communication, though there could be.")
@click.option("--charge-voltage-v", type=_volts, help="As the maker says, where it is not published.")
@click.option("--float-voltage-v", type=_volts, help="As the maker says.")
@click.option("--charge-current-a", type=Finite(0, min_open=True), help="Of one pack, as the maker says.")
@click.option("--discharge-end-voltage-v", type=_volts, help="As the maker says.")
@click.option("--equalise-voltage-v", type=_volts, help="As the maker says.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@pdf_option
def command(
    inverter: str,
    battery: str,
    packs: int,
    open_loop: bool,
    charge_voltage_v: float | None,
    float_voltage_v: float | None,
    charge_current_a: float | None,
    discharge_end_voltage_v: float | None,
    equalise_voltage_v: float | None,
    as_json: bool,
    pdf_path: Path | None,
) -> None:
    """Print what to set on INVERTER.

    With communication that is little, for the BMS sets the limits; without it, or with --open-loop, it is all of them.
    """
    product, found = load_battery(battery), find_inverter(inverter)
    why = "as asked for" if open_loop else _silent(product, found)
    entered = Entered(
        charge_voltage_v=charge_voltage_v,
        float_voltage_v=float_voltage_v,
        charge_current_a=charge_current_a,
        discharge_end_voltage_v=discharge_end_voltage_v,
        equalise_voltage_v=equalise_voltage_v,
    )
    sheet = make_sheet(product, found, packs, Loop.CLOSED if why is None else Loop.OPEN, entered)
    lines = sheet_lines(sheet, why)
    if as_json:
        rows = [{"field": row.name, "value": row.value, "why": row.why} for row in sheet.rows]
        click.echo(json.dumps({"title": sheet.title, "loop": sheet.loop.value, "rows": rows, "notes": sheet.notes}))
    else:
        click.echo("\n".join(lines))
    if pdf_path is not None:
        save_pdf(pdf_path, f"Settings: {sheet.title}", lines, [])


def _silent(product: Product, inverter: Inverter) -> str | None:
    """Why there can be no communication; `None` when there can."""
    if any(setting.inverter == inverter.key and setting.loop is Loop.CLOSED for setting in product.settings or ()):
        return None
    try:
        cable_for(product, inverter)
    except ParameterError as error:
        return str(error)
    return None


def sheet_lines(sheet: Sheet, why: str | None) -> list[str]:
    """Write a sheet as lines of text."""
    kind = "With communication" if sheet.loop is Loop.CLOSED else "Without communication"
    lines = [sheet.title, f"{kind}: set on the inverter", ""]
    if why is not None and why != "as asked for":
        lines += [f"  No communication is planned: {why}", ""]
    width = max(len(row.name) for row in sheet.rows)
    for row in sheet.rows:
        value = UNKNOWN if row.value is None else row.value
        lines.append(f"  {row.name:<{width}}  {value}{f'  ({row.why})' if row.why else ''}")
    return [*lines, "", "Notes", "", *(f"  - {note}" for note in sheet.notes)]
