"""The words for a connection: what is said of packs that answer, sleep, fall silent, or cannot be reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from openress.model import Analog, Freshness, PackSample, RackSample
from openress.rack.standing import Finding, Member, RackView, Standing, Trouble
from openress.sections import BatteryConfig
from openress.sites.connection import TITLES, Connection, ConnectionState, of_rack
from openress.sites.link import LinkSite


def member(pack: int, state: Freshness, age_s: float | None = 0.5, standing: Standing = Standing.COUNTED) -> Member:
    return Member(pack, state, standing, PackSample(pack), age_s)


def told(
    *members: Member,
    finding: Finding | None = None,
    opening: str | None = None,
    failed: bool = False,
    unanswered: set[int] | None = None,
) -> Connection:
    view = RackView(0.0, RackSample(0.0), members, () if finding is None else (finding,))
    return of_rack(
        view, "serial:/dev/ttyUSB0", "pace", failed=failed, opening=opening, cycle_s=1.0, unanswered=unanswered
    )


FRESH, STALE, ABSENT, ASLEEP = Freshness.FRESH, Freshness.STALE, Freshness.ABSENT, Freshness.ASLEEP


@pytest.mark.req("REQ-192", "REQ-201")
@pytest.mark.parametrize(
    ("connection", "state", "says"),
    [
        (told(member(1, FRESH), member(2, FRESH)), ConnectionState.NORMAL, "Packs 1 and 2 answer on serial:/dev"),
        (told(member(1, FRESH), member(2, ASLEEP)), ConnectionState.NORMAL, "Pack 1 answers on"),
        (told(member(1, FRESH, 4.0)), ConnectionState.NORMAL, "Pack 1 answers"),
        # Its values still hold for the inverter; a person is told after three polls.
        (told(member(1, FRESH, 4.1)), ConnectionState.LOST, "No pack has answered on serial:/dev/ttyUSB0 for 4 s"),
        (told(member(1, FRESH), member(2, FRESH, 5.0)), ConnectionState.DISTURBED, "Pack 2 does not answer"),
        (told(member(1, FRESH), member(2, STALE, 12.0)), ConnectionState.DISTURBED, "Pack 2 does not answer"),
        (told(member(1, STALE, 30.0)), ConnectionState.LOST, "the values shown are old"),
        # While a job has the line, a pack that was not asked is not lost; one that was asked in vain is.
        (told(member(1, STALE, 30.0), unanswered=set()), ConnectionState.BUSY, "oldest values are 30 s old"),
        (told(member(1, FRESH), member(2, FRESH, 5.0), unanswered=set()), ConnectionState.BUSY, "A job has the line"),
        (told(member(1, STALE, 30.0), unanswered={1}), ConnectionState.LOST, "No pack has answered"),
        (told(member(1, FRESH), unanswered=set()), ConnectionState.NORMAL, "Pack 1 answers"),
        (told(member(1, ABSENT, None, Standing.AWAITED), unanswered=set()), ConnectionState.SEARCHING, "check that"),
        (told(member(1, ASLEEP)), ConnectionState.ASLEEP, "Pack 1 sleeps"),
        (told(member(1, ABSENT, None, Standing.AWAITED)), ConnectionState.SEARCHING, "check that they are on"),
        (told(), ConnectionState.SEARCHING, "No pack answers"),
        (told(opening="Opening ..."), ConnectionState.OPENING, "Opening"),
        (told(opening="It is busy.", failed=True), ConnectionState.CANNOT_OPEN, "It is busy."),
        (
            told(member(1, FRESH), finding=Finding(Trouble.SECOND_MASTER, (), "Somebody asks.")),
            ConnectionState.OCCUPIED,
            "Somebody asks.",
        ),
    ],
)
def test_words(connection: Connection, state: ConnectionState, says: str) -> None:
    assert connection.state is state
    assert says in connection.sentence
    assert (connection.title == "Communication Normal") == (state is ConnectionState.NORMAL)


def test_who_does_not_answer_is_named() -> None:
    assert told(member(1, FRESH), member(2, FRESH, 5.0)).as_json()["silent"] == [2]
    assert told(member(1, FRESH, 5.0), member(2, STALE, 12.0)).silent == (1, 2)
    assert told(member(1, FRESH), member(2, FRESH)).silent == ()
    assert told(member(1, STALE, 30.0), unanswered=set()).silent == ()


def test_every_state_has_a_title() -> None:
    assert set(TITLES) == set(ConnectionState)


def test_a_rack_of_which_nobody_answers_is_not_said_to_be_off(tmp_path: Path) -> None:
    site = LinkSite(BatteryConfig(link="serial:/dev/ttyUSB9", dialect="pylontech", packs=1), folder=tmp_path, say=print)
    sample = PackSample(1, analog=Analog(0.0, pack_voltage_v=52.0))
    lost = Member(1, FRESH, Standing.LOST, sample, 6.0)
    site.service._view = RackView(6.0, RackSample(0.0), (replace(lost, state=STALE),))
    told_of = site.snapshot(6.0, datetime(2026, 6, 1, 12, 3, tzinfo=UTC))
    assert told_of["rack"]["state"] is None
    assert told_of["rack"]["freshness"] == "stale"
