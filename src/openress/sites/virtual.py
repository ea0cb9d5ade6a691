"""The virtual site: a rack that is simulated here, remembers, answers on links, and is watched by a checker."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import Any

from openress.answering import RackSource, answer_port, server_options
from openress.bms.learned import learned_json
from openress.catalog import load_product
from openress.clock import local_s, unix_s
from openress.config import Config
from openress.errors import ParameterError
from openress.keeping import Keeping
from openress.live import LiveRack
from openress.model import FRESH_AT_LEAST_S, Freshness, Limits
from openress.params import ParameterSet, stricter
from openress.ports import BytePort, memory_pair
from openress.products import Product
from openress.protocols import find_dialect
from openress.protocols.base import Dialect, ServerOptions
from openress.rack.poll import Poller
from openress.rack.session import Session
from openress.rack.timing import timing_of
from openress.sections import LinkConfig
from openress.sim.packmemory import VirtualMemory
from openress.sim.virtual import virtual_serial
from openress.simulatedwire import AnySimInverter
from openress.sites.base import rack_part, switches_of
from openress.sites.build import build_rack
from openress.sites.connection import Connection, ConnectionState
from openress.sites.served import ServedLinks
from openress.sites.session import journal_for
from openress.watching import watch

__all__ = ["FRESH_FOR_S", "VirtualSite"]

FRESH_FOR_S = 3.0
"""The packs run in this process: values older than this mean that something has stopped."""
KEEP_EVERY_S = 1.0
DATABASE = "openress.db"
WIRED_UP_TO_SPEED = 10.0
"""Beyond it a second on a wire is too much of the rack's time: the inverter keeps to the limits without one."""
SERVICE_DIALECT = "pace"
SERVICE_LINK = "virtual rack"
DEFAULT_TCP = "tcp-listen://127.0.0.1:4196"


