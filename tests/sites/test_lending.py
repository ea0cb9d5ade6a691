"""A line that is scanned while its packs are polled: who hears what, and what is told of it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from openress.errors import PortError
from openress.ports import BytePort
from openress.sections import BatteryConfig
from openress.sites import lending
from openress.sites.link import LinkSite
from openress.store.happened import Level
from openress.telemetry.happenings import Happenings
from tests.sites.paceline import PaceLine, pace_line
from tests.sites.test_link import until

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@asynccontextmanager
async def site_on(line: PaceLine, folder: Path) -> AsyncIterator[LinkSite]:
    site = LinkSite(BatteryConfig(link=line.link, packs=2, timeout_s=0.3), folder=folder, say=print)
    site.service._listen_s = 0.1
    running = asyncio.create_task(site.run())
    try:
        await until(lambda: site.service.view().ready)
        yield site
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await site.close()


async def answer(port: BytePort, question: bytes) -> bytes:
    await port.write(question)
    heard = b""
    async with asyncio.timeout(20.0):
        while not heard.endswith(b"\r"):
            heard += await port.read()
    return heard


@pytest.mark.req("REQ-191")
async def test_packs_are_polled_between_the_questions_of_a_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lending, "SHARE_S", 0.05)
    async with pace_line(tmp_path) as line, site_on(line, tmp_path) as site:
        question = site.client.first(2).frame
        begun_s = site.service.view().at_s
        async with site.lent(site.link, "ines") as open_line:
            at_another_speed = await open_line(19200)
            rounds = site.service.rounds
            async with asyncio.timeout(20.0):
                while site.service.rounds < rounds + 2:
                    await asyncio.sleep(0.06)
                    assert (await answer(at_another_speed, question)).startswith(b"~")
            scanning = site.connection()
            assert (scanning.state, scanning.title) == ("parked", "Scanning")
            assert scanning.sentence.startswith(f"A scan of ines has had {site.name} since ")
            assert "the packs are asked between its questions" in scanning.sentence
        view = site.service.view()
        # Nothing began anew: the rack has been known all the while, and its values are new.
        assert view.ready
        assert site.service._members._begun_s <= begun_s
        await until(lambda: site.connection().state == "normal")


async def test_a_scan_hears_that_the_line_is_gone(tmp_path: Path) -> None:
    async with pace_line(tmp_path) as line, site_on(line, tmp_path) as site:
        async with site.lent(site.link, "") as open_line:
            port = await open_line(None)
            await line.pull()
            with pytest.raises(PortError):
                await port.read()
            with pytest.raises(PortError):
                await port.read()
        await line.plug()
        await until(lambda: site.connection().state == "normal")


async def test_where_a_scan_must_have_the_line_alone_that_is_what_is_told(tmp_path: Path) -> None:
    async with pace_line(tmp_path) as line, site_on(line, tmp_path) as site:
        async with site.parked():
            await until(lambda: site.service.poller is None)
            told = site.connection().sentence
            assert told == f"{site.name} is being scanned; polling goes on afterwards."
            await until(lambda: bool(site.service.view().findings))
            findings = site.service.view().findings
            assert [(found.trouble, found.sentence) for found in findings] == [("line_lent", told)]
        again = site.connection()
        assert (again.state, again.sentence) == (
            "opening",
            f"A scan has had {site.name}; the packs are being asked again.",
        )
        await until(lambda: site.connection().state == "normal")


async def test_an_occupied_line_is_scanned_alone_and_that_is_what_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openress.sites.link.TURN_WITHIN_S", 0.1)
    async with pace_line(tmp_path) as line, site_on(line, tmp_path) as site:
        poller = site.service.poller
        assert poller is not None
        async with poller.turn():
            told = await asyncio.create_task(told_while_lent(site))
        assert told.startswith(f"A scan of ines has had {site.name} since ")
        assert told.endswith("their values grow old and the limits fall to 0 A until polling goes on.")


async def told_while_lent(site: LinkSite) -> str:
    async with site.lent(site.link, "ines"):
        return site.connection().sentence


def told_of(state: str, freshness: str, *findings: dict[str, Any]) -> dict[str, Any]:
    pack = {"serial": "A5L-0001", "freshness": freshness}
    return {"time_s": 1.0, "connection": {"state": state}, "rack": {"findings": list(findings)}, "packs": {"1": pack}}


def test_a_scan_makes_no_critical_events_until_packs_stay_away() -> None:
    happenings = Happenings()
    lent = {"trouble": "line_lent", "packs": [], "sentence": "A scan of ines has had serial:x since 14:02:10."}
    happenings.see(told_of("normal", "fresh"))
    begun, _ = happenings.see(told_of("parked", "stale", lent))
    assert [(event.level, event.text) for event in begun] == [(Level.INFO, lent["sentence"])]
    assert happenings.see(told_of("opening", "stale"))[0] == []
    begun, _ = happenings.see(told_of("lost", "stale"))
    assert [(event.level, event.code) for event in begun] == [(Level.CRITICAL, "lost")]
    # A scan for packs that were lost before does not bring them back.
    assert happenings.see(told_of("parked", "absent"))[1] == []
    assert [ended.code for ended in happenings.see(told_of("normal", "fresh"))[1]] == ["lost"]
