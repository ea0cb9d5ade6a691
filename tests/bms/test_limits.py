"""Limits: each curve at its points, the smallest counts with its reason, down at once, up slowly, CVL steered."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bms.streams import LARGE, SMALL, Stream, World

from openress.bms.limits import (
    BY_AMBIENT_COLD_C,
    BY_AMBIENT_HEAT_C,
    BY_HEAT_C,
    BY_MOS_C,
    CHARGE_BY_CELL_MV,
    CHARGE_BY_COLD_C,
    CHARGE_BY_MEAN_MV,
    DISCHARGE_BY_CELL_MV,
    DISCHARGE_BY_COLD_C,
    DISCHARGE_BY_MEAN_MV,
    Curve,
    Limiter,
    LimitSettings,
    curve,
)
from openress.bms.measure import signals
from openress.bms.rows import Way
from openress.bms.settings import BmsSettings, limit_settings
from openress.model import LimitRule, Limits, Reason
from openress.params import ParameterSet
from openress.products import Product

SETTINGS = LimitSettings(
    charge_voltage_v=56.0, discharge_voltage_v=48.0, charge_current_a=50.0, discharge_current_a=100.0, cells=16
)
CURVES = (
    CHARGE_BY_CELL_MV, DISCHARGE_BY_CELL_MV, CHARGE_BY_COLD_C, DISCHARGE_BY_COLD_C, BY_HEAT_C, CHARGE_BY_MEAN_MV,
    DISCHARGE_BY_MEAN_MV, BY_AMBIENT_COLD_C, BY_AMBIENT_HEAT_C, BY_MOS_C,
)  # fmt: skip


def because(way: int) -> Reason:
    return Reason(LimitRule.PROTECTION, names=(str(way),))


class Told:
    """A limiter that is asked again and again."""

    def __init__(self, settings: LimitSettings = SETTINGS) -> None:
        self.limiter = Limiter(settings)

    def ask(
        self,
        now_s: float = 0.0,
        blocked: int = Way.NONE,
        *,
        cap: tuple[float, LimitRule] | None = None,
        cvl_v: float = 56.0,
        **world: object,
    ) -> Limits:
        now = replace(World(), **world).measured(16, 0)  # type: ignore[arg-type]  # names are checked by replace
        found = signals(now, 50.0)
        return self.limiter.step(now, found, now_s, blocked, because, charge_voltage_v=cvl_v, charge_cap=cap)


def charge(limits: Limits) -> tuple[float | None, Reason | None]:
    return limits.charge_current_limit_a, limits.charge_reason


def discharge(limits: Limits) -> tuple[float | None, Reason | None]:
    return limits.discharge_current_limit_a, limits.discharge_reason


@pytest.mark.parametrize("points", CURVES)
def test_a_curve_meets_its_points_is_straight_between_and_level_outside(points: Curve) -> None:
    for value, share in points:
        assert curve(points, value) == pytest.approx(share)
    for (low, one), (high, two) in pairwise(points):
        assert curve(points, (low + high) / 2) == pytest.approx((one + two) / 2)
        assert curve(points, low + 0.25 * (high - low)) == pytest.approx(one + 0.25 * (two - one))
    assert curve(points, points[0][0] - 1000) == points[0][1]
    assert curve(points, points[-1][0] + 1000) == points[-1][1]


@pytest.mark.req("REQ-065")
@pytest.mark.parametrize(
    ("world", "rule", "value", "charge_share", "discharge_share"),
    [
        ({}, LimitRule.RATED, None, 1.0, 1.0),
        ({"highest_mv": 3400}, LimitRule.RATED, None, 1.0, 1.0),
        ({"highest_mv": 3401}, LimitRule.CELL_VOLTAGE, 3401, 1 - 0.5 / 30, 1.0),
        ({"highest_mv": 3430}, LimitRule.CELL_VOLTAGE, 3430, 0.5, 1.0),
        ({"highest_mv": 3440}, LimitRule.CELL_VOLTAGE, 3440, 0.3, 1.0),
        ({"highest_mv": 3480}, LimitRule.CELL_VOLTAGE, 3480, 0.02, 1.0),
        ({"highest_mv": 3500}, LimitRule.CELL_VOLTAGE, 3500, 0.0, 1.0),
        ({"lowest_mv": 3050}, LimitRule.RATED, None, 1.0, 1.0),
        ({"lowest_mv": 3000}, LimitRule.CELL_VOLTAGE, 3000, 1.0, 0.5),
        ({"lowest_mv": 2900}, LimitRule.CELL_VOLTAGE, 2900, 1.0, 0.1),
        ({"lowest_mv": 2800}, LimitRule.CELL_VOLTAGE, 2800, 1.0, 0.0),
        ({"coldest_c": 10.0}, LimitRule.RATED, None, 1.0, 1.0),
        ({"coldest_c": 7.5}, LimitRule.COLD, 7.5, 0.75, 1.0),
        ({"coldest_c": 5.0}, LimitRule.COLD, 5.0, 0.5, 1.0),
        ({"coldest_c": 0.0}, LimitRule.COLD, 0.0, 0.0, 0.6),
        ({"coldest_c": -10.0}, LimitRule.COLD, -10.0, 0.0, 0.3),
        ({"coldest_c": -20.0}, LimitRule.COLD, -20.0, 0.0, 0.0),
        ({"hottest_c": 45.0}, LimitRule.RATED, None, 1.0, 1.0),
        ({"hottest_c": 50.0}, LimitRule.HEAT, 50.0, 0.5, 0.5),
        ({"hottest_c": 55.0}, LimitRule.HEAT, 55.0, 0.0, 0.0),
        ({"mos_c": 80.0}, LimitRule.RATED, None, 1.0, 1.0),
        ({"mos_c": 90.0}, LimitRule.MOS_HEAT, 90.0, 0.5, 0.5),
        ({"mos_c": 110.0}, LimitRule.MOS_HEAT, 110.0, 0.0, 0.0),
        ({"env_c": -10.0}, LimitRule.RATED, None, 1.0, 1.0),
        ({"env_c": -20.0}, LimitRule.AMBIENT, -20.0, 0.5, 0.5),
        ({"env_c": -25.0}, LimitRule.AMBIENT, -25.0, 0.0, 0.0),
        ({"env_c": 60.0}, LimitRule.RATED, None, 1.0, 1.0),
        ({"env_c": 65.0}, LimitRule.AMBIENT, 65.0, 0.5, 0.5),
        ({"env_c": 70.0}, LimitRule.AMBIENT, 70.0, 0.0, 0.0),
        ({"pack_v": 56.0}, LimitRule.RATED, None, 1.0, 1.0),
        ({"pack_v": 56.8}, LimitRule.PACK_VOLTAGE, 56.8, 0.5, 1.0),
        ({"pack_v": 57.6}, LimitRule.PACK_VOLTAGE, 57.6, 0.0, 1.0),
        ({"pack_v": 48.0}, LimitRule.RATED, None, 1.0, 1.0),
        ({"pack_v": 46.4}, LimitRule.PACK_VOLTAGE, 46.4, 1.0, 0.3),
        ({"pack_v": 44.8}, LimitRule.PACK_VOLTAGE, 44.8, 1.0, 0.0),
    ],
)
def test_each_rule_gives_its_share_and_says_so(
    world: dict[str, object], rule: LimitRule, value: float | None, charge_share: float, discharge_share: float
) -> None:
    limits = Told().ask(**world)
    for (limit, reason), share, rated in (
        (charge(limits), charge_share, 50.0),
        (discharge(limits), discharge_share, 100.0),
    ):
        assert limit == pytest.approx(share * rated, abs=1e-9)
        assert reason is not None
        assert reason.rule is (LimitRule.RATED if share == 1.0 else rule)
        assert reason.value == (rated if share == 1.0 else value)


def test_the_cell_that_decides_is_named_from_one() -> None:
    limits = Told().ask(highest_mv=3440, lowest_mv=2950)
    assert limits.charge_reason == Reason(LimitRule.CELL_VOLTAGE, 3440, 3)
    assert limits.discharge_reason == Reason(LimitRule.CELL_VOLTAGE, 2950, 14)


def test_the_smallest_counts_with_its_reason() -> None:
    limits = Told().ask(highest_mv=3430, hottest_c=53.0, mos_c=85.0)
    limit, reason = charge(limits)
    assert limit == pytest.approx(0.2 * 50)
    assert reason == Reason(LimitRule.HEAT, 53.0)
    assert charge(Told().ask(coldest_c=0.0, hottest_c=55.0))[1] == Reason(LimitRule.COLD, 0.0)


@pytest.mark.req("REQ-072")
@pytest.mark.parametrize(
    ("world", "rule"),
    [
        ({"mos_c": None}, LimitRule.MOS_HEAT),
        ({"env_c": None}, LimitRule.AMBIENT),
    ],
)
def test_what_is_not_known_is_the_worst_case(world: dict[str, object], rule: LimitRule) -> None:
    limits = Told().ask(**world)
    assert charge(limits) == (0.0, Reason(rule))
    assert discharge(limits) == (0.0, Reason(rule))


@pytest.mark.req("REQ-072")
def test_unknown_cells_leave_no_current_and_no_steering() -> None:
    limiter = Limiter(SETTINGS)
    now = replace(World().measured(16, 0), cell_voltages_mv=(None,) * 16)
    limits = limiter.step(now, signals(now, None), 0.0, Way.NONE, because, charge_voltage_v=56.0)
    assert charge(limits) == (0.0, Reason(LimitRule.CELL_VOLTAGE))
    assert discharge(limits) == (0.0, Reason(LimitRule.CELL_VOLTAGE))
    assert limits.charge_voltage_limit_v == 56.0
    now = replace(World().measured(16, 0), pack_voltage_v=None)
    limits = Limiter(SETTINGS).step(now, signals(now, None), 0.0, Way.NONE, because, charge_voltage_v=56.0)
    assert charge(limits) == (0.0, Reason(LimitRule.PACK_VOLTAGE))
    assert limits.charge_voltage_limit_v == 56.0


def test_a_blocked_direction_is_nothing_and_says_why() -> None:
    limits = Told().ask(blocked=Way.CHARGE)
    assert charge(limits) == (0.0, because(Way.CHARGE))
    assert discharge(limits) == (100.0, Reason(LimitRule.RATED, 100.0))
    assert (limits.charge_enabled, limits.discharge_enabled) == (False, True)
    limits = Told().ask(blocked=Way.DISCHARGE)
    assert charge(limits) == (50.0, Reason(LimitRule.RATED, 50.0))
    assert discharge(limits) == (0.0, because(Way.DISCHARGE))
    assert (limits.charge_enabled, limits.discharge_enabled) == (True, False)


def test_a_limit_falls_at_once_and_rises_by_a_fiftieth_each_second() -> None:
    told = Told()
    assert charge(told.ask(0.0))[0] == 50.0
    assert charge(told.ask(1.0, highest_mv=3500))[0] == 0.0
    assert charge(told.ask(2.0)) == (pytest.approx(1.0), Reason(LimitRule.RISING, 50.0))
    assert charge(told.ask(2.5))[0] == pytest.approx(1.5)
    assert charge(told.ask(2.5))[0] == pytest.approx(1.5)
    assert charge(told.ask(2.0))[0] == pytest.approx(1.5)
    assert charge(told.ask(50.5))[0] == pytest.approx(50.0)
    told = Told()
    told.ask(0.0, blocked=Way.BOTH)
    assert discharge(told.ask(10.0)) == (pytest.approx(20.0), Reason(LimitRule.RISING, 100.0))
    assert charge(told.ask(20.0, highest_mv=3430))[0] == pytest.approx(20.0)
    assert charge(told.ask(23.0, highest_mv=3430))[0] == pytest.approx(23.0)
    assert charge(told.ask(25.0, highest_mv=3430)) == (pytest.approx(25.0), Reason(LimitRule.CELL_VOLTAGE, 3430, 3))


def test_after_rest_currents_rise_from_nothing() -> None:
    told = Told()
    told.ask(0.0)
    told.limiter.rest(100.0)
    limits = told.ask(101.0)
    assert charge(limits)[0] == pytest.approx(1.0)
    assert discharge(limits)[0] == pytest.approx(2.0)


@pytest.mark.req("REQ-005")
def test_caps_tighten_and_never_loosen() -> None:
    capped = Told(replace(SETTINGS, charge_cap_a=20.0, discharge_cap_a=30.0)).ask()
    assert charge(capped) == (20.0, Reason(LimitRule.USER_CAP, 20.0))
    assert discharge(capped) == (30.0, Reason(LimitRule.USER_CAP, 30.0))
    loose = Told(replace(SETTINGS, charge_cap_a=50.0, discharge_cap_a=100.0)).ask()
    assert charge(loose) == (50.0, Reason(LimitRule.RATED, 50.0))
    assert discharge(loose) == (100.0, Reason(LimitRule.RATED, 100.0))
    assert charge(Told(replace(SETTINGS, charge_cap_a=-5.0)).ask())[0] == 0.0
    limiter = Told().ask(cap=(10.0, LimitRule.LIMITER))
    assert charge(limiter) == (10.0, Reason(LimitRule.LIMITER, 10.0))
    assert charge(Told().ask(cap=(50.0, LimitRule.LIMITER)))[1] == Reason(LimitRule.RATED, 50.0)
    both = Told(replace(SETTINGS, charge_cap_a=5.0)).ask(cap=(10.0, LimitRule.LIMITER))
    assert charge(both) == (5.0, Reason(LimitRule.USER_CAP, 5.0))


def test_new_settings_hold_from_the_next_step() -> None:
    told = Told()
    told.ask(0.0)
    told.limiter.set_settings(replace(SETTINGS, charge_current_a=30.0))
    assert told.limiter.settings.charge_current_a == 30.0
    assert charge(told.ask(1.0))[0] == 30.0
    told.limiter.set_settings(SETTINGS)
    assert charge(told.ask(2.0))[0] == pytest.approx(31.0)


@pytest.mark.req("REQ-185")
@pytest.mark.parametrize(
    ("highest_mv", "pack_v", "cvl_v"),
    [
        (3350, 53.0, 56.0),
        (3385, 53.0, 56.0 - (56.0 - 53.0 - 16 * 0.065) * 0.5),
        (3420, 54.0, 54.0 + 16 * 0.030),
        (3450, 54.5, 54.5),
        (3460, 54.5, 54.5 - 16 * 0.010),
        (3450, 57.0, 56.0),
        (4000, 50.0, 49.0),
    ],
)
def test_the_charge_voltage_is_lowered_to_keep_the_highest_cell_at_3450(
    highest_mv: int, pack_v: float, cvl_v: float
) -> None:
    limits = Told().ask(highest_mv=highest_mv, pack_v=pack_v)
    assert limits.charge_voltage_limit_v == pytest.approx(cvl_v)


@pytest.mark.req("REQ-185")
def test_the_charge_voltage_falls_at_once_and_rises_by_20_millivolts_a_second() -> None:
    told = Told()
    assert told.ask(0.0).charge_voltage_limit_v == 56.0
    assert told.ask(1.0, highest_mv=3450, pack_v=54.0).charge_voltage_limit_v == pytest.approx(54.0)
    assert told.ask(2.0).charge_voltage_limit_v == pytest.approx(54.02)
    assert told.ask(12.0).charge_voltage_limit_v == pytest.approx(54.22)
    assert told.ask(1000.0).charge_voltage_limit_v == 56.0
    assert told.ask(1001.0, cvl_v=53.9).charge_voltage_limit_v == 53.9


def test_limits_carry_what_else_they_are_asked_for() -> None:
    limiter = Limiter(SETTINGS)
    now = World().measured(16, 0)
    limits = limiter.step(
        now, signals(now, 5.0), 7.0, Way.NONE, because,
        charge_voltage_v=56.0, charge_immediately=True, full_charge_request=True,
    )  # fmt: skip
    assert (limits.at_s, limits.discharge_voltage_limit_v) == (7.0, 48.0)
    assert (limits.charge_immediately, limits.full_charge_request) == (True, True)
    plain = Told().ask()
    assert (plain.charge_immediately, plain.full_charge_request) == (False, False)


@pytest.mark.req("REQ-005", "REQ-181", "REQ-186")
@pytest.mark.parametrize("product", [SMALL, LARGE], ids=["15S", "16S"])
def test_limits_start_from_what_the_product_publishes_and_stay_below_the_alarm(product: Product) -> None:
    values = ParameterSet.defaults(product)
    settings = limit_settings(product, values, BmsSettings())
    assert settings.charge_current_a == 50.0
    assert settings.discharge_current_a == pytest.approx(99.0)
    assert settings.recovery_a == pytest.approx(2.0)
    assert settings.limiter_a == 10.0
    low = values.with_values({"charge_oc_alarm_a": 40, "discharge_oc_alarm_a": 50})
    settings = limit_settings(product, low, BmsSettings())
    assert settings.charge_current_a == pytest.approx(36.0)
    assert settings.discharge_current_a == pytest.approx(45.0)


def test_what_a_product_does_not_publish_is_nothing() -> None:
    silent = replace(
        LARGE, capacity_ah=None, charge_rate_c=None, discharge_current_max_a=None, charge_voltage_v=None,
        discharge_end_voltage_v=None, float_voltage_v=None,
    )  # fmt: skip
    stream = Stream(silent, ParameterSet.defaults(LARGE))
    limits = stream.hold(5.0).limits
    assert (limits.charge_current_limit_a, limits.discharge_current_limit_a) == (0.0, 0.0)
    # An unknown charge voltage is absent; discharge ends at the pack's own protection at the latest.
    assert (limits.charge_voltage_limit_v, limits.discharge_voltage_limit_v) == (None, 44.8)
    assert stream.last.charge.full_ah == 100.0


def test_the_limiter_and_recovery_cap_the_charge_current() -> None:
    stream = Stream().settled()
    stream.bms.limit_charge(on=True)
    assert charge(stream.step().limits) == (10.0, Reason(LimitRule.LIMITER, 10.0))
    assert stream.last.switches.limit is True
    stream.bms.limit_charge(on=False)
    stream.hold(60.0, 1000)
    assert charge(stream.last.limits)[0] == 50.0
    assert stream.last.switches.limit is False


worlds = st.fixed_dictionaries(
    {
        "highest_mv": st.integers(3300, 3800),
        "lowest_mv": st.integers(1900, 3300),
        "hottest_c": st.floats(25.0, 90.0),
        "coldest_c": st.floats(-40.0, 25.0),
        "mos_c": st.floats(-40.0, 125.0),
        "env_c": st.floats(-40.0, 100.0),
    }
)
WORSE = {"highest_mv": 20, "lowest_mv": -20, "hottest_c": 2.0, "coldest_c": -2.0, "mos_c": -3.0, "env_c": 0.0}


@pytest.mark.req("REQ-005")
@given(world=worlds, which=st.sampled_from(["highest_mv", "lowest_mv", "hottest_c", "coldest_c"]))
def test_a_worse_value_never_allows_more(world: dict[str, float], which: str) -> None:
    worse = {**world, which: world[which] + WORSE[which]}
    before, after = Told().ask(**world), Told().ask(**worse)
    for now, then in zip(
        (before.charge_current_limit_a, before.discharge_current_limit_a),
        (after.charge_current_limit_a, after.discharge_current_limit_a),
        strict=True,
    ):
        assert now is not None
        assert then is not None
        assert 0.0 <= then <= now + 1e-9
