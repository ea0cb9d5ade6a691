"""Progress is for a person who waits at a terminal, and for nobody else."""

from __future__ import annotations

import asyncio
import sys
from io import StringIO

import pytest

from openress.cli.progress import bar, counted, working


class Terminal(StringIO):
    def __init__(self, *, there: bool) -> None:
        super().__init__()
        self._there = there

    def isatty(self) -> bool:
        return self._there


def told(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, as_json: bool) -> str:
    error = Terminal(there=terminal)
    monkeypatch.setattr(sys, "stderr", error)
    with bar("reading", as_json=as_json) as tell:
        for number in range(4):
            tell(number, 4)
    with working("fitting", as_json=as_json):
        pass

    async def main() -> None:
        async with counted(lambda: "7 frames", as_json=as_json) as say:
            await asyncio.sleep(0.01)
            if terminal and not as_json:
                say("a line between")

    monkeypatch.setattr("openress.cli.progress._EVERY_S", 0.0)
    asyncio.run(main())
    return error.getvalue()


@pytest.mark.parametrize(("terminal", "as_json"), [(False, False), (False, True), (True, True)])
def test_nobody_is_told_who_does_not_wait(monkeypatch: pytest.MonkeyPatch, terminal: bool, as_json: bool) -> None:
    assert told(monkeypatch, terminal=terminal, as_json=as_json) == ""


def test_a_person_sees_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = told(monkeypatch, terminal=True, as_json=False)
    assert "reading" in seen
    assert "50%" in seen
    assert "100%" in seen
    assert "fitting ..." in seen
    assert "\r\x1b[K7 frames" in seen
    assert "\r\x1b[Ka line between\n" in seen


def test_a_bar_ends_with_what_went_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal(there=True))

    def fails() -> None:
        with bar("reading", as_json=False) as tell:
            tell(1, 2)
            raise ValueError("gone")

    with pytest.raises(ValueError, match="gone"):
        fails()
