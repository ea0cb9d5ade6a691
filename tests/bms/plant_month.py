"""A home's month on the simulated plant, seen by the estimator through sensors made worse on purpose."""

from __future__ import annotations

import json
import math
import random
from dataclasses import dataclass
from pathlib import Path

from openress.bms.estimator import Anchor, CellProfile, Measurement, PackModel, profile_from_dict, start, step
from openress.bms.health import Health, new_health, observe
from openress.sim.pack import PackBuild, SwitchCommand
from openress.sim.plant import Plant
from openress.sim.rack import Demand

PROFILE = Path(__file__).with_name("plant_profile.json")
LABEL_AH = 100.0
DAY_S = 86400.0
EVENING_A = (3, 5, 8, 12, 20, 35)
DAY_A = (2, 3, 4, 6)
SUN_A = (10, 20, 25, 30)
FULL_SUN_A = 45


@dataclass(frozen=True)
class Moment:
    """Truth and estimate, in percent."""

    at_s: float
    truth: float
    estimate: float
    low: float
    high: float
    shown: float
    anchor: Anchor | None


@dataclass(frozen=True)
class Month:
    """What came of it."""

    moments: list[Moment]
    health: Health
    offset_a: float

    def rmse(self, after_s: float = 0.0) -> float:
        errors = [m.estimate - m.truth for m in self.moments if m.at_s >= after_s]
        return math.sqrt(sum(e * e for e in errors) / len(errors))

    def worst(self, after_s: float = 0.0) -> float:
        return max(abs(m.estimate - m.truth) for m in self.moments if m.at_s >= after_s)

    def covered(self) -> float:
        return sum(m.low <= m.truth <= m.high for m in self.moments) / len(self.moments)

    def jump(self, of: str) -> float:
        """Greatest change in one step that is not at a declared anchor."""
        pairs = zip(self.moments, self.moments[1:], strict=False)
        return max(abs(getattr(b, of) - getattr(a, of)) for a, b in pairs if b.anchor is None)


def saved() -> CellProfile:
    """The profile of the plant's cells, as `plant_lab` measured it last."""
    return profile_from_dict(json.loads(PROFILE.read_text(encoding="utf-8")))


def live(
    profile: CellProfile, *, days: float, dt_s: float, size: float, offset_a: float, gain: float, seed: int
) -> Month:
    """Cycle partly every day, charge fully every seventh, between 5 and 35 C.

    Args:
        profile: that the estimator believes.
        days: how long.
        dt_s: of a step.
        size: true capacity over the label's.
        offset_a: added to the current read.
        gain: of the current read.
        seed: of the plant's specimens and of the load.
    """
    plant = Plant([PackBuild(capacity_ah=LABEL_AH * size)], seed=seed, ambient_c=5.0)
    model = PackModel(profile, 16, LABEL_AH)
    estimate, health = start(model, 50.0, 20.0), new_health(LABEL_AH)
    on = [SwitchCommand(charge=True, discharge=True)]
    rng = random.Random(seed)
    moments: list[Moment] = []
    load_a, truth = 0.0, 50.0
    for k in range(round(days * DAY_S / dt_s)):
        at_s = k * dt_s
        hour, weekly = at_s / 3600 % 24, int(at_s // DAY_S) % 7 == 6
        if at_s % 600 == 0:
            plant.set_ambient(20 - 13 * math.cos(2 * math.pi * at_s / (30 * DAY_S)) - 2 * math.cos(math.pi * hour / 12))
            load_a = rng.choice(EVENING_A if hour > 17 or hour < 1 else DAY_A)
            sun_a = FULL_SUN_A if weekly else rng.choice(SUN_A)
        wanted_a = max(0.0, math.sin((hour - 7) / 11 * math.pi) if 7 < hour < 18 else 0.0) * sun_a - load_a
        if (truth < 15 and wanted_a < 0) or (truth > 88 and wanted_a > 0 and not weekly):
            wanted_a = 0.0
        plant.step(dt_s, Demand(wanted_a, voltage_max_v=16 * 3.5, voltage_min_v=16 * 2.9), on)
        sense = plant.sense()[0]
        measurement = Measurement(
            tuple(mv / 1000 for mv in sense.cell_voltages_mv),
            sense.pack_current_a * gain + offset_a,
            sum(sense.temperatures_c) / len(sense.temperatures_c),
        )
        estimate = step(estimate, measurement, dt_s, model)
        health = observe(health, measurement, estimate, dt_s, model)
        if at_s % DAY_S == 0:
            model = health.learned(model)
        truth = float(plant.truth().soc_pct.mean())
        moments.append(
            Moment(at_s, truth, estimate.soc_pct, *estimate.band_pct, estimate.shown_pct, estimate.anchors.declared)
        )
    return Month(moments, health, estimate.offset_a)
