"""The questions to the packs of a rack: what each told, which it does not know, and when it is asked who it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import replace
from enum import Enum, auto

from openress.model import PackSample
from openress.protocols.base import BatteryClient, Query
from openress.rack.identity import real_serial
from openress.rack.membership import Membership
from openress.rack.poll import NoAnswerError, Poller

__all__ = ["IDENTITY_EVERY_S", "Asking", "Outcome"]

IDENTITY_EVERY_S = 120.0
TWIN_EVERY_S = 600.0
"""So often it is listened for a second answer: it costs time in which nobody is asked."""
TWIN_WITHIN_S = 0.35
"""Of two packs at one address the slower one has begun its answer by then: a US2000B takes up to 250 ms."""
REFUSALS = 3
"""A question of the cycle that was refused in so many rounds, and never answered, is not put again."""
MANY = 10**9


class Outcome(Enum):
    """What became of a question."""

    ANSWERED = auto()
    REFUSED = auto()
    """Something came, and it was no answer: a refusal, or a damaged frame."""
    SILENT = auto()


class Asking:
    """Puts questions to packs, and tells the rack what came of them.

    Args:
        client: what the packs speak.
        members: is told.
        clock: monotonic seconds.

    Attributes:
        unanswered: packs whose last question of the polling stayed without an answer.
    """

    def __init__(self, client: BatteryClient, members: Membership, clock: Callable[[], float]) -> None:
        self._client = client
        self._members = members
        self._clock = clock
        self._asked_who_s: dict[int, float] = {}
        self._listened_s: dict[int, float] = {}
        self._refused: Counter[tuple[int, str]] = Counter()
        self._samples: dict[int, PackSample] = {}
        self.unanswered: set[int] = set()

    async def ask(self, poller: Poller, query: Query, *, tries: int | None = None) -> Outcome:
        """Put one question and tell the rack what came of it."""
        number = query.pack
        try:
            sample = await poller.ask(self._samples.get(number, PackSample(number)), query, tries=tries)
        except NoAnswerError as error:
            self.unanswered.add(number)
            self._members.missed(number, garbled=error.garbled)
            self._refused[number, query.name] += error.garbled
            return Outcome.REFUSED if error.garbled else Outcome.SILENT
        self.unanswered.discard(number)
        self._refused[number, query.name] = -MANY
        self._samples[number] = sample
        self._members.heard(sample, self._clock())
        return Outcome.ANSWERED

    def lacks(self, query: Query) -> bool:
        """Whether a pack that tells its status always refuses this question: its firmware does not know it."""
        sample = self._samples[query.pack]
        return self._refused[query.pack, query.name] >= REFUSALS and sample.status is not None

    def unknown(self, numbers: Collection[int], now_s: float) -> list[int]:
        """Those about whom something is open, and of the others the one that was asked longest ago."""
        wanted = [number for number in numbers if self._members.identity_wanted(number, now_s)]
        routine = [
            (self._asked_who_s.get(number, 0.0), number)
            for number in numbers
            if number not in wanted and now_s - self._asked_who_s.get(number, 0.0) >= IDENTITY_EVERY_S
        ]
        return wanted + [number for _, number in sorted(routine)[:1]]

    async def ask_who(self, poller: Poller, number: int) -> None:
        """Ask a pack who it is; what it was called before is no answer."""
        before = self._samples[number]
        sample = replace(before, identity=None)
        listens = self._suspects(number)
        garbled = twin = False
        for query in self._client.rarely(number):
            # Who listens for a second answer must not hear that to somebody else's question.
            async with poller.turn():
                try:
                    sample = await poller.ask(sample, query, tries=2)
                except NoAnswerError as error:
                    # Not every firmware knows every command.
                    garbled = garbled or error.garbled
                    continue
                if listens:
                    twin = await self._another(poller, query, sample) or twin
        now_s = self._clock()
        self._asked_who_s[number] = now_s
        told = sample.identity is not None and sample.identity.serial is not None
        known = before.identity is not None and before.identity.serial is not None
        if known and not told:
            if garbled:
                self._members.unidentified(number, now_s)
            # It has a serial number and did not tell it this time: ask again soon.
            self._asked_who_s.pop(number)
            return
        self._samples[number] = sample
        self._members.heard(sample, now_s)
        self._members.identified(number, now_s)
        if twin:
            self._members.twin(number, now_s)

    def _suspects(self, number: int) -> bool:
        """Whether it is time to listen for a second pack at an address."""
        now_s = self._clock()
        last_s = self._listened_s.setdefault(number, now_s)
        if now_s - last_s < TWIN_EVERY_S and not self._members.doubted(number, now_s):
            return False
        self._listened_s[number] = now_s
        return True

    async def _another(self, poller: Poller, query: Query, sample: PackSample) -> bool:
        """Whether a second pack tells a serial number of its own at the same address, a little later."""
        nobody = PackSample(query.pack)
        # Listened to the end whatever was asked: a late answer must not pass for that to the next question.
        others = await poller.more(lambda frame: self._client.merge(nobody, query, frame, self._clock()), TWIN_WITHIN_S)
        serial = _serial(sample)
        if serial is None:
            return False
        return any(_serial(other) not in (None, serial) for other in others)

    def forget(self, number: int) -> None:
        """A pack was taken out of the rack."""
        self._samples.pop(number, None)
        self._refused = Counter({key: count for key, count in self._refused.items() if key[0] != number})


def _serial(sample: PackSample) -> str | None:
    return None if sample.identity is None else real_serial(sample.identity.serial)
