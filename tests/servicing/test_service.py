"""What the service tool does, over the API: read, check, write, take back, clone, order, and when it goes wrong."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openress.catalog import load_product
from openress.model import Identity, PackSample
from openress.params import BY_KEY
from openress.rack.overhear import Overheard
from openress.rack.probing import Attempt
from openress.rack.remarks import Kind
from openress.rack.scanorder import ScanOrder
from openress.rack.survey import Answerer, Garbled, Survey
from openress.rack.switchwords import SwitchWords
from openress.sim.packmemory import VirtualMemory
from tests.servicing.bench import Bench, bench, real, virtual
from tests.sites.paceline import PaceLine, pace_line

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def sample_of(serial: str) -> PackSample:
    return PackSample(1, identity=Identity(at_s=0.0, serial=serial))


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[PaceLine]:
    async with pace_line(tmp_path) as found:
        yield found


@pytest.fixture
async def desk(line: PaceLine, tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench(real(line, tmp_path)) as found:
        yield found


def rows(table: Any) -> dict[str, Any]:
    return {row["key"]: row for group in table["groups"] for row in group["rows"]}


@pytest.mark.req("REQ-190", "REQ-204", "REQ-206", "REQ-207", "REQ-213")
async def test_read_check_write_and_take_back(line: PaceLine, desk: Bench) -> None:
    unread = rows(await desk.get("packs/2/parameters"))
    assert list(unread) == list(BY_KEY)
    assert {row["value"] for row in unread.values()} == {None}
    assert (await desk.post("packs/2/parameters/plan", {"values": {"soc_low_alarm_pct": 10}}, 409))["detail"]
    read = await desk.job("packs/2/parameters/read")
    assert (read["state"], read["of"] > 3) == ("done", True)
    table = await desk.get("packs/2/parameters")
    assert table == read["result"]
    row = rows(table)["cell_ov_alarm_mv"]
    assert (row["value"], row["default"], row["step"], row["unit"]) == (3500.0, 3500.0, 10.0, "mV")
    assert row["low"] < 3500 < row["high"]
    # The rules between settings are told before anything is sent.
    wrong = await desk.post("packs/2/parameters/plan", {"values": {"cell_ov_alarm_mv": 3650}}, 200)
    assert "must be below" in wrong["problems"][0]["sentence"]
    assert wrong["problems"][0]["keys"] == ["cell_ov_alarm_mv", "cell_ov_protect_mv"]
    told = await desk.post("packs/2/parameters/plan?lang=de", {"values": {"cell_ov_alarm_mv": 3650}}, 200)
    assert (told["language"], told["untranslated"]) == ("de", [])
    assert "muss unter cell_ov_protect_mv (3650 mV) liegen: der Alarm muss warnen" in told["problems"][0]["sentence"]
    german = await desk.get("packs/2/parameters?lang=de")
    assert (german["language"], german["untranslated"]) == ("de", [])
    assert rows(german)["cell_ov_alarm_mv"]["label"] == "Zellüberspannung: Alarm"
    assert rows(german)["cell_ov_alarm_mv"]["name"] == row["label"] == "Cell OV Alarm"
    good = await desk.post("packs/2/parameters/plan", {"values": {"cell_ov_alarm_mv": 3484}}, 200)
    assert good["changes"][0] | {"label": "", "group": ""} == {
        "key": "cell_ov_alarm_mv",
        "label": "",
        "group": "",
        "unit": "mV",
        "old": 3500.0,
        "new": 3480.0,
        "default": 3500.0,
    }
    assert good["rounded"] == [{"key": "cell_ov_alarm_mv", "asked": 3484, "stored": 3480.0}]

    values = {"cell_ov_alarm_mv": 3480, "soc_low_alarm_pct": 12}
    shown = {key: rows(table)[key]["value"] for key in values}
    written = await desk.job("packs/2/parameters/write", {"values": values, "shown": shown})
    assert written["state"] == "done", written
    assert {field["key"]: field["state"] for field in written["fields"]} == dict.fromkeys(values, "written")
    assert {key: line.values(2)[key] for key in values} == values
    assert rows(await desk.get("packs/2/parameters"))["cell_ov_alarm_mv"]["differs"] is True
    (entry,) = await desk.get("journal")
    assert (entry["kind"], entry["outcome"], entry["pack"]) == ("write", "done", 2)
    assert (entry["old"], entry["new"]) == (shown, values)
    assert entry["who"]

    # Values that a person saw otherwise are not overwritten.
    late = await desk.job("packs/2/parameters/write", {"values": {"soc_low_alarm_pct": 5}, "shown": shown})
    assert (late["state"], "you were shown" in late["sentence"]) == ("failed", True)
    assert (await desk.told(late, "de"))["sentence"] == (
        "Ladezustand niedrig: Alarm (Gruppe SOC) ist jetzt 12 %, angezeigt wurde 5 %; nichts wurde gesendet, "
        "das Pack neu lesen."
    )
    spanish = await desk.told(late, "es")
    assert spanish["title"] == "escribe 1 valor en el módulo 2"
    assert spanish["sentence"].endswith("se le mostró 5 %; no se envió nada, lea de nuevo el módulo.")
    assert (await desk.told(late, "zh"))["sentence"].endswith("重新读取电池包。")
    undone = await desk.job("packs/2/parameters/undo")
    assert undone["state"] == "done", undone
    assert {key: line.values(2)[key] for key in values} == shown


async def stream_of(desk: Bench, path: str) -> Any:
    """The last that a stream of a job says."""
    answer = await desk.client.get(f"/api/{path}")
    return json.loads(answer.text.split("data: ")[-1])


async def test_drift_clone_and_restore(line: PaceLine, desk: Bench) -> None:
    await desk.job("packs/1/parameters/read")
    assert (await desk.job("packs/1/parameters/write", {"values": {"soc_low_alarm_pct": 12}}))["state"] == "done"
    assert line.memory.write(1, {"soc_low_alarm_pct": 7}) is None
    (drift,) = (await desk.job("packs/1/parameters/read"))["result"]["drift"]
    assert (drift["key"], drift["written"], drift["now"]) == ("soc_low_alarm_pct", 12.0, 7.0)
    assert "somebody else has changed it" in drift["sentence"]
    german = await desk.get("packs/1/parameters?lang=de")
    assert (german["untranslated"], german["drift"][0], german["drift"][0]["sentence"]) == (
        [],
        rows(german)["soc_low_alarm_pct"]["drift"],
        (
            f"Ladezustand niedrig: Alarm (Gruppe SOC) ist 7 % und nicht 12 %, wie {drift['who']} schrieb "
            f"(Änderung {drift['change']}); seither hat es jemand anders geändert."
        ),
    )
    cloned = await desk.job("packs/1/parameters/clone", {"to": [2]})
    assert cloned["state"] == "done", cloned
    assert line.values(2)["soc_low_alarm_pct"] == 7
    assert (await desk.job("packs/1/parameters/restore", {}))["state"] == "done"
    assert line.values(1)["soc_low_alarm_pct"] == BY_KEY["soc_low_alarm_pct"].default
    await desk.post("packs/1/parameters/clone", {"to": [1]}, 422)


async def test_f28_a_link_that_is_pulled_while_it_is_written_leaves_a_change_that_is_taken_up(
    line: PaceLine, desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"cell_ov_alarm_mv": 3480, "soc_low_alarm_pct": 12, "sleep_delay_min": 10}
    await desk.job("packs/1/parameters/read")
    before = line.values()
    write, orders, pulls = VirtualMemory.write, 0, list[asyncio.Task[None]]()

    def pulled(memory: VirtualMemory, pack: int, wanted: Mapping[str, float]) -> str | None:
        """The pack obeys; behind the second order the plug is out before it can say so."""
        nonlocal orders
        orders += 1
        if orders == 2:
            pulls.append(asyncio.create_task(line.pull()))
        return write(memory, pack, wanted)

    monkeypatch.setattr(VirtualMemory, "write", pulled)
    job = await desk.job("packs/1/parameters/write", {"values": values})
    await asyncio.gather(*pulls)
    monkeypatch.undo()
    assert (job["state"], "stays open in the journal" in job["sentence"]) == ("failed", True), job
    german = (await desk.told(job, "de"))["sentence"]
    assert "Auch die alten Werte ließen sich nicht zurücksetzen: " in german
    assert german.endswith("nimmt sie auf.")
    states = {field["key"]: field["state"] for field in job["fields"]}
    assert {"unknown"} <= set(states.values()) <= {"unknown", "not_sent"}
    assert line.values() != before
    await desk.until(lambda: desk.app.desk.lines.connection()["state"] == "cannot_open")
    assert (await desk.job("packs/1/parameters/read"))["state"] == "failed"

    await line.plug()
    await desk.connected()
    read = await desk.job("packs/1/parameters/read")
    assert any("never ended" in sentence for sentence in read["result"]["open_changes"])
    german = await desk.get("packs/1/parameters?lang=de")
    assert (german["untranslated"], len(german["open_changes"])) == ([], 1)
    assert "begonnen von ines, ist offen geblieben: " in german["open_changes"][0]
    assert german["open_changes"][0].endswith(" `openress params recover` setzt die alten Werte zurück.")
    taken = await desk.job("packs/1/parameters/recover")
    assert (taken["state"], "ends as restored" in taken["notes"][0]) == ("done", True), taken
    assert "endet mit „wie zuvor“: alle Werte sind wie zuvor; der Grund: " in (await desk.told(taken, "de"))["notes"][0]
    assert line.values() == before
    assert (await desk.get("packs/1/parameters"))["open_changes"] == []


async def test_two_callers_and_who_has_the_line(desk: Bench) -> None:
    # It lasts, however busy the computer is.
    first = await desk.post("scan", {"dialects": ["pace"]})
    held = await desk.post("packs/2/parameters/read", None, 423)
    assert "scans the line since" in held["detail"]
    assert f"stop job {first['job']}" in held["detail"]
    german = await desk.post("packs/2/parameters/read?lang=de", None, 423)
    assert german["code"] == held["code"] == "held"
    assert german["detail"].startswith("ines sucht ab: die Leitung, seit ")
    assert german["detail"].endswith(f": warten, bis das endet, oder Auftrag {first['job']} anhalten.")
    assert desk.app._snapshot()["job"]["title"] == "scans the line"
    stopped = await desk.post(f"jobs/{first['job']}/stop", None, 200)
    assert stopped["job"] == first["job"]
    assert (await desk.end(first))["state"] == "stopped"
    german = await desk.told(first, "de")
    assert (german["title"], german["sentence"]) == ("sucht ab: die Leitung", "Angehalten; nichts wurde geändert.")
    assert german["notes"][-1] == "ines hat den Auftrag angehalten."
    assert await stream_of(desk, f"jobs/{first['job']}/stream?lang=de") == german
    assert (await stream_of(desk, f"jobs/{first['job']}/stream"))["sentence"] == "It was stopped; nothing was changed."
    again = await desk.job("packs/2/parameters/read")
    assert again["state"] == "done", again["sentence"]


@pytest.mark.req("REQ-203", "REQ-208", "REQ-209", "REQ-210")
async def test_system_settings_orders_and_records(desk: Bench) -> None:
    await desk.get("packs/1/system", 404)
    told = (await desk.job("packs/1/system/read"))["result"]
    assert await desk.get("packs/1/system") == told
    assert told["identity"]["serial"] == told["serial"]
    controls = {control["control"]: control for control in told["controls"]}
    assert controls["shutdown"]["typed"] == told["serial"]
    assert controls["charge_switch"]["on"] is True
    assert (await desk.job("packs/1/controls/charge_limiter", {"on": True}))["state"] == "done"
    untyped = await desk.job("packs/1/switches/charge_switch", {"on": False})
    assert (untyped["state"], "to confirm; nothing was sent" in untyped["sentence"]) == ("failed", True)
    assert (await desk.told(untyped, "de"))["sentence"] == (
        f"Zum Bestätigen {told['serial']} eintippen (Ladeschalter); nichts wurde gesendet."
    )
    typed = await desk.job("packs/1/switches/charge_switch", {"on": False, "typed": told["serial"]})
    assert (typed["state"], "reads off" in typed["sentence"]) == ("done", True)
    clock = await desk.job("packs/1/clock", {"set": "2026-11-20 12:00:00"})
    assert (clock["state"], "now 2026-11-20 12:00:0" in clock["sentence"]) == ("done", True)
    assert "write now" in (await desk.job("packs/1/clock", {"set": "noon"}))["sentence"]
    assert (told["limiter"]["start_a"], told["identity"]["hardware_version"]) == (100.0, "SYSCOM-A5L")
    limiter = await desk.job("packs/1/limiter", {"start_a": 40})
    assert (limiter["state"], "now it reads 40 A" in limiter["sentence"]) == ("done", True)
    assert (await desk.told(limiter, "de"))["sentence"] == (
        f"Pack 1 ({told['serial']}): Der Einsatzstrom des Begrenzers war 100 A, jetzt wird 40 A gelesen."
    )
    assert (await desk.get("packs/1/system"))["limiter"]["start_a"] == 40.0
    assert "in whole amperes" in (await desk.job("packs/1/limiter", {"start_a": 4}))["sentence"]
    assert (await desk.job("packs/1/protocol", {"can": 3}))["state"] == "done"
    assert (await desk.job("packs/1/system/read"))["result"]["protocol"]["can"] == 3
    assert [entry["kind"] for entry in await desk.get("journal?pack=1")] == ["control"] * 6
    await desk.get("packs/1/logs", 404)
    logs = await desk.job("packs/1/logs/read", {"limit": 5})
    assert logs["state"] == "done", logs
    assert (await desk.get("packs/1/logs"))["records"] == logs["result"]["records"]
    table = await desk.client.get("/api/packs/1/logs.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert table.text.startswith("pack,serial,at,")
    assert (await desk.client.delete("/api/packs/1/logs")).status_code == 204
    await desk.get("packs/1/logs", 404)


@pytest.mark.req("REQ-191", "REQ-192", "REQ-201")
async def test_connecting_scanning_and_disconnecting(line: PaceLine, desk: Bench) -> None:
    assert (await desk.get("connection"))["title"] == "Communication Normal"
    assert isinstance(await desk.get("ports"), list)
    choices = await desk.get("connection/choices")
    assert {"pace", "pylontech"} <= {dialect["name"] for dialect in choices["dialects"]}
    off = await desk.client.delete("/api/connection")
    assert off.json()["title"] == "Not Connected"
    assert "choose a serial port" in (await desk.post("packs/1/parameters/read", None, 409))["detail"]
    assert (await desk.post("packs/1/parameters/read?lang=de", None, 409))["detail"] == (
        "Es ist nichts verbunden: einen seriellen Anschluss, einen TCP-Adapter oder das virtuelle Rack wählen."
    )
    missing = await desk.post("connection", {"link": "serial:/dev/ttyNOWHERE"}, 200)
    assert (missing["state"], "no such device" in missing["sentence"]) == ("cannot_open", True)
    for link in ("pty:/tmp/x", "nonsense", "tcp-listen://127.0.0.1:0"):
        await desk.post("connection", {"link": link}, 422)
    german = await desk.post("connection?lang=de", {"link": "pty:/tmp/x"}, 422)
    assert german == {
        "detail": "pty:/tmp/x: von hier aus lässt sich nur ein serieller Anschluss oder ein TCP-Adapter verbinden.",
        "code": "invalid",
    }
    await desk.post("connection", {"link": line.link, "product": "/etc/passwd.toml"}, 422)
    again = await desk.post("connection", {"link": line.link, "packs": 2, "baud": 9600}, 200)
    assert again["link"] == line.link
    await desk.connected()
    scan = await desk.job("scan", {"dialects": ["pace"], "bauds": [9600], "addresses": [1, 2]})
    assert scan["state"] == "done", scan
    assert [pack["address_switches"] for pack in scan["result"]["packs"]] == [
        [True, False, False, False],
        [False, True, False, False],
    ]
    assert any("Listening" in note for note in scan["notes"])
    german = await desk.told(scan, "de")
    assert german["sentence"].startswith("2 Packs antworten auf ")
    assert "Es wird zugehört, um niemandem ins Wort zu fallen ..." in german["notes"]
    await desk.connected()


async def test_the_virtual_rack_is_served_in_the_same_way(tmp_path: Path) -> None:
    async with bench(virtual(tmp_path)) as desk:
        assert (await desk.get("connection"))["title"] == "Communication Normal"
        assert (await desk.job("packs/1/parameters/read"))["state"] == "done"
        written = await desk.job("packs/1/parameters/write", {"values": {"soc_low_alarm_pct": 12}})
        assert written["state"] == "done", written
        site = desk.app.live
        assert site is not None
        assert site.virtual.packs[0].values["soc_low_alarm_pct"] == 12
        assert (await desk.post("connection", {"link": None, "packs": 1}, 200))["state"] == "virtual"
        assert list(desk.app._snapshot()["packs"]) == ["1"]


PACE, SEPLOS, SLOW = Attempt("pace", 9600), Attempt("seplos2", 9600), Attempt("pace", 19200)
HEARD = Overheard("pace", 9600, (1, 2, 3), (2,), (), answered=9, frames=40, loose=0, masters=2, other="seplos2")
SURVEYS = (
    Survey(tried={PACE: (1, 2)}),
    Survey(tried={Attempt("pace", None): (1, 2)}),
    Survey(unread=700, tried={PACE: (1,), SLOW: (1,)}),
    Survey(upside_down=("pace", 9600)),
    Survey(overheard=HEARD, tried={PACE: (1,)}),
    Survey(overheard=replace(HEARD, masters=1, asked=(), answering=(), loose=9000, other=None)),
    Survey(overheard=replace(HEARD, masters=1, garbled=(3,), answering=(2, 5))),
    Survey(
        answerers=(
            Answerer(0, 0, PACE, sample_of("A1")),
            Answerer(4, 4, PACE, sample_of("A1"), twice=True),
            Answerer(6, 6, SEPLOS, sample_of("B1")),
            Answerer(7, 7, SLOW, sample_of("B2")),
        ),
        garbled=(Garbled(1, 1, PACE),),
        mixed=(Garbled(4, 4, SEPLOS),),
        swapped=((8, PACE), (9, PACE)),
        echo=True,
        tried={PACE: tuple(range(16))},
    ),
    Survey(garbled=(Garbled(2, 2, PACE), Garbled(3, 3, PACE)), swapped=((8, PACE),), tried={PACE: tuple(range(16))}),
    Survey(answerers=(Answerer(2, 2, PACE, sample_of("A1")),), tried={PACE: tuple(range(16))}),
)


async def test_all_that_a_scan_remarks_is_told_in_other_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = load_product("syscom-a5l-48v")
    survey = Survey()

    async def found(*_: object, **__: object) -> tuple[Survey, SwitchWords]:
        return survey, SwitchWords(product.address_switch)

    monkeypatch.setattr(ScanOrder, "scan", found)
    said: set[str] = set()
    kinds: set[str] = set()
    async with bench(virtual(tmp_path, packs=1), waits=False) as desk:
        for one in SURVEYS:
            survey = one
            job = await desk.job("scan", {})
            kinds |= {remark["kind"] for remark in job["result"]["remarks"]}
            for language in REMARKED:
                told = (await desk.told(job, language))["result"]["remarks"]
                said |= {remark["sentence"] for remark in told}
    assert kinds == {kind.value for kind in Kind}
    assert all(any(sentence.startswith(wanted) for sentence in said) for wanted in REMARKED.values()), said


REMARKED = {
    "de": "Zwei Packs antworten als Pack 1 (Adresse 1) und stören einander. Beide wären Master des Racks. Nur ein Pack "
    "darf so eingestellt sein (nur Schalter 1 ein); dem anderen die nächste freie Nummer geben.",
    "es": "No hay maestro: ningún módulo responde como módulo 1. Haga maestro a un módulo, solo el interruptor 1 "
    "encendido.",
    "zh": "两个电池包都以电池包 1",
}
