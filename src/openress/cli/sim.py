"""`openress sim`: simulated time in minutes."""

from __future__ import annotations

import json
from pathlib import Path

import click

from openress.cli.completing import products
from openress.cli.numbers import Finite
from openress.cli.progress import bar
from openress.config import Config
from openress.errors import ParameterError
from openress.report import write_report
from openress.sections import MOST_PACKS, LoadConfig, RackConfig
from openress.simulation import Simulation, Summary
from openress.sites.build import build_rack

__all__ = ["command"]


@click.group("sim")
def command() -> None:
    """Simulate."""


@command.command("run")
@click.option(
    "--product", default="syscom-a5l-51v2", show_default=True, help="What the packs are.", shell_complete=products
)
@click.option("--packs", type=click.IntRange(1, MOST_PACKS), default=1, show_default=True, help="Number of packs.")
@click.option("--profile", type=click.Path(path_type=Path), help="CSV of time and current, or of time and SOC.")
@click.option("--days", type=Finite(0, 36_500, min_open=True), default=1.0, show_default=True)
@click.option("--step", "step_s", type=Finite(0.01, 60), default=60.0, show_default=True, help="Seconds.")
@click.option(
    "--equalise-voltage",
    "equalise_voltage_v",
    type=Finite(0, min_open=True),
    help="Volts of the weekly equalisation, where the product leaves them to you.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of everything random.")
@click.option("--json", "as_json", is_flag=True, help="The summary as one JSON object.")
@click.option("--report", type=click.Path(path_type=Path), help="Also write an HTML page.")
def _run(
    product: str,
    packs: int,
    profile: Path | None,
    days: float,
    step_s: float,
    equalise_voltage_v: float | None,
    seed: int,
    as_json: bool,
    report: Path | None,
) -> None:
    """Run packs, their BMS and an inverter for DAYS of simulated time, and sum up what came of it.

    Without --profile the packs serve a solar household. A profile shorter than the time is repeated.
    """
    load = LoadConfig() if profile is None else LoadConfig(kind="profile", file=str(profile))
    if report is not None and not report.parent.is_dir():
        raise ParameterError(f"The report {report} cannot be written: there is no folder {report.parent}.")
    rack = build_rack(
        Config(
            rack=RackConfig(product=product, packs=packs, seed=seed, equalise_voltage_v=equalise_voltage_v), load=load
        )
    )
    simulation = Simulation(rack, step_s)
    with bar("simulating", as_json=as_json) as told:
        summary = simulation.run(days, lambda share: told(round(1000 * share), 1000))
    if report is not None:
        write_report(report, summary, rack.product.title)
    click.echo(json.dumps(summary.as_json()) if as_json else _text(summary))


def _text(summary: Summary) -> str:
    told = summary.as_json()
    energy = f"{told['charged_kwh']:.1f} kWh in, {told['discharged_kwh']:.1f} kWh out"
    lines = [f"{told['days']:g} days in steps of {summary.step_s:g} s: {energy}"]
    for pack in told["packs"]:
        events = ", ".join(f"{name} x{count}" for name, count in pack["events"].items()) or "no events"
        error = f"{pack['soc_error_rmse_pct']:.1f} % RMSE, {pack['soc_error_max_pct']:.1f} % at most"
        debt = f"balance debt {pack['balance_debt_mah']} mAh, {pack['capacity_left_pct']:.2f} % of the capacity left"
        lines.append(
            f"  pack {pack['pack']}: {pack['equivalent_cycles']:.1f} cycles, SOC error {error}, {debt}, {events}"
        )
        if pack["equalisations"] or pack["equalisations_interrupted"]:
            lines.append(
                f"    {pack['equalisations']} equalisations finished, {pack['equalisations_interrupted']} broken off"
            )
    return "\n".join(lines)
