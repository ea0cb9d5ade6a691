"""A Daly pack as others see it: values, alarms, and switches when it has a memory for them.

What it never does: answer a damaged frame, answer with values that are not fresh, take a state of charge or a restart
from the line. There is no refusal on this wire: what cannot be answered gets silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from openress.codec.binframe import PacedSplitter
from openress.errors import FrameError, ParameterError
from openress.model import Analog, PackSample, RackSample, Status, Switches
from openress.protocols.access import Control
from openress.protocols.base import ServerOptions
from openress.protocols.battery.daly import frames as f
from openress.protocols.battery.daly.alarms import alarm_bytes
from openress.protocols.battery.daly.frames import Command, Frame, Operation
from openress.protocols.battery.serving import alone, identity_of, is_fresh, required

__all__ = ["DalyServer"]

T = TypeVar("T")

_AT_REST_A = 0.1
_CELLS_PER_FRAME, _SENSORS_PER_FRAME, _LETTERS_PER_FRAME = 3, 7, 7
_ALL_CELL_FRAMES, _ALL_SENSOR_FRAMES, _CODE_FRAMES = 16, 3, 5
"""Over Bluetooth a pack sends every frame of a series, used or not; over a wire those in use."""
_TIMELESS = frozenset({Command.RATED, Command.CODE, Command.CHARGE_SWITCH, Command.DISCHARGE_SWITCH})


class DalyServer:
    """Machine that answers on the battery's port, for the master: Daly has no pack addresses."""

    __slots__ = ("_options", "_splitter")

    def __init__(self, options: ServerOptions) -> None:
        self._options = options
        self._splitter = PacedSplitter(f.splitter())

    def feed(self, data: bytes, rack: RackSample, now_s: float) -> list[bytes]:
        """Take bytes from the line; gives the answers to send, in order."""
        return [answer for frame in self._splitter.feed(data, now_s) for answer in self._answers(frame, rack, now_s)]

    def _answers(self, frame: bytes, rack: RackSample, now_s: float) -> list[bytes]:
        try:
            request = Frame.decode(frame)
        except FrameError:
            return []
        sample = alone(rack)
        if sample is None or request.address not in f.HOSTS:
            return []
        if request.command not in _TIMELESS and not is_fresh(sample, now_s, self._options):
            return []
        try:
            blocks = self._blocks(request, sample)
        except ParameterError:
            return []
        return [Frame(f.PACK, request.command, data.ljust(f.DATA, b"\0")).encode() for data in blocks]

    def _blocks(self, request: Frame, sample: PackSample) -> list[bytes]:
        analog, status = sample.analog or Analog(0.0), sample.status or Status(0.0)
        every = request.address == f.BLUETOOTH
        match request.command:
            case Command.CELLS:
                cells = required(analog.cell_voltages_mv, "cell voltages")
                count = _ALL_CELL_FRAMES if every else None
                return [
                    f.CELLS.encode(f.Cells(number, tuple(part)))
                    for number, part in _numbered(cells, _CELLS_PER_FRAME, 0, count)
                ]
            case Command.TEMPERATURES:
                # Without sensors 94 says so, and one frame of unused places is the answer.
                warmth = analog.temperatures_c or ()
                count = _ALL_SENSOR_FRAMES if every else None if warmth else 1
                return [
                    f.TEMPERATURES.encode(f.Temperatures(number, tuple(part)))
                    for number, part in _numbered(warmth, _SENSORS_PER_FRAME, -40.0, count)
                ]
            case Command.CODE:
                return self._code(sample)
            case Command.CHARGE_SWITCH | Command.DISCHARGE_SWITCH:
                return [self._switch(request, sample)]
            case Command.STATE:
                return [_state(analog, status)]
            case Command.ALARMS:
                return [
                    alarm_bytes(
                        required(status.alarms, "alarms"),
                        required(status.protections, "protections"),
                        required(status.faults, "faults"),
                    )
                ]
            case Command.BALANCE:
                return [_balance(required(status.balancing, "balancing"))]
            case _:
                return [_measured(request.command, analog)]

    def _code(self, sample: PackSample) -> list[bytes]:
        serial = required(identity_of(sample, self._options).serial, "battery code")
        letters = serial.encode("latin-1", "replace")[: _CODE_FRAMES * _LETTERS_PER_FRAME]
        parts = _numbered(letters, _LETTERS_PER_FRAME, ord(" "), _CODE_FRAMES)
        return [f.CODE.encode(f.Code(number, tuple(part))) for number, part in parts]

    def _switch(self, request: Frame, sample: PackSample) -> bytes:
        if request.data[0] not in (0, 1):
            raise ParameterError(f"A switch is ordered 00 or 01, not {request.data[0]:02X}.")
        memory = required(self._options.memory, "memory")
        charges = request.command == Command.CHARGE_SWITCH
        control = Control.CHARGE_SWITCH if charges else Control.DISCHARGE_SWITCH
        reason = memory.control(sample.pack, control, on=request.data[0] == 1)
        if reason is not None:
            raise ParameterError(reason)
        return request.data[:1]