class VirtualSite:
    """See `openress.sites.base.Site`.

    Args:
        config: of the rack, its load and its links.
        folder: the data folder, which is ours alone.
        say: told what happens while it runs, in sentences.

    Raises:
        ParameterError: the configuration cannot be used.
    """

    virtual = True

    def __init__(self, config: Config, folder: Path, say: Callable[[str], None]) -> None:
        self._config = config
        self._folder = folder
        self._say = say
        product = load_product(config.rack.product)
        built = build_rack(config, product)
        self._keeping = Keeping(folder / DATABASE, product, now_s=unix_s(), say=say, clock_s=unix_s)
        try:
            numbers = range(1, config.rack.packs + 1)
            # A charge that was asked for is where packs begin, each time: a bench must repeat.
            anew = "soc_pct" in config.rack.model_fields_set
            found = {number: None if anew else self._keeping.remembered(virtual_serial(number)) for number in numbers}
            known = {number: memory for number, memory in found.items() if memory is not None}
            kept = {
                number: self._keeping.settings(virtual_serial(number), built.values, config.parameters)
                for number in numbers
            }
            settings = {number: values for number, values in kept.items() if values is not None}
            told = {number: self._keeping.told_before(virtual_serial(number)) for number in numbers}
            self.live = LiveRack(build_rack(config, product, known, settings), speed=config.rack.speed)
            for pack in self.live.virtual.packs:
                self._keeping.recall(pack)
                if dict(pack.values) != self._keeping.kept(pack):
                    self._keeping.set(pack, "factory and configuration")
        except BaseException:
            self._keeping.close()
            raise
        self.memory = VirtualMemory(self.live.virtual, lambda: local_s(unix_s()), told=told, witness=self._keeping)
        watch(self.live.virtual, say)
        self.links = ServedLinks(self.live, self._options, packs=self.expected, say=say)

    @property
    def product(self) -> Product:
        """See `Site`."""
        return self.live.virtual.product

    @property
    def source(self) -> RackSource:
        """See `Site`."""
        return self.live

    @property
    def expected(self) -> int:
        """See `Site`."""
        return len(self.live.virtual.packs)

    @property
    def packs(self) -> frozenset[int]:
        """See `openress.servicing.line.Line`."""
        return frozenset(range(1, self.expected + 1))

    @property
    def wired(self) -> bool:
        """See `Site`."""
        return self.live.speed <= WIRED_UP_TO_SPEED

    def holds_s(self) -> float:
        """See `Site`."""
        return FRESH_AT_LEAST_S

    def attach(self, inverter: AnySimInverter | None) -> None:
        """See `Site`."""
        self.live.virtual.inverter = inverter

    def connection(self) -> Connection:
        """See `Site`."""
        count = self.expected
        sentence = f"A virtual rack of {count} {'pack' if count == 1 else 'packs'}, simulated on this computer."
        return Connection(ConnectionState.VIRTUAL, sentence)

    async def open(self) -> None:
        """See `Site`."""
        await self.links.open(self._config.links or self._usual_links())

    def _usual_links(self) -> list[LinkConfig]:
        tcp = [LinkConfig(url=DEFAULT_TCP)]
        if sys.platform == "win32":
            return tcp
        path = self._folder / "rack"
        if path.is_symlink():
            # The folder is ours alone, so this is what a killed run left; its device may be somebody else's by now.
            path.unlink()
        return [LinkConfig(url=f"pty:{path}"), *tcp]

    def _options(self, link: LinkConfig, name: str) -> ServerOptions:
        rack = self.live.virtual
        return server_options(
            rack.product,
            ParameterSet(rack.product, rack.values),
            group=link.group,
            memory=self.memory.over(f"link {name}"),
        )

    @property
    def dialect(self) -> Dialect:
        """What the packs speak to the service desk, as to the service tool."""
        return find_dialect(SERVICE_DIALECT)

    @asynccontextmanager
    async def probing(self) -> AsyncIterator[Callable[[int | None], Awaitable[BytePort]]]:
        """A line to the packs, which can be opened again and again."""
        make = self.dialect.parts().server
        if make is None:
            raise ParameterError(f"{self.dialect.title} cannot be served.")
        rack, answering = self.live.virtual, list[asyncio.Task[None]]()
        options = server_options(
            rack.product, ParameterSet(rack.product, rack.values), memory=self.memory.over(SERVICE_LINK)
        )

        async def open_line(_baud: int | None) -> BytePort:
            near, far = memory_pair(SERVICE_LINK, f"{SERVICE_LINK}, far end")
            answering.append(asyncio.create_task(answer_port(far, make(options), self.live, say=self._say)))
            return near

        try:
            yield open_line
        finally:
            for task in answering:
                task.cancel()
            await asyncio.gather(*answering, return_exceptions=True)

    @asynccontextmanager
    async def session(self, *, writes: bool) -> AsyncIterator[Session]:
        """See `openress.servicing.line.Line`: the way to packs is the same as to real ones, over a line of its own."""
        make = self.dialect.parts().client
        if make is None:
            raise ParameterError(f"{self.dialect.title} cannot be read.")
        client = make()
        async with journal_for(self._folder, self._say, writes=writes) as journal, self.probing() as open_line:
            port = await open_line(None)
            try:
                async with Poller(port, client, time.monotonic, timing_of(self.dialect.name)) as poller:
                    yield Session(
                        poller=poller,
                        client=client,
                        dialect=self.dialect,
                        parts=self.dialect.parts(),
                        link=port.name,
                        product=self.product,
                        journal=journal,
                        clock_s=unix_s,
                    )
            finally:
                await port.close()

    async def run(self) -> None:
        """See `Site`."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.live.run())
            tasks.create_task(self._keep_on())
            tasks.create_task(self.links.run())

    async def close(self) -> None:
        """See `Site`."""
        await self.links.close()
        self.forget()

    def forget(self) -> None:
        """See `Site`: what is known is written down, and the store let go."""
        self._keep()
        self._keeping.close()

    def _keep(self) -> None:
        now_s = unix_s()
        for pack in self.live.virtual.packs:
            self._keeping.keep(pack, now_s)

    async def _keep_on(self) -> None:
        while True:
            await asyncio.sleep(KEEP_EVERY_S)
            self._keep()

    def snapshot(self, now_s: float, now: datetime, told: Limits | None = None) -> dict[str, Any]:
        """See `Site`."""
        strictest = reduce(stricter, [pack.values for pack in self.live.virtual.packs])
        rack, packs, state = rack_part(
            self.live.rack(), self.product, strictest, now_s, now, fresh_for_s=FRESH_FOR_S, told=told
        )
        switch = self.product.address_switch
        return {
            "virtual": True,
            "rack": rack | {"findings": []},
            "packs": {
                str(pack["pack"]): pack | {"address_switches": switches_of(switch, pack["pack"])} | self._learned(pack)
                for pack in packs
            },
            "links": self.links.as_json(),
            "simulation": {"running": state is Freshness.FRESH, "speed": self.live.speed},
        }

    def _learned(self, pack: dict[str, Any]) -> dict[str, Any]:
        bms = self.live.virtual.packs[pack["pack"] - 1].bms
        return learned_json(pack, bms.memory().ahead_ah, bms.health, at_least=bms.debt_is_least)
