"""A battery served on one end of a line and read on the other, as a person runs them."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.processes import REPOSITORY, here, openress, running

STATE = REPOSITORY / "docs" / "examples" / "rack.json"
PACKS: list[dict[str, Any]] = json.loads(STATE.read_text())["packs"]

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


ANY = "tcp-listen://127.0.0.1:0"


def tcp(line: str) -> str:
    match = re.search(r"tcp-listen://(\S+:\d+)\.", line)
    assert match is not None, line
    return f"tcp://{match[1]}"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_read_gives_back_the_file_over_a_pseudo_terminal(tmp_path: Path) -> None:
    line = tmp_path / "rack"
    with running("serve", "pylontech", f"pty:{line}", "--state", str(STATE)) as battery:
        battery.line()
        done = openress("read", f"serial:{line}", "--json")
    assert done.returncode == 0, done.stderr
    rack = json.loads(done.stdout)
    assert rack["modules"] == 4
    for entry, pack in zip(rack["packs"], PACKS, strict=True):
        assert entry["freshness"] == "fresh"
        for key in ("serial", "cell_voltages_mv", "temperatures_c", "env_temperature_c", "pack_current_a", "cycles"):
            assert entry[key] == pack[key], key
        assert entry["alarms"] == pack.get("alarms", [])
    # One bit stands for pack and cell over-voltage: both are told.
    assert rack["packs"][2]["protections"] == ["cell_over_voltage", "pack_over_voltage"]
    # Pack 3 protects itself and its charge switch is open: it leaves the sum of the others.
    assert rack["packs"][2]["switches"] == {"charge": False, "discharge": True}
    assert rack["charge_current_limit_a"] == pytest.approx(3 * 12.3)


def test_what_read_prints_can_be_served_again(tmp_path: Path) -> None:
    with running("serve", "pylontech", "tcp-listen://127.0.0.1:0", "--state", str(STATE)) as battery:
        first = openress("read", tcp(battery.line()), "--json")
    again = tmp_path / "again.json"
    again.write_text(first.stdout)
    with running("serve", "pylontech", "tcp-listen://127.0.0.1:0", "--state", str(again)) as battery:
        second = openress("read", tcp(battery.line()), "--json")
    # The bit that stands for cell and pack over-voltage makes two names of one; the second reading tells both.
    strip = ("link", "packs", "alarms")
    one, two = json.loads(first.stdout), json.loads(second.stdout)
    assert {k: v for k, v in one.items() if k not in strip} == {k: v for k, v in two.items() if k not in strip}
    for before, after in zip(one["packs"], two["packs"], strict=True):
        same = {"age_s": 0, "alarms": []}
        assert before | same == after | same


def test_the_file_may_be_edited_while_it_is_served_and_a_spoilt_one_silences_the_battery(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    pack = dict(PACKS[0])
    state.write_text(json.dumps(pack))
    with running("serve", "pylontech", "tcp-listen://127.0.0.1:0", "--state", str(state)) as battery:
        link = tcp(battery.line())
        assert json.loads(here("read", link, "--pack", "1", "--json").stdout)["pack_current_a"] == 12.3
        state.write_text(json.dumps(pack | {"pack_current_a": -7.5}))
        assert json.loads(here("read", link, "--pack", "1", "--json").stdout)["pack_current_a"] == -7.5
        state.write_text("{")
        # Old values hold for as long as pack data may be old, not longer.
        deadline = time.monotonic() + 20
        while (done := here("read", link, "--pack", "1", "--timeout-s", "0.1")).returncode == 0:
            assert time.monotonic() < deadline
            time.sleep(1)
        assert "pack 1 (address 2) does not answer" in done.stderr


def test_a_table_for_people() -> None:
    with running("serve", "pylontech", "tcp-listen://127.0.0.1:0", "--state", str(STATE)) as battery:
        done = openress("read", tcp(battery.line()))
    assert "Pack 1 (address 2)" in done.stdout
    assert "53.127 V  +12.3 A" in done.stdout
    assert "Alarms            cell_under_voltage" in done.stdout


def test_watch_goes_on_until_it_is_stopped_and_tells_when_the_battery_is_gone() -> None:
    with running("serve", "pylontech", "tcp-listen://127.0.0.1:0", "--state", str(STATE)) as battery:
        link = tcp(battery.line())
        with running("read", link, "--pack", "2", "--json", "--watch") as reader:
            first, second = json.loads(reader.line()), json.loads(reader.line())
            assert first["packs"][0]["pack"] == second["packs"][0]["pack"] == 2
            assert reader.stop() == 0
        with running("read", link, "--pack", "2", "--json", "--watch") as reader:
            reader.line()
            battery.stop()
            assert reader.process.wait(timeout=20) == 1
            assert "tcp://" in reader.stderr.read()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_busy_port_is_named(tmp_path: Path) -> None:
    line = tmp_path / "rack"
    with running("serve", "pylontech", f"pty:{line}", "--state", str(STATE)) as battery:
        battery.line()
        with running("read", f"serial:{line}", "--watch", "--json") as reader:
            reader.line()
            done = openress("read", f"serial:{line}")
    assert done.returncode == 1
    assert "busy" in done.stderr
    assert done.stderr.count("\n") == 1


def one_pack(**changes: object) -> str:
    return json.dumps({"packs": [PACKS[0] | changes]})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"packs": [}', "is no JSON: Expecting value in line 1, column 12."),
        ("[]", "describes no battery"),
        ('{"packz": []}', "has an unknown key 'packz'; did you mean packs?"),
        (
            one_pack(cell_voltage_mv=[1]),
            "packs[0] has an unknown key 'cell_voltage_mv'; did you mean cell_voltages_mv?",
        ),
        (one_pack(soc_pct="full"), "packs[0].soc_pct is 'full': a number is needed."),
        (one_pack(cycles=1.5), "packs[0].cycles is 1.5: a whole number is needed."),
        (one_pack(alarms=["cell_overvoltage"]), "'cell_overvoltage'; did you mean cell_over_voltage?"),
        (one_pack(switches={"chrge": True}), "has an unknown key 'chrge'; did you mean charge?"),
        (one_pack(pack_current_a=None), "packs[0] needs pack_current_a."),
        (one_pack(cell_voltages_mv=[3300] * 15), "has 15 cells, syscom-a5l-51v2 has 16"),
        (one_pack(charge_current_limit_a=-5), "limits are magnitudes, 0 or more."),
        ('{"packs": [1]}', "describes no battery"),
    ],
)
def test_a_bad_state_file_is_one_clear_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    state = tmp_path / "state.json"
    state.write_text(content)
    arguments = ["--state", str(state), "--product", "syscom-a5l-51v2"]
    done = here("serve", "pylontech", "tcp-listen://127.0.0.1:0", *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.startswith("openress: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["serve", "pylontech", ANY, "--state", "nothing.json"], 2, "nothing.json cannot be read"),
        (["serve", "pylontec", "tcp-listen://127.0.0.1:0", "--state", "x"], 2, "did you mean pylontech?"),
        (["serve", "pylontech-can", "tcp-listen://127.0.0.1:0", "--state", "x"], 2, "pylontech-can cannot be served"),
        (["serve", "pylontech", "/dev/ttyUSB0", "--state", "x"], 2, "serial:/dev/ttyUSB0"),
        (["serve", "pylontech", ANY, "--state", str(STATE), "--product", "syscom-a5l"], 2, "did you mean"),
        (["serve", "pylontech", ANY, "--state", str(STATE), "--packs", "5"], 2, "has 4 packs, 5 are wanted"),
        (["serve", "pylontech", ANY, "--state", str(STATE), "--packs", "0"], 2, "0 is not in the range x>=1"),
        (["read", "serial:/dev/ttyNOPE"], 1, "/dev/ttyNOPE cannot be opened: there is no such device"),
        (["read", "serial:/dev/ttyUSB0?boud=9600"], 2, "did you mean baud?"),
        (["read", "serail:/dev/ttyUSB0"], 2, "did you mean serial:/dev/ttyUSB0"),
        (["read", "tcp://127.0.0.1:1"], 1, "tcp://127.0.0.1:1"),
        (["read", "tcp-listen://127.0.0.1:1"], 2, "waits for others to connect"),
        (["read", "tcp://127.0.0.1:1", "--pack", "15"], 2, "there is no address for pack 15"),
        (["read", "tcp://127.0.0.1:1", "--dialect", "pylontech-can"], 2, "pylontech-can cannot be read"),
    ],
)
def test_what_cannot_be_done_is_one_clear_sentence(arguments: list[str], code: int, sentence: str) -> None:
    done = here(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
