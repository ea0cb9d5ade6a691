"""The page of the inverters, from their data files."""

from __future__ import annotations

from collections.abc import Iterator

from tables import table

from openress.invertercatalog import inverters
from openress.inverters import Inverter, Topic
from openress.inverters.table import fail_safe_lines
from openress.model import Source
from openress.protocols.base import Bus

BUS = {Bus.CAN: "CAN", Bus.SERIAL: "RS485"}

INTRODUCTION = """\
# Inverters

This page is made from the data files in `src/openress/inverters/data`, one for each inverter. Whoever knows an
inverter can check its file against the manual; every fact names its source, and what nobody has published is left out.

Nothing here has been tested by us on an inverter. The words behind a dialect say how it is known that the inverter
understands it: *captures of real devices*, a *vendor document*, an *open implementation* (somebody's working program or
report), or *fallback dialect, untested*: nothing is published, and it is worth a try under supervision.

The same on the command line: `openress inverters`, `openress inverters show NAME`, `openress inverters failsafe NAME`.

**When data stop.** What is sent depends on the age of the oldest pack data, never on the inverter's answers. Data are
fresh for twice the time that polling the rack takes, at least 10 s and at most 20 s. Then both current limits fall to 0
within 5 s; the limits of 0 go on being sent in the usual rhythm, so that an inverter that keeps what it heard last has
heard 0; then nothing is sent, so that the inverter's own time-out acts. The tables below are for 10 s. A software can
only ask: each pack's own protection stays the last word."""


def inverters_page() -> Iterator[str]:
    """All inverters: a table, then a section for each."""
    yield INTRODUCTION
    yield ""
    yield from table(
        ["Inverter", "Line", "Dialect", "How it is known"],
        [
            [
                f"[{inverter.key}](#{inverter.key})" if not number else "",
                BUS[speech.bus],
                speech.dialect,
                speech.sentence,
            ]
            for inverter in inverters().values()
            for number, speech in enumerate(inverter.speeches)
        ],
    )
    for inverter in inverters().values():
        yield from _section(inverter)


def _section(inverter: Inverter) -> Iterator[str]:
    yield from ("", f"## {inverter.key}", "")
    yield f"{inverter.title}." + (f" {inverter.listed}." if inverter.listed else "")
    names = ", ".join(inverter.also)
    yield from ("", f"Found as: {names}.", "")
    yield from table(
        ["Dialect", "Line", "How it is known", "Remarks", "Source"],
        [[s.dialect, BUS[s.bus], s.sentence, s.note, _cited(s.source)] for s in inverter.speeches],
    )
    if inverter.settings:
        yield from ("", "To set on the inverter:", "")
        yield from table(
            ["Entry", "Value", "For", "Remarks", "Source"],
            [[s.what, s.value, s.speech or "all", s.note, _cited(s.source)] for s in inverter.settings],
        )
    if inverter.facts:
        yield from ("", "What it does:", "")
        yield from table(
            ["", "", "Source"],
            [[t.value, str(inverter.facts[t]), _cited(inverter.facts[t].source)] for t in Topic if t in inverter.facts],
        )
    yield from ("", f"When data stop ({BUS[inverter.bus]}):", "")
    yield from table(
        ["Age of the data", "Sent", "The inverter"],
        [[line.age, line.wire, line.inverter] for line in fail_safe_lines(inverter)],
    )
    if inverter.remarks:
        yield ""
        yield from (f"- {remark.says} ({remark.source})" for remark in inverter.remarks)
    yield from ("", f"Cable: {inverter.cable or 'the pins of its socket are not known'}.")
    if inverter.pace:
        numbers = "; ".join(f"{BUS[bus]} {', '.join(map(str, found))}" for bus, found in inverter.pace.items())
        yield from ("", f"Protocol numbers of packs with a PACE board: {numbers}.")
    yield from ("", f"Not known: {'; '.join(inverter.open_questions)}.")


def _cited(source: Source) -> str:
    return str(source)
