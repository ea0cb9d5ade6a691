"""The client `aiobmsble` reads packs that we serve as JBD, Daly (0xD2) and Seplos v3 boards.

It speaks over Bluetooth; a TCP connection takes the place of the radio. What it does in ways of its own:

- JBD: the full capacity is cut to whole ampere-hours, and each of the first four temperatures counts as a cell's.
- Daly: an answer must come in one notification. The temperature of the switches and the versions are asked for with
  registers behind those that the vendor's sheet names; five seconds go by when they are refused.
- Seplos: the rack is asked for at address 0, and its packs have the numbers from 1, the master's too. On the wires the
  master is 0 and the next pack 1: the numbers lie one above the addresses. The switch that limits current is called a
  balancer, and 0 K is passed over as a temperature that is not there.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from tests.processes import REPOSITORY, running

STATE = REPOSITORY / "docs" / "examples" / "rack.json"
PACKS: list[dict[str, Any]] = json.loads(STATE.read_text())["packs"]
CHARGING, COLD = PACKS[0], PACKS[1]
OTHER = Path(sys.prefix) / "other-aiobmsble"
BRIDGE = REPOSITORY / "tests" / "third_party" / "aiobmsble_link.py"
WHOLE = 0
"""An answer comes in one notification."""


def interpreter() -> Path:
    """Python in the client's own environment, which `make test` creates where it finds one that is new enough."""
    path = OTHER / "bin" / "python"
    if (OTHER / ".no-python").exists():
        pytest.skip("needs Python 3.12 or newer for aiobmsble")
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path} is missing; `make test` creates it")
        pytest.skip("the environment other-aiobmsble is missing; `make test` creates it")
    return path


