"""The history of two racks one after the other, and of a virtual one: none is taken for another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.telemetry.historysamples import T0, events_of, follower, quiet, snapshot

from openress.retelling import Retelling
from openress.sim.virtual import virtual_serial
from openress.store.historyfile import HISTORY, HistoryFile, open_history
from openress.store.historyquery import Span, ask, find_source
from openress.store.quantities import Kept
from openress.store.retention import kept_days
from openress.telemetry.historyapi import EventPart
from openress.telemetry.recorder import Recorder
from openress.wording import ENGLISH


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
    begun = [EventPart.of(event, Retelling(ENGLISH)) for batch in recorder.waiting for event in batch.begun]
    assert [(event.name, event.kind, event.virtual) for event in begun] == [
        ("VIRTUAL-0001", "alarm", True),
        ("virtual rack", "gateway", True),
        ("A5L-0001", "alarm", False),
        ("rack", "gateway", False),
    ]
