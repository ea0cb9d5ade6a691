"""Plants and orders for the tests of the whole plant."""

from __future__ import annotations

from openress.sim.pack import PackBuild, SwitchCommand
from openress.sim.plant import Plant
from openress.sim.rack import Demand
from openress.sim.truth import Truth

ON = SwitchCommand(charge=True, discharge=True)
OFF = SwitchCommand(charge=False, discharge=False)
MAIN_OFF = SwitchCommand(charge=False, discharge=False, main=False)
NOMINAL = PackBuild(spread=0.0, soc_spread_pct=0.0, sensor_errors=0.0)


def run(plant: Plant, seconds: float, current_a: float, commands: list[SwitchCommand], dt_s: float = 1.0) -> Truth:
    for _ in range(round(seconds / dt_s)):
        plant.step(dt_s, Demand(current_a), commands)
    return plant.truth()