def told(dialect: str, module: str, state: Path, *, packs: int = 1, notification: int = WHOLE, above: int = 0) -> Any:
    """What the client prints of `packs` packs that we serve."""
    python = interpreter()
    arguments = ("serve", dialect, "tcp-listen://127.0.0.1:0", "--packs", str(packs), "--state", str(state))
    with running(*arguments) as battery:
        match = re.search(r"tcp-listen://127.0.0.1:(\d+)\.", battery.line())
        assert match is not None
        command = [str(python), str(BRIDGE), module, match[1], str(notification), str(above)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert battery.stop() == 0
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def state_of(tmp_path: Path, pack: dict[str, Any]) -> Path:
    path = tmp_path / "state.json"
    path.write_text(json.dumps(pack))
    return path


def volts(pack: dict[str, Any]) -> float:
    return pack.get("pack_voltage_v", sum(pack["cell_voltages_mv"]) / 1000)


def full_ah(pack: dict[str, Any]) -> float:
    return pack.get("full_ah", 100.0)


def remaining_ah(pack: dict[str, Any]) -> float:
    return pack.get("remaining_ah", pack.get("soc_pct", 0.0) * full_ah(pack) / 100)


def soc_pct(pack: dict[str, Any]) -> float:
    return pack.get("soc_pct", 100 * remaining_ah(pack) / full_ah(pack))


def soh_pct(pack: dict[str, Any]) -> float:
    return pack.get("soh_pct", 100.0)


def millivolts(cells: list[float]) -> list[int]:
    return [round(1000 * cell) for cell in cells]


def close(expected: float, step: float) -> Any:
    """Equal but for half of the wire's step; a little more, because the client counts in floats."""
    return pytest.approx(expected, abs=0.501 * step, rel=0)


both = pytest.mark.parametrize("pack", [CHARGING, COLD], ids=["charging", "discharging and cold"])


@both
@pytest.mark.parametrize("notification", [WHOLE, 20], ids=["whole answers", "pieces of 20 bytes"])
def test_jbd(tmp_path: Path, pack: dict[str, Any], notification: int) -> None:
    reading = told("jbd", "jbd_bms", state_of(tmp_path, pack), notification=notification)
    values = reading["values"]
    assert values["voltage"] == close(volts(pack), 0.01)
    assert values["current"] == close(pack["pack_current_a"], 0.01)
    assert values["battery_charging"] is (pack["pack_current_a"] > 0)
    assert values["cycle_charge"] == close(remaining_ah(pack), 0.01)
    assert values["design_capacity"] == int(full_ah(pack))
    assert values["battery_level"] == close(soc_pct(pack), 1)
    assert values["cycles"] == pack["cycles"]
    assert values["cell_count"] == 16
    assert millivolts(values["cell_voltages"]) == pack["cell_voltages_mv"]
    assert [kind for _, kind in values["temp_values"]] == ["CELL"] * 4
    assert [value for value, _ in values["temp_values"]] == pytest.approx(pack["temperatures_c"], abs=0.051)
    assert (values["chrg_mosfet"], values["dischrg_mosfet"]) == (True, True)
    # Alarms have no bits of their own, protections do: neither pack protects itself.
    assert (values["problem_code"], values["problem"], values["balancer"]) == (0, False, 0)
    assert reading["device"]["hw_version"] == "SYSCOM-A5L"


def test_jbd_that_protects_itself(tmp_path: Path) -> None:
    values = told("jbd", "jbd_bms", state_of(tmp_path, PACKS[2]))["values"]
    # Bit 0: a cell's voltage is too high.
    assert (values["problem_code"], values["problem"]) == (1, True)


@both
def test_daly(tmp_path: Path, pack: dict[str, Any]) -> None:
    reading = told("daly-modbus", "daly_bms", state_of(tmp_path, pack))
    values, cells = reading["values"], pack["cell_voltages_mv"]
    assert values["voltage"] == close(volts(pack), 0.1)
    assert values["current"] == close(pack["pack_current_a"], 0.1)
    assert values["battery_level"] == close(soc_pct(pack), 0.1)
    assert values["cycle_charge"] == close(remaining_ah(pack), 0.1)
    assert values["cycles"] == pack["cycles"]
    assert (values["cell_count"], values["temp_sensors"]) == (16, 4)
    assert millivolts(values["cell_voltages"]) == cells
    assert round(1000 * values["delta_voltage"]) == max(cells) - min(cells)
    assert (values["chrg_mosfet"], values["dischrg_mosfet"]) == (True, True)
    warmth = [value for value, kind in values["temp_values"] if kind == "GENERIC"]
    assert warmth == pytest.approx(pack["temperatures_c"], abs=0.501)
    mos = [value for value, kind in values["temp_values"] if kind == "MOSFET"]
    assert mos == ([pytest.approx(pack["mos_temperature_c"], abs=0.501)] if "mos_temperature_c" in pack else [])
    assert values["problem"] is bool(pack.get("alarms"))
    # Four registers from 0x3A on: a cell's voltage is too low, first level.
    assert values["problem_code"] == (1 << 2 + 48 if pack.get("alarms") else 0)
    assert set(reading["device"]) == {"sw_version", "hw_version"}


def test_seplos() -> None:
    values = told("seplos3", "seplos_bms", STATE, packs=4, above=1)["values"]
    assert values["pack_count"] == 4
    for pack, reading in zip(PACKS, values["packs"], strict=True):
        check_seplos_pack(reading, pack)
    assert values["voltage"] == close(fmean(map(volts, PACKS)), 0.01)
    assert values["current"] == close(sum(pack["pack_current_a"] for pack in PACKS), 0.1)
    assert values["cycle_charge"] == close(sum(map(remaining_ah, PACKS)), 0.01)
    warmth = [value for pack in PACKS for value in pack["temperatures_c"]]
    assert values["temperature"] == close(fmean(warmth), 0.1)
    assert (values["chrg_mosfet"], values["dischrg_mosfet"]) == (True, True)
    assert (values["heater"], values["balancer"]) == (False, False)
    assert values["problem"] is True


def check_seplos_pack(reading: dict[str, Any], pack: dict[str, Any]) -> None:
    assert reading["voltage"] == close(volts(pack), 0.01)
    assert reading["current"] == close(pack["pack_current_a"], 0.01)
    assert reading["cycle_charge"] == close(remaining_ah(pack), 0.01)
    assert reading["design_capacity"] == int(full_ah(pack))
    assert reading["battery_level"] == close(soc_pct(pack), 0.1)
    assert reading["battery_health"] == close(soh_pct(pack), 0.1)
    assert reading["cycles"] == pack["cycles"]
    assert millivolts(reading["cell_voltages"]) == pack["cell_voltages_mv"]
    warmth = [(value, "CELL") for value in pack["temperatures_c"]] + [(pack["env_temperature_c"], "AMBIENT")]
    if "mos_temperature_c" in pack:
        warmth.append((pack["mos_temperature_c"], "MOSFET"))
    assert [kind for _, kind in reading["temp_values"]] == [kind for _, kind in warmth]
    values = [value for value, _ in reading["temp_values"]]
    assert values == pytest.approx([value for value, _ in warmth], abs=0.051)


def test_seplos_without_a_warning(tmp_path: Path) -> None:
    values = told("seplos3", "seplos_bms", state_of(tmp_path, CHARGING), above=1)["values"]
    assert (values["pack_count"], values["problem_code"], values["problem"]) == (1, 0, False)
    assert values["current"] == close(CHARGING["pack_current_a"], 0.1)
    assert values["design_capacity"] == 100
