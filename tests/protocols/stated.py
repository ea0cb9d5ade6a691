"""Whether a decoder says what the origin of a captured frame states."""

from __future__ import annotations

from typing import Any

import pytest
from tests.captured import Captured

from openress.errors import FrameError
from openress.protocols.base import Direction, SerialDecoder, Splitter

__all__ = ["check"]

_EXTREMES = {"cell_voltage_min_mv": min, "cell_voltage_max_mv": max}


def check(known: Captured, decoder: SerialDecoder, splitter: Splitter) -> None:
    """A sound frame is found in the stream and says what it is stated to say; an unsound one is refused as stated."""
    says = dict(known.says)
    kind = says.pop("kind")
    frame = bytes.fromhex(known.frame)
    if kind == "error":
        with pytest.raises(FrameError) as caught:
            decoder.read(frame, Direction(known.mark))
        assert (str(caught.value), caught.value.at) == (says["error"], says["at"])
        return
    assert splitter.feed(b"\x00" + frame + b"\xff") == [frame]
    reading = decoder.read(frame, Direction(known.mark))
    assert reading.kind == kind
    assert not reading.warnings
    for key, wanted in says.items():
        assert _found(reading.values, key, wanted), (key, reading.values)


def _found(values: Any, key: str, wanted: Any) -> bool:
    if key == "cells":
        return len(values["cell_voltages_mv"]) == wanted
    if key == "absent":
        return not set(wanted) & set(values)
    if key in _EXTREMES and key not in values:
        return bool(_EXTREMES[key](values["cell_voltages_mv"]) == wanted)
    return bool(values[key] == wanted)
