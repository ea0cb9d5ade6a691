"""Hours of a rack in simulated time: packs, their codecs and the rack's machines, without a loop or a clock.

Every byte goes through the client and the servers of a dialect and takes the time that it takes at 9600 baud. Dice
decide what befalls the packs and the line.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.rack.bench import PRODUCT, alike
from tests.samples import with_analog, with_status

from openress.answering import server_options
from openress.checker import RackChecker
from openress.errors import FrameError
from openress.model import Condition, PackSample, RackSample, Switches
from openress.params import ParameterSet
from openress.protocols import find_dialect
from openress.protocols.base import BatteryClient, BatteryServer, Query
from openress.rack.asking import IDENTITY_EVERY_S
from openress.rack.membership import Membership
from openress.rack.schedule import Schedule
from openress.rack.standing import RackView, Standing
from openress.rack.timing import timing_of

__all__ = ["RackDays"]

BYTE_S = 10 / 9600
TURNAROUND_S = 0.03
DAY_S = 86400.0
MANY = 15


@dataclass
class Pack:
    """One physical pack.

    `answers` are the addresses to which it answers: one, or with a broken switch two.
    """

    serial: str
    answers: set[int]
    cycles: int
    soc_off: float
    cold: bool = False
    silent_until_s: float = 0.0

    def sample(self, number: int, now_s: float) -> PackSample:
        """What it tells as pack `number`."""
        soc = min(100.0, max(0.0, 55.0 + 44.0 * math.sin(2 * math.pi * now_s / DAY_S) + self.soc_off))
        cell_mv = round(3260 + soc + max(0.0, soc - 92.0) * 20 - max(0.0, 15.0 - soc) * 25)
        warm_c = 4.0 if self.cold else 24.0
        sample = with_analog(
            alike(number, at_s=now_s, serial=self.serial),
            pack_voltage_v=cell_mv * 16 / 1000,
            cell_voltages_mv=(cell_mv,) * 16,
            temperatures_c=(warm_c,) * 4,
            soc_pct=soc,
            remaining_ah=round(soc, 2),
            cycles=self.cycles,
        )
        if cell_mv >= 3500:
            full = frozenset({Condition.CELL_OVER_VOLTAGE})
            sample = with_status(sample, protections=full, switches=Switches(charge=False, discharge=True))
        return sample


@dataclass
class Tally:
    """What has happened."""

    rounds: int = 0
    exchanges: int = 0
    damaged: int = 0
    unanswered: int = 0
    losses: int = 0
    joins: int = 0
    exclusions: int = 0
    rises_on_loss: list[str] = field(default_factory=list)
    counted_twice: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)


class RackDays:
    """A rack of 15 packs that lives through whatever the dice say.

    Args:
        seed: of the dice.
        calm_s: mean time between two events.
        noise: share of answers that arrive damaged.
    """

    def __init__(self, seed: int, *, calm_s: float = 300.0, noise: float = 0.01, dialect: str = "pace") -> None:
        self.dice = random.Random(seed)
        self.tally = Tally()
        self.now_s = 0.0
        self._calm_s, self._noise = calm_s, noise
        parts = find_dialect(dialect).parts()
        assert parts.client is not None
        assert parts.server is not None
        self._timing = timing_of(dialect)
        self._client: BatteryClient = parts.client()
        options = server_options(PRODUCT)
        make = parts.server
        self._server: Callable[[], BatteryServer] = lambda: make(options)
        self._servers: dict[tuple[str, int], BatteryServer] = {}
        self._made = 0
        self.packs = [self._new_pack(number) for number in range(1, MANY + 1)]
        self.members = Membership(PRODUCT, ParameterSet.defaults(PRODUCT))
        self.checker = RackChecker(PRODUCT, expected=range(1, MANY + 1))
        self.schedule = Schedule(range(1, MANY + 1))
        self.schedule.know(range(1, MANY + 1), 0.0)
        self.members.begin(range(1, MANY + 1), 0.0, confirmed=False)
        self._samples: dict[int, PackSample] = {}
        self._asked_who_s: dict[int, float] = {}
        self._event_s = 60.0 + self.dice.expovariate(1 / calm_s)
        self._away_until_s = 0.0
        self._noisy_until_s = 0.0
        self._away = False
        self.view: RackView = self.members.step(0.0)
        self._totals = (0.0, 0.0)

    def run(self, hours: float) -> Tally:
        """Live for so long."""
        end_s = self.now_s + 3600.0 * hours
        while self.now_s < end_s:
            self._happen()
            self._round()
            self._look()
        return self.tally

    def _new_pack(self, number: int) -> Pack:
        self._made += 1
        return Pack(f"SN{self._made:08}", {number}, self.dice.randrange(5000), self.dice.uniform(-1.5, 1.5))

    def _happen(self) -> None:
        """What befalls the rack, now and then."""
        if self.now_s < self._event_s:
            return
        self._event_s = self.now_s + self.dice.expovariate(1 / self._calm_s)
        events = {
            "silence": 10,
            "exchange": 2,
            "removal": 2,
            "cold": 4,
            "duplicate address": 2,
            "two addresses": 2,
            "swap": 1,
            "move": 1,
            "line away": 1,
            "noise": 2,
            "mend": 8,
        }
        event = self.dice.choices(list(events), list(events.values()))[0]
        self.tally.events[event] += 1
        pack = self.dice.choice(self.packs)
        for_s = self.dice.expovariate(1 / 600.0)
        match event:
            case "silence":
                pack.silent_until_s = self.now_s + for_s
            case "exchange":
                self.packs[self.packs.index(pack)] = replace(self._new_pack(0), answers=pack.answers)
            case "removal":
                for number in pack.answers:
                    self._take_out(number)
                pack.silent_until_s = self.now_s + for_s
            case "cold":
                pack.cold = not pack.cold
            case "line away":
                self._away_until_s = self.now_s + for_s
            case "noise":
                self._noisy_until_s = self.now_s + for_s / 10
            case "mend":
                self._mend()
            case _:
                self._confuse(event, pack)

    def _confuse(self, event: str, pack: Pack) -> None:
        """Somebody has set the address switches wrong."""
        other = self.dice.choice(self.packs)
        match event:
            case "duplicate address":
                pack.answers = set(other.answers)
            case "two addresses":
                pack.answers = pack.answers | {self.dice.randint(1, MANY)}
            case "swap":
                pack.answers, other.answers = other.answers, pack.answers
            case _:
                free = set(range(1, MANY + 1)) - set().union(*(one.answers for one in self.packs))
                pack.answers = {self.dice.choice(sorted(free))} if free else pack.answers

    def _mend(self) -> None:
        """An installer puts the addresses right, and takes out what is not there any more."""
        for number, pack in enumerate(self.packs, start=1):
            pack.answers = {number}
            pack.cold = False
        for member in self.view.members:
            if member.standing is Standing.LOST and self.packs[member.pack - 1].silent_until_s < self.now_s:
                self._take_out(member.pack)

    def _take_out(self, number: int) -> None:
        self.members.remove(number, self.now_s)
        self.schedule.forget(number, self.now_s)
        self.schedule.answered(number)
        self.checker.forget(number)
        self._samples.pop(number, None)

    def _round(self) -> None:
        started_s = self.now_s
        self.tally.rounds += 1
        if self.now_s < self._away_until_s:
            self._away = True
            self.now_s += 1.0
            return
        if self._away:
            self._away = False
            self.members.restart(self.now_s)
            self.checker.restart(self.now_s)
        cycles: dict[int, tuple[Query, ...]] = {}
        for number in self.schedule.round(self.now_s):
            queries = self._client.cycle(number)
            if self._ask(queries[0], self.schedule.tries(number, self._timing.tries)):
                self.schedule.answered(number)
                cycles[number] = queries
            else:
                self.schedule.silent(number, self.now_s)
        for number, queries in list(cycles.items()):
            if all(self._ask(query, self._timing.tries) for query in queries[1:]):
                self.members.polled(number, self.now_s)
                if self.members.identity_wanted(number, self.now_s):
                    self._ask_who(number)
        routine = min(cycles, key=lambda number: self._asked_who_s.get(number, 0.0), default=None)
        if routine is not None and self.now_s - self._asked_who_s.get(routine, 0.0) > IDENTITY_EVERY_S:
            self._ask_who(routine)
        self.members.cycle(self.now_s - started_s)
        self.now_s = max(self.now_s, started_s + 1.0)

    def _ask(self, query: Query, tries: int) -> bool:
        heard = False
        for _ in range(tries):
            merged, came = self._exchange(self._samples.get(query.pack, PackSample(query.pack)), query)
            heard = heard or came
            if merged is not None:
                self._samples[query.pack] = merged
                self.members.heard(merged, self.now_s)
                return True
        self.tally.unanswered += 1
        self.members.missed(query.pack, garbled=heard)
        return False

    def _ask_who(self, number: int) -> None:
        before = self._samples[number]
        sample = replace(before, identity=None)
        for query in self._client.rarely(number):
            merged, _ = self._exchange(sample, query)
            sample = merged or sample
        self._asked_who_s[number] = self.now_s
        if sample.identity is None or sample.identity.serial is None:
            return
        self._samples[number] = sample
        self.members.heard(sample, self.now_s)
        self.members.identified(number, self.now_s)

    def _exchange(self, sample: PackSample, query: Query) -> tuple[PackSample | None, bool]:
        """One question on the line; what it added, and whether anything came."""
        self.tally.exchanges += 1
        number = query.pack
        answers = [
            answer
            for pack in self.packs
            if number in pack.answers and pack.silent_until_s < self.now_s
            for answer in self._server_of(pack, number).feed(
                query.frame, RackSample(self.now_s, (pack.sample(number, self.now_s),)), self.now_s
            )
        ]
        heard = self._befall(answers)
        if not heard:
            self.now_s += self._timing.timeout_s
            return None, False
        self.now_s += (len(query.frame) + len(heard)) * BYTE_S + TURNAROUND_S
        for frame in self._client.splitter().feed(heard):
            try:
                return self._client.merge(sample, query, frame, self.now_s), True
            except FrameError:
                continue
        self.tally.damaged += 1
        self.now_s += self._timing.timeout_s
        return None, True

    def _server_of(self, pack: Pack, number: int) -> BatteryServer:
        key = pack.serial, number
        if key not in self._servers:
            self._servers[key] = self._server()
        return self._servers[key]

    def _befall(self, answers: list[bytes]) -> bytes:
        """What of the answers arrives: one of two that collide now and then wins."""
        if not answers:
            return b""
        heard = answers[0]
        if len(answers) > 1:
            if self.dice.random() < 0.5:
                return self.dice.choice(answers)
            heard = bytes(one & two for one, two in zip(answers[0], answers[1], strict=False))
        if self.dice.random() < (0.4 if self.now_s < self._noisy_until_s else self._noise):
            at = self.dice.randrange(len(heard))
            heard = heard[:at] + self.dice.randbytes(self.dice.randrange(4)) + heard[at + self.dice.randrange(3) :]
        return heard

    def _look(self) -> None:
        """The rack as it is now, held against the checker and against what is true."""
        before = {member.pack: member.standing for member in self.view.members}
        self.view = view = self.members.step(self.now_s)
        self.members.changes()
        after = {member.pack: member.standing for member in view.members}
        self.checker.fresh_for_s = view.fresh_for_s
        for number in set(before) - set(after):
            self.checker.forget(number)
        judged = [member.sample for member in view.members]
        self.tally.breaches += [str(breach) for breach in self.checker.check(judged, view.sample, self.now_s)]
        self._count(before, after)
        self._nobody_twice()

    def _count(self, before: dict[int, Standing], after: dict[int, Standing]) -> None:
        limits = self.view.sample.limits
        totals = (
            (0.0, 0.0)
            if limits is None
            else (limits.charge_current_limit_a or 0.0, limits.discharge_current_limit_a or 0.0)
        )
        turned = {number: standing for number, standing in after.items() if before.get(number) is not standing}
        lost = [n for n, standing in turned.items() if standing is Standing.LOST]
        self.tally.losses += len(lost)
        self.tally.joins += sum(standing is Standing.COUNTED for standing in turned.values())
        self.tally.exclusions += sum(standing is Standing.EXCLUDED for standing in turned.values())
        came = any(standing is Standing.COUNTED for standing in turned.values())
        opened = any(
            sample.status is not None and sample.status.switches is not None and not sample.status.switches.charge
            for sample in self.view.sample.packs
        )
        rose = any(now > then + 1e-6 for now, then in zip(totals, self._totals, strict=True))
        if lost and rose and not came and not opened:
            self.tally.rises_on_loss.append(f"{self.now_s:.0f} s: {self._totals} -> {totals}, lost {lost}")
        self._totals = totals

    def _nobody_twice(self) -> None:
        """No serial number in the sums twice, and no more packs counted than there are at those addresses."""
        serials = Counter(
            sample.identity.serial for sample in self.view.sample.packs if sample.identity and sample.identity.serial
        )
        twice = [serial for serial, count in serials.items() if count > 1]
        if twice:
            self.tally.counted_twice.append(f"{self.now_s:.0f} s: {twice}")
