"""Several that ask on one line: questions alternate, and who needs several in a row is not interrupted."""

from __future__ import annotations

import asyncio
import time

from tests.rack.packline import Line, Packs

from openress.model import PackSample
from openress.protocols import find_dialect
from openress.rack.poll import Poller


class Noting(Line):
    """A line that notes who asked."""

    def __init__(self) -> None:
        super().__init__(Packs(2), "pace")
        self.asked: list[str] = []

    async def write(self, data: bytes) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.asked.append(task.get_name())
        await asyncio.sleep(0.002)
        await super().write(data)


async def both(*, whole: bool) -> list[str]:
    make = find_dialect("pace").parts().client
    assert make is not None
    client, line = make(), Noting()
    async with Poller(line, client, time.monotonic) as poller:

        async def ask(pack: int) -> None:
            for _ in range(3):
                await poller.ask(PackSample(pack), client.first(pack))

        async def ask_in_a_row() -> None:
            async with poller.turn(), poller.turn():
                await ask(2)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(ask(1), name="one")
            tasks.create_task(ask_in_a_row() if whole else ask(2), name="two")
    return line.asked


async def test_two_that_ask_take_turns() -> None:
    assert await both(whole=False) == ["one", "two"] * 3


async def test_who_has_a_turn_is_not_interrupted() -> None:
    assert await both(whole=True) == ["one", "two", "two", "two", "one", "one"]
