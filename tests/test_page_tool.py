"""The service tool's tabs in a real browser: every button, against PACE packs behind a pseudo-terminal."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
import threading
from collections.abc import Mapping

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from openress.params import BY_KEY
from openress.sim.virtual import VirtualPack
from tests.pagerig import Bench
from tests.toolrig import ALARM, RELEASE, browser, button, done, field, installer, settings, tool

__all__ = ["browser", "installer", "tool"]

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.skipif(sys.platform == "win32", reason="the packs are behind a pseudo-terminal"),
]

ONE_OF_EACH_GROUP = {
    "Pack UV Alarm": 46.41,
    "Cell OV Alarm": 3510,
    "Cell UV Alarm": 2810,
    "CHG OC Alarm": 106,
    "DSG OC Alarm": 111,
    "DSG OC 2 Protect": 145,
    "MOS OT Alarm": 91,
    "ENV OT Alarm": 66,
    "Balance Threshold": 3410,
    "SOC Low Alarm": 6,
}


@pytest.mark.req("REQ-190", "REQ-206")
def test_settings_say_what_they_are_in_the_language_of_the_page(tool: Bench, installer: BrowserContext) -> None:
    page = settings(tool, installer)
    page.get_by_role("combobox").first.select_option("de")
    expect(page.locator(".setting-name").nth(4)).to_have_text("Zellüberspannung: Alarm")
    page.get_by_label("Neuer Wert von Zellüberspannung: Alarm in mV").fill("3650")
    expect(page.get_by_role("alert")).to_have_text(
        "Zellüberspannung: Alarm (3650 mV) muss unter Zellüberspannung: Schutz (3650 mV) liegen: "
        "der Alarm muss warnen, bevor der Schutz auslöst (Regel cell-ov-protect-above-alarm)."
    )
    own = page.locator("main [lang]:not([lang=de]):not(.maker-name)")
    assert own.evaluate_all("all => all.map(one => one.textContent)") == []
    expect(page.locator(".maker-name").nth(4)).to_have_text("Cell OV Alarm · ")
    page.get_by_label("Neuer Wert von Zellüberspannung: Alarm in mV").fill("")
    page.get_by_role("combobox").first.select_option("en")


@pytest.mark.req("REQ-190", "REQ-191", "REQ-192", "REQ-201")
def test_connect_scan_and_disconnect(tool: Bench, installer: BrowserContext) -> None:
    page = tool.page(installer, "#/connect")
    button(page, "Disconnect").click()
    expect(page.locator("h1")).to_have_text("Not Connected")
    expect(page.locator(".foot")).to_contain_text("Not Connected")
    expect(button(page, "Disconnect")).to_have_attribute("aria-disabled", "true")
    expect(button(page, "Disconnect")).to_have_attribute("title", "Nothing is connected.")
    # An adapter that is plugged in appears by itself.
    plugged = {"device": "/dev/ttyUSB7", "stable_device": "/dev/serial/by-id/x", "description": "USB to RS485"}

    soldered = {"device": "/dev/ttyS0", "stable_device": "/dev/ttyS0", "description": "ttyS0", "link": "serial:x"}

    def ports(route: Route) -> None:
        route.fulfill(json=[soldered, {**plugged, "link": "serial:/dev/serial/by-id/x"}])

    page.route("**/api/ports", ports)
    expect(page.get_by_label("USB to RS485")).to_be_visible()
    # It is the only adapter, and so it is chosen.
    expect(page.get_by_label("USB to RS485")).to_be_checked()
    page.get_by_label("TCP adapter").check()
    expect(page.locator(".why").last).to_contain_text("Give the adapter's host and port.")
    page.get_by_label("Another port").check()
    page.get_by_label("Device", exact=True).fill(str(tool.line.path))
    page.get_by_label("Packs", exact=True).fill("one")
    expect(page.locator(".why").last).to_contain_text("Packs are numbers such as 1 or 1-4.")
    page.get_by_label("Packs", exact=True).fill("1-3")
    page.get_by_label("Speed", exact=True).select_option("9600")
    page.get_by_label("Scan only this").check()
    button(page, "Scan this port").click()
    expect(page.get_by_role("img", name="ADD switch: 1 on, 2 on, 3 off, 4 off; address 3")).to_be_visible()
    button(page, "Connect these 3 packs").click()
    expect(page.locator("h1")).to_have_text("Communication Normal")
    expect(page.locator(".headline")).to_contain_text("Dialect PACE v25 ASCII")
    # The same with one click, where a scan leaves nothing to decide.
    button(page, "Disconnect").click()
    expect(page.locator("h1")).to_have_text("Not Connected")
    button(page, "Find the packs and connect").click()
    expect(page.locator("h1")).to_have_text("Communication Normal")
    page.close()


@pytest.mark.req("REQ-204", "REQ-206", "REQ-207", "REQ-213")
def test_every_button_of_the_settings(tool: Bench, installer: BrowserContext) -> None:
    page = settings(tool, installer)
    # Each of the 51 has its name, a box to tick and an input with its unit.
    rows = page.locator(".setting")
    assert rows.count() == len(BY_KEY) == 51
    inputs = [f"New value of {row.label}{f' in {row.unit}' if row.unit else ''}" for row in BY_KEY.values()]
    shown = zip(
        rows.locator(".setting-name span").all_text_contents(),
        rows.locator("input[type=text]").evaluate_all("all => all.map(one => one.ariaLabel)"),
        strict=True,
    )
    assert sorted(shown) == sorted(zip((row.label for row in BY_KEY.values()), inputs, strict=True))
    assert rows.locator("input[type=checkbox]").count() == 51
    button(page, "Read").click()
    done(page, "51 settings read")
    button(page, "Select all").click()
    expect(page.locator(".setting.ticked")).to_have_count(51)
    expect(page.locator(".why").first).to_contain_text("No ticked field has a new value.")
    button(page, "Deselect all").click()
    expect(page.locator(".setting.ticked")).to_have_count(0)
    expect(page.get_by_role("button", name="Write")).to_have_attribute("title", "Nothing is ticked.")
    # A rule across fields is told while one types, by the names of the fields.
    field(page, "Cell OV Alarm").fill("3700")
    expect(page.locator(".remarks")).to_contain_text("Cell OV Alarm (3700 mV) must be below Cell OV Protect")
    expect(page.get_by_role("button", name="Write 1 value")).to_have_attribute("aria-disabled", "true")
    field(page, "Cell OV Alarm").fill("many")
    expect(page.locator(".setting.bad")).to_contain_text("This is not a number.")
    button(page, "Clear").click()
    expect(field(page, "Cell OV Alarm")).to_have_value("")
    field(page, "Cell OV Alarm").fill("3512")
    field(page, "Cell OVP Release").fill("3370")
    expect(page.locator(".setting.ticked").first).to_contain_text("Rounded to 3510")
    # What was typed outlives a reload.
    page.reload()
    expect(field(page, "Cell OV Alarm")).to_have_value("3512")
    button(page, "Write 2 values…").click()
    expect(page.get_by_role("dialog").locator("tbody tr")).to_have_count(2)
    expect(page.get_by_role("dialog").locator("tbody tr").first).to_contain_text(
        "3500\u202fmV→ 3510\u202fmV3500\u202fmV"
    )
    button(page, "Cancel").click()
    assert tool.line.values(1)[ALARM] == 3500
    button(page, "Write 2 values…").click()
    button(page, "Write 2 values to pack 1").click()
    done(page, "2 of 2 written and read back")
    expect(page.locator(".job-fields .written")).to_have_count(2)
    expect(page.get_by_role("button", name="Write")).to_be_focused()
    assert (tool.line.values(1)[ALARM], tool.line.values(1)[RELEASE]) == (3510, 3370)
    expect(field(page, "Cell OV Alarm")).to_have_value("")
    button(page, "Clone…").click()
    page.get_by_role("dialog").get_by_label("Pack 3").uncheck()
    button(page, "Write them to 1 pack").click()
    done(page, "Pack 2 (VIRTUAL-0002): 2 of 2 written")
    assert (tool.line.values(2)[ALARM], tool.line.values(3)[ALARM]) == (3510, 3500)
    button(page, "Undo…").click()
    button(page, "Put 2 values back").click()
    done(page, "2 of 2 put back")
    assert tool.line.values(1)[ALARM] == 3500
    page.get_by_role("link", name="Pack 2").click()
    expect(page.locator("h1")).to_have_text("Settings of pack 2")
    expect(page.locator(".headline .note")).to_contain_text("VIRTUAL-0002")
    button(page, "Restore…").click()
    expect(page.get_by_role("dialog").locator("tbody tr")).to_have_count(2)
    button(page, "Restore 2 values of pack 2").click()
    done(page, "2 of 2 written")
    assert tool.line.values(2)[ALARM] == 3500
    # Without the server nothing can be ordered, and the page says that what it shows is old.
    tool.server.process.send_signal(signal.SIGSTOP)
    expect(button(page, "Read")).to_have_attribute("title", "No link to the server")
    expect(page.locator(".banner")).to_be_visible()
    tool.server.process.send_signal(signal.SIGCONT)
    expect(button(page, "Read")).not_to_have_attribute("aria-disabled", "true")
    page.close()


@pytest.mark.soak
@pytest.mark.req("REQ-206")
def test_stop_ends_a_batch_and_the_pack_has_its_values_again(
    tool: Bench, installer: BrowserContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How soon a browser finds the button is its own affair: it is clicked when the first order has come, and each
    order waits for that, shorter than a time-out."""
    page = settings(tool, installer, 2)
    keeps, ordered, clicked = VirtualPack.set_values, threading.Event(), threading.Event()

    def slowly(pack: VirtualPack, values: Mapping[str, float], now_s: float) -> None:
        keeps(pack, values, now_s)
        ordered.set()
        clicked.wait(0.5)

    monkeypatch.setattr(VirtualPack, "set_values", slowly)
    for label, value in ONE_OF_EACH_GROUP.items():
        field(page, label).fill(str(value))
    button(page, "Write 10 values…").click()
    button(page, "Write 10 values to pack 2").click()
    assert ordered.wait(20)
    button(page, "Stop").first.click()
    clicked.set()
    expect(page.locator(".job.stopped")).to_contain_text("as they were before, because it was stopped.")
    assert tool.line.values(2) == tool.line.values(1)
    button(page, "Clear").click()
    page.close()


