"""Three days of a rack of fifteen packs among losses, joins, wrong addresses and noise."""

from __future__ import annotations

import pytest
from tests.rack.days import RackDays

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("seed", [72])
def test_three_days(seed: int) -> None:
    days = RackDays(seed, calm_s=240.0)
    tally = days.run(72.0)
    print(  # noqa: T201  # the figures of a run are worth seeing
        f"{tally.rounds} rounds, {tally.exchanges} exchanges, {tally.damaged} damaged, {tally.unanswered} unanswered, "
        f"{tally.losses} losses, {tally.joins} joins, {tally.exclusions} exclusions; {dict(tally.events)}"
    )
    assert tally.breaches == []
    assert tally.rises_on_loss == []
    assert tally.counted_twice == []
    assert tally.exchanges > 500_000
    assert min(tally.losses, tally.joins, tally.exclusions) > 100
