"""A site of real packs: virtual ones behind a pseudo-terminal, as a serial adapter would show them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from openress.app import App
from openress.config import Config
from openress.errors import ParameterError
from openress.params import Access
from openress.rack.parameters import Plan, write
from openress.rack.session import Author, reach
from openress.sections import BatteryConfig, HttpConfig
from openress.sites.idle import IdleSite
from openress.sites.link import LinkSite
from tests.sites.paceline import PRODUCT, PaceLine, pace_line

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.05)


@asynccontextmanager
async def app_on(line: PaceLine, folder: Path, said: list[str]) -> AsyncIterator[App]:
    config = Config(
        http=HttpConfig(port=0), data=folder / "data", battery=BatteryConfig(link=line.link, packs=2, timeout_s=0.3)
    )
    async with App(config, say=said.append) as app:
        running = asyncio.create_task(app.current.run())
        try:
            yield app
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def seen(app: App) -> dict[str, Any]:
    return app._snapshot()


@pytest.mark.req("REQ-190", "REQ-201")
async def test_f31_real_packs_are_shown_lost_and_found_again(tmp_path: Path) -> None:
    said: list[str] = []
    async with pace_line(tmp_path) as line, app_on(line, tmp_path, said) as app:
        assert seen(app)["connection"]["title"] == "Connecting"
        await until(lambda: seen(app)["rack"]["ready"])
        whole = seen(app)
        assert whole["virtual"] is False
        assert whole["simulation"] is None
        assert whole["gateway"] is None
        assert whole["connection"]["state"] == "normal"
        assert whole["connection"]["title"] == "Communication Normal"
        assert sorted(whole["packs"]) == ["1", "2"]
        assert whole["packs"]["1"]["freshness"] == "fresh"
        assert whole["packs"]["1"]["standing"] == "counted"
        assert whole["packs"]["2"]["address_switches"] == [False, True, False, False]
        assert len(whole["packs"]["1"]["cell_voltages_mv"]) == 16
        await line.pull()
        await until(lambda: seen(app)["connection"]["state"] == "cannot_open")
        gone = seen(app)
        assert gone["connection"]["title"] == "Communication Interrupted"
        await until(lambda: bool(seen(app)["packs"]["1"]["findings"]))
        # What was told last is kept and is not passed off as new.
        assert gone["packs"]["1"]["age_s"] > 0
        # Nor is the rack: no pack is counted any more, and a sum of nothing is no news.
        await until(lambda: seen(app)["rack"]["freshness"] == "stale")
        whole = seen(app)["rack"]
        assert whole["state"] == gone["packs"]["1"]["state"] != "OFF"
        assert whole["age_s"] >= gone["packs"]["1"]["age_s"]
        await line.plug()
        await until(lambda: seen(app)["connection"]["state"] == "normal")
        assert any("cannot be opened" in sentence or "gone" in sentence for sentence in said)


async def test_a_site_is_exchanged_while_it_runs(tmp_path: Path) -> None:
    async with pace_line(tmp_path) as line, app_on(line, tmp_path, []) as app:
        await app.current.exchange(lambda: IdleSite(PRODUCT))
        nothing = seen(app)
        assert (nothing["connection"]["title"], nothing["packs"]) == ("Not Connected", {})
        assert nothing["rack"]["sentence"].startswith("Not connected")
        wrong = BatteryConfig(link=line.link, dialect="victron-can")
        with pytest.raises(ParameterError, match="cannot be read"):
            await app.current.exchange(lambda: LinkSite(wrong, folder=tmp_path, say=print))
        assert seen(app)["connection"]["state"] == "disconnected"
        await app.current.exchange(lambda: LinkSite(BatteryConfig(link=line.link), folder=tmp_path, say=print))
        await until(lambda: seen(app)["connection"]["state"] == "normal")


async def test_a_parked_line_can_be_opened_by_others(tmp_path: Path) -> None:
    async with pace_line(tmp_path) as line, app_on(line, tmp_path, []) as app:
        await until(lambda: seen(app)["connection"]["state"] == "normal")
        site = app.current.site
        assert isinstance(site, LinkSite)
        async with site.parked():
            assert seen(app)["connection"]["title"] == "Scanning"
            await until(lambda: site.service.poller is None)
        await until(lambda: seen(app)["connection"]["state"] == "normal")


async def test_a_pack_that_is_set_stricter_than_the_product_is_allowed_no_more_than_it_allows(tmp_path: Path) -> None:
    """PACE packs tell no limits: they are concluded, and a pack that was set stricter would open its switch."""
    said: list[str] = []
    async with pace_line(tmp_path) as line:
        assert (
            line.memory.write(2, {"charge_oc_alarm_a": 20, "charge_oc_protect_a": 30, "cell_ov_alarm_mv": 3450}) is None
        )
        async with app_on(line, tmp_path, said) as app:

            def limits(pack: str) -> dict[str, Any]:
                found: dict[str, Any] = seen(app)["packs"].get(pack, {})
                return found

            await until(lambda: limits("2").get("charge_current_limit_a") == 0.9 * 20)
            assert limits("2")["charge_voltage_limit_v"] <= 16 * 3.45
            assert limits("2")["charge_reason"]["rule"] == "settings"
            assert limits("1")["charge_current_limit_a"] == 50.0
            # Written here, it is known at once.
            async with app.current.site.session(writes=True) as session:  # type: ignore[attr-defined]
                wanted = {"charge_oc_alarm_a": 40, "charge_oc_protect_a": 50}
                reached = await reach(session, 2)
                report = await write(session, reached, wanted, who=Author("ines", Access.INSTALLER), confirm=yes)
            assert report is not None
            assert report.done, report.sentence
            await until(lambda: limits("2").get("charge_current_limit_a") == 0.9 * 40)


async def yes(_plan: Plan) -> bool:
    return True


@pytest.mark.soak
@pytest.mark.req("REQ-201")
async def test_packs_that_wait_for_a_job_are_not_called_lost(tmp_path: Path) -> None:
    async with pace_line(tmp_path) as line, app_on(line, tmp_path, []) as app:
        await until(lambda: seen(app)["connection"]["state"] == "normal")
        site = app.current.site
        assert isinstance(site, LinkSite)
        states = set()
        async with site.session(writes=False) as session:
            async with session.poller.turn():
                for _ in range(120):
                    await asyncio.sleep(0.1)
                    states.add(seen(app)["connection"]["state"])
            assert states == {"normal", "busy"}
        await until(lambda: seen(app)["connection"]["state"] == "normal")
        # A job does not hide that the line is gone.
        async with site.session(writes=False):
            await line.pull()
            await until(lambda: seen(app)["connection"]["state"] in ("lost", "cannot_open"))
