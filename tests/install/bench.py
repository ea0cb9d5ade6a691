"""A bench with virtual packs: each may be connected or not, and answers under the address that it has latched."""

from __future__ import annotations

from dataclasses import replace

from openress.answering import answer_on, server_options
from openress.bms.aggregate import aggregate
from openress.model import RackSample
from openress.params import ParameterSet
from openress.ports.base import Listener
from openress.products import Product
from openress.protocols import find_dialect
from openress.sim.pack import PackBuild
from openress.sim.virtual import VirtualPack, VirtualRack


class Wish:
    """What the charger or the load on the bench wants."""

    def __init__(self) -> None:
        self.current_a = 0.0

    def current_at(self, now_s: float) -> float:  # noqa: ARG002  # the same until somebody turns the knob
        return self.current_a


class Bench:
    """Packs, a line and a knob. A pack that is not connected has its breaker off and is silent."""

    def __init__(self, product: Product, soc_pct: list[float]) -> None:
        self.product = product
        self.wish = Wish()
        self._now_s = 0.0
        builds = [PackBuild(initial_soc_pct=soc, spread=0.2, soc_spread_pct=0.05, sensor_errors=0.2) for soc in soc_pct]
        self.rack_ = VirtualRack(product, ParameterSet.defaults(product), builds, load=self.wish, seed=3)
        self.connected: set[int] = set()
        self.connect()

    def pack(self, number: int) -> VirtualPack:
        return self.rack_.packs[number - 1]

    def set_switches(self, number: int, address: int) -> None:
        """Breaker off, switches, 25 s, breaker on."""
        assert self.product.address_switch is not None
        positions = self.product.address_switch.row(address).positions
        pack = self.pack(number)
        pack.panel.set_breaker(closed=False, now_s=self.rack_.plant.now_s)
        pack.panel.add_switch = (positions[0], positions[1], positions[2], positions[3])
        self.run(25.0)
        pack.panel.set_breaker(closed=True, now_s=self.rack_.plant.now_s)
        self.run(2.0)

    def connect(self, *numbers: int) -> None:
        self.connected = set(numbers)
        for pack in self.rack_.packs:
            pack.panel.set_breaker(closed=pack.number in self.connected, now_s=self.rack_.plant.now_s)
        self.run(2.0)

    def run(self, seconds: float, current_a: float = 0.0) -> None:
        self.wish.current_a = current_a
        for _ in range(int(seconds)):
            self.rack_.heard()
            self.rack_.step(1.0)

    def charge_alone(self, number: int) -> None:
        """Until it is full, then a rest."""
        self.connect(number)
        pack = self.pack(number)
        for _ in range(240):
            self.run(60.0, 50.0)
            assert pack.decision is not None
            if (pack.decision.charge.soc_pct or 0.0) >= 98.0:
                break
        self.run(600.0)

    def refresh(self, now_s: float) -> None:
        """What is told next was measured now."""
        self._now_s = now_s

    def heard(self) -> None:
        self.rack_.heard()

    def rack(self) -> RackSample:
        """What is heard on the line: packs with one address drown each other."""
        now_s = self._now_s
        told = [
            replace(pack.sample(now_s), pack=pack.panel.address)
            for pack in self.rack_.packs
            if pack.number in self.connected and pack.panel.address is not None
        ]
        numbers = [sample.pack for sample in told]
        return aggregate([sample for sample in told if numbers.count(sample.pack) == 1], now_s)

    async def serve(self, listener: Listener) -> None:
        make = find_dialect("pace").parts().server
        assert make is not None
        options = server_options(self.product)
        await answer_on(listener, lambda: make(options), self, say=print)
