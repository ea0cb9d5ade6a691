"""`openress inverter`: a simulated inverter on a CAN or RS485 link, and what its owner would see."""

from __future__ import annotations

import asyncio
import json
import time

import click

from openress.cli.calm import Calm
from openress.cli.completing import dialects, inverters
from openress.cli.numbers import Finite
from openress.cli.running import run_until_interrupted
from openress.codec.canframe import CanFrame
from openress.errors import ParameterError
from openress.gateway.setup import PackMaxima
from openress.inverterchoice import bus_of, check_port, choose
from openress.ports import open_port, parse_can_link, parse_link
from openress.ports.cansteady import open_steadily
from openress.protocols import find_dialect
from openress.protocols.base import Bus
from openress.protocols.canbus import CanOptions
from openress.protocols.serialbus import InverterOptions
from openress.sim.inverter import Behaviour, Quirk, SimInverter
from openress.simulatedinverter import display, run_inverter, seen_json
from openress.simulatedwire import AnySimInverter, serial_inverter

__all__ = ["command"]

_STANDS_IN_V = 52.0
"""An inverter without a battery behind it works as if its bus had this voltage."""
_USUAL = {Bus.CAN: "pylontech-can", Bus.SERIAL: "pylontech"}


@click.command("inverter")
@click.argument("link")
@click.option(
    "--inverter",
    "name",
    metavar="NAME",
    help="Be this inverter, in the dialect it is served in.",
    shell_complete=inverters,
)
@click.option(
    "--dialect", metavar="D", help="What it understands; Pylontech's without --inverter.", shell_complete=dialects
)
@click.option("--manner", metavar="M", help="RS485: in which of the dialect's manners it asks, without --inverter.")
@click.option("--one-byte-counts", is_flag=True, help="RS485, Voltronic: replies count bytes in one byte.")
@click.option(
    "--quirk",
    "quirks",
    type=click.Choice([quirk.value for quirk in Quirk]),
    multiple=True,
    help="A way in which it differs from an obedient one; may be given several times.",
)
@click.option("--wants", "wanted_a", type=Finite(), default=0.0, help="Current its household wants in A; + charges.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a second.")
@click.option("--for", "for_s", type=Finite(0, min_open=True), metavar="SECONDS", help="Stop after so long.")
def command(
    link: str,
    name: str | None,
    dialect: str | None,
    manner: str | None,
    one_byte_counts: bool,
    quirks: tuple[str, ...],
    wanted_a: float,
    as_json: bool,
    for_s: float | None,
) -> None:
    """Be an inverter on LINK, and print what its owner would see.

    LINK is can:slcan:/dev/ttyACM0, can:socketcan:can0, can:udp:239.74.163.2:43113 or another CAN link, or of RS485
    serial:/dev/ttyUSB0?baud=9600, tcp://HOST:PORT or pty:PATH. It has no battery of its own: what it would charge or
    discharge with rests on what it hears.
    """
    target = check_port(link)
    bus, chosen = bus_of(target), tuple(Quirk(quirk) for quirk in quirks)
    if name is not None:
        speech = choose(name, dialect, port=target, experimental=True).speech
        dialect, manner = speech.dialect, manner or speech.manner or None
    dialect = dialect or _USUAL[bus]
    inverter: AnySimInverter
    if bus is Bus.CAN:
        on_can = inverter = _on_can(dialect, chosen)
        living = _live_on_can(on_can, target)
    else:
        asks = InverterOptions(manner, one_byte_counts)
        on_line = inverter = serial_inverter(dialect, asks, chosen, maxima=PackMaxima(), packs=1)
        living = _live_on_line(on_line, target)

    async def main() -> None:
        try:
            async with asyncio.timeout(for_s), asyncio.TaskGroup() as tasks:
                tasks.create_task(living)
                tasks.create_task(_show(inverter, wanted_a, as_json=as_json))
        except TimeoutError:
            return

    if not as_json:
        click.echo(f"An inverter on {target}. Ctrl-C stops.")
    run_until_interrupted(main())


def _on_can(dialect: str, quirks: tuple[Quirk, ...]) -> SimInverter[CanFrame]:
    found = find_dialect(dialect)
    make = found.parts().can_inverter
    if make is None:
        raise ParameterError(f"{found.name} is no dialect of inverters on CAN; `openress dialects` lists what is.")
    return SimInverter(make(CanOptions(experimental=True)), Behaviour.of(quirks))


async def _live_on_can(inverter: SimInverter[CanFrame], link: str) -> None:
    port = await open_steadily(
        parse_can_link(link), on_trouble=lambda error: click.echo(f"openress: {error}", err=True)
    )
    try:
        await run_inverter(inverter, port)
    finally:
        await port.close()


async def _live_on_line(inverter: SimInverter[bytes], link: str) -> None:
    port = await open_port(parse_link(link))
    try:
        await run_inverter(inverter, port)
    finally:
        await port.close()


async def _show(inverter: AnySimInverter, wanted_a: float, *, as_json: bool) -> None:
    """A line whenever what the display shows has changed; with JSON one every second."""
    calm = Calm()
    while True:
        inverter.demand(wanted_a, _STANDS_IN_V)
        seen = inverter.seen
        line = json.dumps(seen_json(seen)) if as_json else display(seen)
        if as_json or calm.speaks(line, seen.lost, time.monotonic()):
            click.echo(line)
        await asyncio.sleep(1.0)
