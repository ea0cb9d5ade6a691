"""The history of a running rack: only what is live is recorded, what flowed is counted, what happens is told once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.telemetry.historysamples import T0, events_of, follower, quiet, settle, snapshot

from openress.store.bucket import ROW
from openress.store.happened import Minute
from openress.store.historyfile import HISTORY, open_history
from openress.telemetry import recorder as recording
from openress.telemetry.recorder import MOST_BATCHES, Recorder


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
