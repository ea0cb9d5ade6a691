"""A simulated year in steps of a minute, from ten days of one pack and one day of a rack of sixteen."""

from __future__ import annotations

import time
from dataclasses import replace

from benchmarks.timing import report
from openress.catalog import load_product
from openress.config import Config
from openress.sections import RackConfig
from openress.simulation import Simulation
from openress.sites.build import build_rack

__all__ = ["main"]

YEAR_D = 365.0


def main() -> None:
    """Measure and print."""
    report("a year of one pack at 60 s (from 10 days)", _year_s(1, 10.0), "s", 120)
    report("a year of 16 packs at 60 s (from 2 days)", _year_s(16, 2.0) / 60.0, "min", 20)


def _year_s(packs: int, days: float) -> float:
    # Sixteen addresses are what eight switches of other makers give; the packs are those of the A5L.
    product = replace(load_product("syscom-a5l-51v2"), pack_limit=16, address_switch=None)
    simulation = Simulation(build_rack(Config(rack=RackConfig(packs=packs)), product), 60.0)
    start = time.process_time()
    simulation.run(days)
    return (time.process_time() - start) * YEAR_D / days
