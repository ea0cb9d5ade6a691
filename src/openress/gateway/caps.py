"""Caps: what a person, a remote command or a product's data sheet takes off the limits that the packs allow.

A cap only ever restricts. What is missing, negative or no number is no limit to pass on: it becomes 0.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from math import isfinite

from openress.errors import ParameterError
from openress.model import Limits

__all__ = ["CHEMISTRY_CELL_V", "SOC_RETURN_PCT", "Caps", "Rule", "SocWindow", "Step", "ceiling", "positive", "restrict"]

CHEMISTRY_CELL_V = 3.65
"""No LiFePO4 cell is asked above this, whatever anybody sends: the over-voltage protection of the A5L guide."""
SOC_RETURN_PCT = 2.0
"""A direction that the window has closed opens again this far inside of it (ours: an estimate trembles by less)."""


class Rule(StrEnum):
    """Who had a say in what the inverter is told, in the order in which they have it."""

    PACKS = "packs"
    INVALID = "invalid"
    PRODUCT = "product"
    USER = "user"
    REMOTE = "remote"
    WINDOW = "soc_window"
    CONTRADICTION = "contradiction"
    RISING = "rising"
    STALE = "stale"
    HANDED_OVER = "handed_over"
    ENDING = "ending"


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain of reasons: what a rule left of the limits; a value it did not touch is `None`."""

    rule: Rule
    charge_voltage_v: float | None = None
    charge_current_a: float | None = None
    discharge_current_a: float | None = None


@dataclass(frozen=True, slots=True)
class Caps:
    """Upper bounds that somebody has set; `None` sets none.

    Attributes:
        charge_voltage_v: of the rack.
        charge_current_a: of the rack, as a magnitude.
        discharge_current_a: likewise.
        soc_min_pct: at or below it nothing more is taken out.
        soc_max_pct: at or above it nothing more is put in.

    Raises:
        ParameterError: a cap that is negative or no number, or a window without room in it.
    """

    charge_voltage_v: float | None = None
    charge_current_a: float | None = None
    discharge_current_a: float | None = None
    soc_min_pct: float | None = None
    soc_max_pct: float | None = None

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if value is not None and not (isfinite(value) and value >= 0.0):
                raise ParameterError(f"A cap of {value} for {item.name} is none; give a number of 0 or more.")
        low, high = self.soc_min_pct or 0.0, 100.0 if self.soc_max_pct is None else self.soc_max_pct
        if not 0.0 <= low + 2 * SOC_RETURN_PCT <= high <= 100.0:
            raise ParameterError(
                f"A window from {low:g} to {high:g} % has no room in it: keep {2 * SOC_RETURN_PCT:g} % or more between "
                "the two, both within 0 to 100 %."
            )


def positive(value: float | None) -> float:
    """A limit that can be passed on: what is absent, negative or no finite number is 0."""
    return value if value is not None and isfinite(value) and value > 0.0 else 0.0


def ceiling(
    *,
    packs: int,
    cells: int | None,
    charge_voltage_v: float | None,
    charge_current_a: float | None,
    discharge_current_a: float | None,
) -> Caps:
    """What the data sheet allows a rack of `packs`.

    Args:
        packs: that take part.
        cells: in series; bounds the voltage where the data sheet does not.
        charge_voltage_v: published for one pack.
        charge_current_a: likewise.
        discharge_current_a: likewise.
    """
    chemistry_v = None if cells is None else cells * CHEMISTRY_CELL_V
    voltages = [value for value in (charge_voltage_v, chemistry_v) if value is not None]
    return Caps(
        min(voltages, default=None),
        None if charge_current_a is None else packs * charge_current_a,
        None if discharge_current_a is None else packs * discharge_current_a,
    )


def restrict(limits: Limits, caps: Caps, rule: Rule) -> tuple[Limits, Step | None]:
    """The limits under `caps`, and the link of the chain when they changed anything."""
    voltage_v = _capped(limits.charge_voltage_limit_v, caps.charge_voltage_v)
    charge_a = _capped(limits.charge_current_limit_a, caps.charge_current_a)
    discharge_a = _capped(limits.discharge_current_limit_a, caps.discharge_current_a)
    step = Step(
        rule,
        voltage_v if voltage_v != limits.charge_voltage_limit_v else None,
        charge_a if charge_a != limits.charge_current_limit_a else None,
        discharge_a if discharge_a != limits.discharge_current_limit_a else None,
    )
    if step == Step(rule):
        return limits, None
    capped = replace(
        limits, charge_voltage_limit_v=voltage_v, charge_current_limit_a=charge_a, discharge_current_limit_a=discharge_a
    )
    return capped, step


def _capped(value: float | None, cap: float | None) -> float | None:
    return value if value is None or cap is None else min(value, cap)


class SocWindow:
    """Closes a direction at the end of a window of charge, and opens it again a little inside."""

    __slots__ = ("_empty", "_full")

    def __init__(self) -> None:
        self._empty = self._full = False

    @property
    def ends(self) -> tuple[bool, bool]:
        """Whether it has closed charging, and discharging."""
        return self._full, self._empty

    def set(self, *, full: bool, empty: bool) -> None:
        """Go on where another window was."""
        self._full, self._empty = full, empty

    def closed(self, caps: Caps, soc_pct: float | None) -> Caps:
        """What the window of `caps` closes at a state of charge; one that is not known closes both ends."""
        low, high = caps.soc_min_pct, caps.soc_max_pct
        if soc_pct is None:
            self._full, self._empty = high is not None, low is not None
        else:
            self._full = high is not None and soc_pct >= high - (SOC_RETURN_PCT if self._full else 0.0)
            self._empty = low is not None and soc_pct <= low + (SOC_RETURN_PCT if self._empty else 0.0)
        return Caps(charge_current_a=0.0 if self._full else None, discharge_current_a=0.0 if self._empty else None)
