"""A process that is killed at any moment loses nothing that it has said is kept, and mixes nothing."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.processes import ENVIRONMENT, REPOSITORY
from tests.store.keeping import SERIAL, newest, set_for, state_for
from tests.store.samples import kept


def said_before_kill(path: Path, after_s: float, *, from_start: bool) -> dict[str, int]:
    """Run the keeper, kill it, and give the last number of each kind that it has said."""
    said = {"record": 0, "settings": 0, "state": 0}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.store.keeping", str(path)],
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
        env=ENVIRONMENT,
    ) as keeper:
        assert keeper.stdout is not None
        lines = list[bytes]()
        if not from_start:
            assert keeper.stdout.readline() == b"ready\n"
            # However slow the computer is, each time something is kept: two of each kind.
            lines = [keeper.stdout.readline() for _ in range(6)]
        time.sleep(after_s)
        keeper.kill()
        for line in lines + keeper.stdout.read().splitlines(keepends=True):
            if line.endswith(b"\n") and line != b"ready\n":
                what, number = line.split()
                said[what.decode()] = int(number)
    return said


def check(path: Path, said: dict[str, int], before: tuple[int, int, int]) -> tuple[int, int, int]:
    with kept(path) as store:
        pack = store.pack(SERIAL)
        found = newest(pack)
        for number, word, old in zip(found, said.values(), before, strict=True):
            assert max(word, old) <= number <= max(word, old) + 1
        record, settings, state = found
        assert [stored.at_s for stored in pack.history()] == list(range(record, max(record - 500, 0), -1))
        assert pack.parameters() == (dict(set_for(settings)) if settings else None)
        assert pack.state() == (state_for(state) if state else None)
        for entry in pack.journal():
            number = int(entry.at_s)
            assert entry.new == set_for(number)[entry.key]
            assert entry.old == (set_for(number - 1)[entry.key] if number > 1 else None)
    return found


def kill_loop(path: Path, times: int) -> None:
    dice = random.Random(512)
    found = (0, 0, 0)
    for _ in range(times):
        from_start = dice.random() < 0.1
        said = said_before_kill(path, dice.uniform(0, 0.8 if from_start else 0.1), from_start=from_start)
        found = check(path, said, found)
    assert min(found) > times, "hardly anything was kept: the loop shows nothing"


def test_killed_five_times(tmp_path: Path) -> None:
    kill_loop(tmp_path / "store.db", 5)


@pytest.mark.soak
def test_killed_two_hundred_times(tmp_path: Path) -> None:
    kill_loop(tmp_path / "store.db", 200)
