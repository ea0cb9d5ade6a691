"""The tape of a session: everything that goes into it and comes out of it, in order, so that it can be run again.

The tape is bounded: whoever should take from it and does not finds a gap, never the session waiting.
"""

from __future__ import annotations

from dataclasses import dataclass

from openress.codec.canframe import CanFrame
from openress.gateway.caps import Caps
from openress.gateway.handover import HandOver
from openress.gateway.memento import Memento
from openress.gateway.setup import SessionSetup
from openress.gateway.supervise import Line
from openress.model import RackSample, Reason

__all__ = [
    "MOST_WAITING",
    "Began",
    "Came",
    "Capped",
    "Decided",
    "Due",
    "Ended",
    "LineLost",
    "Looked",
    "Marked",
    "Saw",
    "Step",
    "Tape",
    "TookOver",
]

MOST_WAITING = 4000
"""Steps that wait to be taken; a busy bus has a hundred frames a second."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided, in numbers.

    Attributes:
        state: of the contract.
        charge_voltage_v: as it is to be told; `None` in silence, as the next two.
        charge_a: likewise.
        discharge_a: likewise.
        rules: those that had a say, in their order.
        charge_reason: what holds charging down.
        discharge_reason: likewise.
        talks: whether it is sent.
        troubles: what is wrong.
        dialect: what is spoken.
    """

    state: str
    charge_voltage_v: float | None = None
    charge_a: float | None = None
    discharge_a: float | None = None
    rules: tuple[str, ...] = ()
    charge_reason: Reason | None = None
    discharge_reason: Reason | None = None
    talks: bool = False
    troubles: tuple[str, ...] = ()
    dialect: str | None = None


@dataclass(frozen=True, slots=True)
class Began:
    """A session was made."""

    at_s: float
    setup: SessionSetup


@dataclass(frozen=True, slots=True)
class Marked:
    """What it knew."""

    at_s: float
    known: Memento
    dialect: str | None = None


@dataclass(frozen=True, slots=True)
class Saw:
    """A reading was given to it; `rack` may be left out by whoever has it, by its number."""

    at_s: float
    number: int
    fresh_for_s: float
    rack: RackSample | None


@dataclass(frozen=True, slots=True)
class Capped:
    """Caps came from afar."""

    at_s: float
    caps: Caps | None


@dataclass(frozen=True, slots=True)
class Came:
    """Something came off the line."""

    at_s: float
    message: CanFrame | bytes


@dataclass(frozen=True, slots=True)
class TookOver:
    """It went on where another had ended."""

    at_s: float
    found: HandOver


@dataclass(frozen=True, slots=True)
class Ended:
    """Its orderly end began."""

    at_s: float


@dataclass(frozen=True, slots=True)
class LineLost:
    """The line was lost."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Looked:
    """Time passed without a port; `decided` only when it is other than before."""

    at_s: float
    line: Line
    decided: Decided | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """It was asked what to send, and gave `sent`; `decided` only when it is other than before."""

    at_s: float
    line: Line
    sent: tuple[CanFrame | bytes, ...] = ()
    decided: Decided | None = None


Step = Began | Marked | Saw | Capped | Came | TookOver | Ended | LineLost | Looked | Due


class Tape:
    """Steps until somebody takes them."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._count = self._taken = 0

    def put(self, step: Step) -> None:
        """Add a step; one for which there is no room is counted."""
        self._count += 1
        if len(self._steps) < MOST_WAITING:
            self._steps.append(step)

    def take(self) -> tuple[int, tuple[Step, ...]]:
        """How many steps there were before these, and these; one is missing where the numbers do not fit."""
        steps, self._steps = tuple(self._steps), []
        before, self._taken = self._taken, self._count
        return before, steps
