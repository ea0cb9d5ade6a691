"""`openress cell`: fit a cell's profile to measurements, and run the estimator of state of charge over a log."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from openress.bms.estimator import LFP, CellProfile, PackModel, profile_from_dict
from openress.cellfit.logs import CellLog, Columns, read_log, read_ocv
from openress.cellfit.run import Score, Spoiled, count_only, run, score
from openress.cli.numbers import Finite
from openress.cli.progress import working
from openress.errors import ParameterError, reason
from openress.finite import check_finite

__all__ = ["command"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.group("cell")
def command() -> None:
    """Fit a cell's profile, run the estimator over a log.

    Logs are CSV files with the names in line 1, or MAT files; a field of a struct is named `struct.field`. A negative
    sign of the current means discharge, unless --discharge-positive says that the log counts the other way.
    """


def _log_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options that say what the columns of a log are."""
    for option in reversed(
        (
            click.option("--log", type=_FILE, required=True, help="The record: CSV or MAT."),
            click.option("--time", default="time_s", show_default=True, help="Column: seconds."),
            click.option("--voltage", default="voltage_v", show_default=True, help="Column: volts."),
            click.option("--current", default="current_a", show_default=True, help="Column: amperes."),
            click.option("--soc", help="Column: reference state of charge, fraction or percent."),
            click.option("--temperature", help="Column: degrees Celsius."),
            click.option(
                "--at",
                "at_c",
                type=Finite(),
                default=25.0,
                show_default=True,
                help="Temperature when there is no column.",
            ),
            click.option("--discharge-positive", is_flag=True, help="The log counts discharge positive."),
            click.option("--cells", default=1, show_default=True, help="Cells in series behind the voltage."),
            click.option("--capacity", "capacity_ah", type=Finite(), required=True, help="Capacity of the cell in Ah."),
        )
    ):
        function = option(function)
    return function


def _read(options: dict[str, Any]) -> CellLog:
    columns = Columns(
        **{key: options[key] for key in ("time", "voltage", "current", "soc", "temperature", "cells")},
        discharge_positive=options["discharge_positive"],
    )
    return read_log(options["log"], columns, temperature_c=options["at_c"])


@command.command("fit")
@_log_options
@click.option("--ocv", type=_FILE, required=True, help="The open-circuit curves: CSV or MAT.")
@click.option("--ocv-soc", default="soc", show_default=True, help="Column: state of charge.")
@click.option("--ocv-charge", default="charge_v", show_default=True, help="Column: volts while charging slowly.")
@click.option("--ocv-discharge", default="discharge_v", show_default=True, help="Column: while discharging slowly.")
@click.option("--name", default="cell", show_default=True, help="Name of the profile.")
@click.option("--source", required=True, help="Who measured this; kept in the profile.")
@click.option("--out", type=_OUT, required=True, help="The profile, as JSON.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def fit(
    ocv: Path,
    ocv_soc: str,
    ocv_charge: str,
    ocv_discharge: str,
    name: str,
    source: str,
    out: Path,
    capacity_ah: float,
    as_json: bool,
    **options: Any,
) -> None:
    """Fit a profile to open-circuit curves and a record of use."""
    from openress.cellfit.fit import fit_profile  # noqa: PLC0415  # half a second that no other command needs

    curves = read_ocv(ocv, ocv_soc, ocv_charge, ocv_discharge)
    with working("fitting", as_json=as_json):
        found = fit_profile(curves, _read(options), capacity_ah, name=name, source=source)
    out.write_text(json.dumps(found.profile.to_dict(), indent=1) + "\n", encoding="utf-8")
    profile = found.profile
    if as_json:
        told = {"profile": str(out), "rmse_mv": round(1000 * found.rmse_v, 2), "capacity_ah": capacity_ah}
        click.echo(json.dumps(told | profile.to_dict()))
        return
    click.echo(f"{out}: voltage explained to {1000 * found.rmse_v:.1f} mV RMS, with {capacity_ah:g} Ah")
    click.echo(f"R0 {1000 * profile.r0_ohm_ah / capacity_ah:.3f} mOhm")
    click.echo(f"R1 {1000 * profile.r1_ohm_ah / capacity_ah:.3f} mOhm, {profile.tau1_s:.1f} s")
    click.echo(f"R2 {1000 * profile.r2_ohm_ah / capacity_ah:.3f} mOhm, {profile.tau2_s:.0f} s")
    click.echo(f"hysteresis turns over {100 / profile.hysteresis_rate:.0f} % of capacity")


