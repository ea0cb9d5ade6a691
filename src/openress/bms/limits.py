"""What the pack allows now, CVL, CCL and DCL, and why.

Every rule gives a limit and a reason; the smallest counts, and its reason goes with it. A limit falls at once and rises
slowly, so that a value that trembles at the knee of a curve does not make the inverter hunt.

The curves are ours, shaped after what home-storage packs are run with (dbus-serialbattery's defaults, ENNOID's
throttle): full current over the plateau, little at the ends, nothing where a protection would act.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openress.bms.measure import Measurement, Signal, Signals
from openress.bms.rows import Way
from openress.model import LimitRule, Limits, Reason

__all__ = ["Curve", "LimitSettings", "Limiter", "curve"]

RISE_PER_S = 0.02
"""Of the rated current, each second: back to full in 50 s (ENNOID: 1 to 2 % every 100 ms, but for one pack alone)."""
CVL_RISE_V_PER_S = 0.02
BELOW_ALARM = 0.9
"""A limit stays a tenth below the over-current alarm, or obeying it would ring."""

Curve = tuple[tuple[float, float], ...]
"""Points of (value, share of the rated current), straight between them, level outside."""

CHARGE_BY_CELL_MV: Curve = ((3400, 1.0), (3430, 0.5), (3450, 0.1), (3480, 0.02), (3500, 0.0))
DISCHARGE_BY_CELL_MV: Curve = ((2800, 0.0), (2900, 0.1), (3000, 0.5), (3050, 1.0))
CHARGE_BY_COLD_C: Curve = ((0, 0.0), (5, 0.5), (10, 1.0))
"""Nothing in frost: charging plates lithium (REQ-065)."""
DISCHARGE_BY_COLD_C: Curve = ((-20, 0.0), (-10, 0.3), (0, 0.6), (5, 1.0))
BY_HEAT_C: Curve = ((45, 1.0), (55, 0.0))
"""The guide's operating limit is 55 C (REQ-008, INC-05)."""
STEERING_BY_DISTANCE_MV: Curve = ((30, 1.0), (100, 0.0))
"""Share of the steering by how far the highest cell is below its target."""
BY_MOS_C: Curve = ((80, 1.0), (90, 0.5), (110, 0.0))
"""Half at the MOS alarm, nothing at its protection."""


def curve(points: Curve, value: float) -> float:
    """The share that `points` give at `value`."""
    low, share = points[0]
    if value <= low:
        return share
    for high, next_share in points[1:]:
        if value <= high:
            return share + (next_share - share) * (value - low) / (high - low)
        low, share = high, next_share
    return share


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """What limits start from; caps are a person's own and can only tighten.

    Attributes:
        charge_voltage_v: the product's charge voltage.
        discharge_voltage_v: the product's end of discharge.
        charge_current_a: the product's recommended charge current, never above its published maximum.
        discharge_current_a: its published discharge maximum.
        steer_cell_mv: the charge voltage is lowered so that no cell passes this (REQ-185).
    """

    charge_voltage_v: float
    discharge_voltage_v: float
    charge_current_a: float
    discharge_current_a: float
    cells: int
    charge_cap_a: float | None = None
    discharge_cap_a: float | None = None
    steer_cell_mv: float = 3450.0


