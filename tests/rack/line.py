"""Packs on a line in memory, with the faults that a line can have; for a loop whose time jumps."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.rack.bench import PRODUCT, alike

from openress.answering import server_options
from openress.bms.aggregate import aggregate
from openress.model import PackSample
from openress.ports import BytePort, memory_pair
from openress.protocols import find_dialect
from openress.protocols.base import BatteryClient, BatteryServer
from openress.rack.service import RackService
from openress.rack.standing import RackView

__all__ = ["Line", "healthy", "serving", "until"]

ANSWER_S = 0.05


@dataclass
class Line:
    """What is on the line: packs by number, and what befalls the bytes of the answers."""

    packs: dict[int, Callable[[float], PackSample]]
    dialect: str = "pace"
    befalls: Callable[[int, bytes], bytes] = field(default=lambda _number, answer: answer)
    asked: list[bytes] = field(default_factory=list)
    spoken: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return asyncio.get_running_loop().time()

    def client(self) -> BatteryClient:
        make = find_dialect(self.dialect).parts().client
        assert make is not None
        return make()

    async def answer(self, port: BytePort) -> None:
        """Every pack has a server of its own and hears every question."""
        make = find_dialect(self.dialect).parts().server
        assert make is not None
        options = server_options(PRODUCT)
        servers = defaultdict[int, BatteryServer](lambda: make(options))
        while True:
            data = await port.read()
            now_s = self.clock()
            self.asked.append(data)
            self.spoken.append(now_s)
            for number, sample in list(self.packs.items()):
                for answer in servers[number].feed(data, aggregate([sample(now_s)], now_s), now_s):
                    if changed := self.befalls(number, answer):
                        await asyncio.sleep(ANSWER_S)
                        await port.write(changed)


def healthy(number: int) -> Callable[[float], PackSample]:
    return lambda at_s: alike(number, at_s=at_s)


@asynccontextmanager
async def serving(line: Line, **options: Any) -> AsyncIterator[RackService]:
    """A rack service at work on the line."""
    near, far = memory_pair()
    answering = asyncio.create_task(line.answer(far))
    async with RackService(near, line.client(), product=PRODUCT, clock=line.clock, **options) as rack:
        running = asyncio.create_task(rack.run())
        try:
            yield rack
        finally:
            for task in (running, answering):
                task.cancel()
            await asyncio.gather(running, answering, return_exceptions=True)
            await far.close()


async def until(rack: RackService, holds: Callable[[RackView], bool], *, within_s: float = 120.0) -> RackView:
    """Wait until the rack looks so."""
    async with asyncio.timeout(within_s):
        while not holds(rack.view()):  # noqa: ASYNC110  # the rack has no event for every look one may wait for
            await asyncio.sleep(0.1)
    return rack.view()
