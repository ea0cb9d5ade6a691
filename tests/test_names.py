"""The nearest name."""

from __future__ import annotations

import pytest

from openress.names import hint, nearest

NAMES = ["pace-v25", "pylontech", "seplos-v2"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("pylontec", "pylontech"),
        ("PYLONTECH", "pylontech"),
        ("pace", "pace-v25"),
        ("pace-v52", "pace-v25"),
        ("xyzzy", None),
        ("", None),
    ],
)
def test_nearest(name: str, meant: str | None) -> None:
    assert nearest(name, NAMES) == meant


def test_nearest_keeps_the_spelling_of_the_known_name() -> None:
    assert nearest("victron", ["Victron", "SMA"]) == "Victron"


@pytest.mark.parametrize(
    ("name", "names", "ending"),
    [
        ("pylontec", NAMES, "did you mean pylontech?"),
        ("xyzzy", ["b", "a"], "known: a, b."),
        ("xyzzy", [], "none is known."),
    ],
)
def test_hint(name: str, names: list[str], ending: str) -> None:
    assert hint(name, iter(names)) == ending
