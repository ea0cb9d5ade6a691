"""`openress control` and `logs` as a person runs them, and what a rack keeps of changes over a link."""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.packbench import Bench, bench
from tests.processes import here, running

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals"),
]


@pytest.mark.req("REQ-202")
def test_switches_clock_and_protocols(tmp_path: Path) -> None:
    with bench(tmp_path) as on:
        assert (
            on.done("control", "limit", "on", "--yes")
            == "Pack 1 (VIRTUAL-0001): The charge current limiter reads on.\n"
        )
        assert on.done("control", "mos", "charge", "off", "--yes", "--force").endswith("charge switch reads off.\n")
        assert on.done("control", "mos", "charge", "on", "--yes").endswith("charge switch reads on.\n")
        assert ", now 2026-01-01 00:00:0" in on.done("control", "clock", "--set", "2026-01-01 00:00:00", "--yes")
        assert "behind" in on.done("control", "clock")
        assert json.loads(on.done("control", "protocol", "--json"))["automatic"] is True
        assert "CAN 2" in on.done("control", "protocol", "--can", "2", "--yes")
        assert on.done("control", "limit-start") == "The limiter of pack 1 (VIRTUAL-0001) starts at 100 A.\n"
        assert on.done("control", "limit-start", "40", "--yes").endswith("was 100 A, now it reads 40 A.\n")
        assert json.loads(on.done("control", "limit-start", "--json"))["limiter_start_a"] == 40.0
        for words, code, said in (
            (("control", "limit-start", "200", "--yes"), 2, "in whole amperes; 200 A was asked for"),
            (("control", "limit-start", "60"), 2, "there is no terminal to ask at"),
            (("control", "lamp", "off", "--yes"), 1, "operation refused"),
            (("control", "limit", "on"), 2, "there is no terminal to ask at"),
            (("control", "clock", "--set", "tomorrow", "--yes"), 2, "write now, or a time"),
        ):
            done = on.run(*words)
            assert (done.returncode, said in done.stderr) == (code, True), done.stderr
        assert "clock_s" in on.journal()


@pytest.mark.req("REQ-131", "REQ-210")
@pytest.mark.parametrize("dialect", ["pace", "pace-modbus"])
def test_records_are_read_and_exported(tmp_path: Path, dialect: str) -> None:
    with bench(tmp_path, dialect=dialect) as on:
        # An alarm of low charge that the half-full pack gives at once makes a record.
        on.run("params", "write", "soc_low_alarm_pct=60", "--yes")
        deadline = time.monotonic() + 30
        while not json.loads(on.done("logs", "read", "--json"))["records"]:
            assert time.monotonic() < deadline
            time.sleep(1.0)
        table, objects = tmp_path / "log.csv", tmp_path / "log.json"
        exported = on.run("logs", "export", str(table))
        assert exported.returncode == 0, exported.stderr
        assert exported.stderr == f"openress: {table} has 1 record of pack 1 (VIRTUAL-0001).\n"
        told = json.loads(on.run("logs", "export", str(objects), "--json").stdout)
        assert (told["file"], told["records"], told["serial"]) == (str(objects), 1, "VIRTUAL-0001")
        with table.open(newline="") as file:
            (row,) = csv.DictReader(file)
        (told,) = json.loads(objects.read_text())["records"]
        assert row["serial"] == "VIRTUAL-0001"
        assert row["at"] == told["at"]
        assert "soc_low" in row["conditions"]
        assert "alarm soc_low" in on.done("logs", "read")
        assert on.run("logs", "export", str(tmp_path / "log.txt")).returncode == 2
        assert on.run("logs", "export", "-", "--format", "csv").stdout.startswith("pack,serial,at,")


def test_the_packs_of_a_rack_keep_what_was_changed_over_a_link(tmp_path: Path) -> None:
    on, config = Bench(tmp_path), tmp_path / "openress.toml"
    # A program that is still starting answers late on a busy machine.
    patient = ("--timeout-s", "10")
    config.write_text(f'[[links]]\nurl = "pty:{on.line}"\ndialect = "pace"\n')
    up = ("up", "--config", str(config), "--data", str(tmp_path / "rack"), "--http", "127.0.0.1:0", "--no-browser")
    for value in (3490, 3480):
        with running(*up) as rack:
            while rack.line() != "Ctrl-C stops.":
                pass
            on.done("params", "write", f"cell_ov_alarm_mv={value}", "--pack", "2", "--yes", *patient)
            on.done("control", "limit", "on", "--pack", "2", "--yes", *patient)
            assert rack.stop() == 0
    with running(*up) as rack:
        while rack.line() != "Ctrl-C stops.":
            pass
        told = on.done("params", "diff", "--pack", "2", *patient)
        # The switch is told from the first second on that the pack has lived.
        deadline, limit = time.monotonic() + 20, False
        while not limit and time.monotonic() < deadline:
            read = here("read", f"serial:{on.line}", "--dialect", "pace", "--pack", "2", "--json", *patient).stdout
            limit = json.loads(read)["packs"][0]["switches"]["limit"]
    assert "differs from factory in 1 of 51" in told
    assert "3480 mV" in told
    assert limit is True
    with closing(sqlite3.connect(tmp_path / "rack" / "openress.db")) as rows:
        written = rows.execute("SELECT who, old_value, new_value FROM parameter_journal WHERE old_value IS NOT NULL")
        assert [row[1:] for row in written] == [(3500, 3490), (3490, 3480)]
        (who, *_) = rows.execute("SELECT who FROM parameter_journal ORDER BY number DESC").fetchone()
    assert who.startswith("link pty:")
