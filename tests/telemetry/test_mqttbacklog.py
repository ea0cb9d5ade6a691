"""What waits for a broker: in order, bounded, found again after a crash, thinned before anything is dropped."""

from __future__ import annotations

import json
import random
import sqlite3
from itertools import pairwise
from pathlib import Path

import pytest

from openress.bms.energy import EnergyTotals
from openress.telemetry.mqttbacklog import Backlog

PADDING = random.Random(1)


def opened(path: Path, limit_bytes: int = 1_000_000) -> tuple[Backlog, list[str]]:
    said: list[str] = []
    return Backlog(path / "mqtt.db", limit_bytes=limit_bytes, say=said.append), said


def record(time_s: int) -> dict[str, object]:
    # What cannot be compressed, so that a record has a known size.
    return {"time_s": time_s, "filling": PADDING.randbytes(100).hex()}


def drained(backlog: Backlog) -> list[int]:
    times = []
    while (row := backlog.first()) is not None:
        assert json.loads(row.payload)["time_s"] == row.time_s
        times.append(row.time_s)
        backlog.done(row)
    return times


def test_nothing_is_written_while_all_is_taken(tmp_path: Path) -> None:
    backlog, _ = opened(tmp_path)
    for minute in range(100):
        backlog.add(60 * minute, record(60 * minute))
        row = backlog.first()
        assert row is not None
        backlog.done(row)
    backlog.flush({})
    backlog.close()
    with sqlite3.connect(tmp_path / "mqtt.db") as base:
        assert base.execute("SELECT count(*), max(seq) FROM record").fetchone() == (0, None)
    base.close()


@pytest.mark.parametrize("flush_at", [0, 1, 5, 10])
def test_order_is_kept_between_disk_and_memory(tmp_path: Path, flush_at: int) -> None:
    backlog, _ = opened(tmp_path)
    for place in range(10):
        if place == flush_at:
            backlog.flush({})
        backlog.add(60 * place, record(60 * place))
    assert len(backlog) == 10
    assert drained(backlog) == [60 * place for place in range(10)]
    assert len(backlog) == 0
    backlog.close()


def test_f15_a_crash_loses_what_was_not_flushed_and_repeats_nothing_unmarked(tmp_path: Path) -> None:
    backlog, _ = opened(tmp_path)
    for place in range(200):
        backlog.add(60 * place, record(60 * place))
    backlog.flush({"rack": EnergyTotals(1.5, 2.5)})
    taken = []
    for _ in range(120):
        row = backlog.first()
        assert row is not None
        taken.append(row.time_s)
        backlog.done(row)
    backlog.add(99_999, record(99_999))
    # The process is gone: the object is left as it is.
    after, said = opened(tmp_path)
    assert after.totals == {"rack": EnergyTotals(1.5, 2.5)}
    unmarked, marked = [], []
    while (row := after.first()) is not None:
        (marked if b'"again":true' in row.payload else unmarked).append(row.time_s)
        after.done(row)
    assert not set(unmarked) & set(taken)
    assert len(marked) <= 50
    assert {*taken, *unmarked, *marked} == {60 * place for place in range(200)}
    assert said == []
    after.close()
    backlog.close()


def test_f20_it_is_thinned_before_anything_is_lost(tmp_path: Path) -> None:
    """Five days of minutes into a bound that holds about three: two days stay whole, what is older is coarser."""
    size = 7200 * 150 * 3 // 5
    backlog, _ = opened(tmp_path, size)
    for minute in range(5 * 1440):
        backlog.add(60 * minute, record(60 * minute))
        if minute % 100 == 0:
            backlog.flush({})
    times = drained(backlog)
    backlog.close()
    assert times == sorted(set(times))
    newest = times[-1]
    whole = [at_s for at_s in times if at_s >= newest - 48 * 3600 + 3600]
    assert all(b - a == 60 for a, b in pairwise(whole))
    steps = {b - a for a, b in pairwise(times)}
    assert steps <= {60, 120, 180, 240, 300, 600, 900}
    assert 300 in steps
    assert times[0] < 900


def test_f20_a_month_away_keeps_the_bound_and_the_newest(tmp_path: Path) -> None:
    backlog, _ = opened(tmp_path, 60_000)
    for slot in range(3000):
        backlog.add(900 * slot, record(900 * slot))
    assert backlog.dropped > 2000
    times = drained(backlog)
    assert times == sorted(times)
    assert times[-1] == 900 * 2999
    assert 200 <= len(times) <= 60_000 // 100
    backlog.close()


@pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\0" + bytes(range(256)) * 20])
def test_f19_a_damaged_file_is_put_aside(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "mqtt.db"
    path.write_bytes(damage)
    backlog, said = opened(tmp_path)
    backlog.add(60, record(60))
    assert backlog.flush({})
    backlog.close()
    again, _ = opened(tmp_path)
    assert drained(again) == [60]
    again.close()
    if damage:
        assert len(said) == 1
        assert "put aside as mqtt.damaged" in said[0]
        assert (tmp_path / "mqtt.damaged").read_bytes() == damage
    else:
        assert said == []


def test_f17_a_full_disk_is_said_once_and_loses_nothing(tmp_path: Path) -> None:
    backlog, said = opened(tmp_path)
    backlog.add(60, record(60))
    assert backlog.flush({})
    base = backlog._base
    assert base is not None
    pages = base.execute("PRAGMA page_count").fetchone()[0]
    base.execute(f"PRAGMA max_page_count = {pages}")
    for minute in range(2, 200):
        backlog.add(60 * minute, record(60 * minute))
    assert not backlog.flush({})
    assert not backlog.flush({})
    assert len(said) == 1
    assert "full" in said[0]
    base.execute("PRAGMA max_page_count = 100000")
    assert backlog.flush({})
    assert said[1:] == [f"Records for MQTT can be kept in {tmp_path / 'mqtt.db'} again."]
    assert drained(backlog) == [60 * minute for minute in range(1, 200)]
    backlog.close()


def test_f19_a_folder_that_cannot_be_written_leaves_memory(tmp_path: Path) -> None:
    backlog, said = opened(tmp_path / "missing", 5000)
    for minute in range(100):
        backlog.add(60 * minute, record(60 * minute))
    assert not backlog.flush({})
    assert len(said) == 1
    assert "stay in memory" in said[0]
    # The disk comes back: what came meanwhile is kept from then on.
    (tmp_path / "missing").mkdir()
    assert backlog.flush({})
    times = drained(backlog)
    assert times == [60 * minute for minute in range(100 - len(times), 100)]
    assert 20 < len(times) < 100
    backlog.close()


def test_the_one_that_may_have_been_taken_says_so(tmp_path: Path) -> None:
    backlog, _ = opened(tmp_path)
    for minute in (1, 2):
        backlog.add(60 * minute, record(60 * minute))
    row = backlog.first()
    assert row is not None
    assert b"again" not in row.payload
    backlog.suspect(row)
    again = backlog.first()
    assert again is not None
    assert json.loads(again.payload)["again"] is True
    backlog.flush({})
    kept = backlog.first()
    assert kept is not None
    assert json.loads(kept.payload)["again"] is True
    backlog.done(kept)
    following = backlog.first()
    assert following is not None
    assert b"again" not in following.payload
    backlog.close()


def test_totals_that_cannot_be_read_begin_again(tmp_path: Path) -> None:
    backlog, said = opened(tmp_path)
    backlog.kept["totals"] = '{"rack": 5}'
    assert backlog.totals == {}
    assert len(said) == 1
    backlog.close()