def _measured(command: int, analog: Analog) -> bytes:
    """Answers of one frame that hold measured values."""
    match command:
        case Command.TOTALS:
            return f.TOTALS.encode(
                f.Totals(
                    required(analog.pack_voltage_v, "voltage"),
                    0,
                    required(analog.pack_current_a, "current"),
                    required(analog.soc_pct, "state of charge"),
                )
            )
        case Command.EXTREME_CELLS:
            cells = required(analog.cell_voltages_mv or None, "cell voltages")
            high, low = max(cells), min(cells)
            return f.EXTREME_CELLS.encode(f.ExtremeCells(high, cells.index(high) + 1, low, cells.index(low) + 1, 0))
        case Command.EXTREME_TEMPERATURES:
            warmth = required(analog.temperatures_c or None, "temperatures")
            hot, cold = max(warmth), min(warmth)
            return f.EXTREME_TEMPERATURES.encode(
                f.ExtremeTemperatures(hot, warmth.index(hot) + 1, cold, warmth.index(cold) + 1, 0)
            )
        case Command.COUNTS:
            current = required(analog.pack_current_a, "current")
            return f.COUNTS.encode(
                f.Counts(
                    len(required(analog.cell_voltages_mv, "cell voltages")),
                    len(analog.temperatures_c or ()),
                    int(current > _AT_REST_A),
                    int(current < -_AT_REST_A),
                    0,
                    required(analog.cycles, "cycles"),
                    0,
                )
            )
        case Command.RATED:
            return f.RATED.encode(f.Rated(required(analog.design_ah, "design capacity"), 0))
        case _:
            raise ParameterError(f"Command {command:02X} is not served.")


def _state(analog: Analog, status: Status) -> bytes:
    current, switches = required(analog.pack_current_a, "current"), status.switches or Switches()
    operation = Operation.IDLE
    if abs(current) > _AT_REST_A:
        operation = Operation.CHARGING if current > 0 else Operation.DISCHARGING
    return f.STATE.encode(
        f.State(
            operation,
            int(required(switches.charge, "charge switch")),
            int(required(switches.discharge, "discharge switch")),
            0,
            required(analog.remaining_ah, "remaining capacity"),
        )
    )


def _balance(cells: Sequence[bool]) -> bytes:
    bits = sum(1 << cell for cell, on in enumerate(cells[:48]) if on)
    return bits.to_bytes(6, "little")


def _numbered(values: Sequence[T], size: int, unused: T, count: int | None) -> list[tuple[int, list[T]]]:
    """Values in parts of `size`, numbered from 1; `count` parts, or as many as are needed."""
    parts = -(-len(values) // size) if count is None else count
    padded = [*values, *[unused] * (parts * size)]
    return [(number + 1, padded[number * size : (number + 1) * size]) for number in range(parts)]
