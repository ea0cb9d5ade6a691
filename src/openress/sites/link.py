"""The link site: real packs behind a port, polled as long as the port is there and looked for again when it is not."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from openress.answering import RackSource, server_options
from openress.bms.learned import learned_json
from openress.catalog import load_product
from openress.clock import local_now, unix_s
from openress.errors import ParameterError, PortError
from openress.model import Freshness, Limits
from openress.model.flat import pack_json
from openress.params import ParameterSet
from openress.ports import BytePort, Link, Listener, open_listener, parse_link
from openress.ports.tapped import TappedPort
from openress.products import Product
from openress.protocols import find_dialect
from openress.protocols.base import ServerOptions
from openress.rack.poll import Poller, Timing
from openress.rack.scanline import Opener
from openress.rack.service import QUIET_AFTER_S, RackService
from openress.rack.session import Session
from openress.rack.standing import Member, RackView, Trouble
from openress.rack.switchwords import SwitchWords
from openress.rack.telling import standing_sentence
from openress.rack.timing import timing_of
from openress.sections import BatteryConfig, LinkConfig
from openress.simulatedwire import AnySimInverter
from openress.sites.base import rack_part
from openress.sites.connection import Connection, ConnectionState, of_rack
from openress.sites.learning import Learner
from openress.sites.lending import LendablePort, opener, shared_line
from openress.sites.served import ServedLinks
from openress.sites.session import journal_for

__all__ = ["LinkSite"]

TELL_EVERY_S = 1.0
OPEN_AGAIN_S = 1.0
OPENED_WITHIN_S = 5.0
TURN_WITHIN_S = 3.0
"""Whoever waits longer for the line waits for somebody who does not give it back."""
ASKED_AGAIN_S = 10.0
"""After the line was lent the packs have so long to be heard before they are called silent."""
_LOOK_S = 0.05
_OF_THE_LINE = (Trouble.LINE_GONE, Trouble.LINE_LENT)


class _NotYet:
    """Stands for the port until it is open."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def read(self) -> bytes:
        """See `BytePort`."""
        raise PortError(f"{self.name} is not open yet.")

    async def write(self, data: bytes) -> None:
        """See `BytePort`."""
        raise PortError(f"{self.name} is not open yet, so {len(data)} bytes were not sent.")

    async def close(self) -> None:
        """See `BytePort`."""


