"""The estimator on a real cell: fitted at 25 C, started 30 % wrong, with an offset, at 25 C and at 10 C."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

pytest.importorskip("scipy", reason="needs the extra `analysis`")

from tests.lfp_data import data

from openress.bms.estimator import PackModel
from openress.cellfit.fit import Fit, fit_profile
from openress.cellfit.logs import CellLog, Columns, read_log, read_ocv
from openress.cellfit.run import Score, Spoiled, count_only, run, score

CAPACITY_AH = 1.2
COLUMNS = Columns(
    time="battery_tests.time",
    voltage="battery_tests.VT",
    current="battery_tests.Current",
    soc="battery_tests.SOC",
    discharge_positive=True,
)
C_100 = CAPACITY_AH / 100


def record(temperature_c: int) -> Path:
    return data("tao_fisher", f"Long_flat_zone_data_{temperature_c}_degree.mat")


@cache
def log(path: Path, temperature_c: float) -> CellLog:
    return read_log(path, COLUMNS, temperature_c=temperature_c)


@cache
def fitted(curves: Path, at_25: Path) -> Fit:
    return fit_profile(
        read_ocv(curves, "SOC_OCV", "OCV_charge", "OCV_discharge"),
        log(at_25, 25.0),
        CAPACITY_AH,
        name="tao",
        source="Tao 1.2 Ah",
    )


def fit() -> Fit:
    return fitted(data("tao_fisher", "Real_SOC_OCV_Curve.mat"), record(25))


def measured(temperature_c: int, spoiled: Spoiled) -> tuple[Score, Score, Score]:
    """After two hours, from the start, and plain counting after two hours."""
    found = log(record(temperature_c), float(temperature_c))
    trace = run(found, PackModel(fit().profile, 1, CAPACITY_AH), spoiled)
    band = trace.low_pct, trace.high_pct
    return (
        score(trace.soc_pct, found, after_s=7200.0, band=band),
        score(trace.soc_pct, found, after_s=0.0, band=band),
        score(count_only(found, CAPACITY_AH, spoiled), found, after_s=7200.0),
    )


def test_the_fit_explains_the_voltage() -> None:
    found = fit()
    assert found.rmse_v < 0.006
    assert found.profile.r0_ohm_ah == pytest.approx(0.0259, rel=0.05)
    assert 5 < found.profile.tau1_s < 20 < found.profile.tau2_s < 300


@pytest.mark.parametrize(
    ("temperature_c", "offset_a", "rmse"),
    [(25, C_100, 3.0), (25, -C_100, 3.0), (10, C_100, 6.0), (10, -C_100, 6.0)],
)
def test_wrong_start_and_offset_between_20_and_80_percent(temperature_c: int, offset_a: float, rmse: float) -> None:
    settled, whole, counted = measured(temperature_c, Spoiled(start_error_pct=30.0, offset_a=offset_a))
    assert settled.rmse <= rmse
    assert settled.covered is not None
    assert settled.covered >= 0.95
    assert whole.worst >= 29  # the wrong start was there
    assert counted.rmse > 4 * settled.rmse


@pytest.mark.soak
@pytest.mark.parametrize(("temperature_c", "rmse"), [(25, 3.0), (10, 6.0)])
@pytest.mark.parametrize("start_error_pct", [0.0, 30.0])
@pytest.mark.parametrize("gain_error_pct", [-1.0, 0.0, 1.0])
def test_every_start_and_gain(temperature_c: int, rmse: float, start_error_pct: float, gain_error_pct: float) -> None:
    settled, _, _ = measured(temperature_c, Spoiled(start_error_pct=start_error_pct, gain_error_pct=gain_error_pct))
    assert settled.rmse <= rmse
