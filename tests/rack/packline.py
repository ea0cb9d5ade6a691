"""A line to virtual packs on which answers and orders can be spoilt, and a journal in plain sight."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from openress.answering import server_options
from openress.catalog import load_product
from openress.errors import PortError
from openress.model.change import Change, Outcome
from openress.params import ParameterSet
from openress.protocols import find_dialect
from openress.rack.poll import Poller, Timing
from openress.rack.session import Author, Session
from openress.sim.loads import ConstantLoad
from openress.sim.pack import PackBuild
from openress.sim.packmemory import VirtualMemory
from openress.sim.virtual import VirtualRack

__all__ = ["NOW_S", "PRODUCT", "WHO", "Line", "Meddler", "MemoryJournal", "Packs", "session"]

PRODUCT = load_product("syscom-a5l-51v2")
NOW_S = 1_800_000_000.0
WHO = Author("somebody")
FAST = Timing(timeout_s=0.03, tries=2, gap_s=0.0)

Meddler = Callable[[int, bytes, Callable[[bytes], list[bytes]]], list[bytes]]
"""Given the number of an exchange (repeats have the same), what was sent, and the pack; gives what comes back."""


def honest(_position: int, frame: bytes, pack: Callable[[bytes], list[bytes]]) -> list[bytes]:
    return pack(frame)


class Packs:
    """A virtual rack with its memory; time stands still unless it is stepped."""

    def __init__(self, count: int = 1, current_a: float = 0.0) -> None:
        builds = [PackBuild(cells=16, capacity_ah=100.0, initial_soc_pct=50.0) for _ in range(count)]
        self.rack = VirtualRack(PRODUCT, ParameterSet.defaults(PRODUCT), builds, load=ConstantLoad(current_a), seed=1)
        for _ in range(8):
            self.rack.step(1.0)
        self.memory = VirtualMemory(self.rack, lambda: NOW_S)

    def values(self, pack: int = 1) -> dict[str, float]:
        return dict(self.rack.packs[pack - 1].values)


class Line:
    """The port of a client: what it writes is answered by the packs at once."""

    def __init__(self, packs: Packs, dialect: str, meddler: Meddler = honest) -> None:
        make = find_dialect(dialect).parts().server
        assert make is not None
        self.packs = packs
        self.meddler = meddler
        self.sent: list[bytes] = []
        self.dead = False
        self._server = make(server_options(PRODUCT, memory=packs.memory))
        self._coming: asyncio.Queue[bytes] = asyncio.Queue()
        self._position = -1

    @property
    def name(self) -> str:
        return "memory:line"

    @property
    def exchanges(self) -> int:
        return self._position + 1

    def begin(self) -> None:
        """Count exchanges from here."""
        self._position = -1
        self.sent.clear()

    async def read(self) -> bytes:
        return await self._coming.get()

    async def write(self, data: bytes) -> None:
        if self.dead:
            raise PortError("memory:line: the line is gone.")
        if not self.sent or self.sent[-1] != data:
            self._position += 1
        self.sent.append(data)
        for answer in self.meddler(self._position, data, self._pack):
            self._coming.put_nowait(answer)

    def _pack(self, frame: bytes) -> list[bytes]:
        # A pack measures between two questions.
        self.packs.rack.step(0.25)
        now_s = time.monotonic()
        return self._server.feed(frame, self.packs.rack.rack(now_s), now_s)

    async def close(self) -> None:
        """Nothing to give back."""


class MemoryJournal:
    """Keeps changes in a list, newest last."""

    def __init__(self) -> None:
        self.entries: list[Change] = []
        self.broken = False

    async def begin(self, intent: Change) -> int:
        if self.broken:
            raise PortError("the disk is full")
        number = 1 + sum(entry.serial == intent.serial for entry in self.entries)
        self.entries.append(replace(intent, number=number))
        return number

    async def end(self, change: Change, outcome: Outcome, result: str, at_s: float) -> None:
        (at,) = [
            at
            for at, entry in enumerate(self.entries)
            if (entry.serial, entry.number, entry.outcome) == (change.serial, change.number, None)
        ]
        self.entries[at] = replace(self.entries[at], outcome=outcome, result=result, ended_s=at_s)

    async def changes(self, serial: str) -> Sequence[Change]:
        return [entry for entry in reversed(self.entries) if entry.serial == serial]

    @property
    def last(self) -> Change:
        return self.entries[-1]


@asynccontextmanager
async def session(
    line: Line,
    dialect: str,
    journal: MemoryJournal | None = None,
    hold: Callable[[int, Mapping[str, float] | None], None] = lambda _pack, _values: None,
) -> AsyncIterator[Session]:
    found = find_dialect(dialect)
    parts = found.parts()
    assert parts.client is not None
    client = parts.client()
    async with Poller(line, client, time.monotonic, FAST) as poller:
        yield Session(
            poller=poller,
            client=client,
            dialect=found,
            parts=parts,
            link=line.name,
            product=PRODUCT,
            journal=MemoryJournal() if journal is None else journal,
            clock_s=lambda: NOW_S,
            hold=hold,
        )
