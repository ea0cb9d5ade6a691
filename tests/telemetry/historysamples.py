"""A rack that lives, and a history of it, for the tests."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from openress.telemetry.history import History
from openress.telemetry.recorder import Recorder

T0 = 1_795_132_800.0
PACK = {
    "pack": 1,
    "serial": "A5L-0001",
    "pack_voltage_v": 52.0,
    "pack_current_a": 10.0,
    "cell_voltages_mv": [3250] * 16,
    "cell_voltage_min_mv": 3250,
    "cell_voltage_max_mv": 3250,
    "soc_pct": 50.0,
    "soh_pct": 99.0,
    "full_ah": 100.0,
    "design_ah": 100.0,
    "alarms": [],
    "protections": [],
    "faults": [],
    "freshness": "fresh",
}


def snapshot(at_s: float, *, rack: dict[str, Any] | None = None, **pack: Any) -> dict[str, Any]:
    values = {key: value for key, value in {**PACK, **pack}.items() if value is not None}
    whole = {key: values[key] for key in ("pack_voltage_v", "pack_current_a", "soc_pct", "freshness") if key in values}
    return {"time_s": at_s, "rack": whole | (rack or {}), "packs": {"1": values}, "gateway": None}


def quiet(sentence: str) -> None:
    raise AssertionError(sentence)


def follower(folder: Path, say: Any = quiet, clock: list[float] | None = None) -> History:
    ticks = clock if clock is not None else [0.0]
    return History(folder, raw_every_s=10, days={}, say=say, clock_s=lambda: ticks[0])


def settle(history: History) -> None:
    """Wait until the thread has taken what it was handed."""
    until = time.monotonic() + 20
    while history._snapshots and time.monotonic() < until:
        time.sleep(0.001)


def events_of(recorder: Recorder) -> list[tuple[str, str]]:
    """What has begun and ended, in the order of the batches."""
    return [
        found
        for batch in recorder.waiting
        for found in [*(("+", e.text) for e in batch.begun), *(("-", f"{e.kind} {e.code}") for e in batch.ended)]
    ]
