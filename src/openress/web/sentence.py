"""The one sentence at the top of the page: what the rack does, how long it will, and what holds it back.

Composed from the same values and reasons that the limits carry; never a code without words.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from openress.model import Analog, Freshness, LimitRule, PackState, RackSample, Reason

__all__ = ["rack_state", "sentence"]

_EFFECTIVE_A = 0.5
_LONGEST_H = 48.0


def rack_state(rack: RackSample) -> PackState:
    """What the packs do together: the worst trouble first, then the direction of the sum."""
    states = [sample.status.state for sample in rack.packs if sample.status is not None]
    for state in (PackState.FAULT, PackState.PROTECT):
        if state in states:
            return state
    current = rack.analog.pack_current_a if rack.analog is not None else None
    if current is None:
        return PackState.OFF
    if current > _EFFECTIVE_A:
        return PackState.CHARGE
    return PackState.DISCHARGE if current < -_EFFECTIVE_A else PackState.STANDBY


def sentence(rack: RackSample, freshness: Freshness, now: datetime) -> str:
    """The sentence for `rack` at the local time `now`."""
    if not rack.packs or rack.analog is None:
        return "No pack answers."
    if freshness is not Freshness.FRESH:
        return "The values are old: the rack does not answer any more."
    trouble = _trouble(rack)
    return " ".join([part for part in (trouble, _doing(rack.analog, now), _held(rack)) if part])


def _trouble(rack: RackSample) -> str | None:
    for word, kind in (("has a fault", "faults"), ("protects itself", "protections")):
        for sample in rack.packs:
            names = getattr(sample.status, kind, None) or ()
            if names:
                what = ", ".join(sorted(name.value.replace("_", " ") for name in names))
                return f"Pack {sample.pack} {word}: {what}."
    return None


def _doing(total: Analog, now: datetime) -> str:
    current = total.pack_current_a
    if current is None:
        return "The current is not known."
    if abs(current) <= _EFFECTIVE_A:
        return "At rest."
    remaining, full = total.remaining_ah, total.full_ah
    word = "Charging" if current > 0 else "Discharging"
    text = f"{word} with {abs(current):.0f} A"
    if remaining is None or full is None:
        return f"{text}."
    left_ah = full - remaining if current > 0 else remaining
    hours = left_ah / abs(current)
    end = "full" if current > 0 else "empty"
    if hours > _LONGEST_H:
        return f"{text}."
    return f"{text}, {end} about {_moment(now + timedelta(hours=hours), now)}."


def _moment(then: datetime, now: datetime) -> str:
    """When, no finer than it can be known: to ten minutes beyond an hour, to the hour beyond six."""
    ahead = then - now
    for beyond, minutes in ((timedelta(hours=6), 60), (timedelta(hours=1), 10)):
        if ahead > beyond:
            then += timedelta(minutes=minutes / 2)
            then -= timedelta(minutes=(then.hour * 60 + then.minute) % minutes)
            break
    clock = then.strftime("%H:%M")
    days = (then.date() - now.date()).days
    if days == 0:
        return clock
    return f"{clock} tomorrow" if days == 1 else f"{clock} in {days} days"


def _held(rack: RackSample) -> str | None:
    limits = rack.limits
    current = None if rack.analog is None else rack.analog.pack_current_a
    if limits is None or current is None or abs(current) <= _EFFECTIVE_A:
        return None
    charging = current > 0
    reason = limits.charge_reason if charging else limits.discharge_reason
    allowed = limits.charge_current_limit_a if charging else limits.discharge_current_limit_a
    if reason is None or allowed is None or reason.rule is LimitRule.RATED:
        return None
    return f"Limited to {allowed:.0f} A: {_because(reason)}."


def _because(reason: Reason) -> str:
    pack = "" if reason.pack is None else f" of pack {reason.pack}"
    at = f"pack {reason.pack}" if reason.pack is not None else "a pack"
    match reason.rule:
        case LimitRule.CELL_VOLTAGE if reason.value is not None:
            return f"cell {reason.cell}{pack} is at {reason.value / 1000:.2f} V"
        case LimitRule.COLD | LimitRule.HEAT if reason.value is not None:
            word = "cold" if reason.rule is LimitRule.COLD else "hot"
            return f"the cells{pack} are {word}, {reason.value:.0f} °C"
        case LimitRule.MOS_HEAT if reason.value is not None:
            return f"the switches{pack} are hot, {reason.value:.0f} °C"
        case LimitRule.PACK_VOLTAGE if reason.value is not None:
            return f"{at} is at {reason.value:.1f} V"
        case LimitRule.AMBIENT if reason.value is not None:
            return f"{at} stands in {reason.value:.0f} °C"
        case LimitRule.DEEP_DISCHARGE:
            return f"a cell{pack} is deeply discharged"
        case LimitRule.LIMITER:
            return f"the charge limiter{pack} is on"
        case LimitRule.SWITCHED_OFF:
            return f"{at} is switched off"
        case LimitRule.PROTECTION | LimitRule.FAULT if reason.names:
            return f"{at}: {', '.join(name.replace('_', ' ') for name in reason.names)}"
        case _:
            return _PLAIN.get(reason.rule, "a value{pack} is not known").format(at=at, pack=pack)


_PLAIN = {
    LimitRule.RISING: "the limit is rising again",
    LimitRule.USER_CAP: "you set this limit",
    LimitRule.PACK_LOST: "{at} is not heard any more",
    LimitRule.STARTING: "not all packs have been heard yet",
    LimitRule.OWN_WORD: "{at} allows no more",
}
