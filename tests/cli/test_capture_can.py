"""A CAN bus recorded from outside, as a person does it, and the recording decoded."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import pytest
from tests.ports.multicast import free_udp_port, multicast_works
from tests.processes import openress, running

from openress.codec.canframe import CanFrame
from openress.ports import open_can, parse_can_link

FRAMES = [CanFrame.parse(text) for text in ("351#1402C012C012C201", "305#0000000000000000", "355#640063000000")]


@pytest.mark.skipif(not multicast_works(), reason="no network interface takes multicast")
def test_every_frame_on_the_bus_is_recorded_and_decode_reads_the_file(tmp_path: Path) -> None:
    out, link = tmp_path / "bus.txt", f"can:udp:239.74.163.2:{free_udp_port()}"

    async def talk() -> None:
        port = await open_can(parse_can_link(link))
        for frame in FRAMES:
            await port.write(frame)
        await port.close()

    with running("capture", link, "--out", str(out), "--dialect", "pylontech-can") as recorder:
        assert recorder.line() == f"Recording {link}. Ctrl-C stops."
        asyncio.run(talk())
        # Each line is in the file as soon as its frame has come, and a person stops when it has.
        late_s = time.monotonic() + 20
        while str(FRAMES[-1]) not in out.read_text() and time.monotonic() < late_s:
            time.sleep(0.02)
        assert recorder.stop() == 0
        assert recorder.line() == f"3 frames in {out}."
    lines = out.read_text().splitlines()
    assert lines[:4] == [
        "# OpenRESS capture",
        "# dialect: pylontech-can",
        "# link: can:udp",
        "# direction: not known",
    ]
    assert [line.split(" ", 1)[1] for line in lines[5:]] == [f"< {frame}" for frame in FRAMES]
    done = openress("decode", "pylontech-can", stdin=out.read_text())
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [result["kind"] for result in results] == ["limits", "keep_alive", "charge"]
    assert results[0]["values"]["charge_voltage_limit_v"] == pytest.approx(53.2)


def test_a_recording_ends_by_itself_and_needs_a_new_file(tmp_path: Path) -> None:
    out = tmp_path / "bus.txt"
    done = openress("capture", "can:virtual:quiet", "--out", str(out), "--duration", "0.05")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, f"0 frames in {out}.")
    again = openress("capture", "can:virtual:quiet", "--out", str(out), "--duration", "0.05")
    assert again.returncode == 2
    assert "a recording needs a new file" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["can:virtual:quiet", "--bridge", "tcp://box:1"], 2, "leave --bridge and --redact out"),
        (["can:virtual:quiet", "--redact", "--dialect", "victron-can"], 2, "leave --bridge and --redact out"),
        (["can:can0"], 2, "write can:socketcan:can0."),
        (["can:slcan:/dev/not-there"], 1, "there is no such device"),
        (["can:virtual:quiet", "--dialect", "victron"], 2, "did you mean victron-can?"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="device names are POSIX's")
def test_what_cannot_be_recorded_leaves_no_file(tmp_path, arguments, code, sentence):
    out = tmp_path / "bus.txt"
    done = openress("capture", *arguments, "--out", str(out))
    assert (done.returncode, sentence in done.stderr) == (code, True), done.stderr
    assert not out.exists()
