"""Listening to a line on which somebody asks: what is spoken, who is asked, who answers, whether two ask at once.

Nothing is ever sent from here. Every dialect reads along; the one that understands most is spoken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from openress.codec.uart import character_s, heard_as
from openress.errors import FrameError
from openress.protocols import DIALECTS
from openress.protocols.base import BatteryClient, Parts, SerialDecoder, Splitter
from openress.rack.probing import ONLY_BY_NAME, numbers_of, readable

__all__ = ["Exchange", "Overheard", "Overhearing", "asks", "signature", "sound"]

IMPATIENT_S = 0.15
"""No master waits so little for an answer before it asks on: two questions closer than this have two askers."""
CROSSINGS = 2
"""So many questions that cross, or so many packs whose answers are trampled on, are no chance."""
ALIKE = 0.8
"""Noise alters few bytes of an answer, another talker all from where it begins."""
_ANSWERS_FROM_ELSEWHERE = frozenset({"daly-ess"})
"""Dialects in which an answer does not carry the address that was asked."""
_STRETCH_MIN = 4
_HEX = frozenset(b"~0123456789ABCDEF\r")
_SIGNATURE_MIN = 4
"""Bytes that a garbled question must have to be recognised by them."""


@dataclass(slots=True)
class Exchange:
    """A question that was overheard, and what followed it before the next.

    Attributes:
        address: who was asked; `None` where there are no addresses.
        question: its frame.
        answered: an answer was understood.
        garbled: what could not be understood.
    """

    address: int | None
    question: bytes
    at_s: float
    answered: bool = False
    garbled: bytes = b""


@dataclass(frozen=True, slots=True)
class Overheard:
    """What was overheard at one speed.

    Attributes:
        dialect: what is spoken.
        baud: at which speed.
        asked: addresses that are asked; empty for a dialect without addresses.
        answering: those that answer.
        garbled: those whose answers are garbled, every one of them.
        answered: how many questions were answered.
        frames: how many frames were understood.
        loose: how many bytes belong to none.
        masters: how many ask, 1 or 2.
        other: a further dialect in which questions were understood.
    """

    dialect: str
    baud: int | None
    asked: tuple[int, ...]
    answering: tuple[int, ...]
    garbled: tuple[int, ...]
    answered: int
    frames: int
    loose: int
    masters: int
    other: str | None = None


def asks(kind: str) -> bool:
    """Whether a reading of this kind is a question or an order."""
    return kind.endswith(("_request", "_write"))


def sound(question: bytes, data: bytes) -> bool:
    """Whether `data`, heard after `question`, holds a whole frame of any dialect: somebody's, if not the answer."""
    for name in readable():
        parts = DIALECTS[name].parts()
        if parts.splitter is None or parts.decoder is None:
            continue
        decoder = parts.decoder()
        for frame in parts.splitter(None).feed(question + data):
            try:
                decoder.read(frame)
            except FrameError:
                continue
            if frame != question:
                return True
    return False


@dataclass(slots=True)
class _Tongue:
    """One dialect reading along."""

    name: str
    splitter: Splitter
    decoder: SerialDecoder
    frames: int = 0
    framed: int = 0
    exchanges: list[Exchange] = field(default_factory=list)
    crossings: int = 0
    _rest: bytes = b""
    _ended_s: float = 0.0
    _good: dict[bytes, bytes] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        return sum(exchange.answered for exchange in self.exchanges)

    def feed(self, data: bytes, now_s: float, byte_s: float) -> None:
        self._rest += data
        for frame in self.splitter.feed(data):
            try:
                reading = self.decoder.read(frame)
            except FrameError:
                continue
            before, _, self._rest = self._rest.partition(frame)
            self.frames += 1
            self.framed += len(frame)
            address = reading.values.get("address")
            where = address if isinstance(address, int) else None
            if self.exchanges:
                self.exchanges[-1].garbled += before
            if asks(reading.kind):
                self._question(where, frame, now_s, byte_s)
            elif self.exchanges:
                self._answer(where, frame)
            self._ended_s = now_s

    def _question(self, address: int | None, frame: bytes, now_s: float, byte_s: float) -> None:
        if self.exchanges:
            last = self.exchanges[-1]
            pause_s = now_s - len(frame) * byte_s - self._ended_s
            if not last.answered and not last.garbled and pause_s < IMPATIENT_S:
                self.crossings += 1
        self.exchanges.append(Exchange(address, frame, now_s))

    def _answer(self, address: int | None, frame: bytes) -> None:
        last = self.exchanges[-1]
        if address is None or last.address is None or address == last.address or self.name in _ANSWERS_FROM_ELSEWHERE:
            last.answered = True
            self._good[last.question] = frame

    def trampled(self) -> int:
        """How many packs' answers were talked into, and questions: what is garbled and is not noise.

        A pack that was never understood may as well have a twin, so one of those says nothing.
        """
        answering = {exchange.address for exchange in self.exchanges if exchange.answered}
        questions = {exchange.question for exchange in self.exchanges}
        known: set[int | None] = set()
        unknown: set[int | None] = set()
        asked = 0
        for exchange in self.exchanges:
            if len(exchange.garbled) < _STRETCH_MIN or any(_alike(exchange.garbled, text) for text in questions):
                continue
            good = self._good.get(exchange.question)
            if exchange.answered:
                asked += 1
            elif good is not None:
                known |= set() if _alike(exchange.garbled, good) else {exchange.address}
            elif exchange.address not in answering and _alien(exchange):
                unknown.add(exchange.address)
        return asked + len(known) + max(0, len(unknown) - 1)


