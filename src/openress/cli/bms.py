"""`openress bms`: what the BMS would have done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from openress.bms.decision import Decision
from openress.bms.protect import Change, ChangeKind
from openress.bms.rows import Path as Release
from openress.bms.trace import TraceRow, parse_trace, replay
from openress.catalog import load_product
from openress.cli.completing import products
from openress.cli.numbers import Finite
from openress.errors import ParameterError
from openress.model import Reason
from openress.params import ParameterSet

__all__ = ["command"]

_SWITCHES = {
    "chg": "charge",
    "dsg": "discharge",
    "pre": "precharge",
    "limit": "limit",
    "heating": "heating",
    "dry1": "dry_contact_1",
    "dry2": "dry_contact_2",
}


@click.group("bms")
def command() -> None:
    """Ask the BMS."""


@command.command("replay")
@click.argument("trace", type=click.Path(path_type=Path))
@click.option(
    "--product",
    "product_name",
    default="syscom-a5l-51v2",
    show_default=True,
    help="What the pack is.",
    shell_complete=products,
)
@click.option("--param", "settings", multiple=True, metavar="KEY=VALUE", help="A parameter other than the default.")
@click.option("--soc", "soc_pct", type=Finite(0, 100), default=50.0, help="State of charge at the start.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each row.")
def _replay(trace: Path, product_name: str, settings: tuple[str, ...], soc_pct: float, as_json: bool) -> None:
    """Show what the BMS would have done with the recording TRACE.

    Columns: time_s, current_a, cell1_mv..celln_mv, t1_c..t4_c, mos_c, env_c, and optionally charger, button, mcb.
    Without --json the events are told in words.
    """
    product = load_product(product_name)
    values = ParameterSet.defaults(product)
    if settings:
        values = values.with_values(dict(_setting(text) for text in settings))
        for rounded in values.rounded:
            click.echo(f"openress: {rounded}", err=True)
    try:
        with trace.open(encoding="utf-8-sig", newline="") as lines:
            rows = parse_trace(
                lines, cells=product.cells_in_series, sensors=product.temperature_sensors or 1, name=str(trace)
            )
            for row, decision in replay(rows, product, values, soc_pct=soc_pct):
                if as_json:
                    click.echo(json.dumps(_as_json(row, decision)))
                else:
                    for line in _in_words(row, decision):
                        click.echo(line)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise ParameterError(f"The recording {trace} cannot be read: {reason}.") from error


def _setting(text: str) -> tuple[str, float]:
    key, equals, value = text.partition("=")
    try:
        if equals:
            return key.strip(), float(value)
    except ValueError:
        pass
    raise ParameterError(f"--param {text}: write KEY=VALUE, such as cell_ov_alarm_mv=3500.")


def _as_json(row: TraceRow, decision: Decision) -> dict[str, Any]:
    limits = decision.limits
    return {
        "time_s": row.time_s,
        "state": decision.state.value,
        "switches": {short: bool(getattr(decision.switches, name)) for short, name in _SWITCHES.items()},
        "alarms": sorted(condition.value for condition in decision.alarms),
        "protections": sorted(condition.value for condition in decision.protections),
        "faults": sorted(fault.value for fault in decision.faults),
        "notices": sorted(notice.value for notice in decision.notices),
        "lamps": {
            "run": decision.lamps.run.value,
            "alm": decision.lamps.alm.value,
            "soc": [lamp.value for lamp in decision.lamps.soc],
        },
        "charge_voltage_limit_v": _rounded(limits.charge_voltage_limit_v, 3),
        "charge_current_limit_a": _rounded(limits.charge_current_limit_a, 2),
        "discharge_current_limit_a": _rounded(limits.discharge_current_limit_a, 2),
        "limit_reasons": {
            "charge": _reason(limits.charge_reason),
            "discharge": _reason(limits.discharge_reason),
        },
        "soc_pct": round(decision.charge.soc_pct, 2),
        "balancing": list(decision.balancing),
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _reason(reason: Reason | None) -> dict[str, Any]:
    if reason is None:
        return {}
    told = {"rule": reason.rule.value, "value": reason.value, "cell": reason.cell, "names": list(reason.names) or None}
    return {key: value for key, value in told.items() if value is not None}


_VERBS = {
    ChangeKind.ALARM: "alarm",
    ChangeKind.ALARM_END: "alarm over",
    ChangeKind.TRIP: "PROTECTION",
    ChangeKind.RELEASE: "released",
    ChangeKind.LOCK: "LOCKED",
}


def _in_words(row: TraceRow, decision: Decision) -> list[str]:
    return [f"{row.time_s:>10.1f} s  {_change(change)}" for change in decision.changes]


def _change(change: Change) -> str:
    name = change.condition.value.replace("_", " ")
    value = "" if change.signal is None else f" at {change.signal:g}"
    path = f", {' and '.join(Release.names(change.path))}" if change.path else ""
    return f"{_VERBS[change.kind]:<11} {name}{value}{path}"
