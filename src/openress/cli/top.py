"""`openress top`: the rack in a terminal, from a program that runs or straight from a line."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import click
from rich.console import Console
from rich.live import Live

from openress import __version__
from openress.cli.asking import DEFAULT_URL, ask
from openress.cli.completing import dialects, products
from openress.cli.keys import until_key
from openress.cli.progress import working
from openress.cli.running import run_until_interrupted
from openress.cli.topframe import frame
from openress.clock import local_now, unix_s
from openress.errors import ParameterError, PortError
from openress.folders import default_folder
from openress.sections import BatteryConfig
from openress.sites.connection import ConnectionState
from openress.sites.link import LinkSite

__all__ = ["command"]

EVERY_S = 1.0
FIRST_WITHIN_S = 20.0
"""A line on which nobody answers is told as it is after this."""
_LOOK_S = 0.2
Look = Callable[[], Awaitable[dict[str, Any]]]


@click.command("top")
@click.argument("link", required=False)
@click.option("--url", help=f"Where the page of the running OpenRESS is.  [default: {DEFAULT_URL}]")
@click.option(
    "--dialect", default="pace", show_default=True, help="With LINK: what the packs speak.", shell_complete=dialects
)
@click.option(
    "--product", default="syscom-a5l-51v2", show_default=True, help="With LINK: what they are.", shell_complete=products
)
@click.option("--packs", type=click.IntRange(1, 64), help="With LINK: how many; without it those that answer.")
@click.option("--once", is_flag=True, help="Print one frame and stop.")
@click.option("--json", "as_json", is_flag=True, help="Print one snapshot as JSON, as the page has it, and stop.")
def command(
    link: str | None, url: str | None, dialect: str, product: str, packs: int | None, once: bool, as_json: bool
) -> None:
    """Show the rack in the terminal: what it does, each pack, what the inverter is told and why, what is wrong.

    The values come once a second from an OpenRESS that runs (`openress up`), or, with LINK, straight from the packs;
    then only questions are asked. Old values are grey, with their age. Key q quits. Without a terminal, or on one that
    cannot be drawn upon, one frame is printed; NO_COLOR leaves the colours out. One frame of a LINK on which nobody
    answers is an error; a window that stays open waits.
    """
    if link is not None and url is not None:
        raise ParameterError("Give a LINK or --url, not both.")
    battery = None if link is None else BatteryConfig(link=link, dialect=dialect, product=product, packs=packs)
    site = None if battery is None else LinkSite(battery, folder=default_folder(), say=_say)

    async def main() -> None:
        async with _straight(site) if site is not None else _running(url or DEFAULT_URL) as look:
            with nullcontext() if link is None else working(f"Looking who answers on {link}", as_json=as_json):
                snapshot = await look()
            if site is not None and (as_json or once or not _drawable()):
                _require_values(snapshot)
            if as_json:
                click.echo(json.dumps(snapshot))
            elif once or not _drawable():
                _print(snapshot)
            else:
                await _live(snapshot, look, "the line" if url is None and link else url or DEFAULT_URL)

    run_until_interrupted(main())


@asynccontextmanager
async def _running(url: str) -> AsyncIterator[Look]:
    """Snapshots of a program that runs."""

    async def look() -> dict[str, Any]:
        return await asyncio.to_thread(ask, url, "/api/snapshot")

    yield look


@asynccontextmanager
async def _straight(site: LinkSite) -> AsyncIterator[Look]:
    """Snapshots of packs that are asked here; the first when it is known who answers."""
    await site.open()
    running = asyncio.create_task(site.run())
    begun_s = time.monotonic()

    def settled() -> bool:
        state = site.connection().state
        waiting = state in (ConnectionState.OPENING, ConnectionState.SEARCHING)
        return not waiting and all("pack_voltage_v" in pack for pack in _now(site)["packs"].values())

    async def look() -> dict[str, Any]:
        while not settled() and time.monotonic() - begun_s < FIRST_WITHIN_S and not running.done():
            await asyncio.wait([running], timeout=_LOOK_S)
        if running.done():
            running.result()
        return _now(site)

    try:
        yield look
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await site.close()


def _now(site: LinkSite) -> dict[str, Any]:
    """A snapshot under the page's keys."""
    return {
        "version": __version__,
        "time_s": round(unix_s(), 3),
        **site.snapshot(time.monotonic(), local_now()),
        "gateway": None,
        "connection": site.connection().as_json(),
    }


def _require_values(snapshot: dict[str, Any]) -> None:
    """One picture of a line is worth nothing when nobody on it has told anything; a window that stays open may wait.

    Raises:
        PortError: the port cannot be used, or no pack answers.
    """
    connection = snapshot["connection"]
    told = any("pack_voltage_v" in pack for pack in snapshot["packs"].values())
    if not told and connection["state"] != ConnectionState.ASLEEP:
        raise PortError(connection["sentence"])


def _drawable() -> bool:
    """Whether a picture can be drawn over and over where the output goes."""
    return sys.stdout.isatty() and os.environ.get("TERM", "") not in ("dumb", "unknown")


def _print(snapshot: dict[str, Any]) -> None:
    console = Console(highlight=False)
    console.print(frame(snapshot, width=console.width))


async def _live(snapshot: dict[str, Any], look: Look, where: str) -> None:
    """Draw until q is pressed; a program that has gone leaves its last values, marked as old."""
    console, note, heard_s = Console(highlight=False), "", time.monotonic()
    async with until_key("q") as quits:
        with Live(console=console, screen=True, auto_refresh=False) as live:
            while not quits.is_set():
                size = console.size
                picture = frame(snapshot, width=size.width, height=size.height - 1, note=note, quits=True)
                live.update(picture, refresh=True)
                try:
                    async with asyncio.timeout(EVERY_S):
                        await quits.wait()
                except TimeoutError:
                    pass
                try:
                    snapshot, note, heard_s = await look(), "", time.monotonic()
                except PortError as error:
                    note = f"{error} The values of {where} are {time.monotonic() - heard_s:.0f} s old."


def _say(text: str) -> None:
    """What happens on the line is in the picture."""
    del text
