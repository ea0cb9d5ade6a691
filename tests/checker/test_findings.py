"""What the checker finds in the BMS as it is: each the shortest stream that shows it, with who is right and why.

These are expected failures; one that begins to pass must be taken out, here and in `findings`.
"""

from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest
from tests.checker.packs import PRODUCT, VALUES, held, invariants, one_after_another, seen, watched
from tests.checker.tour import REST
from tests.samples import pack, with_limits

from openress.bms.aggregate import aggregate
from openress.bms.core import Bms, charge_of_a_new_pack
from openress.checker import PackChecker, RackChecker


def finding(reason: str) -> pytest.MarkDecorator:
    return pytest.mark.xfail(strict=True, raises=AssertionError, reason=reason)


@finding("S4: limits ignore the ambient temperature until its protection trips after 2 s; they must be 0 at once")
@pytest.mark.parametrize("env_c", [-25.0, 70.0])
def test_ambient_limits_come_at_once(env_c: float) -> None:
    assert "S4" not in invariants(watched([(0.0, seen(env_temperature_c=env_c))]))


@finding("S1 to S4: the curves are fixed, so a protection that is set stricter leaves the limit above 0 until it trips")
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


@finding("S5: a limit that fell to 0 for a protection's value comes back before any release path, if nothing tripped")
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


@finding("S7: the charge voltage limit starts from the product and ignores an over-voltage alarm that is set lower")
def test_the_charge_voltage_stays_below_the_alarm() -> None:
    values = VALUES.with_values({"cell_ov_alarm_mv": 3420, "cell_ov_release_mv": 3380})
    assert "S7" not in invariants(watched([(0.0, REST)], values=values))


@finding("S7: the discharge voltage limit ignores an under-voltage protection that is set higher")
def test_the_discharge_voltage_stays_above_the_protection() -> None:
    values = VALUES.with_values({"pack_uv_protect_v": 48.5, "pack_uv_alarm_v": 49.0, "pack_uv_release_v": 49.0})
    assert "S7" not in invariants(watched([(0.0, REST)], values=values))


@finding("S7: steering lowers the charge voltage limit down to that of discharge, not below it by anything")
def test_steering_stays_above_the_discharge_voltage() -> None:
    assert "S7" not in invariants(watched([(0.0, seen(2900, odd_mv=3640))]))


@finding(
    "S7: a product whose charge voltage nobody publishes gets a charge voltage limit of 0 V beside a charge current"
)
def test_a_product_without_a_charge_voltage() -> None:
    silent = replace(PRODUCT, charge_voltage_v=None)
    bms, checker = Bms(silent, VALUES, charge_of_a_new_pack(silent)), PackChecker(silent, VALUES)
    assert "S7" not in invariants(checker.check(REST, bms.step(REST, 0.0), 0.0))


@finding("S13: not a number, too few cells or sensors, and impossible values are judged as if they were measured")
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


@pytest.mark.xfail(strict=True, raises=ValueError, reason="S13: a current that is not a number stops the BMS for good")
def test_a_current_that_is_no_number() -> None:
    assert "S13" not in invariants(watched([(0.0, seen(current_a=nan)), (1.0, seen(current_a=nan))]))


@finding("S2: charge is offered, and the charge switch closed, below 2000 mV")
def test_no_charge_below_two_volts() -> None:
    assert "S2" not in invariants(watched(held(seen(2600, odd_mv=1990), 4)))


@finding("S23: nobody is told of a current above its limit")
def test_a_current_above_its_limit_is_told() -> None:
    assert "S23" not in invariants(watched(held(seen(current_a=60.0), 30, dt_s=1.0)))


@finding("S9: when the weakest of three packs falls silent, the others' total rises; that pack may still be on the bus")
def test_the_loss_of_a_pack_never_raises_the_total() -> None:
    packs = [pack(1), pack(2), with_limits(pack(3), charge_current_limit_a=5.0)]
    checker = RackChecker(PRODUCT)
    assert checker.check(packs, aggregate(packs, 0.0), 0.0) == []
    heard = [pack(number, at_s=30.0) for number in (1, 2)]
    assert checker.check([*heard, packs[2]], aggregate(heard, 30.0), 30.0) == []


def test_the_findings_are_of_the_bms_and_not_of_the_parameters() -> None:
    """With a stricter set the checker is content with the BMS where no edge is near."""
    values = VALUES.with_values({"cell_ov_protect_mv": 3440, "cell_ov_alarm_mv": 3430})
    assert "S1" not in invariants(watched(held(REST, 5), values=values))
