"""`openress inverters`: what a battery can be connected to, how well each is known, and what each is told."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable

import click

from openress.cli.completing import inverters as names
from openress.cli.numbers import Finite
from openress.invertercatalog import find_inverter, inverters
from openress.inverters import Fact, Inverter, Setting, Speech, Topic
from openress.inverters.table import Line, fail_safe_lines
from openress.model import Source, fresh_for
from openress.protocols.base import Bus

__all__ = ["command"]

BUS_NAMES = {Bus.CAN: "CAN", Bus.SERIAL: "RS485"}
WIDTH = 110
CYCLE_S = 5.0


@click.group("inverters", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List the inverters: bus, dialect, and how it is known that they understand it."""
    if ctx.invoked_subcommand is not None:
        return
    if as_json:
        click.echo(json.dumps({key: _summary(inverter) for key, inverter in inverters().items()}))
        return
    width = max(map(len, inverters()))
    for inverter in inverters().values():
        click.echo(f"{inverter.key:<{width}}  {inverter.title}")
        for speech in inverter.speeches:
            click.echo(f"{'':<{width}}  {BUS_NAMES[speech.bus]:<5}  {speech.dialect:<17}  {speech.sentence}")


@command.command("show")
@click.argument("name", shell_complete=names)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def show(name: str, as_json: bool) -> None:
    """Tell what is known of the inverter NAME: settings, cable, conduct, and what is not known."""
    inverter = find_inverter(name)
    if as_json:
        click.echo(json.dumps(_whole(inverter)))
        return
    click.echo(f"{inverter.title} ({inverter.key})")
    if inverter.listed:
        click.echo(f"  {inverter.listed}")
    _section("Dialects, the one to try first at the front", map(_speech_text, inverter.speeches))
    _section("Set on the inverter", map(_setting_text, inverter.settings), none="nothing is known to be set")
    _section("Cable", [_cable_text(inverter)])
    _section("What it does", [f"{t.value}: {_fact_text(inverter.facts[t])}" for t in Topic if t in inverter.facts])
    _section("Worth knowing", [f"{r.says} {_cited(r.source)}" for r in inverter.remarks])
    _section("Protocol numbers of packs with a PACE board", _pace_text(inverter))
    _section("Not known", inverter.open_questions)
    click.echo(f"\nWhen data stop: openress inverters failsafe {inverter.key}")


@command.command("failsafe")
@click.argument("name", required=False, shell_complete=names)
@click.option(
    "--cycle-s",
    type=Finite(0, 600),
    default=CYCLE_S,
    show_default=True,
    help="How long polling the rack once takes; data are fresh for twice that, 10 to 20 s.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def failsafe(name: str | None, cycle_s: float, as_json: bool) -> None:
    """Print what is sent when the battery's data stop, and what the inverter NAME (or each) is reported to do."""
    chosen = list(inverters().values()) if name is None else [find_inverter(name)]
    fresh_for_s = fresh_for(cycle_s)
    tables = [(inverter, fail_safe_lines(inverter, fresh_for_s=fresh_for_s)) for inverter in chosen]
    if as_json:
        click.echo(json.dumps({i.key: _fail_safe_json(i, fresh_for_s, lines) for i, lines in tables}))
        return
    for number, (inverter, lines) in enumerate(tables):
        click.echo(("\n" if number else "") + f"{inverter.title} ({inverter.key}), {BUS_NAMES[inverter.bus]}")
        click.echo(f"  {inverter.speeches[0].dialect}: {inverter.evidence}")
        for line in lines:
            _paragraph(f"  {line.age:<23}", f"sent: {line.wire}")
            _paragraph(f"  {'':<23}", f"inverter: {line.inverter}")


def _section(title: str, lines: Iterable[str], *, none: str = "") -> None:
    found = list(lines) or ([none] if none else [])
    if found:
        click.echo(f"\n{title}")
        for line in found:
            _paragraph("  - ", line)


def _paragraph(head: str, text: str) -> None:
    indent = " " * len(head)
    click.echo(textwrap.fill(text, WIDTH, initial_indent=head, subsequent_indent=indent, break_on_hyphens=False))


def _cited(source: Source) -> str:
    return f"[{source.title}; {source.confidence.value}]"


def _speech_text(speech: Speech) -> str:
    note = f" ({speech.note})" if speech.note else ""
    return f"{speech.dialect} on {BUS_NAMES[speech.bus]}: {speech.sentence}{note} {_cited(speech.source)}"


def _setting_text(setting: Setting) -> str:
    head = f"for {setting.speech}: " if setting.speech else ""
    note = f" ({setting.note})" if setting.note else ""
    return f"{head}{setting.what} = {setting.value}{note} {_cited(setting.source)}"


def _cable_text(inverter: Inverter) -> str:
    if inverter.cable is None:
        return "the pins of its socket are not known: ask its maker before making a cable"
    return f"{inverter.cable} in the table of cables"


def _fact_text(fact: Fact) -> str:
    return f"{fact} {_cited(fact.source)}"


def _pace_text(inverter: Inverter) -> list[str]:
    return [f"{BUS_NAMES[bus]}: {', '.join(map(str, numbers))}" for bus, numbers in inverter.pace.items()]


def _summary(inverter: Inverter) -> dict[str, object]:
    return {
        "title": inverter.title,
        "maker": inverter.maker,
        "listed": inverter.listed,
        "bus": BUS_NAMES[inverter.bus],
        "evidence": inverter.evidence,
        "dialects": [
            {
                "name": speech.dialect,
                "bus": BUS_NAMES[speech.bus],
                "evidence": speech.sentence,
                "spoken": speech.spoken,
                "note": speech.note,
                "source": _source_json(speech.source),
            }
            for speech in inverter.speeches
        ],
    }


def _whole(inverter: Inverter) -> dict[str, object]:
    return {
        "key": inverter.key,
        **_summary(inverter),
        "also": list(inverter.also),
        "settings": [
            {"what": s.what, "value": s.value, "note": s.note, "dialect": s.speech, "source": _source_json(s.source)}
            for s in inverter.settings
        ],
        "cable": inverter.cable,
        "conduct": {
            topic.key: {
                "answer": fact.answer.value,
                "says": fact.says,
                "seconds": fact.seconds,
                "source": _source_json(fact.source),
            }
            for topic, fact in inverter.facts.items()
        },
        "pace": {BUS_NAMES[bus]: list(numbers) for bus, numbers in inverter.pace.items()},
        "remarks": [{"says": remark.says, "source": _source_json(remark.source)} for remark in inverter.remarks],
        "not_known": list(inverter.open_questions),
    }


def _fail_safe_json(inverter: Inverter, fresh_for_s: float, lines: list[Line]) -> dict[str, object]:
    fail_safe = inverter.fail_safe
    return {
        "dialect": inverter.speeches[0].dialect,
        "evidence": inverter.evidence,
        "charge_stop": fail_safe.charge_stop.value,
        "discharge_stop": fail_safe.discharge_stop.value,
        "raises_fault": fail_safe.raises_fault,
        "rise_s": fail_safe.rise_s,
        "phases": [{"stage": p.stage.value, "from_s": p.from_s, "to_s": p.to_s} for p in fail_safe.phases(fresh_for_s)],
        "lines": [{"stage": x.stage, "age": x.age, "sent": x.wire, "inverter": x.inverter} for x in lines],
    }


def _source_json(source: Source) -> dict[str, str]:
    return {"title": source.title, "confidence": source.confidence.value}
