"""`openress serve`: a battery answers on a link, with a state from a file or with live virtual packs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from openress.answering import answer_on, server_options, unaddressed
from openress.catalog import load_product
from openress.cli.completing import dialects, products
from openress.cli.running import run_until_interrupted
from openress.clock import local_s, unix_s
from openress.config import Config
from openress.errors import ParameterError
from openress.live import LiveRack
from openress.ports import open_listener, parse_link
from openress.products import Product
from openress.protocols import find_dialect
from openress.sections import RackConfig
from openress.sim.packmemory import VirtualMemory
from openress.sites.build import build_rack
from openress.statefile import StateFile

__all__ = ["command"]

GROUPS = 7
DEFAULT_PRODUCT = "syscom-a5l-51v2"


@click.command("serve")
@click.argument("dialect", shell_complete=dialects)
@click.argument("link")
@click.option("--state", "state_path", type=click.Path(path_type=Path), help="JSON file with the packs.")
@click.option("--packs", type=click.IntRange(1), help="Number of packs; one pack in the file is repeated.")
@click.option(
    "--product", "product_name", help="Battery product that supplies what the file leaves out.", shell_complete=products
)
@click.option("--group", type=click.IntRange(0, GROUPS), default=0, help="Number of the battery group.")
@click.option("--first-address", type=click.IntRange(1, 2), default=2, help="Address of the master; 1 as in V2.8.")
@click.option("--reply-address", type=click.IntRange(0, 255), help="Write this address into every reply.")
@click.option("--delay-ms", type=click.IntRange(0, 1000), default=0, help="Wait before each answer.")
def command(
    dialect: str,
    link: str,
    state_path: Path | None,
    packs: int | None,
    product_name: str | None,
    group: int,
    first_address: int,
    reply_address: int | None,
    delay_ms: int,
) -> None:
    """Be a battery that speaks DIALECT on LINK.

    LINK is serial:/dev/ttyUSB0?baud=9600, pty:PATH, tcp-listen://HOST:PORT or tcp://HOST:PORT. With --state the battery
    is what the file says, and the file is read again whenever it changes; without it, the packs are simulated.
    """
    found = find_dialect(dialect)
    make = found.parts().server
    if make is None:
        raise ParameterError(f"{found.name} cannot be served; `openress dialects` lists what can.")
    target = parse_link(link)
    source, product = _source(state_path, packs, product_name)
    memory = VirtualMemory(source.virtual, lambda: local_s(unix_s())) if isinstance(source, LiveRack) else None
    options = server_options(
        product, group=group, first_address=first_address, reply_address=reply_address, memory=memory
    )
    make(options)

    async def main() -> None:
        def say(text: str) -> None:
            click.echo(f"openress: {text}", err=True)

        listener = await open_listener(target, on_wait=lambda error: say(str(error)))
        count = len(source.rack().packs)
        if (missing := unaddressed(found, count)) is not None:
            say(missing)
        click.echo(f"{count} x {product.title}, {found.title}, on {listener.name}. Ctrl-C stops.")
        try:
            async with asyncio.TaskGroup() as tasks:
                if isinstance(source, LiveRack):
                    tasks.create_task(source.run())
                tasks.create_task(answer_on(listener, lambda: make(options), source, delay_s=delay_ms / 1000, say=say))
        finally:
            await listener.close()

    run_until_interrupted(main())


def _source(
    state_path: Path | None, packs: int | None, product_name: str | None
) -> tuple[StateFile | LiveRack, Product]:
    if state_path is None:
        wanted = RackConfig(product=product_name or DEFAULT_PRODUCT, packs=packs or 1)
        rack = build_rack(Config(rack=wanted))
        return LiveRack(rack), rack.product
    product = None if product_name is None else load_product(product_name)
    state = StateFile(state_path, packs=packs, product=product)
    limit = state.product.pack_limit
    if packs is not None and limit is not None and packs > limit:
        raise ParameterError(f"--packs {packs}: a rack of {state.product.key} has at most {limit} packs.")
    return state, state.product
