"""The virtual rack in real time: how much of the clock it makes up for, and when its values grow old."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from openress import app as app_module
from openress.app import App
from openress.config import Config
from openress.errors import ParameterError
from openress.live import TICK_S, LiveRack
from openress.model import Freshness
from openress.sections import LoadConfig, RackConfig
from openress.sites import build as build_module
from openress.sites.build import build_load, build_rack
from openress.sites.virtual import FRESH_FOR_S, VirtualSite


class Clock:
    """A clock that is told what time it is."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


async def runs(live: LiveRack, until: Callable[[], bool]) -> None:
    """Let `live` run until something has happened."""
    task = asyncio.create_task(live.run())
    try:
        async with asyncio.timeout(20):
            while not until():  # noqa: ASYNC110  # the rack has no event to wait for
                await asyncio.sleep(0.01)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def rack_of(speed: float = 1.0, packs: int = 1) -> tuple[LiveRack, Clock]:
    clock = Clock()
    config = Config(rack=RackConfig(packs=packs, speed=speed), load=LoadConfig(kind="constant", current_a=20.0))
    return LiveRack(build_rack(config), speed=speed, clock=clock), clock


def test_there_is_something_to_tell_from_the_beginning() -> None:
    live, clock = rack_of(packs=2)
    sample = live.rack()
    assert [pack.pack for pack in sample.packs] == [1, 2]
    assert sample.at_s == clock.now_s
    assert sample.packs[1].analog is not None
    assert sample.packs[1].analog.at_s == clock.now_s


@pytest.mark.parametrize(
    ("speed", "elapsed_s", "simulated_s"),
    [
        (1.0, 0.25, 0.25),
        (1.0, 0.4, 0.4),
        (1.0, 4.9, 4.9),
        (1.0, 3600.0, TICK_S),
        (60.0, 0.25, 15.0),
        (60.0, 3600.0, 60 * TICK_S),
        (0.5, 1.0, 0.5),
    ],
)
async def test_the_rack_follows_the_clock_but_sleeps_with_the_computer(
    speed: float, elapsed_s: float, simulated_s: float
) -> None:
    live, clock = rack_of(speed)
    before_s = live.virtual.plant.now_s
    clock.now_s += elapsed_s
    first = live.rack()
    await runs(live, lambda: live.rack() is not first)
    assert live.virtual.plant.now_s - before_s == pytest.approx(simulated_s)
    assert live.rack().at_s == clock.now_s


async def test_long_steps_do_not_hold_up_those_who_ask() -> None:
    live, clock = rack_of(speed=600.0)
    clock.now_s += 1.0
    first, turns = live.rack(), 0

    def count() -> bool:
        nonlocal turns
        turns += 1
        return live.rack() is not first

    task = asyncio.create_task(live.run())
    async with asyncio.timeout(20):
        while not count():  # noqa: ASYNC110  # its turns are what is counted
            await asyncio.sleep(0)
    task.cancel()
    # 600 steps of a second, and others had their turn after each of them.
    assert turns >= 600


def test_a_rack_that_stands_still_grows_old(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock = Clock()
    app = App(Config(data=tmp_path), say=print)
    monkeypatch.setattr(app_module, "time", SimpleNamespace(monotonic=clock))
    site = app.current.site
    assert isinstance(site, VirtualSite)
    site.live = LiveRack(build_rack(Config(rack=RackConfig(packs=2))), clock=clock)
    clock.now_s += FRESH_FOR_S
    fresh = app._snapshot()
    assert fresh["rack"]["freshness"] == Freshness.FRESH
    assert fresh["rack"]["age_s"] == FRESH_FOR_S
    assert fresh["simulation"] == {"running": True, "speed": 1.0}
    assert fresh["rack"]["sentence"] == "At rest."
    clock.now_s += 0.1
    old = app._snapshot()
    assert old["rack"]["freshness"] == Freshness.STALE
    assert old["rack"]["sentence"] == "The values are old: the rack does not answer any more."
    assert old["simulation"]["running"] is False
    assert {pack["freshness"] for pack in old["packs"].values()} == {"stale"}
    assert FRESH_FOR_S <= 3.0
    app.current.site.forget()
    app.folder.close()


def test_packs_start_with_the_charge_the_configuration_gives() -> None:
    rack = build_rack(Config(rack=RackConfig(packs=4, soc_pct=[80, 60])))
    rack.step(0.25)
    charge = [pack.analog.soc_pct for pack in rack.rack(0.0).packs if pack.analog is not None]
    assert charge == pytest.approx([80, 60, 60, 60], abs=0.1)


def test_a_parameter_of_the_configuration_reaches_the_packs() -> None:
    assert build_rack(Config(parameters={"cell_ov_alarm_mv": 3480})).values["cell_ov_alarm_mv"] == 3480
    with pytest.raises(ParameterError, match="cell_ov_alarm_mv must be"):
        build_rack(Config(parameters={"cell_ov_alarm_mv": 9999}))


def test_loads(tmp_path: Path) -> None:
    assert build_load(LoadConfig(kind="constant", current_a=-7.5), capacity_ah=100, seed=1).current_at(5.0) == -7.5
    profile = tmp_path / "day.csv"
    profile.write_text("time_s,current_a\n0,5\n10,-5\n20,0\n")
    load = build_load(LoadConfig(kind="profile", file=str(profile)), capacity_ah=100, seed=1)
    assert [load.current_at(time_s) for time_s in (0, 10, 21)] == [5, -5, 5]
    with pytest.raises(ParameterError, match=r'needs file = "PROFILE\.csv"'):
        build_load(LoadConfig(kind="profile"), capacity_ah=100, seed=1)
    with pytest.raises(ParameterError, match="cannot be read: No such file"):
        build_load(LoadConfig(kind="profile", file=str(tmp_path / "none.csv")), capacity_ah=100, seed=1)
    profile.write_bytes(b"\xff\xfe")
    with pytest.raises(ParameterError, match="is no text in UTF-8"):
        build_load(LoadConfig(kind="profile", file=str(profile)), capacity_ah=100, seed=1)
    profile.write_text("time_s,current\n0,5\n")
    with pytest.raises(
        ParameterError, match=r"day\.csv cannot be used: the profile's first line names time_s, current"
    ):
        build_load(LoadConfig(kind="profile", file=str(profile)), capacity_ah=100, seed=1)


def test_the_household_keeps_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day that begins at three in the morning goes on as one that began at midnight."""
    midnight = datetime(2026, 6, 1, tzinfo=UTC)
    monkeypatch.setattr(build_module, "local_now", lambda: midnight)
    from_midnight = build_load(LoadConfig(), capacity_ah=100, seed=1)
    monkeypatch.setattr(build_module, "local_now", lambda: midnight.replace(hour=3))
    from_three = build_load(LoadConfig(), capacity_ah=100, seed=1)
    hours = [hour * 3600.0 for hour in range(24)]
    assert [from_three.current_at(at_s) for at_s in hours] == [from_midnight.current_at(at_s + 10800) for at_s in hours]
    assert len({from_midnight.current_at(at_s) for at_s in hours}) > 12