def change_on_the_pack(tool: Bench, pack: int, key: str, value: float) -> None:
    """Somebody with another tool."""

    async def change() -> None:
        assert tool.line.memory.write(pack, {key: value}) is None

    tool.do(change())


@pytest.mark.req("REQ-206", "REQ-213")
def test_two_browsers_another_tool_and_old_values(tool: Bench, installer: BrowserContext, browser: Browser) -> None:
    other = tool.person(browser)
    tool.sign_in(other)
    mine, theirs = settings(tool, installer, 3), settings(tool, other, 3)
    # Somebody with another tool changes the pack behind both pages: what they show is old, and nothing is sent.
    change_on_the_pack(tool, 3, ALARM, 3480)
    field(mine, "Cell OV Alarm").fill("3470")
    button(mine, "Write 1 value…").click()
    button(mine, "Write 1 value to pack 3").click()
    expect(mine.locator(".job.failed")).to_contain_text("you were shown 3500 mV; nothing was sent")
    assert tool.line.values(3)[ALARM] == 3480
    # The other page sees how that job ended, and the value that the pack was found to have.
    expect(theirs.locator(".job.failed")).to_contain_text("you were shown")
    # Who reads another language is told it in that.
    theirs.get_by_role("combobox").first.select_option("de")
    german = theirs.locator(".job.failed .job-head > span")
    expect(german).to_have_text(
        "Zellüberspannung: Alarm (Gruppe Zellüberspannung) ist jetzt 3480 mV, angezeigt wurde 3500 mV; "
        "nichts wurde gesendet, das Pack neu lesen."
    )
    expect(german).to_have_attribute("lang", "de")
    foreign = theirs.locator("main [lang]:not([lang=de]):not(.maker-name)")
    assert foreign.evaluate_all("all => all.map(one => one.textContent)") == []
    theirs.get_by_role("combobox").first.select_option("en")
    button(mine, "Read").click()
    done(mine, "51 settings read")
    button(mine, "Write 1 value…").click()
    button(mine, "Write 1 value to pack 3").click()
    done(mine, "1 of 1 written")
    expect(button(mine, "Write")).to_be_focused()
    button(mine, "Close").press("Enter")
    expect(mine.locator("h1")).to_be_focused()
    expect(theirs.locator(".setting", has_text="Cell OV Alarm").locator(".setting-now")).to_contain_text("3470")
    # A pack that is not as it was written from here says so.
    change_on_the_pack(tool, 3, ALARM, 3490)
    button(theirs, "Read").click()
    expect(mine.get_by_role("alert").first).to_contain_text("is 3490 mV and not the 3470 mV that ines wrote")
    # Who has the line keeps others from it, and they are told who that is; they may stop it.
    assert tool.ask(installer, "POST", "api/scan", {"dialects": ["pace"]}).ok
    expect(theirs.locator(".job.running")).to_contain_text("ines scans the line")
    expect(button(theirs, "Read")).to_have_attribute("title", re.compile("ines has the line now"))
    button(theirs, "Stop").first.click()
    expect(theirs.locator(".job.running")).to_have_count(0)
    assert tool.ask(installer, "GET", "api/jobs").json()[0]["state"] == "stopped"
    other.close()
    mine.close()


