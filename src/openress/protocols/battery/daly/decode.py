"""Reading Daly frames: each names its command, so a reply needs no request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openress.codec import Layout
from openress.errors import FrameError, ParameterError
from openress.names import hint
from openress.protocols.base import Direction, Reading, Value
from openress.protocols.battery.daly import frames as f
from openress.protocols.battery.daly.alarms import wrong
from openress.protocols.battery.daly.frames import Command, Frame
from openress.protocols.present import in_order, public

__all__ = ["DalyDecoder", "DalyRedactor", "balancing_of"]

_COMMANDS = {command.value: command for command in Command}
_SWITCHES = {Command.CHARGE_SWITCH: "charge", Command.DISCHARGE_SWITCH: "discharge"}
_LAYOUTS: Mapping[int, Layout[Any]] = {
    Command.RATED: f.RATED,
    Command.CODE: f.CODE,
    Command.TOTALS: f.TOTALS,
    Command.EXTREME_CELLS: f.EXTREME_CELLS,
    Command.EXTREME_TEMPERATURES: f.EXTREME_TEMPERATURES,
    Command.STATE: f.STATE,
    Command.COUNTS: f.COUNTS,
    Command.CELLS: f.CELLS,
    Command.TEMPERATURES: f.TEMPERATURES,
}
_AT = 4
"""Where the data of a frame begin."""


def balancing_of(data: bytes, cells: int) -> tuple[bool, ...]:
    """Which cells are being balanced, cell 1 first."""
    return tuple(bool(data[cell // 8] >> cell % 8 & 1) for cell in range(min(cells, 48)))


class DalyDecoder:
    """Machine that reads frames of a Daly line; remembers the numbers of cells and sensors that 94 told."""

    __slots__ = ("_asked", "_cells", "_sensors")

    def __init__(self) -> None:
        self._asked: int | None = None
        self._cells: int | None = None
        self._sensors: int | None = None

    def expect(self, command: str) -> None:
        """Refuse replies to other commands than `command`, such as `90`.

        Raises:
            ParameterError: no such command.
        """
        known = [f"{one:02X}" for one in Command]
        if command.upper() not in known:
            raise ParameterError(f"Daly has no command {command!r}; {hint(command, known)}")
        self._asked = int(command, 16)

    def read(self, frame: bytes, direction: Direction | None = None) -> Reading:
        """Read one frame.

        Raises:
            FrameError: damaged, or a command that is not known.
        """
        message = Frame.decode(frame)
        asks = message.address != f.PACK
        if direction is not None and asks is not (direction is Direction.TO_BATTERY):
            raise FrameError(f"address {message.address:02X}: 01 is a reply, any other a request", at=1)
        command = _COMMANDS.get(message.command)
        if command is None:
            raise FrameError(f"command {message.command:02X} is not known", at=2)
        values: dict[str, Value] = {"command": f"{command.value:02X}"}
        if asks:
            values["host"] = f"{message.address:02X}"
            switched = _switch(command, message.data)
            return Reading(f"{command.name.lower()}{'_write' if switched else '_request'}", values | switched)
        if self._asked is not None and command != self._asked:
            raise FrameError(f"the reply to {command.value:02X}, expected is {self._asked:02X}", at=2)
        return Reading(command.name.lower(), values | self._content(command, message.data))

    def _content(self, command: Command, data: bytes) -> dict[str, Value]:
        if command in _SWITCHES:
            return _switch(command, data)
        if command is Command.ALARMS:
            return {level.value: in_order(members) for level, members in wrong(data).items()}
        if command is Command.BALANCE:
            return {"balancing": list(balancing_of(data, 48 if self._cells is None else self._cells))}
        layout = _LAYOUTS[command]
        frame = layout.decode(data)
        values = public(layout, frame)
        if isinstance(frame, f.Counts):
            self._cells, self._sensors = frame.cells_in_series, frame.sensors
            values |= {"charger": frame.charger == 1, "load": frame.load == 1}
        elif isinstance(frame, f.State):
            values["switches"] = {"charge": frame.charge_switch == 1, "discharge": frame.discharge_switch == 1}
        elif isinstance(frame, f.Code):
            values["letters"] = bytes(frame.letters).decode("latin-1")
        elif isinstance(frame, f.Cells):
            values["cell_voltages_mv"] = _used(frame.frame, frame.cell_voltages_mv, self._cells, 0)
        elif isinstance(frame, f.Temperatures):
            values["temperatures_c"] = _used(frame.frame, frame.temperatures_c, self._sensors, -40)
        return values


def _used(number: int, numbers: tuple[float, ...], total: int | None, unused: float) -> list[Value]:
    """The places of a numbered frame that are in use: by the count of 94, or up to the last that is not empty."""
    if total is not None:
        return list(numbers[: max(0, total - len(numbers) * (max(number, 1) - 1))])
    last = max((index for index, value in enumerate(numbers) if value != unused), default=-1)
    return list(numbers[: last + 1])


def _switch(command: Command, data: bytes) -> dict[str, Value]:
    return {"switches": {_SWITCHES[command]: data[0] == 1}} if command in _SWITCHES else {}


class DalyRedactor:
    """Takes the battery code out of frames."""

    __slots__ = ()

    def redact(self, frame: bytes, direction: Direction | None = None) -> bytes:
        """See `Redactor.redact`."""
        del direction
        message = Frame.decode(frame)
        if message.command != Command.CODE or message.address != f.PACK:
            return frame
        letters = bytes(ord("X") if letter not in b"\0 " else letter for letter in message.data[1:])
        return Frame(message.address, message.command, message.data[:1] + letters).encode()
