"""`openress gateway`: packs on one link, an inverter on another, and nothing told that is not known."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from openress.catalog import load_product
from openress.cli.calm import Calm
from openress.cli.completing import dialects, inverters, products
from openress.cli.numbers import Finite
from openress.cli.running import run_until_interrupted
from openress.errors import ParameterError, PortError
from openress.gateway.caps import Caps
from openress.gateway.setup import check_session, maxima_of
from openress.inverterchoice import SerialManner, check_port, choose, session_setup
from openress.inverterlink import InverterLink
from openress.model.flat import rack_json
from openress.ports import BytePort, open_port, parse_link
from openress.protocols import find_dialect
from openress.rack.service import RackService
from openress.sites.learning import Learner

__all__ = ["command"]

DEFAULT_PRODUCT = "syscom-a5l-51v2"
OPEN_AGAIN_S = 2.0
INVERTER_THERE_S = 10.0
"""An inverter that was heard within this keeps the packs awake."""
_PERIOD_S = 1.0


@click.command("gateway")
@click.option("--battery", required=True, metavar="LINK", help="Where the packs are.")
@click.option(
    "--dialect", default="pylontech", show_default=True, help="What the packs speak.", shell_complete=dialects
)
@click.option("--packs", type=click.IntRange(1), help="How many packs there are; without it those that answer.")
@click.option(
    "--product",
    default=DEFAULT_PRODUCT,
    show_default=True,
    help="Which battery the packs are.",
    shell_complete=products,
)
@click.option(
    "--inverter",
    required=True,
    metavar="NAME",
    help="Which inverter, see `openress inverters`; or auto.",
    shell_complete=inverters,
)
@click.option(
    "--inverter-dialect",
    metavar="D",
    help="Another of the inverter's dialects than its first.",
    shell_complete=dialects,
)
@click.option("--port", required=True, metavar="LINK", help="Link of the inverter: CAN or RS485.")
@click.option("--cvl", type=Finite(0, 100, min_open=True), metavar="V", help="Never charge above this.")
@click.option("--ccl", type=Finite(0), metavar="A", help="Never charge with more.")
@click.option("--dcl", type=Finite(0), metavar="A", help="Never discharge with more.")
@click.option("--soc-min", type=Finite(0, 100), metavar="%", help="Discharge no further.")
@click.option("--soc-max", type=Finite(0, 100), metavar="%", help="Charge no further.")
@click.option(
    "--turnaround-s",
    type=Finite(),
    default=0.005,
    show_default=True,
    metavar="S",
    help="RS485: silence between a question and its answer.",
)
@click.option("--reply-address", type=click.IntRange(0, 255), metavar="N", help="RS485, Pylontech: in every reply.")
@click.option("--one-byte-counts", is_flag=True, help="RS485, Voltronic: replies count bytes in one byte.")
@click.option("--probe", is_flag=True, help="CAN, auto: consent to try with limits of 0 on a silent bus.")
@click.option("--experimental", is_flag=True, help="Consent to a dialect that nothing confirms.")
@click.option("--shadow", is_flag=True, help="Send nothing; compare with the battery that is on the line.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a second.")
def command(
    battery: str,
    dialect: str,
    packs: int | None,
    product: str,
    inverter: str,
    inverter_dialect: str | None,
    port: str,
    cvl: float | None,
    ccl: float | None,
    dcl: float | None,
    soc_min: float | None,
    soc_max: float | None,
    turnaround_s: float,
    reply_address: int | None,
    one_byte_counts: bool,
    probe: bool,
    experimental: bool,
    shadow: bool,
    as_json: bool,
) -> None:
    """Read packs over one link and tell an inverter on another what they allow.

    The caps only ever restrict. When the packs fall silent the limits fall to 0 and then nothing is said any more:
    `openress inverters failsafe NAME` prints the times.
    """
    battery_link, client_dialect = parse_link(battery), find_dialect(dialect)
    make_client = client_dialect.parts().client
    if make_client is None:
        raise ParameterError(f"{client_dialect.name} cannot be read; `openress dialects` lists what can.")
    client, what = make_client(), load_product(product)
    link = check_port(port)
    choice = choose(
        inverter,
        inverter_dialect,
        port=link,
        experimental=experimental,
        probe=probe,
        serial=SerialManner(turnaround_s, one_byte_counts, reply_address),
    )
    choice = replace(choice, shadow=shadow)
    setup = session_setup(
        choice, maxima=maxima_of(what), caps=Caps(cvl, ccl, dcl, soc_min, soc_max), expected=packs or 1
    )
    check_session(setup)

    def say(text: str) -> None:
        click.echo(f"openress: {text}", err=True)

    async def main() -> None:
        line = await open_port(battery_link)
        rack = RackService(
            line,
            client,
            product=what,
            expected=None if packs is None else range(1, packs + 1),
            again=_again(lambda: open_port(battery_link), say),
        )
        async with rack:
            told = InverterLink(
                choice,
                setup,
                rack,
                port=link,
                folder=Path(),
                say=say,
                fresh_for_s=lambda: rack.view().fresh_for_s,
            )
            await told.open()
            if not as_json:
                click.echo(f"{what.title} on {line.name}, {choice.inverter.title} on {link}. Ctrl-C stops.")
                click.echo(f"  {choice.dialect or 'not known yet'}: {choice.evidence()}")
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(rack.run())
                    tasks.create_task(Learner(rack, what, client_dialect, client, say).run())
                    tasks.create_task(told.run())
                    tasks.create_task(_show(rack, told, as_json=as_json))
            finally:
                await told.close()

    run_until_interrupted(main())


def _again(open_it: Callable[[], Awaitable[BytePort]], say: Callable[[str], None]) -> Callable[[], Awaitable[BytePort]]:
    """Open the battery's link again and again until it is there; why not is told once."""

    async def again() -> BytePort:
        said = ""
        while True:
            await asyncio.sleep(OPEN_AGAIN_S)
            try:
                return await open_it()
            except PortError as error:
                if str(error) != said:
                    said = str(error)
                    say(said)

    return again


async def _show(rack: RackService, link: InverterLink, *, as_json: bool) -> None:
    """A line whenever something has changed that a person would want to know; with JSON one every second."""
    calm, said = Calm(), set[str]()
    while True:
        await asyncio.sleep(_PERIOD_S)
        now_s = time.monotonic()
        report = link.report
        alive_s = None if report is None else report.heard.alive_at_s
        if alive_s is not None and now_s - alive_s < INVERTER_THERE_S:
            rack.heard()
        state = link.as_json()
        if as_json:
            click.echo(json.dumps({"gateway": state, "rack": rack_json(rack.rack(), now_s)}))
            continue
        for change in rack.changes():
            click.echo(f"rack: {change.sentence}")
        if calm.speaks(f"gateway: {state['sentence']}", state["state"], now_s):
            click.echo(f"gateway: {state['sentence']}")
        said = _alarms(state, said)


def _alarms(state: dict[str, Any], said: set[str]) -> set[str]:
    standing = {alarm["trouble"]: alarm["sentence"] for alarm in state["alarms"]}
    for trouble in standing.keys() - said:
        click.echo(f"ALARM: {standing[trouble]}")
    for trouble in sorted(said - standing.keys()):
        click.echo(f"over: {trouble.replace('_', ' ')}")
    return set(standing)
