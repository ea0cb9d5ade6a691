"""What the checker once found in the BMS: each the shortest stream that showed it."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest
from tests.checker.packs import PRODUCT, VALUES, held, invariants, one_after_another, seen, watched
from tests.checker.tour import REST
from tests.samples import pack, with_limits

from openress.bms.aggregate import aggregate
from openress.bms.core import Bms
from openress.bms.totals import RackTotals
from openress.checker import PackChecker, RackChecker


@pytest.mark.parametrize("env_c", [-25.0, 70.0])
def test_ambient_limits_come_at_once(env_c: float) -> None:
    assert "S4" not in invariants(watched([(0.0, seen(env_temperature_c=env_c))]))


@pytest.mark.parametrize(
    ("changes", "now", "invariant"),
    [
        ({"cell_ov_protect_mv": 3440, "cell_ov_alarm_mv": 3430}, seen(3400, odd_mv=3445), "S1"),
        ({"cell_uv_protect_mv": 2950, "cell_uv_alarm_mv": 2960, "cell_uv_release_mv": 3000},
         seen(3000, odd_mv=2940), "S2"),
        ({"pack_ov_protect_v": 55.0, "pack_ov_alarm_v": 54.9}, seen(3440), "S3"),
        ({"charge_ot_protect_c": 50, "charge_ot_alarm_c": 45, "charge_ot_release_c": 45},
         seen(temperatures_c=(51.0,) * 4), "S4"),
    ],
)  # fmt: skip
def test_limits_follow_the_parameters_at_once(changes: dict[str, float], now: object, invariant: str) -> None:
    values = VALUES.with_values(changes)
    assert invariant not in invariants(watched([(0.0, now)], values=values))  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("spike", "after"),
    [
        (seen(3400, odd_mv=3655), seen(3400, odd_mv=3440)),
        (seen(3000, odd_mv=2490), seen(3000, odd_mv=2890)),
        (seen(mos_temperature_c=111.0), seen(mos_temperature_c=100.0)),
    ],
)
def test_a_spike_holds_the_limit(spike: object, after: object) -> None:
    stream = one_after_another((REST, 1), (spike, 0.5), (after, 2))  # type: ignore[arg-type]
    assert "S5" not in invariants(watched(stream))


def test_the_charge_voltage_stays_below_the_alarm() -> None:
    values = VALUES.with_values({"cell_ov_alarm_mv": 3420, "cell_ov_release_mv": 3380})
    assert "S7" not in invariants(watched([(0.0, REST)], values=values))


def test_the_discharge_voltage_stays_above_the_protection() -> None:
    values = VALUES.with_values({"pack_uv_protect_v": 48.5, "pack_uv_alarm_v": 49.0, "pack_uv_release_v": 49.0})
    assert "S7" not in invariants(watched([(0.0, REST)], values=values))


def test_steering_stays_above_the_discharge_voltage() -> None:
    assert "S7" not in invariants(watched([(0.0, seen(2900, odd_mv=3640))]))


def test_a_product_without_a_charge_voltage() -> None:
    silent = replace(PRODUCT, charge_voltage_v=None)
    bms, checker = Bms(silent, VALUES), PackChecker(silent, VALUES)
    assert "S7" not in invariants(checker.check(REST, bms.step(REST, 0.0), 0.0))


@pytest.mark.parametrize(
    "now",
    [
        seen(cell_voltages_mv=(*[3300] * 15, nan)),
        seen(pack_voltage_v=nan),
        seen(cell_voltages_mv=(3300,) * 15),
        seen(temperatures_c=(25.0, 25.0, 25.0)),
        seen(3300, odd_mv=65535),
        seen(env_temperature_c=-273.0),
        seen(pack_voltage_v=655.35),
    ],
    ids=["cell nan", "pack nan", "15 cells", "3 sensors", "cell 65 V", "ambient", "pack 655 V"],
)
def test_what_cannot_be_is_missing(now: object) -> None:
    assert "S13" not in invariants(watched([(0.0, now)]))  # type: ignore[list-item]


def test_a_current_that_is_no_number() -> None:
    assert "S13" not in invariants(watched([(0.0, seen(current_a=nan)), (1.0, seen(current_a=nan))]))


def test_no_charge_below_two_volts() -> None:
    assert "S2" not in invariants(watched(held(seen(2600, odd_mv=1990), 4)))


def test_a_current_above_its_limit_is_told() -> None:
    assert "S23" not in invariants(watched(held(seen(current_a=60.0), 30, dt_s=1.0)))


def test_the_loss_of_a_pack_never_raises_the_total() -> None:
    packs = [pack(1), pack(2), with_limits(pack(3), charge_current_limit_a=5.0)]
    checker, totals = RackChecker(PRODUCT), RackTotals(rise_per_s=None)
    assert checker.check(packs, totals.step(packs, 0.0), 0.0) == []
    heard = [pack(number, at_s=30.0) for number in (1, 2)]
    assert checker.check([*heard, packs[2]], totals.step(heard, 30.0), 30.0) == []


def test_a_sum_without_memory_is_what_the_checker_is_for() -> None:
    packs = [pack(1), pack(2), with_limits(pack(3), charge_current_limit_a=5.0)]
    checker = RackChecker(PRODUCT)
    assert checker.check(packs, aggregate(packs, 0.0), 0.0) == []
    heard = [pack(number, at_s=30.0) for number in (1, 2)]
    assert invariants(checker.check([*heard, packs[2]], aggregate(heard, 30.0), 30.0)) == {"S9"}


def test_the_findings_are_of_the_bms_and_not_of_the_parameters() -> None:
    """With a stricter set the checker is content with the BMS where no edge is near."""
    values = VALUES.with_values({"cell_ov_protect_mv": 3440, "cell_ov_alarm_mv": 3430})
    assert "S1" not in invariants(watched(held(REST, 5), values=values))
