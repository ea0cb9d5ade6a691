"""`openress explain`: why each value is on the wire to the inverter, now or at a time within the last hour."""

from __future__ import annotations

import json
import re
import textwrap
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from openress.cli.asking import DEFAULT_URL, ask
from openress.errors import ParameterError

__all__ = ["command", "parse_moment"]

WIDTH = 100
_AGO = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h)?\s+ago|(\d+(?:\.\d+)?)(s|min|h)")
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0}


@click.command("explain")
@click.option("--at", "moment", metavar="TIME", help="14:03:20, 2026-06-21T14:03, or 90s and 5min for so long ago.")
@click.option("--url", default=DEFAULT_URL, show_default=True, help="Where the page of the running OpenRESS is.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def command(moment: str | None, url: str, as_json: bool) -> None:
    """Tell why each value is on the wire to the inverter: cell, pack, rack, profile, bytes.

    Asks an OpenRESS that runs, such as `openress up`. The last hour is kept.
    """
    at_s = None if moment is None else parse_moment(moment, datetime.fromtimestamp(_unix_s(), tz=UTC).astimezone())
    found = ask(url, "/api/explain" + ("" if at_s is None else f"?at={at_s:.3f}"), part="gateway")
    if as_json:
        click.echo(json.dumps(found))
        return
    for line in _lines(found):
        click.echo(line)


def parse_moment(text: str, now: datetime) -> float:
    """Unix seconds of a moment as people write it; a time of day is the last one that has been.

    Raises:
        ParameterError: it is none.
    """
    ago = _AGO.fullmatch(text.strip())
    if ago is not None:
        count, unit = ago[1] or ago[3], ago[2] or ago[4] or "s"
        return (now - timedelta(seconds=float(count) * _SECONDS[unit])).timestamp()
    for form in ("%H:%M:%S", "%H:%M"):
        try:
            time_of_day = datetime.strptime(text.strip(), form).time()  # noqa: DTZ007 - it has no day yet
        except ValueError:
            continue
        then = datetime.combine(now.date(), time_of_day).astimezone()
        return (then if then <= now else then - timedelta(days=1)).timestamp()
    try:
        return datetime.fromisoformat(text.strip()).astimezone().timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise ParameterError(f"--at {text}: write 14:03:20, 2026-06-21T14:03 or 90s for so long ago.") from error


def _lines(found: dict[str, Any]) -> list[str]:
    then = datetime.fromtimestamp(found["time_s"], tz=UTC).astimezone()
    lines = [f"{then:%Y-%m-%d %H:%M:%S}, {found['state']}", *textwrap.wrap(found["sentence"], WIDTH)]
    for value in found["values"]:
        lines += ["", f"{value['name']}{_shown(value)}"]
        for link in value["chain"]:
            head = f"  {link['level']:<8}"
            lines += textwrap.wrap(
                link["sentence"], WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_long_words=False
            )
    return lines


def _shown(value: dict[str, Any]) -> str:
    worth = value["value"]
    if worth is None:
        return ""
    return f": {'yes' if worth else 'no'}" if isinstance(worth, bool) else f": {worth:g} {value['unit']}"


def _unix_s() -> float:
    return time.time_ns() / 1e9
