"""Which settings of a pack are believed, who is asked for them, and when."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress

import pytest

from openress.catalog import load_product
from openress.model import Freshness, PackSample, RackSample
from openress.params import ParameterSet
from openress.protocols import find_dialect
from openress.protocols.base import Query
from openress.protocols.battery.pace.access import PaceAccess
from openress.rack.poll import Poller
from openress.rack.standing import Member, RackView, Standing
from openress.sites import learning
from openress.sites.learning import LIMITING, Learner, usable
from tests.rack.packline import Line, Packs, session

PRODUCT = load_product("syscom-a5l-51v2")
DEFAULTS = ParameterSet.defaults(PRODUCT)


def test_what_can_be_is_used_and_what_cannot_is_named() -> None:
    told = {key: DEFAULTS[key] for key in LIMITING} | {"soc_low_alarm_pct": 5.0}
    assert usable(PRODUCT, told) == ({key: DEFAULTS[key] for key in LIMITING}, [])
    found, problems = usable(PRODUCT, told | {"charge_oc_alarm_a": 0.0, "cell_ov_alarm_mv": 9999.0})
    assert "charge_oc_alarm_a" not in found
    assert found["cell_ov_alarm_mv"] == 9999.0
    assert len(problems) == 1
    assert "reads 0 A, less than can be; it is not used." in problems[0]
    assert usable(PRODUCT, {}) == ({}, [])


class Judged:
    """Packs that are there, and what they are judged by."""

    def __init__(self, standings: Mapping[int, Standing]) -> None:
        self.at_rest = False
        self.looks = 0
        self.poller: Poller | None = None
        self.by: list[tuple[int, Mapping[str, float]]] = []
        self.members = tuple(
            Member(number, Freshness.FRESH, standing, PackSample(number), serial=f"S{number}")
            for number, standing in standings.items()
        )

    @property
    def resting(self) -> bool:
        """What is asked first whenever somebody looks whom to ask."""
        self.looks += 1
        return self.at_rest

    def view(self) -> RackView:
        return RackView(0.0, RackSample(0.0), self.members)

    def judge(self, pack: int, values: Mapping[str, float]) -> None:
        self.by.append((pack, values))


class Rig:
    """A learner on a line of PACE packs, with a clock of its own."""

    def __init__(self, packs: Judged) -> None:
        self.now_s = 0.0
        self.packs = packs
        self.line = Line(Packs(), "pace")
        dialect = find_dialect("pace")
        make = dialect.parts().client
        assert make is not None
        self.learner = Learner(packs, PRODUCT, dialect, make(), print, lambda: self.now_s)

    async def look(self, seconds: float = 0.0) -> None:
        """Let it look once, so much later."""
        self.now_s += seconds
        async with session(self.line, "pace") as found:
            self.packs.poller = None if self.line.dead else found.poller
            before = self.packs.looks
            learns = asyncio.create_task(self.learner.run())
            async with asyncio.timeout(20.0):
                while self.packs.looks < before + 2:  # noqa: ASYNC110  # its second look comes after the whole of its first
                    await asyncio.sleep(0.01)
            learns.cancel()
            with suppress(asyncio.CancelledError):
                await learns


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "_LOOK_S", 0.01)


async def test_those_that_are_there_are_asked_and_again_when_it_is_time() -> None:
    packs = Judged({1: Standing.COUNTED, 2: Standing.ASLEEP})
    rig = Rig(packs)
    await rig.look()
    assert [pack for pack, _ in packs.by] == [1]
    assert packs.by[0][1] == {key: DEFAULTS[key] for key in LIMITING}
    await rig.look(60.0)
    assert len(packs.by) == 1
    rig.learner.again(2)
    await rig.look()
    assert len(packs.by) == 1
    rig.learner.again(1)
    await rig.look()
    assert len(packs.by) == 2
    await rig.look(learning.EVERY_S)
    assert len(packs.by) == 3


async def test_nobody_is_woken_and_a_line_that_is_gone_is_not_insisted_upon() -> None:
    packs = Judged({1: Standing.COUNTED})
    rig = Rig(packs)
    packs.at_rest = True
    await rig.look(learning.EVERY_S)
    assert rig.line.sent == []
    packs.at_rest, rig.line.dead = False, True
    await rig.look()
    rig.line.dead = False
    await rig.look(1.0)
    assert (rig.line.sent, packs.by) == ([], [])
    rig.line.dead = True
    await rig.look(learning.AGAIN_S)
    rig.line.dead = False
    await rig.look(learning.AGAIN_S)
    assert packs.by == []
    await rig.look(learning.AGAIN_S)
    assert len(packs.by) == 1


async def test_a_pack_that_needs_another_mode_for_it_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(Judged({1: Standing.COUNTED}))
    queries = PaceAccess.read_queries

    def in_mode(access: PaceAccess, pack: int, keys: Collection[str]) -> tuple[Query, ...]:
        return (*queries(access, pack, keys), Query("leave", pack, b"", closes=True))

    monkeypatch.setattr(PaceAccess, "read_queries", in_mode)
    async with asyncio.timeout(20.0):
        await rig.learner.run()
    assert rig.line.sent == []
