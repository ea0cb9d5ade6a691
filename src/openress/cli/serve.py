"""`openress serve`: a battery with a given state answers on a link."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import click

from openress import __version__
from openress.catalog import load_product
from openress.cli.running import run_until_interrupted
from openress.errors import ParameterError, PortError
from openress.model import Identity, Limits
from openress.params import ParameterSet
from openress.ports import BytePort, Listener, open_listener, parse_link
from openress.products import Product
from openress.protocols import find_dialect
from openress.protocols.base import BatteryServer, ServerOptions
from openress.statefile import StateFile

__all__ = ["command"]

GROUPS = 7


@click.command("serve")
@click.argument("dialect")
@click.argument("link")
@click.option("--state", "state_path", required=True, type=click.Path(path_type=Path), help="JSON file with the packs.")
@click.option("--packs", type=click.IntRange(1), help="Number of packs; one pack in the file is repeated.")
@click.option("--product", "product_name", help="Battery product that supplies what the file leaves out.")
@click.option("--group", type=click.IntRange(0, GROUPS), default=0, help="Number of the battery group.")
@click.option("--first-address", type=click.IntRange(1, 2), default=2, help="Address of the master; 1 as in V2.8.")
@click.option("--reply-address", type=click.IntRange(0, 255), help="Write this address into every reply.")
@click.option("--delay-ms", type=click.IntRange(0, 1000), default=0, help="Wait before each answer.")
def command(
    dialect: str,
    link: str,
    state_path: Path,
    packs: int | None,
    product_name: str | None,
    group: int,
    first_address: int,
    reply_address: int | None,
    delay_ms: int,
) -> None:
    """Be a battery that speaks DIALECT on LINK.

    LINK is serial:/dev/ttyUSB0?baud=9600, pty:PATH, tcp-listen://HOST:PORT or tcp://HOST:PORT. The state file is read
    again whenever it changes.
    """
    found = find_dialect(dialect)
    make = found.parts().server
    if make is None:
        raise ParameterError(f"{found.name} cannot be served; `openress dialects` lists what can.")
    target = parse_link(link)
    product = None if product_name is None else load_product(product_name)
    state = StateFile(state_path, packs=packs, product=product)
    limit = state.product.pack_limit
    if packs is not None and limit is not None and packs > limit:
        raise ParameterError(f"--packs {packs}: a rack of {state.product.key} has at most {limit} packs.")
    options = server_options(state.product, group=group, first_address=first_address, reply_address=reply_address)
    make(options)

    async def main() -> None:
        listener = await open_listener(target, on_wait=lambda error: click.echo(f"openress: {error}", err=True))
        count = len(state.rack().packs)
        click.echo(f"{count} x {state.product.title}, {found.title}, on {listener.name}. Ctrl-C stops.")
        try:
            await _serve(listener, lambda: make(options), state, delay_ms / 1000)
        finally:
            await listener.close()

    run_until_interrupted(main())


def server_options(product: Product, *, group: int, first_address: int, reply_address: int | None) -> ServerOptions:
    """What a dialect's serving side must know of the product."""
    return ServerOptions(
        identity=Identity(
            0.0, manufacturer=product.maker, model=product.key.upper()[:10], software_version=__version__
        ),
        group=group,
        first_address=first_address,
        reply_address=reply_address,
        parameters=ParameterSet.defaults(product),
        rated=Limits(
            0.0,
            charge_current_limit_a=product.charge_current_max_a,
            discharge_current_limit_a=product.discharge_current_max_a,
        ),
    )


async def _serve(listener: Listener, make: Callable[[], BatteryServer], state: StateFile, delay_s: float) -> None:
    async with asyncio.TaskGroup() as tasks:
        while True:
            port = await listener.accept()
            tasks.create_task(_answer(port, make(), state, delay_s))


async def _answer(port: BytePort, server: BatteryServer, state: StateFile, delay_s: float) -> None:
    """Answer on one port until it is gone."""
    said = ""
    try:
        while True:
            data = await port.read()
            now_s = time.monotonic()
            try:
                state.refresh(now_s)
                said = ""
            except ParameterError as error:
                # The values grow old and the battery falls silent; the reason is told once.
                if str(error) != said:
                    said = str(error)
                    click.echo(f"openress: {error}", err=True)
            for answer in server.feed(data, state.rack(), now_s):
                await asyncio.sleep(delay_s)
                await port.write(answer)
    except PortError:
        await port.close()
