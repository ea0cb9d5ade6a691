"""Charging stages, equalisation and requests for a full charge."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openress.bms.charge import DAY_S, ChargePlan, ChargeSettings, Equalisation, Stage, plan_charge

PLAIN = ChargeSettings(charge_voltage_v=56.0, float_voltage_v=53.9, capacity_ah=100.0, most_v=56.0)
WEEKLY = replace(PLAIN, equalise_days=7.0, equalise_minutes=60.0, equalise_voltage_v=57.0, most_v=58.0)


def after(
    plan: ChargePlan,
    settings: ChargeSettings = PLAIN,
    *,
    now_s: float = 0.0,
    dt_s: float = 1.0,
    a: float | None = 0.0,
    v: float | None = 53.0,
    soc: float = 95.0,
) -> ChargePlan:
    return plan_charge(plan, settings, now_s, dt_s, current_a=a, pack_voltage_v=v, soc_pct=soc)


@pytest.mark.req("REQ-180")
def test_bulk_ends_near_the_charge_voltage_with_current_in() -> None:
    plan = ChargePlan()
    assert after(plan, v=55.69, a=20.0).stage is Stage.BULK
    assert after(plan, v=55.7, a=0.0).stage is Stage.BULK
    assert after(plan, v=55.7, a=20.0).stage is Stage.ABSORPTION
    assert after(plan, v=55.7, a=20.0, soc=89.9).stage is Stage.BULK


@pytest.mark.req("REQ-180")
def test_absorption_ends_when_the_current_stays_small() -> None:
    plan = replace(ChargePlan(), stage=Stage.ABSORPTION)
    assert after(plan, v=56.0, a=5.0, dt_s=119.0).stage is Stage.ABSORPTION
    assert after(plan, v=56.0, a=5.0, dt_s=120.0).stage is Stage.FLOAT
    assert after(plan, v=56.0, a=5.1, dt_s=500.0).tail_s == 0.0
    assert after(plan, v=56.0, a=-0.1, dt_s=500.0).tail_s == 0.0
    assert after(plan, v=55.6, a=5.0, dt_s=500.0).tail_s == 0.0
    again = after(after(plan, v=56.0, a=5.0, dt_s=60.0), v=56.0, a=5.0, dt_s=60.0)
    assert again.stage is Stage.FLOAT


@pytest.mark.req("REQ-180", "REQ-185")
def test_a_pack_that_its_highest_cell_holds_down_is_full_at_the_voltage_it_was_told() -> None:
    def at(v: float, a: float, stage: Stage = Stage.BULK, *, bleeding: bool = False, dt_s: float = 1.0) -> Stage:
        plan = replace(ChargePlan(), stage=stage)
        return plan_charge(
            plan, PLAIN, 0.0, dt_s, current_a=a, pack_voltage_v=v, soc_pct=99.0, limit_v=55.1, bleeding=bleeding
        ).stage

    assert at(54.79, 20.0) is Stage.BULK
    assert at(54.81, 20.0) is Stage.ABSORPTION
    assert at(55.1, 1.0, Stage.ABSORPTION, dt_s=7199.0) is Stage.ABSORPTION
    assert at(55.1, 1.0, Stage.ABSORPTION, dt_s=7200.0) is Stage.FLOAT
    assert at(55.7, 1.0, Stage.ABSORPTION, dt_s=120.0) is Stage.FLOAT
    assert at(55.7, 1.0, Stage.ABSORPTION, dt_s=7199.0, bleeding=True) is Stage.ABSORPTION
    assert at(55.7, 1.0, Stage.ABSORPTION, dt_s=7200.0, bleeding=True) is Stage.FLOAT


def test_float_lasts_until_the_pack_was_used() -> None:
    plan = replace(ChargePlan(), stage=Stage.FLOAT)
    assert after(plan, soc=90.0).stage is Stage.FLOAT
    assert after(plan, soc=89.9).stage is Stage.BULK
    assert plan.voltage_v(PLAIN, 0.0) == 53.9
    assert plan.voltage_v(replace(PLAIN, float_voltage_v=None), 0.0) == 56.0
    assert plan.voltage_v(replace(PLAIN, float_voltage_v=None, most_v=55.0), 0.0) == 55.0
    assert ChargePlan().voltage_v(PLAIN, 0.0) == 56.0


def test_a_plan_that_does_not_change_stays_the_same_object() -> None:
    plan = after(ChargePlan(), soc=50.0)
    assert after(plan, soc=50.0) is plan


def test_what_is_not_known_breaks_off_what_runs() -> None:
    plan = replace(ChargePlan(), tail_s=50.0, equalising_s=50.0)
    for unknown in (after(plan, a=None), after(plan, v=None)):
        assert (unknown.tail_s, unknown.equalising_s) == (0.0, 0.0)


def test_thirty_days_without_97_percent_ask_for_a_full_charge() -> None:
    plan = after(ChargePlan(), now_s=100.0, soc=50.0)
    assert plan.full_at_s == 100.0
    plan = after(plan, now_s=1000.0, soc=97.0)
    assert plan.full_at_s == 1000.0
    plan = after(plan, now_s=2000.0, soc=96.9)
    assert plan.full_at_s == 1000.0
    assert not plan.wants_full_charge(1000.0 + 30 * DAY_S - 1)
    assert plan.wants_full_charge(1000.0 + 30 * DAY_S)
    assert not ChargePlan().wants_full_charge(1e9)


def test_a_charge_is_forced_below_10_percent_until_15() -> None:
    plan = ChargePlan()
    plan = after(plan, soc=10.0)
    assert not plan.forced
    plan = after(plan, soc=9.9)
    assert plan.forced
    plan = after(plan, soc=14.9)
    assert plan.forced
    assert not after(plan, soc=15.0).forced


def test_a_product_that_wants_no_equalisation_gets_none() -> None:
    assert ChargePlan().equalisation(PLAIN, 1e9) is Equalisation.NOT_WANTED
    unknown = replace(WEEKLY, equalise_voltage_v=None)
    assert ChargePlan().equalisation(unknown, 0.0) is Equalisation.VOLTAGE_UNKNOWN
    assert ChargePlan().voltage_v(unknown, 0.0) == 56.0
    assert after(ChargePlan(), unknown, v=58.0, dt_s=5000.0).equalising_s == 0.0


def test_equalisation_is_due_after_its_interval_and_overdue_after_two() -> None:
    plan = replace(ChargePlan(), equalised_at_s=0.0)
    for days, state in (
        (6.9, Equalisation.DONE),
        (7.0, Equalisation.DUE),
        (13.9, Equalisation.DUE),
        (14.0, Equalisation.OVERDUE),
    ):
        assert plan.equalisation(WEEKLY, days * DAY_S) is state
    assert ChargePlan().equalisation(WEEKLY, 100 * DAY_S) is Equalisation.DUE
    assert plan.voltage_v(WEEKLY, 1.0) == 56.0
    assert plan.voltage_v(WEEKLY, 8 * DAY_S) == 57.0
    assert plan.voltage_v(replace(WEEKLY, most_v=56.5), 8 * DAY_S) == 56.5


def test_equalisation_runs_an_hour_without_a_break() -> None:
    plan = after(ChargePlan(), WEEKLY, v=56.69, dt_s=100.0)
    assert plan.equalising_s == 0.0
    assert plan.interruptions == 0
    plan = after(plan, WEEKLY, v=56.7, dt_s=100.0)
    assert plan.equalising_s == 100.0
    assert plan.equalisation(WEEKLY, 0.0) is Equalisation.RUNNING
    assert plan.voltage_v(WEEKLY, 0.0) == 57.0
    plan = after(plan, WEEKLY, v=56.0)
    assert (plan.equalising_s, plan.interruptions) == (0.0, 1)
    plan = after(plan, WEEKLY, v=57.0, dt_s=3599.0)
    assert plan.equalised_at_s is None
    plan = after(plan, WEEKLY, v=57.0, dt_s=1.0, now_s=777.0)
    assert (plan.equalised_at_s, plan.equalising_s, plan.interruptions) == (777.0, 0.0, 0)
    assert after(plan, WEEKLY, v=57.0, now_s=800.0).equalising_s == 0.0
    assert plan.equalisation(WEEKLY, 800.0) is Equalisation.DONE
