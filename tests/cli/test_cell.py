"""`openress cell`, as a person runs it."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.processes import ENVIRONMENT, here, openress

from openress.bms.estimator import LFP, PackModel

needs_analysis = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("scipy", "matplotlib", "h5py")), reason="needs the extra `analysis`"
)
MODEL = PackModel(LFP, 1, 100.0)


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    """Curves and a record of a cell of 0.3, 0.2 and 0.3 mOhm whose hysteresis turns over a tenth of its capacity."""
    curves, rows = ["soc,charge_v,discharge_v"], ["time_s,voltage_v,current_a,soc"]
    for k in range(201):
        ocv_v, span_v = MODEL.read(k / 200)
        curves.append(f"{k / 2},{ocv_v + span_v},{ocv_v - span_v}")
    soc, side, v1_v, v2_v = 0.5, 1.0, 0.0, 0.0
    for k in range(8000):
        current_a = 0.0 if k % 100 < 20 else math.copysign(40, math.sin(k / 900 + 0.1)) * (0.5 + (k // 100) % 3)
        soc += current_a / 360000
        side += 10 * abs(current_a) / 360000 * (math.copysign(1, current_a) - side)
        v1_v += (0.0002 * current_a - v1_v) / 10
        v2_v += (0.0003 * current_a - v2_v) / 120
        ocv_v, span_v = MODEL.read(soc)
        rows.append(f"{k},{ocv_v + span_v * side + v1_v + v2_v + 0.0003 * current_a},{current_a},{soc}")
    (tmp_path / "ocv.csv").write_text("\n".join(curves))
    (tmp_path / "use.csv").write_text("\n".join(rows))
    return tmp_path


@needs_analysis
def test_fit_and_run(bench: Path) -> None:
    log = ["--log", str(bench / "use.csv"), "--soc", "soc", "--capacity", "100"]
    profile = bench / "cell.json"
    done = openress(
        "cell", "fit", *log, "--ocv", str(bench / "ocv.csv"), "--source", "this test", "--out", str(profile)
    )
    assert done.returncode == 0, done.stderr
    assert "mV RMS" in done.stdout
    found = json.loads(profile.read_text())
    for name, value in (("r0_ohm_ah", 0.03), ("r1_ohm_ah", 0.02), ("tau1_s", 10), ("r2_ohm_ah", 0.03), ("tau2_s", 120)):
        assert found[name] == pytest.approx(value, rel=0.1), name
    assert found["hysteresis_rate"] == pytest.approx(10, rel=0.1)
    told = here("cell", "soc", *log, "--profile", str(profile), "--json")
    assert told.returncode == 0, told.stderr
    scores = json.loads(told.stdout)["scores"]
    assert scores["estimate from the start"]["rmse"] < 5
    assert scores["plain counting after 2 h"]["covered"] is None
    picture = bench / "run.png"
    done = openress(
        "cell", "soc", *log, "--profile", str(profile), "--start-error", "10", "--settle", "1", "--plot", str(picture)
    )
    assert done.returncode == 0, done.stderr
    assert "estimate after 1 h" in done.stdout
    assert "plain counting" in done.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")


@needs_analysis
def test_mistakes_are_explained(bench: Path) -> None:
    log = ["--log", str(bench / "use.csv"), "--capacity", "100"]
    done = here("cell", "soc", *log)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "say where to start" in done.stderr
    done = here("cell", "soc", *log, "--soc", "z")
    assert "has no column of numbers z" in done.stderr
    done = here("cell", "soc", *log, "--soc", "soc", "--profile", str(bench / "ocv.csv"))
    assert "cannot be read" in done.stderr


def test_a_plain_installation_says_which_extra_is_missing() -> None:
    script = (
        "import importlib.util, sys\n"
        "real = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, package=None: None if name == 'scipy' else real(name, package)\n"
        "sys.argv = ['openress', 'cell', 'soc']\n"
        "from openress.cli.main import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=ENVIRONMENT, timeout=30
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "pip install openress[analysis]" in done.stderr
