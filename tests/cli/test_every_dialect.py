"""Every battery dialect, our client against our server over a pseudo-terminal, as a person runs them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.processes import REPOSITORY, here, running

from openress.protocols import DIALECTS

STATE = REPOSITORY / "docs" / "examples" / "rack.json"
PACK: dict[str, Any] = json.loads(STATE.read_text())["packs"][0]
BOTH = [dialect.name for dialect in DIALECTS.values() if {"serve", "read"} <= set(dialect.does)]
STEPS = {"pack_voltage_v": 0.1, "pack_current_a": 0.1, "soc_pct": 1.0, "full_ah": 1.0, "cycles": 0}
"""The coarsest step on any of the wires; finer ones are tested with each dialect."""

CELL_STEPS = {"voltronic-485": 100}
WITHOUT_CELLS = {"tianbangda"}
"""These tell extremes alone."""
WITHOUT_SENSORS = {"tianbangda", "growatt-485"}

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals"),
]


@pytest.mark.parametrize("dialect", BOTH)
def test_a_pack_comes_through(dialect: str, tmp_path: Path) -> None:
    line = tmp_path / "rack"
    state = tmp_path / "state.json"
    state.write_text(json.dumps(PACK))
    with running("serve", dialect, f"pty:{line}", "--state", str(state)) as battery:
        battery.line()
        done = here("read", f"serial:{line}", "--dialect", dialect, "--pack", "1", "--timeout-s", "3", "--json")
    assert done.returncode == 0, done.stderr
    (entry,) = json.loads(done.stdout)["packs"]
    assert entry["freshness"] == "fresh"
    told = [key for key in STEPS if key in entry]
    assert {"pack_voltage_v", "pack_current_a"} <= set(told)
    for key in told:
        assert entry[key] == pytest.approx(PACK[key], abs=STEPS[key] / 2 + 1e-9), key
    if dialect not in WITHOUT_CELLS:
        assert entry["cell_voltages_mv"] == pytest.approx(PACK["cell_voltages_mv"], abs=CELL_STEPS.get(dialect, 0) / 2)
    if dialect not in WITHOUT_SENSORS:
        # Cell sensors on the wire may be fewer than in the pack, and whole degrees.
        assert entry["temperatures_c"] == pytest.approx(PACK["temperatures_c"][: len(entry["temperatures_c"])], abs=0.5)
