"""A virtual pack as its place in the rack makes it: the master asks the others over LINK and speaks for all of them.

A5L guide, ADD table: 0 is a pack alone, 1 the master, 2 to 15 are slaves. The master asks one question at a time, round
after round; whoever was heard within `fresh_for_s` belongs to the rack that it tells. Only the master tells a rack
(REQ-107); a pack alone asks nobody and tells of itself, a slave answers on LINK and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from openress.bms.aggregate import aggregate
from openress.errors import FrameError
from openress.model import Freshness, PackSample, RackSample, freshness
from openress.protocols.base import BatteryClient, Query, Splitter

__all__ = ["ALONE", "LAST", "MASTER", "VirtualMaster", "told_upstream"]

ALONE, MASTER, LAST = 0, 1, 15
"""Addresses of the A5L guide's ADD table."""
FRESH_FOR_S = 10.0
"""A slave that was not heard for so long leaves the rack."""


def told_upstream(number: int, sample: PackSample, master: VirtualMaster | None, now_s: float) -> RackSample | None:
    """What pack `number` tells an inverter: the master its rack, a pack alone itself, a slave nothing."""
    if number == ALONE:
        return aggregate([sample], now_s)
    return None if master is None else master.rack(now_s)


class VirtualMaster:
    """Machine that asks the slaves; a `Speaker` on a shared line.

    Args:
        client: what is spoken on LINK.
        own: what the master knows of itself, given the time.
        answer: answers what others ask on LINK of the master itself; `None` leaves that unanswered.
        slaves: numbers that may be there.
        wait_s: from the beginning of a question to giving up.
        pause_s: between an answer and the next question.
        round_s: from round to round, unless the packs need longer.
        begins_s: time of the first question; the first round looks for everybody.
    """

    def __init__(
        self,
        client: BatteryClient,
        own: Callable[[float], PackSample],
        *,
        answer: Callable[[bytes, float], list[bytes]] | None = None,
        slaves: Iterable[int] = range(MASTER + 1, LAST + 1),
        wait_s: float = 0.5,
        pause_s: float = 0.05,
        round_s: float = 1.0,
        begins_s: float = 0.0,
    ) -> None:
        self._client = client
        self._own = own
        self._answer = answer
        self._slaves = tuple(number for number in slaves if number <= client.max_packs)
        self._wait_s = wait_s
        self._pause_s = pause_s
        self._samples: dict[int, PackSample] = {}
        self._round = [client.first(number) for number in self._slaves]
        self._round_s = round_s
        self._round_began_s = begins_s
        self._looked_for = 0
        self._asked: Query | None = None
        self._splitter: Splitter = client.splitter()
        self.deadline_s: float | None = begins_s if self._slaves else None

    def feed(self, data: bytes, now_s: float) -> list[bytes]:
        """Take what LINK brings, or nothing at the deadline; gives what to say there."""
        if data:
            return self._hear(data, now_s)
        if self.deadline_s is None or now_s < self.deadline_s:
            return []
        self._asked = None
        if not self._round:
            self._round = self._questions(now_s)
            due_s = self._round_began_s + self._round_s
            self._round_began_s = max(due_s, now_s)
            if now_s < due_s:
                self.deadline_s = due_s
                return []
        self._asked = self._round.pop(0)
        self._splitter = self._client.splitter()
        self.deadline_s = now_s + self._wait_s
        return [self._asked.frame]

    def rack(self, now_s: float) -> RackSample:
        """The master and every slave that it hears, with their sum."""
        heard = [self._samples[number] for number in sorted(self._samples)]
        fresh = [pack for pack in heard if freshness(pack.at_s, now_s, fresh_for_s=FRESH_FOR_S) is Freshness.FRESH]
        return aggregate([self._own(now_s), *fresh], now_s)

    @property
    def heard(self) -> Sequence[int]:
        """Numbers of the slaves that have answered and not been given up."""
        return sorted(self._samples)

    def _hear(self, data: bytes, now_s: float) -> list[bytes]:
        answers = [] if self._answer is None else self._answer(data, now_s)
        for frame in self._splitter.feed(data) if self._asked is not None else ():
            query = self._asked
            if query is None:
                break
            known = self._samples.get(query.pack)
            try:
                self._samples[query.pack] = self._client.merge(known or PackSample(query.pack), query, frame, now_s)
            except FrameError:
                # Another's answer, or a damaged one; the right one may still come.
                continue
            if known is None:
                self._round[:0] = [*self._client.cycle(query.pack), *self._client.rarely(query.pack)]
            self._asked = None
            self.deadline_s = now_s + self._pause_s
        return answers

    def _questions(self, now_s: float) -> list[Query]:
        """Those of a round: all to everybody who is there, one to somebody who is not."""
        self._give_up(now_s)
        questions = [query for number in self.heard for query in self._client.cycle(number)]
        absent = [number for number in self._slaves if number not in self._samples]
        if absent:
            self._looked_for += 1
            questions.append(self._client.first(absent[self._looked_for % len(absent)]))
        return questions

    def _give_up(self, now_s: float) -> None:
        for number, sample in list(self._samples.items()):
            at_s = sample.at_s
            if at_s is not None and now_s - at_s > FRESH_FOR_S:
                del self._samples[number]
