"""Finding Modbus frames on a line of which one direction is wanted, or both."""

from __future__ import annotations

from openress.codec.modbusstream import ModbusSplitter, Side
from openress.protocols.base import Direction

__all__ = ["modbus_splitter", "side_of"]

_SIDES = {Direction.TO_BATTERY: Side.REQUESTS, Direction.FROM_BATTERY: Side.REPLIES, None: Side.BOTH}


def side_of(direction: Direction | None) -> Side:
    """Whose frames a direction's are; those of both for `None`."""
    return _SIDES[direction]


def modbus_splitter(direction: Direction | None) -> ModbusSplitter:
    """What finds the frames of one direction, or of both."""
    return ModbusSplitter(side_of(direction))
