"""`openress scan` and `openress bus` as a person runs them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.fixedports import free_port
from tests.processes import ENVIRONMENT, here, openress, running

from openress.cli.scan import _text_of_stopped
from openress.rack.survey import Survey
from openress.rack.switchwords import SwitchWords

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals"),
]
FAST = ("--dialect", "pylontech", "--baud", "115200", "--addresses", "1-3")


def described(folder: Path, text: str) -> str:
    path = folder / "bus.toml"
    path.write_text(text)
    return str(path)


def test_a_rack_with_a_gap(tmp_path: Path) -> None:
    packs = "".join(f"[[pack]]\nnumber = {number}\nbaud = 115200\nturnaround_ms = 2\n" for number in (1, 3))
    record = tmp_path / "record"
    line = tmp_path / "line"
    with running("bus", described(tmp_path, packs), f"pty:{line}", "--record", str(record)) as bus:
        assert bus.line() == f"2 packs on one line, on pty:{line}. Ctrl-C stops."
        told = openress("scan", f"serial:{line}", *FAST, "--json")
        assert bus.stop() == 0
    assert told.returncode == 0, told.stderr
    assert told.stderr.startswith("Listening, so as not to talk into somebody else's questions ...\n")
    found = json.loads(told.stdout)
    assert [(pack["pack"], pack["address"], pack["serial"]) for pack in found["packs"]] == [
        (1, 2, "VIRTUAL-0001"),
        (3, 4, "VIRTUAL-0002"),
    ]
    assert found["packs"][1]["switches"] == "ON ON OFF OFF"
    assert [(remark["kind"], remark["packs"]) for remark in found["remarks"]] == [("gap", [2])]
    assert found["tried"] == [{"dialect": "pylontech", "baud": 115200, "packs": [1, 2, 3]}]
    assert {"dialect": "jk-pb", "baud": None} in found["not_tried"]
    who = [line.split(" ", 2)[2].split(":")[0] for line in record.read_text().splitlines()]
    assert set(who) == {"program", "pack 1", "pack 3"}


def test_a_master_that_asks_and_tells_an_inverter(tmp_path: Path) -> None:
    upstream = free_port()
    one = f'[[pack]]\nnumber = 1\nasks = true\nbaud = 115200\nupstream = "tcp-listen://127.0.0.1:{upstream}"\n'
    two = "[[pack]]\nnumber = 2\nbaud = 115200\nturnaround_ms = 2\n"
    line = tmp_path / "line"
    with running("bus", described(tmp_path, one + two), f"pty:{line}", "--json") as bus:
        assert json.loads(bus.line()) == {
            "link": f"pty:{line}",
            "packs": 2,
            "upstream": [{"pack": 1, "link": f"tcp-listen://127.0.0.1:{upstream}"}],
        }
        deadline_s = time.monotonic() + 60.0
        packs: list[dict[str, object]] = []
        # The master has heard of a pack before it knows its number.
        while sum("serial" in pack for pack in packs) < 2 and time.monotonic() < deadline_s:
            read = openress("read", f"tcp://127.0.0.1:{upstream}", "--json")
            packs = json.loads(read.stdout)["packs"] if read.returncode == 0 else []
    assert [(pack["pack"], pack["serial"]) for pack in packs] == [(1, "VIRTUAL-0001"), (2, "VIRTUAL-0002")]


def test_a_scan_that_is_stopped_tells_what_it_found(tmp_path: Path) -> None:
    text = "[[pack]]\nnumber = 1\nbaud = 115200\nturnaround_ms = 2\n"
    line, ways = tmp_path / "line", ("--dialect", "pylontech", "--dialect", "pace", "--baud", "115200", "--thorough")
    with running("bus", described(tmp_path, text), f"pty:{line}") as bus:
        bus.line()
        words = [sys.executable, "-m", "openress", "scan", f"serial:{line}", *ways]
        scan = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
        assert scan.stderr is not None
        asked: list[str] = []
        while len(asked) < 2:
            told = scan.stderr.readline()
            assert told, "the scan ended by itself"
            asked += [told] if told.startswith("Asking in") else []
        scan.send_signal(signal.SIGINT)
        told = scan.communicate(timeout=20)[0]
    assert scan.returncode == 130
    assert told.startswith(f"serial:{line}: 1 pack answers.\n")
    assert "The scan was stopped; asked until then: Pylontech" in told


def test_a_scan_that_is_stopped_at_once_says_so() -> None:
    told = _text_of_stopped("serial:x", Survey(), SwitchWords(None))
    assert told == "The scan was stopped before anybody answered. Run it again for what is missing."


def test_nothing_answers(tmp_path: Path) -> None:
    line = tmp_path / "line"
    with running("bus", described(tmp_path, ""), f"pty:{line}") as bus:
        bus.line()
        done = openress("scan", f"serial:{line}", *FAST)
    assert done.returncode == 1
    assert done.stdout.startswith("! Nothing answers. Check that the packs are on,")
    assert "Not tried: jk-pb, because it is asked by an order to write a register" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("serial:/dev/null-port", "--dialect", "pylontec"), "no dialect 'pylontec'; did you mean pylontech"),
        (("serial:/dev/null-port", "--addresses", "4-2"), "'4-2' is neither a number nor a span such as 2-5"),
        (("serial:/dev/null-port", "--addresses", "x"), "'x' is neither a number nor a span"),
        (("tcp://127.0.0.1:1", "--baud", "9600"), "not ours to set; set it at the serial server"),
    ],
)
def test_what_cannot_be_tried_ends_with_2(arguments: tuple[str, ...], sentence: str) -> None:
    done = here("scan", *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr


def test_a_line_that_cannot_be_opened_ends_with_1(tmp_path: Path) -> None:
    done = openress("scan", f"serial:{tmp_path}/nothing")
    assert done.returncode == 1
    assert "there is no such device" in done.stderr


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[pack]]\nnumber = 1\nbauds = 9600\n", "pack entry 1: there is no key bauds; did you mean baud?"),
        ("noises = 1\n", "there is no key noises; did you mean noise?"),
        ("noise = 2.0\n", "noise must be at most 1, not 2.0."),
        ("[[pack]]\nnumber = 1\n\n[[pack]]\n", "pack entry 2: number is missing; add it."),
        (
            '[[pack]]\nnumber = 1\ndialect = "pilontech"\n',
            "pack entry 1: There is no dialect 'pilontech'; did you mean",
        ),
        ("[[pack]]\nnumber = 2\nasks = true\n", "pack entry 1: only pack 1, the master, asks the others"),
        ('[[pack]]\nnumber = 2\nupstream = "tcp-listen://127.0.0.1:0"\n', "pack 2 is a slave and tells an inverter"),
        ("pack = ", "is not in TOML"),
    ],
)
def test_a_file_that_cannot_be_used(text: str, sentence: str, tmp_path: Path) -> None:
    done = here("bus", described(tmp_path, text), f"pty:{tmp_path}/line")
    assert done.returncode == 2
    assert sentence in done.stderr


def test_a_shared_line_is_not_put_on_a_real_one(tmp_path: Path) -> None:
    done = here("bus", described(tmp_path, ""), "serial:/dev/ttyUSB0")
    assert done.returncode == 2
    assert "is given to others as pty:PATH or tcp-listen://HOST:PORT" in done.stderr
    assert here("bus", str(tmp_path / "none.toml"), f"pty:{tmp_path}/line").returncode == 2
