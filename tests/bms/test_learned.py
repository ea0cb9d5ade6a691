"""How far the cells are apart, as a page is told."""

from __future__ import annotations

import pytest

from openress.bms.health import new_health
from openress.bms.learned import ahead_by_voltage, learned_json


def test_on_the_plateau_voltages_tell_nothing() -> None:
    assert ahead_by_voltage([3330, 3345, 3331], 20.0, 100.0) == ()


@pytest.mark.parametrize("current_a", [None, 0.0, -5.0, 41.0])
def test_only_a_gentle_charge_tells(current_a: float | None) -> None:
    assert ahead_by_voltage([3410, 3450], current_a, 100.0) == ()


def test_a_cell_that_is_not_known_hides_all() -> None:
    assert ahead_by_voltage([3410, None], 20.0, 100.0) == ()
    assert ahead_by_voltage([], 20.0, 100.0) == ()
    assert ahead_by_voltage([3410, 3450], 20.0, None) == ()


def test_at_the_top_a_hundred_and_twelve_millivolts_are_a_per_cent_at_least() -> None:
    assert ahead_by_voltage([3410, 3438, 3424], 20.0, 400.0) == pytest.approx((0.0, 1.0, 0.5))


def test_above_the_reference_nothing_more_is_counted() -> None:
    assert ahead_by_voltage([3410, 3600], 20.0, 100.0) == ahead_by_voltage([3410, 3450], 20.0, 100.0)
    # All above it: level, as far as can be told.
    assert ahead_by_voltage([3500, 3600], 20.0, 100.0) == (0.0, 0.0)


def test_what_the_balancer_learned_comes_first() -> None:
    top = {"cell_voltages_mv": [3410, 3450], "pack_current_a": 20.0, "full_ah": 100.0}
    assert learned_json(top)["balance"] == {
        "basis": "voltage",
        "ahead_ah": [0.0, 0.357],
        "bleed_a": 0.1,
        "hours_left": 3.6,
    }
    told = learned_json(top, (0.0, 1.2345))["balance"]
    assert (told["basis"], told["ahead_ah"], told["hours_left"]) == ("learned", [0.0, 1.234], 12.3)


def test_what_the_balancer_knows_in_part_is_told_as_the_least() -> None:
    told = learned_json({}, (0.0, 1.2345), at_least=True)["balance"]
    assert (told["basis"], told["ahead_ah"]) == ("voltage", [0.0, 1.234])


def test_nothing_known_is_no_key() -> None:
    assert learned_json({}) == {}


def test_a_new_pack_is_as_good_as_its_label_and_as_doubtful() -> None:
    health = learned_json({}, (), new_health(100.0))["health"]
    assert health["capacity_ah"] == 100.0
    assert health["capacity_low_ah"] < 100.0 < health["capacity_high_ah"]
    assert health["capacity_swings"] == 0
    assert "resistance_growth_pct" not in health
    assert health["events"] == {}
