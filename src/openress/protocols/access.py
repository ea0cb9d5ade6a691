"""Seams beyond reading: parameters, clock, history and controls, on the asking side and behind the answering side.

A dialect provides those it has; what it cannot do it does not provide. No dialect provides calibration or raw memory.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from openress.model import Switches
from openress.model.history import Calendar, HistoryRecord
from openress.protocols.base import Query

__all__ = [
    "Choice",
    "ClockAccess",
    "Control",
    "ControlAccess",
    "HardwareAccess",
    "HistoryAccess",
    "LearningControlAccess",
    "LimiterAccess",
    "PackMemory",
    "ParameterAccess",
    "ProtocolChoice",
    "ProtocolChoiceAccess",
    "SelectingHistoryAccess",
]


class Control(StrEnum):
    """Something of a pack that may be switched from outside."""

    CHARGE_SWITCH = "charge_switch"
    DISCHARGE_SWITCH = "discharge_switch"
    CHARGE_LIMITER = "charge_limiter"
    LIMITER_LOW_GEAR = "limiter_low_gear"
    BUZZER = "buzzer"
    LAMP_ALARM = "lamp_alarm"
    BALANCING = "balancing"
    SHUTDOWN = "shutdown"


class ProtocolChoice(Protocol):
    """Which inverter protocols a pack has chosen; numbers are the maker's own."""

    @property
    def can(self) -> int | None:
        """On CAN; `None` is none, or left as it is when it is written."""

    @property
    def rs485(self) -> int | None:
        """On RS485, as above."""

    @property
    def automatic(self) -> bool | None:
        """Whether the pack finds the protocol by itself."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Inverter protocols of a pack; see `ProtocolChoice`."""

    can: int | None = None
    rs485: int | None = None
    automatic: bool | None = True


class ParameterAccess(Protocol):
    """Reading and writing of the parameter table's settings, by their keys."""

    keys: frozenset[str]
    """The settings that the dialect has."""

    def read_queries(self, pack: int, keys: Collection[str]) -> tuple[Query, ...]:
        """The questions that tell `keys` (and possibly their group's neighbours)."""
        ...

    def read(self, query: Query, reply: bytes) -> Mapping[str, float]:
        """What a reply says, in the units of the keys.

        Raises:
            FrameError: damaged, a refusal, or not the answer to `query`.
        """
        ...

    def write_queries(self, pack: int, values: Mapping[str, float], known: Mapping[str, float]) -> tuple[Query, ...]:
        """The orders that set `values`; `known` supplies the neighbours that share an order with them.

        Raises:
            ParameterError: a key the dialect does not have, a neighbour that is not known, a value that does not fit.
        """
        ...

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to an order.

        Raises:
            FrameError: damaged, a refusal, or not the answer to `query`.
        """
        ...


class ClockAccess(Protocol):
    """The pack's calendar clock."""

    def clock_query(self, pack: int) -> Query:
        """Ask for the clock."""
        ...

    def clock(self, query: Query, reply: bytes) -> Calendar:
        """What the clock shows."""
        ...

    def set_clock_query(self, pack: int, now: Calendar) -> Query:
        """Order to set the clock."""
        ...

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to an order, as `ParameterAccess.written` does."""
        ...


class HistoryAccess(Protocol):
    """The pack's records, newest first."""

    in_order: bool
    """Whether the pack itself counts through its records, so that they must be asked from 0 on, each once."""

    def record_query(self, pack: int, index: int) -> Query:
        """Ask for record `index`, 0 = newest."""
        ...

    def record(self, query: Query, reply: bytes) -> HistoryRecord | None:
        """The record, or `None` behind the last one."""
        ...


@runtime_checkable
class SelectingHistoryAccess(HistoryAccess, Protocol):
    """Records of a dialect in which one order says which record the next reading shows."""

    def select_query(self, pack: int, index: int) -> Query:
        """Order to show record `index`, 0 = newest; must be answered before `record_query` is sent."""
        ...

    def selected(self, query: Query, reply: bytes) -> None:
        """Accept the answer to that order, as `ParameterAccess.written` does."""
        ...


class ControlAccess(Protocol):
    """Switching of parts of a pack."""

    controls: frozenset[Control]
    """Those the dialect has."""

    def control_query(self, pack: int, control: Control, *, on: bool) -> Query:
        """Order to switch.

        Raises:
            ParameterError: a control the dialect does not have, or not this way round.
        """
        ...

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to an order, as `ParameterAccess.written` does."""
        ...


@runtime_checkable
class LearningControlAccess(ControlAccess, Protocol):
    """Controls of a dialect that sets several switches with one order, and must know how the others stand."""

    def learn(self, pack: int, switches: Switches) -> None:
        """Take note of how the switches of `pack` stand; without it, switching one of them is refused."""
        ...


class ProtocolChoiceAccess(Protocol):
    """The inverter protocols that the pack itself speaks."""

    def choice_query(self, pack: int) -> Query:
        """Ask for the choice."""
        ...

    def choice(self, query: Query, reply: bytes) -> ProtocolChoice:
        """The choice."""
        ...

    def choose_query(self, pack: int, choice: ProtocolChoice) -> Query:
        """Order to choose."""
        ...

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to an order, as `ParameterAccess.written` does."""
        ...


class LimiterAccess(Protocol):
    """The charge current from which the pack's own limiter comes in, where it is not switched off."""

    limiter_span_a: tuple[int, int]
    """The least and the greatest that packs are known to take, in whole amperes."""

    def limiter_query(self, pack: int) -> Query:
        """Ask for it."""
        ...

    def limiter_start_a(self, query: Query, reply: bytes) -> float:
        """What it is."""
        ...

    def set_limiter_query(self, pack: int, start_a: int) -> Query:
        """Order to set it."""
        ...

    def written(self, query: Query, reply: bytes) -> None:
        """Accept the answer to an order, as `ParameterAccess.written` does."""
        ...


class HardwareAccess(Protocol):
    """The version of the pack's electronics, which a dialect tells only to whoever asks for it."""

    def hardware_query(self, pack: int) -> Query:
        """Ask for it."""
        ...

    def hardware_version(self, query: Query, reply: bytes) -> str:
        """What it is; empty where the pack leaves it empty."""
        ...


class PackMemory(Protocol):
    """What the packs behind an answering side keep besides their measured values, by pack number."""

    def parameters(self, pack: int) -> Mapping[str, float]:
        """All settings."""
        ...

    def write(self, pack: int, values: Mapping[str, float]) -> str | None:
        """Change settings; gives the reason when the pack refuses, `None` when it is done."""
        ...

    def history(self, pack: int) -> Sequence[HistoryRecord]:
        """All records, newest first."""
        ...

    def clock(self, pack: int) -> Calendar | None:
        """The calendar clock."""
        ...

    def set_clock(self, pack: int, now: Calendar) -> str | None:
        """Set the clock; answers as `write`."""
        ...

    def control(self, pack: int, control: Control, *, on: bool) -> str | None:
        """Switch something; answers as `write`."""
        ...

    def protocol_choice(self, pack: int) -> ProtocolChoice | None:
        """The inverter protocols the pack speaks."""
        ...

    def choose_protocol(self, pack: int, choice: ProtocolChoice) -> str | None:
        """Choose inverter protocols; answers as `write`."""
        ...
