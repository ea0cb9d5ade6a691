"""The machine under every serial inverter: puts its manner's questions in turn, and reads what comes back.

It knows no dialect: a `Tongue` finds and reads frames, and says what of an answer an inverter understands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf

from openress.errors import FrameError, ParameterError
from openress.names import hint
from openress.protocols.base import Direction, SerialDecoder, Splitter, Value
from openress.protocols.canbus import InverterView
from openress.protocols.inverter.view import seen
from openress.protocols.serialbus import InverterOptions, Manner, Question

__all__ = ["AskingInverter", "Tongue", "chosen"]

Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Tongue:
    """What the machine needs of a dialect.

    Attributes:
        splitter: finds the frames that come back.
        decoder: reads questions and their answers.
        understood: what an inverter takes from the values of an answer, under the keys of its view.
    """

    splitter: Callable[[], Splitter]
    decoder: Callable[[], SerialDecoder]
    understood: Callable[[Values], Values] = lambda values: values


def chosen(manners: tuple[Manner, ...], options: InverterOptions) -> Manner:
    """The manner that the options name, or the first.

    Raises:
        ParameterError: there is none of that name.
    """
    if options.manner is None:
        return manners[0]
    known = {manner.name: manner for manner in manners}
    if options.manner not in known:
        raise ParameterError(f"There is no manner {options.manner!r} in this dialect; {hint(options.manner, known)}")
    return known[options.manner]


class AskingInverter:
    """See `SerialInverter`."""

    def __init__(self, tongue: Tongue, manner: Manner) -> None:
        self._tongue = tongue
        self._splitter = tongue.splitter()
        self._decoder = tongue.decoder()
        self._view = InverterView()
        self._address = manner.address
        self._probing = bool(manner.probes)
        self._turn = 0
        self._asked: tuple[float, int, bytes] | None = None
        self._next_s = -inf
        self._good = 0
        self.manner = manner

    @property
    def view(self) -> InverterView:
        """What it has understood so far."""
        return self._view

    @property
    def believes(self) -> bool:
        """Whether it takes the battery for present."""
        return self._good >= self.manner.needed

    @property
    def next_due_s(self) -> float:
        """When to put the next question, or to give up waiting for an answer."""
        return self._next_s if self._asked is None else self._asked[0] + self.manner.wait_s

    def due(self, now_s: float) -> list[bytes]:
        """The question to send now."""
        if self._asked is not None:
            if now_s < self._asked[0] + self.manner.wait_s:
                return []
            # Whoever also asks addresses where nobody may be does not lose its battery by that.
            self._good = 0 if self._asked[1] == self._address else self._good
            self._asked = None
            self._next_s = now_s + self.manner.pause_s
        if now_s < self._next_s:
            return []
        question = self._question()
        address = self._address if question.to is None else question.to
        frame = question.make(address)
        self._splitter.reset()
        self._decoder.read(frame, Direction.TO_BATTERY)
        self._asked = (now_s, address, frame)
        return [frame]

    def _question(self) -> Question:
        questions = self.manner.probes if self._probing else self.manner.questions
        question = questions[self._turn % len(questions)]
        self._turn += 1
        return question

    def feed(self, data: bytes, now_s: float) -> None:
        """Take bytes off the line."""
        for frame in self._splitter.feed(data):
            if self._asked is not None:
                self._hear(frame, self._asked, now_s)

    def _hear(self, frame: bytes, asked: tuple[float, int, bytes], now_s: float) -> None:
        asked_s, address, question = asked
        if frame == question or now_s > asked_s + self.manner.wait_s:
            return
        try:
            reading = self._decoder.read(frame, Direction.FROM_BATTERY)
        except FrameError:
            return
        accepted = self.manner.accepts or {address}
        if reading.values.get("address") not in accepted or reading.kind == "refusal":
            return
        self._asked, self._next_s = None, now_s + self.manner.pause_s
        self._good += 1
        if self._probing:
            self._probing, self._turn, self._address = False, 0, address
        if self.believes:
            told = {key: value for key, value in reading.values.items() if key not in ("address", "command")}
            self._view = seen(self._view, self._tongue.understood(told), now_s)
