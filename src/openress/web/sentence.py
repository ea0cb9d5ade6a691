"""The one sentence at the top of the page: what the rack does, how long it will, and what holds it back.

Composed from the same values and reasons that the limits carry; never a code without words.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from openress.bms.timeleft import EFFECTIVE_A, Flowing, flowing
from openress.gateway.because import because
from openress.model import Analog, Freshness, LimitRule, Limits, PackState, RackSample

__all__ = ["rack_state", "sentence"]


def rack_state(rack: RackSample) -> PackState:
    """What the packs do together: the worst trouble first, then the direction of the sum."""
    states = [sample.status.state for sample in rack.packs if sample.status is not None]
    for state in (PackState.FAULT, PackState.PROTECT):
        if state in states:
            return state
    current = rack.analog.pack_current_a if rack.analog is not None else None
    if current is None:
        return PackState.OFF
    if current > EFFECTIVE_A:
        return PackState.CHARGE
    return PackState.DISCHARGE if current < -EFFECTIVE_A else PackState.STANDBY


def sentence(rack: RackSample, freshness: Freshness, now: datetime, told: Limits | None = None) -> str:
    """The sentence for `rack` at the local time `now`; `told` is what its inverter is told."""
    if not rack.packs or rack.analog is None:
        return "No pack answers."
    if freshness is not Freshness.FRESH:
        return "The values are old: the rack does not answer any more."
    trouble, found = _trouble(rack), flowing(rack, told)
    return " ".join([part for part in (trouble, _doing(rack.analog, found, now), _held(rack, found)) if part])


def _trouble(rack: RackSample) -> str | None:
    for word, kind in (("has a fault", "faults"), ("protects itself", "protections")):
        for sample in rack.packs:
            names = getattr(sample.status, kind, None) or ()
            if names:
                what = ", ".join(sorted(name.value.replace("_", " ") for name in names))
                return f"Pack {sample.pack} {word}: {what}."
    return None


def _doing(total: Analog, found: Flowing, now: datetime) -> str:
    current = total.pack_current_a
    if current is None:
        return "The current is not known."
    if abs(current) <= EFFECTIVE_A:
        return "At rest."
    charging = current > 0
    text = f"{'Charging' if charging else 'Discharging'} with {abs(current):.0f} A"
    if found.near:
        return f"{text}, nearly full: charging slows down." if charging else f"{text}, nearly empty."
    if found.hours is None:
        return f"{text}."
    return f"{text}, {'full' if charging else 'empty'} about {_moment(now + timedelta(hours=found.hours), now)}."


def _moment(then: datetime, now: datetime) -> str:
    """When, no finer than it can be known: to ten minutes beyond an hour, to the hour beyond six."""
    ahead = then - now
    for beyond, minutes in ((timedelta(hours=6), 60), (timedelta(hours=1), 10)):
        if ahead > beyond:
            then += timedelta(minutes=minutes / 2)
            then -= timedelta(minutes=(then.hour * 60 + then.minute) % minutes)
            break
    clock = then.strftime("%H:%M")
    return clock if then.date() == now.date() else f"{clock} tomorrow"


def _held(rack: RackSample, found: Flowing) -> str | None:
    limits = rack.limits
    current = None if rack.analog is None else rack.analog.pack_current_a
    if limits is None or current is None or abs(current) <= EFFECTIVE_A:
        return None
    charging = current > 0
    if found.at_v is not None:
        if charging:
            return f"The charge voltage of {found.at_v:.1f} V is reached, so less and less flows in."
        return f"The end-of-discharge voltage of {found.at_v:.1f} V is reached, so less and less flows out."
    if found.limited_a is not None and found.by_told:
        return f"The inverter is told {found.limited_a:.0f} A at most."
    reason = limits.charge_reason if charging else limits.discharge_reason
    allowed = limits.charge_current_limit_a if charging else limits.discharge_current_limit_a
    if reason is None or allowed is None or reason.rule is LimitRule.RATED:
        return None
    if found.limited_a is None:
        return f"The packs allow {allowed:.0f} A; the inverter {'gives' if charging else 'takes'} no more."
    return f"Limited to {allowed:.0f} A: {because(reason)}."
