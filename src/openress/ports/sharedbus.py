"""A half-duplex line that several stations share: who drives it when, and what each of them hears.

Pure, time is an argument. Packs answer by themselves; a program talks through an end, see `openress.ports.busend`. Two
that talk at once garble each other; a station at another speed or with swapped wires hears what its receiver makes of
the levels, see `openress.codec.uart`. A pack hears bytes when the run that they belong to has ended, an end as they
come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Protocol

from openress.codec.uart import BITS, Signal, Uart, coin

if TYPE_CHECKING:
    from openress.model import RackSample
    from openress.protocols.base import BatteryServer

__all__ = ["Faults", "PackSpeaker", "Said", "SharedBus", "Speaker", "Station"]

TURNAROUND_S = 0.02
"""From the end of a question to the beginning of the answer, unless said otherwise."""
_LOST, _CUT, _WHERE, _NOISE, _BIT = range(5)
"""What a coin is thrown for."""


class Speaker(Protocol):
    """A machine at a station: hears bytes, and talks when it has heard something or when its time has come."""

    @property
    def deadline_s(self) -> float | None:
        """When it wants to be fed nothing, so that it can act on the time alone; `None` for never."""
        ...

    def feed(self, data: bytes, now_s: float) -> list[bytes]:
        """Take what was heard, or nothing at the deadline; gives what to say, in order."""
        ...


@dataclass(frozen=True, slots=True)
class PackSpeaker:
    """A pack that answers and never speaks first.

    Attributes:
        server: its side of a dialect.
        source: what it knows, given the time; a pack on a shared line knows of itself alone.
    """

    server: BatteryServer
    source: Callable[[float], RackSample]

    @property
    def deadline_s(self) -> None:
        """Never."""
        return None

    def feed(self, data: bytes, now_s: float) -> list[bytes]:
        """Answer what asks for it."""
        return self.server.feed(data, self.source(now_s), now_s)


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with a station; shares from 0 to 1.

    Attributes:
        loses: of its messages never leave.
        cuts: of its messages stop somewhere in the middle.
    """

    loses: float = 0.0
    cuts: float = 0.0


@dataclass(frozen=True, slots=True)
class Said:
    """Who drove which bytes onto the line, and when."""

    start_s: float
    end_s: float
    station: str
    data: bytes
    baud: int


@dataclass(slots=True)
class Station:
    """Somebody at the line; made by `SharedBus.attach`.

    Attributes:
        name: for the record.
        uart: its receiver; its speed is the station's.
        speaker: who is there; `None` for an end, whose bytes gather in `heard`.
        turnaround_s: wait before it says what it was made to say by something heard.
        faults: what is wrong with it.
        heard: what an end has heard and nobody has taken yet.
        quiet_s: when it has said everything it was told to say.
        said: how many messages it has said, lost ones included.
    """

    name: str
    uart: Uart
    speaker: Speaker | None
    turnaround_s: float
    faults: Faults
    heard: bytearray = field(default_factory=bytearray)
    quiet_s: float = 0.0
    said: int = 0

    @property
    def swapped(self) -> bool:
        """Its wires are swapped."""
        return self.uart.swapped


