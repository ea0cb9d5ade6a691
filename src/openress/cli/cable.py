"""`openress cable`: the cable between a battery and an inverter, pin by pin."""

from __future__ import annotations

import json
from pathlib import Path

import click

from openress.catalog import load_battery
from openress.cli.completing import inverters, products
from openress.cli.output import pdf_option, save_pdf, save_svg, svg_option
from openress.install.cable import COLOURS, Cable, cable_for, socket_hazards
from openress.install.cabledrawing import cable_drawing, label_lines
from openress.install.connectors import INVERTERS, Bus, find_inverter
from openress.products import PINS

__all__ = ["cable_lines", "command"]


@click.command("cable")
@click.argument("inverter", required=False, shell_complete=inverters)
@click.option(
    "--battery", default="syscom-a5l-51v2", show_default=True, help="Battery product.", shell_complete=products
)
@click.option("--bus", type=click.Choice(list(Bus), case_sensitive=False), help="Other than the usual one.")
@click.option("--straight", is_flag=True, help="Only tell whether a straight cable may be used; exit code 1 if not.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@svg_option
@pdf_option
@click.pass_context
def command(
    ctx: click.Context,
    inverter: str | None,
    battery: str,
    bus: Bus | None,
    straight: bool,
    as_json: bool,
    svg_path: Path | None,
    pdf_path: Path | None,
) -> None:
    """Tell how to make the cable from a battery to INVERTER, with colours, and a label for it.

    Without INVERTER, list the inverters whose sockets are known, and what to look after at the battery.
    """
    product = load_battery(battery)
    if inverter is None:
        for known in INVERTERS.values():
            socket = "pins not published" if known.socket is None else known.socket.name
            click.echo(f"{known.key:<15} {known.title:<34} {known.bus:<6} {socket}")
        for finding in socket_hazards(product):
            click.echo(f"! {finding.sentence}")
        return
    cable = cable_for(product, find_inverter(inverter), None if bus is None else Bus(bus))
    if as_json:
        click.echo(json.dumps(_json(cable)))
    elif straight:
        click.echo(_verdict(cable))
    else:
        click.echo("\n".join(cable_lines(cable)))
    if svg_path is not None:
        save_svg(svg_path, cable_drawing(cable))
    if pdf_path is not None:
        save_pdf(pdf_path, f"{cable.battery} to {cable.inverter.title}", cable_lines(cable), [cable_drawing(cable)])
    if straight and not cable.straight:
        ctx.exit(1)


def _verdict(cable: Cable) -> str:
    if cable.straight:
        return f"A straight T-568B cable may be used from {cable.battery} to {cable.inverter.title}."
    return "\n".join(finding.sentence for finding in cable.against_straight)


def cable_lines(cable: Cable) -> list[str]:
    """Write the sheet of a cable."""
    lines = [
        f"{cable.battery}, socket {cable.port.name}  ->  {cable.inverter.title}, socket {cable.socket.name}",
        f"  Bus {cable.bus}. Source of the inverter's pins: {cable.inverter.source}.",
        "",
        "Both ends (clip underneath, contacts on top: pin 1 is on the left)",
        "",
        f"  {'pin':<5}{'colour T-568B':<15}{'battery':<10}inverter",
    ]
    for pin in range(1, PINS + 1):
        ours, theirs = cable.port.pins[pin - 1].value, cable.socket.printed[pin - 1]
        lines.append(f"  {pin:<5}{COLOURS[pin - 1]:<15}{ours:<10}{theirs:<18}".rstrip())
    lines += ["", "Wires", ""]
    if cable.straight:
        lines.append("  A straight T-568B cable: all eight wires, pin to pin.")
    else:
        lines += [
            f"  pin {wire.battery_pin} of the battery to pin {wire.inverter_pin} of the inverter, "
            f"{wire.colour}: {wire.signal.value}"
            for wire in cable.wires
        ]
        lines += [
            "  Make the battery's plug in T-568B and move only these wires at the inverter; cut the others back.",
            "  Before switching on measure every pin from end to end, and that no two pins are joined.",
            "",
            "Why not a straight one",
            "",
            *(f"  - {finding.sentence}" for finding in cable.against_straight),
        ]
    if cable.findings:
        lines += ["", "Look after", "", *(f"  - {finding.sentence}" for finding in cable.findings)]
    return [*lines, "", "Label", "", *_label(cable)]


def _label(cable: Cable) -> list[str]:
    inside = label_lines(cable)
    width = max(len(line) for line in inside) + 2
    edge = f"  +{'-' * width}+"
    return [edge, *(f"  | {line:<{width - 1}}|" for line in inside), edge]


def _json(cable: Cable) -> dict[str, object]:
    return {
        "battery": cable.battery,
        "battery_socket": cable.port.name,
        "inverter": cable.inverter.key,
        "inverter_socket": cable.socket.name,
        "bus": cable.bus.value,
        "straight": cable.straight,
        "wires": [
            {"battery": wire.battery_pin, "inverter": wire.inverter_pin, "colour": wire.colour} for wire in cable.wires
        ],
        "against_straight": [finding.sentence for finding in cable.against_straight],
        "advice": [finding.sentence for finding in cable.findings],
    }
