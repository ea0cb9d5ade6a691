"""`openress inverter`: a simulated inverter on a CAN link, and what its owner would see."""

from __future__ import annotations

import asyncio
import json
import math
import time

import click

from openress.cli.calm import Calm
from openress.cli.running import run_until_interrupted
from openress.errors import ParameterError
from openress.inverterlink import choose
from openress.ports import parse_can_link
from openress.ports.cansteady import open_steadily
from openress.protocols import find_dialect
from openress.protocols.canbus import CanInverter, CanOptions
from openress.sim.inverter import Behaviour, Quirk, SimInverter
from openress.simulatedinverter import display, run_inverter, seen_json

__all__ = ["command"]

_STANDS_IN_V = 52.0
"""An inverter without a battery behind it works as if its bus had this voltage."""


@click.command("inverter")
@click.argument("link")
@click.option("--inverter", "name", metavar="NAME", help="Be this inverter, in the dialect it is served in.")
@click.option("--dialect", metavar="D", help="What it understands; pylontech-can without --inverter.")
@click.option(
    "--quirk",
    "quirks",
    type=click.Choice([quirk.value for quirk in Quirk]),
    multiple=True,
    help="A way in which it differs from an obedient one; may be given several times.",
)
@click.option("--wants", "wanted_a", type=float, default=0.0, help="Current its household wants in A; + charges.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a second.")
@click.option("--for", "for_s", type=click.FloatRange(0, min_open=True), metavar="SECONDS", help="Stop after so long.")
def command(
    link: str,
    name: str | None,
    dialect: str | None,
    quirks: tuple[str, ...],
    wanted_a: float,
    as_json: bool,
    for_s: float | None,
) -> None:
    """Be an inverter on LINK, and print what its owner would see.

    LINK is can:slcan:/dev/ttyACM0, can:socketcan:can0, can:udp:239.74.163.2:43113 or another CAN link. It has no
    battery of its own: what it would charge or discharge with rests on what it hears.
    """
    if not math.isfinite(wanted_a):
        raise ParameterError(f"--wants {wanted_a}: give a current in A, such as 40 or -40.")
    target = parse_can_link(link)
    inverter = SimInverter(_wire(name, dialect), Behaviour.of(Quirk(quirk) for quirk in quirks))

    async def main() -> None:
        port = await open_steadily(target, on_trouble=lambda error: click.echo(f"openress: {error}", err=True))
        try:
            async with asyncio.timeout(for_s), asyncio.TaskGroup() as tasks:
                tasks.create_task(run_inverter(inverter, port))
                tasks.create_task(_show(inverter, wanted_a, as_json=as_json))
        except TimeoutError:
            return
        finally:
            await port.close()

    if not as_json:
        click.echo(f"An inverter on {target}. Ctrl-C stops.")
    run_until_interrupted(main())


def _wire(name: str | None, dialect: str | None) -> CanInverter:
    options = CanOptions(experimental=True)
    spoken = choose(name, dialect, experimental=True).speech.dialect if name is not None else dialect
    found = find_dialect(spoken or "pylontech-can")
    make = found.parts().can_inverter
    if make is None:
        raise ParameterError(f"{found.name} is no dialect of inverters on CAN; `openress dialects` lists what is.")
    return make(options)


async def _show(inverter: SimInverter, wanted_a: float, *, as_json: bool) -> None:
    """A line whenever what the display shows has changed; with JSON one every second."""
    calm = Calm()
    while True:
        inverter.demand(wanted_a, _STANDS_IN_V)
        seen = inverter.seen
        line = json.dumps(seen_json(seen)) if as_json else display(seen)
        if as_json or calm.speaks(line, seen.lost, time.monotonic()):
            click.echo(line)
        await asyncio.sleep(1.0)
