"""Profiles: checks, files, and that the estimator's differs from the plant's tables."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields, replace

import pytest

from openress.bms.estimator import LFP, PackModel, profile_from_dict
from openress.bms.estimator.anchor import EMPTY, FULL, soc_at
from openress.bms.estimator.curve import HIGH, LOW, PER_SOC
from openress.errors import ParameterError
from openress.sim import parameters as plant


def test_a_profile_survives_a_file() -> None:
    assert profile_from_dict(json.loads(json.dumps(LFP.to_dict()))) == LFP


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"colour": 1}, "unknown keys colour"),
        ({"r0_ohm_ah": "big"}, "cannot be read"),
        ({"r0_ohm_ah": 0}, "more than 0"),
        ({"ocv_v": [[0, 3.0], [1, 2.9]]}, "does not rise"),
        ({"ocv_v": [[0, 3.0]]}, "at least two"),
        ({"ocv_v": [[0, 3.0], [0, 3.1]]}, "ascending"),
        ({"doubt": {"mood": 1}}, "cannot be read"),
    ],
)
def test_a_bad_profile_is_refused(change: dict[str, object], says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        profile_from_dict({**LFP.to_dict(), **change})


def test_a_lacking_profile_is_refused() -> None:
    found = LFP.to_dict()
    del found["tau1_s"]
    with pytest.raises(ParameterError, match="lacks tau1_s"):
        profile_from_dict(found)


@pytest.mark.parametrize(("cells", "capacity_ah", "resistance"), [(0, 100, 1), (16, 0, 1), (16, 100, 0)])
def test_a_pack_that_cannot_be_is_refused(cells: int, capacity_ah: float, resistance: float) -> None:
    with pytest.raises(ParameterError):
        PackModel(LFP, cells, capacity_ah, resistance)


@pytest.mark.parametrize("doubt", [-0.1, 1.0])
def test_a_doubt_that_makes_no_sense_is_refused(doubt: float) -> None:
    with pytest.raises(ParameterError, match="makes no sense"):
        PackModel(LFP, 16, 100.0, capacity_doubt=doubt)


def test_an_end_is_believed_within_its_rule_only() -> None:
    model = PackModel(LFP, 16, 100.0)
    assert soc_at(FULL, 3.453, model) == pytest.approx(0.995)
    assert [soc_at(FULL, volt, model) for volt in (-50.0, 3.3, 3.7, 9.0)] == [FULL.low, FULL.low, FULL.high, FULL.high]
    assert [soc_at(EMPTY, volt, model) for volt in (-50.0, 3.3, 9.0)] == [EMPTY.low, EMPTY.high, EMPTY.high]


def test_curves_are_read_between_their_points() -> None:
    model = PackModel(LFP, 16, 100.0)
    for soc, volt in LFP.ocv_v:
        assert model.read(soc)[0] == pytest.approx(volt, abs=1e-6)
    assert model.read(0.125)[0] == pytest.approx(3.203 + (3.210 - 3.203) * 0.025 / 0.03)
    assert len(model.ocv_v) == round((HIGH - LOW) * PER_SOC) + 1
    assert all(a < b for a, b in zip(model.ocv_v, model.ocv_v[1:], strict=False))


def test_resistance_falls_with_size_and_heat() -> None:
    small, large = PackModel(LFP, 16, 50.0), PackModel(LFP, 16, 200.0)
    assert small.r0_ohm == pytest.approx(4 * large.r0_ohm)
    factors = [small.heat(c).r0 for c in (-60, -30, -10, 10, 25, 45, 70, 90)]
    assert factors == sorted(factors, reverse=True)
    assert small.heat(25.0).r0 == pytest.approx(1.0)
    assert factors[0] == factors[1]


def test_the_estimator_and_the_plant_share_no_table() -> None:
    volts = dict(plant.OCV_V)
    shared = [soc for soc, volt in LFP.ocv_v if abs(volts.get(soc, 99.0) - volt) < 1e-3]
    compared = [soc for soc, _ in LFP.ocv_v if soc in volts]
    assert len(compared) > 8
    assert len(shared) <= 1
    spans = {soc: mv / 1000 for soc, mv in plant.HYSTERESIS_MV}
    assert all(abs(spans[soc] - span) > 1e-3 for soc, span in LFP.hysteresis_v if soc in spans)
    size = plant.REFERENCE_CAPACITY_AH
    for own, other in (
        (LFP.r0_ohm_ah, plant.R0_OHM.value * size),
        (LFP.r1_ohm_ah, plant.R1_OHM.value * size),
        (LFP.r2_ohm_ah, plant.R2_OHM.value * size),
        (LFP.tau1_s, plant.TAU1_S.value),
        (LFP.tau2_s, plant.TAU2_S.value),
        (LFP.hysteresis_rate, plant.HYSTERESIS_RATE.value),
    ):
        assert abs(own / other - 1) > 0.1
    model = PackModel(LFP, 16, size)
    cold = dict(plant.R0_BY_TEMPERATURE)
    assert all(abs(model.heat(c).r0 - cold[c]) > 1e-3 for c in (-15.0, 5.0, 15.0, 35.0, 45.0))


def test_the_estimator_does_not_load_the_plant() -> None:
    script = (
        "import sys, openress.bms.estimator, openress.bms.health; "
        "print([m for m in sys.modules if m.startswith('openress.sim') or m.split('.')[0] in ('numpy', 'scipy')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_row_of_doubt_is_explained() -> None:
    text = type(LFP.doubt).__doc__ or ""
    assert all(f"{entry.name}:" in text for entry in fields(LFP.doubt))
    assert LFP.source
    assert replace(LFP, name="x").with_doubt(table_v=0.02).doubt.table_v == 0.02
