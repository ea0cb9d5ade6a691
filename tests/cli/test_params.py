"""`openress params`, `logs` and `control` as a person runs them, over a pseudo-terminal."""

from __future__ import annotations

import json
import os
import select
import signal
import sqlite3
import subprocess
import sys
import time
import tty
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.cli.packbench import Bench, bench
from tests.processes import ENVIRONMENT, here, openress
from tests.store.test_changes import INTENT

from openress.catalog import load_product
from openress.journalling import LocalJournal
from openress.params import ParameterSet

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals"),
]
NEW = (
    "pack_ov_alarm_v=55",
    "cell_ov_alarm_mv=3490",
    "pack_uv_alarm_v=47",
    "cell_uv_alarm_mv=2850",
    "charge_oc_alarm_a=100",
    "mos_ot_alarm_c=95",
    "short_circuit_delay_us=250",
    "balance_delta_mv=40",
    "sleep_delay_min=10",
    "soc_low_alarm_pct=10",
)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """Batteries for the cases in which nothing is changed, by dialect."""
    folder = tmp_path_factory.mktemp("lines")
    with bench(folder, dialect="pace") as pace, bench(folder / "other", dialect="pylontech") as pylontech:
        yield {"pace": pace.line, "pylontech": pylontech.line}


@pytest.fixture
def on(lines: dict[str, Path], tmp_path: Path) -> Bench:
    """A battery that nobody changes, and a folder of one's own."""
    return Bench(tmp_path, line=lines["pace"])


