"""The history of a running rack: only what is live is recorded, what flowed is counted, what happens is told once."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from openress.config import Config
from openress.sim.virtual import virtual_serial
from openress.store.bucket import ROW
from openress.store.happened import RACK, Minute, Source, SourceKind
from openress.store.historyfile import HISTORY, HistoryFile, open_history
from openress.store.historyquery import Span, ask, find_source
from openress.store.newest import Newest
from openress.store.quantities import Kept
from openress.store.retention import RESOLUTIONS, kept_days
from openress.telemetry import recorder as recording
from openress.telemetry.history import History, make_history
from openress.telemetry.historyapi import EventPart
from openress.telemetry.recorder import MOST_BATCHES, Recorder

T0 = 1_795_132_800.0

PACK = {
    "pack": 1,
    "serial": "A5L-0001",
    "pack_voltage_v": 52.0,
    "pack_current_a": 10.0,
    "cell_voltages_mv": [3250] * 16,
    "cell_voltage_min_mv": 3250,
    "cell_voltage_max_mv": 3250,
    "soc_pct": 50.0,
    "soh_pct": 99.0,
    "full_ah": 100.0,
    "design_ah": 100.0,
    "alarms": [],
    "protections": [],
    "faults": [],
    "freshness": "fresh",
}


def snapshot(at_s: float, *, rack: dict[str, Any] | None = None, **pack: Any) -> dict[str, Any]:
    values = {key: value for key, value in {**PACK, **pack}.items() if value is not None}
    whole = {key: values[key] for key in ("pack_voltage_v", "pack_current_a", "soc_pct", "freshness") if key in values}
    return {"time_s": at_s, "rack": whole | (rack or {}), "packs": {"1": values}, "gateway": None}


def quiet(sentence: str) -> None:
    raise AssertionError(sentence)


def minutes_of(recorder: Recorder, name: str = "A5L-0001") -> list[Minute]:
    return [minute for batch in recorder.waiting for minute in batch.minutes if minute.source.name == name]


def column(minute: Minute, name: str) -> int | None:
    value: int | None = minute.row[ROW.index(name)]
    return value


def recorded(*looks: tuple[float, float, dict[str, Any]]) -> Recorder:
    """A recorder that saw snapshots at unix seconds, seconds of the other clock, with values of the pack."""
    recorder = Recorder(10, quiet)
    for at_s, clock_s, values in looks:
        recorder.take(snapshot(T0 + at_s, **values), clock_s)
    recorder.close()
    return recorder


def test_what_flowed_is_counted_in_each_direction() -> None:
    """From -10 A to +10 A in straight lines over a minute each way: 2.5 A on average for half of it, each direction."""
    looks = [(float(at), float(at), {"pack_current_a": -10.0 + 20.0 * at / 60}) for at in range(61)]
    (first, second) = minutes_of(recorded(*looks))
    charge_ah = 10.0 / 2 * 30 / 3600
    for name, expected in (("charged_ah", charge_ah), ("discharged_ah", charge_ah)):
        assert column(first, f"{name}_total") == pytest.approx(100_000 * expected, abs=2)
    for name in ("charged_wh", "discharged_wh"):
        assert column(first, f"{name}_total") == pytest.approx(1000 * charge_ah * 52.0, abs=2)
    assert first.row[1] == 600
    assert (column(second, "samples"), second.row[1]) == (1, 0)


def test_nothing_is_counted_over_a_gap() -> None:
    looks = [(float(at), float(at), {}) for at in range(120) if not 20 <= at < 80]
    first, second = minutes_of(recorded(*looks))
    assert (first.row[1], second.row[1]) == (190, 390)
    assert column(first, "charged_ah_total") == pytest.approx(100_000 * 10 * 19 / 3600, abs=1)


def test_an_interval_over_the_edge_of_a_minute_is_cut_there() -> None:
    first, second = minutes_of(recorded((55.0, 0.0, {}), (65.0, 10.0, {})))
    assert (first.row[1], second.row[1]) == (50, 50)


@pytest.mark.parametrize("freshness", ["stale", "asleep", "absent"])
def test_what_is_not_live_is_not_recorded(freshness: str) -> None:
    looks = [(float(at), float(at), {"freshness": "fresh" if at < 5 else freshness}) for at in range(30)]
    (minute,) = minutes_of(recorded(*looks))
    assert column(minute, "samples") == 5
    assert minute.row[1] == 40


def test_what_a_pack_does_not_tell_is_null() -> None:
    (minute,) = minutes_of(recorded((0.0, 0.0, {"soc_pct": None, "pack_current_a": None})))
    assert column(minute, "soc_pct_mean") is None
    assert column(minute, "charged_ah_total") is None
    assert column(minute, "pack_voltage_v_mean") == 52_000


def test_resistance_comes_of_steps_of_the_current() -> None:
    looks = [
        (float(at), float(at), {"pack_current_a": amps, "pack_voltage_v": 52.0 + 0.02 * amps})
        for at, amps in enumerate([0.0, 20.0, 20.5, -20.0, -20.0])
    ]
    notes = [note for batch in recorded(*looks).waiting for note in batch.health]
    assert [note.steps for note in notes] == [2]
    assert 1000 * notes[0].volt_amperes / notes[0].ampere_squares == pytest.approx(20.0)


def events_of(recorder: Recorder) -> list[tuple[str, str]]:
    return [
        found
        for batch in recorder.waiting
        for found in [*(("+", e.text) for e in batch.begun), *(("-", f"{e.kind} {e.code}") for e in batch.ended)]
    ]


def test_events_are_told_in_words_once() -> None:
    alarm = {"alarms": ["cell_over_voltage"], "cell_voltage_max_mv": 3560}
    both = {**alarm, "protections": ["cell_over_voltage"], "cell_voltage_max_mv": 3655}
    unheard = {**both, "freshness": "stale"}
    looks = [(float(at), float(at), values) for at, values in enumerate([{}, alarm, alarm, both, unheard, both, {}])]
    assert events_of(recorded(*looks)) == [
        ("+", "Alarm of pack 1: cell over voltage, highest cell 3560 mV."),
        ("+", "Protection of pack 1: cell over voltage, highest cell 3655 mV."),
        ("-", "alarm cell_over_voltage"),
        ("+", "Pack 1 (A5L-0001) is not heard any more; its values are old."),
        ("-", "link lost"),
        ("-", "protection cell_over_voltage"),
    ]


def test_what_stood_when_the_last_run_ended_goes_on() -> None:
    first = recorded((0.0, 0.0, {"faults": ["cell_sensor"], "alarms": ["soc_low"]}))
    standing = [event for batch in first.waiting for event in batch.begun]
    second = Recorder(10, quiet, standing)
    second.take(snapshot(T0 + 100, faults=["cell_sensor"]), 0.0)
    assert events_of(second) == [("-", "alarm soc_low")]


def test_alarms_of_the_gateway_are_events() -> None:
    recorder = Recorder(10, quiet)
    alarm = {"trouble": "silent", "sentence": "The inverter is silent.", "for_s": 3}
    recorder.take(snapshot(T0) | {"gateway": {"alarms": [alarm]}}, 0.0)
    recorder.take(snapshot(T0 + 1) | {"gateway": {"alarms": []}}, 1.0)
    assert events_of(recorder) == [("+", "The inverter is silent."), ("-", "gateway silent")]


def test_f14_a_clock_that_is_set_makes_no_duplicates_and_counts_nothing_twice(tmp_path: Path) -> None:
    """Forward by a day, back by two, then right: one row for each minute, and all the charge that flowed."""
    ahead_s = [0.0] * 120 + [86_400.0] * 120 + [-7200.0] * 120 + [0.0] * 120
    history = follower(tmp_path, clock=(now := [0.0]))
    for at, ahead in enumerate(ahead_s):
        now[0] = float(at)
        history.see(snapshot(T0 + at + ahead))
        if at % 60 == 0:
            settle(history)
    history.stop()
    with open_history(tmp_path / HISTORY) as rows:
        found = rows.execute(
            "SELECT at_s, samples, charged_ah_total FROM minute JOIN source ON source.id = source WHERE kind = 'pack'"
        ).fetchall()
        texts = [text for (text,) in rows.execute("SELECT text FROM event ORDER BY id")]
    assert len({at_s for at_s, _, _ in found}) == len(found)
    assert sum(samples for _, samples, _ in found) == len(ahead_s)
    flowed_s = len(ahead_s) - 1 - 3  # the second in which a clock is set is not counted
    assert sum(total for _, _, total in found) == pytest.approx(100_000 * 10 * flowed_s / 3600, abs=20)
    assert texts == [
        "The clock of this computer was set forward by 86400 s.",
        "The clock of this computer was set back by 93600 s.",
        "The clock of this computer was set forward by 7200 s.",
    ]


def test_f14_a_clock_that_was_never_set_is_told_and_nothing_recorded() -> None:
    told: list[str] = []
    recorder = Recorder(10, told.append)
    for at in range(3):
        recorder.take({**snapshot(0.0), "time_s": float(at)}, float(at))
    recorder.close()
    assert told == ["The clock of this computer is not set: the history begins when it is."]
    assert not recorder.waiting


def test_f14_a_wrong_clock_does_not_forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only an hour after it was set a clock is believed so far that anything is forgotten."""
    monkeypatch.setattr(recording, "BATCH_S", 60.0)
    recorder = Recorder(10, quiet)
    asked = []
    for at in range(0, 3 * 3600, 10):
        ahead = 1e9 if at >= 5000 else 0.0
        recorder.take(snapshot(T0 + at + ahead), float(at))
        asked += [at for batch in recorder.waiting if batch.forget]
        recorder.waiting.clear()
    assert asked == [3600, 8660] or all(at < 5000 or at >= 8600 for at in asked)
    assert asked


