"""Asking a Daly pack: which questions, what their answers say, and answers that come in several frames."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from openress.codec import Layout
from openress.errors import FrameError, ParameterError
from openress.model import Analog, Condition, Fault, Identity, PackSample, Status, Switches
from openress.protocols.access import Control
from openress.protocols.base import Query
from openress.protocols.battery.daly import frames as f
from openress.protocols.battery.daly.alarms import wrong
from openress.protocols.battery.daly.decode import balancing_of
from openress.protocols.battery.daly.frames import Command, Frame, Level
from openress.protocols.battery.serving import only_pack

__all__ = ["DalyClient", "DalyControls", "RunSplitter"]

_NAMES = {
    Command.TOTALS: "voltage, current and state of charge",
    Command.COUNTS: "numbers of cells and sensors",
    Command.STATE: "switches",
    Command.ALARMS: "alarms",
    Command.CELLS: "cell voltages",
    Command.TEMPERATURES: "temperatures",
    Command.BALANCE: "balancing",
    Command.RATED: "rated capacity",
    Command.CODE: "battery code",
}
_CODE_FRAMES = 5

T = TypeVar("T")


class RunSplitter:
    """Finds frames; one that belongs to a numbered series is given together with those before it.

    How many frames a series has is known to who reads them, so each longer part is given: one frame, two, three.
    """

    __slots__ = ("_run", "_splitter")

    def __init__(self) -> None:
        self._splitter = f.splitter()
        self._run = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes as they come; gives frames and series of frames."""
        return [self._joined(frame) for frame in self._splitter.feed(data)]

    def reset(self) -> None:
        """Forget a frame or a series that has begun."""
        self._splitter.reset()
        self._run = b""

    def _joined(self, frame: bytes) -> bytes:
        last = self._run[-f.SIZE :]
        follows = bool(last) and last[1:3] == frame[1:3] and frame[4] == last[4] + 1
        self._run = self._run + frame if follows else frame
        if frame[2] not in f.PARTS:
            self._run = b""
            return frame
        return self._run


class DalyClient:
    """The asking side; a line has one pack. Remembers how many cells and sensors it has."""

    __slots__ = ("_cells", "_sensors")

    max_packs = 1

    def __init__(self) -> None:
        self._cells: int | None = None
        self._sensors: int | None = None

    def splitter(self) -> RunSplitter:
        """A fresh splitter for the bytes that come back."""
        return RunSplitter()

    def address(self, pack: int) -> int:
        """1, which every reply carries."""
        return only_pack(pack, "Daly")

    def first(self, pack: int) -> Query:
        """90: every Daly pack answers it."""
        return self._query(Command.TOTALS, pack)

    def cycle(self, pack: int) -> tuple[Query, ...]:
        """90, 94, 93, 98, 95 and 96."""
        commands = (
            Command.TOTALS,
            Command.COUNTS,
            Command.STATE,
            Command.ALARMS,
            Command.CELLS,
            Command.TEMPERATURES,
        )
        return tuple(self._query(command, pack) for command in commands)

    def rarely(self, pack: int) -> tuple[Query, ...]:
        """50, 57 and 97, to which not every firmware replies."""
        return tuple(self._query(command, pack) for command in (Command.RATED, Command.CODE, Command.BALANCE))

    def _query(self, command: Command, pack: int) -> Query:
        self.address(pack)
        return Query(_NAMES[command], pack, Frame(f.PC, command).encode())

    def merge(self, sample: PackSample, query: Query, reply: bytes, now_s: float) -> PackSample:
        """Add what `reply` says to `sample`.

        90 begins a new set of measured values, and 93 one of the status; the others add to them. A value that is not
        told any more is therefore gone with the next cycle, and never grows old unseen.

        Raises:
            FrameError: damaged, not the answer to `query`, or only a part of it.
        """
        command = Command(Frame.decode(query.frame).command)
        blocks = _data(reply, command)
        if command not in f.PARTS and len(blocks) != 1:
            raise FrameError(f"{len(blocks)} frames where one is due", at=f.SIZE)
        data = blocks[0]
        match command:
            case Command.STATE | Command.ALARMS | Command.BALANCE:
                return self._status(sample, command, data, now_s)
            case Command.CODE:
                known = sample.identity or Identity(now_s)
                return replace(sample, identity=replace(known, at_s=now_s, serial=_code(blocks)))
            case _:
                return replace(sample, analog=self._analog(sample.analog, command, blocks, now_s))

    def _analog(self, known: Analog | None, command: Command, blocks: list[bytes], now_s: float) -> Analog:
        before = known or Analog(now_s)
        match command:
            case Command.TOTALS:
                totals = f.TOTALS.decode(blocks[0])
                return Analog(
                    now_s,
                    pack_voltage_v=totals.pack_voltage_v,
                    pack_current_a=totals.pack_current_a,
                    soc_pct=totals.soc_pct,
                    design_ah=before.design_ah,
                )
            case Command.COUNTS:
                counts = f.COUNTS.decode(blocks[0])
                self._cells, self._sensors = counts.cells_in_series, counts.sensors
                return replace(before, cycles=counts.cycles)
            case Command.CELLS:
                cells = [cell for part in _parts(f.CELLS, blocks) for cell in part.cell_voltages_mv]
                return replace(before, cell_voltages_mv=tuple(_enough(cells, self._cells, "cells")) or None)
            case Command.TEMPERATURES:
                warmth = [value for part in _parts(f.TEMPERATURES, blocks) for value in part.temperatures_c]
                return replace(before, temperatures_c=tuple(_enough(warmth, self._sensors, "sensors")) or None)
            case Command.RATED:
                return replace(before, design_ah=f.RATED.decode(blocks[0]).design_ah or None)
            case _:
                raise FrameError(f"command {command.value:02X} is not asked by this client", at=2)

    def _status(self, sample: PackSample, command: Command, data: bytes, now_s: float) -> PackSample:
        status = sample.status or Status(now_s)
        if command is Command.BALANCE:
            if self._cells is None:
                raise FrameError("how many cells there are is not known yet: 94 tells it", at=2)
            return replace(sample, status=replace(status, balancing=balancing_of(data, self._cells)))
        if command is Command.ALARMS:
            found = wrong(data)
            return replace(
                sample,
                status=replace(
                    status,
                    alarms=frozenset(one for one in found[Level.ALARM] if isinstance(one, Condition)),
                    protections=frozenset(one for one in found[Level.PROTECTION] if isinstance(one, Condition)),
                    faults=frozenset(one for one in found[Level.FAULT] if isinstance(one, Fault)),
                ),
            )
        state = f.STATE.decode(data)
        switches = Switches(charge=state.charge_switch == 1, discharge=state.discharge_switch == 1)
        analog = replace(sample.analog or Analog(now_s), remaining_ah=state.remaining_ah)
        return replace(sample, analog=analog, status=Status(now_s, switches=switches))


