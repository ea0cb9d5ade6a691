"""How LiFePO4 cells age: capacity lost lying still, capacity lost by use, and resistance gained.

Lying still: loss = k(T, SOC) t^p, and a change of conditions goes on from the loss so far, not from the time so far.
By use: loss = k(C-rate, depth) sqrt(full cycles), likewise. Both add. These are laws of one cell each, no promise:
packs live 20-30 % shorter than cells (NREL BLAST-Lite's authors on their own models).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from openress.errors import StateError

__all__ = ["CALENDAR", "CYCLE", "RESISTANCE", "Ageing", "CalendarLaw", "CycleLaw", "age"]

_DAYS_PER_YEAR = 365.25
_ZERO_C_KELVIN = 273.15
_REFERENCE_KELVIN = 298.15


@dataclass(frozen=True, slots=True)
class CalendarLaw:
    """What time does to a cell at rest.

    Args:
        at_25_c_pct: in the first year at 25 C and 50 % SOC, % of the new value.
        kelvin: activation temperature at 50 % SOC.
        kelvin_per_soc: how much it rises per unit of state of charge: heat hurts a full cell less than an empty one.
        slope: relative rise per unit of state of charge around 50 %.
        square: of its square.
        cube: of its cube.
        exponent: of time.
        source: of the measurements.
    """

    at_25_c_pct: float
    kelvin: float
    kelvin_per_soc: float
    slope: float
    square: float
    cube: float
    exponent: float
    source: str

    def first_year_pct(self, temperature_c: float, soc: float) -> float:
        """Change in the first year under constant conditions; `soc` as a fraction."""
        inverse = 1.0 / (temperature_c + _ZERO_C_KELVIN) - 1.0 / _REFERENCE_KELVIN
        off = soc - 0.5
        shape = 1.0 + off * (self.slope + off * (self.square + off * self.cube))
        return self.at_25_c_pct * exp(-(self.kelvin + self.kelvin_per_soc * off) * inverse) * max(shape, 0.0)

    def after(self, before_pct: float, temperature_c: float, soc: float, days: float) -> float:
        """Change after `days` more, beginning from `before_pct`."""
        first = self.first_year_pct(temperature_c, soc)
        years: float = days / _DAYS_PER_YEAR
        root: float = before_pct ** (1.0 / self.exponent) + first ** (1.0 / self.exponent) * years
        grown: float = root**self.exponent
        return grown


@dataclass(frozen=True, slots=True)
class CycleLaw:
    """What use does to a cell.

    Args:
        per_c_rate: rise with the C-rate.
        at_rest: its value towards no current.
        per_depth_cubed: rise with (depth of cycle - 0.6) cubed.
        at_60_pct: its value at a depth of 0.6.
        source: of the law.
    """

    per_c_rate: float
    at_rest: float
    per_depth_cubed: float
    at_60_pct: float
    source: str

    def first_cycle_pct(self, c_rate: float, depth: float) -> float:
        """Loss by the first equivalent full cycle; `depth` as a fraction."""
        by_depth: float = self.per_depth_cubed * (depth - 0.6) ** 3 + self.at_60_pct
        return (self.per_c_rate * c_rate + self.at_rest) * by_depth

    def after(self, before_pct: float, c_rate: float, depth: float, full_cycles: float) -> float:
        """Loss after so many equivalent full cycles more, beginning from `before_pct`."""
        grown: float = (before_pct**2 + self.first_cycle_pct(c_rate, depth) ** 2 * full_cycles) ** 0.5
        return grown


_NAUMANN_CALENDAR = (
    "fitted here to M. Naumann et al., 3 Ah LiFePO4/graphite, 17 conditions of 0-60 C and 0-100 % SOC, 885 days, "
    "doi 10.17632/kxh42bfgtj.1 (CC BY 4.0); paper doi 10.1016/j.est.2018.01.019"
)

CALENDAR = CalendarLaw(3.137, 3811.0, -3660.0, 1.219, 1.092, 3.148, 0.499, _NAUMANN_CALENDAR)
"""Capacity: within 0.9 points of every reading at 25 C, within 2 of every reading at all."""

RESISTANCE = CalendarLaw(1.831, 8271.0, 0.0, 0.440, -1.920, 0.0, 0.883, _NAUMANN_CALENDAR)
"""10 s resistance, % added: within 3 points at 0-40 C but for one outlier, within 4.4 at 60 C (of 69)."""

CYCLE = CycleLaw(
    0.0630,
    0.0971,
    4.0253,
    1.0923,
    "M. Naumann, F. Spingler, A. Jossen, J. Power Sources 451 (2020) 227666, same cell at 40 C; figures as published",
)


@dataclass(frozen=True, slots=True)
class Ageing:
    """How far a cell has aged, in % of the new value.

    Args:
        calendar_pct: capacity lost lying still.
        cycle_pct: capacity lost by use.
        resistance_pct: resistance gained.
    """

    calendar_pct: float = 0.0
    cycle_pct: float = 0.0
    resistance_pct: float = 0.0

    @property
    def capacity_pct(self) -> float:
        """Capacity left."""
        return 100.0 - self.calendar_pct - self.cycle_pct


def age(
    before: Ageing,
    days: float,
    *,
    temperature_c: float,
    soc: float,
    full_cycles: float = 0.0,
    c_rate: float = 0.0,
    depth: float = 0.0,
) -> Ageing:
    """Let time pass and charge move.

    Args:
        before: how far it has aged.
        days: that pass.
        temperature_c: of the cell, mean over those days.
        soc: state of charge as a fraction, likewise.
        full_cycles: equivalent full cycles in those days.
        c_rate: at which they are done.
        depth: of each, as a fraction.

    Raises:
        StateError: time or use that is negative.
    """
    if days < 0 or full_cycles < 0:
        raise StateError(f"a cell cannot age by {days} days and {full_cycles} cycles; give 0 or more")
    return Ageing(
        CALENDAR.after(before.calendar_pct, temperature_c, soc, days),
        CYCLE.after(before.cycle_pct, c_rate, depth, full_cycles),
        RESISTANCE.after(before.resistance_pct, temperature_c, soc, days),
    )