class SharedBus:
    """Machine: the line and all at it.

    Args:
        seed: of everything that is left to chance.
        noise: share of bytes that are altered on their way, from 0 to 1.
        on_said: told of everything that is driven onto the line, as it begins.
        at_s: when the line begins.
    """

    def __init__(
        self, *, seed: int = 0, noise: float = 0.0, on_said: Callable[[Said], None] | None = None, at_s: float = 0.0
    ) -> None:
        self.noise = noise
        self.stations: list[Station] = []
        self._seed = seed
        self._on_said = on_said
        self._now_s = at_s
        self._signals: list[Signal] = []
        self._due: list[float] = []
        self._count = 0
        self._joined = 0

    def attach(
        self,
        name: str,
        speaker: Speaker | None = None,
        *,
        baud: int = 9600,
        swapped: bool = False,
        echo: bool = False,
        turnaround_s: float = TURNAROUND_S,
        faults: Faults | None = None,
    ) -> Station:
        """Connect somebody.

        Args:
            name: for the record.
            speaker: who is there; `None` for an end.
            baud: its speed.
            swapped: its wires are swapped.
            echo: it hears what it says itself, as an echoing adapter does.
            turnaround_s: its wait before an answer; an end and a speaker's own beginning do not wait.
            faults: what is wrong with it.
        """
        self._joined += 1
        uart = Uart(self._joined, baud, swapped=swapped, echo=echo, seed=self._seed, at_s=self._now_s)
        station = Station(name, uart, speaker, turnaround_s, faults or Faults(), quiet_s=self._now_s)
        self.stations.append(station)
        return station

    def detach(self, station: Station) -> None:
        """Disconnect somebody; what it said last stays on the line."""
        self.stations.remove(station)

    @property
    def next_s(self) -> float | None:
        """When something happens next; `None` while the line rests and nobody waits for a time."""
        due = [self._due[0]] if self._due else []
        deadlines = (s.speaker.deadline_s for s in self.stations if s.speaker is not None)
        return min([*due, *(deadline for deadline in deadlines if deadline is not None)], default=None)

    @property
    def busy(self) -> bool:
        """Whether somebody talks, or is about to."""
        return bool(self._due)

    def say(self, station: Station, data: bytes, at_s: float) -> float:
        """Let a station drive bytes onto the line from `at_s` on, or as soon as it has said what it says now.

        Nobody looks whether the line is free: that is for who asks to see to. Gives the end.
        """
        number, station.said = station.said, station.said + 1
        who, faults = station.uart.station, station.faults
        if not data or coin(self._seed, who, number, _LOST) < faults.loses:
            return at_s
        if coin(self._seed, who, number, _CUT) < faults.cuts:
            data = data[: max(1, int(len(data) * coin(self._seed, who, number, _WHERE)))]
        start_s = max(at_s, station.quiet_s, self._now_s)
        sent = Signal(self._count, who, start_s, station.uart.baud, self._altered(data), station.swapped)
        self._count += 1
        station.quiet_s = sent.end_s
        if self._on_said is not None:
            self._on_said(Said(start_s, sent.end_s, station.name, data, sent.baud))
        self._signals.append(sent)
        self._signals.sort(key=lambda signal: signal.start_s)
        heappush(self._due, sent.end_s)
        slowest = min((station.uart.baud for station in self.stations), default=sent.baud)
        if slowest < sent.baud:
            # A slower receiver is still busy with its last character then.
            heappush(self._due, sent.end_s + BITS / slowest)
        return sent.end_s

    def advance(self, now_s: float) -> None:
        """Let everything happen that happens up to `now_s`."""
        while (at_s := self.next_s) is not None and at_s <= now_s:
            at_s = max(at_s, self._now_s)
            while self._due and self._due[0] <= at_s:
                heappop(self._due)
            self._let_hear(at_s, packs=True)
            self._now_s = at_s
        if now_s > self._now_s:
            self._let_hear(now_s, packs=False)
            self._now_s = now_s

    def _let_hear(self, at_s: float, *, packs: bool) -> None:
        self._now_s = at_s
        for station in tuple(self.stations):
            speaker = station.speaker
            if speaker is None:
                station.heard += station.uart.hear(self._signals, at_s)
            elif packs:
                data = station.uart.hear(self._signals, at_s)
                if data:
                    self._speak(station, speaker.feed(data, at_s), at_s + station.turnaround_s)
                deadline_s = speaker.deadline_s
                if deadline_s is not None and deadline_s <= at_s:
                    self._speak(station, speaker.feed(b"", at_s), at_s)
        listened_s = min((station.uart.at_s for station in self.stations), default=at_s)
        if self._signals and self._signals[0].end_s <= listened_s:
            self._signals = [signal for signal in self._signals if signal.end_s > listened_s]

    def _speak(self, station: Station, messages: list[bytes], at_s: float) -> None:
        for message in messages:
            at_s = self.say(station, message, at_s)

    def _altered(self, data: bytes) -> bytes:
        if not self.noise:
            return data
        return bytes(
            byte ^ (1 << int(8 * coin(self._seed, self._count, at, _BIT)))
            if coin(self._seed, self._count, at, _NOISE) < self.noise
            else byte
            for at, byte in enumerate(data)
        )
