"""A rack on a table: virtual packs on one line, the services that run otherwise, an inverter that obeys the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Self

from openress.answering import server_options
from openress.bms.aggregate import aggregate
from openress.catalog import load_product
from openress.drill.ear import CanEar, LineEar
from openress.drill.inverterside import inverter_side
from openress.errors import StateError
from openress.gateway.child import REPORT_EVERY_S
from openress.gateway.handover import HandOver
from openress.gateway.session import LOOK_EVERY_S, Report
from openress.gateway.setup import SessionSetup, maxima_of
from openress.model import PackSample, RackSample
from openress.params import ParameterSet
from openress.ports.busend import LiveBus
from openress.ports.sharedbus import PackSpeaker, SharedBus, Station
from openress.ports.tapped import TappedPort
from openress.protocols import find_dialect
from openress.rack.service import RackService
from openress.rack.timing import timing_of
from openress.sim.loads import ConstantLoad
from openress.sim.pack import PackBuild
from openress.sim.virtual import VirtualRack
from openress.simulatedwire import AnyService, Tap

__all__ = ["Bench"]

PRODUCT = "syscom-a5l-51v2"
PACK_DIALECT = "pylontech"
TICK_S = 0.5
"""The BMS of the packs looks twice a second."""
WANTED_A = 60.0
"""What the simulated house charges with."""
TWIN_BELOW_MV = 7
TURNAROUND_S, TWIN_TURNAROUND_S = 0.02, 0.05
PROGRAM_STARTS_IN_S = 2.0
"""The same of the whole program, under a service manager that starts it again at once."""
STARTS_IN_S = 1.2
"""From the death of a gateway's process to the first look of its successor: found dead, started, imported."""


