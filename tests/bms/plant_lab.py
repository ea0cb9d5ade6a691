"""A laboratory for the plant's cells: slow curves and a record of use through its sensors, fitted like a real cell's.

`python -m tests.bms.plant_lab` writes `plant_profile.json`, which the month on the plant is run with.
"""

from __future__ import annotations

import json
import random

import numpy as np
from tests.bms.plant_month import PROFILE

from openress.cellfit.fit import Fit, fit_profile
from openress.cellfit.logs import CellLog, Floats, OcvCurves
from openress.sim.pack import PackBuild, SwitchCommand
from openress.sim.plant import Plant
from openress.sim.rack import Demand

CAPACITY_AH = 100.0
ON = [SwitchCommand(charge=True, discharge=True)]


def _record(plant: Plant, currents_a: list[float], dt_s: float, until_v: tuple[float, float]) -> tuple[Floats, Floats]:
    """Mean cell voltage and current as the front end reports them, until a cell passes a limit."""
    rows = []
    for wanted_a in currents_a:
        plant.step(dt_s, Demand(wanted_a, voltage_max_v=60.0, voltage_min_v=20.0), ON)
        sense = plant.sense()[0]
        volts = [mv / 1000 for mv in sense.cell_voltages_mv]
        rows.append((sum(volts) / len(volts), sense.pack_current_a))
        if not until_v[0] < rows[-1][0] < until_v[1]:
            break
    volts_v, current_a = np.array(rows).T
    return volts_v, current_a


def measure(seed: int = 11) -> Fit:
    """C/20 down and up, then twelve hours of use; one pack at 25 C."""
    slow_a, dt_s = CAPACITY_AH / 20, 20.0
    plant = Plant([PackBuild(initial_soc_pct=100.0, soc_spread_pct=0.0)], seed=seed)
    down_v, down_a = _record(plant, [-slow_a] * 4500, dt_s, (2.4, 4.0))
    up_v, up_a = _record(plant, [slow_a] * 4500, dt_s, (1.0, 3.6))
    soc = np.linspace(0.0, 1.0, 2001)
    down, up = 1 + np.cumsum(down_a) / -down_a.sum(), np.cumsum(up_a) / up_a.sum()
    curves = OcvCurves(soc, np.interp(soc, up, up_v), np.interp(soc, down[::-1], down_v[::-1]))

    rng, use_s, wanted = random.Random(seed), 5.0, []
    for trend_a in (-35, 30, -30, 35, -30):
        for _ in range(28):
            wanted += [trend_a + rng.choice((-40, -20, 0, 20, 40))] * 50 + [0.0] * rng.choice((0, 10, 30))
    plant = Plant([PackBuild(initial_soc_pct=95.0, soc_spread_pct=0.0)], seed=seed)
    used_v, used_a = _record(plant, wanted, use_s, (2.8, 3.45))
    reference = 0.95 + np.cumsum(used_a) * use_s / 3600 / CAPACITY_AH
    log = CellLog(np.arange(len(used_v)) * use_s, used_v, used_a, np.full(len(used_v), 25.0), reference)
    return fit_profile(curves, log, CAPACITY_AH, name="plant", source="the simulated plant, through its sensors")


if __name__ == "__main__":
    fit = measure()
    PROFILE.write_text(json.dumps(fit.profile.to_dict(), indent=1) + "\n", encoding="utf-8")
