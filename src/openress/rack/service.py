"""The rack in real time: polls its packs over one line and keeps what they are together.

Usable wherever a virtual rack is: `rack()`, `refresh()`, `heard()` and `run()` are those of `LiveRack`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Self

from openress.errors import ParameterError, PortError
from openress.model import Freshness, RackSample
from openress.params import ParameterSet
from openress.ports import BytePort
from openress.products import Product
from openress.protocols.base import BatteryClient
from openress.rack.addresses import ALONE, MASTER, require_room
from openress.rack.asking import Asking, Outcome
from openress.rack.joining import JoinRules
from openress.rack.membership import Membership
from openress.rack.poll import Poller, Timing
from openress.rack.resting import Rest
from openress.rack.schedule import Schedule
from openress.rack.standing import Change, Finding, RackView, Trouble

__all__ = ["LISTEN_S", "QUIET_AFTER_S", "RackService"]

LISTEN_S = 1.5
"""Before the first question: masters poll about once a second."""
LINE_FREE_AFTER_S = 10.0
"""A line on which another master was heard is free after so long without a byte."""
SOMEBODY_BYTES = 6
"""Fewer bytes than the shortest question has are noise of the plug."""
PERIOD_S = 1.0
"""A round begins so long after the last began, at the earliest."""
TICK_S = 0.5
RESTING_TICK_S = 10.0
QUIET_AFTER_S = 3600.0


class RackService:
    """The packs of one product on one line. Use it as an async context, then `run`.

    Args:
        port: the line; it is closed at the end.
        client: what the packs speak.
        product: what the packs are; says how many there may be.
        values: their parameters; `None` for the product's defaults.
        expected: the numbers of the packs that must be there; `None` takes those that answer at the start, if their
            numbers make a rack.
        timing: how to ask, as `timing_of(dialect)` tells.
        clock: monotonic seconds.
        again: gives the line again after it was lost; without it, a lost line ends `run` with its error.
        quiet_after_s: without current and without an inverter for so long, polling stops and lets the packs sleep;
            `None` polls for ever. `heard` begins anew.
        rules: for packs that join.
        lent: says who has the line while it is closed for somebody else's sake; `None` when nobody has.

    Attributes:
        cycle_s: how long the last round of questions took, with its pause.
        answered_s: the same of the last round in which nobody fell silent: asking in vain takes longer.
        rounds: how many rounds of questions there have been.

    Raises:
        ParameterError: more packs, or a higher number, than the product or the dialect allows.
    """

    def __init__(
        self,
        port: BytePort,
        client: BatteryClient,
        *,
        product: Product,
        values: Mapping[str, float] | None = None,
        expected: Collection[int] | None = None,
        timing: Timing | None = None,
        clock: Callable[[], float] = time.monotonic,
        again: Callable[[], Awaitable[BytePort]] | None = None,
        quiet_after_s: float | None = QUIET_AFTER_S,
        rules: JoinRules | None = None,
        listen_s: float = LISTEN_S,
        lent: Callable[[], str | None] = lambda: None,
    ) -> None:
        if expected is not None:
            require_room(expected, product=product.title, pack_limit=product.pack_limit, dialect_limit=client.max_packs)
        self._port = port
        self._client = client
        self._expected = None if expected is None else frozenset(expected)
        self._timing = timing or Timing()
        self._clock = clock
        self._again = again
        self._listen_s = listen_s
        self._lent = lent
        self.rounds = 0
        most = min(client.max_packs, product.pack_limit or client.max_packs)
        numbers = [*_alone(client), *range(1, most + 1)]
        self._schedule = Schedule(numbers)
        self._numbers = numbers
        self._members = Membership(product, values or ParameterSet.defaults(product), rules=rules)
        self._asking = Asking(client, self._members, clock)
        self._rest = Rest(quiet_after_s, clock())
        self._wanted = asyncio.Event()
        self._begun = self._resting = False
        self._poller: Poller | None = None
        self.cycle_s = self.answered_s = PERIOD_S
        self._view = self._members.step(clock())

    async def __aenter__(self) -> Self:
        """Nothing is sent before `run`."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Give the line back."""
        await self._port.close()

    async def run(self) -> None:
        """Listen, look for the packs, poll them; until cancelled.

        Raises:
            PortError: the line is gone and there is no way to get it again.
        """
        ticking = asyncio.create_task(self._tick())
        try:
            while True:
                try:
                    async with Poller(self._port, self._client, self._clock, self._timing) as poller:
                        self._poller = poller
                        await self._serve(poller)
                except PortError as error:
                    self._poller = None
                    await self._port.close()
                    if self._again is None:
                        raise
                    lent = self._lent()
                    trouble = Trouble.LINE_GONE if lent is None else Trouble.LINE_LENT
                    self._members.line(Finding(trouble, (), lent or str(error)))
                    self._port = await self._again()
                    self._members.line(None)
                    self._members.restart(self._clock())
        finally:
            self._poller = None
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)

    async def _tick(self) -> None:
        while True:
            self.refresh(self._clock())
            await asyncio.sleep(RESTING_TICK_S if self._resting else TICK_S)

    async def _serve(self, poller: Poller) -> None:
        await self._listen(poller)
        if not self._begun:
            await self._begin(poller)
        while True:
            started_s = self._clock()
            await self._round(poller, started_s)
            self.rounds += 1
            now_s = self._clock()
            self.cycle_s = max(PERIOD_S, now_s - started_s)
            self._members.cycle(self.cycle_s)
            self.refresh(now_s)
            if not any(m.state is Freshness.FRESH and m.pack in self.unanswered for m in self._view.members):
                self.answered_s = self.cycle_s
            if self._rest.step(self._view.sample, now_s):
                await self._let_sleep()
                await self._listen(poller)
            else:
                await asyncio.sleep(started_s + PERIOD_S - self._clock())

    async def _listen(self, poller: Poller) -> None:
        """Talk on no line on which somebody else does."""
        async with poller.turn():
            await self._listen_out(poller)

    async def _listen_out(self, poller: Poller) -> None:
        window_s = self._listen_s
        while len(await poller.listen(window_s)) >= SOMEBODY_BYTES:
            window_s = LINE_FREE_AFTER_S
            self._members.line(
                Finding(
                    Trouble.SECOND_MASTER,
                    (),
                    f"{self._port.name}: somebody else asks on this line, so nothing is sent: take the other master "
                    "off the line.",
                )
            )
            self.refresh(self._clock())
        self._members.line(None)

    async def _let_sleep(self) -> None:
        self._members.rest()
        self._resting = True
        self._wanted.clear()
        await self._wanted.wait()
        self._resting = False
        self._members.restart(self._clock())

    async def _begin(self, poller: Poller) -> None:
        """Find out who is there, or take the word of whoever has named them."""
        while self._expected is None:
            found = [number for number in self._numbers if await self._is_there(poller, number, tries=1)]
            # A gap may be an answer that was missed.
            below = [number for number in range(1, max(found, default=0)) if number not in found]
            found += [number for number in below if await self._is_there(poller, number, tries=self._timing.tries)]
            if found:
                self._know(frozenset(found), confirmed=False)
                return
            await asyncio.sleep(PERIOD_S)
        self._know(self._expected, confirmed=True)

    def _know(self, numbers: frozenset[int], *, confirmed: bool) -> None:
        now_s = self._clock()
        self._begun = True
        self._schedule.know(numbers, now_s)
        self._members.begin(numbers, now_s, confirmed=confirmed)

    async def _is_there(self, poller: Poller, number: int, *, tries: int) -> bool:
        return await self._asking.ask(poller, self._client.first(number), tries=tries) is Outcome.ANSWERED

    async def _round(self, poller: Poller, started_s: float) -> None:
        """One question to all, then the next to all, most important first; then who somebody is."""
        cycles = {}
        for number in self._schedule.round(started_s):
            queries = self._client.cycle(number)
            tries = self._schedule.tries(number, self._timing.tries)
            outcome = await self._asking.ask(poller, queries[0], tries=tries)
            if outcome is Outcome.ANSWERED:
                self._schedule.answered(number)
                cycles[number] = queries
            else:
                self._schedule.silent(number, self._clock(), loud=outcome is Outcome.REFUSED)
        whole = set(cycles)
        for step in range(1, max((len(queries) for queries in cycles.values()), default=0)):
            for number, queries in list(cycles.items()):
                if step >= len(queries) or self._asking.lacks(queries[step]):
                    continue
                outcome = await self._asking.ask(poller, queries[step])
                if outcome is not Outcome.ANSWERED:
                    whole.discard(number)
                if outcome is Outcome.SILENT:
                    del cycles[number]
        now_s = self._clock()
        for number in whole:
            self._members.polled(number, now_s)
        for number in self._asking.unknown(cycles, now_s):
            await self._asking.ask_who(poller, number)

    @property
    def poller(self) -> Poller | None:
        """Asks on the line between the rack's own questions; `None` while the line is gone."""
        return self._poller

    @property
    def unanswered(self) -> set[int]:
        """Packs whose last question of the polling stayed without an answer.

        Who is merely waited with, because somebody else has the line, is not among them.
        """
        return self._asking.unanswered

    def rack(self) -> RackSample:
        """The rack as of the last `refresh`: packs that count or sleep, and their totals.

        `limits` are 0 A until all packs have been heard, and `limits.at_s` is the age of the oldest pack in them: when
        every pack has fallen silent it grows old, and so does the rack.
        """
        return self._view.sample

    def view(self) -> RackView:
        """The same with all that is known of every pack, and what is wrong."""
        return self._view

    def refresh(self, now_s: float) -> None:
        """Let time pass: what has grown old leaves. The service does so by itself twice a second."""
        self._view = self._members.step(now_s)

    def heard(self) -> None:
        """An inverter or a person is there: polling goes on, or begins anew."""
        self._rest.needed(self._clock())
        self._wanted.set()

    def changes(self) -> list[Change]:
        """What has happened since this was asked last."""
        return self._members.changes()

    def accept(self, pack: int) -> None:
        """An operator accepts a pack in spite of what may be waived: part number, charge, temperature."""
        self._members.accept(pack)

    @property
    def resting(self) -> bool:
        """Whether nobody is asked, so that the packs can sleep."""
        return self._resting

    def judge(self, pack: int, values: Mapping[str, float]) -> None:
        """Allow a pack no more than the settings that it was read to have."""
        self._members.judge(pack, values)

    def hold(self, pack: int, values: Mapping[str, float] | None) -> None:
        """Allow no more than these settings of a pack do, until `None`: they are being written."""
        self._members.hold(pack, values)

    def confirm(self) -> None:
        """An operator confirms the numbers of the rack although they break a rule."""
        self._members.confirm()

    def remove(self, pack: int) -> None:
        """An operator has taken a pack out of the rack: its last limits no longer hold the totals down."""
        now_s = self._clock()
        self._members.remove(pack, now_s)
        self._schedule.forget(pack, now_s)
        self._asking.forget(pack)


def _alone(client: BatteryClient) -> tuple[int, ...]:
    """Number 0, the pack that stands alone, where the dialect has an address of its own for it."""
    try:
        own = client.address(ALONE) == ALONE and client.address(MASTER) == MASTER
    except ParameterError:
        return ()
    return (ALONE,) if own else ()
