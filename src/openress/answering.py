"""A battery's answering side on a link: every port that appears gets a server machine of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from openress import __version__
from openress.errors import ParameterError, PortError
from openress.model import Identity, Limits, RackSample
from openress.params import ParameterSet
from openress.ports import BytePort, Listener
from openress.products import Product
from openress.protocols import Dialect
from openress.protocols.access import PackMemory
from openress.protocols.base import BatteryServer, ServerOptions

__all__ = ["RackSource", "answer_on", "answer_port", "server_options", "unaddressed"]


class RackSource(Protocol):
    """Where the answers come from."""

    def refresh(self, now_s: float) -> None:
        """Bring the source up to date.

        Raises:
            ParameterError: it cannot be used any more; its old values stay and grow old.
        """
        ...

    def rack(self) -> RackSample:
        """The rack, as it was measured last."""
        ...

    def heard(self) -> None:
        """Somebody talked to the packs; that wakes those that sleep."""
        ...


def server_options(
    product: Product,
    values: ParameterSet | None = None,
    *,
    group: int = 0,
    first_address: int = 2,
    reply_address: int | None = None,
    memory: PackMemory | None = None,
) -> ServerOptions:
    """What a dialect's answering side must know of the product."""
    return ServerOptions(
        identity=Identity(
            0.0, manufacturer=product.maker, model=product.key.upper()[:10], software_version=__version__
        ),
        group=group,
        first_address=first_address,
        reply_address=reply_address,
        memory=memory,
        parameters=values or ParameterSet.defaults(product),
        rated=Limits(
            0.0,
            charge_current_limit_a=product.charge_current_max_a,
            discharge_current_limit_a=product.discharge_current_max_a,
        ),
    )


def unaddressed(dialect: Dialect, packs: int) -> str | None:
    """What to tell of a rack with more packs than a dialect has addresses; `None` when all have one."""
    limit = dialect.max_packs
    if limit is None or packs <= limit:
        return None
    which = f"pack {packs}" if packs == limit + 1 else f"packs {limit + 1} to {packs}"
    return (
        f"{dialect.title}: a group has {limit} addresses, so {which} cannot be asked there and only appears in "
        "replies for all packs."
    )


async def answer_on(
    listener: Listener,
    make: Callable[[], BatteryServer],
    source: RackSource,
    *,
    delay_s: float = 0.0,
    say: Callable[[str], None],
) -> None:
    """Answer on every port that `listener` gives, until cancelled.

    Args:
        listener: where ports appear.
        make: a fresh server machine.
        source: where the values come from.
        delay_s: wait before each answer.
        say: told once why the source cannot be used, when that happens.
    """
    async with asyncio.TaskGroup() as tasks:
        while True:
            port = await listener.accept()
            tasks.create_task(answer_port(port, make(), source, delay_s=delay_s, say=say))


async def answer_port(
    port: BytePort, server: BatteryServer, source: RackSource, *, delay_s: float = 0.0, say: Callable[[str], None]
) -> None:
    """Answer on one port until it is gone or the task is cancelled; see `answer_on`."""
    said = ""
    try:
        while True:
            data = await port.read()
            now_s = time.monotonic()
            try:
                source.refresh(now_s)
                said = ""
            except ParameterError as error:
                # The values grow old and the battery falls silent; the reason is told once.
                if str(error) != said:
                    said = str(error)
                    say(said)
            source.heard()
            for answer in server.feed(data, source.rack(), now_s):
                await asyncio.sleep(delay_s)
                await port.write(answer)
    except PortError:
        # The other side has gone; the listener waits for the next one.
        return
    finally:
        await port.close()
