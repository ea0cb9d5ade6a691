"""The front panel's lamps: RUN, ALM and four for the state of charge.

The table of the A5L guide, row by row; where several rows apply, the first one that does wins (REQ-094).
Flash 1 is 0.25 s on and 3.75 s off, flash 2 is 0.5 / 0.5, flash 3 is 0.5 / 1.5 (guide, LED Indicator Description).
"""

from __future__ import annotations

from enum import Enum

from openress.model import Lamp, Lamps

__all__ = ["DARK", "LampRow", "lamps", "lit", "soc_bar"]


_RHYTHM_S = {Lamp.FLASH1: (0.25, 4.0), Lamp.FLASH2: (0.5, 1.0), Lamp.FLASH3: (0.5, 2.0)}
"""Seconds lit, and of the whole period."""


def lit(lamp: Lamp, at_s: float) -> bool:
    """Whether the lamp gives light at a moment; every rhythm begins lit at 0."""
    if lamp in _RHYTHM_S:
        lit_s, period_s = _RHYTHM_S[lamp]
        return at_s % period_s < lit_s
    return lamp is Lamp.ON


_ALL_OFF = (Lamp.OFF, Lamp.OFF, Lamp.OFF, Lamp.OFF)
_ALL_ON = (Lamp.ON, Lamp.ON, Lamp.ON, Lamp.ON)
DARK = Lamps(Lamp.OFF, Lamp.OFF, _ALL_OFF)
_ALM = Lamps(Lamp.OFF, Lamp.ON, _ALL_OFF)


class LampRow(Enum):
    """A row of the table: status and kind of trouble. The value is (RUN, ALM, SOC); no SOC follows the capacity."""

    SHUT_DOWN = ("shut down", Lamp.OFF, Lamp.OFF, _ALL_OFF)
    STANDBY = ("standby", Lamp.FLASH1, Lamp.OFF, None)
    STANDBY_WARNING = ("standby, warning", Lamp.FLASH1, Lamp.FLASH3, None)
    CHARGE = ("charge", Lamp.ON, Lamp.OFF, None)
    CHARGE_WARNING = ("charge, warning", Lamp.ON, Lamp.FLASH3, None)
    OVER_CHARGE = ("charge, over-charge protection", Lamp.ON, Lamp.OFF, _ALL_ON)
    CHARGE_PROTECTION = ("charge, temperature / over-current / failure protection", Lamp.OFF, Lamp.OFF, _ALL_OFF)
    DISCHARGE = ("discharge", Lamp.ON, Lamp.OFF, None)
    DISCHARGE_WARNING = ("discharge, warning", Lamp.ON, Lamp.FLASH3, None)
    UNDER_VOLTAGE = ("discharge, under-voltage protection", Lamp.OFF, Lamp.OFF, _ALL_OFF)
    DISCHARGE_PROTECTION = ("discharge, temperature / over-current / short circuit", Lamp.OFF, Lamp.ON, _ALL_OFF)
    FAILURE = ("failure", Lamp.OFF, Lamp.ON, _ALL_OFF)


def soc_bar(soc_pct: float | None, *, charging: bool) -> tuple[Lamp, Lamp, Lamp, Lamp]:
    """25 % for each lamp; the topmost lit one flashes while charging. An unknown state of charge lights none.

    Source: Seplos 200 A, Hanchu and LFP48100P manuals, which agree; the A5L guide says "follow module capacity".
    """
    if soc_pct is None:
        return _ALL_OFF
    top = max(0, min(3, int(soc_pct // 25)))
    first, second, third, fourth = [
        Lamp.OFF if lamp > top else (Lamp.FLASH2 if charging and lamp == top else Lamp.ON) for lamp in range(4)
    ]
    return first, second, third, fourth


def lamps(row: LampRow, soc_pct: float | None, *, alm_on_fault: bool) -> Lamps:
    """The lamps of a row.

    Args:
        row: of the table.
        soc_pct: for the rows that follow the capacity.
        alm_on_fault: light ALM where the guide leaves a charge protection dark, as sibling products do.
    """
    if row is LampRow.CHARGE_PROTECTION and alm_on_fault:
        return _ALM
    _, run, alm, soc = row.value
    if soc is None:
        soc = soc_bar(soc_pct, charging=row in (LampRow.CHARGE, LampRow.CHARGE_WARNING))
    return Lamps(run, alm, soc)
