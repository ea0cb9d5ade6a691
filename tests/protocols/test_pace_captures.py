"""Captured and published PACE frames decode to what their origins state; others are refused with the reason."""

from __future__ import annotations

from typing import Any

import pytest
from tests.captured import Captured, captured

from openress.codec import HexFrame
from openress.errors import FrameError
from openress.protocols.base import Direction
from openress.protocols.battery.pace import PaceDecoder
from openress.protocols.battery.pace.decode import PACE

KNOWN = captured("pace.txt")
GOOD = [one for one in KNOWN if one.says["kind"] != "error"]
BAD = [one for one in KNOWN if one.says["kind"] == "error"]


def agrees(values: dict[str, Any], says: dict[str, Any]) -> None:
    for key, wanted in says.items():
        if key == "cells":
            assert len(values["cell_voltages_mv"]) == wanted
        elif key == "absent":
            assert not set(wanted) & set(values)
        elif key in ("cell_voltage_min_mv", "cell_voltage_max_mv") and key not in values:
            assert (min if "min" in key else max)(values["cell_voltages_mv"]) == wanted
        else:
            assert values[key] == wanted, key


@pytest.mark.parametrize("told", [True, False], ids=["direction-told", "direction-found"])
@pytest.mark.parametrize("known", GOOD, ids=str)
def test_frame(known: Captured, told: bool) -> None:
    says = dict(known.says)
    kind, asked = says.pop("kind"), says.pop("as", None)
    decoder = PaceDecoder()
    if asked is not None:
        decoder.expect(asked)
    reading = decoder.read(known.frame.encode(), Direction(known.mark) if told else None)
    assert reading.kind == kind
    agrees(dict(reading.values), says)


@pytest.mark.parametrize("known", BAD, ids=str)
def test_what_is_no_pace_frame_is_refused_with_the_reason(known: Captured) -> None:
    decoder = PaceDecoder()
    if "asked" in known.says:
        decoder.expect(known.says["asked"])
    with pytest.raises(FrameError) as caught:
        decoder.read(known.frame.encode(), Direction(known.mark))
    assert (str(caught.value), caught.value.at) == (known.says["error"], known.says["at"])


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
