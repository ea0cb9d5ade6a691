"""Reading captured frames of a dialect, and comparing with what their origins say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.captured import Captured

from openress.errors import FrameError
from openress.protocols.base import Direction, Reading, SerialDecoder

__all__ = ["agrees", "read_as_told", "refused_as_told"]


def agrees(values: dict[str, Any], says: dict[str, Any]) -> None:
    """Every value that the origin states is read so; `absent` keys are not read at all."""
    for key, wanted in says.items():
        if key == "cells":
            assert len(values["cell_voltages_mv"]) == wanted
        elif key == "absent":
            assert not set(wanted) & set(values)
        elif key in ("cell_voltage_min_mv", "cell_voltage_max_mv") and key not in values:
            assert (min if "min" in key else max)(values["cell_voltages_mv"]) == wanted
        else:
            assert values[key] == wanted, key


def read_as_told(make: Callable[[], SerialDecoder], known: Captured, *, direction: bool = True) -> Reading:
    """Read one captured frame and hold it to what its origin says."""
    says = dict(known.says)
    kind, asked = says.pop("kind"), says.pop("as", None)
    decoder = make()
    if asked is not None:
        decoder.expect(asked)
    reading = decoder.read(known.frame.encode(), Direction(known.mark) if direction else None)
    assert reading.kind == kind
    agrees(dict(reading.values), says)
    return reading


def refused_as_told(make: Callable[[], SerialDecoder], known: Captured) -> None:
    """A frame that must be refused is, with the reason and the place that stand beside it."""
    decoder = make()
    if "asked" in known.says:
        decoder.expect(known.says["asked"])
    with pytest.raises(FrameError) as caught:
        decoder.read(known.frame.encode(), Direction(known.mark))
    assert (str(caught.value), caught.value.at) == (known.says["error"], known.says["at"])
