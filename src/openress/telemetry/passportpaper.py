"""A battery passport to print and hand on: its values with how they were found, and what nobody has measured."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from openress import __version__
from openress.paper import Paper
from openress.store.happened import Source, SourceKind
from openress.telemetry.passport import Quality

__all__ = ["passport_file_name", "passport_lines", "passport_paper"]

WIDTH = 84
_MEANS = {
    Quality.MEASURED: "counted or measured by OpenRESS; each value says how",
    Quality.ESTIMATED: "follows from measurements with a model",
    Quality.TOLD: "the pack's own figure; nobody has checked it",
    Quality.MAKER: "of the product, not of this pack",
    Quality.ENTERED: "as a person has entered it; nobody has checked it",
    Quality.UNKNOWN: "no value; the reason stands in its place",
}
_LIMITS = (
    "This is no certificate: nothing here was tested in a laboratory, and what the history has not seen is missing.",
    "A value is of the day beside it. Signed by nobody, it is worth what the word of whoever hands it on is worth.",
)


def passport_lines(found: Mapping[str, Any]) -> list[str]:
    """The passport as lines of text.

    Args:
        found: as `GET /api/passport` answers.
    """
    who = [found["product"], found["manufacturer"], found["model"]]
    lines = [f"{_name(found)}, pack {found['pack']}", f"  {', '.join(part for part in who if part)}"]
    lines += ["  simulated: this is no real battery", ""] if _virtual(found) else [""]
    for field in found["fields"]:
        annex = f"  (Annex VII {field['annex']})" if field["annex"] else ""
        lines.append(f"{field['title']}{annex}")
        if field["value"] is not None:
            day = "" if field["at_s"] is None else f", {_date(field['at_s'])}"
            lines.append(f"    {_shown(field)}  [{field['quality']}{day}]")
        lines += textwrap.wrap(field["method"], WIDTH, initial_indent="    ", subsequent_indent="    ")
        if isinstance(field["value"], list):
            lines += [f"    {_date(event['at_s'])}  {event['text']}" for event in field["value"]]
    return [*lines, *_worth(found)]


def _worth(found: Mapping[str, Any]) -> list[str]:
    """How much of it is known, and how well."""
    counted = Counter(str(field["quality"]) for field in found["fields"])
    lines = ["", f"What these {len(found['fields'])} fields are worth"]
    for quality, means in _MEANS.items():
        if counted[quality.value]:
            lines.append(f"    {counted[quality.value]:>2} {quality.value}: {means}")
    for limit in _LIMITS:
        lines += textwrap.wrap(limit, WIDTH, initial_indent="    ", subsequent_indent="    ")
    return lines


def passport_paper(found: Mapping[str, Any]) -> Paper:
    """The passport as pages."""
    foot = f"{found['regulation']}; OpenRESS {__version__}, {_date(found['made_s'])}"
    virtual = " (simulated)" if _virtual(found) else ""
    paper = Paper(f"Battery passport: {_name(found)}{virtual}", foot)
    paper.add(passport_lines(found))
    return paper


def passport_file_name(found: Mapping[str, Any]) -> str:
    """A name for its file that every system takes, whatever a pack calls its serial number."""
    return f"passport-{re.sub(r'[^A-Za-z0-9_-]', '_', _name(found))}.pdf"


def _name(found: Mapping[str, Any]) -> str:
    return str(found["serial"] or f"pack {found['pack']}")


def _virtual(found: Mapping[str, Any]) -> bool:
    return Source(SourceKind.PACK, str(found["serial"] or "")).virtual


def _shown(field: Mapping[str, Any]) -> str:
    value = field["value"]
    if isinstance(value, list):
        return str(len(value))
    return f"{value:g} {field['unit']}".strip() if isinstance(value, float | int) else str(value)


def _date(at_s: float) -> str:
    return f"{datetime.fromtimestamp(at_s, tz=UTC).astimezone():%Y-%m-%d}"
