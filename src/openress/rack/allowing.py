"""What a pack allows: what it tells, tightened by what is seen of it.

Many dialects tell no limits at all. So every pack is also judged by the curves of our own battery management over its
measured values, and of the two the stricter holds. A value that cannot be (an open wire, a sensor at its end) counts as
missing, and what is missing counts as the worst case. A quantity that a pack has never told is not missing: the
dialect has no field for it, and the pack's own protection watches it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from openress.bms.limits import Limiter
from openress.bms.measure import Measurement, signals
from openress.bms.plausibility import Ranges, Sensors
from openress.bms.rows import Way
from openress.bms.settings import BmsSettings, limit_settings
from openress.model import Analog, Fault, LimitRule, Limits, PackSample, Reason, Status, Switches
from openress.products import Product

__all__ = ["Allowance"]

CALM_C = 25.0
"""Stands for a temperature that the dialect does not tell: it moves no curve."""
_BOTH = Way.CHARGE | Way.DISCHARGE


class Allowance:
    """Machine that follows one pack.

    Args:
        product: what the pack is.
        values: its parameters.
    """

    __slots__ = ("_environment", "_limiter", "_mos", "_most_sensors", "_product", "_sensors")

    def __init__(self, product: Product, values: Mapping[str, float]) -> None:
        self._product = product
        self._limiter = Limiter(limit_settings(product, values, BmsSettings(live=False)))
        self._sensors = Sensors(Ranges(product.cells_in_series), live=False)
        self._mos = self._environment = False
        self._most_sensors = 0

    def step(self, sample: PackSample, now_s: float) -> PackSample:
        """The sample with the limits that hold and the faults that are seen; unchanged while nothing was measured."""
        analog = sample.analog
        if analog is None or sample.asleep:
            return sample
        seen = self._measurement(analog)
        clean, faults = self._sensors.step(seen, now_s, Switches())
        because = Reason(LimitRule.FAULT, names=tuple(sorted(faults)))
        own = self._limiter.step(
            clean,
            signals(clean, analog.soc_pct),
            now_s,
            _BOTH if faults else 0,
            lambda _: because,
            charge_voltage_v=self._limiter.settings.charge_voltage_v,
        )
        own = replace(own, at_s=analog.at_s)
        status = sample.status
        if faults:
            status = _with_faults(status or Status(analog.at_s), faults)
        return replace(sample, status=status, limits=_stricter(sample.limits, own))

    def _measurement(self, analog: Analog) -> Measurement:
        self._mos |= analog.mos_temperature_c is not None
        self._environment |= analog.env_temperature_c is not None
        warmth: tuple[float | None, ...] = analog.temperatures_c or ()
        self._most_sensors = max(self._most_sensors, len(warmth))
        if len(warmth) < self._most_sensors:
            warmth = (*warmth, None)
        return Measurement(
            analog.cell_voltages_mv or (),
            analog.pack_voltage_v,
            analog.pack_voltage_v,
            analog.pack_current_a,
            warmth,
            analog.mos_temperature_c if self._mos else CALM_C,
            analog.env_temperature_c if self._environment else CALM_C,
        )


def by_settings(before: PackSample, after: PackSample) -> PackSample:
    """`after` with the settings as the reason of a limit that they alone hold down: the rated current is another."""
    old, new = before.limits, after.limits
    if old is None or new is None:
        return after
    charge, discharge = new.charge_reason, new.discharge_reason
    if new.charge_current_limit_a != old.charge_current_limit_a and charge and charge.rule is LimitRule.RATED:
        charge = replace(charge, rule=LimitRule.SETTINGS)
    if new.discharge_current_limit_a != old.discharge_current_limit_a and discharge:
        discharge = replace(discharge, rule=LimitRule.SETTINGS) if discharge.rule is LimitRule.RATED else discharge
    return replace(after, limits=replace(new, charge_reason=charge, discharge_reason=discharge))


def _with_faults(status: Status, faults: frozenset[Fault]) -> Status:
    return replace(status, faults=(status.faults or frozenset()) | faults)


def _stricter(told: Limits | None, own: Limits) -> Limits:
    """Of two sets of limits each value that allows less, and its reason."""
    if told is None:
        return own
    charge, discharge = told.charge_current_limit_a, told.discharge_current_limit_a
    charge_a, charge_reason = _less(charge, told.charge_reason, own.charge_current_limit_a, own.charge_reason)
    discharge_a, discharge_reason = _less(
        discharge, told.discharge_reason, own.discharge_current_limit_a, own.discharge_reason
    )
    return Limits(
        at_s=min(told.at_s, own.at_s),
        charge_voltage_limit_v=_least(told.charge_voltage_limit_v, own.charge_voltage_limit_v),
        charge_current_limit_a=charge_a,
        discharge_current_limit_a=discharge_a,
        discharge_voltage_limit_v=max(told.discharge_voltage_limit_v or 0.0, own.discharge_voltage_limit_v or 0.0),
        charge_enabled=told.charge_enabled is not False and own.charge_enabled,
        discharge_enabled=told.discharge_enabled is not False and own.discharge_enabled,
        charge_immediately=told.charge_immediately,
        full_charge_request=told.full_charge_request,
        charge_reason=charge_reason,
        discharge_reason=discharge_reason,
    )


def _least(one: float | None, other: float | None) -> float | None:
    known = [value for value in (one, other) if value is not None]
    return min(known, default=None)


def _less(
    told: float | None, told_reason: Reason | None, own: float | None, own_reason: Reason | None
) -> tuple[float | None, Reason | None]:
    if told is None or (own is not None and own <= told):
        return own, own_reason
    return told, told_reason or Reason(LimitRule.OWN_WORD, told)
