"""What the packs would have told with other settings: their recorded cells through our BMS, twice.

Once it decides by the settings that were in force and once by the others. Where the two agree, what the pack has told
stands as it was; where they do not, the second word counts. So a pack of any maker shows what a setting changes, and a
setting that changes nothing leaves every byte as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from openress.bms.aggregate import aggregate
from openress.bms.decision import Decision
from openress.bms.trace import TraceRow, replay
from openress.gateway.tape import Saw, Step
from openress.model import Analog, Limits, PackSample, RackSample, Status
from openress.products import Product

__all__ = ["Instead", "Packs"]

T = TypeVar("T")

_STRICTER: tuple[tuple[str, Callable[[float, float], float], tuple[str, ...]], ...] = (
    ("charge_voltage_limit_v", min, ()),
    ("charge_current_limit_a", min, ("charge_enabled", "charge_reason")),
    ("discharge_current_limit_a", min, ("discharge_enabled", "discharge_reason")),
    ("discharge_voltage_limit_v", max, ()),
)
"""Limits, which of two is the stricter, and what goes with it."""


@dataclass(frozen=True, slots=True)
class Packs:
    """A product with its settings."""

    product: Product
    values: Mapping[str, float]


class Instead:
    """Gives readings as they would have been.

    Args:
        steps: of the incident.
        before: the packs as they were set.
        after: and otherwise.
    """

    def __init__(self, steps: Sequence[Step], before: Packs, after: Packs) -> None:
        racks = [step.rack for step in steps if isinstance(step, Saw) and step.rack is not None]
        numbers = sorted({pack.pack for rack in racks for pack in rack.packs})
        self._decided = {number: dict(_decisions(racks, number, before, after)) for number in numbers}

    def __call__(self, rack: RackSample) -> RackSample:
        """The reading as it would have been."""
        packs = tuple(self._pack(pack) for pack in rack.packs)
        if packs == rack.packs:
            return rack
        old, new = aggregate(rack.packs, rack.at_s), aggregate(packs, rack.at_s)
        return replace(
            rack,
            packs=packs,
            limits=_sum_of_limits(rack.limits, old.limits, new.limits),
            status=_sum_of_status(rack.status, old.status, new.status),
        )

    def _pack(self, pack: PackSample) -> PackSample:
        at_s = None if pack.analog is None else pack.analog.at_s
        found = None if at_s is None else self._decided[pack.pack].get(at_s)
        if found is None:
            return pack
        old, new = found
        limits = _merged(pack.limits, _timeless(old.limits), _timeless(new.limits))
        status = pack.status
        if status is not None:
            status = replace(
                status,
                alarms=_moved(status.alarms, old.alarms, new.alarms),
                protections=_moved(status.protections, old.protections, new.protections),
                faults=_moved(status.faults, old.faults, new.faults),
                switches=status.switches if old.switches == new.switches else new.switches,
            )
        return replace(pack, limits=limits, status=status)


def _decisions(
    racks: Sequence[RackSample], number: int, before: Packs, after: Packs
) -> Iterator[tuple[float, tuple[Decision, Decision]]]:
    rows = list(_rows(racks, number, before.product))
    soc_pct = next((soc for rack in racks for soc in _charges(rack, number)), 50.0)
    old = replay(rows, before.product, before.values, soc_pct=soc_pct)
    new = replay(rows, after.product, after.values, soc_pct=soc_pct)
    for (row, first), (_, second) in zip(old, new, strict=True):
        yield row.time_s, (first, second)


def _charges(rack: RackSample, number: int) -> list[float]:
    return [
        pack.analog.soc_pct
        for pack in rack.packs
        if pack.pack == number and pack.analog is not None and pack.analog.soc_pct is not None
    ]


def _rows(racks: Sequence[RackSample], number: int, product: Product) -> Iterator[TraceRow]:
    last_s: float | None = None
    for rack in racks:
        for pack in rack.packs:
            analog = pack.analog
            if pack.pack != number or analog is None or (last_s is not None and analog.at_s <= last_s):
                continue
            last_s = analog.at_s
            yield _row(analog, product)


def _row(analog: Analog, product: Product) -> TraceRow:
    cells: tuple[int | None, ...] = analog.cell_voltages_mv or ()
    warmth: tuple[float | None, ...] = analog.temperatures_c or ()
    # A recording of fewer cells or sensors than the product has lacks them: nothing is made up.
    cells = (*cells, *(None,) * product.cells_in_series)[: product.cells_in_series]
    return TraceRow(
        time_s=analog.at_s,
        current_a=analog.pack_current_a,
        cells_mv=cells,
        temperatures_c=warmth or (None,) * (product.temperature_sensors or 1),
        mos_c=analog.mos_temperature_c,
        env_c=analog.env_temperature_c,
    )


def _timeless(limits: Limits) -> Limits:
    return replace(limits, at_s=0.0)


Group = TypeVar("Group", Limits, Status)


def _merged(told: Group | None, old: Group | None, new: Group | None) -> Group | None:
    """What was told, with what differs between old and new."""
    if told is None or old is None or new is None:
        return told
    names = [item.name for item in fields(told) if getattr(old, item.name) != getattr(new, item.name)]
    return replace(told, **{name: getattr(new, name) for name in names})


def _sum_of_limits(told: Limits | None, old: Limits | None, new: Limits | None) -> Limits | None:
    """The sum of a rack, whose memory is not in the recording.

    Where it was stricter than its packs were, as it is while one is lost or a rise is under way, that goes on to hold:
    other settings of the packs that are heard can make it stricter still, and no looser.
    """
    merged = _merged(told, old, new)
    if told is None or old is None or merged is None:
        return merged
    kept: dict[str, Any] = {}
    for name, stricter, others in _STRICTER:
        was, packs, now = (getattr(limits, name) for limits in (told, old, merged))
        held = was is not None and packs is not None and was != packs and stricter(was, packs) == was
        if held and (now is None or stricter(was, now) == was):
            kept |= {key: getattr(told, key) for key in (name, *others)}
    return replace(merged, **kept)


def _sum_of_status(told: Status | None, old: Status | None, new: Status | None) -> Status | None:
    """Likewise; what stands of packs that are lost goes on to stand."""
    merged = _merged(told, old, new)
    if told is None or old is None or new is None or merged is None:
        return merged
    return replace(
        merged,
        alarms=_moved(told.alarms, old.alarms or frozenset(), new.alarms or frozenset()),
        protections=_moved(told.protections, old.protections or frozenset(), new.protections or frozenset()),
        faults=_moved(told.faults, old.faults or frozenset(), new.faults or frozenset()),
        notices=_moved(told.notices, old.notices or frozenset(), new.notices or frozenset()),
    )


def _moved(told: frozenset[T] | None, old: frozenset[T], new: frozenset[T]) -> frozenset[T] | None:
    return told if told is None else told - (old - new) | (new - old)
