"""Why a limit is what it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["LimitRule", "Reason"]


class LimitRule(StrEnum):
    """What holds a limit down."""

    RATED = "rated"
    USER_CAP = "user_cap"
    CELL_VOLTAGE = "cell_voltage"
    COLD = "cold"
    HEAT = "heat"
    MOS_HEAT = "mos_heat"
    PROTECTION = "protection"
    FAULT = "fault"
    SWITCHED_OFF = "switched_off"
    PACK_VOLTAGE = "pack_voltage"
    AMBIENT = "ambient"
    LIMITER = "limiter"
    DEEP_DISCHARGE = "deep_discharge"
    RISING = "rising"
    PACK_LOST = "pack_lost"
    SHARE = "share"
    STARTING = "starting"
    OWN_WORD = "own_word"
    SETTINGS = "settings"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """The rule that gave the smallest value, and what it looked at.

    Attributes:
        rule: the rule.
        value: what it looked at, in the unit of its kind; `None` when it looked at no number.
        cell: number of the cell that decided, from 1.
        names: conditions or faults that decided.
        pack: number of the pack that decided, in the reason of a rack.
    """

    rule: LimitRule
    value: float | None = None
    cell: int | None = None
    names: tuple[str, ...] = ()
    pack: int | None = None