def _data(reply: bytes, command: Command) -> list[bytes]:
    """The data of every frame of an answer.

    Raises:
        FrameError: damaged, a request, or the answer to another command.
    """
    if not reply or len(reply) % f.SIZE:
        raise FrameError(f"{len(reply)} bytes are no Daly frames of {f.SIZE}", at=len(reply))
    frames = [Frame.decode(reply[at : at + f.SIZE]) for at in range(0, len(reply), f.SIZE)]
    for frame in frames:
        if frame.address != f.PACK:
            raise FrameError("a request, not a reply: another master is on the line, or the adapter echoes", at=1)
        if frame.command != command:
            raise FrameError(f"the reply to {frame.command:02X}, asked was {command.value:02X}", at=2)
    return [frame.data for frame in frames]


def _parts(layout: Layout[f.Cells] | Layout[f.Temperatures] | Layout[f.Code], blocks: list[bytes]) -> list[Any]:
    """The frames of a series, which must be complete from its first on; the document counts from 0, packs from 1."""
    parts = [layout.decode(data) for data in blocks]
    first = parts[0].frame
    if first > 1 or [part.frame for part in parts] != list(range(first, first + len(parts))):
        raise FrameError(f"frame {first} is not the first of its series", at=4)
    return parts


def _enough(values: list[T], total: int | None, what: str) -> list[T]:
    if total is None:
        raise FrameError(f"how many {what} there are is not known yet: 94 tells it", at=2)
    if len(values) < total:
        raise FrameError(f"{len(values)} of {total} {what} so far", at=4)
    return values[:total]


def _code(blocks: list[bytes]) -> str | None:
    parts = _parts(f.CODE, blocks)
    if len(parts) < _CODE_FRAMES:
        raise FrameError(f"{len(parts)} of {_CODE_FRAMES} frames of the battery code so far", at=4)
    letters = bytes(letter for part in parts[:_CODE_FRAMES] for letter in part.letters)
    return letters.decode("latin-1").rstrip("\0 ") or None


class DalyControls:
    """Charge and discharge switch, each with an order of its own."""

    __slots__ = ()

    controls = frozenset({Control.CHARGE_SWITCH, Control.DISCHARGE_SWITCH})

    def control_query(self, pack: int, control: Control, *, on: bool) -> Query:
        """Order to switch.

        Raises:
            ParameterError: a control the dialect does not have.
        """
        only_pack(pack, "Daly")
        if control not in self.controls:
            raise ParameterError(f"Daly cannot switch {control.value}.")
        command = Command.CHARGE_SWITCH if control is Control.CHARGE_SWITCH else Command.DISCHARGE_SWITCH
        data = bytes((1 if on else 0,)) + bytes(f.DATA - 1)
        return Query(f"{control.value} {'on' if on else 'off'}", pack, Frame(f.PC, command, data).encode())

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to an order.

        Raises:
            FrameError: damaged, not the answer to `query`, or the switch stands otherwise.
        """
        asked = Frame.decode(query.frame)
        (data, *_) = _data(reply, Command(asked.command))
        if data[0] != asked.data[0]:
            raise FrameError(f"the pack says {data[0]:02X}, ordered was {asked.data[0]:02X}", at=4)
