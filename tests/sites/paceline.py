"""Virtual PACE packs behind a pseudo-terminal, in the process of the test, and the plug to pull."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from openress.answering import answer_on, server_options
from openress.catalog import load_product
from openress.live import LiveRack
from openress.params import ParameterSet
from openress.ports import open_listener, parse_link
from openress.protocols import find_dialect
from openress.sim.loads import ConstantLoad
from openress.sim.pack import PackBuild
from openress.sim.packmemory import VirtualMemory
from openress.sim.virtual import VirtualRack

PRODUCT = load_product("syscom-a5l-51v2")
NOW_S = 1_800_000_000.0


class PaceLine:
    """A rack that answers on `link` while it is plugged in."""

    def __init__(self, path: Path, packs: int, current_a: float) -> None:
        builds = [PackBuild(cells=16, capacity_ah=100.0, initial_soc_pct=50.0) for _ in range(packs)]
        self.rack = VirtualRack(PRODUCT, ParameterSet.defaults(PRODUCT), builds, load=ConstantLoad(current_a), seed=1)
        self.memory = VirtualMemory(self.rack, lambda: NOW_S)
        self.live = LiveRack(self.rack)
        self.path = path
        self.link = f"serial:{path}"
        self._task: asyncio.Task[None] | None = None
        self._plugged = asyncio.Event()

    async def plug(self) -> None:
        """Answer from now on."""
        self._plugged.clear()
        self._task = asyncio.create_task(self._answer())
        await self._plugged.wait()

    async def pull(self) -> None:
        """Take the port away, as an adapter that is pulled out."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _answer(self) -> None:
        listener = await open_listener(parse_link(f"pty:{self.path}"))
        self._plugged.set()
        make = find_dialect("pace").parts().server
        assert make is not None
        options = server_options(
            PRODUCT, ParameterSet(PRODUCT, self.rack.values), memory=self.memory.over("link of the test")
        )
        try:
            await answer_on(listener, lambda: make(options), self.live, say=print)
        finally:
            await listener.close()

    def values(self, pack: int = 1) -> dict[str, float]:
        """What a pack keeps."""
        return dict(self.rack.packs[pack - 1].values)


@asynccontextmanager
async def pace_line(folder: Path, *, packs: int = 2, current_a: float = 0.0) -> AsyncIterator[PaceLine]:
    """Packs that are plugged in."""
    line = PaceLine(folder / "line", packs, current_a)
    running = asyncio.create_task(line.live.run())
    await line.plug()
    try:
        yield line
    finally:
        await line.pull()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
