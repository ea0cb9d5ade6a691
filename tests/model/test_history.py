"""A calendar clock counts as calendars do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openress.model.history import Calendar


@given(st.integers(-60_000_000_000, 253_402_300_799))
def test_it_shows_what_the_standard_library_shows(seconds: int) -> None:
    there = datetime.fromtimestamp(seconds, tz=UTC)
    shown = Calendar.of_seconds(seconds + 0.25)
    assert shown == Calendar(there.year, there.month, there.day, there.hour, there.minute, there.second)
    assert shown.seconds == seconds
    assert shown.exists


@pytest.mark.parametrize(
    "parts",
    [(2026, 2, 30, 0, 0, 0), (2026, 13, 1, 0, 0, 0), (2026, 0, 1, 0, 0, 0), (2026, 1, 0, 0, 0, 0),
     (2026, 1, 1, 24, 0, 0), (2026, 1, 1, 0, 60, 0), (2026, 1, 1, 0, 0, 60), (2100, 2, 29, 0, 0, 0)],
)  # fmt: skip
def test_there_are_no_such_days_and_times(parts: tuple[int, int, int, int, int, int]) -> None:
    assert not Calendar(*parts).exists
