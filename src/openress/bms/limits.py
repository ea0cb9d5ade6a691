"""What the pack allows now, CVL, CCL and DCL, and why.

Every rule gives a limit and a reason; the smallest counts, and its reason goes with it. A limit falls at once and rises
slowly, so that a value that trembles at the knee of a curve does not make the inverter hunt.

The curves are ours, shaped after what home-storage packs are run with (dbus-serialbattery's defaults, ENNOID's
throttle): full current over the plateau, little at the ends, nothing where a protection would act.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from openress.bms.measure import Measurement, Signal, Signals
from openress.bms.rows import Way
from openress.model import LimitRule, Limits, Reason

__all__ = ["Curve", "LimitSettings", "Limiter", "curve"]

LEAST_SPAN_V = 1.0
"""The charge voltage limit stays this far above that of discharge."""
RISE_PER_S = 0.02
"""Of the rated current, each second: back to full in 50 s (ENNOID: 1 to 2 % every 100 ms, but for one pack alone)."""
CVL_RISE_V_PER_S = 0.02
BELOW_ALARM = 0.9
"""A limit stays a tenth below the over-current alarm, or obeying it would ring."""

Curve = tuple[tuple[float, float], ...]
"""Points of (value, share of the rated current), straight between them, level outside."""

CHARGE_BY_CELL_MV: Curve = ((3400, 1.0), (3430, 0.5), (3450, 0.1), (3480, 0.02), (3500, 0.0))
DISCHARGE_BY_CELL_MV: Curve = ((2830, 0.0), (2900, 0.1), (3000, 0.5), (3050, 1.0))
"""Ends above the alarm at 2800 mV, so that an ordinary discharge rings nothing."""
CHARGE_BY_COLD_C: Curve = ((0, 0.0), (5, 0.5), (10, 1.0))
"""Nothing in frost: charging plates lithium (REQ-065)."""
DISCHARGE_BY_COLD_C: Curve = ((-20, 0.0), (-10, 0.3), (0, 0.6), (5, 1.0))
BY_HEAT_C: Curve = ((45, 1.0), (55, 0.0))
"""The guide's operating limit is 55 C (REQ-008, INC-05)."""
CHARGE_BY_MEAN_MV: Curve = ((3500, 1.0), (3600, 0.0))
DISCHARGE_BY_MEAN_MV: Curve = ((2800, 0.0), (2900, 0.3), (3000, 1.0))
"""Pack voltage over the number of cells: nothing at the pack's own protections (guide, S/N 3 and 4)."""
BY_AMBIENT_COLD_C: Curve = ((-25, 0.0), (-20, 0.5), (-10, 1.0))
BY_AMBIENT_HEAT_C: Curve = ((60, 1.0), (70, 0.0))
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
        limiter_a: charge current behind the limiter (PACE boards; 10 A is their usual gear).
        recovery_a: charge current that a deeply discharged cell gets when a person has decided to recover it.
        steer_cell_mv: the charge voltage is lowered so that no cell passes this (REQ-185).
    """

    charge_voltage_v: float
    discharge_voltage_v: float
    charge_current_a: float
    discharge_current_a: float
    cells: int
    limiter_a: float = 10.0
    recovery_a: float = 0.0
    charge_cap_a: float | None = None
    discharge_cap_a: float | None = None
    steer_cell_mv: float = 3450.0


_Rule = tuple[LimitRule, int, Curve, float, float]
"""Rule, signal, curve, and the range of the signal in which it leaves the limit alone."""


class Limiter:
    """Machine that turns measurements into limits; remembers only what it allowed last."""

    __slots__ = (
        "_charge_a",
        "_charge_rules",
        "_charge_v",
        "_discharge_a",
        "_discharge_rules",
        "_settings",
        "_when_s",
    )

    def __init__(self, settings: LimitSettings) -> None:
        self._settings = settings
        self._charge_rules = _rules(*_CHARGE_RULES, _of_pack(CHARGE_BY_MEAN_MV, settings.cells))
        self._discharge_rules = _rules(*_DISCHARGE_RULES, _of_pack(DISCHARGE_BY_MEAN_MV, settings.cells))
        self._charge_a: float | None = None
        self._discharge_a: float | None = None
        self._charge_v: float | None = None
        self._when_s: float | None = None

    def set_settings(self, settings: LimitSettings) -> None:
        """Take new settings; a lower limit holds from the next step, a higher one is risen to."""
        self._settings = settings

    @property
    def settings(self) -> LimitSettings:
        """What limits start from."""
        return self._settings

    def rest(self, now_s: float) -> None:
        """Nothing is allowed while the pack rests: currents rise from 0 when it wakes."""
        self._charge_a = self._discharge_a = 0.0
        self._when_s = now_s

    def step(
        self,
        now: Measurement,
        found: Signals,
        now_s: float,
        blocked: int,
        because: Callable[[int], Reason],
        *,
        charge_voltage_v: float,
        charge_cap: tuple[float, LimitRule] | None = None,
        charge_immediately: bool = False,
        full_charge_request: bool = False,
    ) -> Limits:
        """Form the limits of one measurement.

        Args:
            now: the measurement.
            found: its signals.
            now_s: its time.
            blocked: directions in which nothing may flow.
            because: why a blocked direction is blocked.
            charge_voltage_v: what the charging stage asks for.
            charge_cap: a further cap on the charge current, and its rule.
            charge_immediately: the pack is so low that it asks to be charged.
            full_charge_request: it has not been full for too long.
        """
        s = self._settings
        dt_s = 0.0 if self._when_s is None else max(0.0, now_s - self._when_s)
        self._when_s = now_s
        charge = _capped(s.charge_current_a, s.charge_cap_a)
        if charge_cap is not None and charge_cap[0] < charge[0]:
            charge = charge_cap[0], Reason(charge_cap[1], charge_cap[0])
        discharge = _capped(s.discharge_current_a, s.discharge_cap_a)
        wanted, why = self._least(now, found, self._charge_rules, charge, s.charge_current_a)
        if blocked & Way.CHARGE:
            wanted, why = 0.0, because(Way.CHARGE)
        self._charge_a, charge_reason = _slowly(self._charge_a, wanted, why, s.charge_current_a, dt_s)
        wanted, why = self._least(now, found, self._discharge_rules, discharge, s.discharge_current_a)
        if blocked & Way.DISCHARGE:
            wanted, why = 0.0, because(Way.DISCHARGE)
        self._discharge_a, discharge_reason = _slowly(self._discharge_a, wanted, why, s.discharge_current_a, dt_s)
        return Limits(
            now_s,
            # What nobody has published is not known; no current is allowed with it either.
            charge_voltage_limit_v=self._steered(found, charge_voltage_v, dt_s) if s.charge_voltage_v > 0 else None,
            charge_current_limit_a=self._charge_a,
            discharge_current_limit_a=self._discharge_a,
            discharge_voltage_limit_v=s.discharge_voltage_v,
            charge_enabled=not blocked & Way.CHARGE,
            discharge_enabled=not blocked & Way.DISCHARGE,
            charge_immediately=charge_immediately,
            full_charge_request=full_charge_request,
            charge_reason=charge_reason,
            discharge_reason=discharge_reason,
        )

    @staticmethod
    def _least(
        now: Measurement, found: Signals, rules: tuple[_Rule, ...], most: tuple[float, Reason], rated: float
    ) -> tuple[float, Reason]:
        """The smallest value that any rule gives; an unknown signal is its worst case."""
        best, why = most
        for rule, signal, points, calm_from, calm_to in rules:
            value = found[signal]
            if value is None:
                return 0.0, Reason(rule)
            if calm_from <= value <= calm_to:
                continue
            allowed = rated * curve(points, value)
            if allowed < best:
                best, why = allowed, Reason(rule, value)
        if why.rule is LimitRule.CELL_VOLTAGE and why.value is not None:
            why = Reason(why.rule, why.value, 1 + now.cell_voltages_mv.index(int(why.value)))
        return best, why

    def _steered(self, found: Signals, target: float, dt_s: float) -> float:
        """The product's charge voltage, lowered so that the highest cell does not pass the steering voltage.

        With the pack at V and its highest cell at v, the pack voltage at which that cell would reach the target is
        V + n (target - v), as far as all cells rise alike; each step corrects the rest. The steering fades in over
        the last millivolts before the target, so that nothing jumps.
        """
        s = self._settings
        highest_mv, pack_v = found[Signal.CELL_MAX_MV], found[Signal.PACK_V]
        if highest_mv is not None and pack_v is not None:
            below_mv = s.steer_cell_mv - highest_mv
            steered = max(s.discharge_voltage_v + LEAST_SPAN_V, min(target, pack_v + s.cells * below_mv / 1000.0))
            target += (steered - target) * curve(STEERING_BY_DISTANCE_MV, below_mv)
        if self._charge_v is not None and target > self._charge_v:
            target = min(target, self._charge_v + CVL_RISE_V_PER_S * dt_s)
        self._charge_v = target
        return target


_CHARGE_RULES = (
    (LimitRule.CELL_VOLTAGE, Signal.CELL_MAX_MV, CHARGE_BY_CELL_MV),
    (LimitRule.COLD, Signal.CELL_MIN_C, CHARGE_BY_COLD_C),
    (LimitRule.HEAT, Signal.CELL_MAX_C, BY_HEAT_C),
    (LimitRule.MOS_HEAT, Signal.MOS_C, BY_MOS_C),
    (LimitRule.AMBIENT, Signal.ENV_C, BY_AMBIENT_COLD_C),
    (LimitRule.AMBIENT, Signal.ENV_C, BY_AMBIENT_HEAT_C),
)
_DISCHARGE_RULES = (
    (LimitRule.CELL_VOLTAGE, Signal.CELL_MIN_MV, DISCHARGE_BY_CELL_MV),
    (LimitRule.COLD, Signal.CELL_MIN_C, DISCHARGE_BY_COLD_C),
    (LimitRule.HEAT, Signal.CELL_MAX_C, BY_HEAT_C),
    (LimitRule.MOS_HEAT, Signal.MOS_C, BY_MOS_C),
    (LimitRule.AMBIENT, Signal.ENV_C, BY_AMBIENT_COLD_C),
    (LimitRule.AMBIENT, Signal.ENV_C, BY_AMBIENT_HEAT_C),
)


def _of_pack(points: Curve, cells: int) -> tuple[LimitRule, int, Curve]:
    """A curve over the mean cell, as one over the pack voltage."""
    scaled = tuple((mv * cells / 1000.0, share) for mv, share in points)
    return LimitRule.PACK_VOLTAGE, Signal.PACK_V, scaled


def _capped(rated_a: float, cap_a: float | None) -> tuple[float, Reason]:
    if cap_a is not None and cap_a < rated_a:
        return max(0.0, cap_a), Reason(LimitRule.USER_CAP, cap_a)
    return rated_a, Reason(LimitRule.RATED, rated_a)


def _rules(*rows: tuple[LimitRule, int, Curve]) -> tuple[_Rule, ...]:
    """Rows with the range in which each leaves the limit alone."""
    return tuple((rule, signal, points, *_calm(points)) for rule, signal, points in rows)


def _calm(points: Curve) -> tuple[float, float]:
    whole = [value for value, share in points if share == 1.0]
    low = -inf if points[0][1] == 1.0 else min(whole)
    high = inf if points[-1][1] == 1.0 else max(whole)
    return low, high


def _slowly(last: float | None, wanted: float, why: Reason, rated: float, dt_s: float) -> tuple[float, Reason]:
    if last is None or wanted <= last:
        return wanted, why
    risen = last + RISE_PER_S * rated * dt_s
    return (wanted, why) if risen >= wanted else (risen, Reason(LimitRule.RISING, wanted))
