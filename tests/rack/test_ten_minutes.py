"""Ten minutes of a rack of fifteen packs among losses, joins, wrong addresses and noise; days of it are a soak test."""

from __future__ import annotations

import pytest
from tests.rack.days import RackDays


@pytest.mark.parametrize("seed", [1, 2])
def test_ten_minutes(seed: int) -> None:
    tally = RackDays(seed, calm_s=15.0).run(1 / 6)
    assert tally.breaches == []
    assert tally.rises_on_loss == []
    assert tally.counted_twice == []
    assert tally.exchanges > 2000
    assert sum(tally.events.values()) > 15
    assert tally.joins >= 15


def test_a_quiet_rack_reaches_what_it_may() -> None:
    days = RackDays(3, calm_s=1e9, noise=0.0)
    days.run(0.05)
    limits = days.view.sample.limits
    assert limits is not None
    assert limits.discharge_current_limit_a == pytest.approx(15 * 99.0)
    assert days.view.findings == ()
    assert days.tally.damaged == 0
