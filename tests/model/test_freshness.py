"""How long what was measured holds."""

from __future__ import annotations

import pytest

from openress.model import Freshness, fresh_for, freshness


@pytest.mark.parametrize(
    ("cycle_s", "fresh_s"),
    [(None, 10.0), (0.0, 10.0), (0.5, 10.0), (5.0, 10.0), (7.0, 14.0), (10.0, 20.0), (99.0, 20.0)],
)
def test_fresh_is_two_cycles_within_bounds(cycle_s: float | None, fresh_s: float) -> None:
    assert fresh_for(cycle_s) == fresh_s


@pytest.mark.parametrize(
    ("at_s", "state"),
    [
        (None, Freshness.ABSENT),
        (100.0, Freshness.FRESH),
        (90.0, Freshness.FRESH),
        (89.9, Freshness.STALE),
        (100.1, Freshness.STALE),
    ],
)
def test_what_lies_in_the_future_is_as_stale_as_what_is_old(at_s: float | None, state: Freshness) -> None:
    assert freshness(at_s, 100.0) is state
