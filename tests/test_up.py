"""`openress up` as a person runs it: a rack that lives, links that agree with the page, mistakes told in a sentence."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from openress.ports import PtyLink
from openress.ports.pty import open_pty
from openress.sites.kept import CONNECTION
from tests.fixedports import USUAL, alone_at
from tests.processes import openress, running
from tests.uprig import ANY, Up, arguments, config, up

needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
MOVING = """
[rack]
soc_pct = [80, 60, 40, 20]
[load]
kind = "constant"
current_a = -80
"""


@needs_pty
def test_python_pylontech_reads_what_the_page_shows(tmp_path: Path) -> None:
    """The rack moves while it is read, so every value must lie between the least and the most that the page showed.

    The page is asked before, between and after the readings; it shows values that are up to a second old. Beyond its
    range is allowed what a sensor's noise adds from one look to the next (deviations of 0.3 mV, 2 mV, 0.03 A and 0.03
    degrees in openress.sim.parameters, four of them in either direction) and one step of its reading.
    """
    from pylontech import Pylontech  # noqa: PLC0415  # a third party, imported where it is used

    path = tmp_path / "openress.toml"
    path.write_text(f'{MOVING}[[links]]\nurl = "pty:{tmp_path / "rack"}"\n[[links]]\nurl = "tcp-listen://{ANY}"\n')
    with up(tmp_path) as rack:
        settled(rack)
        client = Pylontech(str(tmp_path / "rack"), 9600)
        client.s.timeout = 20
        client.s.readline = partial(client.s.read_until, b"\r")  # it waits for a line feed that does not come
        with closing(client.s):
            shown = [rack.get()["packs"]]
            together = client.get_values()
            alone, limits, serials = [], [], []
            for address in (2, 3, 4, 5):
                shown.append(rack.get()["packs"])
                alone.append(client.get_values_single(address))
                limits.append(client.get_management_info(address))
                serials.append(client.get_module_serial_number(address).ModuleSerialNumber)
            shown.append(after(rack))
        assert rack.stop() == ""
    assert together.NumberOfModules == len(shown[0]) == 4
    for number, key in enumerate(sorted(shown[0])):
        pack = [packs[key] for packs in shown]
        assert serials[number].rstrip(b"\0").decode() == pack[0]["serial"] == f"VIRTUAL-{number + 1:04}"
        assert alone[number].NumberOfModule == number + 2
        assert limits[number].ChargeVoltageLimit == pytest.approx(pack[0]["charge_voltage_limit_v"], abs=0.001)
        assert limits[number].DischargeCurrentLimit == pytest.approx(-pack[0]["discharge_current_limit_a"], abs=0.1)
        for module in (together.Module[number], alone[number]):
            between([1000 * volts for volts in module.CellVoltages], pack, "cell_voltages_mv", 3)
            between(module.GroupedCellsTemperatures, pack, "temperatures_c", 0.3)
            between(module.AverageBMSTemperature, pack, "env_temperature_c", 0.3)
            between(module.Current, pack, "pack_current_a", 0.35)
            between(module.Voltage, pack, "pack_voltage_v", 0.02)
            # Counted, not measured: no noise.
            between(module.RemainingCapacity, pack, "remaining_ah", 0.0011)
            between(module.TotalCapacity, pack, "full_ah", 0.0011)
            assert module.CycleNumber == pack[0]["cycles"] == pack[-1]["cycles"]
    # The packs differ by far more than the tolerances, so none was taken for another.
    charges = [module.RemainingCapacity for module in together.Module]
    assert charges == pytest.approx([80, 60, 40, 20], abs=1.0)


def settled(rack: Up) -> None:
    """Wait until the load has come up: on its way it is not always more, and no two looks are at the same moment."""
    deadline = time.monotonic() + 30
    while abs((rack.get()["rack"]["pack_current_a"] or 0.0) + 80.0) > 2.0:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def after(rack: Up) -> dict[str, Any]:
    """What the page shows of packs once it has looked again."""
    seen, deadline = rack.get(), time.monotonic() + 20
    while (now := rack.get())["seq"] < seen["seq"] + 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    packs: dict[str, Any] = now["packs"]
    return packs


def between(told: Any, shown: list[dict[str, Any]], key: str, more: float) -> None:
    for place, value in enumerate(told if isinstance(told, list | tuple) else [told]):
        there = [pack[key][place] if isinstance(pack[key], list) else pack[key] for pack in shown]
        assert min(there) - more <= value <= max(there) + more, (key, place, value, there)


def test_the_page_lives(tmp_path: Path) -> None:
    with up(tmp_path, "--packs", "2") as rack:
        first = rack.get()
        assert first["virtual"] is True
        assert sorted(first["packs"]) == ["1", "2"]
        assert first["rack"]["freshness"] == "fresh"
        assert first["packs"]["1"]["address_switches"] == [True, False, False, False]
        assert first["packs"]["2"]["address_switches"] == [False, True, False, False]
        urls = [link["url"] for link in first["links"]]
        assert any(url.startswith("tcp-listen://127.0.0.1:") for url in urls)
        deadline = time.monotonic() + 20
        while (last := rack.get())["seq"] < first["seq"] + 3:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert last["time_s"] > first["time_s"]
        assert last["packs"]["1"]["cell_voltages_mv"] != first["packs"]["1"]["cell_voltages_mv"]
        assert len(rack.get("api/recent")["series"]["rack.pack_voltage_v"]) >= 3
        assert rack.stop() == ""


def test_options_win_over_the_configuration(tmp_path: Path) -> None:
    own = config(tmp_path, f'[rack]\npacks = 3\nspeed = 2\n[[links]]\nurl = "tcp-listen://{ANY}"\n')
    with up(tmp_path, "--config", str(own)) as rack:
        assert (rack.get()["rack"]["modules"], rack.get()["simulation"]["speed"]) == (3, 2)
    given = arguments(tmp_path, "--config", str(own), "--packs", "1", "--speed", "60", "--json")
    with running(*given) as battery:
        told = json.loads(battery.line())
        assert (told["virtual"], told["packs"], told["product"], told["inverter"]) == (True, 1, "syscom-a5l-51v2", None)
        assert [link["dialect"] for link in told["links"]] == ["pylontech"]
        rack = Up(battery, [f"  page  {told['url']}"])
        assert (rack.get()["rack"]["modules"], rack.get()["simulation"]["speed"]) == (1, 60)
        # Above ten times real time there is no wire.
        assert rack.get()["gateway"] is None


@needs_pty
def test_the_printed_command_reads_the_rack(tmp_path: Path) -> None:
    # A path without a directory is no serial device to others, so the command names it in full.
    links = f'[[links]]\nurl = "pty:{os.path.relpath(tmp_path / "rack")}"\n'
    with up(tmp_path, "--packs", "2", links=links) as rack:
        commands = [line.partition("try: openress ")[2] for line in rack.lines if "try: " in line]
        assert len(commands) == 2
        for command in commands:
            done = openress(*command.split(), "--json")
            assert done.returncode == 0, done.stderr
            read = json.loads(done.stdout)
            assert [pack["serial"] for pack in read["packs"]] == ["VIRTUAL-0001", "VIRTUAL-0002"]


@contextmanager
def watching(rack: Up) -> Iterator[socket.socket]:
    """A browser's open stream, after its first event."""
    host, port = re.fullmatch(r"http://(.+):(\d+)/", rack.url).groups()  # type: ignore[union-attr]  # fails either way
    with socket.create_connection((host, int(port)), timeout=20) as stream:
        stream.sendall(b"GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        heard = b""
        while b"event: snapshot" not in heard:
            heard += stream.recv(65536)
        yield stream


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for other processes")
def test_it_stops_cleanly_with_a_browser_and_a_reader_connected_and_starts_again(tmp_path: Path) -> None:
    url = ANY
    for number in (signal.SIGINT, signal.SIGTERM):
        with up(tmp_path, "--http", url) as rack:
            # The second run takes the very port that the first has just left.
            url = rack.url.removeprefix("http://").rstrip("/")
            assert (tmp_path / "rack").is_symlink()
            with watching(rack) as stream, socket.create_connection(rack.tcp, timeout=20):
                rack.battery.process.send_signal(number)
                while stream.recv(65536):
                    pass
                assert rack.battery.process.wait(timeout=20) == 0
            assert rack.told() == ""
        assert not (tmp_path / "rack").is_symlink()


@needs_pty
def test_a_killed_run_does_not_hinder_the_next(tmp_path: Path) -> None:
    # The usual links: the pseudo-terminal in the data folder.
    data = tmp_path / "data"
    data.mkdir()
    link = PtyLink(str(data / "rack"))
    command = ["up", "--no-browser", "--http", ANY, "--data", str(data), "--packs", "1"]
    with alone_at([USUAL]):
        with running(*command) as battery:
            battery.line()
            deadline = time.monotonic() + 20
            while not (data / "rack").is_symlink():
                assert time.monotonic() < deadline
                time.sleep(0.02)
            while battery.line() != "Ctrl-C stops.":
                pass
            battery.process.send_signal(signal.SIGKILL)
            battery.process.wait(timeout=20)
        # Its pseudo-terminal is somebody else's now, so the link that is left leads there.
        assert (data / "rack").is_symlink()
        (data / "rack").unlink()
        ours, theirs = os.openpty()
        (data / "rack").symlink_to(os.ttyname(theirs))
        try:
            with running(*command) as battery:
                while battery.line() != "Ctrl-C stops.":
                    pass
                assert str((data / "rack").readlink()) != os.ttyname(theirs)
                assert battery.stop() == 0
        finally:
            os.close(ours)
            os.close(theirs)
    assert open_pty(link) is not None


def test_packs_go_on_where_they_stopped_unless_a_charge_is_asked_for(tmp_path: Path) -> None:
    link = f'[[links]]\nurl = "tcp-listen://{ANY}"\n'
    own = config(tmp_path, f'{link}[load]\nkind = "constant"\ncurrent_a = -50\n')
    fast = ["--packs", "1", "--speed", "600", "--config", str(own)]
    with up(tmp_path, *fast) as rack:
        deadline = time.monotonic() + 30
        while rack.get()["packs"]["1"]["soc_pct"] > 45:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert rack.stop() == ""
    with up(tmp_path, "--packs", "1") as rack:
        assert 5 < rack.get()["packs"]["1"]["soc_pct"] <= 46
        assert rack.stop() == ""
    own.write_text(f"{link}[rack]\nsoc_pct = [70]\n")
    with up(tmp_path, "--packs", "1", "--config", str(own)) as rack:
        assert rack.get()["packs"]["1"]["soc_pct"] == pytest.approx(70, abs=2)
        assert rack.stop() == ""


@needs_pty
def test_fifteen_packs_of_fifteen_cells(tmp_path: Path) -> None:
    """The fifteenth has no address in a Pylontech group: it is told at the start, and the others do not suffer."""
    from pylontech import Pylontech  # noqa: PLC0415  # a third party, imported where it is used

    with up(tmp_path, "--packs", "15", "--product", "syscom-a5l-48v") as rack:
        packs = rack.get()["packs"]
        assert sorted(map(int, packs)) == list(range(1, 16))
        assert {len(pack["cell_voltages_mv"]) for pack in packs.values()} == {15}
        client = Pylontech(str(tmp_path / "rack"), 9600)
        client.s.timeout = 20
        client.s.readline = partial(client.s.read_until, b"\r")  # it waits for a line feed that does not come
        with closing(client.s):
            together = client.get_values()
            assert together.NumberOfModules == 15
            assert {len(module.CellVoltages) for module in together.Module} == {15}
            assert client.get_values_single(15).NumberOfModule == 15
            # Nobody answers at the next address, and asking there does not end the battery.
            client.s.timeout = 0.5
            client.s.write(b"~20104642E00210FD31\r")
            assert client.s.read(1) == b""
            client.s.timeout = 20
            assert client.get_values_single(2).NumberOfModule == 2
            # The system's answers count the fifteenth pack too.
            client.s.write(b"~20024661" + b"0000FDAB\r")
            assert client.s.read(13)[7:9] == b"00"
        told = rack.stop()
    assert told.count("\n") == 1
    assert "14 addresses" in told
    assert "pack 15 cannot be asked" in told


def test_fourteen_packs_and_no_gateway_are_nothing_to_speak_of(tmp_path: Path) -> None:
    with up(tmp_path, "--packs", "14", "--inverter", "none") as rack:
        assert rack.get()["gateway"] is None
        assert rack.stop() == ""


def test_packs_that_were_connected_on_the_page_are_connected_again(tmp_path: Path) -> None:
    kept = tmp_path / "data" / CONNECTION
    kept.parent.mkdir()
    kept.write_text('{"link": "serial:/dev/ttyUSB7", "dialect": "pace"}')
    with up(tmp_path) as rack:
        assert "packs on serial:/dev/ttyUSB7" in rack.lines[0]
        assert rack.lines[1] == "  packs  as left on the page; --virtual begins with the virtual rack"
        for _ in range(100):
            if rack.get()["connection"]["state"] == "cannot_open":
                break
            time.sleep(0.1)
        assert "there is no such device" in rack.stop()
    with up(tmp_path, "--virtual") as rack:
        assert "a virtual rack of 4 x" in rack.lines[0]
        assert rack.stop() == ""
    assert not kept.exists()


@needs_pty
def test_what_flows_is_what_the_inverter_understood_on_its_wire(tmp_path: Path) -> None:
    path = tmp_path / "openress.toml"
    path.write_text(
        f'{MOVING}[gateway]\ninverter = "victron"\ndischarge_current_a = 50\n[[links]]\nurl = "tcp-listen://{ANY}"\n'
    )
    with up(tmp_path) as rack:
        assert any("Victron" in line and "simulated" in line for line in rack.lines)
        deadline = time.monotonic() + 60
        while True:
            snapshot = rack.get()
            gateway = snapshot["gateway"]
            current_a = snapshot["rack"]["pack_current_a"]
            if abs(current_a + 50.0) < 2.0 or time.monotonic() > deadline:
                break
            # Nothing flows that has not been told before.
            told = gateway.get("told") or {"discharge_current_limit_a": 0.0}
            assert -current_a <= told["discharge_current_limit_a"] + 10.0
            time.sleep(0.5)
        assert current_a == pytest.approx(-50.0, abs=2.0)
        assert (gateway["inverter"], gateway["dialect"], gateway["state"]) == ("victron", "victron-can", "live")
        assert gateway["why"][1] == "you allow no more than: 50.0 A out"
        assert gateway["alarms"] == []
        assert gateway["inverter_sees"]["discharge_current_limit_a"] == 50.0
        assert {frame["kind"] for frame in gateway["frames"]} >= {"limits", "charge", "measured"}
        assert rack.stop() == ""