def test_f17_what_waits_for_a_full_disk_is_bounded_and_samples_go_before_events() -> None:
    recorder = Recorder(10, quiet)
    for at in range(0, 150 * 900, 100):
        recorder.take(snapshot(T0 + at, alarms=["soc_low"] if at % 20_000 == 0 else []), float(at))
    assert len(recorder.waiting) == MOST_BATCHES
    assert sum(len(batch.begun) for batch in recorder.waiting) == 7
    numbers = [batch.number for batch in recorder.waiting]
    assert numbers == sorted(numbers)


def follower(folder: Path, say: Any = quiet, clock: list[float] | None = None) -> History:
    ticks = clock if clock is not None else [0.0]
    return History(folder, raw_every_s=10, days={}, say=say, clock_s=lambda: ticks[0])


def settle(history: History) -> None:
    """Wait until the thread has taken what it was handed."""
    until = time.monotonic() + 20
    while history._snapshots and time.monotonic() < until:
        time.sleep(0.001)


def taken(history: History, at_s: float) -> None:
    """Wait until the recorder knows a moment."""
    pack, until = Source(SourceKind.PACK, "A5L-0001"), time.monotonic() + 20
    while [at for at, _ in history.newest(pack).samples[-1:]] != [at_s] and time.monotonic() < until:
        time.sleep(0.001)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    history = follower(tmp_path, clock=(now := [0.0]))
    for at in range(200):
        now[0] = float(at)
        history.see(snapshot(T0 + at, alarms=["soc_low"] if at >= 150 else []))
        if at % 100 == 99:
            settle(history)
    settle(history)
    api = FastAPI()
    for router in history.routers:
        api.include_router(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://localhost") as found:
        yield found
    history.stop()


async def test_charts_are_answered_up_to_the_minute_that_is_not_over(client: httpx.AsyncClient) -> None:
    found = (
        await client.get(
            "/api/history",
            params={"quantity": ["soc_pct", "charged_ah"], "from": T0, "to": T0 + 300, "pack": 1, "every": "1m"},
        )
    ).json()
    assert found["source"] == {"kind": "pack", "name": "A5L-0001", "pack": 1}
    assert (found["every"], found["every_s"]) == ("1m", 60)
    assert found["times_s"] == [T0 + 60 * at for at in range(5)]
    soc, charged = found["series"]
    assert soc["mean"] == [50.0, 50.0, 50.0, 50.0, None]
    assert soc["total"] is None
    assert charged["total"][1:4] == [pytest.approx(10 * s / 3600, abs=1e-4) for s in (60, 60, 19)]
    assert charged["total"][4] is None


@pytest.mark.parametrize("every", ["auto", "raw"])
async def test_the_current_quarter_of_an_hour_is_shown_up_to_now(client: httpx.AsyncClient, every: str) -> None:
    asked = {"quantity": ["soc_pct"], "from": T0, "to": T0 + 300, "pack": 1, "every": every}
    found = (await client.get("/api/history", params=asked)).json()
    assert (found["every"], found["every_s"]) == ("raw", 10)
    assert found["series"][0]["mean"] == [*([50.0] * 20), *([None] * 10)]


def test_the_rack_that_is_recorded_now_is_the_one_told_of(tmp_path: Path) -> None:
    history = follower(tmp_path, clock=(now := [0.0]))
    for at in range(0, 120, 10):
        now[0] = float(at)
        history.see(snapshot(T0 + at) | {"virtual": at < 60})
        taken(history, T0 + at)
        with open_history(history.path) as rows:
            # Nothing of it is on the disk yet.
            rack = find_source(rows, newest_of=history.newest)
            answer = ask(rows, rack, ["soc_pct"], Span(T0, T0 + 120, "raw"), history.newest)
        assert rack.name == ("virtual rack" if at < 60 else "rack")
        assert 50.0 in answer.series[0].values[Kept.MEAN]
    history.stop()


def test_without_the_memory_minutes_go_further_than_samples(tmp_path: Path) -> None:
    """As `openress history` finds it, which reads the disk alone: at 00:20 the samples end at 00:15."""
    history = follower(tmp_path, clock=(now := [0.0]))
    for at in range(0, 1200, 10):
        now[0] = float(at)
        history.see(snapshot(T0 + at))
        taken(history, T0 + at)
    history.freshen()
    with open_history(history.path) as rows:
        for to_s, every in ((600, "raw"), (1200, "1m")):
            found = ask(rows, find_source(rows, pack=1), ["soc_pct"], Span(T0, T0 + to_s))
            assert (found.resolution, found.series[0].values[Kept.MEAN][-2]) == (every, 50.0)
    history.stop()


@pytest.mark.parametrize("every", ["raw", "1m", "15m", "1d"])
def test_what_is_in_memory_and_what_is_on_the_disk_is_told_once(tmp_path: Path, every: str) -> None:
    """Asked again and again while it is recorded: each time all that came is there, and once."""
    now = [0.0]
    history = follower(tmp_path, clock=now)
    for at in range(0, 2700, 5):
        now[0] = float(at)
        history.see(snapshot(T0 + at))
        if at % 115 == 0:
            taken(history, T0 + at)
            if at % 805 == 0:
                history.freshen()
            with open_history(history.path) as rows:
                source = find_source(rows, serial="A5L-0001")
                found = ask(rows, source, ["charged_ah", "soc_pct"], Span(T0, T0 + 2700, every), history.newest)
            charged, soc = found.series
            assert sum(value or 0 for value in charged.values[Kept.TOTAL]) == (
                0 if every == "raw" else pytest.approx(10 * at / 3600, abs=2e-3)
            )
            newest = max(place for place, value in enumerate(soc.values[Kept.MEAN]) if value is not None)
            assert found.times_s[newest] <= T0 + at < found.times_s[newest] + found.every_s
    history.stop()


def test_what_is_written_while_a_question_begins_does_not_come_twice(tmp_path: Path) -> None:
    history = follower(tmp_path, clock=(now := [0.0]))
    for at in range(90):
        now[0] = float(at)
        history.see(snapshot(T0 + at))
    taken(history, T0 + 89)
    looks: list[Newest] = []

    def late(source: Source) -> Newest:
        looks.append(history.newest(source))
        if len(looks) == 1:
            history.stop()
        return looks[-1]

    history.freshen()
    with open_history(history.path) as rows:
        found = ask(rows, find_source(rows, pack=1), ["charged_ah"], Span(T0, T0 + 120, "1m"), late)
    assert [value and round(value, 3) for value in found.series[0].values[Kept.TOTAL]] == [0.167, 0.081]
    assert looks[0].minutes
    assert not looks[1].minutes


def test_real_packs_have_no_virtual_past(tmp_path: Path) -> None:
    recorder = Recorder(10, quiet)
    for at in range(0, 400, 10):
        more = {"virtual": True} if at < 180 else {"virtual": False, "connection": {"link": "serial:x"}}
        recorder.take(snapshot(T0 + at, soc_pct=20.0 if at < 180 else 80.0) | more, float(at))
    recorder.close()
    begun = [event for batch in recorder.waiting for event in batch.begun if event.code == "exchanged"]
    assert [event.text for event in begun] == ["Other packs from here on: serial:x in place of the virtual rack."]
    file = HistoryFile(tmp_path / HISTORY, at_s=T0, say=quiet, session="s", days=kept_days({}))
    for batch in recorder.waiting:
        file.write(batch)
    file.close()
    with open_history(tmp_path / HISTORY) as rows:
        rack = find_source(rows)
        answer = ask(rows, rack, ["soc_pct"], Span(T0, T0 + 360, "1m"))
    assert rack.name == "rack"
    assert answer.series[0].values[Kept.MEAN] == [None, None, None, 80.0, 80.0, 80.0]


def two_racks(serials: tuple[str | None, str | None], links: tuple[str, str], at: int) -> dict[str, Any]:
    """Two racks one after the other, three and a half minutes each; between them nobody answers for five seconds."""
    second = at >= 210
    more = {"virtual": False, "connection": {"state": "normal", "link": links[second]}}
    shot = snapshot(T0 + at, soc_pct=80.0 if second else 20.0, serial=serials[second]) | more
    if 205 <= at < 210:
        shot["packs"]["1"]["freshness"] = shot["rack"]["freshness"] = "stale"
    return shot


def rack_past(folder: Path, recorder: Recorder) -> list[float | None]:
    file = HistoryFile(folder / HISTORY, at_s=T0, say=quiet, session="s", days=kept_days({}))
    for batch in recorder.waiting:
        file.write(batch)
    file.close()
    with open_history(folder / HISTORY) as rows:
        return list(ask(rows, find_source(rows), ["soc_pct"], Span(T0, T0 + 420, "1m")).series[0].values[Kept.MEAN])


@pytest.mark.parametrize(
    ("serials", "links", "says"),
    [
        (("A5L-0001", "A5L-0101"), ("serial:x", "serial:x"), "A5L-0101 in place of A5L-0001"),
        (("A5L-0001", "A5L-0101"), ("serial:x", "serial:y"), "serial:y in place of serial:x"),
        # Packs without serial numbers are others where the link is another.
        ((None, None), ("serial:x", "serial:y"), "serial:y in place of serial:x"),
    ],
)
def test_two_racks_one_after_the_other_are_not_one_battery(
    tmp_path: Path, serials: tuple[str | None, str | None], links: tuple[str, str], says: str
) -> None:
    recorder = Recorder(10, quiet)
    for at in range(0, 420, 5):
        recorder.take(two_racks(serials, links, at), float(at))
    recorder.close()
    begun = [event for batch in recorder.waiting for event in batch.begun if event.code == "exchanged"]
    assert [event.text for event in begun] == [f"Other packs from here on: {says}."]
    # In the minute of the exchange nobody knows whose values these are: there the line is broken.
    soc = rack_past(tmp_path, recorder)
    assert (soc[:3], soc[3], soc[-2:]) == ([20.0] * 3, None, [80.0] * 2)
    assert {value for value in soc if value is not None} == {20.0, 80.0}


def test_the_same_packs_over_another_link_and_a_pack_more_are_the_same_rack(tmp_path: Path) -> None:
    recorder = Recorder(10, quiet)
    for at in range(0, 420, 5):
        shot = two_racks(("A5L-0001", "A5L-0001"), ("serial:x", "tcp://y:1"), at)
        if at > 300:
            shot["packs"]["2"] = shot["packs"]["1"] | {"serial": "A5L-0002"}
        if at > 360:
            del shot["packs"]["1"]
        recorder.take(shot, float(at))
    recorder.close()
    assert not [event for batch in recorder.waiting for event in batch.begun if event.code == "exchanged"]
    assert None not in rack_past(tmp_path, recorder)


def test_another_rack_is_known_as_such_after_a_restart(tmp_path: Path) -> None:
    history = follower(tmp_path, clock=(now := [0.0]))
    for at in range(0, 120, 10):
        now[0] = float(at)
        history.see(two_racks(("A5L-0001", None), ("serial:x", ""), at))
    history.stop()
    file = HistoryFile(tmp_path / HISTORY, at_s=T0, say=quiet, session="t", days=kept_days({}))
    assert file.serials() == ["A5L-0001"]
    file.close()
    second = Recorder(10, quiet, serials=["A5L-0001"])
    second.take(two_racks((None, "A5L-0101"), ("", "serial:x"), 300), 0.0)
    assert events_of(second) == [("+", "Other packs from here on: A5L-0101 in place of A5L-0001.")]


def test_alarms_of_virtual_packs_are_marked_as_such() -> None:
    recorder = Recorder(10, quiet)
    alarm = {"trouble": "silent", "sentence": "The inverter is silent.", "for_s": 3}
    for at, virtual in enumerate((True, False)):
        serial = virtual_serial(1) if virtual else "A5L-0001"
        shot = snapshot(T0 + at, alarms=["soc_low"], serial=serial)
        recorder.take(shot | {"virtual": virtual, "gateway": {"alarms": [alarm]}}, float(at))
    begun = [EventPart.of(event) for batch in recorder.waiting for event in batch.begun]
    assert [(event.name, event.kind, event.virtual) for event in begun] == [
        ("VIRTUAL-0001", "alarm", True),
        ("virtual rack", "gateway", True),
        ("A5L-0001", "alarm", False),
        ("rack", "gateway", False),
    ]


async def test_events_and_health_are_answered(client: httpx.AsyncClient) -> None:
    (event,) = (await client.get("/api/events", params={"standing": True})).json()["events"]
    assert (event["name"], event["kind"], event["began_s"], event["ended_s"]) == ("A5L-0001", "alarm", T0 + 150, None)
    answer = (await client.get("/api/health", params={"pack": 1})).json()
    assert [(day["soh_pct"], day["full_ah"], day["cycles"]) for day in answer["days"]] == [(99.0, 100.0, None)]
    known = (await client.get("/api/history/sources")).json()
    assert [item["name"] for item in known["sources"]] == ["rack", "A5L-0001"]


@pytest.mark.parametrize(
    ("path", "code", "problem"),
    [
        ("/api/history?quantity=volt&from=0&to=1", 422, "no quantity 'volt'"),
        ("/api/history?quantity=soc_pct&from=5&to=1", 422, "no span of time"),
        ("/api/history?quantity=soc_pct&from=0&to=1&pack=9", 404, "knows no pack 9"),
        ("/api/history?quantity=soc_pct&from=nan&to=1", 422, "finite number"),
        ("/api/history?quantity=soc_pct&from=0&to=inf", 422, "finite number"),
        ("/api/history?quantity=soc_pct&from=0&to=1e300", 422, "less than or equal to"),
        ("/api/history?from=0&to=1", 422, "quantity"),
    ],
)
async def test_what_cannot_be_told_is_refused(client: httpx.AsyncClient, path: str, code: int, problem: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == code
    assert problem in json.dumps(answer.json())


async def test_the_rack_is_asked_without_a_pack(client: httpx.AsyncClient) -> None:
    asked = {"quantity": "soc_pct", "from": T0, "to": T0 + 60, "every": "1m"}
    found = (await client.get("/api/history", params=asked)).json()
    assert found["source"]["name"] == RACK.name
    assert found["series"][0]["last"] is None
    assert found["series"][0]["max"] == [50.0]


def test_a_history_may_be_switched_off(tmp_path: Path) -> None:
    config = Config()
    config.history.enabled = False
    assert make_history(config, tmp_path, quiet) is None
    assert list(tmp_path.iterdir()) == []


def test_the_configuration_says_how_long(tmp_path: Path) -> None:
    config = Config()
    config.history.raw_days, config.history.minute_days = 2, 30
    history = make_history(config, tmp_path, quiet)
    assert history is not None
    history.stop()
    assert dict(history._days) == {"raw": 2, "minute": 30, "quarter": RESOLUTIONS[2].days}