class Limiter:
    """Machine that turns measurements into limits; remembers only what it allowed last."""

    __slots__ = ("_charge_a", "_charge_v", "_discharge_a", "_settings", "_when_s")

    def __init__(self, settings: LimitSettings) -> None:
        self._settings = settings
        self._charge_a: float | None = None
        self._discharge_a: float | None = None
        self._charge_v: float | None = None
        self._when_s: float | None = None

    def step(
        self, now: Measurement, found: Signals, now_s: float, blocked: Way, because: Callable[[Way], Reason]
    ) -> Limits:
        """Form the limits of one measurement.

        Args:
            now: the measurement.
            found: its signals.
            now_s: its time.
            blocked: directions in which nothing may flow.
            because: why a blocked direction is blocked.
        """
        s = self._settings
        dt_s = 0.0 if self._when_s is None else max(0.0, now_s - self._when_s)
        self._when_s = now_s
        charge = _capped(s.charge_current_a, s.charge_cap_a)
        discharge = _capped(s.discharge_current_a, s.discharge_cap_a)
        wanted, why = self._charge(now, found, charge)
        if Way.CHARGE in blocked:
            wanted, why = 0.0, because(Way.CHARGE)
        self._charge_a, charge_reason = _slowly(self._charge_a, wanted, why, s.charge_current_a, dt_s)
        wanted, why = self._discharge(now, found, discharge)
        if Way.DISCHARGE in blocked:
            wanted, why = 0.0, because(Way.DISCHARGE)
        self._discharge_a, discharge_reason = _slowly(self._discharge_a, wanted, why, s.discharge_current_a, dt_s)
        return Limits(
            now_s,
            charge_voltage_limit_v=self._steered(found, dt_s),
            charge_current_limit_a=self._charge_a,
            discharge_current_limit_a=self._discharge_a,
            discharge_voltage_limit_v=s.discharge_voltage_v,
            charge_enabled=Way.CHARGE not in blocked,
            discharge_enabled=Way.DISCHARGE not in blocked,
            charge_reason=charge_reason,
            discharge_reason=discharge_reason,
        )

    def _charge(self, now: Measurement, found: Signals, most: tuple[float, Reason]) -> tuple[float, Reason]:
        rated = self._settings.charge_current_a
        best, why = most
        for rule, signal, points in _CHARGE_RULES:
            best, why = _lower(best, why, rule, found[signal], points, rated)
        if why.rule is LimitRule.CELL_VOLTAGE and why.value is not None:
            why = Reason(why.rule, why.value, 1 + now.cell_voltages_mv.index(int(why.value)))
        return best, why

    def _discharge(self, now: Measurement, found: Signals, most: tuple[float, Reason]) -> tuple[float, Reason]:
        rated = self._settings.discharge_current_a
        best, why = most
        for rule, signal, points in _DISCHARGE_RULES:
            best, why = _lower(best, why, rule, found[signal], points, rated)
        if why.rule is LimitRule.CELL_VOLTAGE and why.value is not None:
            why = Reason(why.rule, why.value, 1 + now.cell_voltages_mv.index(int(why.value)))
        return best, why

    def _steered(self, found: Signals, dt_s: float) -> float:
        """The product's charge voltage, lowered so that the highest cell does not pass the steering voltage.

        With the pack at V and its highest cell at v, the pack voltage at which that cell would reach the target is
        V + n (target - v), as far as all cells rise alike; each step corrects the rest. The steering fades in over
        the last millivolts before the target, so that nothing jumps.
        """
        s = self._settings
        highest_mv, pack_v = found[Signal.CELL_MAX_MV.value], found[Signal.PACK_V.value]
        target = s.charge_voltage_v
        if highest_mv is not None and pack_v is not None:
            below_mv = s.steer_cell_mv - highest_mv
            steered = max(s.discharge_voltage_v, min(target, pack_v + s.cells * below_mv / 1000.0))
            target += (steered - target) * curve(STEERING_BY_DISTANCE_MV, below_mv)
        if self._charge_v is not None and target > self._charge_v:
            target = min(target, self._charge_v + CVL_RISE_V_PER_S * dt_s)
        self._charge_v = target
        return target


_CHARGE_RULES = (
    (LimitRule.CELL_VOLTAGE, Signal.CELL_MAX_MV.value, CHARGE_BY_CELL_MV),
    (LimitRule.COLD, Signal.CELL_MIN_C.value, CHARGE_BY_COLD_C),
    (LimitRule.HEAT, Signal.CELL_MAX_C.value, BY_HEAT_C),
    (LimitRule.MOS_HEAT, Signal.MOS_C.value, BY_MOS_C),
)
_DISCHARGE_RULES = (
    (LimitRule.CELL_VOLTAGE, Signal.CELL_MIN_MV.value, DISCHARGE_BY_CELL_MV),
    (LimitRule.COLD, Signal.CELL_MIN_C.value, DISCHARGE_BY_COLD_C),
    (LimitRule.HEAT, Signal.CELL_MAX_C.value, BY_HEAT_C),
    (LimitRule.MOS_HEAT, Signal.MOS_C.value, BY_MOS_C),
)


def _capped(rated_a: float, cap_a: float | None) -> tuple[float, Reason]:
    if cap_a is not None and cap_a < rated_a:
        return max(0.0, cap_a), Reason(LimitRule.USER_CAP, cap_a)
    return rated_a, Reason(LimitRule.RATED, rated_a)


def _lower(
    best: float, why: Reason, rule: LimitRule, signal: float | None, points: Curve, rated: float
) -> tuple[float, Reason]:
    """The smaller of what was found so far and what one rule gives; an unknown signal is its worst case."""
    if signal is None:
        return 0.0, Reason(rule)
    allowed = rated * curve(points, signal)
    return (allowed, Reason(rule, signal)) if allowed < best else (best, why)


def _slowly(last: float | None, wanted: float, why: Reason, rated: float, dt_s: float) -> tuple[float, Reason]:
    if last is None or wanted <= last:
        return wanted, why
    risen = last + RISE_PER_S * rated * dt_s
    return (wanted, why) if risen >= wanted else (risen, Reason(LimitRule.RISING, wanted))
