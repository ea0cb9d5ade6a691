"""What holds for a rack of parallel packs.

Two formulas that survived review in the field: SOC is weighted by capacity, and a current limit is the number of
packs that take part times the smallest limit among them. A pack whose own switch is reported open has left that
direction. A pack that must not be charged (discharged) while its switch is closed, or not reported, forces the rack
to 0: nothing else would keep current out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
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

__all__ = ["aggregate"]


class _Way(Enum):
    CHARGE = "charge"
    DISCHARGE = "discharge"


_BLOCKS = {_Way.CHARGE: BLOCKS_CHARGE, _Way.DISCHARGE: BLOCKS_DISCHARGE}


def aggregate(packs: Sequence[PackSample], now_s: float) -> RackSample:
    """Form the rack out of the packs that take part; the caller has left out those that are not fresh.

    A pack that is off or dormant is listed and takes no part.

    Edge rules: a value that one pack does not know is unknown for the rack, except currents and capacities of
    packs that are all unknown alike.
    """
    awake = [sample for sample in packs if not sample.asleep]
    ordered = tuple(sorted(packs, key=lambda sample: sample.pack))
    return RackSample(now_s, ordered, _analog(awake), _status(awake), _limits(awake))


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
        soc_pct=_weighted_soc(groups),
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


def _weighted_soc(groups: Sequence[Analog]) -> float | None:
    weights = [(group.soc_pct, group.full_ah) for group in groups]
    if any(soc is None or full is None for soc, full in weights):
        return None
    total = sum(full for _, full in weights if full is not None)
    charge = sum(soc * full for soc, full in weights if soc is not None and full is not None)
    return charge / total if total > 0 else None


def _status(packs: Sequence[PackSample]) -> Status | None:
    groups = [sample.status for sample in packs if sample.status is not None]
    if not groups:
        return None
    return Status(
        at_s=min(group.at_s for group in groups),
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


def _limits(packs: Sequence[PackSample]) -> Limits | None:
    groups = [sample.limits for sample in packs if sample.limits is not None]
    if not groups or len(groups) < len(packs):
        return None
    charge_a, charge_reason = _current(packs, _Way.CHARGE)
    discharge_a, discharge_reason = _current(packs, _Way.DISCHARGE)
    voltages = [group.charge_voltage_limit_v for group in groups if group.charge_voltage_limit_v is not None]
    cut_offs = [group.discharge_voltage_limit_v for group in groups if group.discharge_voltage_limit_v is not None]
    return Limits(
        at_s=min(group.at_s for group in groups),
        charge_voltage_limit_v=min(voltages, default=None),
        charge_current_limit_a=charge_a,
        discharge_current_limit_a=discharge_a,
        discharge_voltage_limit_v=max(cut_offs, default=None),
        charge_enabled=None if charge_a is None else charge_a > 0,
        discharge_enabled=None if discharge_a is None else discharge_a > 0,
        charge_immediately=any(group.charge_immediately for group in groups),
        full_charge_request=any(group.full_charge_request for group in groups),
        charge_reason=charge_reason,
        discharge_reason=discharge_reason,
    )


def _current(packs: Sequence[PackSample], way: _Way) -> tuple[float | None, Reason | None]:
    """The rack's limit in one direction, and the pack and rule that decide it."""
    taking_part = [sample for sample in packs if not _switch_open(sample, way)]
    for sample in taking_part:
        if _blocked(sample, way):
            return 0.0, _reason(sample, way)
    if not taking_part:
        return 0.0, _reason(packs[0], way) if packs else None
    limits = [(_limit(sample, way), sample) for sample in taking_part]
    known = [(limit, sample) for limit, sample in limits if limit is not None]
    if len(known) < len(limits):
        return None, None
    least, decides = min(known, key=lambda found: found[0])
    return len(known) * least, _reason(decides, way)


def _reason(sample: PackSample, way: _Way) -> Reason | None:
    if sample.limits is None:
        return None
    reason = sample.limits.charge_reason if way is _Way.CHARGE else sample.limits.discharge_reason
    return None if reason is None else replace(reason, pack=sample.pack)


def _switch_open(sample: PackSample, way: _Way) -> bool:
    switches = sample.status.switches if sample.status is not None else None
    if switches is None:
        return False
    return (switches.charge if way is _Way.CHARGE else switches.discharge) is False


def _blocked(sample: PackSample, way: _Way) -> bool:
    limits, status = sample.limits, sample.status
    if limits is not None and (limits.charge_enabled if way is _Way.CHARGE else limits.discharge_enabled) is False:
        return True
    if status is None:
        return False
    return bool(status.faults) or not _BLOCKS[way].isdisjoint(status.protections or frozenset())


def _limit(sample: PackSample, way: _Way) -> float | None:
    if sample.limits is None:
        return None
    return sample.limits.charge_current_limit_a if way is _Way.CHARGE else sample.limits.discharge_current_limit_a
