"""The length of a simulated step changes nothing that matters: a week at 1 s and at 60 s."""

from __future__ import annotations

import pytest

from openress.app import build_rack
from openress.config import Config, LoadConfig, RackConfig
from openress.simulation import Simulation, Summary

pytestmark = pytest.mark.soak


def week(step_s: float, soc_pct: float, load: LoadConfig) -> Summary:
    rack = build_rack(Config(rack=RackConfig(packs=1, soc_pct=[soc_pct]), load=load))
    return Simulation(rack, step_s).run(7.0)


@pytest.mark.parametrize(
    ("soc_pct", "load"), [(50.0, LoadConfig()), (30.0, LoadConfig(kind="constant", current_a=-0.5))]
)
def test_a_week_in_seconds_and_in_minutes(soc_pct: float, load: LoadConfig) -> None:
    fine, coarse = week(1.0, soc_pct, load), week(60.0, soc_pct, load)
    assert [pack.events for pack in coarse.packs] == [pack.events for pack in fine.packs]
    assert coarse.soc_by_day == pytest.approx(fine.soc_by_day, abs=0.5)
