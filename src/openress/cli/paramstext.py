"""Settings and their journal in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from openress.model.change import Change, ChangeKind
from openress.model.history import Calendar
from openress.params import BY_KEY
from openress.rack.parameters import Plan
from openress.rack.readout import Readout
from openress.rack.values import text

__all__ = ["journal_lines", "plan_lines", "read_lines"]


def read_lines(told: Readout, defaults: Mapping[str, float], dialect: str) -> Iterator[str]:
    """Settings under the headings of the service tool; each with the factory's, * where it differs."""
    group = ""
    for key, value in told.values.items():
        row = BY_KEY[key]
        if row.group != group:
            group = row.group
            yield group
        mark = "*" if value != defaults[key] else " "
        yield f"{mark} {key:<24} {row.text(value):>10}   factory {row.text(defaults[key])}"
    if told.missing:
        yield f"Not in {dialect}: {', '.join(told.missing)}"
    if told.unread:
        yield f"Not told by the pack: {', '.join(told.unread)}"


def plan_lines(planned: Plan) -> list[str]:
    """What a change would do."""
    return [
        f"  {key:<24} {text(key, planned.old[key]):>10}  ->  {text(key, value)}" for key, value in planned.new.items()
    ]


def journal_lines(changes: Sequence[Change], *, as_json: bool, under_way: bool) -> Iterator[str]:
    """Changes with all they set; `under_way`: the one that has not ended is being made now."""
    for change in changes:
        if as_json:
            yield json.dumps(asdict(change))
            continue
        when = datetime.fromtimestamp(change.at_s, tz=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        ended = ("under way" if under_way else "never ended") if change.outcome is None else change.outcome.value
        kind = change.kind.value if change.undoes is None else f"{change.kind.value} of change {change.undoes}"
        yield f"{when}  {change.serial}  change {change.number}  {kind} by {change.who}: {ended}"
        for key in change.new:
            yield f"  {key:<24} {_shown(change, key, change.old):>10}  ->  {_shown(change, key, change.new)}"
        if change.result:
            yield f"  {change.result}"


def _shown(change: Change, key: str, values: Mapping[str, float | None]) -> str:
    value = values.get(key)
    if change.kind is not ChangeKind.CONTROL:
        return text(key, value)
    if value is None:
        return "-"
    if key == "clock_s":
        return str(Calendar.of_seconds(value))
    return f"{value:g}" if key in ("can", "rs485") else "on" if value else "off"
