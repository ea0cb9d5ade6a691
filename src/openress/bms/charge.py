"""Charging stages and the dates that go with them: bulk, absorption, float; equalisation; full and forced charges.

Absorption is what the guide calls equalised charging (56.0 / 52.5 V). Equalisation is another thing: an hour at its own
voltage at least once a week, for products that ask for it and whose voltage a person has entered (REQ-289 to REQ-292).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

__all__ = ["ChargePlan", "ChargeSettings", "Equalisation", "Stage", "plan_charge"]

DAY_S = 86_400.0
TAIL_C = 0.05
"""Absorption is over when the current has fallen to C/20 ..."""
HELD_FOR_S = 2 * 3600.0
"""So long a pack whose highest cell holds it below its charge voltage waits there, for its other cells and for the
packs beside it, which get no more voltage than the first that asks for float (ours: lying full for ever ages cells)."""
TAIL_FOR_S = 120.0
NEAR_V = 0.3
"""... with the pack this close to its charge voltage."""
REBULK_SOC_PCT = 90.0
FULL_SOC_PCT = 97.0
FULL_WITHIN_S = 30 * DAY_S
"""Without reaching 97 % for 30 days a full charge is asked for (Pylontech V1.2 document)."""
FORCE_BELOW_PCT, FORCE_UNTIL_PCT = 10.0, 15.0
"""Charge at once below 10 % (documents: 9 to 13 %), until 15 %, so that the request does not flicker."""
OVERDUE_AFTER = 2.0
"""Equalisation is overdue when twice its interval has passed."""


class Stage(StrEnum):
    """Where a charge is."""

    BULK = "bulk"
    ABSORPTION = "absorption"
    FLOAT = "float"
    EQUALISE = "equalise"


class Equalisation(StrEnum):
    """How the equalisation stands."""

    NOT_WANTED = "not_wanted"
    VOLTAGE_UNKNOWN = "voltage_unknown"
    DONE = "done"
    DUE = "due"
    OVERDUE = "overdue"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class ChargeSettings:
    """What a product asks for.

    Attributes:
        charge_voltage_v: of bulk and absorption.
        float_voltage_v: afterwards; `None` keeps the charge voltage.
        capacity_ah: of the pack.
        equalise_days: interval; `None` for products that must not be equalised.
        equalise_minutes: without a break.
        equalise_voltage_v: `None` until a person has entered it.
        most_v: never above this, the pack over-voltage alarm.
    """

    charge_voltage_v: float
    float_voltage_v: float | None
    capacity_ah: float
    most_v: float
    equalise_days: float | None = None
    equalise_minutes: float = 60.0
    equalise_voltage_v: float | None = None


@dataclass(frozen=True, slots=True)
class ChargePlan:
    """State of the charging; times count from whatever the caller's clock counts from.

    Attributes:
        stage: now.
        tail_s: how long the current has been small near the charge voltage.
        equalised_at_s: when the last complete equalisation ended.
        equalising_s: how long the present one has lasted; a break sets it back to 0.
        interruptions: how often it was broken off since the last complete one.
        full_at_s: when 97 % was last seen.
        forced: the pack asks to be charged at once.
    """

    stage: Stage = Stage.BULK
    tail_s: float = 0.0
    equalised_at_s: float | None = None
    equalising_s: float = 0.0
    interruptions: int = 0
    full_at_s: float | None = None
    forced: bool = False

    def equalisation(self, settings: ChargeSettings, now_s: float) -> Equalisation:
        """How the equalisation stands at `now_s`."""
        if settings.equalise_days is None:
            return Equalisation.NOT_WANTED
        if settings.equalise_voltage_v is None:
            return Equalisation.VOLTAGE_UNKNOWN
        if self.equalising_s > 0:
            return Equalisation.RUNNING
        ago_s = None if self.equalised_at_s is None else now_s - self.equalised_at_s
        interval_s = settings.equalise_days * DAY_S
        if ago_s is None or ago_s >= OVERDUE_AFTER * interval_s:
            return Equalisation.DUE if ago_s is None else Equalisation.OVERDUE
        return Equalisation.DUE if ago_s >= interval_s else Equalisation.DONE

    def voltage_v(self, settings: ChargeSettings, now_s: float) -> float:
        """Charge voltage to ask for before it is steered by the highest cell."""
        wanted = settings.charge_voltage_v
        if self.stage is Stage.FLOAT and settings.float_voltage_v is not None:
            wanted = settings.float_voltage_v
        state = self.equalisation(settings, now_s)
        if settings.equalise_voltage_v is not None and state in _EQUALISING:
            wanted = settings.equalise_voltage_v
        return min(wanted, settings.most_v)

    def wants_full_charge(self, now_s: float) -> bool:
        """No full charge for so long that one is asked for."""
        return self.full_at_s is not None and now_s - self.full_at_s >= FULL_WITHIN_S


_EQUALISING = (Equalisation.DUE, Equalisation.OVERDUE, Equalisation.RUNNING)


def plan_charge(
    plan: ChargePlan,
    settings: ChargeSettings,
    now_s: float,
    dt_s: float,
    *,
    current_a: float | None,
    pack_voltage_v: float | None,
    soc_pct: float,
    limit_v: float | None = None,
    bleeding: bool = False,
) -> ChargePlan:
    """One step of the plan with the values of one measurement.

    Args:
        plan: until now.
        settings: what the product asks for.
        now_s: time.
        dt_s: since the step before.
        current_a: positive charges.
        pack_voltage_v: of the pack.
        soc_pct: state of charge.
        limit_v: charge voltage told last; steered by the highest cell it is all that an unbalanced pack reaches.
        bleeding: cells are being balanced, which float would end.
    """
    if current_a is None or pack_voltage_v is None:
        return replace(plan, tail_s=0.0, equalising_s=0.0)
    plan = _equalise(plan, settings, now_s, dt_s, pack_voltage_v)
    full_at_s = now_s if soc_pct >= FULL_SOC_PCT or plan.full_at_s is None else plan.full_at_s
    forced = soc_pct < (FORCE_UNTIL_PCT if plan.forced else FORCE_BELOW_PCT)
    whole_v = settings.charge_voltage_v if limit_v is None else min(settings.charge_voltage_v, limit_v)
    near = pack_voltage_v >= whole_v - NEAR_V
    tail = near and 0.0 <= current_a <= TAIL_C * settings.capacity_ah
    tail_s = plan.tail_s + dt_s if tail else 0.0
    stage = plan.stage
    if soc_pct < REBULK_SOC_PCT:
        stage = Stage.BULK
    elif stage is Stage.BULK and near and current_a > 0:
        stage = Stage.ABSORPTION
    held = bleeding or pack_voltage_v < settings.charge_voltage_v - NEAR_V
    if stage is not Stage.FLOAT and tail_s >= (HELD_FOR_S if held else TAIL_FOR_S):
        stage = Stage.FLOAT
    if (stage, tail_s, full_at_s, forced) == (plan.stage, plan.tail_s, plan.full_at_s, plan.forced):
        return plan
    return replace(plan, stage=stage, tail_s=tail_s, full_at_s=full_at_s, forced=forced)


def _equalise(
    plan: ChargePlan, settings: ChargeSettings, now_s: float, dt_s: float, pack_voltage_v: float
) -> ChargePlan:
    wanted_v = settings.equalise_voltage_v
    if settings.equalise_days is None or wanted_v is None:
        return plan
    state = plan.equalisation(settings, now_s)
    if state is Equalisation.DONE:
        return plan
    if pack_voltage_v < min(wanted_v, settings.most_v) - NEAR_V:
        broken = plan.equalising_s > 0
        return replace(plan, equalising_s=0.0, interruptions=plan.interruptions + broken)
    lasted_s = plan.equalising_s + dt_s
    if lasted_s >= 60.0 * settings.equalise_minutes:
        return replace(plan, equalised_at_s=now_s, equalising_s=0.0, interruptions=0)
    return replace(plan, equalising_s=lasted_s)
