"""`openress serve`: a battery answers on a link, with a state from a file or with live virtual packs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from openress.answering import RackSource, answer_on, server_options, unaddressed
from openress.catalog import load_product
from openress.cli.completing import dialects, products
from openress.cli.running import run_until_interrupted
from openress.errors import ParameterError
from openress.ports import open_listener, parse_link
from openress.products import Product
from openress.protocols import find_dialect
from openress.protocols.access import PackMemory
from openress.statefile import StateFile

__all__ = ["command"]

GROUPS = 7
DEFAULT_PRODUCT = "syscom-a5l-51v2"


@dataclass(frozen=True, slots=True)
class _Battery:
    """What answers.

    Attributes:
        source: what is measured.
        product: what the packs are.
        memory: what is set on them and what they remember; a file has none.
        run: lets them live; `None` where a file says how they are.
    """

    source: RackSource
    product: Product
    memory: PackMemory | None = None
    run: Callable[[], Coroutine[Any, Any, None]] | None = None


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
@click.option("--json", "as_json", is_flag=True, help="Say what answers where as one JSON object, once it does.")
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
    as_json: bool,
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
    battery = _virtual(packs, product_name) if state_path is None else _of_file(state_path, packs, product_name)
    source, product = battery.source, battery.product
    options = server_options(
        product, group=group, first_address=first_address, reply_address=reply_address, memory=battery.memory
    )
    make(options)

    async def main() -> None:
        def say(text: str) -> None:
            click.echo(f"openress: {text}", err=True)

        listener = await open_listener(target, on_wait=lambda error: say(str(error)))
        count = len(source.rack().packs)
        if (missing := unaddressed(found, count)) is not None:
            say(missing)
        told = {"link": listener.name, "dialect": found.name, "product": product.key, "packs": count}
        spoken = f"{count} x {product.title}, {found.title}, on {listener.name}. Ctrl-C stops."
        click.echo(json.dumps(told) if as_json else spoken)
        try:
            async with asyncio.TaskGroup() as tasks:
                if battery.run is not None:
                    tasks.create_task(battery.run())
                tasks.create_task(answer_on(listener, lambda: make(options), source, delay_s=delay_ms / 1000, say=say))
        finally:
            await listener.close()

    run_until_interrupted(main())


def _virtual(packs: int | None, product_name: str | None) -> _Battery:
    from openress.cli.livepacks import live_packs  # noqa: PLC0415  # takes longer than all the rest

    live, product, memory = live_packs(product_name or DEFAULT_PRODUCT, packs or 1)
    return _Battery(live, product, memory, live.run)


def _of_file(path: Path, packs: int | None, product_name: str | None) -> _Battery:
    product = None if product_name is None else load_product(product_name)
    state = StateFile(path, packs=packs, product=product)
    limit = state.product.pack_limit
    if packs is not None and limit is not None and packs > limit:
        raise ParameterError(f"--packs {packs}: a rack of {state.product.key} has at most {limit} packs.")
    return _Battery(state, state.product)
