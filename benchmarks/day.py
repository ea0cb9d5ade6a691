"""A simulated day of a 4-pack rack in steps of one second: plant, four BMS, sum and inverter."""

from __future__ import annotations

import time

from benchmarks.timing import microseconds, report
from openress.bms.core import Bms
from openress.bms.measure import Measurement
from openress.catalog import load_product
from openress.params import ParameterSet
from openress.sim.loads import SolarHousehold
from openress.sim.pack import PackBuild
from openress.sim.virtual import VirtualRack

__all__ = ["main"]

DAY_S = 86_400


def main() -> None:
    """Measure and print."""
    product = load_product("syscom-a5l-51v2")
    values = ParameterSet.defaults(product)
    bms = Bms(product, values)
    calm = Measurement(tuple(range(3300, 3316)), 52.9, 52.9, 20.0, (25.0, 25.1, 25.2, 25.3), 29.0, 30.0)
    now = [0.0]

    def step() -> None:
        now[0] += 1.0
        bms.step(calm, now[0])

    report("one BMS step, 16 cells, all rows", microseconds(step), "us", 150)
    rack = VirtualRack(
        product,
        values,
        [PackBuild(capacity_ah=product.capacity_ah or 100.0) for _ in range(4)],
        load=SolarHousehold(seed=1, capacity_ah=400.0),
        seed=1,
    )
    start = time.process_time()
    for _ in range(DAY_S):
        rack.step(1.0)
    report("a day of 4 packs at 1 s", time.process_time() - start, "s", 30)
