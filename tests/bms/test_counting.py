"""Counting charge: what flows, what is full, what is empty, what is not known."""

from __future__ import annotations

import pytest

from openress.bms.counting import Charge, count

HALF = Charge(50.0, 100.0)


def test_charge_is_current_times_time() -> None:
    charge = count(HALF, 36.0, 3300, 3300, 10.0)
    assert charge.remaining_ah == pytest.approx(50.1)
    assert charge.soc_pct == pytest.approx(50.1)
    assert charge.throughput_ah == pytest.approx(0.1)
    charge = count(charge, -36.0, 3300, 3300, 20.0)
    assert charge.remaining_ah == pytest.approx(49.9)
    assert charge.throughput_ah == pytest.approx(0.3)
    assert not charge.anchored


def test_a_count_stays_between_empty_and_full() -> None:
    assert count(Charge(99.9, 100.0), 100.0, 3300, 3300, 60.0).remaining_ah == 100.0
    assert count(Charge(0.1, 100.0), -100.0, 3300, 3300, 60.0).remaining_ah == 0.0


def test_a_cycle_is_twice_the_capacity() -> None:
    assert Charge(50.0, 100.0, throughput_ah=199.9).cycles == 0
    assert Charge(50.0, 100.0, throughput_ah=400.0).cycles == 2


@pytest.mark.parametrize(("current_a", "dt_s"), [(None, 1.0), (10.0, 60.1), (10.0, -1.0)])
def test_a_gap_moves_nothing_and_takes_the_anchor(current_a: float | None, dt_s: float) -> None:
    before = Charge(50.0, 100.0, anchored=True, full_s=30.0, empty_s=5.0, throughput_ah=7.0)
    after = count(before, current_a, 3300, 3300, dt_s)
    assert after == Charge(50.0, 100.0, throughput_ah=7.0)
    assert count(before, 10.0, 3300, 3300, 60.0).remaining_ah > 50.0
    assert count(before, 10.0, 3300, 3300, 0.0).anchored


def test_full_is_a_high_cell_with_little_current_for_a_minute() -> None:
    charge = count(HALF, 5.0, 3450, 3400, 59.0)
    assert (charge.full_s, charge.anchored) == (59.0, False)
    charge = count(charge, 0.0, 3450, 3400, 1.0)
    assert (charge.remaining_ah, charge.anchored) == (100.0, True)
    for current_a, highest in ((5.1, 3450), (-0.1, 3450), (5.0, 3449), (5.0, None)):
        assert count(HALF, current_a, highest, 3400, 60.0).full_s == 0.0
    broken = count(count(HALF, 0.0, 3450, 3400, 59.0), 0.0, 3400, 3400, 1.0)
    assert broken.full_s == 0.0


def test_empty_is_a_low_cell_under_load_for_ten_seconds() -> None:
    charge = count(HALF, -5.0, 3000, 2600, 9.0)
    assert (charge.empty_s, charge.anchored) == (9.0, False)
    charge = count(charge, -5.0, 3000, 2600, 1.0)
    assert (charge.remaining_ah, charge.anchored) == (0.0, True)
    for current_a, lowest in ((0.0, 2600), (5.0, 2600), (-5.0, 2601), (-5.0, None)):
        assert count(HALF, current_a, 3000, lowest, 10.0).empty_s == 0.0
