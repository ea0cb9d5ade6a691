"""Programs that others wrote read packs that we serve in the dialects of Daly and JK."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.processes import REPOSITORY, Running, running

STATE = REPOSITORY / "docs" / "examples" / "rack.json"
PACK: dict[str, Any] = json.loads(STATE.read_text())["packs"][0]
COLD: dict[str, Any] = json.loads(STATE.read_text())["packs"][1]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")


def program(environment: str, name: str) -> Path:
    """A program in an environment of its own, which `make test` creates."""
    path = Path(sys.prefix) / f"other-{environment}" / "bin" / name
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path} is missing; `make test` creates it")
        pytest.skip(f"the environment other-{environment} is missing; `make test` creates it")
    return path


def printed(*command: str | Path) -> Any:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else None


def ready(battery: Running) -> None:
    assert "Ctrl-C stops" in battery.line()


def state_of(tmp_path: Path, pack: dict[str, Any]) -> Path:
    path = tmp_path / "state.json"
    path.write_text(json.dumps(pack))
    return path


@pytest.mark.parametrize("pack", [PACK, COLD], ids=["charging", "discharging and cold"])
def test_dalybms(tmp_path: Path, pack: dict[str, Any]) -> None:
    python, line = program("dalybms", "python"), tmp_path / "pack"
    with running("serve", "daly", f"pty:{line}", "--state", str(state_of(tmp_path, pack))) as battery:
        ready(battery)
        told = printed(python, REPOSITORY / "tests" / "third_party" / "daly.py", line, "4")
    cells = pack["cell_voltages_mv"]
    volts = pack.get("pack_voltage_v", sum(cells) / 1000)
    assert told["soc"]["total_voltage"] == pytest.approx(volts, abs=0.05)
    # Its own words: negative is charging.
    assert told["soc"]["current"] == pytest.approx(-pack["pack_current_a"], abs=0.05)
    assert told["soc"]["soc_percent"] == pytest.approx(pack["soc_pct"], abs=0.05)
    assert [round(1000 * cell) for cell in told["cells"].values()] == cells
    assert told["cell_range"]["highest_voltage"] == pytest.approx(max(cells) / 1000)
    assert told["cell_range"]["lowest_cell"] == cells.index(min(cells)) + 1
    assert list(told["temperatures"].values()) == pytest.approx(pack["temperatures_c"], abs=0.5)
    assert told["temperature_range"]["lowest_temperature"] == pytest.approx(min(pack["temperatures_c"]), abs=0.5)
    assert told["status"]["cycles"] == pack["cycles"]
    assert told["status"]["cells"] == 16
    switches = told["switches"]
    assert (switches["charging_mosfet"], switches["discharging_mosfet"]) == (True, True)
    assert switches["mode"] == ("charging" if pack["pack_current_a"] > 0 else "discharging")
    left = pack["soc_pct"] * pack.get("full_ah", 100.0) / 100
    assert switches["capacity_ah"] == pytest.approx(left, abs=0.001)
    # It names three of the four bits of cell voltages alike; that exactly one is set is what can be told.
    assert len(told["errors"]) == len(pack.get("alarms", []))


def test_mpp_solar_reads_daly(tmp_path: Path) -> None:
    tool, line = program("mppsolar", "mpp-solar"), tmp_path / "pack"
    with running("serve", "daly", f"pty:{line}", "--state", str(STATE)) as battery:
        ready(battery)

        def ask(command: str) -> Any:
            return printed(tool, "-p", line, "--porttype", "dalyserial", "-P", "DALY", "-c", command, "-o", "json")

        totals, cells, state = ask("SOC"), ask("cellVoltages"), ask("mosStatus")
    assert totals["battery_bank_voltage"] == pytest.approx(PACK["pack_voltage_v"], abs=0.05)
    assert totals["current"] == pytest.approx(-PACK["pack_current_a"], abs=0.05)
    assert totals["soc"] == pytest.approx(PACK["soc_pct"])
    told = [round(1000 * cells[f"cell_{number:02}_voltage"]) for number in range(1, 49)]
    # It asks as a phone does and gets all sixteen frames, used or not.
    assert told == PACK["cell_voltages_mv"] + [0] * 32
    assert (state["charge_status"], state["charging_mos_tube_status"]) == ("charged", "01")


def test_mpp_solar_reads_jk_4e57(tmp_path: Path) -> None:
    tool, line = program("mppsolar", "mpp-solar"), tmp_path / "pack"
    with running("serve", "jk-4e57", f"pty:{line}", "--state", str(STATE)) as battery:
        ready(battery)
        arguments = ("--porttype", "jkserial", "-b", "115200", "-P", "JKSERIAL", "-c", "getBalancerData", "-o", "json")
        deadline = time.monotonic() + 30
        # It gives up when an answer takes longer than a tenth of a second, as one may on a busy machine.
        while not (told := printed(tool, "-p", line, *arguments)) or "voltage_cell01" not in told:
            assert time.monotonic() < deadline
    cells = [round(1000 * told[f"voltage_cell{number:02}"]) for number in range(1, 17)]
    assert cells == PACK["cell_voltages_mv"]
    assert told["battery_voltage"] == pytest.approx(PACK["pack_voltage_v"], abs=0.005)
    assert told["battery_current"] == pytest.approx(PACK["pack_current_a"])
    assert told["percent_remain"] == round(PACK["soc_pct"])
    assert (told["mos_temp"], told["battery_t1"], told["battery_t2"]) == (29, 31, 25)
    assert told["cycle_count"] == PACK["cycles"]
    # It counts bytes up to here, so these tell that every item is in its place.
    assert (told["battery_warning_message"], told["battery_status_information"]) == ("0000", "0003")
    assert (told["balancer_active"], told["charge_enabled"], told["discharge_enabled"]) == (1, 1, 1)
