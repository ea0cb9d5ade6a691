"""Energy and charge that went in and out: what flowed between two readings, and totals that never fall.

Current and voltage go straight from one reading to the next; what charges and what discharges is told apart. Over a gap
nothing is counted, for nobody knows what flowed in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["GAP_S", "EnergyMeter", "EnergyTotals", "Flow", "Reading", "flows"]

GAP_S = 15.0
"""Readings further apart have a gap between them: three of the slowest polling cycles (5 s)."""
_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What was measured at the terminals; `at_s` in unix seconds, a positive current charges."""

    at_s: float
    current_a: float
    voltage_v: float


@dataclass(frozen=True, slots=True)
class Flow:
    """What flowed in one direction.

    Attributes:
        begin_s: unix seconds at which it began.
        charge_ah: positive when charging.
        energy_wh: likewise.
        during_s: its length.
    """

    begin_s: float
    charge_ah: float
    energy_wh: float
    during_s: float


def flows(first: Reading, last: Reading, *, cut_s: float | None = None, speed: float = 1.0) -> Iterator[Flow]:
    """What flowed between two readings, each part in one direction and on one side of `cut_s`.

    Args:
        first: the earlier one.
        last: the later one.
        cut_s: unix seconds at which a part ends in any case.
        speed: simulated seconds for each real one; charge and energy are as much more, lengths are real.
    """
    length_s = last.at_s - first.at_s
    rise_a, rise_v = last.current_a - first.current_a, last.voltage_v - first.voltage_v
    places = [0.0, 1.0]
    if cut_s is not None and first.at_s < cut_s < last.at_s:
        places.append((cut_s - first.at_s) / length_s)
    if first.current_a * last.current_a < 0:
        places.append(-first.current_a / rise_a)
    places.sort()
    for begin, end in pairwise(places):
        during_s = (end - begin) * length_s
        amperes = [first.current_a + rise_a * place for place in (begin, end)]
        watts = [amps * (first.voltage_v + rise_v * place) for amps, place in zip(amperes, (begin, end), strict=True)]
        hours = during_s * speed / _HOUR_S
        yield Flow(first.at_s + begin * length_s, sum(amperes) / 2 * hours, sum(watts) / 2 * hours, during_s)


@dataclass(frozen=True, slots=True)
class EnergyTotals:
    """Energy since the counting began, both as magnitudes."""

    charged_wh: float = 0.0
    discharged_wh: float = 0.0


class EnergyMeter:
    """Counts for any number of sources, each under a name of its own.

    Args:
        totals: as kept from before.
    """

    def __init__(self, totals: Mapping[str, EnergyTotals]) -> None:
        self._totals = dict(totals)
        self._last: dict[str, Reading] = {}

    @property
    def totals(self) -> dict[str, EnergyTotals]:
        """All of them, by name."""
        return dict(self._totals)

    def see(self, name: str, now: Reading | None, *, speed: float = 1.0) -> None:
        """Count up to a reading.

        Args:
            name: of the source.
            now: `None` when it is not known or not fresh, which is a gap; so is a clock that was set back or ahead.
            speed: simulated seconds for each real one.
        """
        before = self._last.pop(name, None)
        if now is None:
            return
        self._last[name] = now
        known = self._totals.setdefault(name, EnergyTotals())
        if before is None or not 0.0 < now.at_s - before.at_s <= GAP_S:
            return
        energies_wh = [flow.energy_wh for flow in flows(before, now, speed=speed)]
        self._totals[name] = EnergyTotals(
            known.charged_wh + sum(energy for energy in energies_wh if energy > 0),
            known.discharged_wh - sum(energy for energy in energies_wh if energy < 0),
        )