class Bench:
    """Everything of a drill. Use it as an async context within the loop that makes the time.

    Args:
        dialect: what is spoken to the inverter.
        packs: how many.
        ear: hears everything that the gateway puts on the wire.
        seed: of everything that is left to chance.
        tap: given every step of the gateway's session.
        overhear: given what passes on the line to the packs.
    """

    def __init__(
        self,
        dialect: str,
        packs: int,
        ear: CanEar | LineEar,
        seed: int = 1,
        tap: Tap | None = None,
        overhear: Callable[[str, bytes], None] | None = None,
    ) -> None:
        self.clock = asyncio.get_running_loop().time
        self.product = load_product(PRODUCT)
        values = ParameterSet.defaults(self.product)
        build = PackBuild(cells=self.product.cells_in_series, capacity_ah=self.product.capacity_ah or 100.0)
        self.virtual = VirtualRack(self.product, values, [build] * packs, load=ConstantLoad(WANTED_A), seed=seed)
        self.numbers = tuple(range(1, packs + 1))
        self.bus = SharedBus(seed=seed)
        self.stations: dict[str, Station] = {}
        setup = SessionSetup(dialect, maxima=maxima_of(self.product), expected=packs)
        self._side = inverter_side(setup, ear, self.clock, packs=packs, seed=seed)
        self.setup = self._side.setup
        self.virtual.inverter = self._side.inverter
        self.frozen: RackSample | None = None
        self.service: AnyService | None = None
        self.given: list[tuple[float, RackSample]] = []
        """Readings that the gateway was given, until somebody takes them."""
        self.gateway_restarted: Callable[[], None] = _nothing
        self.rack_restarted: Callable[[], None] = _nothing
        self._handed: HandOver | None = None
        self._tap = tap
        self._overhear = overhear
        self._seen = self.virtual.rack(0.0)
        self._gateway: list[asyncio.Task[None]] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Put everything together and let it begin."""
        live = await self._stack.enter_async_context(LiveBus(self.bus))
        self._line = live
        self._start_rack()
        for number in self.numbers:
            await self.plug(number)
        self._living = asyncio.create_task(self._live())
        await self._side.begin()
        self._start_gateway()
        return self

    def _start_rack(self) -> None:
        client = find_dialect(PACK_DIALECT).parts().client
        if client is None:
            raise StateError(f"{PACK_DIALECT} cannot be read.")
        end = self._line.end("the rack's end")
        self.rack = RackService(
            end if self._overhear is None else TappedPort(end, self._overhear),
            client(),
            product=self.product,
            expected=self.numbers,
            timing=timing_of(PACK_DIALECT),
            clock=self.clock,
            quiet_after_s=None,
        )
        self._polling = asyncio.create_task(self.rack.run())

    async def __aexit__(self, *_: object) -> None:
        tasks = [self._living, self._polling, *self._gateway]
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        await self._side.end()
        await self.rack.__aexit__()
        await self._stack.aclose()
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, asyncio.CancelledError):
                raise outcome

    async def _live(self) -> None:
        """The packs and their cells."""
        while True:
            self.virtual.heard()
            self.virtual.step(TICK_S)
            self._seen = self.virtual.rack(self.clock())
            await asyncio.sleep(TICK_S)

    def _start_gateway(self) -> None:
        self.service = service = self._side.gateway(self._handed, self._tap)
        self._gateway = [asyncio.create_task(service.run()), asyncio.create_task(self._feed(service))]

    async def _feed(self, service: AnyService) -> None:
        """What the program that holds the rack does for its gateway."""
        before: RackSample | None = None
        reported_s = 0.0
        while True:
            now_s = self.clock()
            if now_s - reported_s >= REPORT_EVERY_S:
                reported_s = now_s
                self._handed = service.report().hand_over or self._handed
            self.rack.refresh(now_s)
            rack = self.rack.rack() if self.frozen is None else self.frozen
            if rack is not before:
                before = rack
                self.given.append((now_s, rack))
                service.session.see(rack, now_s, self.rack.view().fresh_for_s)
            await asyncio.sleep(LOOK_EVERY_S)

    @property
    def report(self) -> Report | None:
        """How the gateway stands; `None` while there is none."""
        return None if self.service is None else self.service.report()

    async def pull(self, number: int) -> None:
        """Take a pack off the line."""
        self.bus.advance(self.clock())
        self.bus.detach(self.stations.pop(f"pack {number}"))

    async def plug(self, number: int) -> None:
        """Put a pack on the line."""
        self._attach(f"pack {number}", number)

    async def double(self, number: int) -> None:
        """Put a second pack with the same address on the line; both answer at once."""
        self._attach(f"second pack {number}", number, twin=True)

    async def undouble(self, number: int) -> None:
        """Take it off again."""
        self.bus.advance(self.clock())
        self.bus.detach(self.stations.pop(f"second pack {number}"))

    def _attach(self, name: str, number: int, *, twin: bool = False) -> None:
        """A pack on a shared line knows of itself alone."""
        pack = self.virtual.packs[number - 1]

        def source(now_s: float) -> RackSample:
            told = pack.sample(self._seen.at_s)
            return aggregate([_second(told) if twin else told], now_s)

        make = find_dialect(PACK_DIALECT).parts().server
        if make is None:
            raise StateError(f"{PACK_DIALECT} cannot be served.")
        self.bus.advance(self.clock())
        self.stations[name] = self.bus.attach(
            name,
            PackSpeaker(make(server_options(self.product)), source),
            turnaround_s=TWIN_TURNAROUND_S if twin else TURNAROUND_S,
        )

    async def freeze(self) -> None:
        """Let the gateway be given the same reading for ever."""
        self.frozen = self.rack.rack()

    async def thaw(self) -> None:
        """Let it be given the present one again."""
        self.frozen = None

    async def disturb(self, share: float) -> None:
        """Let a share of the bytes on the packs' line arrive damaged."""
        self.bus.noise = share

    async def drop_inverter(self) -> None:
        """Switch the inverter off: nobody acknowledges what is on the bus, or nobody asks any more."""
        await self._side.switch_off()

    async def return_inverter(self) -> None:
        """Switch it on."""
        await self._side.switch_on()

    async def kill_gateway(self) -> None:
        """Kill the gateway's process; whoever watches it starts another, with what was handed over."""
        self.service = None
        for task in self._gateway:
            task.cancel()
        await asyncio.gather(*self._gateway, return_exceptions=True)
        await asyncio.sleep(STARTS_IN_S)
        self.gateway_restarted()
        self._start_gateway()

    async def kill_program(self) -> None:
        """Kill the whole program: a new one must find the packs again, and has the hand-over from its file."""
        self.service = None
        for task in (*self._gateway, self._polling):
            task.cancel()
        await asyncio.gather(*self._gateway, self._polling, return_exceptions=True)
        await self.rack.__aexit__()
        await asyncio.sleep(PROGRAM_STARTS_IN_S)
        self._start_rack()
        self.rack_restarted()
        self.gateway_restarted()
        self._start_gateway()


def _second(told: PackSample) -> PackSample:
    """Another pack: its own serial number, and cells that are not as full."""
    analog, identity = told.analog, told.identity
    if analog is not None and analog.cell_voltages_mv is not None:
        cells = tuple(cell - TWIN_BELOW_MV for cell in analog.cell_voltages_mv)
        analog = replace(analog, cell_voltages_mv=cells, pack_voltage_v=sum(cells) / 1000.0)
    if identity is not None:
        identity = replace(identity, serial=f"SECOND-{told.pack:04}")
    return replace(told, analog=analog, identity=identity)


def _nothing() -> None:
    """Nobody wants to know."""
