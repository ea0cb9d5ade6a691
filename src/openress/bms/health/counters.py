"""What a pack has been through: charge and energy moved, time in each band of temperature and charge, bad events."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from openress.model import Condition

__all__ = ["SHORTENS_LIFE", "SOC_BANDS_PCT", "TEMPERATURE_BANDS_C", "Counters", "NegativeEvent", "count", "count_event"]

TEMPERATURE_BANDS_C = (-20.0, -10.0, 0.0, 10.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0, 55.0, 60.0)
"""Edges; band k holds what is at least edge k-1 and below edge k, so there is one band more than edges."""

SOC_BANDS_PCT = (5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 95.0, 99.0)
"""Likewise."""

_SECONDS_PER_HOUR = 3600.0


class NegativeEvent(Enum):
    """What shortens a battery's life; Regulation (EU) 2023/1542 annex VII part B names the kind, not the list."""

    DEEP_DISCHARGE = "deep discharge"
    OVER_CHARGE = "over-charge"
    OVER_TEMPERATURE = "over-temperature"
    FROST_CHARGE = "charge below 0 C"
    OVER_CURRENT = "over-current"
    SHORT_CIRCUIT = "short circuit"


SHORTENS_LIFE: Mapping[Condition, NegativeEvent] = {
    Condition.CELL_UNDER_VOLTAGE: NegativeEvent.DEEP_DISCHARGE,
    Condition.CELL_OVER_VOLTAGE: NegativeEvent.OVER_CHARGE,
    Condition.CHARGE_OVER_TEMPERATURE: NegativeEvent.OVER_TEMPERATURE,
    Condition.DISCHARGE_OVER_TEMPERATURE: NegativeEvent.OVER_TEMPERATURE,
    Condition.CHARGE_UNDER_TEMPERATURE: NegativeEvent.FROST_CHARGE,
    Condition.CHARGE_OVER_CURRENT: NegativeEvent.OVER_CURRENT,
    Condition.DISCHARGE_OVER_CURRENT: NegativeEvent.OVER_CURRENT,
    Condition.SHORT_CIRCUIT: NegativeEvent.SHORT_CIRCUIT,
}
"""Protections whose trips count; those of the pack's own voltage come along with the cells'."""


def _zeros(edges: tuple[float, ...]) -> tuple[float, ...]:
    return (0.0,) * (len(edges) + 1)


@dataclass(frozen=True, slots=True)
class Counters:
    """Sums since the pack was put into service; nothing is ever subtracted.

    Args:
        charged_ah: into the cells.
        discharged_ah: out of them, counted positive.
        charged_wh: likewise in energy, at the pack's terminals.
        discharged_wh: likewise.
        observed_s: time with readings.
        unobserved_s: time without; what flowed then is in no other counter.
        temperature_s: time in each of `TEMPERATURE_BANDS_C`.
        charging_temperature_s: the part of it while charging.
        soc_s: time in each of `SOC_BANDS_PCT`.
        events: how often each happened, those that did.
    """

    charged_ah: float = 0.0
    discharged_ah: float = 0.0
    charged_wh: float = 0.0
    discharged_wh: float = 0.0
    observed_s: float = 0.0
    unobserved_s: float = 0.0
    temperature_s: tuple[float, ...] = field(default_factory=lambda: _zeros(TEMPERATURE_BANDS_C))
    charging_temperature_s: tuple[float, ...] = field(default_factory=lambda: _zeros(TEMPERATURE_BANDS_C))
    soc_s: tuple[float, ...] = field(default_factory=lambda: _zeros(SOC_BANDS_PCT))
    events: tuple[tuple[NegativeEvent, int], ...] = ()

    def full_cycles(self, rated_ah: float) -> float:
        """Equivalent full cycles: half of all charge moved, over the rated capacity."""
        return 0.5 * (self.charged_ah + self.discharged_ah) / rated_ah

    def seconds_outside(self, low_c: float, high_c: float, *, charging: bool = False) -> tuple[float, float]:
        """Time below `low_c` and at or above `high_c`; both must be edges of the bands."""
        seconds = self.charging_temperature_s if charging else self.temperature_s
        below, above = TEMPERATURE_BANDS_C.index(low_c), TEMPERATURE_BANDS_C.index(high_c)
        return sum(seconds[: below + 1]), sum(seconds[above + 1 :])


def count(
    before: Counters,
    *,
    current_a: float,
    pack_voltage_v: float,
    temperature_c: float,
    soc_pct: float,
    dt_s: float,
    gap: bool = False,
) -> Counters:
    """Add one step.

    Args:
        before: sums so far.
        current_a: positive charges, less the sensor's known offset.
        pack_voltage_v: sum of the cells.
        temperature_c: mean of the cells.
        soc_pct: state of charge.
        dt_s: length of the step.
        gap: nobody looked; only `unobserved_s` grows.
    """
    if gap:
        return replace(before, unobserved_s=before.unobserved_s + dt_s)
    ah = current_a * dt_s / _SECONDS_PER_HOUR
    charging = current_a > 0
    return Counters(
        before.charged_ah + (ah if charging else 0.0),
        before.discharged_ah - (0.0 if charging else ah),
        before.charged_wh + (ah * pack_voltage_v if charging else 0.0),
        before.discharged_wh - (0.0 if charging else ah * pack_voltage_v),
        before.observed_s + dt_s,
        before.unobserved_s,
        _added(before.temperature_s, TEMPERATURE_BANDS_C, temperature_c, dt_s),
        _added(before.charging_temperature_s, TEMPERATURE_BANDS_C, temperature_c, dt_s if charging else 0.0),
        _added(before.soc_s, SOC_BANDS_PCT, soc_pct, dt_s),
        before.events,
    )


def count_event(before: Counters, event: NegativeEvent) -> Counters:
    """Add one bad event; the caller says once for each that it began."""
    events = dict(before.events)
    events[event] = events.get(event, 0) + 1
    return replace(before, events=tuple(sorted(events.items(), key=lambda item: item[0].value)))


def _added(seconds: tuple[float, ...], edges: tuple[float, ...], value: float, dt_s: float) -> tuple[float, ...]:
    band = bisect_right(edges, value)
    return (*seconds[:band], seconds[band] + dt_s, *seconds[band + 1 :])
