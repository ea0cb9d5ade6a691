"""Hours of a simulated rack before the user guide's pictures are taken: its history, and what its packs remember."""

from __future__ import annotations

from pathlib import Path

from openress.bms.aggregate import aggregate
from openress.catalog import load_product
from openress.clock import unix_s
from openress.keeping import Keeping
from openress.model.flat import rack_json
from openress.params import ParameterSet
from openress.sim.loads import ProfileLoad
from openress.sim.pack import PackBuild
from openress.sim.virtual import VirtualRack
from openress.sites.virtual import DATABASE
from openress.store.historyfile import HISTORY, HistoryFile
from openress.store.retention import kept_days
from openress.telemetry.recorder import Recorder

__all__ = ["keep_past"]

STEP_S, ROW_S = 10, 600.0
WANTED_A = (
    *(-22, -18, -30, -12, -20, -25, 12, 45, 70, 38, 92, 64),
    *(120, 118, 60, 105, 96, 110, 130, 100, 80, 60, 40, 30),
    *(30, 25, 20, 20, 15, 10, -12, -45, -20, -55, -30, -70),
    *(-25, -20, -40, -35, -18, -22, -15, -12, -30, -28, -35, -40),
)
"""A day with clouds until the packs are full, and its evening; each value for ten minutes, positive charges."""
EAGER = {"soc_low_alarm_pct": 65}
"""An alarm that comes early, so that a well-behaved rack has records."""


def keep_past(data: Path, soc_pct: list[float]) -> None:
    """Write what a rack lived through until now into a data folder: its history, its packs' records and state.

    Args:
        data: the folder.
        soc_pct: of the packs when it began.
    """
    product = load_product("syscom-a5l-51v2")
    builds = [PackBuild(initial_soc_pct=soc) for soc in soc_pct]
    times_s = tuple(ROW_S * row for row in range(len(WANTED_A) + 1))
    load = ProfileLoad(times_s, (*map(float, WANTED_A), 0.0))
    settings = ParameterSet.defaults(product).with_values(EAGER)
    rack = VirtualRack(product, settings, builds, load=load, seed=7)
    began_s = unix_s() - times_s[-1]
    recorder = Recorder(STEP_S, print, [])
    keeping = Keeping(data / DATABASE, product, now_s=began_s, say=print)
    for since_s in range(STEP_S, int(times_s[-1]), STEP_S):
        for _ in range(STEP_S):
            rack.heard()
            rack.step(1.0)
        for pack in rack.packs:
            keeping.keep(pack, began_s + since_s)
        sample = aggregate([pack.sample(float(since_s)) for pack in rack.packs], float(since_s))
        told = rack_json(sample, float(since_s))
        packs = {str(pack["pack"]): pack for pack in told.pop("packs")}
        recorder.take(
            {
                "time_s": began_s + since_s,
                "virtual": True,
                "rack": told | {"title": product.title, "freshness": "fresh", "age_s": 0.0},
                "packs": packs,
                "simulation": {"running": True, "speed": 1.0},
            },
            float(since_s),
        )
    keeping.close()
    recorder.close()
    file = HistoryFile(data / HISTORY, at_s=began_s, say=print, session="before", days=kept_days({}))
    for batch in recorder.waiting:
        file.write(batch)
    file.close()
