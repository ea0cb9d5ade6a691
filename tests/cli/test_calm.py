"""Lines for a person who watches."""

from __future__ import annotations

from openress.cli.calm import AT_LEAST_EVERY_S, Calm


def test_what_moves_is_told_when_it_rests():
    calm = Calm()
    lines = ["0 A", "5 A", "10 A", "15 A", "15 A", "15 A", "15 A", "14 A", "15 A"]
    told = [line for second, line in enumerate(lines) if calm.speaks(line, "live", float(second))]
    assert told == ["0 A", "15 A"]


def test_another_kind_is_told_at_once():
    calm = Calm()
    assert calm.speaks("told 10 A", "live", 0.0)
    assert calm.speaks("falls", "fading", 1.0)
    assert calm.speaks("told 9 A", "live", 2.0)


def test_what_never_rests_is_told_now_and_then():
    calm = Calm()
    told = [second for second in range(70) if calm.speaks(str(second), "live", float(second))]
    assert told == [0, AT_LEAST_EVERY_S, 2 * AT_LEAST_EVERY_S]
