"""A commissioning over the API: roles, the wait, what is refused, its file, and a whole run."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from tests.web.doors import OWN, PEOPLE
from tests.web.doors import page as opened

from openress.cli.commission import command
from openress.web.api import make_api
from openress.web.commissiondesk import FILE
from openress.web.commissioning import Commissioning

BEGIN = {"battery": "syscom-a5l-51v2", "packs": 3, "inverter": "sma", "site": "Mill Lane 4"}
NUMBERS = ["A5L-5120"] * 3


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Site:
    """The API with a commissioning alone, what it is connected to, and its clock."""

    def __init__(self, folder: Path, client: httpx.AsyncClient, follower: Commissioning, clock: Clock) -> None:
        self.folder, self.client, self.follower, self.clock = folder, client, follower, clock

    async def ask(self, method: str, path: str = "", lang: str = "en", **body: Any) -> httpx.Response:
        json_ = {"json": body} if method == "POST" else {}
        return await self.client.request(method, f"/api/commissioning{path}", params={"lang": lang}, **json_)

    async def state(self, lang: str = "en") -> dict[str, Any]:
        found: dict[str, Any] = (await self.ask("GET", lang=lang)).json()
        return found

    async def step(self, key: str, **said: Any) -> dict[str, Any]:
        answer = await self.ask("POST", "/step", key=key, **({"confirmed": True} | said))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["commissioning"]
        return found

    async def up_to_alone(self) -> None:
        assert (await self.ask("POST", **BEGIN)).status_code == 201
        await self.step("safety")
        await self.step("part-numbers", part_numbers=NUMBERS)
        await self.step("switches", confirmed=False, breakers_off=True)
        self.clock.now_s += 20.0
        assert (await self.step("switches"))["present"]["key"] == "alone-1"

    def hear(self, *packs: dict[str, Any], state: str = "normal", virtual: bool = False) -> None:
        told = {str(pack["pack"]): {"freshness": "fresh"} | pack for pack in packs}
        self.follower.see({"connection": {"state": state}, "virtual": virtual, "packs": told})


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with at(tmp_path) as made:
        yield made


@asynccontextmanager
async def at(folder: Path) -> AsyncIterator[Site]:
    """Behind the gate, with the token of an installer."""
    clock = Clock()
    follower = Commissioning(folder, clock_s=clock, wall_s=count(1_800_000_000.0).__next__)
    async with opened(folder) as door:
        account = door.book.find("ines")
        assert account is not None
        _, secret = door.book.new_token(account, PEOPLE["ines"], "test", 300)
        api = made_api(door, follower)
        transport = httpx.ASGITransport(api, client=("192.0.2.7", 1))
        headers = {**OWN, "Authorization": f"Bearer {secret}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=headers) as client:
            yield Site(folder, client, follower, clock)


def made_api(door: Any, follower: Commissioning) -> FastAPI:
    return make_api(door.hub, hosts=["127.0.0.1"], routers=follower.routers, guard=door.guard, clock_s=door.clock)


def full(pack: int, **more: Any) -> dict[str, Any]:
    return {"pack": pack, "serial": f"S{pack}", "pack_voltage_v": 54.0, "soc_pct": 99.0, "pack_current_a": 0.0} | more


async def test_reading_is_for_viewers_and_changing_for_installers(tmp_path: Path) -> None:
    follower = Commissioning(tmp_path)
    async with opened(tmp_path) as door:
        api = made_api(door, follower)
        seen = {}
        for name, role in PEOPLE.items():
            account = door.book.find(name)
            assert account is not None
            _, secret = door.book.new_token(account, role, "test", 300)
            transport = httpx.ASGITransport(api, client=("192.0.2.7", 1))
            headers = {**OWN, "Authorization": f"Bearer {secret}"}
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=headers) as one:
                assert (await one.get("/api/commissioning")).json()["commissioning"] is None
                tries = [await one.post("/api/commissioning", json={**BEGIN, "packs": 0})]
                tries += [await one.post(f"/api/commissioning/{way}", json={}) for way in ("step", "sign")]
                tries += [await one.delete("/api/commissioning")]
                seen[name] = [answer.status_code for answer in tries]
                assert (await one.get("/api/commissioning/report.pdf")).status_code == 404
        assert seen == {"vera": [403] * 4, "otto": [403] * 4, "ines": [422, 422, 422, 404]}
        noted = [entry.action for entry in door.book.ledger.audit()]
        assert "DELETE /api/commissioning" in noted


async def test_what_is_no_rack_is_not_begun_and_there_is_one_at_a_time(site: Site) -> None:
    for wrong in ({"battery": "/etc/passwd.toml"}, {"packs": 64}, {"inverter": "toaster"}, {"scheme": "seplos"}):
        assert (await site.ask("POST", **{**BEGIN, **wrong})).status_code == 422
    assert not (site.folder / FILE).exists()
    assert (await site.ask("POST", "/step", key="safety")).status_code == 404
    assert (await site.ask("POST", **BEGIN)).status_code == 201
    assert (await site.ask("POST", **BEGIN)).status_code == 409
    answer = await site.ask("POST", "/sign", name="A. Smith")
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "It cannot be signed off: the step 'Safety' is open.",
    )
    assert (await site.ask("POST", "/step", key="gate")).status_code == 409
    assert (await site.ask("POST", "/step", key="safety", override="because")).status_code == 409
    assert (await site.ask("DELETE")).status_code == 204
    assert (await site.state())["commissioning"] is None
    assert len(list(site.folder.glob("commissioning-*.json"))) == 1


async def test_the_breakers_stay_off_by_the_clock_of_the_server(site: Site) -> None:
    await site.ask("POST", **BEGIN)
    await site.step("safety")
    assert (await site.ask("POST", "/step", key="part-numbers", part_numbers=["x"])).status_code == 422
    refused = await site.step("part-numbers", part_numbers=["A", "B", "A"])
    assert refused["present"]["refusals"][0].startswith("Pack 2 has part number B, others have A")
    present = (await site.step("part-numbers", part_numbers=NUMBERS))["present"]
    assert [one["positions"] for one in present["switches"]][2] == [True, True, False, False]
    assert present["lines"][-1].startswith("Leave the breakers off for 20 s")
    assert len(present["lines"]) == 2
    assert (await site.ask("POST", "/step", key="switches", confirmed=True)).status_code == 409
    assert (await site.step("switches", confirmed=False, breakers_off=True))["present"]["wait_left_s"] == 20.0
    site.clock.now_s += 12.0
    # Saying it again does not begin the wait anew.
    assert (await site.step("switches", confirmed=False, breakers_off=True))["present"]["wait_left_s"] == 8.0
    early = await site.ask("POST", "/step", key="switches", confirmed=True)
    assert (early.status_code, early.json()["detail"]) == (409, "Leave the breakers off for 8 s more.")
    german = await site.ask("POST", "/step", "de", key="switches", confirmed=True)
    assert german.headers["Content-Language"] == "de"
    site.clock.now_s += 8.0
    assert (await site.step("switches"))["present"]["key"] == "alone-1"
    # Nothing of this was a refusal of the step.
    assert [row["step"] for row in json.loads((site.folder / FILE).read_text())["refusals"]] == ["part-numbers"]


async def test_without_a_connection_the_installer_enters_what_is_seen(site: Site) -> None:
    site.hear(state="disconnected")
    await site.up_to_alone()
    present = (await site.state())["commissioning"]["present"]
    assert present["asks"] == "values"
    assert (await site.ask("POST", "/step", key="alone-1", confirmed=True)).status_code == 422
    told = await site.step("alone-1", voltage_v=53.0, soc_pct=60.0)
    assert "is at 60 %" in told["present"]["refusals"][0]
    # The reason is for what was entered.
    told = await site.step("alone-1", override="the charger comes tomorrow")
    assert told["steps"][3]["done"]["found"].startswith("Pack 1 is at 60 %")
    assert told["steps"][3]["done"]["override"] == "the charger comes tomorrow"


async def test_part_numbers_that_differ_can_be_passed_with_a_reason(site: Site) -> None:
    await site.ask("POST", **BEGIN)
    await site.step("safety")
    early = await site.ask("POST", "/step", key="part-numbers", override="they are twins")
    assert early.status_code == 422
    await site.step("part-numbers", part_numbers=["A", "B", "A"])
    told = await site.step("part-numbers", override="they are twins")
    assert told["present"]["key"] == "switches"
    assert told["steps"][1]["done"]["override"] == "they are twins"
    assert "for this reason: they are twins" in (await site.ask("GET", "/report.txt")).text


async def test_old_values_and_two_packs_at_once_are_refused(site: Site) -> None:
    site.hear()
    await site.up_to_alone()
    assert (await site.step("alone-1"))["present"]["refusals"] == [
        "No pack is heard: switch on pack 1, and look at its cable."
    ]
    site.hear(full(1), full(2))
    assert (await site.step("alone-1"))["present"]["refusals"] == [
        "More than one pack answers (1, 2): connect pack 1 alone."
    ]
    site.hear(full(1), full(2, freshness="stale"))
    site.clock.now_s += 6.0
    assert (await site.step("alone-1"))["present"]["refusals"][0].startswith("No pack is heard")
    site.hear(full(1), full(2, freshness="stale"))
    assert (await site.step("alone-1"))["present"]["key"] == "alone-2"


async def test_the_virtual_rack_is_a_rehearsal_and_stays_one(site: Site) -> None:
    packs = [full(1), full(2, soc_pct=30.0), full(3), full(4)]
    site.hear(*packs, virtual=True)
    await site.up_to_alone()
    site.hear(*packs, virtual=True)
    assert (await site.state())["commissioning"]["rehearsal"] is True
    assert (await site.step("alone-1"))["present"]["key"] == "alone-2"
    assert (await site.step("alone-2"))["present"]["key"] == "alone-2"
    site.hear(*packs)
    answer = await site.ask("POST", "/step", key="alone-2", confirmed=True)
    assert answer.status_code == 409
    assert "is a rehearsal" in answer.json()["detail"]
    assert "Rehearsal on a virtual rack" in (await site.ask("GET", "/report.txt")).text
    assert (await site.ask("DELETE")).status_code == 204
    await site.up_to_alone()
    site.hear(*packs, virtual=True)
    answer = await site.ask("POST", "/step", key="alone-1", confirmed=True)
    assert answer.status_code == 409
    assert "is of real packs" in answer.json()["detail"]


async def test_a_file_that_cannot_be_read_is_told_and_can_be_put_away(site: Site) -> None:
    (site.folder / FILE).write_text("{}")
    answer = await site.ask("GET")
    assert answer.status_code == 409
    assert "is no commissioning of version 1" in answer.json()["detail"]
    assert (await site.ask("DELETE")).status_code == 204


async def test_the_command_goes_on_with_what_the_page_began_and_back(site: Site) -> None:
    await site.ask("POST", **BEGIN)
    await site.step("safety")
    typed = "A5L-5120\n" * 3
    done = CliRunner().invoke(command, [str(site.folder / FILE)], input=typed)
    assert "Step 3 of 14: Address switches" in done.output
    found = (await site.state())["commissioning"]
    assert found["present"]["key"] == "switches"
    assert found["part_numbers"] == NUMBERS
    printed = CliRunner().invoke(command, [str(site.folder / FILE), "--report", str(site.folder / "r.txt")])
    assert printed.exit_code == 0
    assert (site.folder / "r.txt").read_text() == (await site.ask("GET", "/report.txt")).text


@pytest.mark.req("REQ-006", "REQ-283", "REQ-284", "REQ-288")
async def test_three_packs_of_which_one_is_empty_and_one_has_a_wrong_address(site: Site) -> None:
    await site.up_to_alone()
    site.hear(full(1))
    await site.step("alone-1")
    site.hear(full(2, soc_pct=30.0, pack_voltage_v=52.4))
    told = await site.step("alone-2")
    (refusal,) = told["present"]["refusals"]
    assert refusal.startswith("Pack 2 is at 30 %: charge it alone to 56 V with a CC/CV charger until it is full; below")
    german = await site.state("de")
    assert german["untranslated"] == []
    assert "Pack 2" in german["commissioning"]["present"]["refusals"][0]
    site.hear(full(2))
    assert (await site.step("alone-2"))["present"]["key"] == "alone-3"
    site.hear(full(2, serial="S3"))
    (refusal,) = (await site.step("alone-3"))["present"]["refusals"]
    assert refusal.startswith("Pack 3 answers as pack 2, and that address is taken: both would answer at once.")
    site.hear(full(3))
    await site.step("alone-3")
    assert (await site.step("gate"))["present"]["key"] == "wiring"
    await site.step("wiring")
    site.hear(full(1), full(2))
    await site.step("switch-on")
    told = await site.step("rack")
    assert told["present"]["refusals"][0].startswith("Pack 3 does not answer")
    site.hear(full(1), full(2), full(3))
    await site.step("rack")
    await site.step("settings")
    await site.step("inverter-on")
    assert "carries" in (await site.step("first-charge"))["present"]["refusals"][0]
    site.hear(*(full(pack, pack_current_a=10.0) for pack in (1, 2, 3)))
    await site.step("first-charge")
    site.hear(*(full(pack, pack_current_a=-10.0) for pack in (1, 2, 3)))
    done = await site.step("first-discharge")
    assert done["present"] is None
    for language in ("de", "es", "zh"):
        found = await site.state(language)
        assert [text for text in found["untranslated"] if not text.endswith(" A")] == []
    assert (await site.ask("POST", "/sign", name="A. Smith")).json()["commissioning"]["signed_by"] == "A. Smith"
    assert (await site.ask("POST", "/sign", name="B. Smith")).status_code == 409
    assert (await site.ask("GET", "/report.pdf")).content.startswith(b"%PDF-")
    text = (await site.ask("GET", "/report.txt")).text
    assert "Result    done, every step passed" in text
    assert "Pack 3 alone: Pack 3 answers as pack 2" in text
    assert "Rehearsal" not in text
