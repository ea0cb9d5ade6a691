"""The length of a simulated step changes nothing that matters: a week at 1 s and at 60 s."""

from __future__ import annotations

import pytest
from tests.lfp_data import data

from openress.config import Config
from openress.sections import LoadConfig, RackConfig
from openress.simulation import Simulation, Summary
from openress.sites.build import build_rack

pytestmark = pytest.mark.soak

GERMANY = "blast_pv_profiles/Residential_PV-BESS_Germany_aggressive.csv"


def week(step_s: float, soc_pct: float, load: LoadConfig) -> Summary:
    rack = build_rack(Config(rack=RackConfig(packs=1, soc_pct=[soc_pct]), load=load))
    return Simulation(rack, step_s).run(7.0)


def test_a_week_of_a_german_house() -> None:
    load = LoadConfig(kind="profile", file=str(data(GERMANY)))
    fine, coarse = week(1.0, 50.0, load), week(60.0, 50.0, load)
    assert [pack.events for pack in coarse.packs] == [pack.events for pack in fine.packs]
    assert coarse.soc_by_day == pytest.approx(fine.soc_by_day, abs=0.5)


def test_a_week_of_a_household() -> None:
    """Its charge stays for hours within 0.3 % of the low-charge alarm, so how often that rings is left to chance."""
    fine, coarse = week(1.0, 50.0, LoadConfig()), week(60.0, 50.0, LoadConfig())
    assert coarse.soc_by_day == pytest.approx(fine.soc_by_day, abs=0.5)
    for pack in (*fine.packs, *coarse.packs):
        assert set(pack.events) <= {"alarm soc_low"}
