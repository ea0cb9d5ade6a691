"""How all tests run."""

from __future__ import annotations

from hypothesis import settings

# A test that asked the clock would fail on a computer that is busy and say nothing of the program.
settings.register_profile("any computer", deadline=None)
settings.load_profile("any computer")
