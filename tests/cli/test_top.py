"""`openress top`: what a frame shows, in windows of any size, and the command itself at a terminal and without one."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any, Literal

import pytest
from click.testing import CliRunner
from rich.console import Console
from tests.processes import ENVIRONMENT, Running, here, openress, running

from openress.cli.main import main
from openress.cli.top import command
from openress.cli.topframe import frame
from openress.errors import PortError

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def pack(number: int, **more: Any) -> dict[str, Any]:
    values = {
        "pack": number,
        "soc_pct": 50.4,
        "pack_voltage_v": 52.881,
        "pack_current_a": -2.6,
        "cell_voltage_min_mv": 3305,
        "cell_voltage_max_mv": 3309,
        "temperature_min_c": 24.3,
        "temperature_max_c": 25.4,
        "charge_current_limit_a": 50.0,
        "discharge_current_limit_a": 99.0,
        "state": "DISCHARGE",
        "alarms": [],
        "age_s": 0.4,
        "freshness": "fresh",
    }
    return values | more


def snapshot(*packs: dict[str, Any], **more: Any) -> dict[str, Any]:
    rack = {"title": "Syscom A5L 51.2 V", "sentence": "Discharging with 8 A.", "pack_voltage_v": 52.9, "findings": []}
    connection = {"state": "normal", "title": "Communication Normal", "sentence": "Packs 1 to 4 answer."}
    head = {"version": "0.1.0", "time_s": 0.0, "rack": rack, "connection": connection, "gateway": None}
    return head | {"packs": {str(one["pack"]): one for one in packs}} | more


def shown(
    told: dict[str, Any], *, width: int = 80, height: int | None = 24, colour: bool = False, note: str = ""
) -> str:
    system: Literal["standard"] | None = "standard" if colour else None
    console = Console(file=StringIO(), width=width, force_terminal=colour, color_system=system, highlight=False)
    console.print(frame(told, width=width, height=height, note=note))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [40, 47, 55, 63, 70, 71, 80, 100])
def test_a_narrow_window_leaves_columns_out_and_cuts_none_short(width: int) -> None:
    told = snapshot(pack(1, pack_current_a=-120.6), pack(12, temperature_min_c=-5.0, age_s=1000.0))
    told["rack"] |= {"pack_current_a": -120.6, "charge_current_limit_a": 660.0, "charge_voltage_limit_v": 56.0}
    lines = shown(told, width=width).splitlines()
    assert all(len(line) <= width for line in lines)
    assert "…" not in "".join(lines)
    assert re.search(r" \d\d:\d\d:00$", lines[0])
    assert "in 660 A to 56.0 V" in "\n".join(lines)
    head = next(line for line in lines if line.startswith("Pack"))
    assert head.split()[:2] == ["Pack", "SOC"]
    assert {"Amp", "State"} <= set(head.split())
    row = next(line for line in lines if line.startswith("   1 "))
    assert row.split()[:2] == ["1", "50%"]
    assert "-120.6" in row
    assert "discharge" in row
    assert ("In A" in head) is (width >= 71)


def test_a_frame_has_rack_packs_inverter_and_alarms() -> None:
    gateway = {
        "title": "Victron",
        "state": "live",
        "sentence": "The inverter is told 56.0 V, 66.0 A in, 72.0 A out.",
        "explanation": {"sentence": "Charging is limited to 66 A because the limit rises slowly after a start."},
        "alarms": [{"trouble": "silent", "sentence": "The inverter has not been heard for 20 s."}],
    }
    told = snapshot(pack(1), pack(2, alarms=["soc_low"], temperature_min_c=None), gateway=gateway)
    lines = shown(told).splitlines()
    assert lines[1] == "Discharging with 8 A."
    assert lines[3].split() == [
        "Pack",
        "SOC",
        "Volt",
        "Amp",
        "Cell",
        "min",
        "max",
        "mV",
        "Temp",
        "In",
        "A",
        "Out",
        "A",
        "State",
        "Age",
    ]
    assert lines[4].split() == [
        "1",
        "50%",
        "52.88",
        "-2.6",
        "3305",
        "3309",
        "4",
        "24-25",
        "50",
        "99",
        "discharge",
        "0s",
    ]
    assert " ".join(lines[5].split()) == "2 50% 52.88 -2.6 3305 3309 4 - 50 99 discharge 0s"
    assert lines[6:] == [
        "Inverter  Victron: The inverter is told 56.0 V, 66.0 A in, 72.0 A out.",
        "Why  Charging is limited to 66 A because the limit rises slowly after a start.",
        "! Pack 2 warns: soc low.",
        "! The inverter has not been heard for 20 s.",
    ]


def test_old_values_are_grey_and_have_their_age() -> None:
    told = snapshot(pack(1), pack(2, freshness="stale", standing="lost", age_s=42.0), pack(3, age_s=None))
    lines = shown(told, colour=True).splitlines()
    assert "\x1b[2m" not in lines[4]
    assert "\x1b[2m" in lines[5]
    assert "lost" in lines[5]
    assert "42s" in lines[5]
    everything = shown(told, colour=True, note="No OpenRESS answers.").splitlines()
    assert all("\x1b[2m" in line for line in everything[5:8])
    assert "No OpenRESS answers." in everything[2]


def test_what_is_wrong_stands_out() -> None:
    lines = shown(snapshot(pack(1, protections=["cell_over_voltage"]), pack(2, alarms=["soc_low"])), colour=True)
    assert "\x1b[31m" in next(line for line in lines.splitlines() if "52.88" in line)
    assert "\x1b[1;31m! Pack 1 protects itself: cell over voltage." in lines


def test_how_the_connection_stands_is_told_when_it_is_not_well() -> None:
    lost = {"state": "lost", "title": "Communication Lost", "sentence": "No pack has answered for 9 s."}
    assert "Communication Lost: No pack has answered for 9 s." in shown(snapshot(connection=lost))
    assert "Communication" not in shown(snapshot(pack(1)))


@pytest.mark.parametrize("count", [0, 1, 15, 64])
def test_a_frame_fits_80_columns_and_24_lines(count: int) -> None:
    longest = {"soc_pct": 100.0, "pack_current_a": -105.5, "charge_current_limit_a": 100.0, "temperature_max_c": -12.0}
    packs = [pack(number + 1, **longest, freshness="stale", age_s=599.0) for number in range(count)]
    gateway = {"title": "Victron", "state": "live", "sentence": "word " * 99, "why": ["word " * 99], "alarms": []}
    lines = shown(snapshot(*packs, gateway=gateway)).splitlines()
    assert len(lines) <= 24
    assert all(len(line) <= 80 for line in lines)
    assert not any("…" in line for line in lines)
    rows = [line for line in lines if "stale" in line]
    more = [line for line in lines if "packs more" in line]
    assert more == ([] if len(rows) == count else [f"and {count - len(rows)} packs more; a higher window shows them"])
    assert len(shown(snapshot(*packs, gateway=gateway), height=None).splitlines()) > count


@pytest.fixture(scope="module")
def rack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, Running]]:
    """A running `openress up`: its page and a line to its packs."""
    folder = tmp_path_factory.mktemp("top")
    line, config = folder / "line", folder / "bench.toml"
    config.write_text(f'[rack]\npacks = 2\n[[links]]\nurl = "pty:{line}"\ndialect = "pace"\n')
    words = ("--config", str(config), "--data", str(folder / "data"), "--http", "127.0.0.1:0", "--no-browser")
    with running("up", *words) as up:
        url = ""
        while (said := up.line()) != "Ctrl-C stops.":
            url = said.split()[-1] if "  page  " in said else url
        yield url, line, up


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_without_a_terminal_one_frame_or_one_snapshot_is_printed(rack: tuple[str, Path, Running]) -> None:
    url, line, _ = rack
    once = openress("top", "--url", url)
    assert once.returncode == 0, once.stderr
    assert "Inverter  " in once.stdout
    assert "\x1b" not in once.stdout
    straight = openress("top", f"serial:{line}", "--json")
    assert straight.returncode == 0, straight.stderr
    told = json.loads(straight.stdout)
    assert list(told["packs"]) == ["1", "2"]
    assert told["virtual"] is False
    assert told["connection"]["title"] == "Communication Normal"
    assert told["packs"]["1"]["pack_voltage_v"] > 40


@pytest.mark.soak
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_at_a_terminal_q_quits_and_everything_is_put_back(rack: tuple[str, Path, Running]) -> None:
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    before = termios.tcgetattr(theirs)
    environment = ENVIRONMENT | {"TERM": "xterm", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "openress", "top", "--url", rack[0]]
    with subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        seen = b""
        while seen.count(b"q quits") < 2:
            seen += os.read(ours, 4096)
        os.write(ours, b"q")
        while b"\x1b[?1049l" not in seen:
            seen += os.read(ours, 4096)
        assert process.wait(timeout=20) == 0
    assert termios.tcgetattr(theirs) == before
    os.close(theirs)
    os.close(ours)
    assert b"\x1b[?1049h" in seen
    assert b"Syscom A5L" in seen
    assert re.search(rb"\x1b\[[0-9;]*3[0-7]m", seen) is None


def test_what_cannot_be_shown_is_told_in_a_sentence() -> None:
    both = here("top", "serial:/dev/x", "--url", "http://127.0.0.1:1")
    assert (both.returncode, both.stderr) == (2, "openress: Give a LINK or --url, not both.\n")
    nobody = here("top", "--url", "http://127.0.0.1:1", "--json")
    assert nobody.returncode == 1
    assert "No OpenRESS answers at http://127.0.0.1:1" in nobody.stderr
    assert here("top", "--url", "file:///etc/passwd").returncode == 2


@pytest.mark.parametrize("how", ["--once", "--json"])
def test_one_frame_of_a_port_that_is_not_there_is_an_error(
    how: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["openress", "top", "serial:/dev/nosuch", how])
    with pytest.raises(SystemExit) as end:
        main()
    out, err = capsys.readouterr()
    assert (end.value.code, out) == (1, "")
    assert err.startswith("openress: serial:/dev/nosuch cannot be opened: there is no such device. ")
    assert len(err.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_one_frame_of_a_line_on_which_nobody_answers_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openress.cli.top.FIRST_WITHIN_S", 0.5)
    ours, theirs = os.openpty()
    try:
        silent = CliRunner().invoke(command, [f"serial:{os.ttyname(theirs)}", "--once"])
    finally:
        os.close(theirs)
        os.close(ours)
    assert silent.output == ""
    assert isinstance(silent.exception, PortError)
    assert re.fullmatch(r"No pack answers on \S+ yet: check that they are on, the cable, .*", str(silent.exception))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_whoever_waits_at_a_terminal_sees_for_what(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openress.cli.top.FIRST_WITHIN_S", 0.2)
    monkeypatch.setattr("openress.cli.progress._watched", lambda *, as_json: not as_json)
    ours, theirs = os.openpty()
    link = f"serial:{os.ttyname(theirs)}"
    try:
        shown, told = (CliRunner().invoke(command, [link, how]) for how in ("--once", "--json"))
    finally:
        os.close(theirs)
        os.close(ours)
    assert f"Looking who answers on {link} ..." in shown.stderr
    assert told.stderr == ""