class LinkSite:
    """See `openress.sites.base.Site`.

    Args:
        battery: the link, its dialect and the packs.
        links: on which the packs' values are told on.
        folder: the data folder, with the journal.
        say: told what happens, in sentences.
        clock: monotonic seconds.

    Raises:
        ParameterError: a name that is none, or more packs than the product or the dialect has.
    """

    virtual = False
    wired = True

    def __init__(
        self,
        battery: BatteryConfig,
        links: Sequence[LinkConfig] = (),
        *,
        folder: Path,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.battery = battery
        self.dialect = find_dialect(battery.dialect)
        make = self.dialect.parts().client
        if make is None:
            raise ParameterError(f"{self.dialect.name} cannot be read; `openress dialects` lists what can.")
        self.client = make()
        self.link = parse_link(battery.link)
        self.name = battery.link
        self._product = load_product(battery.product)
        self._wanted_links = list(links)
        self._folder = folder
        self._say = say
        self._listener: Listener | None = None
        self._port: BytePort | None = None
        self._free = asyncio.Event()
        self._free.set()
        self._jobs = 0
        self._lendable: LendablePort | None = None
        self._scan: tuple[str, str] | None = None
        self._given_back_s = -math.inf
        self._clock = clock
        self._why_not = ""
        self._was_open = False
        self.overheard: Callable[[str, bytes], None] | None = None
        """Given what passes on the line, where somebody wants to have it."""
        self.words = SwitchWords(self._product.address_switch, counts_from=int(self.client.address(1) != 0))
        timing = timing_of(self.dialect.name)
        self.timing = timing if battery.timeout_s is None else Timing(timeout_s=battery.timeout_s)
        self.service = RackService(
            _NotYet(self.name),
            self.client,
            product=self._product,
            expected=battery.numbers(),
            timing=self.timing,
            clock=clock,
            again=self._again,
            quiet_after_s=None if battery.keep_awake else QUIET_AFTER_S,
            lent=lambda: None if self._free.is_set() else self._scan_sentence(),
        )
        self._learner = Learner(self.service, self._product, self.dialect, self.client, say, clock)
        self.links = ServedLinks(self.service, self._options, packs=self.expected, say=say)

    @property
    def product(self) -> Product:
        """See `Site`."""
        return self._product

    @property
    def source(self) -> RackSource:
        """See `Site`."""
        return self.service

    @property
    def expected(self) -> int:
        """See `Site`."""
        return len(self.battery.numbers() or (1,))

    @property
    def packs(self) -> frozenset[int]:
        """See `openress.servicing.line.Line`."""
        return (self.battery.numbers() or frozenset()) | {member.pack for member in self.service.view().members}

    def holds_s(self) -> float:
        """See `Site`."""
        return self.service.view().fresh_for_s

    def attach(self, inverter: AnySimInverter | None) -> None:
        """See `Site`."""
        if inverter is not None:
            raise ParameterError("A simulated inverter cannot be connected to real packs; name its port.")

    async def open(self) -> None:
        """See `Site`; the packs' own link is opened by `run`, as often as it takes."""
        await self.links.open(self._wanted_links)

    async def run(self) -> None:
        """See `Site`."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.service.run())
            tasks.create_task(self._tell())
            tasks.create_task(self.links.run())
            tasks.create_task(self._learner.run())

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            for change in self.service.changes():
                self._say(change.sentence)

    async def close(self) -> None:
        """See `Site`."""
        await self.links.close()
        await self._let_go()

    async def _again(self) -> BytePort:
        """The port, whenever it can be opened; why not is told once."""
        while True:
            await self._free.wait()
            try:
                if self._listener is None:
                    self._listener = await open_listener(self.link, on_wait=self._waits)
                self._port = await self._listener.accept()
            except PortError as error:
                if not self._free.is_set():
                    continue
                self._waits(error)
                await asyncio.sleep(OPEN_AGAIN_S)
            else:
                self._why_not, self._was_open = "", True
                passing = self._port if self.overheard is None else TappedPort(self._port, self.overheard)
                self._lendable = LendablePort(passing)
                return self._lendable

    def _waits(self, error: PortError) -> None:
        if str(error) != self._why_not:
            self._why_not = str(error)
            self._say(self._why_not)

    async def _let_go(self) -> None:
        port, listener, self._port, self._listener = self._port, self._listener, None, None
        if port is not None:
            await port.close()
        if listener is not None:
            await listener.close()

    @asynccontextmanager
    async def lent(self, link: Link, who: str) -> AsyncIterator[Opener]:
        """The line for a scan, as something that opens it at a speed.

        Where the packs are polled they go on being polled between its questions; else the port is closed for it.

        Args:
            link: the line, as the scan names it.
            who: for whom.
        """
        self._scan = who or "somebody", f"{local_now():%H:%M:%S}"
        try:
            async with AsyncExitStack() as stack:
                shared = shared_line(self.service, self._lendable, self._port, own=self.link, wanted=link)
                if shared is not None:
                    try:
                        async with asyncio.timeout(TURN_WITHIN_S):
                            await stack.enter_async_context(shared)
                    except (TimeoutError, PortError):
                        shared = None
                if shared is None:
                    await stack.enter_async_context(self.parked())
                yield opener(link) if shared is None else shared.open_line
        finally:
            self._scan = None

    @asynccontextmanager
    async def parked(self) -> AsyncIterator[None]:
        """The port is somebody else's for a while; the packs are not polled and their values grow old."""
        self._free.clear()
        try:
            await self._let_go()
            yield
        finally:
            self._free.set()
            self._given_back_s = self._clock()
            self.service.heard()

    def _scan_sentence(self) -> str:
        """Who has the line while it is lent."""
        name = self.name
        if not self._scan:
            return f"{name} is being scanned; polling goes on afterwards."
        who, since = self._scan
        if self._free.is_set():
            return f"A scan of {who} has had {name} since {since}; the packs are asked between its questions."
        return (
            f"A scan of {who} has had {name} since {since}; the packs are not asked meanwhile, so their values grow "
            "old and the limits fall to 0 A until polling goes on."
        )

    @asynccontextmanager
    async def session(self, *, writes: bool) -> AsyncIterator[Session]:
        """See `openress.servicing.line.Line`; what is asked goes between the questions of the polling."""
        poller, port = await self._opened()
        self.service.heard()
        async with journal_for(self._folder, self._say, writes=writes) as journal:
            self._jobs += 1
            try:
                yield Session(
                    poller=poller,
                    client=self.client,
                    dialect=self.dialect,
                    parts=self.dialect.parts(),
                    link=port.name,
                    product=self._product,
                    journal=journal,
                    clock_s=unix_s,
                    hold=self._hold,
                )
            finally:
                self._jobs -= 1

    def _hold(self, pack: int, values: Mapping[str, float] | None) -> None:
        self.service.hold(pack, values)
        if values is None:
            self._learner.again(pack)

    async def _opened(self) -> tuple[Poller, BytePort]:
        """The line; behind a scan it is just being opened again, which nobody who asks needs to know.

        Raises:
            PortError: it is not open.
        """
        for _ in range(round(OPENED_WITHIN_S / _LOOK_S)):
            poller, port = self.service.poller, self._port
            if poller is not None and port is not None:
                return poller, port
            if self._why_not:
                break
            await asyncio.sleep(_LOOK_S)
        raise PortError(self._why_not or f"{self.name} is not open yet; try again in a moment.")

    def _options(self, link: LinkConfig, name: str) -> ServerOptions:
        del name
        return server_options(self._product, group=link.group)

    def forget(self) -> None:
        """See `Site`: nothing."""

    def connection(self) -> Connection:
        """How the connection to the packs stands."""
        view, opening = self.service.view(), None
        # Packs that are asked between the questions of a scan and do not answer are as silent as at any time.
        unheard = [member for member in view.members if member.state in (Freshness.STALE, Freshness.ABSENT)]
        if (self._scan and not unheard) or not self._free.is_set():
            return Connection(ConnectionState.PARKED, self._scan_sentence(), self.name, self.dialect.name)
        if self.service.poller is None or self._port is None:
            gone = [found.sentence for found in view.findings if found.trouble is Trouble.LINE_GONE and self._was_open]
            opening = self._why_not or (gone[0] if gone else f"Opening {self.name} ...")
        failed = bool(self._why_not) or self._was_open
        lately = not self._why_not and self._clock() - self._given_back_s < ASKED_AGAIN_S
        if lately and (unheard or self.service.poller is None):
            sentence = f"A scan has had {self.name}; the packs are being asked again."
            return Connection(ConnectionState.OPENING, sentence, self.name, self.dialect.name)
        return of_rack(
            view,
            self.name,
            self.dialect.name,
            failed=failed,
            opening=opening,
            cycle_s=self.service.answered_s,
            unanswered=self.service.unanswered if self._jobs else None,
        )

    def snapshot(self, now_s: float, now: datetime, told: Limits | None = None) -> dict[str, Any]:
        """See `Site`."""
        view = self.service.view()
        defaults = ParameterSet.defaults(self._product)
        rack, _, state = rack_part(
            view.sample, self._product, defaults, now_s, now, fresh_for_s=view.fresh_for_s, told=told
        )
        connection = self.connection()
        if state is not Freshness.FRESH or not view.sample.packs or connection.state is ConnectionState.LOST:
            rack["sentence"] = connection.sentence
        if not view.sample.packs and view.members:
            # A sum of nothing is new at every look, and its switches are all open: it says no more than its packs do.
            youngest = min(view.members, key=lambda member: math.inf if member.age_s is None else member.age_s)
            last = pack_json(youngest.sample, now_s, fresh_for_s=view.fresh_for_s)
            rack |= {"freshness": youngest.state.value, "state": last.get("state")}
            if youngest.age_s is not None:
                rack["age_s"] = round(youngest.age_s, 1)
        return {
            "virtual": False,
            "rack": rack
            | {
                "ready": view.ready,
                "findings": [
                    {"trouble": found.trouble.value, "packs": list(found.packs), "sentence": found.sentence}
                    for found in view.findings
                ],
            },
            "packs": {str(member.pack): self._pack(member, view, now_s) for member in view.members},
            "links": self.links.as_json(),
            "simulation": None,
        }

    def _pack(self, member: Member, view: RackView, now_s: float) -> dict[str, Any]:
        values = pack_json(member.sample, now_s, fresh_for_s=view.fresh_for_s)
        values |= learned_json(values)
        about = [found.sentence for found in view.findings if member.pack in found.packs]
        if not about:
            about = [found.sentence for found in view.findings if found.trouble in _OF_THE_LINE]
        return values | {
            "freshness": member.state.value,
            "standing": member.standing.value,
            "standing_sentence": standing_sentence(member.standing, member.pack),
            "objections": [objection.value for objection in member.objections],
            "findings": about,
            "address_switches": self.words.positions(member.pack),
        }
