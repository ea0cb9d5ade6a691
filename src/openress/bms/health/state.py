"""Health of one pack: everything that is learned and counted about it, step by step."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from openress.bms.estimator import LONGEST_STEP_S, Measurement, PackEstimate, PackModel
from openress.bms.health.capacity import Capacity, KnownCharge, learn_capacity, rated
from openress.bms.health.counters import Counters, NegativeEvent, count
from openress.bms.health.efficiency import Efficiency, at_anchor
from openress.bms.health.resistance import Resistance, see_step
from openress.errors import ParameterError

__all__ = ["Health", "health_from_dict", "new_health", "observe"]

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Health:
    """Health of one pack.

    Args:
        rated_ah: capacity when new, from the label.
        capacity: learned.
        resistance: learned.
        efficiency: learned.
        counters: counted.
        last: the last reading; absent before the first and after a gap.
    """

    rated_ah: float
    capacity: Capacity
    resistance: Resistance = Resistance()
    efficiency: Efficiency = Efficiency()
    counters: Counters = Counters()
    last: Measurement | None = None

    @property
    def soh_pct(self) -> float:
        """State of health: capacity now over rated."""
        return 100.0 * self.capacity.capacity_ah / self.rated_ah

    @property
    def soh_band_pct(self) -> tuple[float, float]:
        """Interval that holds it 95 times out of 100."""
        low, high = self.capacity.band_ah
        return 100.0 * low / self.rated_ah, 100.0 * high / self.rated_ah

    @property
    def full_cycles(self) -> float:
        """Equivalent full cycles."""
        return self.counters.full_cycles(self.rated_ah)

    def learned(self, model: PackModel) -> PackModel:
        """The pack's model with what was learned; build it anew once a day.

        Of the resistance only the growth is taken: age raises all its parts alike, while by how much the first level
        lies off the profile's differs from part to part and cannot be told from steps.
        """
        growth = 1.0 if self.resistance.growth_pct is None else 1.0 + self.resistance.growth_pct / 100.0
        capacity_ah, sigma_ah = self.capacity.capacity_ah, self.capacity.sigma_ah
        return replace(model, capacity_ah=capacity_ah, capacity_doubt=sigma_ah / capacity_ah, resistance=growth)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for a file; the last reading is left out, as a restart is a gap."""
        values = asdict(replace(self, last=None))
        values["counters"]["events"] = [[event.value, times] for event, times in self.counters.events]
        return {"version": _VERSION, **values}


def new_health(rated_ah: float) -> Health:
    """A pack of which only the label is known."""
    return Health(rated_ah, rated(rated_ah))


def observe(
    before: Health,
    measurement: Measurement,
    estimate: PackEstimate,
    dt_s: float,
    model: PackModel,
    *,
    gap: bool = False,
) -> Health:
    """Take in one step of the estimator.

    Args:
        before: health so far.
        measurement: the reading of this step.
        estimate: the estimate after it.
        dt_s: length of the step.
        model: the pack.
        gap: as told to the estimator.
    """
    gap = gap or dt_s > LONGEST_STEP_S
    last = before.last
    held_a = measurement.current_a if last is None else 0.5 * (last.current_a + measurement.current_a)
    pack_v = sum(measurement.cell_voltages_v)
    counters = count(
        before.counters,
        current_a=held_a - estimate.offset_a,
        pack_voltage_v=pack_v,
        temperature_c=measurement.temperature_c,
        soc_pct=estimate.soc_pct,
        dt_s=dt_s,
        gap=gap,
    )
    resistance = before.resistance
    if last is not None and not gap:
        resistance = see_step(resistance, last, measurement, dt_s, model, estimate.mean.soc)
    return Health(
        before.rated_ah,
        learn_capacity(before.capacity, estimate, held_a, dt_s, model, rated_ah=before.rated_ah, gap=gap),
        resistance,
        at_anchor(before.efficiency, estimate.anchors.declared, counters, before.rated_ah * pack_v),
        counters,
        measurement,
    )


def health_from_dict(found: Mapping[str, Any]) -> Health:
    """The inverse of `Health.to_dict`.

    Raises:
        ParameterError: another version, or something missing or damaged.
    """
    if found.get("version") != _VERSION:
        raise ParameterError(f"the saved health has version {found.get('version')!r}, not {_VERSION}; begin anew")
    try:
        counted = dict(found["counters"])
        for name in ("temperature_s", "charging_temperature_s", "soc_s"):
            counted[name] = tuple(float(value) for value in counted[name])
        counted["events"] = tuple((NegativeEvent(name), int(times)) for name, times in counted["events"])
        learned = dict(found["capacity"])
        learned["since"] = None if learned["since"] is None else KnownCharge(**learned["since"])
        health = Health(
            float(found["rated_ah"]),
            Capacity(**learned),
            Resistance(**found["resistance"]),
            Efficiency(**found["efficiency"]),
            Counters(**counted),
        )
        _check(health)
    except (KeyError, TypeError, ValueError) as error:
        raise ParameterError(f"the saved health cannot be read: {error!r}; begin anew") from error
    return health


def _check(health: Health) -> None:
    """Sums must be as long as their bands and never negative, figures finite."""
    counters, fresh = health.counters, Counters()
    for entry in fields(Counters):
        value = getattr(counters, entry.name)
        if isinstance(value, float) and not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{entry.name} is {value}")
        if entry.name.endswith("_s") and isinstance(value, tuple) and len(value) != len(getattr(fresh, entry.name)):
            raise ValueError(f"{entry.name} has {len(value)} bands")
    for figure in (health.rated_ah, health.capacity.capacity_ah, health.capacity.sigma_ah, health.resistance.ratio):
        if not (math.isfinite(figure) and figure > 0):
            raise ValueError(f"a figure is {figure}")
