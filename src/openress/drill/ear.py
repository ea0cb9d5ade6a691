"""Whoever listens on the wire of a drill: every frame and every answer read anew, as the words the checker judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from openress.checker.spoken import Spoken
from openress.checker.telling import Sent
from openress.codec.canframe import CanFrame
from openress.errors import FrameError, ParameterError
from openress.inverters.table import ASKED_IN_ONE
from openress.protocols import find_dialect
from openress.protocols.base import CanDecoder, Direction, Reading, SerialDecoder, Splitter, Value
from openress.protocols.canbus import CanInverter, CanOptions, InverterView
from openress.protocols.inverter.view import seen

__all__ = ["CanEar", "Ear", "LineEar", "Words", "ear_for"]

ANSWER = -1
"""Identifier of an answer on a serial line, which has none."""
MEASURED = frozenset({"soc_pct", "pack_voltage_v", "pack_current_a"})


@dataclass(frozen=True, slots=True)
class Words:
    """What was said at once.

    Attributes:
        at_s: when.
        sent: the frames of a burst, or one answer.
        said: the limits in it; `None` where it tells none.
        measured: a measured value is in it.
        refused: it is a refusal.
    """

    at_s: float
    sent: tuple[Sent, ...]
    said: Spoken | None = None
    measured: bool = False
    refused: bool = False


class Ear(Protocol):
    """Listens on one kind of wire."""

    asked: bool
    """The inverter asks, and every answer tells a part."""

    @property
    def view(self) -> InverterView:
        """What an inverter has understood so far."""
        ...

    def take(self) -> list[Words]:
        """What was said since the last time, in order."""
        ...


class CanEar:
    """On CAN; see `Ear`. The limits of a burst are those of all its frames."""

    asked = False

    def __init__(self, listener: CanInverter, decoder: CanDecoder) -> None:
        self._listener = listener
        self._decoder = decoder
        self._new: list[Sent] = []

    @property
    def view(self) -> InverterView:
        """What an inverter has understood so far."""
        return self._listener.view

    def frame(self, frame: CanFrame, now_s: float) -> None:
        """Take a frame that has left."""
        self._new.append(Sent(now_s, frame.id, frame.data))
        self._listener.feed(frame, now_s)

    def take(self) -> list[Words]:
        """What was said since the last time, burst by burst."""
        new, self._new = self._new, []
        bursts = sorted({sent.at_s for sent in new})
        return [self._words(at_s, tuple(sent for sent in new if sent.at_s == at_s)) for at_s in bursts]

    def _words(self, at_s: float, burst: tuple[Sent, ...]) -> Words:
        limits, requests = self.view.limits, self.view.requests
        keys = {key for sent in burst for key in self._decoder.read(CanFrame(sent.id, sent.data)).values}
        measured = not keys.isdisjoint(MEASURED)
        if limits is None or limits.at_s < at_s:
            return Words(at_s, burst, None, measured)
        said = Spoken(
            at_s,
            limits.charge_voltage_limit_v,
            limits.charge_current_limit_a,
            limits.discharge_current_limit_a,
            limits.discharge_voltage_limit_v,
            measured=measured,
            forced=bool(requests and requests.force_charge),
        )
        return Words(at_s, burst, said, measured)


class LineEar:
    """On a serial line; see `Ear`. Each answer is read after its question, for it alone does not tell what it is."""

    asked = True

    def __init__(self, dialect: str, splitter: Splitter, decoder: SerialDecoder) -> None:
        self._in_one = dialect in ASKED_IN_ONE
        self._splitter = splitter
        self._decoder = decoder
        self._new: list[Words] = []
        self.view = InverterView()

    def question(self, data: bytes) -> None:
        """Take bytes of the inverter."""
        for frame in self._splitter.feed(data):
            self._read(frame, Direction.TO_BATTERY)

    def answer(self, data: bytes, now_s: float) -> None:
        """Take an answer that has left."""
        reading = self._read(data, Direction.FROM_BATTERY)
        sent = (Sent(now_s, ANSWER, data),)
        if reading is None:
            self._new.append(Words(now_s, sent))
        elif reading.kind == "refusal":
            # Where one question asks for everything, a refusal offers nothing; elsewhere the limits are told apart.
            nothing = Spoken(now_s, None, 0.0, 0.0) if self._in_one else None
            self._new.append(Words(now_s, sent, nothing, refused=True))
        else:
            self.view = seen(self.view, reading.values, now_s)
            self._new.append(_words(reading, sent, now_s))

    def take(self) -> list[Words]:
        """What was said since the last time, answer by answer."""
        new, self._new = self._new, []
        return new

    def _read(self, frame: bytes, direction: Direction) -> Reading | None:
        try:
            return self._decoder.read(frame, direction)
        except FrameError:
            # Half a question, heard while the gateway was started: nobody answers it either.
            return None


def _words(reading: Reading, sent: tuple[Sent, ...], now_s: float) -> Words:
    values = reading.values
    measured = any(values.get(key) is not None for key in MEASURED)
    if _number(values, "charge_current_limit_a") is None:
        return Words(now_s, sent, None, measured)
    said = Spoken(
        now_s,
        _number(values, "charge_voltage_limit_v"),
        _number(values, "charge_current_limit_a"),
        _number(values, "discharge_current_limit_a"),
        _number(values, "discharge_voltage_limit_v"),
        measured=measured,
        forced=bool(values.get("charge_immediately") or values.get("force_charge")),
    )
    return Words(now_s, sent, said, measured)


def _number(values: Mapping[str, Value], key: str) -> float | None:
    value = values.get(key)
    return value if isinstance(value, int | float) else None


def ear_for(dialect: str) -> CanEar | LineEar:
    """The ear for a dialect that is spoken to inverters.

    Raises:
        ParameterError: there is no such dialect, or no inverter of it can be simulated.
    """
    parts = find_dialect(dialect).parts()
    if parts.can_inverter is not None and parts.can_decoder is not None:
        return CanEar(parts.can_inverter(CanOptions(experimental=True)), parts.can_decoder())
    if parts.serial_inverter is not None and parts.splitter is not None and parts.decoder is not None:
        return LineEar(dialect, parts.splitter(Direction.TO_BATTERY), parts.decoder())
    raise ParameterError(f"{dialect} is not spoken to inverters; `openress dialects` lists what is.")