@pytest.mark.req("REQ-206")
def test_nothing_is_written_by_a_page_that_is_older_than_the_last_reading(
    tool: Bench, installer: BrowserContext
) -> None:
    page = settings(tool, installer, 3)
    before = tool.line.values(3)[ALARM]
    field(page, "Cell OV Alarm").fill(str(before - 20))
    expect(button(page, "Write 1 value…")).to_be_enabled()
    # The reading is over and has found another value, but its answer is still on the way to the page.
    change_on_the_pack(tool, 3, ALARM, before - 10)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    table = re.compile(r"/api/packs/3/parameters(\?|$)")
    page.route(table, hold)
    button(page, "Read").click()
    done(page, "51 settings read")
    write = button(page, "Write 1 value…")
    expect(write).to_have_attribute("title", "What this changes is being worked out.")
    expect(write).to_be_disabled()
    expect(button(page, "Restore…")).to_be_disabled()
    assert held
    for route in held:
        route.continue_()
    page.unroute(table)
    write.click()
    expect(page.get_by_role("dialog").get_by_role("cell").first).to_have_text(re.compile(rf"^{before - 10}\smV"))
    button(page, "Write 1 value to pack 3").click()
    done(page, "1 of 1 written")
    assert tool.line.values(3)[ALARM] == before - 20
    page.close()


