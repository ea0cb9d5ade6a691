"""When the history's disk or file fails the wire to the inverter is the same, it is told once, and keeping returns."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from benchmarks.history import PACKS, reading
from tests.processes import ENVIRONMENT, REPOSITORY
from tests.store.historykeeping import newest
from tests.store.test_not_keeping import fill_up
from tests.telemetry.historysamples import T0, settle, snapshot

from openress.drill.bench import Bench
from openress.drill.ear import ear_for
from openress.drill.madetime import run_fast
from openress.model.flat import rack_json
from openress.store.historyfile import HISTORY, HistoryFile, open_history
from openress.store.retention import kept_days
from openress.store.trouble import Trouble
from openress.telemetry import history as following
from openress.telemetry import recorder as recording
from openress.telemetry.history import History
from openress.telemetry.recorder import Recorder

linux = pytest.mark.skipif(sys.platform != "linux", reason="mounts, strace and counters of Linux")
pytestmark = linux
SECONDS = 30


def needed(program: str) -> str:
    """Where a program is; its test may only be left out on somebody's own computer."""
    found = shutil.which(program)
    if found is None:
        assert os.environ.get("CI") != "true", f"{program} is missing"
        pytest.skip(f"{program} is not installed")
    return found


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 400 kB."""
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mount.returncode != 0:
        pytest.skip("a small disk can only be mounted by root; a limit on pages stands for it in tests/store")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave no byte free."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return ballast


class Keeper:
    """A history with hands on its clock."""

    def __init__(self, folder: Path) -> None:
        self.told: list[str] = []
        self.now = 0.0
        self.history = History(folder, raw_every_s=10, days={}, say=self.told.append, clock_s=lambda: self.now)

    def pass_s(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1.0
            self.history.see(snapshot(T0 + self.now))
            if self.now % 60 == 0:
                settle(self.history)
        settle(self.history)

    def wait_for(self, sentences: int) -> None:
        until = time.monotonic() + 20
        while len(self.told) < sentences and time.monotonic() < until:
            time.sleep(0.005)


def seconds_in(path: Path) -> int:
    """Samples in all minutes of the pack, each of which must be there once."""
    with open_history(path) as rows:
        found = rows.execute(
            "SELECT at_s, samples FROM minute JOIN source ON source.id = source WHERE kind = 'pack'"
        ).fetchall()
    assert len({at_s for at_s, _ in found}) == len(found)
    return sum(samples for _, samples in found)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "BATCH_S", 60.0)


@pytest.mark.usefixtures("often")
def test_f17_a_full_disk_costs_nothing_that_waited_and_is_told_once(tmp_path: Path) -> None:
    with small_disk(tmp_path) as disk:
        keeper = Keeper(disk)
        keeper.pass_s(200)
        ballast = fill(disk)
        keeper.pass_s(600)
        keeper.wait_for(1)
        ballast.unlink()
        keeper.pass_s(200)
        keeper.wait_for(2)
        keeper.history.stop()
        assert [told.split(" (")[0] for told in keeper.told] == [
            f"The store {disk / HISTORY} cannot grow because the disk is full; nothing is kept until there is space",
            f"The store {disk / HISTORY} keeps again; what came while it did not is missing in it.",
        ]
        assert seconds_in(disk / HISTORY) == 1000


@pytest.mark.usefixtures("often")
def test_f19_a_damaged_history_is_put_aside_and_a_new_one_begins(tmp_path: Path) -> None:
    path = tmp_path / HISTORY
    path.write_bytes(b"no database" * 1000)
    keeper = Keeper(tmp_path)
    keeper.pass_s(200)
    keeper.history.stop()
    (told,) = keeper.told
    assert "is damaged (file is not a database): it is now called history.db.corrupt-20261120T0000" in told
    assert told.endswith("and a new one begins with nothing.")
    assert seconds_in(path) == 200


@pytest.mark.usefixtures("often")
def test_f19_a_history_that_cannot_be_made_is_told_once() -> None:
    keeper = Keeper(Path("/proc/nowhere"))
    keeper.pass_s(600)
    keeper.history.stop()
    (told,) = keeper.told
    assert told.startswith("The store /proc/nowhere/history.db cannot be written; nothing is kept until it can")


def damaged(tmp_path: Path, seeds: range) -> None:
    """Bytes that were flipped, pieces that were cut out: it goes on with the old file or a new one."""
    sound = tmp_path / "sound"
    sound.mkdir()
    keeper = Keeper(sound)
    keeper.pass_s(2000)
    keeper.history.stop()
    raw = (sound / HISTORY).read_bytes()
    for seed in seeds:
        dice = random.Random(seed)
        bent = bytearray(raw)
        for _ in range(dice.randint(1, 200)):
            bent[dice.randrange(len(bent))] = dice.randrange(256)
        if dice.random() < 0.3:
            del bent[dice.randrange(len(bent)) :]
        folder = tmp_path / str(seed)
        folder.mkdir()
        (folder / HISTORY).write_bytes(bent)
        again = Keeper(folder)
        again.now = 3000.0
        again.pass_s(100)
        again.history.stop()
        # A value that was flipped where no structure shows it stays; what was not is never lost silently.
        assert not [told for told in again.told if "misses something" in told], (seed, again.told)
        assert len(again.told) <= 2, (seed, again.told)


def test_f19_damage_of_any_kind_ends_nothing(tmp_path: Path) -> None:
    damaged(tmp_path, range(12))


@pytest.mark.soak
def test_f19_five_hundred_damages(tmp_path: Path) -> None:
    damaged(tmp_path, range(500))


def kill_loop(path: Path, times: int) -> None:
    dice = random.Random(16)
    before = 0
    for _ in range(times):
        with subprocess.Popen(
            [sys.executable, "-m", "tests.store.historykeeping", str(path), "100000"],
            stdout=subprocess.PIPE,
            cwd=REPOSITORY,
            env=ENVIRONMENT,
            text=True,
        ) as keeper:
            assert keeper.stdout is not None
            assert keeper.stdout.readline().startswith("kept")
            time.sleep(dice.uniform(0, 0.1))
            keeper.kill()
            said = [
                int(line.split()[1]) for line in keeper.stdout.read().splitlines(keepends=True) if line.endswith("\n")
            ]
        found = newest(path)
        assert found >= max([before, *said])
        before = found


def test_f16_killed_at_any_moment_what_was_said_is_there(tmp_path: Path) -> None:
    kill_loop(tmp_path / HISTORY, 3)


@pytest.mark.soak
def test_f16_killed_two_hundred_times(tmp_path: Path) -> None:
    kill_loop(tmp_path / HISTORY, 200)


def test_f16_a_disk_that_reports_errors_costs_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """`fsync` fails three times: what had been said stays, what had not is written again and is there once."""
    strace = needed("strace")
    done = subprocess.run(
        [strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
         "-e", "inject=fsync,fdatasync:error=EIO:when=9..11",
         sys.executable, "-m", "tests.store.historykeeping", str(tmp_path / HISTORY), "30"],
        capture_output=True, cwd=REPOSITORY, env=ENVIRONMENT, text=True, check=False, timeout=60,
    )  # fmt: skip
    told = [line for line in done.stdout.splitlines() if line.startswith("told")]
    assert done.returncode == 0, done.stderr
    assert [sentence.split(" (")[0] for sentence in told] == [
        f"told The store {tmp_path / HISTORY} {Trouble.FAILED.value}",
        f"told The store {tmp_path / HISTORY} keeps again; what came while it did not is missing in it.",
    ]
    assert newest(tmp_path / HISTORY) == 30


def wire(history: History | None, meanwhile: Callable[[float], None] = lambda _: None) -> list[tuple[float, str]]:
    """Every frame to the inverter of a rack of two packs, with its time, in a minute that is made."""
    ear = ear_for("pylontech-can")

    async def main() -> None:
        async with Bench("pylontech-can", 2, ear) as bench:
            for second in range(SECONDS):
                await asyncio.sleep(second + 1 - bench.clock())
                now_s = bench.clock()
                rack = rack_json(bench.rack.rack(), now_s)
                packs = {str(pack["pack"]): pack for pack in rack.pop("packs")}
                if history is not None:
                    rack["freshness"] = "fresh"
                    history.see({"time_s": T0 + now_s, "rack": rack, "packs": packs, "gateway": None})
                meanwhile(now_s)

    run_fast(main())
    return [(sent.at_s, f"{sent.id:X}#{sent.data.hex()}") for words in ear.take() for sent in words.sent]


def test_f17_and_f19_the_wire_is_the_same_byte_for_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a history, with a damaged one, with one that nobody can write, and with a disk that never answers."""
    monkeypatch.setattr(recording, "BATCH_S", 10.0)
    monkeypatch.setattr(following, "_AGAIN_S", 1.0)
    plain = wire(None)
    assert len({frame for _, frame in plain}) > 5
    assert plain[-1][0] > SECONDS - 2
    told: list[str] = []

    def made(folder: Path) -> History:
        now = iter(range(10**9))
        return History(folder, raw_every_s=10, days={}, say=told.append, clock_s=lambda: float(next(now)))

    (tmp_path / HISTORY).write_bytes(b"no database" * 1000)
    for folder in (tmp_path, Path("/proc/nowhere")):
        history = made(folder)
        assert wire(history) == plain
        history.stop()
    assert len(told) == 2

    full = tmp_path / "full"
    full.mkdir()
    made(full).stop()
    with pytest.MonkeyPatch.context() as disk:
        fill_up(disk, pages=1)
        history = made(full)
        assert wire(history) == plain
        history.stop()
    assert len(told) == 3
    assert "the disk is full" in told[-1]

    stuck = threading.Event()
    monkeypatch.setattr(HistoryFile, "write", lambda *_: stuck.wait(60))
    hanging = made(tmp_path)
    assert wire(hanging) == plain
    stuck.set()
    hanging.stop()


def written() -> int:
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return int(dict(line.split(": ") for line in lines)["wchar"])


def write_hours(path: Path, hours: int) -> float:
    """Megabytes that sixteen packs write."""
    dice = random.Random(1)
    recorder = Recorder(10, pytest.fail)
    file = HistoryFile(path, at_s=T0, say=pytest.fail, session="one", days=kept_days({}))
    before = written()
    for at in range(0, hours * 3600 + 1, 10):
        packs = {str(number): reading(dice, number, T0 + at) for number in range(1, PACKS + 1)}
        recorder.take({"time_s": T0 + at, "rack": packs["1"], "packs": packs, "gateway": None}, float(at))
        while recorder.waiting:
            file.write(recorder.waiting.popleft())
    file.close()
    return (written() - before) / 1e6


def test_f18_the_history_stays_within_its_budget_of_wear(tmp_path: Path) -> None:
    assert 0.3 < write_hours(tmp_path / HISTORY, 1) < 20 / 24


@pytest.mark.soak
def test_f18_a_whole_day_within_its_budget_of_wear(tmp_path: Path) -> None:
    assert write_hours(tmp_path / HISTORY, 24) < 18.0
