"""Seams of a serial dialect towards inverters: the battery that is asked, and the inverter that asks. Without I/O.

Both sides are driven as on CAN: every piece of bytes that arrives goes into `feed`, then, and whenever `next_due_s` has
come, what `due` gives is sent in order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from openress.model import RackSample, Source
from openress.protocols.canbus import Heard, InverterView

__all__ = ["InverterOptions", "Manner", "Question", "SerialBattery", "SerialInverter"]


class SerialBattery(Protocol):
    """Machine that is the battery of one dialect: one voice for the whole rack."""

    turnaround_s: float
    """Silence between the last byte of a question and the first of its answer."""

    @property
    def heard(self) -> Heard:
        """What has come in so far; `values` is the last question, `rival_id` the address of another battery."""
        ...

    @property
    def next_due_s(self) -> float | None:
        """When `due` will have something to send; `None` while nobody has asked."""
        ...

    @property
    def answered(self) -> Mapping[bytes, tuple[float, bytes]]:
        """Questions since the last reset with the last answer to each and its time, in order of first answering.

        Not very many, and none that was refused an answer since.
        """
        ...

    def feed(self, data: bytes, now_s: float) -> None:
        """Take bytes off the line: questions, other batteries' answers, noise. Never raises."""
        ...

    def due(self, told: RackSample, now_s: float) -> list[bytes]:
        """The answers to send now; empty before their time, when nobody has asked, or too late.

        `told` is what the inverter may know: its limits are already decided, and its age is the caller's business. It
        is said as safely as the dialect can, see `openress.protocols.inverter.told`; what is not known is told by the
        dialect's mark for that, or the question is refused. A damaged question gets no answer.
        """
        ...

    def reset(self) -> None:
        """Forget questions and answers, as after the line was lost or while nothing may be told."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """One question of an inverter.

    Attributes:
        name: what it asks for, in words.
        make: the frame that asks an address.
        to: the address, where it is not the one that the inverter has found or is set to.
    """

    name: str
    make: Callable[[int], bytes]
    to: int | None = None


@dataclass(frozen=True, slots=True)
class Manner:
    """How an inverter asks: what a maker's firmware does differently from its neighbours'.

    Attributes:
        name: short name, to be typed.
        title: whose manner it is.
        questions: one cycle, repeated for ever.
        source: who has seen it.
        address: whom it asks.
        probes: put in turn, before all else, until one is answered; the address that answers is asked from then on.
        accepts: addresses that an answer may carry; `None` for the one that was asked.
        needed: good answers in a row before it believes that there is a battery.
        pause_s: from an answer, or the end of waiting for it, to the next question.
        wait_s: how long it waits for an answer.
        cuts_off_after_s: without an answer for so long it stops its output; `None` where that is not known.
        note: what a reader of the table should know.
    """

    name: str
    title: str
    questions: tuple[Question, ...]
    source: Source
    address: int = 1
    probes: tuple[Question, ...] = ()
    accepts: frozenset[int] | None = None
    needed: int = 1
    pause_s: float = 1.0
    wait_s: float = 0.5
    cuts_off_after_s: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class InverterOptions:
    """What the asking side of a serial dialect may be told.

    Attributes:
        manner: name of one of the dialect's manners; `None` is the first.
        one_byte_counts: Voltronic: replies count bytes in one byte, as Modbus has it.
    """

    manner: str | None = None
    one_byte_counts: bool = False


class SerialInverter(Protocol):
    """Machine that is the inverter of one dialect as far as the wire goes: what it does with a battery is not here."""

    manner: Manner
    """How it asks."""

    @property
    def view(self) -> InverterView:
        """What it has understood so far; never grows old by itself."""
        ...

    @property
    def believes(self) -> bool:
        """Whether it takes the battery for present: enough good answers in a row, and the last question answered."""
        ...

    @property
    def next_due_s(self) -> float:
        """When `due` will have something to send or to notice: in the past when at once."""
        ...

    def feed(self, data: bytes, now_s: float) -> None:
        """Take bytes off the line; what is damaged or no answer to the open question changes nothing. Never raises."""
        ...

    def due(self, now_s: float) -> list[bytes]:
        """The question to send now."""
        ...
