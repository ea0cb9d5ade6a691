"""The protections as rows: what is watched, from which parameters, what opens, and what lets go again.

Numbers are keys of the parameter table; values the guide does not make adjustable stand here with their source.
Read a row like a row of the A5L guide, S/N 1 to 11.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, Flag, auto

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


class Way(Flag):
    """A direction of current, and the switch that cuts it."""

    NONE = 0
    CHARGE = auto()
    DISCHARGE = auto()
    BOTH = CHARGE | DISCHARGE


class Path(Flag):
    """What lets a protection go; any one is enough."""

    NONE = 0
    VALUE = auto()
    """The signal is back at the release value."""
    DISCHARGING = auto()
    """Discharge current above 1 A."""
    CHARGING = auto()
    """Charge current above 1 A."""
    CHARGER = auto()
    """A charger is connected."""
    LOAD_REMOVED = auto()
    """The load is gone from the terminals."""
    MINUTE = auto()
    """One minute has passed, unless the protection is locked."""


@dataclass(frozen=True, slots=True)
class Row:
    """One protection.

    Attributes:
        condition: what it is called.
        signal: what it watches, and on which side it is bad.
        alarm: parameter of the alarm; the alarm is raised strictly beyond it.
        trip: parameter of the protection; it trips at or beyond it.
        release: parameter of the release value; let go at it or back from it.
        delay: parameter of the delay in ms or us, or seconds where the delay is fixed.
        opens: the switches it opens.
        paths: what lets it go.
        hysteresis: how far back the signal must come from the alarm for the alarm to end (REQ-073).
        per_cell: the hysteresis counts for each cell in series.
        locks: its trips count towards the lock-out.
        alarm_way: direction in which its alarm is of interest; none for always (REQ-064).
        requirement: where it is asked for.
    """

    condition: Condition
    signal: Signal
    side: Side
    alarm: str | None
    trip: str | None
    release: str | None
    delay: str | float
    opens: Way
    paths: Path
    hysteresis: float
    per_cell: bool = False
    locks: bool = False
    alarm_way: Way = Way.NONE
    requirement: str = ""


_C = Condition
_S = Signal
_UP, _DOWN = Side.ABOVE, Side.BELOW
_CHG, _DSG, _BOTH, _NO = Way.CHARGE, Way.DISCHARGE, Way.BOTH, Way.NONE
_SENSOR_DELAY_S = 2.0
"""Temperatures: the guide prints no delay (REQ-063)."""
_V_DSG = Path.VALUE | Path.DISCHARGING
_V_CHR = Path.VALUE | Path.CHARGER
_MIN_DSG = Path.MINUTE | Path.DISCHARGING
_MIN_CHG = Path.MINUTE | Path.CHARGING
_SHORT = Path.CHARGING | Path.LOAD_REMOVED
_VALUE = Path.VALUE

# fmt: off
ROWS: tuple[Row, ...] = (
    # condition                       signal          side   alarm                    trip                       release                    delay                     opens  paths    hysteresis
    Row(_C.CELL_OVER_VOLTAGE,         _S.CELL_MAX_MV, _UP,   "cell_ov_alarm_mv",      "cell_ov_protect_mv",      "cell_ov_release_mv",      "cell_ov_delay_ms",       _CHG,  _V_DSG,   20, requirement="REQ-020..025"),
    Row(_C.CELL_UNDER_VOLTAGE,        _S.CELL_MIN_MV, _DOWN, "cell_uv_alarm_mv",      "cell_uv_protect_mv",      "cell_uv_release_mv",      "cell_uv_delay_ms",       _DSG,  _V_CHR,   20, requirement="REQ-026..030"),
    Row(_C.PACK_OVER_VOLTAGE,         _S.PACK_V,      _UP,   "pack_ov_alarm_v",       "pack_ov_protect_v",       "pack_ov_release_v",       "pack_ov_delay_ms",       _CHG,  _V_DSG, 0.02, per_cell=True, requirement="REQ-031..035"),
    Row(_C.PACK_UNDER_VOLTAGE,        _S.PACK_V,      _DOWN, "pack_uv_alarm_v",       "pack_uv_protect_v",       "pack_uv_release_v",       "pack_uv_delay_ms",       _DSG,  _V_CHR, 0.02, per_cell=True, requirement="REQ-036..040"),
    Row(_C.CHARGE_OVER_CURRENT,       _S.CHARGE_A,    _UP,   "charge_oc_alarm_a",     "charge_oc_protect_a",     None,                      "charge_oc_delay_ms",     _CHG,  _MIN_DSG,  2, requirement="REQ-041..045"),
    Row(_C.DISCHARGE_OVER_CURRENT,    _S.DISCHARGE_A, _UP,   "discharge_oc_alarm_a",  "discharge_oc_protect_a",  None,                      "discharge_oc_delay_ms",  _DSG,  _MIN_CHG,  2, locks=True, requirement="REQ-046..051"),
    Row(_C.DISCHARGE_OVER_CURRENT_2,  _S.DISCHARGE_A, _UP,   None,                    "discharge_oc2_protect_a", None,                      "discharge_oc2_delay_ms", _DSG,  _MIN_CHG,  2, locks=True, requirement="REQ-052"),
    Row(_C.SHORT_CIRCUIT,             _S.SHORT,       _UP,   None,                    None,                      None,                      0.0,                      _DSG,  _SHORT,    0, requirement="REQ-053..055"),
    Row(_C.MOS_OVER_TEMPERATURE,      _S.MOS_C,       _UP,   "mos_ot_alarm_c",        "mos_ot_protect_c",        "mos_ot_release_c",        _SENSOR_DELAY_S,          _BOTH, _VALUE,    2, requirement="REQ-056..057"),
    Row(_C.CHARGE_UNDER_TEMPERATURE,  _S.CELL_MIN_C,  _DOWN, "charge_ut_alarm_c",     "charge_ut_protect_c",     "charge_ut_release_c",     _SENSOR_DELAY_S,          _CHG,  _VALUE,    2, alarm_way=_CHG, requirement="REQ-058"),
    Row(_C.CHARGE_OVER_TEMPERATURE,   _S.CELL_MAX_C,  _UP,   "charge_ot_alarm_c",     "charge_ot_protect_c",     "charge_ot_release_c",     _SENSOR_DELAY_S,          _CHG,  _VALUE,    2, alarm_way=_CHG, requirement="REQ-059"),
    Row(_C.DISCHARGE_UNDER_TEMPERATURE, _S.CELL_MIN_C, _DOWN, "discharge_ut_alarm_c", "discharge_ut_protect_c",  "discharge_ut_release_c",  _SENSOR_DELAY_S,          _DSG,  _VALUE,    2, alarm_way=_DSG, requirement="REQ-060"),
    Row(_C.DISCHARGE_OVER_TEMPERATURE, _S.CELL_MAX_C, _UP,   "discharge_ot_alarm_c",  "discharge_ot_protect_c",  "discharge_ot_release_c",  _SENSOR_DELAY_S,          _DSG,  _VALUE,    2, alarm_way=_DSG, requirement="REQ-061"),
    Row(_C.AMBIENT_UNDER_TEMPERATURE, _S.ENV_C,       _DOWN, "env_ut_alarm_c",        "env_ut_protect_c",        "env_ut_release_c",        _SENSOR_DELAY_S,          _BOTH, _VALUE,    2, requirement="REQ-066, REQ-068"),
    Row(_C.AMBIENT_OVER_TEMPERATURE,  _S.ENV_C,       _UP,   "env_ot_alarm_c",        "env_ot_protect_c",        "env_ot_release_c",        _SENSOR_DELAY_S,          _BOTH, _VALUE,    2, requirement="REQ-067, REQ-068"),
    Row(_C.SOC_LOW,                   _S.SOC_PCT,     _DOWN, "soc_low_alarm_pct",     None,                      None,                      0.0,                      _NO,   Path.NONE, 2, requirement="REQ-204"),
)
# fmt: on
"""All of them, in the order of the guide."""
