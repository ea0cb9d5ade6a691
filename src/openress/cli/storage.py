"""`openress storage`: may packs be stored or sent as they are, and when must they be charged again."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import click

from openress.catalog import load_battery
from openress.cli.completing import products
from openress.cli.numbers import Finite
from openress.cli.output import write_text
from openress.errors import ParameterError, reason
from openress.install.finding import Weight, worst
from openress.install.ics import Reminder, calendar_text
from openress.install.plantext import finding_lines
from openress.install.storing import Reading, ready_to_ship, ready_to_store, recharge_day
from openress.products import Product

__all__ = ["command"]

_day = click.DateTime(formats=["%Y-%m-%d"])


@click.command("storage")
@click.option(
    "--battery", default="syscom-a5l-51v2", show_default=True, help="Battery product.", shell_complete=products
)
@click.option("--charged", type=_day, help="Day of the last charge.")
@click.option("--temperature-c", type=Finite(-100, 100), help="How warm the store is.")
@click.option("--humidity-pct", type=Finite(0, 100), help="Relative humidity of the store.")
@click.option("--history", type=click.Path(path_type=Path), help="CSV file with date,temperature_c in each line.")
@click.option("--ship", "soc_pct", type=Finite(0, 100), help="Prepare for shipping, at this state of charge.")
@click.option("--name", default="battery", show_default=True, help="What to call the packs in the calendar.")
@click.option("--ics", "ics_path", type=click.Path(path_type=Path), help="Write the reminder to this calendar file.")
@click.option("--today", type=_day, help="Another day than today, for trying.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def command(
    ctx: click.Context,
    battery: str,
    charged: datetime | None,
    temperature_c: float | None,
    humidity_pct: float | None,
    history: Path | None,
    soc_pct: float | None,
    name: str,
    ics_path: Path | None,
    today: datetime | None,
    as_json: bool,
) -> None:
    """Check a store, prepare packs for shipping, and tell when they must be charged again.

    The exit code is 1 when packs must not be stored or sent like this, or a recharge is overdue.
    """
    product = load_battery(battery)
    now = datetime.now(UTC) if today is None else today  # noqa: TID251  # a command of one moment: the shell's clock
    readings = [] if history is None else list(_readings(history))
    if temperature_c is not None:
        readings.append(Reading(now.date().toordinal() if readings else 0, temperature_c))
    latest = max(readings).temperature_c if readings else None
    findings = ready_to_store(product, latest, humidity_pct)
    if soc_pct is not None:
        findings += ready_to_ship(product, soc_pct)
    due = None if charged is None else date.fromordinal(recharge_day(product, charged.date().toordinal(), readings))
    overdue = due is not None and due < now.date()
    if as_json:
        told = [{"code": finding.code, "sentence": finding.sentence} for finding in findings]
        when = None if due is None else due.isoformat()
        click.echo(json.dumps({"battery": product.key, "recharge": when, "overdue": overdue, "findings": told}))
    else:
        click.echo("\n".join([*_lines(product, soc_pct, due, overdue=overdue), *finding_lines(findings)]).rstrip())
    if ics_path is not None:
        if due is None:
            raise ParameterError("A calendar file needs the day of the last charge: --charged.")
        write_text(ics_path, calendar_text([_reminder(product, name, due)], f"{now:%Y%m%dT%H%M%SZ}"))
        click.echo(f"written: {ics_path}", err=True)
    if overdue or worst(findings) is Weight.REFUSED:
        ctx.exit(1)


def _readings(path: Path) -> Iterable[Reading]:
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(f"The history {path} cannot be read: {reason(error)}.") from error
    for number, row in enumerate(rows, start=1):
        if not row or row[0].strip() == "date":
            continue
        try:
            day, written = row
            yield Reading(date.fromisoformat(day.strip()).toordinal(), _finite(written))
        except ValueError as error:
            raise ParameterError(
                f"{path}, line {number}: write the date and the temperature, as 2026-07-01,31.5."
            ) from error


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is no temperature")
    return value


def _lines(product: Product, soc_pct: float | None, due: date | None, *, overdue: bool) -> list[str]:
    lines = [product.title, ""]
    if soc_pct is not None and product.transport is not None:
        lines += ["Prepare for shipping", "", *(f"  [ ] {item}" for item in product.transport), ""]
    if due is not None:
        lines += [f"Charge it again {'at once: it was due' if overdue else 'by'} {due.isoformat()}.", ""]
    if product.recharge is not None:
        for row in product.recharge:
            lines.append(f"  up to {row.up_to_c:g} C: every {row.months:g} months")
        lines.append("")
    return lines


def _reminder(product: Product, name: str, due: date) -> Reminder:
    return Reminder(
        f"recharge-{name}",
        f"{due:%Y%m%d}",
        f"Charge {name}",
        f"{product.title} in storage: charge it by today, and then run `openress storage` with the new --charged.",
    )
