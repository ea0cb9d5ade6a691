"""The protections as rows: what is watched, from which parameters, what opens, and what lets go again.

Numbers are keys of the parameter table; values the guide does not make adjustable stand here with their source.
Read a row like a row of the A5L guide, S/N 1 to 11.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from openress.bms.measure import Signal
from openress.model import Condition

__all__ = ["LOCK_CLEARS_AFTER_S", "LOCK_COUNT", "ROWS", "Path", "Row", "Side", "Way"]

LOCK_COUNT = 10
"""The tenth trip in a row stays (guide, S/N 6)."""
LOCK_CLEARS_AFTER_S = 600.0
"""Trips count as "in a row" until ten minutes pass without one (ours; the guide gives no window)."""


class Side(Enum):
    """On which side of its limits a signal is bad."""

    ABOVE = 1
    BELOW = -1


class Way:
    """Directions of current, and the switches that cut them: bits of a whole number, handled in every step."""

    NONE: Final = 0
    CHARGE: Final = 1
    DISCHARGE: Final = 2
    BOTH: Final = 3


class Path:
    """What lets a protection go, any one is enough: bits of a whole number.

    VALUE: the signal is back at the release value. DISCHARGING, CHARGING: current above 1 A. CHARGER: a charger is
    connected. LOAD_REMOVED: the load is gone from the terminals. MINUTE: one minute has passed, unless locked.
    """

    NONE: Final = 0
    VALUE: Final = 1
    DISCHARGING: Final = 2
    CHARGING: Final = 4
    CHARGER: Final = 8
    LOAD_REMOVED: Final = 16
    MINUTE: Final = 32

    @classmethod
    def names(cls, path: int) -> tuple[str, ...]:
        """The circumstances in `path`, in words."""
        return tuple(
            name.lower().replace("_", " ")
            for name, bit in vars(cls).items()
            if isinstance(bit, int) and bit and path & bit
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One protection.

    Attributes:
        condition: what it is called.
        signal: what it watches, and on which side it is bad.
        keys: its parameters; `*` standing for alarm, protect and release.
        levels: which of those it has: A(larm), P(rotect), R(elease).
        delay: parameter of the delay in ms, or seconds where the delay is fixed.
        opens: the switches it opens.
        paths: what lets it go.
        hysteresis: how far back the signal must come from the alarm for the alarm to end (REQ-073).
        requirement: where it is asked for.
        per_cell: the hysteresis counts for each cell in series.
        locks: its trips count towards the lock-out.
        alarm_way: direction in which its alarm is of interest; none for always (REQ-064).
    """

    condition: Condition
    signal: Signal
    side: Side
    keys: str
    levels: str
    delay: str | float
    opens: int
    paths: int
    hysteresis: float
    requirement: str
    per_cell: bool = False
    locks: bool = False
    alarm_way: int = Way.NONE

    @property
    def alarm(self) -> str | None:
        """Parameter of the alarm; it is raised strictly beyond it."""
        return self._key("A", "alarm")

    @property
    def trip(self) -> str | None:
        """Parameter of the protection; it trips at or beyond it."""
        return self._key("P", "protect")

    @property
    def release(self) -> str | None:
        """Parameter of the release value; let go at it or back from it."""
        return self._key("R", "release")

    def _key(self, level: str, word: str) -> str | None:
        return self.keys.replace("*", word) if level in self.levels else None


_C = Condition
_S = Signal
_UP, _LO = Side.ABOVE, Side.BELOW
_CHG, _DSG, _BOTH, _NO = Way.CHARGE, Way.DISCHARGE, Way.BOTH, Way.NONE
_2S = 2.0
"""Temperatures: the guide prints no delay (REQ-063)."""
_V_D = Path.VALUE | Path.DISCHARGING
_V_C = Path.VALUE | Path.CHARGER
_M_D = Path.MINUTE | Path.DISCHARGING
_M_C = Path.MINUTE | Path.CHARGING
_L_C = Path.LOAD_REMOVED | Path.CHARGING
_VAL = Path.VALUE
_NOT = Path.NONE

