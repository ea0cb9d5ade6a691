"""A session that says nothing: it works out what it would say, and listens to the battery that is there.

What it would have sent never leaves it, whatever its voice, its supervisor or an end demand: it gives its caller
nothing to send.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol, TypeVar, cast

from openress.codec.canframe import CanFrame
from openress.errors import FrameError
from openress.gateway.compare import Comparison, compare
from openress.gateway.hold import Hold
from openress.gateway.session import Report, Session
from openress.gateway.supervise import Line, Supervisor, Trouble
from openress.gateway.voice import Exchange, Frame, Voice
from openress.protocols import find_dialect
from openress.protocols.base import Direction, SerialDecoder, Splitter
from openress.protocols.canbus import CanInverter, CanOptions, InverterView
from openress.protocols.inverter.view import seen

__all__ = ["ShadowSession"]

Message = TypeVar("Message")

_BREATH_S = 0.002
"""Between two looks at the least: what is due and not sent may stay due."""


class _Ear(Protocol):
    """Understands what a battery says, as an inverter would."""

    view: InverterView

    def hear(self, message: object, now_s: float) -> None:
        """Take what came off the line."""
        ...

    def told(self, frame: Frame, now_s: float) -> None:
        """Take what we would say."""
        ...


class _CanEar:
    def __init__(self, machine: CanInverter) -> None:
        self._machine = machine

    @property
    def view(self) -> InverterView:
        return self._machine.view

    def hear(self, message: object, now_s: float) -> None:
        if isinstance(message, CanFrame):
            self._machine.feed(message, now_s)

    def told(self, frame: Frame, now_s: float) -> None:
        self.hear(frame, now_s)


class _LineEar:
    def __init__(self, splitter: Splitter, decoder: SerialDecoder) -> None:
        self._splitter = splitter
        self._decoder = decoder
        self.view = InverterView()

    def hear(self, message: object, now_s: float) -> None:
        for frame in self._splitter.feed(cast("bytes", message)):
            self._read(frame, None, now_s)

    def told(self, frame: Frame, now_s: float) -> None:
        if isinstance(frame, Exchange):
            self._read(frame.question, Direction.TO_BATTERY, now_s)
            self._read(frame.answer, Direction.FROM_BATTERY, now_s)

    def _read(self, frame: bytes, direction: Direction | None, now_s: float) -> None:
        try:
            reading = self._decoder.read(frame, direction)
        except FrameError:
            # A damaged answer tells nothing; the next one comes within seconds.
            return
        self.view = seen(self.view, reading.values, now_s)


def _ear(dialect: str) -> _Ear | None:
    parts = find_dialect(dialect).parts()
    if parts.can_inverter is not None:
        return cast("_Ear", _CanEar(parts.can_inverter(CanOptions(experimental=True))))
    if parts.splitter is None or parts.decoder is None:
        return None
    return _LineEar(parts.splitter(None), parts.decoder())


class ShadowSession(Session[Message]):
    """A session beside another battery; see `Session`."""

    def __init__(self, voice: Voice[Message], hold: Hold, supervisor: Supervisor, start_s: float) -> None:
        super().__init__(voice, hold, supervisor, start_s)
        self._dialect: str | None = None
        self._ours: _Ear | None = None
        self._theirs: _Ear | None = None
        self._compared: Comparison = compare(None, None, start_s)

    def hear(self, message: Message, now_s: float) -> None:
        """Take what came off the line: the inverter's words and the other battery's."""
        super().hear(message, now_s)
        self._learn()
        if self._theirs is not None:
            self._theirs.hear(message, now_s)

    @property
    def next_due_s(self) -> float:
        """When to ask at the latest: also for an answer that will not be sent."""
        look_s, due_s = super().next_due_s, self._voice.next_due_s
        if due_s is None or self._told.rack is None:
            return look_s
        return min(look_s, max(due_s, self._looked_s + _BREATH_S))

    def due(self, line: Line, now_s: float) -> list[Message]:
        """Nothing, ever; what would be sent is compared with what was heard."""
        self.look(line, now_s)
        self._learn()
        told = self._told.rack
        if told is not None and self._voice.due(told, now_s):
            self._sent_s = now_s
            self._basis = self._told
            for frame, _ in self._voice.recent(now_s):
                if self._ours is not None:
                    self._ours.told(frame, now_s)
        elif told is None:
            self._basis = None
        self._compared = compare(
            None if told is None or self._ours is None else self._ours.view,
            None if self._theirs is None else self._theirs.view,
            now_s,
        )
        return []

    def _learn(self) -> None:
        """The dialect may have to be recognised first."""
        if self._voice.dialect != self._dialect:
            self._dialect = self._voice.dialect
            self._ours = None if self._dialect is None else _ear(self._dialect)
            self._theirs = None if self._dialect is None else _ear(self._dialect)

    def report(self, now_s: float) -> Report:
        """How it stands; the other battery is no trouble here."""
        found = super().report(now_s)
        alarms = tuple(alarm for alarm in found.alarms if alarm.trouble is not Trouble.RIVAL)
        return replace(found, alarms=alarms, shadow=self._compared, hand_over=None)
