from __future__ import annotations

import io
import json
from typing import Any

import pytest
from tests.captured import captured

from openress.cli.main import main

REQUEST = "> ~20024642E002FFFD09"
REPLY = "< " + next(k.frame for k in captured("pylontech-rs485.txt") if k.origin.startswith("59:"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["openress", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
    out, err = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, [json.loads(line) for line in out.splitlines()], err


def test_a_request_and_its_reply(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, _ = run(capsys, "decode", "pylontech", REQUEST, REPLY)
    assert code == 0
    assert [line["kind"] for line in lines] == ["analog_request", "analog"]
    assert lines[0]["values"] == {"address": 2, "version": "2.0", "command": "42", "all_packs": True}
    assert lines[1]["dialect"] == "pylontech"
    assert lines[1]["values"]["packs"][1]["full_ah"] == 50.0


def test_a_reply_without_its_request_and_with_as(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["--as", "42"]):
        code, (line,), _ = run(capsys, "decode", "pylontech", REPLY, *arguments)
        assert (code, line["kind"], len(line["values"]["packs"])) == (0, "analog", 2)
    code, (line,), _ = run(capsys, "decode", "pylontech", REPLY, "--as", "63")
    assert (code, line["ok"], line["line"]) == (1, False, 1)
    assert line["error"].startswith("SystemLimits has 9 bytes")


def test_text_and_hex_and_time_stamps_and_comments(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = REQUEST[2:].encode() + b"\r"
    text = "\n".join(["# a comment", "", "  0.120000 > " + raw.hex(" "), "0x7E,0x32", raw.hex(), REQUEST[2:] + "\r"])
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    code, lines, _ = run(capsys, "decode", "pylontech")
    assert code == 1
    assert [line["ok"] for line in lines] == [True, False, True, True]
    assert lines[1] == {
        "ok": False,
        "dialect": "pylontech",
        "error": "the frame has 1 characters, the shortest has 16",
        "at": 2,
        "line": 4,
    }


def test_the_vendors_own_wrong_checksum_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    frame = next(k.frame for k in captured("pylontech-rs485.txt") if k.origin.startswith("67:"))
    code, (line,), _ = run(capsys, "decode", "pylontech", "< " + frame)
    assert (code, line["error"], line["at"]) == (1, "CHKSUM E1A2 is wrong, computed E27A", 135)


def test_the_vendors_own_wrong_length_is_accepted_with_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    frame = next(k.frame for k in captured("pylontech-rs485.txt") if k.origin.startswith("77:"))
    code, (line,), _ = run(capsys, "decode", "pylontech", "< " + frame)
    assert (code, line["kind"]) == (0, "system_limits")
    assert line["values"]["charge_voltage_limit_v"] == 56.531
    assert line["warnings"] == [
        "LENGTH says 8 INFO characters, the frame has 18; accepted because CHKSUM is right and this sender is known"
    ]


def test_can_frames(capsys: pytest.CaptureFixture[str]) -> None:
    code, (line,), _ = run(capsys, "decode", "pylontech-can", "351#1402C012C012C201")
    assert code == 0
    assert line["values"] == {
        "id": "351",
        "charge_voltage_limit_v": 53.2,
        "charge_current_limit_a": 480.0,
        "discharge_current_limit_a": 480.0,
        "discharge_voltage_limit_v": 45.0,
    }
    code, (line,), _ = run(capsys, "decode", "pylontech-can", "352#00")
    assert (code, line["at"]) == (1, 0)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["decode", "pylontec", REQUEST], "There is no dialect 'pylontec'; did you mean pylontech?"),
        (["decode", "pylontech", REPLY, "--as", "43"], "Pylontech has no command '43'; known: 42, 44"),
        (["decode", "pylontech-can", "351#00", "--as", "42"], "--as is for serial dialects"),
        (["decod", "pylontech"], "There is no command 'decod'; did you mean decode?"),
        (["decode"], "Missing argument 'DIALECT'"),
        (["decode", "pylontech", "--az", "42"], "No such option '--az'"),
    ],
)
def test_a_wrong_argument_is_one_sentence_with_the_nearest_name(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    code, lines, err = run(capsys, *arguments)
    assert (code, lines) == (2, [])
    assert sentence in err
    assert "Traceback" not in err


def test_dialects_are_listed_with_their_evidence(capsys: pytest.CaptureFixture[str]) -> None:
    code, (listed,), _ = run(capsys, "dialects", "--json")
    assert code == 0
    assert listed["pylontech"]["does"] == ["decode", "serve", "read", "battery", "inverter"]
    assert "untested on hardware" in listed["pylontech"]["evidence"]
    assert all(len(dialect["unsupported"]) > 0 for dialect in listed.values())


TAPPED = """# OpenRESS capture
# direction: not known
0.000000 < DDA50400FFFC77DD0400080F450F
0.010000 < 3D0F370F3DFEC677
0.020000 < 12 3G
0.030000 < ~20024642E00202FD33
"""


def test_a_recording_of_a_line_that_was_only_listened_to(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(TAPPED))
    code, lines, _ = run(capsys, "decode", "jbd")
    assert code == 1
    assert [line.get("kind") for line in lines[:2]] == ["cell_voltages_request", "cell_voltages"]
    assert [line["line"] for line in lines[2:]] == [5, 6]
    assert "neither a text frame" in lines[2]["error"]
