"""Programs that others wrote read a battery that we serve."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.processes import REPOSITORY, running

STATE = REPOSITORY / "docs" / "examples" / "rack.json"
PACKS: list[dict[str, Any]] = json.loads(STATE.read_text())["packs"]
OTHER = Path(sys.prefix) / "other" / "bin" / "python"

needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")


def remaining(pack: dict[str, Any]) -> tuple[float, float]:
    full = pack.get("full_ah", 100.0)
    return pack.get("remaining_ah", pack.get("soc_pct", 0) * full / 100), full


@needs_pty
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_python_pylontech_over_a_pseudo_terminal(tmp_path: Path) -> None:
    from pylontech import Pylontech  # noqa: PLC0415  # a third party, imported where it is used

    line = tmp_path / "rack"
    with running("serve", "pylontech", f"pty:{line}", "--packs", "4", "--state", str(STATE)) as battery:
        assert "4 x Syscom A5L 51.2 V" in battery.line()
        client = Pylontech(str(line), 9600)
        client.s.timeout = 20
        client.s.readline = partial(client.s.read_until, b"\r")  # it waits for a line feed that does not come
        try:
            together = client.get_values()
            assert together.NumberOfModules == 4
            for number, pack in enumerate(PACKS):
                check(together.Module[number], pack)
                alone = client.get_values_single(2 + number)
                assert alone.NumberOfModule == 2 + number
                check(alone, pack)
                assert client.get_module_serial_number(2 + number).ModuleSerialNumber.rstrip(b"\0") == (
                    pack["serial"].encode()
                )
                limits = client.get_management_info(2 + number)
                charge_a = 0.0 if pack.get("protections") else pack.get("charge_current_limit_a", 50.0)
                # Rounding only goes to the safe side: 12.34 A is sent as 12.3 A.
                assert limits.ChargeCurrentLimit == pytest.approx(int(charge_a * 10) / 10)
                assert (limits.ChargeVoltageLimit, limits.DischargeVoltageLimit) == (56.0, 48.0)
                assert limits.DischargeCurrentLimit == -120.0
                assert limits.status.ChargeEnable is not bool(pack.get("protections"))
                assert limits.status.FullChargeRequest is pack.get("full_charge_request", False)
            assert client.get_manufacturer_info().ManufacturerName.rstrip(b"\0") == b"Syscom"
            parameters = client.get_system_parameters()
            assert (parameters.CellHighVoltageLimit, parameters.ModuleUnderVoltageLimit) == (3.65, 44.8)
            assert (parameters.ChargeCurrentLimit, parameters.DischargeCurrentLimit) == (110.0, -120.0)
            client.s.timeout = 2  # for the one who does not answer
            assert set(client.scan_for_batteries(2, 6)) == {2, 3, 4, 5}
        finally:
            client.s.close()
        assert battery.stop() == 0


def check(module: Any, pack: dict[str, Any]) -> None:
    cells = pack["cell_voltages_mv"]
    assert [round(1000 * volts) for volts in module.CellVoltages] == cells
    assert module.AverageBMSTemperature == pytest.approx(pack["env_temperature_c"])
    assert list(module.GroupedCellsTemperatures) == pytest.approx(pack["temperatures_c"])
    assert module.Current == pytest.approx(pack["pack_current_a"])
    assert module.Voltage == pytest.approx(pack.get("pack_voltage_v", sum(cells) / 1000), abs=1e-9)
    left, full = remaining(pack)
    assert module.RemainingCapacity == pytest.approx(left, abs=0.0006)
    assert module.TotalCapacity == pytest.approx(full, abs=0.0006)
    assert module.CycleNumber == pack["cycles"]


def test_pylontech_stack_over_tcp() -> None:
    if not OTHER.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{OTHER} is missing; `make test` creates it")
        pytest.skip("the second client has no environment; `make test` creates it")
    with running("serve", "pylontech", "tcp-listen://127.0.0.1:0", "--packs", "4", "--state", str(STATE)) as battery:
        match = re.search(r"tcp-listen://(\S+:\d+)\.", battery.line())
        assert match is not None
        script = REPOSITORY / "tests" / "third_party" / "stack.py"
        done = subprocess.run(
            [str(OTHER), str(script), f"socket://{match[1]}", "4"],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        stack = json.loads(done.stdout)
    assert [serial.rstrip("\0") for serial in stack["SerialNumbers"]] == [pack["serial"] for pack in PACKS]
    for number, pack in enumerate(PACKS):
        analog = stack["AnaloglList"][number]
        assert [round(1000 * volts) for volts in analog["CellVoltages"]] == pack["cell_voltages_mv"]
        assert analog["Temperatures"] == pytest.approx([pack["env_temperature_c"], *pack["temperatures_c"]])
        assert analog["Current"] == pytest.approx(pack["pack_current_a"])
        assert analog["CycleNumber"] == pack["cycles"]
        left, full = remaining(pack)
        assert analog["RemainCapacity"] == pytest.approx(left, abs=0.0006)
        assert analog["ModuleTotalCapacity"] == pytest.approx(full, abs=0.0006)
        alarms = stack["AlarmInfoList"][number]
        assert alarms["CellAlarm"].count("AboveLimit") == ("cell_over_voltage" in pack.get("alarms", []))
        assert alarms["CellAlarm"].count("BelowLimit") == ("cell_under_voltage" in pack.get("alarms", []))
        assert bool(alarms["Status1"] & 0x01) is bool(pack.get("protections"))
        limits = stack["ChargeDischargeManagementList"][number]
        assert limits["ChargeVoltage"] == 56.0
        assert limits["StatusChargeEnable"] is not bool(pack.get("protections"))
    # Its reader of 47 forgets INFOFLAG, so those values are shifted; that it accepted the frame is what counts.
    assert stack["SystemParameter"]["RTN"] == 0