def _alike(heard: bytes, good: bytes) -> bool:
    """Whether bytes begin as `good` does but for what noise has altered here and there, or were cut off."""
    size = min(len(heard), len(good))
    return sum(a == b for a, b in zip(heard[:size], good[:size], strict=True)) > ALIKE * size


def _alien(exchange: Exchange) -> bool:
    """Whether much of what is garbled cannot stand in a dialect that writes hexadecimal characters."""
    if not exchange.question.startswith(b"~"):
        return False
    return sum(byte not in _HEX for byte in exchange.garbled) > (1 - ALIKE) * len(exchange.garbled)


class Overhearing:
    """Machine that listens at one speed.

    Args:
        baud: that speed; `None` where it is not known.
        dialects: those that may be spoken; all when empty.
    """

    def __init__(self, baud: int | None, dialects: Collection[str] = ()) -> None:
        self._baud = baud
        self.heard = bytearray()
        self._tongues = [
            _Tongue(name, parts.splitter(None), parts.decoder())
            for name in dialects or readable()
            if (parts := DIALECTS[name].parts()).splitter is not None and parts.decoder is not None
        ]

    def feed(self, data: bytes, now_s: float) -> None:
        """Take bytes that came at `now_s`."""
        self.heard += data
        byte_s = 0.0 if self._baud is None else character_s(self._baud)
        for tongue in self._tongues:
            tongue.feed(data, now_s, byte_s)

    def told(self) -> Overheard | None:
        """What was understood; `None` as long as nothing was."""
        spoken = max(self._tongues, key=_understood, default=None)
        if spoken is None or not spoken.frames:
            return None
        asked, answering = _addresses(spoken.exchanges), _addresses(e for e in spoken.exchanges if e.answered)
        garbled = {
            address
            for address in set(asked) - set(answering)
            if sum(e.address == address and bool(e.garbled) for e in spoken.exchanges) > 1
        }
        others = [t for t in self._tongues if len(t.exchanges) > 1 and not _same_talk(t, spoken)]
        # Relatives of the other dialect read its questions too; the one that understands most is spoken.
        other = max(others, key=_understood, default=None)
        two = other is not None or spoken.crossings + spoken.trampled() >= CROSSINGS
        return Overheard(
            spoken.name,
            self._baud,
            asked,
            answering,
            tuple(sorted(garbled)),
            spoken.answered,
            spoken.frames,
            len(self.heard) - spoken.framed,
            2 if two else 1,
            None if other is None else other.name,
        )


def _addresses(exchanges: Iterable[Exchange]) -> tuple[int, ...]:
    return tuple(sorted({exchange.address for exchange in exchanges if exchange.address is not None}))


def _understood(tongue: _Tongue) -> tuple[int, int]:
    return tongue.answered, tongue.framed


def _same_talk(one: _Tongue, spoken: _Tongue) -> bool:
    """Relatives read each other's questions; what they understand is then the same talk."""
    return {exchange.question for exchange in one.exchanges} <= {exchange.question for exchange in spoken.exchanges}


def signature(heard: bytes, bauds: Collection[int], dialects: Collection[str] = ()) -> tuple[str, int] | None:
    """Which dialect's questions, at which speed, are heard like this through swapped wires; `None` for none."""
    for baud in bauds:
        for name in dialects or [name for name in readable() if name not in ONLY_BY_NAME]:
            parts: Parts = DIALECTS[name].parts()
            if parts.client is None:
                continue
            if any(form in heard for form in _upside_down(parts.client(), baud)):
                return name, baud
    return None


def _upside_down(client: BatteryClient, baud: int) -> Iterable[bytes]:
    for number in numbers_of(client):
        for query in client.cycle(number):
            form = heard_as(query.frame, sent_baud=baud, heard_baud=baud, swapped=True)
            if len(form) >= _SIGNATURE_MIN:
                # The last byte may run into what follows.
                yield form[:-1]
