"""A line recorded between a battery and its reader, played back, printed, and decoded, as a person does it."""

from __future__ import annotations

import json
import re
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.processes import REPOSITORY, here, openress, running

STATE = REPOSITORY / "docs" / "examples" / "rack.json"
ANY = "tcp-listen://127.0.0.1:0"

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def tcp(line: str) -> str:
    match = re.search(r"tcp-listen://(\S+:\d+)[. ]", line)
    assert match is not None, line
    return f"tcp://{match[1]}"


def record(out: Path, *options: str, dialect: str = "pylontech") -> str:
    """Record one reading of one pack; gives what the recorder said at its end."""
    with running("serve", dialect, ANY, "--state", str(STATE)) as battery:
        link = tcp(battery.line())
        arguments = ["--bridge", link, "--out", str(out), "--dialect", dialect, *options]
        with running("capture", ANY, *arguments) as recorder:
            near = tcp(recorder.line())
            done = openress("read", near, "--dialect", dialect, "--pack", "1", "--json")
            assert done.returncode == 0, done.stderr
            assert recorder.stop() == 0
            return recorder.line()


def decoded(path: Path, dialect: str = "pylontech") -> list[dict[str, Any]]:
    done = openress("decode", dialect, stdin=path.read_text())
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_bridge_records_both_directions_and_decode_reads_the_file(tmp_path: Path) -> None:
    out = tmp_path / "bus.txt"
    said = record(out)
    head = out.read_text().splitlines()[:5]
    assert head[:4] == [
        "# OpenRESS capture",
        "# dialect: pylontech",
        "# link: tcp",
        "# direction: > towards the battery, < from it",
    ]
    assert re.fullmatch(r"# start: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", head[4])
    results = decoded(out)
    assert all(result["ok"] for result in results)
    assert [result["kind"] for result in results][:4] == ["analog_request", "analog", "limits_request", "limits"]
    assert next(r for r in results if r["kind"] == "serial_number")["values"]["serial"] == "EXAMPLE-0001"
    times = [result["at_s"] for result in results]
    assert times == sorted(times)
    assert re.fullmatch(rf"\d+ chunks, \d+ bytes, in {re.escape(str(out))}\.", said)


@pytest.mark.parametrize("dialect", ["pylontech", "jbd", "jbd-up16s", "daly", "jk-4e57"])
def test_a_redacted_recording_names_nobody_and_still_decodes(tmp_path: Path, dialect: str) -> None:
    out = tmp_path / "bus.txt"
    record(out, "--redact", dialect=dialect)
    text = out.read_text()
    assert "# redacted: yes; 0 bytes in no sound frame are 00" in text
    for name in (b"EXAMPLE-0001", b"SYSCOM"):
        assert name.hex().upper() not in text
        assert name.hex().upper().encode().hex().upper() not in text
    results = decoded(out, dialect)
    assert results
    assert all(result["ok"] for result in results)


def test_a_recording_is_played_back_as_the_battery_and_as_the_inverter(tmp_path: Path) -> None:
    out = tmp_path / "bus.txt"
    record(out, dialect="jbd")
    sides = {"battery": b"", "inverter": b""}
    for line in out.read_text().splitlines():
        if not line.startswith("#"):
            _, mark, data = line.split()
            sides["battery" if mark == "<" else "inverter"] += bytes.fromhex(data)
    for side, wanted in sides.items():
        with running("playback", str(out), ANY, "--speed", "10", "--side", side) as player:
            host, port = tcp(player.line()).removeprefix("tcp://").split(":")
            with socket.create_connection((host, int(port)), timeout=20) as client:
                heard = b""
                while len(heard) < len(wanted):
                    part = client.recv(4096)
                    assert part, heard
                    heard += part
                assert heard == wanted
            assert player.process.wait(timeout=20) == 0


