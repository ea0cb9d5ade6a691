"""`openress dbc` and the other commands that know CAN dialects."""

from __future__ import annotations

import json

import cantools
import pytest
from tests.cli.test_decode import run

from openress.cli.main import main
from openress.protocols import DIALECTS
from openress.protocols.base import Bus

CAN = [dialect.name for dialect in DIALECTS.values() if dialect.bus is Bus.CAN]


def ends(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    monkeypatch.setattr("sys.argv", ["openress", *arguments])
    with pytest.raises(SystemExit) as done:
        main()
    return done.value.code


@pytest.mark.parametrize("dialect", CAN)
def test_dbc_prints_a_dialect_that_cantools_reads(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, dialect: str
) -> None:
    assert ends(monkeypatch, "dbc", dialect) == 0
    printed = capsys.readouterr().out
    assert cantools.database.load_string(printed, "dbc", strict=True).messages
    assert "untested on hardware" in printed.splitlines()[0]


def test_dbc_of_a_serial_dialect_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ends(monkeypatch, "dbc", "jbd") == 2
    assert "jbd is no CAN dialect; there are pylontech-can, pylontech-can-v13, victron-can" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("dialect", "line", "key", "says"),
    [
        ("victron-can", "373#EA0C010D1F012201", "cell_voltage_min_mv", 3306),
        ("growatt-can", "311#023001F401F40441", "charge_voltage_limit_v", 56.0),
        ("megarevo-can", "1F000300#3002D001C8000000", "discharge_voltage_limit_v", 46.4),
    ],
)
def test_decode_knows_the_can_dialects(
    capsys: pytest.CaptureFixture[str], dialect: str, line: str, key: str, says: float
) -> None:
    code, (printed,), _ = run(capsys, "decode", dialect, line)
    assert code == 0
    assert printed["values"][key] == says


def test_decode_passes_doubts_on(capsys: pytest.CaptureFixture[str]) -> None:
    _, (printed,), _ = run(capsys, "decode", "sol-ark-can", "356#1102F2FE6B010000")
    assert "the sender may count in 0.1 V" in json.dumps(printed["warnings"])
