"""A dead line is one event and one message, whatever the number of packs on it; a silent pack is one of its own."""

from __future__ import annotations

from typing import Any

import pytest

from openress.store.happened import Level, SourceKind
from openress.telemetry.happenings import Happenings
from openress.telemetry.lineloss import RETURN_S, LineLoss
from openress.telemetry.notifyrules import Level as Grade
from openress.telemetry.notifyrules import Notifications, troubles_of

GONE = {"trouble": "line_gone", "packs": [], "sentence": "serial:x is gone."}
LOST = {"trouble": "lost", "packs": list(range(1, 17)), "sentence": "No pack has answered for 5 s."}


def shot(at_s: float, silent: range | set[int], *findings: dict[str, Any], state: str = "lost") -> dict[str, Any]:
    packs = {
        str(number): {"serial": f"A5L-{number:04}", "freshness": "stale" if number in silent else "fresh"}
        for number in range(1, 17)
    }
    rack = {"freshness": "stale" if len(set(silent)) == 16 else "fresh", "findings": list(findings)}
    return {"time_s": at_s, "connection": {"state": state}, "rack": rack, "packs": packs, "gateway": None}


ALL = range(1, 17)
CHANGES = [
    # They grow old one after another, while it is known already that nobody answers.
    shot(0.0, set(), state="normal"),
    shot(4.0, set()),
    shot(5.0, {1, 2, 3}, LOST),
    shot(6.0, ALL, LOST),
    shot(60.0, ALL, LOST),
    # They come back one after another, and the last of them in time.
    shot(61.0, set(range(3, 17)), state="disturbed"),
    shot(62.0, {16}, state="disturbed"),
    shot(70.0, set(), state="normal"),
]


@pytest.mark.parametrize("finding", [GONE, LOST])
def test_sixteen_packs_behind_a_dead_line_are_one_event(finding: dict[str, Any]) -> None:
    happenings = Happenings()
    begun, ended = [], []
    for change in CHANGES:
        change["rack"]["findings"] = [finding] if change["rack"]["findings"] else []
        more, over = happenings.see(change)
        begun += more
        ended += over
    ((event),) = begun
    assert (event.source.kind, event.level, event.kind, event.code) == (
        SourceKind.RACK,
        Level.CRITICAL,
        "link",
        "lost",
    )
    who = "packs 1 to 16 are"
    assert event.text == f"The line to the packs is dead: {who} not heard any more. {finding['sentence']}"
    assert [(one.kind, one.code, one.at_s) for one in ended] == [("link", "lost", 70.0)]


def test_and_one_message_when_it_dies_and_one_when_it_is_back() -> None:
    rules, line = Notifications(Grade.ALARM, over=True, settle_s=0.5, per_hour=100), LineLoss()
    told = [
        message.sentence
        for change in [*CHANGES, shot(75.0, set(), state="normal")]
        for message in rules.see(troubles_of(change, line.see(change)), change["time_s"], at_s=0.0)
    ]
    assert [one.partition(":")[0] for one in told] == ["The line to the packs is dead", "Over"]


@pytest.mark.parametrize("finding", [GONE, LOST])
def test_it_is_told_once_and_before_the_values_are_old(finding: dict[str, Any]) -> None:
    """The port is gone at once, the packs' values hold for some seconds more: no event before, none after."""
    happenings, line = Happenings(), LineLoss()
    happenings.see(shot(0.0, set(), state="normal"))
    told = [happenings.see(shot(float(at), ALL if at > 8 else set(), finding))[0] for at in range(1, 20)]
    assert [len(begun) for begun in told] == [0, 0, 0, 1, *[0] * 15]
    said = [troubles_of(one, line.see(one)) for one in (shot(float(at), set(), finding) for at in range(1, 6))]
    assert [len(troubles) for troubles in said] == [0, 0, 0, 1, 1]


def test_a_port_that_is_back_at_once_is_no_event() -> None:
    happenings = Happenings()
    happenings.see(shot(0.0, set(), state="normal"))
    for at in (1.0, 2.0, 3.0):
        assert happenings.see(shot(at, set(), GONE)) == ([], [])
    assert happenings.see(shot(3.5, set(), state="normal")) == ([], [])


@pytest.mark.parametrize(("until_s", "events"), [(3.0, 0), (5.0, 1)])
def test_where_nobody_says_the_line_is_gone_it_may_be_this_program_that_was_late(until_s: float, events: int) -> None:
    happenings = Happenings()
    happenings.see(shot(0.0, set(), state="virtual"))
    old = [happenings.see(shot(float(at), ALL, state="virtual"))[0] for at in range(1, 20) if at <= until_s]
    assert sum(len(begun) for begun in old) == events
    begun, ended = happenings.see(shot(until_s + 1.0, set(), state="virtual"))
    assert (len(begun), len(ended)) == (0, events)


def test_a_pack_that_falls_silent_on_a_living_line_is_told_of_itself() -> None:
    happenings = Happenings()
    happenings.see(shot(0.0, set(), state="normal"))
    begun, _ = happenings.see(shot(1.0, {7}, {"trouble": "lost", "packs": [7], "sentence": "."}, state="disturbed"))
    assert [(event.pack, event.kind, event.level) for event in begun if event.kind == "link"] == [
        (7, "link", Level.CRITICAL)
    ]
    # The line dies as well: nothing more of that pack, and it is not called heard again.
    begun, ended = happenings.see(shot(2.0, ALL, LOST))
    assert [(event.source.name, event.kind) for event in begun] == [("rack", "link")]
    assert not [one for one in ended if one.kind == "link"]


def test_who_stays_silent_when_the_line_is_back_is_silent_by_himself() -> None:
    happenings = Happenings()
    happenings.see(shot(0.0, set(), state="normal"))
    happenings.see(shot(1.0, ALL, GONE))
    assert happenings.see(shot(2.0, {9}, state="disturbed")) == ([], [])
    begun, ended = happenings.see(shot(2.0 + RETURN_S, {9}, state="disturbed"))
    assert [(event.pack, event.kind) for event in begun] == [(9, "link")]
    assert [(one.source.name, one.kind) for one in ended] == [("rack", "link")]


def test_after_a_restart_the_line_is_dead_until_somebody_is_heard() -> None:
    first = Happenings()
    first.see(shot(0.0, set(), state="normal"))
    standing, _ = first.see(shot(1.0, ALL, GONE))
    again = Happenings(standing)
    unknown = shot(2.0, set(), state="searching")
    unknown["packs"] = {"1": {"serial": None, "freshness": "absent"}}
    assert again.see(unknown) == ([], [])
    _, ended = again.see(shot(3.0, set(), state="normal"))
    assert [one.code for one in ended] == ["lost"]


def test_while_the_line_is_scanned_nobody_is_missed() -> None:
    line = LineLoss()
    line.see(shot(0.0, set(), state="normal"))
    assert line.see(shot(1.0, ALL, state="parked")) is None
    assert line.see(shot(2.0, ALL, state="lost")) is not None
    assert line.see(shot(3.0, ALL, state="opening")) is not None
