"""`openress update-check`: before the software of a BMS is changed, everything must be disconnected."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from openress.cli.canlisten import listen_can
from openress.cli.completing import dialects
from openress.cli.numbers import Finite
from openress.cli.packread import pack_reader
from openress.cli.progress import bar, working
from openress.errors import ParameterError
from openress.folders import default_folder
from openress.install.judging import InRack
from openress.install.updating import judge_update, told_on_can
from openress.ports import is_can_link, open_port, parse_link
from openress.protocols import find_dialect

__all__ = ["command"]


@click.command("update-check")
@click.argument("link")
@click.option("--dialect", default="pace", show_default=True, help="What the packs speak.", shell_complete=dialects)
@click.option("--packs", type=click.IntRange(1, 64), default=15, show_default=True, help="Look for so many.")
@click.option("--listen", multiple=True, help="Another line or CAN bus to hear: the inverter's.")
@click.option("--seconds", type=Finite(0.1, 60), default=3.0, show_default=True, help="Listen so long.")
@click.option("--timeout-s", type=Finite(0.01, 60), default=0.6, show_default=True, help="Wait so long.")
@click.option("--log", "log_path", type=click.Path(path_type=Path), help="Where refusals are written down.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def command(
    ctx: click.Context,
    link: str,
    dialect: str,
    packs: int,
    listen: tuple[str, ...],
    seconds: float,
    timeout_s: float,
    log_path: Path | None,
    as_json: bool,
) -> None:
    """Tell whether the software of the packs on LINK may be changed now.

    It may not while current flows, or while an inverter still talks on LINK or on a line given with --listen; either
    may be a CAN bus, on which the battery's own frames are let pass. The exit code is 1 then, and the refusal is
    written down.
    """
    find_dialect(dialect)
    problems, notes = asyncio.run(_problems(link, dialect, packs, listen, seconds, timeout_s, as_json=as_json))
    if as_json:
        click.echo(json.dumps({"link": link, "may_update": not problems, "problems": problems, "notes": notes}))
    else:
        _tell(problems, notes)
    if problems:
        _write_down(log_path or default_folder() / "update-checks.jsonl", link, problems)
        ctx.exit(1)


def _tell(problems: list[str], notes: list[str]) -> None:
    for note in notes:
        click.echo(note)
    if not problems:
        click.echo("Nothing flows and nobody talks. Keep every device disconnected until the update is done.")
    for problem in problems:
        click.echo(f"! {problem}")


async def _problems(
    link: str,
    dialect: str,
    packs: int,
    listen: tuple[str, ...],
    seconds: float,
    timeout_s: float,
    *,
    as_json: bool,
) -> tuple[list[str], list[str]]:
    serial = [one for one in (link, *listen) if not is_can_link(one)]
    buses = [one for one in (link, *listen) if is_can_link(one)]
    with working(f"listening for {seconds:g} s", as_json=as_json):
        counts, found = await asyncio.gather(
            asyncio.gather(*(_heard(one, seconds) for one in serial)),
            asyncio.gather(*(listen_can(one, seconds) for one in buses)),
        )
    can = dict(zip(buses, found, strict=True))
    seen: list[InRack] = []
    if not is_can_link(link):
        async with pack_reader(link, dialect, timeout_s) as reader:
            with bar("asking packs", as_json=as_json) as tell:
                seen = await reader.rack(packs, tell)
    return judge_update(seen, dict(zip(serial, counts, strict=True)), can), told_on_can(can)


async def _heard(link: str, seconds: float) -> int:
    """Bytes that others send while we are silent."""
    port = await open_port(parse_link(link))
    count, until = 0, time.monotonic() + seconds
    try:
        while (left := until - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(left):
                    count += len(await port.read())
            except TimeoutError:
                break
    finally:
        await port.close()
    return count


def _write_down(path: Path, link: str, problems: list[str]) -> None:
    at = datetime.now(UTC)  # noqa: TID251  # the moment of a command: the shell's clock
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"at": at.isoformat(timespec="seconds"), "link": link, "refused": problems}) + "\n")
    except OSError as error:
        raise ParameterError(
            f"The refusal cannot be written to {path}: {error.strerror}; name a file with --log."
        ) from error
