"""Captured and published PACE frames decode to what their origins state; others are refused with the reason."""

from __future__ import annotations

import pytest
from tests.captured import Captured, captured
from tests.protocols.replay import read_as_told, refused_as_told

from openress.codec import HexFrame
from openress.protocols.battery.pace import PaceDecoder
from openress.protocols.battery.pace.decode import PACE

KNOWN = captured("pace.txt")
GOOD = [one for one in KNOWN if one.says["kind"] != "error"]
BAD = [one for one in KNOWN if one.says["kind"] == "error"]


@pytest.mark.parametrize("told", [True, False], ids=["direction-told", "direction-found"])
@pytest.mark.parametrize("known", GOOD, ids=str)
def test_frame(known: Captured, told: bool) -> None:
    read_as_told(PaceDecoder, known, direction=told)


@pytest.mark.parametrize("known", BAD, ids=str)
def test_what_is_no_pace_frame_is_refused_with_the_reason(known: Captured) -> None:
    refused_as_told(PaceDecoder, known)


def test_a_reply_is_read_in_the_light_of_the_request_before_it() -> None:
    decoder = PaceDecoder()
    assert decoder.read(b"~250046D30000FD98").kind == "read_cell_uv_request"
    assert decoder.read(b"~25004600F010010AF009C40B540AFA24").kind == "read_cell_uv"
    assert decoder.read(b"~250046D70000FD94").kind == "read_pack_uv_request"
    assert decoder.read(b"~25004600F01001AF009C40B5400AFA24").values["pack_uv_protect_v"] == 40.0


@pytest.mark.parametrize("known", [one for one in GOOD if one.mark == "<"], ids=str)
def test_captured_frames_are_encoded_as_the_pack_sent_them(known: Captured) -> None:
    frame = HexFrame.decode(known.frame.encode())
    assert frame.encode() == known.frame.encode() + b"\r"


def test_every_reading_command_has_a_capture_or_is_named_here() -> None:
    seen = {one.says.get("as") or one.says.get("command") for one in GOOD}
    asked = {f"{shape.command:02X}" for shape in PACE.shapes}
    assert asked - seen == {"4F", "C6", "EE"}