@pytest.mark.req("REQ-205", "REQ-206")
def test_f07_the_link_is_pulled_during_a_write(
    tool: Bench, installer: BrowserContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = settings(tool, installer, 2)
    keeps, pulls = VirtualPack.set_values, []

    def last_thing(pack: VirtualPack, values: Mapping[str, float], now_s: float) -> None:
        """The pack takes the first order, and that is the last that anybody hears of it."""
        keeps(pack, values, now_s)
        if not pulls:
            pulls.append(asyncio.get_running_loop().create_task(tool.line.pull()))

    monkeypatch.setattr(VirtualPack, "set_values", last_thing)
    for label, value in (
        ("Cell OV Alarm", 3480),
        ("Cell UV Alarm", 2850),
        ("CHG OC Alarm", 100),
        ("DSG OC Alarm", 105),
    ):
        field(page, label).fill(str(value))
    button(page, "Write 4 values…").click()
    button(page, "Write 4 values to pack 2").click()
    try:
        expect(page.locator(".job.failed")).to_be_visible()
        expect(page.locator(".job-fields .unknown").first).to_contain_text("not known: the pack fell silent")
        expect(page.locator(".foot .communication")).not_to_have_text("Communication Normal")
        # What was typed is still there.
        expect(field(page, "Cell OV Alarm")).to_have_value("3480")
    finally:
        tool.do(tool.line.plug())
    expect(page.locator(".foot .communication")).to_have_text("Communication Normal")
    button(page, "Read").click()
    expect(button(page, "Take up the open changes")).to_be_visible()
    button(page, "Take up the open changes").click()
    done(page, "taken up")
    expect(button(page, "Take up the open changes")).to_have_count(0)
    assert tool.line.values(2) == tool.line.values(1)
    page.close()
