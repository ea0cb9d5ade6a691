"""Reading packs for a judgement: which numbers answer, and what each tells."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from openress.errors import ParameterError
from openress.install.judging import Alone, InRack
from openress.model import PackSample
from openress.ports import open_port, parse_link
from openress.protocols import find_dialect
from openress.protocols.base import BatteryClient
from openress.rack.poll import NoAnswerError, Poller, Timing

__all__ = ["PackReader", "pack_reader"]

Progress = Callable[[int, int], None]


def _unheard(_done: int, _of: int) -> None:
    """Nobody waits for it."""


class PackReader:
    """Asks packs over one line."""

    def __init__(self, poller: Poller, client: BatteryClient) -> None:
        self._poller = poller
        self._client = client

    async def answering(self, numbers: Sequence[int], tell: Progress = _unheard) -> list[int]:
        """Which of these numbers answer; every one is asked, whatever the others do. `tell` hears how far it is."""
        found = []
        for done, number in enumerate(numbers):
            tell(done, len(numbers))
            if number > self._client.max_packs:
                break
            try:
                await self._poller.ask(PackSample(number), self._client.first(number), tries=2)
            except NoAnswerError:
                continue
            found.append(number)
        return found

    async def alone(self, pack: int, packs: int) -> Alone:
        """Look at the only pack that should be connected, under whatever number it answers.

        Raises:
            NoAnswerError: nothing answers.
        """
        found = await self.answering(range(1, packs + 1)) or await self.answering(
            range(packs + 1, self._client.max_packs + 1)
        )
        number = pack if pack in found or not found else found[0]
        sample = await self._poller.read_pack(PackSample(number), everything=True)
        analog, identity = sample.analog, sample.identity
        return Alone(
            pack,
            tuple(found),
            None if analog is None else analog.pack_voltage_v,
            None if analog is None else analog.soc_pct,
            None if identity is None else identity.serial,
            _troubles(sample),
        )

    async def rack(self, packs: int, tell: Progress = _unheard) -> list[InRack]:
        """Look at all packs that answer; `tell` hears how far the search for them is."""
        seen = []
        for number in await self.answering(range(1, packs + 1), tell):
            sample = await self._poller.read_pack(PackSample(number), everything=True)
            analog, identity = sample.analog, sample.identity
            seen.append(
                InRack(
                    number,
                    None if analog is None else analog.pack_voltage_v,
                    None if analog is None else analog.pack_current_a,
                    None if identity is None else identity.serial,
                    None if identity is None else identity.part_number,
                    _troubles(sample),
                )
            )
        return seen


def _troubles(sample: PackSample) -> tuple[str, ...]:
    status = sample.status
    if status is None:
        return ()
    return tuple(sorted(one.value for one in (*(status.protections or ()), *(status.faults or ()))))


@asynccontextmanager
async def pack_reader(link: str, dialect: str, timeout_s: float) -> AsyncIterator[PackReader]:
    """Open a line and give a reader on it.

    Raises:
        ParameterError: the dialect cannot be read.
        PortError: the line cannot be opened.
    """
    found = find_dialect(dialect)
    make = found.parts().client
    if make is None:
        raise ParameterError(f"{found.name} cannot be read; `openress dialects` lists what can.")
    client = make()
    port = await open_port(parse_link(link))
    try:
        async with Poller(port, client, time.monotonic, Timing(timeout_s=timeout_s)) as poller:
            yield PackReader(poller, client)
    finally:
        await port.close()
