"""What a session speaks with: the battery of a CAN dialect or of a serial one, and what it said last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from openress.codec.canframe import CanFrame
from openress.gateway.hold import GAP_S
from openress.gateway.lately import Lately
from openress.model import RackSample
from openress.protocols.canbus import CanBattery, Heard
from openress.protocols.inverter.automatic import AutomaticBattery
from openress.protocols.inverter.automaticcan import AutomaticCanBattery
from openress.protocols.inverter.recognise import Verdict
from openress.protocols.serialbus import SerialBattery

__all__ = ["ASKED_GAP_S", "CanVoice", "Exchange", "Frame", "SerialVoice", "Voice"]

Message = TypeVar("Message")

ASKED_GAP_S = 20.0
"""An inverter that asks has given up when it has not asked for so long: polls up to 3 s apart have been recorded."""

ASKED_AGAIN_S = 5.0
"""A cycle of questions, one or two seconds apart, before it is known how long it is: the longest known has five."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of an inverter and our answer."""

    question: bytes
    answer: bytes


Frame = CanFrame | Exchange


class Voice(Protocol[Message]):
    """A battery towards an inverter, whatever the line; `Message` is what passes on it at once."""

    gap_s: float
    """An inverter that has been told nothing for so long begins anew."""

    @property
    def dialect(self) -> str | None:
        """What it speaks; `None` while that has not been recognised."""
        ...

    @property
    def verdict(self) -> Verdict | None:
        """What it makes of what it has heard; `None` where nothing is to be recognised."""
        ...

    @property
    def trying(self) -> bool:
        """Whether it only tries whether anybody answers: then nothing is allowed."""
        ...

    @property
    def heard(self) -> Heard:
        """What has come in so far."""
        ...

    @property
    def next_due_s(self) -> float | None:
        """When `due` will have something to send: in the past when at once, `None` when the inverter must ask."""
        ...

    def recent(self, now_s: float) -> tuple[tuple[Frame, float], ...]:
        """What is said of each kind, with its age in seconds; nothing from before the last reset or of a kind that is
        said no more.
        """
        ...

    def feed(self, message: Message, now_s: float) -> None:
        """Take what came off the line. Never raises."""
        ...

    def due(self, told: RackSample, now_s: float) -> list[Message]:
        """What to send now; see `CanBattery.due` and `SerialBattery.due`."""
        ...

    def resume(self, dialect: str, now_s: float) -> None:
        """Go on in a dialect that another gateway has recognised on this line; nothing where the dialect is known."""
        ...

    def reset(self) -> None:
        """Forget what was asked and what was said."""
        ...


class CanVoice:
    """A battery on CAN; see `Voice`."""

    gap_s = GAP_S

    def __init__(self, battery: CanBattery, dialect: str) -> None:
        self.battery = battery
        self._automatic = battery if isinstance(battery, AutomaticCanBattery) else None
        self._name = dialect
        self._lately = Lately[int, CanFrame](battery.period_s)

    @property
    def dialect(self) -> str | None:
        """The one it was made for, or the one that was recognised."""
        return self._name if self._automatic is None else self._automatic.dialect

    @property
    def verdict(self) -> Verdict | None:
        """See `AutomaticCanBattery.verdict`."""
        return None if self._automatic is None else self._automatic.verdict

    @property
    def trying(self) -> bool:
        """See `AutomaticCanBattery.trying`."""
        return self._automatic is not None and self._automatic.trying

    @property
    def heard(self) -> Heard:
        """See `CanBattery.heard`."""
        return self.battery.heard

    @property
    def next_due_s(self) -> float | None:
        """See `CanBattery.next_due_s`."""
        return self.battery.next_due_s

    def recent(self, now_s: float) -> tuple[tuple[Frame, float], ...]:
        """The last frame of every identifier that is still sent, with its age in seconds."""
        return self._lately.words(now_s)

    def feed(self, message: CanFrame, now_s: float) -> None:
        """Take a frame off the bus."""
        self.battery.feed(message, now_s)

    def due(self, told: RackSample, now_s: float) -> list[CanFrame]:
        """The frames to send now."""
        frames = self.battery.due(told, now_s)
        for frame in frames:
            self._lately.note(frame.id, frame, now_s)
        return frames

    def resume(self, dialect: str, now_s: float) -> None:
        """See `AutomaticCanBattery.resume`."""
        del now_s
        if self._automatic is not None:
            self._automatic.resume(dialect)

    def reset(self) -> None:
        """Forget what was asked and what was said."""
        self._lately.clear()
        self.battery.reset()


class SerialVoice:
    """A battery on a serial line; see `Voice`."""

    gap_s = ASKED_GAP_S
    trying = False

    def __init__(self, battery: SerialBattery, dialect: str) -> None:
        self.battery = battery
        self._automatic = battery if isinstance(battery, AutomaticBattery) else None
        self._name = dialect
        self._lately = Lately[bytes, Exchange](ASKED_AGAIN_S)

    @property
    def dialect(self) -> str | None:
        """The one it was made for, or the one that was recognised."""
        return self._name if self._automatic is None else self._automatic.dialect

    @property
    def verdict(self) -> Verdict | None:
        """See `AutomaticBattery.verdict`."""
        return None if self._automatic is None else self._automatic.verdict

    @property
    def heard(self) -> Heard:
        """See `SerialBattery.heard`."""
        return self.battery.heard

    @property
    def next_due_s(self) -> float | None:
        """See `SerialBattery.next_due_s`."""
        return self.battery.next_due_s

    def recent(self, now_s: float) -> tuple[tuple[Frame, float], ...]:
        """The last answer to every question that is still answered, with its age in seconds."""
        answered = self.battery.answered
        return tuple((said, age_s) for said, age_s in self._lately.words(now_s) if said.question in answered)

    def feed(self, message: bytes, now_s: float) -> None:
        """Take bytes off the line."""
        self.battery.feed(message, now_s)

    def due(self, told: RackSample, now_s: float) -> list[bytes]:
        """The answers to send now."""
        answers = self.battery.due(told, now_s)
        for question, (at_s, answer) in self.battery.answered.items() if answers else ():
            if at_s == now_s:
                self._lately.note(question, Exchange(question, answer), now_s)
        return answers

    def resume(self, dialect: str, now_s: float) -> None:
        """See `AutomaticBattery.resume`."""
        if self._automatic is not None:
            self._automatic.resume(dialect, now_s)

    def reset(self) -> None:
        """Forget what was asked and what was said."""
        self._lately.clear()
        self.battery.reset()
