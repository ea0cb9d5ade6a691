"""Balancing by charge: learned from one passage of the reference voltage, bled wherever the pack is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from openress.bms.balance import Balance, Balancer

REFERENCE = 3400


class Bench:
    """Four cells of a 100 Ah pack."""

    def __init__(self, ahead_ah: Sequence[float] = ()) -> None:
        self.balancer = Balancer(4, 100.0, ahead_ah)

    def see(self, *cells_mv: int | None, a: float | None = 36.0, dt_s: float = 10.0, allowed: bool = True) -> Balance:
        return self.balancer.step(cells_mv, a, dt_s, threshold_mv=REFERENCE, delta_mv=30, allowed=allowed)

    def approach(self, *cells_mv: int, a: float = 36.0) -> None:
        """Below the reference, under a current that has settled."""
        for _ in range(4):
            self.see(*(cells_mv or (3390,) * 4), a=a)

    def passed(self) -> Balance:
        """Cell 1 passes, cells 2 and 3 a second later, cell 4 two later: 0.1 Ah each."""
        self.approach()
        self.see(3400, 3395, 3395, 3390)
        self.see(3405, 3400, 3401, 3395)
        return self.see(3410, 3405, 3405, 3400)


def test_nothing_is_known_before_the_first_passage() -> None:
    bench = Bench()
    assert bench.see(3300, 3310, 3290, 3300) == Balance((), (False,) * 4)
    assert Balance().hours_left == 0.0
    assert Balance().behind_ah == ()


def test_who_passes_first_is_ahead_by_the_charge_that_flows_until_the_last() -> None:
    bench = Bench()
    balance = bench.passed()
    assert not bench.balancer.at_least
    assert balance.ahead_ah[3] == 0.0
    assert balance.ahead_ah[0] == pytest.approx(0.2, abs=0.001)
    assert balance.ahead_ah[1] == balance.ahead_ah[2] == pytest.approx(0.1, abs=0.001)
    assert balance.behind_ah[3] == pytest.approx(0.2, abs=0.001)
    assert balance.hours_left == pytest.approx(2.0, abs=0.01)


def test_what_was_learned_is_bled_and_not_learned_again_above_the_reference() -> None:
    bench = Bench()
    learned = bench.passed().ahead_ah
    for _ in range(36):
        bench.see(3420, 3415, 3415, 3410)
    bench.see(3420, 3415, 3415, 3410, a=0.0)
    bench.see(3420, 3415, 3415, 3410, a=-5.0)
    balance = bench.see(3420, 3415, 3415, 3410, a=1.0)
    assert balance.ahead_ah[0] == pytest.approx(learned[0] - 39 * 10 * 0.1 / 3600)
    # At the top only what is above the mean is bled.
    assert balance.bleeding == (True, False, False, False)


def test_a_second_passage_learns_anew() -> None:
    bench = Bench((0.0, 0.0, 0.0, 0.5))
    bench.see(3300, 3300, 3300, 3300)
    assert bench.passed().ahead_ah[0] == pytest.approx(0.2, abs=0.001)
    bench.approach()
    bench.see(3400, 3400, 3400, 3400)
    assert bench.balancer.ahead_ah == (0.0, 0.0, 0.0, 0.0)


def test_a_pack_first_seen_above_the_reference_tells_nothing() -> None:
    bench = Bench()
    for _ in range(10):
        assert bench.see(3420, 3410, 3410, 3405).ahead_ah == ()


def test_a_passage_that_ends_early_counts_what_the_last_cells_lack() -> None:
    bench = Bench()
    bench.approach(3390, 3390, 3390, 3350)
    bench.see(3400, 3400, 3400, 3346)
    # Without the current all read lower; that says nothing about charge.
    balance = bench.see(3370, 3370, 3370, 3316, a=0.0)
    assert balance.ahead_ah[3] == 0.0
    # 54 mV are a percent of 100 Ah at least.
    assert balance.ahead_ah[0] == pytest.approx(1.0, abs=0.001)
    assert bench.balancer.at_least


def test_what_lies_apart_at_the_top_is_worth_something_whoever_saw_it_pass() -> None:
    bench = Bench()
    for _ in range(3):
        assert bench.see(3445, 3410, 3417, 3410).ahead_ah == ()
    balance = bench.see(3445, 3410, 3417, 3410)
    assert balance.ahead_ah == pytest.approx((35 / 112, 0.0, 7 / 112, 0.0), abs=0.001)
    assert bench.balancer.at_least
    # A remembered debt may have grown since.
    assert Bench((0.5, 0.0, 0.0, 0.0)).balancer.at_least
    # More is known already.
    bench = Bench((0.5, 0.0, 0.0, 0.0))
    for _ in range(4):
        balance = bench.see(3445, 3410, 3417, 3410)
    assert balance.ahead_ah == (pytest.approx(0.5, abs=0.01), 0.0, 0.0, 0.0)


def test_a_spread_too_small_to_mean_anything_is_not_learned() -> None:
    bench = Bench()
    bench.approach()
    bench.see(3400, 3400, 3400, 3371)
    assert bench.see(3400, 3400, 3400, 3371, a=0.0).ahead_ah == ()
    bench = Bench()
    bench.approach()
    bench.see(3400, 3400, 3400, 3370)
    assert bench.see(3400, 3400, 3400, 3370, a=0.0).ahead_ah != ()


@pytest.mark.parametrize("a", [40.1, 0.0, -10.0])
def test_too_much_current_or_none_teaches_nothing(a: float) -> None:
    bench = Bench()
    bench.approach(3390, 3390, 3390, 3300, a=a)
    bench.see(3450, 3400, 3400, 3350, a=a)
    assert bench.see(3450, 3450, 3450, 3450, a=a).ahead_ah == ()


def test_forty_amperes_still_teach() -> None:
    bench = Bench()
    bench.approach(a=40.0)
    assert bench.see(3400, 3400, 3400, 3400, a=40.0).ahead_ah == (0.0,) * 4


@pytest.mark.parametrize("a", [33.9, 38.1])
def test_cells_that_pass_because_the_current_changes_teach_nothing(a: float) -> None:
    bench = Bench()
    bench.approach()
    assert bench.see(3400, 3400, 3400, 3395, a=a).ahead_ah == ()
    assert bench.see(3401, 3401, 3401, 3400, a=a).ahead_ah == ()


def test_a_current_that_has_just_begun_teaches_nothing() -> None:
    bench = Bench()
    for _ in range(3):
        bench.see(3390, 3390, 3390, 3390)
    assert bench.see(3400, 3400, 3400, 3400).ahead_ah == ()


def test_falling_below_the_reference_again_forgets_the_passage() -> None:
    bench = Bench()
    bench.approach()
    bench.see(3400, 3390, 3390, 3390)
    bench.see(3399, 3390, 3390, 3390)
    bench.see(3400, 3400, 3400, 3400)
    assert bench.balancer.ahead_ah == (0.0,) * 4


@pytest.mark.parametrize(("cells", "a"), [((3400, None, 3400, 3300), 36.0), ((3400, 3400, 3400, 3300), None)])
def test_what_is_not_known_bleeds_nothing_and_forgets_the_passage(
    cells: tuple[int | None, ...], a: float | None
) -> None:
    bench = Bench((0.5, 0.0, 0.0, 0.0))
    bench.approach()
    bench.see(3400, 3390, 3390, 3390)
    assert bench.see(*cells, a=a).bleeding == (False,) * 4
    before = bench.balancer.ahead_ah
    bench.see(3400, 3400, 3400, 3400)
    assert bench.balancer.ahead_ah == before


def test_bleeding_takes_a_tenth_of_an_ampere_from_who_is_ahead() -> None:
    bench = Bench((0.5, 0.02, 0.021, 0.0))
    balance = bench.see(3350, 3350, 3350, 3340, a=0.0, dt_s=3600.0)
    assert balance.bleeding == (True, False, True, False)
    assert balance.ahead_ah == pytest.approx((0.4, 0.02, 0.0, 0.0))
    assert bench.see(3350, 3350, 3350, 3340, a=0.0, allowed=False).bleeding == (False,) * 4


def test_neither_an_empty_nor_the_lowest_cell_is_bled() -> None:
    bench = Bench((0.5, 0.5, 0.5, 0.0))
    assert bench.see(3000, 2999, 3010, 2990, a=0.0).bleeding == (True, False, True, False)
    assert bench.see(3300, 3310, 3300, 3300, a=0.0).bleeding == (False, True, False, False)
