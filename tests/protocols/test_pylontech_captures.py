"""Captured and published Pylontech frames decode to what their origins state."""

from __future__ import annotations

from typing import Any

import pytest
from tests.captured import Captured, captured

from openress.codec.canframe import CanFrame
from openress.errors import FrameError
from openress.protocols.base import Direction
from openress.protocols.battery.pylontech import PylontechDecoder
from openress.protocols.canbus import CanOptions
from openress.protocols.inverter.pylontech_can import V12

SERIAL = captured("pylontech-rs485.txt")
CAN = captured("pylontech-can.txt")


def agrees(values: dict[str, Any], says: dict[str, Any]) -> None:
    for key, wanted in says.items():
        if key == "cells":
            assert len(values["cell_voltages_mv"]) == wanted
        elif key == "absent":
            assert not set(wanted) & set(values)
        elif key in ("cell_voltage_min_mv", "cell_voltage_max_mv") and "cell_voltages_mv" in values:
            assert (min if "min" in key else max)(values["cell_voltages_mv"]) == wanted
        else:
            assert values[key] == wanted, key


@pytest.mark.parametrize("known", SERIAL, ids=str)
def test_serial_frame(known: Captured) -> None:
    says = dict(known.says)
    kind, warnings = says.pop("kind"), says.pop("warnings", 0)
    decoder = PylontechDecoder()
    if kind == "error":
        with pytest.raises(FrameError) as caught:
            decoder.read(known.frame.encode())
        assert (str(caught.value), caught.value.at) == (says["error"], says["at"])
        return
    reading = decoder.read(known.frame.encode(), Direction(known.mark))
    assert reading.kind == kind
    assert len(reading.warnings) == warnings
    values = dict(reading.values)
    if "first" in says:
        assert len(values["packs"]) == says["count"]
        agrees(values["packs"][0], says["first"])
    else:
        agrees(values, says)


@pytest.mark.parametrize("known", [k for k in SERIAL if k.says["kind"] != "error"], ids=str)
def test_the_direction_can_be_told_without_being_told(known: Captured) -> None:
    raw = known.frame.encode()
    assert PylontechDecoder().read(raw) == PylontechDecoder().read(raw, Direction(known.mark))


@pytest.mark.parametrize("known", CAN, ids=str)
def test_can_frame(known: Captured) -> None:
    says = dict(known.says)
    reading = V12.table(CanOptions()).read(CanFrame.parse(known.frame))
    assert reading.kind == says.pop("kind")
    agrees(dict(reading.values), says)
