"""One step of a pack's BMS: judge, decide, switch, count, limit, show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openress.bms.counting import Charge, count
from openress.bms.lamps import lamps
from openress.bms.limits import BELOW_ALARM, Limiter, LimitSettings
from openress.bms.measure import CURRENT_EFFECTIVE_A, Measurement, Signals, signals
from openress.bms.modes import lamp_row, pack_state
from openress.bms.protect import Change, Protections
from openress.bms.rows import Path, Way
from openress.model import Condition, Fault, Lamps, LimitRule, Limits, PackState, Reason, Switches
from openress.products import Product

__all__ = ["Bms", "Decision", "charge_of_a_new_pack", "limit_settings"]

RELEASE_A = 1.0
"""Current that releases protections (guide, S/N 1 to 6)."""
CHARGER_OVER_PACK_V = 0.5
CONNECTED_FOR_S = 1.0
"""A charger is connected when the terminals stay this far above the pack for so long (INC-09, as Seplos does)."""
LOAD_GONE_SHARE = 0.9
"""With the discharge switch open the terminals of a pack without load come back to its own voltage."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the BMS makes of one measurement."""

    at_s: float
    state: PackState
    switches: Switches
    alarms: frozenset[Condition]
    protections: frozenset[Condition]
    faults: frozenset[Fault]
    limits: Limits
    lamps: Lamps
    balancing: tuple[bool, ...]
    charge: Charge
    changes: tuple[Change, ...]


def limit_settings(product: Product, values: Mapping[str, float]) -> LimitSettings:
    """Where a product's limits start.

    A direction for which the product publishes nothing gets 0 A: what is unknown must be entered, not guessed.
    """
    discharge = product.discharge_current_max_a or 0.0
    return LimitSettings(
        charge_voltage_v=product.charge_voltage_v or 0.0,
        discharge_voltage_v=product.discharge_end_voltage_v or 0.0,
        charge_current_a=min(product.charge_current_a or 0.0, BELOW_ALARM * values["charge_oc_alarm_a"]),
        discharge_current_a=min(discharge, BELOW_ALARM * values["discharge_oc_alarm_a"]),
        cells=product.cells_in_series,
    )


def charge_of_a_new_pack(product: Product, soc_pct: float = 50.0) -> Charge:
    """A pack leaves the factory half full (REQ-009)."""
    full_ah = product.capacity_ah or 100.0
    return Charge(remaining_ah=full_ah * soc_pct / 100.0, full_ah=full_ah)


class Bms:
    """The BMS of one pack: a machine fed with measurements.

    Args:
        product: what the pack is.
        values: its parameters.
        charge: what it believes to hold.
    """

    def __init__(self, product: Product, values: Mapping[str, float], charge: Charge) -> None:
        self.product = product
        self._alm_on_fault = product.lamps.value == "alm-on-fault"
        self._protections = Protections(values, product.cells_in_series)
        self._limiter = Limiter(limit_settings(product, values))
        self._charge = charge
        self._last_s: float | None = None
        self._over_since_s: float | None = None
        self._gone_since_s: float | None = None
        self._open = Way.NONE

    def step(self, now: Measurement, now_s: float) -> Decision:
        """Take one measurement; `now_s` never goes back."""
        found = signals(now, self._charge.soc_pct)
        faults = _sensor_faults(now)
        current = now.pack_current_a
        present, charger = self._circumstances(now, now_s)
        changes = self._protections.step(found, now_s, present, _direction(current))
        protections, alarms = self._protections.protections, self._protections.alarms
        self._open = Way.BOTH if faults else self._protections.opened
        self._count(now, found, now_s)
        limits = self._limiter.step(now, found, now_s, self._open, lambda way: self._why(way, faults))
        state = pack_state(current, protections, faults)
        row = lamp_row(state, charger=charger, alarms=alarms, protections=protections, faults=faults)
        return Decision(
            at_s=now_s,
            state=state,
            switches=self._switches(),
            alarms=alarms,
            protections=protections,
            faults=faults,
            limits=limits,
            lamps=lamps(row, self._charge.soc_pct, alm_on_fault=self._alm_on_fault),
            balancing=(False,) * len(now.cell_voltages_mv),
            charge=self._charge,
            changes=tuple(changes),
        )

    def _switches(self) -> Switches:
        return Switches(
            charge=Way.CHARGE not in self._open,
            discharge=Way.DISCHARGE not in self._open,
            limit=False,
            heating=False,
            dry_contact_1=False,
            dry_contact_2=False,
            precharge=False,
        )

    def _count(self, now: Measurement, found: Signals, now_s: float) -> None:
        dt_s = 0.0 if self._last_s is None else now_s - self._last_s
        self._last_s = now_s
        self._charge = count(self._charge, now.pack_current_a, found[0], found[1], dt_s)

    def _circumstances(self, now: Measurement, now_s: float) -> tuple[Path, bool]:
        """Which releasing circumstances are there, and whether a charger is connected."""
        current = now.pack_current_a or 0.0
        present = Path.NONE
        if current > RELEASE_A:
            present |= Path.CHARGING
        elif current < -RELEASE_A:
            present |= Path.DISCHARGING
        terminal_v, pack_v = now.terminal_voltage_v, now.pack_voltage_v
        over = terminal_v is not None and pack_v is not None and terminal_v > pack_v + CHARGER_OVER_PACK_V
        self._over_since_s = _since(self._over_since_s, now_s, holds=over)
        charger = current > RELEASE_A or _lasted(self._over_since_s, now_s)
        if charger:
            present |= Path.CHARGER
        gone = (
            Way.DISCHARGE in self._open
            and terminal_v is not None
            and pack_v is not None
            and terminal_v >= LOAD_GONE_SHARE * pack_v
        )
        self._gone_since_s = _since(self._gone_since_s, now_s, holds=gone)
        if _lasted(self._gone_since_s, now_s):
            present |= Path.LOAD_REMOVED
        return present, charger

    def _why(self, way: Way, faults: frozenset[Fault]) -> Reason:
        if faults:
            return Reason(LimitRule.FAULT, names=tuple(sorted(fault.value for fault in faults)))
        names = [g.row.condition.value for g in self._protections.guards if g.tripped and way in g.row.opens]
        return Reason(LimitRule.PROTECTION, names=tuple(names))


def _since(since_s: float | None, now_s: float, *, holds: bool) -> float | None:
    if not holds:
        return None
    return now_s if since_s is None else since_s


def _lasted(since_s: float | None, now_s: float) -> bool:
    return since_s is not None and now_s - since_s >= CONNECTED_FOR_S


def _direction(current_a: float | None) -> Way:
    if current_a is None or -CURRENT_EFFECTIVE_A <= current_a <= CURRENT_EFFECTIVE_A:
        return Way.BOTH
    return Way.CHARGE if current_a > 0 else Way.DISCHARGE


def _sensor_faults(now: Measurement) -> frozenset[Fault]:
    """A value that cannot be had is a fault: nothing else would keep the pack within that limit (REQ-072)."""
    faults = set()
    if None in now.cell_voltages_mv or now.pack_voltage_v is None:
        faults.add(Fault.CELL_SENSOR)
    if None in now.temperatures_c or now.mos_temperature_c is None or now.env_temperature_c is None:
        faults.add(Fault.TEMPERATURE_SENSOR)
    if now.pack_current_a is None:
        faults.add(Fault.CURRENT_SENSOR)
    return frozenset(faults)
