"""Finds out by which settings packs protect themselves, so that nobody is told more than these allow.

Many packs tell no limits of their own: what an inverter is told is concluded from what is measured and from the
product's usual settings. A pack that somebody has set stricter would be driven into its own protection by that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from openress.clock import unix_s
from openress.errors import FrameError, ParameterError, PortError
from openress.journalling import NoJournal
from openress.params import BY_KEY, bounds
from openress.products import Product
from openress.protocols.base import BatteryClient, Dialect
from openress.rack.poll import Poller
from openress.rack.readout import read
from openress.rack.session import Session
from openress.rack.standing import RackView, Standing

__all__ = ["LIMITING", "Learner", "usable"]

LIMITING = (
    "pack_ov_alarm_v",
    "pack_uv_protect_v",
    "cell_ov_alarm_mv",
    "cell_uv_protect_mv",
    "charge_oc_alarm_a",
    "discharge_oc_alarm_a",
)
"""Settings that limits are made of, see `openress.bms.settings.limit_settings`."""
EVERY_S = 6 * 3600.0
"""Somebody with another tool may change them."""
AGAIN_S = 60.0
"""After a first failure, then twice as long each time: a firmware may not know the question."""
_LOOK_S = 1.0
_THERE = (Standing.COUNTED, Standing.JOINING)


class Judging(Protocol):
    """The packs, and where to say by what they are judged."""

    @property
    def poller(self) -> Poller | None:
        """Asks on their line; `None` while it is gone."""
        ...

    @property
    def resting(self) -> bool:
        """Whether nobody is to be asked."""
        ...

    def view(self) -> RackView:
        """Who is there."""
        ...

    def judge(self, pack: int, values: Mapping[str, float]) -> None:
        """Allow a pack no more than these settings do."""
        ...


def usable(product: Product, told: Mapping[str, float]) -> tuple[dict[str, float], list[str]]:
    """Settings that can be, and sentences about those that cannot: a 0 of a firmware must not stop a battery."""
    found: dict[str, float] = {}
    problems: list[str] = []
    for key in LIMITING:
        if key not in told:
            continue
        limits = bounds(BY_KEY[key], product)
        # Beyond the upper end it is looser than what is judged by anyway.
        if told[key] >= limits.low:
            found[key] = told[key]
        else:
            problems.append(
                f"{BY_KEY[key].label} of {BY_KEY[key].group} reads {BY_KEY[key].text(told[key])}, less than can be; it "
                "is not used."
            )
    return found, problems


class Learner:
    """Asks pack after pack, between the questions of the polling; nobody is kept awake by it.

    Args:
        packs: the packs.
        product: what they are.
        dialect: what they speak.
        client: asks in it.
        say: told what cannot be used, in sentences.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        packs: Judging,
        product: Product,
        dialect: Dialect,
        client: BatteryClient,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._packs = packs
        self._product = product
        self._dialect = dialect
        self._client = client
        self._say = say
        self._clock = clock
        make = dialect.parts().parameters
        self._access = None if make is None else make()
        self._due_s: dict[tuple[int, str | None], float] = {}
        self._waited_s: dict[int, float] = {}
        self._said: set[str] = set()

    def again(self, pack: int) -> None:
        """A pack's settings were written: ask it soon."""
        self._due_s = {key: due_s for key, due_s in self._due_s.items() if key[0] != pack}

    async def run(self) -> None:
        """Ask until cancelled; ends at once where the dialect tells no settings."""
        access = self._access
        keys = [] if access is None else [key for key in LIMITING if key in access.keys]
        while access is not None and keys:
            await asyncio.sleep(_LOOK_S)
            for pack, serial in self._wanted():
                if any(query.closes for query in access.read_queries(pack, keys)):
                    # It would have to be put into another mode for that; that is for people to decide.
                    return
                learned = await self._ask(pack, keys)
                wait_s = EVERY_S if learned else min(EVERY_S, 2.0 * self._waited_s.get(pack, AGAIN_S / 2.0))
                self._waited_s[pack] = AGAIN_S / 2.0 if learned else wait_s
                self._due_s[pack, serial] = self._clock() + wait_s

    def _wanted(self) -> list[tuple[int, str | None]]:
        if self._packs.resting:
            return []
        now_s = self._clock()
        there = [(member.pack, member.serial) for member in self._packs.view().members if member.standing in _THERE]
        self._due_s = {key: due_s for key, due_s in self._due_s.items() if key in there}
        return [key for key in there if self._due_s.get(key, now_s) <= now_s]

    async def _ask(self, pack: int, keys: list[str]) -> bool:
        poller = self._packs.poller
        if poller is None:
            return False
        session = Session(
            poller=poller,
            client=self._client,
            dialect=self._dialect,
            parts=self._dialect.parts(),
            link="",
            product=self._product,
            journal=NoJournal(),
            clock_s=unix_s,
        )
        try:
            told = await read(session, pack, keys)
        except (PortError, FrameError, ParameterError):
            # The line tells of its own troubles; who does not tell its settings is judged by the usual ones.
            return False
        values, problems = usable(self._product, told.values)
        for problem in problems:
            sentence = f"Pack {pack}: {problem}"
            if sentence not in self._said:
                self._said.add(sentence)
                self._say(sentence)
        self._packs.judge(pack, values)
        return not told.problems
