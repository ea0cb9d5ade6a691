"""The links on which a site answers as a battery, for whoever asks there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from openress.answering import RackSource, answer_on, unaddressed
from openress.errors import ParameterError
from openress.ports import Listener, open_listener, parse_link
from openress.protocols import find_dialect
from openress.protocols.base import BatteryServer, ServerOptions
from openress.sections import LinkConfig

__all__ = ["Served", "ServedLinks"]


@dataclass(frozen=True, slots=True)
class Served:
    """A link on which the rack answers."""

    title: str
    listener: Listener
    config: LinkConfig
    make: Callable[[ServerOptions], BatteryServer]


class ServedLinks:
    """All of them: `open` them, `run` them, `close` them.

    Args:
        source: where the answers come from.
        options: for the answering side of a link, given its configuration and name.
        packs: how many there are.
        say: told sentences.
    """

    def __init__(
        self,
        source: RackSource,
        options: Callable[[LinkConfig, str], ServerOptions],
        *,
        packs: int,
        say: Callable[[str], None],
    ) -> None:
        self.all: list[Served] = []
        self._source = source
        self._options = options
        self._packs = packs
        self._say = say

    async def open(self, wanted: Sequence[LinkConfig]) -> None:
        """Open the links.

        Raises:
            PortError: one cannot be opened.
            ParameterError: nothing answers in its dialect.
        """
        for link in wanted:
            dialect = find_dialect(link.dialect)
            make = dialect.parts().server
            if make is None:
                raise ParameterError(f"{dialect.name} cannot be served; `openress dialects` lists what can.")
            listener = await open_listener(parse_link(link.url), on_wait=lambda error: self._say(str(error)))
            missing = unaddressed(dialect, self._packs)
            if missing is not None and all(served.config.dialect != link.dialect for served in self.all):
                self._say(missing)
            self.all.append(Served(dialect.title, listener, link, make))

    async def run(self) -> None:
        """Answer until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for served in self.all:
                tasks.create_task(self._answer(served))

    async def _answer(self, served: Served) -> None:
        options = self._options(served.config, served.listener.name)
        await answer_on(served.listener, lambda: served.make(options), self._source, say=self._say)

    def as_json(self) -> list[dict[str, str]]:
        """For the page."""
        return [{"name": served.title, "url": served.listener.name} for served in self.all]

    async def close(self) -> None:
        """Take them away."""
        for served in self.all:
            await served.listener.close()
        self.all.clear()
