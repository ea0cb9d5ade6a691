"""`openress scan`: who is on a line, what is spoken there, and what is wrong with the rack."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Sequence
from dataclasses import replace

import click

from openress.catalog import load_product
from openress.cli.completing import dialects, products
from openress.cli.progress import counted
from openress.cli.running import run_until_interrupted
from openress.errors import ParameterError
from openress.ports import BytePort, SerialLink, open_port, parse_link
from openress.rack.probing import ONLY_BY_NAME
from openress.rack.remarks import Kind, remarks
from openress.rack.scanorder import ScanOrder
from openress.rack.survey import Answerer, Survey
from openress.rack.surveyjson import has_addresses, survey_json
from openress.rack.switchwords import SwitchWords

__all__ = ["command"]

DEFAULT_PRODUCT = "syscom-a5l-51v2"
_SPAN = re.compile(r"\s*(\d{1,3})\s*(?:-\s*(\d{1,3})\s*)?")


@click.command("scan")
@click.argument("link")
@click.option(
    "--dialect", "dialects", multiple=True, help="Only this; may be given several times.", shell_complete=dialects
)
@click.option("--baud", "bauds", multiple=True, type=click.IntRange(50, 4_000_000), help="Only this speed; likewise.")
@click.option("--addresses", "spans", help="Only these packs, such as 1-4,7; 1 is the master.")
@click.option(
    "--product",
    "product_name",
    default=DEFAULT_PRODUCT,
    show_default=True,
    help="Whose address switches.",
    shell_complete=products,
)
@click.option("--thorough", is_flag=True, help="Try every dialect and speed, also when a whole rack has answered.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def command(
    link: str,
    dialects: tuple[str, ...],
    bauds: tuple[int, ...],
    spans: str | None,
    product_name: str,
    thorough: bool,
    as_json: bool,
) -> None:
    """Find out who is on LINK: serial:/dev/ttyUSB0 or tcp://HOST:PORT.

    Listens first. While somebody else asks, nothing is sent; otherwise packs are asked, and never ordered anything.
    Ctrl-C stops it and has told what was found until then.
    Exit code 0: somebody was found; 1: nothing answered; 130: it was stopped.
    """
    target = parse_link(link)
    if bauds and not isinstance(target, SerialLink):
        raise ParameterError(f"--baud: the speed of {target} is not ours to set; set it at the serial server.")
    numbers = [] if spans is None else _numbers(spans)
    order = ScanOrder(dialects, bauds, numbers, thorough, load_product(product_name))
    # A dialect that does not exist is told before the line is taken.
    order.attempts(target)
    found = stopped = False

    async def open_line(baud: int | None) -> BytePort:
        return await open_port(replace(target, baud=baud) if isinstance(target, SerialLink) and baud else target)

    async def main() -> None:
        nonlocal found, stopped
        begun_s = time.monotonic()
        async with counted(lambda: f"{time.monotonic() - begun_s:.0f} s", as_json=as_json) as say:
            scan = order.begin(open_line, target, clock=time.monotonic, say=say)
            try:
                survey = await scan.run()
            except asyncio.CancelledError:
                survey, stopped = scan.so_far(), True
        words = order.words(survey)
        found = bool(survey.answerers or survey.garbled or survey.swapped or survey.overheard or survey.upside_down)
        if as_json:
            click.echo(json.dumps({**survey_json(link, survey, words, dialects), "stopped": stopped}))
        elif stopped:
            click.echo(_text_of_stopped(link, survey, words))
        else:
            click.echo(_text(link, survey, words, dialects))

    run_until_interrupted(main())
    if stopped:
        click.get_current_context().exit(130)
    if not found:
        click.get_current_context().exit(1)


def _numbers(spans: str) -> list[int]:
    found: set[int] = set()
    for span in spans.split(","):
        match = _SPAN.fullmatch(span)
        first, last = (0, -1) if match is None else (int(match[1]), int(match[2] or match[1]))
        if last < first:
            raise ParameterError(f"--addresses {spans}: {span!r} is neither a number nor a span such as 2-5.")
        found.update(range(first, last + 1))
    return sorted(found)


def _text_of_stopped(link: str, survey: Survey, words: SwitchWords) -> str:
    """What answered until a person stopped the scan; what is wrong with the rack cannot be said of a part of it."""
    asked = ", ".join(attempt.title for attempt in survey.tried)
    lines = _answered(link, survey, words)
    lines += [""] * bool(lines)
    lines.append(
        f"The scan was stopped{'' if lines else ' before anybody answered'}"
        f"{f'; asked until then: {asked}' if asked else ''}. Run it again for what is missing."
    )
    return "\n".join(lines)


def _answered(link: str, survey: Survey, words: SwitchWords) -> list[str]:
    if not survey.answerers:
        return []
    count = len(survey.answerers)
    head = f"{link}: {count} pack{'s answer' if count > 1 else ' answers'}."
    return [head, "", *_table(survey.answerers, words)]


def _text(link: str, survey: Survey, words: SwitchWords, dialects: Sequence[str]) -> str:
    lines = _answered(link, survey, words)
    found = remarks(survey, words)
    if found:
        lines += [""] * bool(lines)
        lines += [f"{'-' if remark.kind in _HARMLESS else '!'} {remark.sentence}" for remark in found]
    elif survey.answerers:
        lines += ["", "The addresses are in order: one master, no gap, nobody twice."]
    left = _not_tried(survey, dialects)
    return "\n".join([*lines, "", *left] if left else lines)


_HARMLESS = frozenset({Kind.ECHO, Kind.SOMEBODY_ASKS})


def _table(answerers: Sequence[Answerer], words: SwitchWords) -> list[str]:
    rows = [("Pack", "Address", "Switches", "Speaks", "Baud", "Serial number", "Voltage", "SOC")]
    for answerer in answerers:
        analog, identity = answerer.sample.analog, answerer.sample.identity
        volts = None if analog is None else analog.pack_voltage_v
        soc = None if analog is None else analog.soc_pct
        has_address = has_addresses(answerer.attempt)
        rows.append(
            (
                f"{answerer.pack}{' master' if answerer.pack == 1 and has_address else ''}",
                str(answerer.address) if has_address else "-",
                words.of(answerer.pack) if has_address else "-",
                answerer.attempt.dialect,
                "-" if answerer.attempt.baud is None else str(answerer.attempt.baud),
                (identity.serial if identity is not None else None) or "-",
                "-" if volts is None else f"{volts:.2f} V",
                "-" if soc is None else f"{soc:.0f} %",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _not_tried(survey: Survey, dialects: Sequence[str]) -> list[str]:
    """What a scan has left out, and how to have it tried."""
    lines = []
    if survey.overheard is None and survey.upside_down is None and not survey.unread:
        speeds: dict[str, list[str]] = {}
        for attempt in survey.skipped:
            speeds.setdefault(attempt.dialect, []).append("" if attempt.baud is None else str(attempt.baud))
        ways = [f"{name} {'/'.join(bauds)}".rstrip() for name, bauds in speeds.items()]
        if ways:
            lines.append(f"Not tried: {', '.join(ways)}; --thorough tries them all, --dialect and --baud one.")
        lines += [
            f"Not tried: {name}, because {why}; --dialect {name} asks it."
            for name, why in ONLY_BY_NAME.items()
            if name not in dialects and not survey.answerers
        ]
    return lines
