"""`openress history` on the folder of a rack: tables, CSV, and mistakes told in a sentence."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from tests.processes import openress
from tests.store.test_history import PACK, T0, filled

__all__ = ["filled"]


def test_quantities_of_a_pack(filled: Path) -> None:
    done = openress(
        "history", "soc_pct", "charged_ah", "--serial", PACK.name, "--from", "2026-11-20T00:00Z", "--to",
        "2026-11-20T02:00Z", "--every", "1m", "--csv", "--data", str(filled.parent),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) == 120
    assert rows[1] == {
        "time": "2026-11-20T00:01:00Z",
        "time_s": str(T0 + 60),
        "soc_pct_min": "40.0",
        "soc_pct_mean": "40.0",
        "soc_pct_max": "40.0",
        "charged_ah": "0.1",
    }
    assert rows[65]["soc_pct_mean"] == ""


def test_days_of_health_as_json(filled: Path) -> None:
    done = openress("history", "health", "--serial", PACK.name, "--json", "--data", str(filled.parent))
    assert [day["resistance_mohm"] for day in json.loads(done.stdout)] == [20.0]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["soc_pct", "--last", "7"], "--last 7: say a number with s, m, h, d, w or y after it, as 24h or 7d."),
        (["soc_pct", "--data", "/nowhere"], "There is no history in /nowhere: name the data folder"),
    ],
)
def test_mistakes_are_told_in_a_sentence(filled: Path, arguments: list[str], problem: str) -> None:
    done = openress("history", *arguments, *([] if "--data" in arguments else ["--data", str(filled.parent)]))
    assert done.returncode == 2
    assert problem in done.stderr
