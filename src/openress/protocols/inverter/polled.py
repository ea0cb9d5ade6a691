"""The machine under every serial dialect towards inverters: hears questions, answers them for the rack in its time.

It knows no dialect: a `Voice` tells questions from answers and words what is told. It never answers a damaged frame, a
question for somebody else, its own echo, or a question whose asker has given up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Protocol

from openress.errors import ParameterError
from openress.model import Freshness, Limits, RackSample, freshness
from openress.protocols.base import BatteryServer, ServerOptions, Splitter, Value
from openress.protocols.canbus import Heard
from openress.protocols.inverter.told import LimitRules, Told, tell

__all__ = [
    "ANSWER_WITHIN_S",
    "LEAST_TURNAROUND_S",
    "Call",
    "PolledBattery",
    "RackServer",
    "Sort",
    "Voice",
    "check_turnaround",
    "served",
]

ANSWER_WITHIN_S = 0.2
"""An older question gets no answer: Growatt and PACE give up after 200 ms, and a late answer meets another question."""
LEAST_TURNAROUND_S = 3.5 * 10 / 9600
"""3.5 characters of 10 bits at 9600 baud, the speed of every dialect here; Modbus asks for so much silence."""
_MOST_TURNAROUND_S = 0.15
_SILENCE_S = 0.5
"""A frame that has begun does not go on after so long."""
_ECHO_S = 0.5
_REMEMBERED = 16
"""So many questions are remembered with their answers; inverters are known to ask five."""
_SECONDS_PER_BYTE = 10 / 9600


class Sort(Enum):
    """What a frame on the line is to us."""

    QUESTION = "question"
    """For us, and to be answered."""
    OTHER = "other"
    """A sound question for somebody else."""
    ANSWER = "answer"
    """Another battery talks."""
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Call:
    """A frame as a voice understands it: its sort, whose address it carries, and what it says."""

    sort: Sort
    address: int | None = None
    values: Mapping[str, Value] = field(default_factory=dict)


class Voice(Protocol):
    """What the machine needs of a dialect."""

    rules: LimitRules
    """What limits its inverters take."""

    def splitter(self) -> Splitter:
        """Finds the frames of both directions."""
        ...

    def call(self, frame: bytes, now_s: float) -> Call:
        """Tell what a frame is; remembers questions where an answer can only be told by them. Never raises."""
        ...

    def answer(self, frame: bytes, told: Told, rack: RackSample, now_s: float) -> bytes | None:
        """The answer to a question of `Sort.QUESTION`; `None` is silence."""
        ...


def check_turnaround(turnaround_s: float) -> None:
    """Refuse to answer too soon for the line, or too late for an inverter.

    Raises:
        ParameterError: says what is allowed.
    """
    if not LEAST_TURNAROUND_S <= turnaround_s <= _MOST_TURNAROUND_S:
        raise ParameterError(
            f"The turnaround is {turnaround_s:g} s: {LEAST_TURNAROUND_S:.4f} s (3.5 characters) to "
            f"{_MOST_TURNAROUND_S:g} s is allowed."
        )


class PolledBattery:
    """See `SerialBattery`.

    Raises:
        ParameterError: a turnaround that no line or no inverter allows.
    """

    def __init__(self, voice: Voice, options: ServerOptions) -> None:
        check_turnaround(options.turnaround_s)
        self._voice = voice
        self._rated = options.rated
        self._splitter = voice.splitter()
        self._heard = Heard()
        self._fed_s: float | None = None
        self._open: list[tuple[float, bytes]] = []
        self._sent: dict[bytes, float] = {}
        self._answered: dict[bytes, tuple[float, bytes]] = {}
        self.turnaround_s = options.turnaround_s

    @property
    def heard(self) -> Heard:
        """What has come in so far."""
        return self._heard

    @property
    def next_due_s(self) -> float | None:
        """When `due` will have something to send; `None` while nobody has asked."""
        return self._open[0][0] + self.turnaround_s if self._open else None

    @property
    def answered(self) -> Mapping[bytes, tuple[float, bytes]]:
        """The last answer to each question since the last reset and its time; a crowd of questions drops the eldest."""
        return self._answered

    def feed(self, data: bytes, now_s: float) -> None:
        """Take bytes off the line."""
        if self._fed_s is not None and not 0.0 <= now_s - self._fed_s <= _SILENCE_S:
            self._splitter.reset()
        self._fed_s = now_s
        for frame in self._splitter.feed(data):
            if not self._echoes(frame, now_s):
                self._take(frame, now_s)

    def _echoes(self, frame: bytes, now_s: float) -> bool:
        """Whether a frame is one of our answers coming back through a half-duplex adapter; it comes back once."""
        self._sent = {sent: until_s for sent, until_s in self._sent.items() if now_s <= until_s}
        return self._sent.pop(frame, None) is not None

    def _take(self, frame: bytes, now_s: float) -> None:
        call = self._voice.call(frame, now_s)
        match call.sort:
            case Sort.DAMAGED:
                self._heard = replace(self._heard, damaged=self._heard.damaged + 1)
            case Sort.ANSWER:
                self._heard = replace(self._heard, rival_at_s=now_s, rival_id=call.address)
            case Sort.QUESTION | Sort.OTHER:
                self._heard = replace(self._heard, alive_at_s=now_s, values=call.values)
                if call.sort is Sort.QUESTION:
                    self._open.append((now_s, frame))

    def due(self, told: RackSample, now_s: float) -> list[bytes]:
        """The answers to send now."""
        ripe = [(at_s, frame) for at_s, frame in self._open if now_s >= at_s + self.turnaround_s]
        if not ripe:
            return []
        self._open = self._open[len(ripe) :]
        safe = tell(told, self._voice.rules, _of_rack(self._rated, told))
        if safe is None:
            return []
        answers = []
        for at_s, frame in ripe:
            if now_s - at_s > self.turnaround_s + ANSWER_WITHIN_S:
                continue
            answer = self._voice.answer(frame, safe, told, now_s)
            if answer is None:
                self._answered.pop(frame, None)
            else:
                answers.append(answer)
                self._remember(frame, answer, now_s)
                self._sent[answer] = now_s + _ECHO_S + len(answer) * _SECONDS_PER_BYTE
        return answers

    def _remember(self, question: bytes, answer: bytes, now_s: float) -> None:
        self._answered[question] = (now_s, answer)
        if len(self._answered) > _REMEMBERED:
            self._answered.pop(next(iter(self._answered)))

    def reset(self) -> None:
        """Forget questions and answers."""
        self._open.clear()
        self._answered.clear()


def _of_rack(rated: Limits | None, rack: RackSample) -> Limits | None:
    """What the packs that are awake allow at best, each as much as one."""
    if rated is None:
        return None
    packs = max(1, sum(not pack.asleep for pack in rack.packs))
    charge_a, discharge_a = rated.charge_current_limit_a, rated.discharge_current_limit_a
    return replace(
        rated,
        charge_current_limit_a=None if charge_a is None else packs * charge_a,
        discharge_current_limit_a=None if discharge_a is None else packs * discharge_a,
    )


class RackServer:
    """A battery towards an inverter, as `BatteryServer`: it looks at the age of what it tells by itself.

    Args:
        make: the battery.
        options: see `ServerOptions`.
    """

    __slots__ = ("_battery", "_fresh_for_s")

    def __init__(self, make: Callable[[ServerOptions], PolledBattery], options: ServerOptions) -> None:
        self._battery = make(options)
        self._fresh_for_s = options.fresh_for_s

    def feed(self, data: bytes, rack: RackSample, now_s: float) -> list[bytes]:
        """Take bytes from the line; gives the answers to send, in order."""
        self._battery.feed(data, now_s)
        if not self._fresh(rack, now_s):
            self._battery.reset()
            return []
        return self._battery.due(rack, now_s + self._battery.turnaround_s)

    def _fresh(self, rack: RackSample, now_s: float) -> bool:
        """Whether some pack is awake and all that is told of the rack is fresh."""
        if all(pack.asleep for pack in rack.packs):
            return False
        groups = (rack.analog, rack.status, rack.limits)
        times = [rack.at_s, *(group.at_s for group in groups if group is not None)]
        ages = (freshness(at_s, now_s, fresh_for_s=self._fresh_for_s) for at_s in times)
        return all(age is Freshness.FRESH for age in ages)


def served(make: Callable[[ServerOptions], PolledBattery]) -> Callable[[ServerOptions], BatteryServer]:
    """What makes the battery of a dialect as a server of its own."""
    return lambda options: RackServer(make, options)
