"""How all tests run."""

from __future__ import annotations

from hypothesis import settings

# A test that asked the clock would fail on a computer that is busy and say nothing of the program.
# Every run tries other examples; `make soak` tries a thousand of each property.
settings.register_profile("any computer", deadline=None, max_examples=50)
settings.register_profile("soak", deadline=None, max_examples=1000)
settings.load_profile("any computer")
