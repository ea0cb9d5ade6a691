"""What was connected on the page is connected again by the next run, and never something else in its place."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from openress.config import Config
from openress.sections import BatteryConfig
from openress.servicing.line import Wanted
from openress.sites.kept import CONNECTION, Chosen, KeptConnection
from tests.servicing.bench import bench, virtual
from tests.sites.paceline import pace_line

SERIAL = Wanted("serial:/dev/ttyUSB7?baud=9600", "pace", "syscom-a5l-51v2", None, (1, 2, 4))


def kept(folder: Path) -> tuple[KeptConnection, list[str]]:
    said: list[str] = []
    return KeptConnection(folder, said.append), said


def test_a_choice_is_read_as_it_was_kept(tmp_path: Path) -> None:
    file, said = kept(tmp_path)
    assert file.read() is None
    for wanted in (SERIAL, Wanted("tcp://192.168.1.20:4196", packs=3), None):
        file.keep(Chosen(wanted))
        assert file.read() == Chosen(wanted)
    file.keep(Chosen(Wanted(None, packs=8)))
    assert file.read() is None
    assert said == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[1, 2]",
        b'{"link": null}',
        b'{"link": "serial:/dev/ttyUSB0", "dialect": "pace", "packs": "many"}',
        b'{"link": "serial:/dev/ttyUSB0", "dialect": "elvish"}',
        b'{"link": "pty:/etc/passwd", "dialect": "pace"}',
        b'{"link": "serial:/dev/ttyUSB0", "dialect": "pace", "product": "/etc/passwd"}',
    ],
)
def test_what_cannot_be_read_connects_nothing_and_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CONNECTION).write_bytes(content)
    file, said = kept(tmp_path)
    assert file.read() == Chosen(None)
    assert len(said) == 1
    assert "nothing is connected" in said[0]
    assert (tmp_path / CONNECTION).read_bytes() == content


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    file, said = kept(tmp_path / "missing")
    file.keep(Chosen(SERIAL))
    assert len(said) == 1
    assert "cannot be kept" in said[0]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
async def test_the_next_run_has_the_same_packs_and_never_a_virtual_rack_instead(tmp_path: Path) -> None:
    config = virtual(tmp_path)
    async with pace_line(tmp_path) as line:
        async with bench(config) as desk:
            await desk.connected()
            wanted = {"link": line.link, "dialect": "pace", "addresses": [1, 2]}
            await desk.post("connection", wanted, 200)
            await desk.until(lambda: desk.app.desk.lines.connection()["state"] == "normal")
        async with bench(config) as desk:
            assert desk.app.as_left
            await desk.until(lambda: desk.app.desk.lines.connection()["state"] == "normal")
            assert (await desk.get("connection"))["link"] == line.link
    # Its port is gone: it is waited for.
    async with bench(config, waits=False) as desk:
        await desk.until(lambda: desk.app.desk.lines.connection()["state"] == "cannot_open")
        assert not desk.app.current.site.virtual
        answer = await desk.client.delete("/api/connection")
        assert answer.status_code == 200
    async with bench(config, waits=False) as desk:
        assert (await desk.get("connection"))["state"] == "disconnected"
        await desk.post("connection", {"link": None}, 200)
    async with bench(config) as desk:
        assert (await desk.get("connection"))["state"] == "virtual"
        assert not desk.app.as_left


async def test_a_battery_of_the_configuration_is_what_it_says(tmp_path: Path) -> None:
    config = virtual(tmp_path)
    folder = config.data
    assert folder is not None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONNECTION).write_text(json.dumps({"link": "serial:/dev/ttyUSB7", "dialect": "pace"}))
    mine: Config = replace(config, battery=BatteryConfig(link="serial:/dev/ttyUSB8"))
    async with bench(mine, waits=False) as desk:
        assert (await desk.get("connection"))["link"] == "serial:/dev/ttyUSB8"
        assert not desk.app.as_left
