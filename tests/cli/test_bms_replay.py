"""`openress bms replay`: one object for each row, and mistakes with their line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.processes import here, openress


def trace(path: Path, rows: list[dict[str, Any]], *, cells: int = 16, extra: tuple[str, ...] = ()) -> Path:
    names = [f"cell{number}_mv" for number in range(1, cells + 1)]
    head = ["time_s", "current_a", *names, "t1_c", "t2_c", "t3_c", "t4_c", "mos_c", "env_c", *extra]
    calm = dict.fromkeys(names, 3300) | {"current_a": 0, "mos_c": 30, "env_c": 28}
    calm |= {f"t{number}_c": 25 for number in range(1, 5)}
    lines = [",".join(head)]
    lines += [
        ",".join(str((calm | {"time_s": number} | row)[name]) for name in head) for number, row in enumerate(rows)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


def replayed(path: Path, *arguments: str) -> list[dict[str, Any]]:
    done = openress("bms", "replay", str(path), "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_row_gives_one_object_with_every_key(tmp_path: Path) -> None:
    rows = replayed(trace(tmp_path / "t.csv", [{}, {}, {}]))
    assert [row["time_s"] for row in rows] == [0, 1, 2]
    assert set(rows[0]) >= {
        "time_s", "state", "switches", "alarms", "protections", "faults", "lamps", "charge_voltage_limit_v",
        "charge_current_limit_a", "discharge_current_limit_a", "limit_reasons", "soc_pct", "balancing",
    }  # fmt: skip
    assert rows[0]["switches"] == {
        "chg": True, "dsg": True, "pre": False, "limit": False, "heating": False, "dry1": False, "dry2": False,
    }  # fmt: skip
    assert (rows[0]["state"], rows[0]["charge_voltage_limit_v"], rows[0]["charge_current_limit_a"]) == (
        "STANDBY",
        56.0,
        50.0,
    )


def test_fifteen_cells_and_a_parameter_of_ones_own(tmp_path: Path) -> None:
    high = [{"cell3_mv": 3560}] * 4
    path = trace(tmp_path / "t.csv", high, cells=15)
    assert replayed(path, "--product", "syscom-a5l-48v")[-1]["protections"] == []
    last = replayed(path, "--product", "syscom-a5l-48v", "--param", "cell_ov_protect_mv=3550")[-1]
    assert last["protections"] == ["cell_over_voltage"]
    assert last["switches"]["chg"] is False
    assert last["limit_reasons"]["charge"] == {"rule": "protection", "names": ["cell_over_voltage"]}


@pytest.mark.parametrize("missing", ["", "nan"])
def test_a_value_that_is_missing_opens_both_switches(tmp_path: Path, missing: str) -> None:
    rows = replayed(trace(tmp_path / "t.csv", [{}, {"cell5_mv": missing}, {}]))
    assert rows[1]["faults"] == ["cell_sensor"]
    assert (rows[1]["switches"]["chg"], rows[1]["switches"]["dsg"]) == (False, False)
    assert (rows[1]["charge_current_limit_a"], rows[1]["discharge_current_limit_a"]) == (0.0, 0.0)


def test_charger_and_button_columns_are_obeyed(tmp_path: Path) -> None:
    low = {"cell1_mv": 2450, "charger": 0, "button": 1}
    rows = replayed(
        trace(
            tmp_path / "t.csv",
            [low, low, low, low | {"charger": 1}, low | {"button": 0}, low | {"button": 1, "cell1_mv": 3300}],
            extra=("charger", "button"),
        )
    )
    assert [row["switches"]["dsg"] for row in rows] == [True, False, False, True, False, True]
    assert rows[4]["state"] == "OFF"
    assert rows[4]["lamps"] == {"run": "off", "alm": "off", "soc": ["off"] * 4}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text.replace("cell2_mv", "cel2_mv"), "has an unknown column 'cel2_mv'; did you mean cell2_mv?"),
        (lambda text: text.replace(",env_c", ",env_c,env_c"), "names a column twice"),
        (lambda text: text.replace("\n1,0,", "\n1,zero,"), "line 3: current_a is 'zero', not a number."),
        (lambda text: text.replace("\n1,0,", "\n0,0,"), "line 3: time_s 0 does not come after 0."),
        (lambda text: text + "5,1\n", "line 5 has 2 fields, the header names 24."),
        (lambda _: "", "has no column time_s."),
        (lambda text: text.replace("cell16_mv", "cell17_mv"), "has the column cell17_mv, but the product has 16 cells"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, change: Any, sentence: str) -> None:
    path = trace(tmp_path / "t.csv", [{}, {}, {}])
    path.write_text(change(path.read_text()))
    done = here("bms", "replay", str(path))
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing.csv"], "The recording nothing.csv cannot be read"),
        (["t.csv", "--param", "cell_ov_protect_mv"], "write KEY=VALUE"),
        (["t.csv", "--param", "cell_ov_protect_mv=high"], "write KEY=VALUE"),
        (["t.csv", "--param", "cell_ov_protekt_mv=3600"], "did you mean cell_ov_protect_mv?"),
        (["t.csv", "--product", "syscom"], "There is no battery product syscom"),
    ],
)
def test_a_wrong_argument_is_one_sentence(arguments: list[str], sentence: str) -> None:
    done = here("bms", "replay", *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
