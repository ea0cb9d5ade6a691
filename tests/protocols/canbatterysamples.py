"""Batteries and inverters for the tests of every CAN dialect."""

from __future__ import annotations

import pytest

from openress.codec.canframe import CanFrame
from openress.model import RackSample
from openress.protocols import DIALECTS, find_dialect
from openress.protocols.base import Bus
from openress.protocols.canbus import CanBattery, CanInverter, CanOptions, InverterView

CAN = [dialect.name for dialect in DIALECTS.values() if dialect.bus is Bus.CAN]
every_dialect = pytest.mark.parametrize("dialect", CAN)
TINY = 1e-6


def battery(dialect: str, **options: object) -> CanBattery:
    make = find_dialect(dialect).parts().can_battery
    assert make is not None
    return make(CanOptions(experimental=True, **options))  # type: ignore[arg-type]


def inverter(dialect: str) -> CanInverter:
    make = find_dialect(dialect).parts().can_inverter
    assert make is not None
    return make(CanOptions())


def burst(dialect: str, told: RackSample, **options: object) -> list[CanFrame]:
    machine = battery(dialect, **options)
    for frame in inverter(dialect).due(0.0):
        machine.feed(frame, 0.0)
    return machine.due(told, 0.0)


def heard(dialect: str, frames: list[CanFrame]) -> InverterView:
    listener = inverter(dialect)
    for frame in frames:
        listener.feed(frame, 0.0)
    return listener.view
