"""Packs on a shared line, for tests: each answers for itself alone, with values that stay fresh."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from openress.bms.aggregate import aggregate
from openress.model import Identity, PackSample, RackSample
from openress.ports.sharedbus import TURNAROUND_S, Faults, PackSpeaker, Said, SharedBus, Station
from openress.protocols import find_dialect
from openress.protocols.base import ServerOptions
from tests.samples import pack

__all__ = ["BusRack", "speaker"]

MEASURED_EVERY_S = 0.25
"""As often as a pack looks; what is said on a line is heard by all of its packs far more often."""


def speaker(
    number: int,
    dialect: str = "pylontech",
    *,
    serial: str | None = None,
    sample: Callable[[float], PackSample] | None = None,
) -> PackSpeaker:
    """Pack `number`; its values are `tests.samples.pack`'s unless `sample` tells others."""
    measured: list[tuple[float, RackSample]] = []

    def source(now_s: float) -> RackSample:
        if not measured or now_s - measured[0][0] >= MEASURED_EVERY_S:
            measured[:] = [(now_s, measure(now_s))]
        return measured[0][1]

    def measure(now_s: float) -> RackSample:
        told = pack(number, at_s=now_s) if sample is None else sample(now_s)
        if serial is not None and told.identity is not None:
            told = replace(told, identity=replace(told.identity, serial=serial))
        return aggregate([told], now_s)

    make = find_dialect(dialect).parts().server
    assert make is not None
    return PackSpeaker(make(ServerOptions(Identity(0.0, manufacturer="OpenRESS", model="A5L"))), source)


@dataclass
class BusRack:
    """A line with packs, and the record of who said what."""

    seed: int = 0
    noise: float = 0.0
    said: list[Said] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bus = SharedBus(seed=self.seed, noise=self.noise, on_said=self.said.append)

    def add(
        self,
        numbers: Iterable[int],
        dialect: str = "pylontech",
        *,
        baud: int = 9600,
        swapped: bool = False,
        turnaround_s: float = TURNAROUND_S,
        faults: Faults | None = None,
        serial: str | None = None,
        name: str = "pack",
    ) -> list[Station]:
        return [
            self.bus.attach(
                f"{name} {number}",
                speaker(number, dialect, serial=serial),
                baud=baud,
                swapped=swapped,
                turnaround_s=turnaround_s,
                faults=faults,
            )
            for number in numbers
        ]

    def by(self, station: str) -> list[bytes]:
        return [said.data for said in self.said if said.station == station]