@pytest.mark.req("REQ-206", "REQ-207", "REQ-213")
def test_settings_are_read_written_compared_cloned_restored_and_taken_back(tmp_path: Path) -> None:
    with bench(tmp_path, "--packs", "2") as on:
        factory = on.values()
        assert len(factory) == 51
        assert "  cell_ov_alarm_mv            3500 mV   factory 3500 mV" in on.done("params", "read").splitlines()
        written = on.done("params", "write", "cell_ov_alarm_mv=3490", "pack_ov_release_v=53.5", "--yes")
        assert written.splitlines() == [
            "Pack 1 (VIRTUAL-0001):",
            "  pack_ov_release_v           54.08 V  ->  53.5 V",
            "  cell_ov_alarm_mv            3500 mV  ->  3490 mV",
            "Written and read back: 2 of 2; change 1.",
        ]
        assert on.values() == {**factory, "cell_ov_alarm_mv": 3490, "pack_ov_release_v": 53.5}
        assert "differs from factory in 2 of 51 settings." in on.done("params", "diff")
        assert "* cell_ov_alarm_mv            3490 mV   factory 3500 mV" in on.done(
            "params", "read", "cell_ov_alarm_mv"
        )
        assert "differs from pack 2 in 2 of 51" in on.done("params", "diff", "--with-pack", "2")
        saved = tmp_path / "saved.json"
        saved.write_text(on.done("params", "read", "--json"))
        assert "Pack 2 (VIRTUAL-0002):" in on.done("params", "clone", "--to", "2", "--yes")
        assert "differs from pack 2 in 0 of 51" in on.done("params", "diff", "--with-pack", "2")
        on.done("params", "restore", "--yes")
        assert on.values() == factory
        assert "differs from" in on.done("params", "diff", "--file", str(saved))
        on.done("params", "restore", "--file", str(saved), "cell_ov_alarm_mv", "--yes")
        assert on.values() == {**factory, "cell_ov_alarm_mv": 3490}
        assert "has these settings already" in on.done("params", "write", "cell_ov_alarm_mv=3490", "--yes")
        on.done("params", "undo", "--yes")
        on.done("params", "undo", "--yes")
        assert on.values() == {**factory, "cell_ov_alarm_mv": 3490, "pack_ov_release_v": 53.5}
        journal = on.journal()
        who = journal.splitlines()[0].split(" by ")[1].removesuffix(": done")
        kinds = [line.split("  ", 3)[3].split(" by ")[0] for line in journal.splitlines() if f" by {who}" in line]
        assert kinds == ["write", "clone", "restore", "restore", "undo of change 3", "undo of change 2"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["write", "cell_ov_alarm_mv=3700", "--yes"], 2, "must be below cell_ov_protect_mv (3650 mV)"),
        (["write", "cell_ov_protect_mv=3700", "--yes"], 2, "an LFP cell is damaged above 3.65 V"),
        (["write", "balance_delta_mv=5000", "--yes"], 2, "must be from 20 mV to 500 mV"),
        (["write", "cell_ov_alrm_mv=3", "--yes"], 2, "did you mean cell_ov_alarm_mv?"),
        (["write", "cell_ov_alarm_mv", "--yes"], 2, "write KEY=VALUE"),
        (["write", "cell_ov_alarm_mv=a", "--yes"], 2, "'a' is no number; give it in mV"),
        (["write", "cell_ov_alarm_mv=1", "cell_ov_alarm_mv=2", "--yes"], 2, "is given twice"),
        (["write", "cell_ov_alarm_mv=nan", "--yes"], 2, "or no number"),
        (["write", "cell_ov_alarm_mv=3490"], 2, "there is no terminal to ask at"),
        (["restore", "--file", "none.json", "--yes"], 2, "cannot be read"),
        (["clone", "--to", "1", "--yes"], 2, "cannot be cloned into itself"),
        (["undo", "--yes"], 2, "no change of pack 1 (VIRTUAL-0001) that could be taken back"),
        (["read", "--pack", "7"], 1, "pack 7 (address 7) does not answer"),
        (["write", "balance_delta_mv=40", "--yes", "--product", "syscom-a5l-48v"], 2, "has 16 cells in series"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(words: list[str], code: int, said: str, on: Bench) -> None:
    done = on.run("params", words[0], *words[1:], "--timeout-s", "0.2")
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize("how", ["recover", "write"])
def test_f28_a_write_that_was_killed_is_found_and_put_back_by_the_next_command(tmp_path: Path, how: str) -> None:
    with bench(tmp_path) as on:
        factory = dict(ParameterSet.defaults(load_product("syscom-a5l-51v2")))
        killed = _killed(on)
        assert killed.returncode == -signal.SIGKILL
        looked = on.run("params", "read", "--json")
        assert "never ended" in looked.stderr
        assert "`openress params recover` puts the old values back." in looked.stderr
        between = json.loads(looked.stdout)["values"]
        changed = {key for key, value in between.items() if value != factory[key]}
        assert changed
        assert changed < {word.partition("=")[0] for word in NEW}
        assert ": never ended" in on.journal()
        if how == "recover":
            again = on.run("params", "recover", "--json")
            (taken_up,) = json.loads(again.stdout)["changes"]
            assert (taken_up["change"], taken_up["outcome"]) == (1, "restored")
            expected = factory
        else:
            again = on.run("params", "write", "cell_uv_release_mv=2950", "--yes")
            expected = {**factory, "cell_uv_release_mv": 2950}
        assert again.returncode == 0, again.stderr
        assert "ends as restored: all values are as they were before, because it was interrupted." in again.stderr
        assert on.values() == expected
        assert ": restored" in on.journal()
        assert on.run("params", "recover").stdout == "Pack 1 (VIRTUAL-0001) has no change that never ended.\n"
        assert json.loads(on.run("params", "recover", "--json").stdout)["changes"] == []


def _killed(on: Bench) -> subprocess.Popen[bytes]:
    """A write that is killed after some of its orders: the fifth question after its beginning gets no answer."""
    near, device = os.openpty()
    far = os.open(on.line, os.O_RDWR | os.O_NOCTTY)
    for terminal in (device, far):
        tty.setraw(terminal)
    tapped = Bench(on.data.parent, line=Path(os.ttyname(device)))
    command = [sys.executable, "-m", "openress", *tapped.arguments("params", "write", *NEW, "--yes")]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        questions, deadline = 0, time.monotonic() + 30
        while questions < 5:
            assert time.monotonic() < deadline
            assert process.poll() is None
            for source in select.select([near, far], [], [], 0.1)[0]:
                said = os.read(source, 4096)
                questions += source == near and b"\r" in said and _begun(on.data / "service.db")
                if questions < 5:
                    os.write(far if source == near else near, said)
        process.kill()
    for terminal in (near, device, far):
        os.close(terminal)
    return process


def _begun(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as rows:
            return bool(rows.execute("SELECT count(*) FROM change").fetchone()[0])
    except sqlite3.OperationalError:
        return False


async def test_two_do_not_write_at_once(on: Bench) -> None:
    with LocalJournal(on.data, at_s=time.time(), say=pytest.fail, writes=True) as other:  # noqa: TID251  # of a test
        await other.begin(replace(INTENT, serial="VIRTUAL-0001"))
        refused = on.apart("params", "write", "balance_delta_mv=50", "--yes")
        looked = on.apart("params", "read", "balance_delta_mv")
        under_way = openress("params", "journal", "--data", str(on.data)).stdout
    interrupted = on.apart("params", "read", "balance_delta_mv")
    assert refused.returncode == 1
    assert "wait until it has finished" in refused.stderr
    assert looked.returncode == 0
    assert "Another program changes packs from here now" in looked.stderr
    assert ": under way" in under_way
    assert "never ended" in interrupted.stderr


def asked(on: Bench, words: Sequence[str], answer: str | int) -> tuple[int, str]:
    """Exit code and what was shown, of a command at a terminal that is given an answer, or a signal."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "openress", *on.arguments(*words)]
    with subprocess.Popen(command, env=ENVIRONMENT, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while b"?" not in shown:
            shown += os.read(ours, 4096)
        if isinstance(answer, int):
            # Python loses a signal that comes just before it begins to wait for a line; a person is never so quick.
            time.sleep(0.5)
            process.send_signal(answer)
        else:
            os.write(ours, answer.encode() + b"\n")
        while True:
            try:
                more = os.read(ours, 4096)
            except OSError:
                break
            if not more:
                break
            shown += more
        code = process.wait(timeout=20)
    os.close(ours)
    return code, shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("answer", "code", "value"),
    [
        ("y", 0, 3490),
        ("n", 1, 3500),
        (signal.SIGINT, 130, 3500),
        (signal.SIGTERM, -signal.SIGTERM, 3500),
    ],
)
def test_a_person_is_asked_before_a_write(on: Bench, answer: str | int, code: int, value: float) -> None:
    try:
        got, shown = asked(on, ("params", "write", "cell_ov_alarm_mv=3490"), answer)
        assert "cell_ov_alarm_mv            3500 mV  ->  3490 mV" in shown
        assert "Write this into pack 1 (VIRTUAL-0001)?" in shown
        assert got == code, shown
        assert on.values()["cell_ov_alarm_mv"] == value
    finally:
        on.run("params", "write", "cell_ov_alarm_mv=3500", "--yes")


@pytest.mark.req("REQ-203")
def test_a_shutdown_takes_the_serial_number_typed(tmp_path: Path) -> None:
    with bench(tmp_path) as on:
        for typed, code in (("y", 1), ("", 1), ("VIRTUAL-0001", 0)):
            got, shown = asked(on, ("control", "shutdown", "--force"), typed)
            assert "Order forced shutdown of pack 1 (VIRTUAL-0001)? Type VIRTUAL-0001 to agree" in shown
            assert got == code, shown
            done = on.run("params", "read", "soc_low_alarm_pct", "--timeout-s", "0.2")
            assert (done.returncode == 0) is (code != 0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("params", "read"), "has no way to read or change settings"),
        (("params", "restore", "--yes"), "has no way to read or change settings"),
        (("logs", "read"), "has no way to read records"),
        (("control", "clock"), "has no way to read or set a clock"),
        (("control", "buzzer", "on", "--yes"), "has no way to switch the buzzer"),
    ],
)
def test_what_a_dialect_cannot_do_is_one_sentence(
    words: tuple[str, ...], said: str, lines: dict[str, Path], tmp_path: Path
) -> None:
    done = Bench(tmp_path, "pylontech", lines["pylontech"]).run(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_journal_that_is_not_there_yet(tmp_path: Path) -> None:
    done = here("params", "journal", "--data", str(tmp_path / "none"))
    assert done.returncode == 2
    assert "nothing was changed from here" in done.stderr
    assert not (tmp_path / "none").exists()
