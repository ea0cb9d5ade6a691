"""What holds for a rack of parallel packs.

Two formulas that survived review in the field: SOC is weighted by capacity, and a current limit is the number of
packs that take part times the smallest limit among them. A pack whose own switch is reported open has left that
direction. A pack that must not be charged (discharged) while its switch is closed, or not reported, forces the rack
to 0: nothing else would keep current out of it.

A pack that does not take part may still hang on the same busbar: one that has fallen silent, one that has not been
accepted yet. It *bounds*: its limit is among those of which the smallest counts, and its prohibitions hold, but it adds
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from openress.model import (
    BLOCKS_CHARGE,
    BLOCKS_DISCHARGE,
    Analog,
    Condition,
    Fault,
    Limits,
    PackSample,
    RackSample,
    Reason,
    Status,
)

__all__ = ["Way", "aggregate", "allowed", "has_left"]


class Way(Enum):
    """A direction of current."""

    CHARGE = "charge"
    DISCHARGE = "discharge"


_Told = tuple[PackSample, Limits]
"""A pack, and the limits that it told."""

_BLOCKS = {Way.CHARGE: BLOCKS_CHARGE, Way.DISCHARGE: BLOCKS_DISCHARGE}


def aggregate(packs: Sequence[PackSample], now_s: float, *, bounding: Sequence[PackSample] = ()) -> RackSample:
    """Form the rack out of the packs that take part; the caller has left out those that are not fresh.

    A pack that is off or dormant is listed and takes no part.

    Edge rules: a value that one pack does not know is unknown for the rack, except currents and capacities of
    packs that are all unknown alike. A bounding pack that has told no limit bounds by its prohibitions alone.

    Args:
        packs: those that take part or sleep.
        now_s: the time.
        bounding: those that may be on the same busbar without taking part.
    """
    awake = [sample for sample in packs if not sample.asleep]
    ordered = tuple(sorted(packs, key=lambda sample: sample.pack))
    return RackSample(now_s, ordered, _analog(awake), _status(awake, bounding), _limits(awake, bounding))


def allowed(packs: Sequence[PackSample]) -> Limits | None:
    """Of `aggregate`, what an inverter is told; nothing while one pack that is awake has told nothing."""
    return _limits([sample for sample in packs if not sample.asleep], ())


def has_left(sample: PackSample, way: Way) -> bool:
    """Whether a pack, by its own word, takes and gives no current in one direction: asleep, or its switch is open."""
    return sample.asleep or _switch_open(sample, way)


def _analog(packs: Sequence[PackSample]) -> Analog | None:
    groups = [sample.analog for sample in packs if sample.analog is not None]
    if not groups:
        return None
    full, remaining = _sum(groups, lambda group: group.full_ah), _sum(groups, lambda group: group.remaining_ah)
    return Analog(
        at_s=min(group.at_s for group in groups),
        pack_voltage_v=_mean(groups, lambda group: group.pack_voltage_v),
        pack_current_a=_sum(groups, lambda group: group.pack_current_a),
        mos_temperature_c=_mean(groups, lambda group: group.mos_temperature_c),
        env_temperature_c=_mean(groups, lambda group: group.env_temperature_c),
        soc_pct=_weighted(groups, lambda group: group.soc_pct),
        # The packs' errors may all be of one kind (one profile, one make of sensor), so they are not averaged away.
        soc_low_pct=_weighted(groups, lambda group: group.soc_low_pct),
        soc_high_pct=_weighted(groups, lambda group: group.soc_high_pct),
        soh_pct=_mean(groups, lambda group: group.soh_pct),
        remaining_ah=remaining,
        full_ah=full,
        design_ah=_sum(groups, lambda group: group.design_ah),
        cycles=_whole(_mean(groups, lambda group: group.cycles)),
    )


def _sum(groups: Sequence[Analog], get: Callable[[Analog], float | None]) -> float | None:
    values = [get(group) for group in groups]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _mean(groups: Sequence[Analog], get: Callable[[Analog], float | None]) -> float | None:
    total = _sum(groups, get)
    return None if total is None else total / len(groups)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _weighted(groups: Sequence[Analog], get: Callable[[Analog], float | None]) -> float | None:
    """A share of charge over all packs, the large ones counting more."""
    weights = [(get(group), group.full_ah) for group in groups]
    if any(soc is None or full is None for soc, full in weights):
        return None
    total = sum(full for _, full in weights if full is not None)
    charge = sum(soc * full for soc, full in weights if soc is not None and full is not None)
    return charge / total if total > 0 else None


def _status(packs: Sequence[PackSample], bounding: Sequence[PackSample]) -> Status | None:
    own = [sample.status for sample in packs if sample.status is not None]
    groups = own + [sample.status for sample in bounding if sample.status is not None]
    if not groups:
        return None
    return Status(
        at_s=min(group.at_s for group in own or groups),
        alarms=_union([group.alarms for group in groups]),
        protections=_union([group.protections for group in groups]),
        faults=_union_faults([group.faults for group in groups]),
    )


def _union(sets: Sequence[frozenset[Condition] | None]) -> frozenset[Condition] | None:
    known = [found for found in sets if found is not None]
    return frozenset[Condition]().union(*known) if known else None


def _union_faults(sets: Sequence[frozenset[Fault] | None]) -> frozenset[Fault] | None:
    known = [found for found in sets if found is not None]
    return frozenset[Fault]().union(*known) if known else None


def _limits(packs: Sequence[PackSample], bounding: Sequence[PackSample]) -> Limits | None:
    told = [(sample, sample.limits) for sample in packs if sample.limits is not None]
    if not told or len(told) < len(packs):
        return None
    others = [(sample, sample.limits or Limits(0.0)) for sample in bounding]
    charge_a, charge_reason = _current(told, others, Way.CHARGE)
    discharge_a, discharge_reason = _current(told, others, Way.DISCHARGE)
    own = [limits for _, limits in told]
    groups = own + [limits for _, limits in others]
    voltages = [group.charge_voltage_limit_v for group in groups if group.charge_voltage_limit_v is not None]
    cut_offs = [group.discharge_voltage_limit_v for group in groups if group.discharge_voltage_limit_v is not None]
    return Limits(
        at_s=min(limits.at_s for limits in own),
        charge_voltage_limit_v=min(voltages, default=None),
        charge_current_limit_a=charge_a,
        discharge_current_limit_a=discharge_a,
        discharge_voltage_limit_v=max(cut_offs, default=None),
        charge_enabled=None if charge_a is None else charge_a > 0,
        discharge_enabled=None if discharge_a is None else discharge_a > 0,
        charge_immediately=any(limits.charge_immediately for limits in own),
        full_charge_request=any(limits.full_charge_request for limits in own),
        charge_reason=charge_reason,
        discharge_reason=discharge_reason,
    )


def _current(told: Sequence[_Told], others: Sequence[_Told], way: Way) -> tuple[float | None, Reason | None]:
    """The rack's limit in one direction, and the pack and rule that decide it."""
    taking_part = [one for one in told if not _switch_open(one[0], way)]
    bounding = [one for one in others if not has_left(one[0], way)]
    for one in (*taking_part, *bounding):
        if _blocked(one, way):
            return 0.0, _reason(one, way)
    if not taking_part:
        return 0.0, _reason(told[0], way)
    limits = [(_limit(one, way), one) for one in taking_part]
    known = [(limit, one) for limit, one in limits if limit is not None]
    if len(known) < len(limits):
        return None, None
    bounds = [(limit, one) for one in bounding if (limit := _limit(one, way)) is not None]
    least, decides = min(known + bounds, key=lambda found: found[0])
    return len(known) * max(0.0, least), _reason(decides, way)


def _reason(one: _Told, way: Way) -> Reason | None:
    sample, limits = one
    reason = limits.charge_reason if way is Way.CHARGE else limits.discharge_reason
    if reason is None or reason.pack == sample.pack:
        return reason
    return Reason(reason.rule, reason.value, reason.cell, reason.names, sample.pack)


def _switch_open(sample: PackSample, way: Way) -> bool:
    switches = sample.status.switches if sample.status is not None else None
    if switches is None:
        return False
    return (switches.charge if way is Way.CHARGE else switches.discharge) is False


def _blocked(one: _Told, way: Way) -> bool:
    sample, limits = one
    if (limits.charge_enabled if way is Way.CHARGE else limits.discharge_enabled) is False:
        return True
    status = sample.status
    if status is None:
        return False
    return bool(status.faults) or not _BLOCKS[way].isdisjoint(status.protections or frozenset())


def _limit(one: _Told, way: Way) -> float | None:
    _, limits = one
    return limits.charge_current_limit_a if way is Way.CHARGE else limits.discharge_current_limit_a
