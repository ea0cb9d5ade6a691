"""`openress plan`: the wiring of a rack, and a second look at one that is wired already."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import click

from openress.catalog import load_battery
from openress.cli.completing import inverters, products, schemes
from openress.cli.numbers import Finite
from openress.cli.output import pdf_option, save_pdf, save_svg, svg_option, write_text
from openress.errors import ParameterError
from openress.finite import check_finite
from openress.install.cabledrawing import cable_drawing
from openress.install.connectors import find_inverter
from openress.install.dip import switch_of
from openress.install.finding import Finding, Weight, worst
from openress.install.plan import Plan, make_plan
from openress.install.plantext import finding_lines, plan_text
from openress.install.powerplan import Request
from openress.install.rackdrawing import rack_drawing, rack_pages
from openress.install.topology import Topology, topology_from_mapping, topology_text
from openress.install.topologycheck import check_topology
from openress.products import AddressSwitch, Product

__all__ = ["command", "load_topology"]

_amperes = Finite(0, min_open=True)


@click.command("plan")
@click.option("--packs", type=click.IntRange(1), help="How many packs.")
@click.option(
    "--battery", default="syscom-a5l-51v2", show_default=True, help="Battery product.", shell_complete=products
)
@click.option("--inverter", help="The inverter; `openress cable` lists them.", shell_complete=inverters)
@click.option("--pack-current-a", type=_amperes, help="Most that one pack may carry, where that is not published.")
@click.option("--total-current-a", type=_amperes, help="Most that all inverters take from or give to the battery.")
@click.option("--internal-busbar-a", type=_amperes, help="What the joint inside a pack may carry, if not published.")
@click.option("--breaker-a", type=_amperes, help="Rating of the breaker between battery and inverter.")
@click.option("--busbar-a", type=_amperes, help="Rating of the busbars outside.")
@click.option("--conductor-a", type=_amperes, help="What each home-run conductor may carry.")
@click.option(
    "--scheme", help="Scheme of the switches where the product's table is not published.", shell_complete=schemes
)
@click.option("--check", "check_path", type=click.Path(path_type=Path), help="Check the wiring in this file instead.")
@click.option("--write", "write_path", type=click.Path(path_type=Path), help="Write the wiring to a file to be edited.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@svg_option
@pdf_option
@click.pass_context
def command(
    ctx: click.Context,
    packs: int | None,
    battery: str,
    inverter: str | None,
    pack_current_a: float | None,
    total_current_a: float | None,
    internal_busbar_a: float | None,
    breaker_a: float | None,
    busbar_a: float | None,
    conductor_a: float | None,
    scheme: str | None,
    check_path: Path | None,
    write_path: Path | None,
    as_json: bool,
    svg_path: Path | None,
    pdf_path: Path | None,
) -> None:
    """Plan the wiring of a rack: switches, links, the cable to the inverter, power, and what to buy.

    The exit code is 1 when something must not be built like this.
    """
    if check_path is not None:
        _check(ctx, check_path, scheme, as_json=as_json)
        return
    if packs is None or inverter is None:
        raise ParameterError("A plan needs --packs and --inverter; or name a file to check with --check.")
    request = Request(
        packs=packs,
        pack_current_a=pack_current_a,
        total_current_a=total_current_a,
        internal_busbar_a=internal_busbar_a,
        breaker_a=breaker_a,
        busbar_a=busbar_a,
        conductor_a=conductor_a,
        scheme=scheme,
    )
    plan = make_plan(load_battery(battery), find_inverter(inverter), request)
    click.echo(json.dumps(_json(plan)) if as_json else "\n".join(plan_text(plan)).rstrip())
    if write_path is not None:
        write_text(write_path, topology_text(plan, pack_current_a=pack_current_a))
        click.echo(f"written: {write_path}", err=True)
    if svg_path is not None:
        save_svg(svg_path, rack_drawing(plan))
    if pdf_path is not None:
        cables = [] if plan.cable is None else [cable_drawing(plan.cable)]
        save_pdf(pdf_path, f"Wiring of {packs} x {plan.product.title}", plan_text(plan), [*rack_pages(plan), *cables])
    if worst(plan.findings) is Weight.REFUSED:
        ctx.exit(1)


def load_topology(path: Path) -> Topology:
    """Read a wiring file, TOML or JSON.

    Raises:
        ParameterError: it cannot be read or used.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ParameterError(f"The wiring file {path} cannot be read: {error.strerror}.") from error
    try:
        content = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except ValueError as error:
        raise ParameterError(f"{path} is not in {'JSON' if path.suffix == '.json' else 'TOML'}: {error}.") from error
    if not isinstance(content, dict):
        raise ParameterError(f"{path} describes no wiring: it must be a table.")
    check_finite(content, name=f"The wiring file {path}")
    return topology_from_mapping(content, name=path.name)


def _check(ctx: click.Context, path: Path, scheme: str | None, *, as_json: bool) -> None:
    topology = load_topology(path)
    names = {topology.product, *(pack.product for pack in topology.packs if pack.product is not None)}
    products = {name: load_battery(name) for name in names}
    inverter = None if topology.inverter is None else find_inverter(topology.inverter)
    switch, unknown = _switch(products[topology.product], len(topology.packs), scheme)
    findings = [*check_topology(topology, products, inverter, switch), *unknown]
    if as_json:
        click.echo(json.dumps({"file": str(path), "findings": [_finding(finding) for finding in findings]}))
    elif findings:
        click.echo("\n".join(finding_lines(findings)).rstrip())
    else:
        click.echo(f"{path}: {len(topology.packs)} packs, nothing wrong was found.")
    if worst(findings) is Weight.REFUSED:
        ctx.exit(1)


def _switch(product: Product, packs: int, scheme: str | None) -> tuple[AddressSwitch | None, list[Finding]]:
    try:
        return switch_of(product, packs, scheme), []
    except ParameterError as error:
        if scheme is not None:
            raise
        return None, [Finding("switches-unknown", Weight.UNKNOWN, str(error))]


def _finding(finding: Finding) -> dict[str, str]:
    return {"code": finding.code, "weight": finding.weight.value, "sentence": finding.sentence}


def _json(plan: Plan) -> dict[str, Any]:
    return {
        "battery": plan.product.key,
        "inverter": plan.inverter.key,
        "packs": [
            {
                "pack": pack.number,
                "role": pack.role.value,
                "address": None if pack.row is None else pack.row.address,
                "switches": None if pack.row is None else pack.row.picture,
            }
            for pack in plan.packs
        ],
        "links": [
            {"from": [link.from_pack, link.from_port], "to": [link.to_pack, link.to_port]} for link in plan.links
        ],
        "strings": [{"packs": list(string.packs), "current_a": string.current_a} for string in plan.strings],
        "total_current_a": plan.total_current_a,
        "bill": [{"count": item.count, "what": item.what} for item in plan.bill],
        "findings": [_finding(finding) for finding in plan.findings],
    }