@command.command("soc")
@_log_options
@click.option("--profile", type=_FILE, help="Profile of the cell; without one, the built-in `lfp`.")
@click.option("--start", "start_pct", type=Finite(0, 100), help="State of charge told at the start, %.")
@click.option("--start-error", "start_error_pct", type=Finite(), default=0.0, help="Added to it, %.")
@click.option("--offset", "offset_a", type=Finite(), default=0.0, help="Added to the current, A.")
@click.option("--gain-error", "gain_error_pct", type=Finite(), default=0.0, help="Of the current, %.")
@click.option("--settle", "settle_h", type=Finite(), default=2.0, show_default=True, help="Hours before errors count.")
@click.option("--plot", type=_OUT, help="Draw it: PNG.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def soc_(
    profile: Path | None,
    start_pct: float | None,
    start_error_pct: float,
    offset_a: float,
    gain_error_pct: float,
    settle_h: float,
    plot: Path | None,
    capacity_ah: float,
    as_json: bool,
    **options: Any,
) -> None:
    """Run the estimator over a log and hold it against the reference."""
    log = _read(options)
    model = PackModel(LFP if profile is None else _profile(profile), 1, capacity_ah)
    spoiled = Spoiled(start_error_pct, offset_a=offset_a, gain_error_pct=gain_error_pct)
    with working("estimating", as_json=as_json):
        trace = run(log, model, spoiled, start_pct=start_pct)
    if plot is not None:
        from openress.cellfit.plot import draw  # noqa: PLC0415  # half a second that no other command needs

        draw(plot, trace, log, f"{options['log'].name}, profile {model.profile.name}")
        click.echo(f"{plot} written", err=as_json)
    scores: dict[str, Score] = {}
    if log.soc is not None:
        band, settled_s = (trace.low_pct, trace.high_pct), 3600 * settle_h
        counted = count_only(log, capacity_ah, spoiled, start_pct=start_pct)
        scores = {
            f"estimate after {settle_h:g} h": score(trace.soc_pct, log, after_s=settled_s, band=band),
            "estimate from the start": score(trace.soc_pct, log, after_s=0.0, band=band),
            f"plain counting after {settle_h:g} h": score(counted, log, after_s=settled_s),
        }
    end = (float(trace.soc_pct[-1]), float(trace.low_pct[-1]), float(trace.high_pct[-1]))
    if as_json:
        told = {what: {key: _figure(value) for key, value in asdict(one).items()} for what, one in scores.items()}
        click.echo(json.dumps(dict(zip(("soc_pct", "low_pct", "high_pct"), end, strict=True)) | {"scores": told}))
        return
    click.echo("at the end: {:.1f} % ({:.1f} to {:.1f})".format(*end))
    if scores:
        click.echo(f"{'% of SOC':<34}{'RMSE':>7}{'MAE':>7}{'max':>7}{'in band':>9}")
    for what, one in scores.items():
        _print(what, one)


def _figure(value: float | None) -> float | None:
    return None if value is None else float(value)


def _print(what: str, found: Score) -> None:
    covered = "" if found.covered is None else f"{100 * found.covered:8.1f}%"
    click.echo(f"{what:<34}{found.rmse:7.2f}{found.mae:7.2f}{found.worst:7.2f}{covered:>9}")


def _profile(path: Path) -> CellProfile:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ParameterError(f"The profile {path} cannot be read: {reason(error)}.") from error
    if not isinstance(found, dict):
        raise ParameterError(f"the profile {path} is no JSON object; make one with `openress cell fit`")
    check_finite(found, name=f"the profile {path}")
    return profile_from_dict(found)