# fmt: off
ROWS: tuple[Row, ...] = (
    # condition, signal and its bad side, parameters, levels, delay, opens, released by, alarm hysteresis
    Row(_C.CELL_OVER_VOLTAGE, _S.CELL_MAX_MV, _UP,
        "cell_ov_*_mv",        "APR", "cell_ov_delay_ms",        _CHG,  _V_D,   20, "REQ-020..025"),
    Row(_C.CELL_UNDER_VOLTAGE, _S.CELL_MIN_MV, _LO,
        "cell_uv_*_mv",        "APR", "cell_uv_delay_ms",        _DSG,  _V_C,   20, "REQ-026..030"),
    Row(_C.PACK_OVER_VOLTAGE, _S.PACK_V, _UP,
        "pack_ov_*_v",         "APR", "pack_ov_delay_ms",        _CHG,  _V_D, 0.02, "REQ-031..035", per_cell=True),
    Row(_C.PACK_UNDER_VOLTAGE, _S.PACK_V, _LO,
        "pack_uv_*_v",         "APR", "pack_uv_delay_ms",        _DSG,  _V_C, 0.02, "REQ-036..040", per_cell=True),
    Row(_C.CHARGE_OVER_CURRENT, _S.CHARGE_A, _UP,
        "charge_oc_*_a",       "AP",  "charge_oc_delay_ms",      _CHG,  _M_D,    2, "REQ-041..045"),
    Row(_C.DISCHARGE_OVER_CURRENT, _S.DISCHARGE_A, _UP,
        "discharge_oc_*_a",    "AP",  "discharge_oc_delay_ms",   _DSG,  _M_C,    2, "REQ-046..051", locks=True),
    Row(_C.DISCHARGE_OVER_CURRENT_2, _S.DISCHARGE_A, _UP,
        "discharge_oc2_*_a",   "P",   "discharge_oc2_delay_ms",  _DSG,  _M_C,    2, "REQ-052", locks=True),
    Row(_C.SHORT_CIRCUIT, _S.SHORT, _UP,
        "",                    "",    0.0,                       _DSG,  _L_C,    0, "REQ-053..055"),
    Row(_C.MOS_OVER_TEMPERATURE, _S.MOS_C, _UP,
        "mos_ot_*_c",          "APR", _2S,                       _BOTH, _VAL,    2, "REQ-056..057"),
    Row(_C.CHARGE_UNDER_TEMPERATURE, _S.CELL_MIN_C, _LO,
        "charge_ut_*_c",       "APR", _2S,                       _CHG,  _VAL,    2, "REQ-058", alarm_way=_CHG),
    Row(_C.CHARGE_OVER_TEMPERATURE, _S.CELL_MAX_C, _UP,
        "charge_ot_*_c",       "APR", _2S,                       _CHG,  _VAL,    2, "REQ-059", alarm_way=_CHG),
    Row(_C.DISCHARGE_UNDER_TEMPERATURE, _S.CELL_MIN_C, _LO,
        "discharge_ut_*_c",    "APR", _2S,                       _DSG,  _VAL,    2, "REQ-060", alarm_way=_DSG),
    Row(_C.DISCHARGE_OVER_TEMPERATURE, _S.CELL_MAX_C, _UP,
        "discharge_ot_*_c",    "APR", _2S,                       _DSG,  _VAL,    2, "REQ-061", alarm_way=_DSG),
    Row(_C.AMBIENT_UNDER_TEMPERATURE, _S.ENV_C, _LO,
        "env_ut_*_c",          "APR", _2S,                       _BOTH, _VAL,    2, "REQ-066, REQ-068"),
    Row(_C.AMBIENT_OVER_TEMPERATURE, _S.ENV_C, _UP,
        "env_ot_*_c",          "APR", _2S,                       _BOTH, _VAL,    2, "REQ-067, REQ-068"),
    Row(_C.SOC_LOW, _S.SOC_PCT, _LO,
        "soc_low_*_pct",       "A",   0.0,                       _NO,   _NOT,    2, "REQ-204"),
)
# fmt: on
"""All of them, in the order of the guide."""