def test_a_line_that_is_only_listened_to_has_one_mark_and_is_read_all_the_same(tmp_path: Path) -> None:
    """An adapter that listens hears questions and answers alike."""
    out = tmp_path / "tap.txt"
    conversation = [bytes.fromhex("DDA50300FFFD77"), bytes.fromhex("DDA50400FFFC77DD0400080F450F3D0F370F3DFEC677")]
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            client, _ = server.accept()
            with client:
                for data in conversation:
                    client.sendall(data)

        speaker = threading.Thread(target=talk)
        speaker.start()
        link = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        done = openress("capture", link, "--out", str(out), "--dialect", "jbd")
        speaker.join()
    # The far end hung up: that is how this recording ends.
    assert done.returncode == 1
    assert "# direction: not known" in out.read_text()
    results = decoded(out, "jbd")
    kinds = [result["kind"] for result in results]
    assert kinds == ["basic_information_request", "cell_voltages_request", "cell_voltages"]


def test_a_recording_stops_by_itself(tmp_path: Path) -> None:
    out = tmp_path / "short.txt"
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        done = openress("capture", link, "--out", str(out), "--duration", "0.2")
        told = openress("capture", link, "--out", f"{out}.2", "--duration", "0.2", "--json")
    assert done.returncode == 0
    assert done.stdout.endswith(f"0 chunks, 0 bytes, in {out}.\n")
    assert json.loads(told.stdout) == {"file": f"{out}.2", "chunks": 0, "bytes": 0}


LINES = """# OpenRESS capture
# dialect: jbd
# direction: > towards the battery, < from it
0.000000 > DDA50300
0.001000 > FFFD77DDA50400FFFC77
0.100000 < DD0400080F450F
0.101000 < 3D0F370F3DFEC677
0.102000 < 00DD0400080F450F3D0F370F3EFEC677
"""


def test_decode_finds_frames_across_lines_and_says_what_is_left(tmp_path: Path) -> None:
    path = tmp_path / "parts.txt"
    path.write_text(LINES)
    first, second, third, spoilt, left = decoded(path, "jbd")
    assert [one["kind"] for one in (first, second, third)] == [
        "basic_information_request", "cell_voltages_request", "cell_voltages",
    ]  # fmt: skip
    assert [one["at_s"] for one in (first, second, third)] == [0.001, 0.001, 0.101]
    assert (spoilt["error"], spoilt["line"]) == ("checksum FEC6 is wrong, computed FEC5", 8)
    assert left["error"] == "1 bytes < belong to no frame"


def test_playback_without_a_link_prints_and_can_redact(tmp_path: Path) -> None:
    path = tmp_path / "parts.txt"
    path.write_text(LINES)
    assert openress("playback", str(path)).stdout == LINES
    told = json.loads(openress("playback", str(path), "--json").stdout)
    assert told["header"]["dialect"] == "jbd"
    assert told["chunks"][0] == {"at_s": 0.0, "mark": ">", "hex": "dda50300"}
    hidden = openress("playback", str(path), "--redact").stdout
    assert "# redacted: yes; 16 bytes in no sound frame are 00" in hidden
    assert "0.102000 < " + "00" * 16 in hidden


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["capture", "tcp://127.0.0.1:1", "--out", "new.txt", "--redact"], 2, "--redact needs --dialect"),
        (["capture", "tcp://127.0.0.1:1", "--out", "new.txt"], 1, "tcp://127.0.0.1:1"),
        (["capture", ANY, "--out", "new.txt"], 2, "recorded with --bridge LINK"),
        (["capture", "tcp://127.0.0.1:1", "--out", "old.txt"], 2, "old.txt cannot be written"),
        (["capture", "tcp://127.0.0.1:1", "--out", "new.txt", "--dialect", "jdb"], 2, "did you mean jbd?"),
        (["capture", "tcp://127.0.0.1:1", "--out", "new.txt", "--duration", "0"], 2, "0.0 is not in the range x>0"),
        (["playback", "missing.txt"], 2, "missing.txt cannot be read"),
        (["playback", "old.txt"], 2, "Line 1 of the recording is 'no capture'"),
        (["playback", "empty.txt", ANY], 2, "empty.txt has nothing that the battery said."),
        (["playback", "empty.txt", "--redact"], 2, "does not say its dialect: name it with --dialect."),
    ],
)
def test_what_cannot_be_done_is_one_clear_sentence(
    tmp_path: Path, arguments: list[str], code: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old.txt").write_text("no capture\n")
    (tmp_path / "empty.txt").write_text("# a recording of silence\n")
    monkeypatch.chdir(tmp_path)
    done = here(*arguments)
    assert done.returncode == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "new.txt").exists()
