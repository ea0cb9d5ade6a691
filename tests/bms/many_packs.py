"""Many unlike packs at once on the plant's own cells and front ends, each with a current of its own, and their gauges.

A rack has one bus; here every pack has its own source, so that one run meets many states of charge, currents and
temperatures.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from openress.bms.counting import Charge, count
from openress.bms.gauge import Gauge
from openress.bms.measure import Measurement
from openress.sim import parameters as p
from openress.sim.cell import CellRows
from openress.sim.curves import Floats
from openress.sim.scatter import Scatter
from openress.sim.sensors import CELL_SENSORS, FrontEnds, PackSense

__all__ = ["CAPACITY_AH", "CELLS", "ManyPacks", "measurement", "watched"]

CELLS = 16
CAPACITY_AH = 100.0


class ManyPacks:
    """Packs that share nothing but the clock.

    Args:
        soc: mean of each pack's cells as a fraction.
        temperature_c: of each pack; held.
        hysteresis: branch on which each pack's cells lie.
        seed: of specimens and sensors.
        soc_spread: standard deviation of the cells around their pack's mean.
    """

    def __init__(
        self, soc: Floats, temperature_c: Floats, hysteresis: Floats, seed: int, soc_spread: float = 0.002
    ) -> None:
        count_ = len(soc)
        scatter = Scatter(seed, CELLS, [1.0] * count_)
        apart = soc_spread * scatter.standard_per_cell()
        cells = soc[:, None] + apart - apart.mean(axis=1, keepdims=True)
        self._warmth = np.repeat(temperature_c[:, None], CELLS, axis=1)
        self.cells = CellRows(cells, np.full(count_, CAPACITY_AH), self._warmth, scatter)
        self.cells.hysteresis[:] = hysteresis[:, None]
        self._joint_ohm = scatter.per_cell(p.JOINT_OHM)
        self._front_ends = FrontEnds(seed, CELLS, [1.0] * count_)

    def step(self, current_a: Floats, dt_s: float) -> tuple[PackSense, ...]:
        """Hold a current through each pack for `dt_s`, then read."""
        cells, through = self.cells, current_a[:, None]
        cells.predict(dt_s)
        cells.advance(np.broadcast_to(through, cells.soc.shape))
        cell_v = cells.emf_v + (cells.r0_ohm + self._joint_ohm) * through
        pack_v = cell_v.sum(axis=1)
        places = self._warmth[:, : CELL_SENSORS + 2]
        return self._front_ends.read(cell_v, places, pack_v, pack_v, current_a)

    def settle(self, current_a: Floats, seconds: float) -> None:
        """As if that current had flowed for so long before, at this charge."""
        soc = self.cells.soc
        for _ in range(round(seconds / 10.0)):
            self.step(current_a, 10.0)
        self.cells.soc = soc
        self.step(np.zeros_like(current_a), 1e-6)

    @property
    def resistance_ohm(self) -> Floats:
        """What shows at once of a mean cell with its joint, at its temperature."""
        ohm: Floats = (self.cells.r0_ohm + self._joint_ohm).mean(axis=1)
        return ohm

    @property
    def soc_pct(self) -> Floats:
        """True state of charge of each pack: stored charge over capacity, mean of its cells."""
        means: Floats = 100.0 * self.cells.soc.mean(axis=1)
        return means


def measurement(sense: PackSense) -> Measurement:
    """What a BMS gets of it."""
    return Measurement(
        sense.cell_voltages_mv,
        sense.pack_voltage_v,
        sense.terminal_voltage_v,
        sense.pack_current_a,
        sense.temperatures_c,
        sense.mos_temperature_c,
        sense.env_temperature_c,
    )


def watched(
    packs: ManyPacks,
    told_pct: Floats,
    current_a: Callable[[float], Floats],
    seconds: float,
    dt_s: float,
    each: Callable[[float, int, Gauge, Charge], None],
) -> list[Gauge]:
    """Let a new gauge look at each pack; `each` is called with the time and the pack's number after every look."""
    charges = [Charge(CAPACITY_AH * soc / 100.0, CAPACITY_AH) for soc in told_pct.tolist()]
    gauges = [Gauge(CELLS, charge) for charge in charges]
    for k in range(round(seconds / dt_s)):
        now_s = k * dt_s
        for number, sense in enumerate(packs.step(current_a(now_s), dt_s)):
            seen, gauge = measurement(sense), gauges[number]
            cells = sense.cell_voltages_mv
            counted = count(charges[number], sense.pack_current_a, max(cells), min(cells), dt_s)
            before = gauge.estimate
            charges[number] = gauge.step(counted, seen, dt_s)
            if gauge.estimate is not before:
                each(now_s + dt_s, number, gauge, charges[number])
    return gauges
