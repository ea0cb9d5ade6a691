"""One step of a pack's BMS: believe, judge, decide, switch, count, balance, limit, show."""

from __future__ import annotations

from collections.abc import Mapping

from openress.bms.balance import COLDEST_C, HOTTEST_C, NO_BALANCING, Balance, Balancer
from openress.bms.charge import plan_charge
from openress.bms.chargelimiter import ChargeLimiter
from openress.bms.circumstances import Surroundings
from openress.bms.counting import count
from openress.bms.decision import Decision
from openress.bms.gauge import Gauge
from openress.bms.health import SHORTENS_LIFE, Health
from openress.bms.lamps import lamps
from openress.bms.limits import Limiter
from openress.bms.measure import CURRENT_EFFECTIVE_A, Measurement, Signal, Signals, signals
from openress.bms.modes import lamp_row, pack_state
from openress.bms.notices import OverLimit, notices, resting_notices
from openress.bms.plausibility import Ranges, Sensors
from openress.bms.power import Power, PowerSettings, PowerState
from openress.bms.protect import Change, ChangeKind, Protections
from openress.bms.rows import Way
from openress.bms.settings import BmsSettings, Memory, charge_of_a_new_pack, charge_settings, limit_settings
from openress.model import Condition, Fault, LimitRule, Limits, PackState, Reason, Switches
from openress.products import Product

__all__ = ["Bms"]

DEEP_MV = 2000
"""A cell below this is not charged without a person's decision: copper may have dissolved (ours, as peers do)."""
HEATER_ON_C, HEATER_OFF_C = 0.0, 5.0


class Bms:
    """The BMS of one pack: a machine fed with measurements.

    Args:
        product: what the pack is.
        values: its parameters.
        memory: what it remembers; a new pack remembers half its charge.
        settings: what a person chose.
    """

    def __init__(
        self,
        product: Product,
        values: Mapping[str, float],
        memory: Memory | None = None,
        settings: BmsSettings | None = None,
    ) -> None:
        self.product = product
        self.settings = settings or BmsSettings()
        memory = memory or Memory(charge_of_a_new_pack(product))
        cells = product.cells_in_series
        self._sensors = Sensors(Ranges(cells, product.temperature_sensors or 1), live=self.settings.live)
        self._around = Surroundings()
        self._protections = Protections(values, cells)
        self._protections.restore(memory.trips, locked=memory.locked, tripped=memory.protections)
        self._power = Power(self._power_settings(values), memory.power)
        self._limiter = Limiter(limit_settings(product, values, self.settings))
        self._over_limit = OverLimit()
        self._balancer = Balancer(cells, memory.charge.full_ah, memory.ahead_ah)
        self._plan = memory.plan
        self._charge = memory.charge
        self._gauge = Gauge(cells, memory.charge, memory.learned)
        self._last_s: float | None = None
        self._told: Limits | None = None
        self._switches = Switches(charge=False, discharge=False)
        self._off_by_hand: int = Way.NONE
        self._charge_limiter = ChargeLimiter()
        self._bleeding = self._bleeding_off = False
        self._heating = False
        self._values = values
        self._charging = charge_settings(product, values, self.settings)
        self.recovery = False

    def _power_settings(self, values: Mapping[str, float]) -> PowerSettings:
        return PowerSettings.of(
            values,
            low_voltage_sleep=self.settings.low_voltage_sleep,
            dormant_after_h=self.product.dormancy_after_h,
            idle_current_a=self.product.idle_current_a,
        )

    def set_values(self, values: Mapping[str, float]) -> None:
        """Take new parameters; they hold from the next step."""
        self._values = values
        self._protections.set_limits(values)
        self._power.set_limits(self._power_settings(values))
        self._limiter.set_settings(limit_settings(self.product, values, self.settings))
        self._charging = charge_settings(self.product, values, self.settings)

    def press_button(self, now_s: float) -> None:
        """The ON/OFF button on the front panel."""
        was_off = self._power.state is PowerState.OFF
        self._power.press(now_s)
        if was_off:
            self._protections.power_up()

    def shut_down(self) -> None:
        """Forced shutdown from outside: as switched off by the button."""
        self._power.shut_down()

    def switch(self, way: int, *, on: bool) -> None:
        """Let a direction be, or switch it off by hand; on never overrides a protection."""
        self._off_by_hand = self._off_by_hand & ~way if on else self._off_by_hand | way

    def limit_charge(self, *, on: bool) -> None:
        """Put the charge current limiter in, or take it out and keep it out."""
        self._charge_limiter.order(on=on)

    def start_limiter_above(self, start_a: float | None) -> None:
        """Let the charge current limiter come in by itself above this charge current; see `ChargeLimiter`."""
        self._charge_limiter.start_above(start_a)

    def balance(self, *, on: bool) -> None:
        """Let the balancer work, or keep it still; on never overrides what forbids it."""
        self._bleeding_off = not on

    @property
    def health(self) -> Health:
        """What the pack can still do and what it has been through."""
        return self._gauge.health

    @property
    def debt_is_least(self) -> bool:
        """Whether the cells may be further apart than the balancer says."""
        return self._balancer.at_least

    def memory(self) -> Memory:
        """What is to be kept over a restart."""
        return Memory(
            self._charge,
            self._plan,
            self._balancer.ahead_ah,
            self._protections.count,
            self._protections.locked,
            self._power.state,
            self._protections.protections,
            self._gauge.learned,
        )

    def step(self, now: Measurement, now_s: float, *, charger: bool | None = None) -> Decision:
        """Take one measurement.

        Args:
            now: what the front end reports.
            now_s: its time; never goes back.
            charger: a charger detector's own word, where there is one.
        """
        dt_s = 0.0 if self._last_s is None else now_s - self._last_s
        self._last_s = now_s
        clean, faults = self._sensors.step(now, now_s, self._switches)
        found = signals(clean, self._charge.soc_pct)
        present = self._around.step(clean, now_s, self._open_ways(), charger=charger)
        power = self._power.step(
            now_s,
            current_a=clean.pack_current_a,
            cell_min_mv=found[Signal.CELL_MIN_MV],
            charger=self._around.charger,
            communication=now.communication,
        )
        counted = count(
            self._charge,
            clean.pack_current_a,
            found[Signal.CELL_MAX_MV],
            found[Signal.CELL_MIN_MV],
            dt_s,
        )
        self._charge = self._gauge.step(counted, clean, dt_s)
        if power is not PowerState.AWAKE:
            return self._resting(power, now_s, clean, found[Signal.CELL_MAX_C])
        changes = self._protections.step(found, now_s, present, _direction(clean.pack_current_a))
        for change in changes:
            if change.kind is ChangeKind.TRIP and change.condition in SHORTENS_LIFE:
                self._gauge.happened(SHORTENS_LIFE[change.condition])
        return self._decide(clean, found, faults, changes, now_s, dt_s)

    def _decide(
        self,
        now: Measurement,
        found: Signals,
        faults: frozenset[Fault],
        changes: list[Change],
        now_s: float,
        dt_s: float,
    ) -> Decision:
        lowest = found[Signal.CELL_MIN_MV]
        deep = lowest is not None and lowest < DEEP_MV
        if lowest is not None and lowest >= self._values["cell_uv_release_mv"]:
            # The decision was made for this discharge, not for the next.
            self.recovery = False
        closed_to: int = Way.CHARGE if deep and not self.recovery else Way.NONE
        held = closed_to | self._off_by_hand | (Way.BOTH if faults else Way.NONE)
        opened = self._protections.opened | held
        self._charge_limiter.step(now.pack_current_a)
        self._switch(now, now_s, opened, faults)
        self._plan = plan_charge(
            self._plan,
            self._charging,
            now_s,
            dt_s,
            current_a=now.pack_current_a,
            pack_voltage_v=now.pack_voltage_v,
            soc_pct=self._charge.soc_pct,
            limit_v=None if self._told is None else self._told.charge_voltage_limit_v,
            bleeding=self._bleeding,
        )
        told = self._told
        limits = self._limits(now, found, now_s, held | self._protections.forbidden, faults, deep=deep)
        protections, alarms = self._protections.protections, self._protections.alarms
        state = pack_state(now.pack_current_a, protections, faults)
        row = lamp_row(state, charger=self._around.charger, alarms=alarms, protections=protections, faults=faults)
        equalisation = self._plan.equalisation(self._charging, now_s)
        said = notices(
            found,
            operating_max_c=self.product.operating_max_c,
            deep=deep,
            locked=self._protections.locked,
            equalisation=equalisation,
        )
        balance = self._balance(now, found, faults, dt_s)
        self._bleeding = any(balance.bleeding)
        return Decision(
            at_s=now_s,
            state=state,
            switches=self._switches,
            alarms=alarms,
            protections=protections,
            faults=faults,
            notices=frozenset(said | self._over_limit.step(found, told, now_s)),
            limits=limits,
            lamps=lamps(row, self._charge.soc_pct, alm_on_fault=self.product.lamps.value == "alm-on-fault"),
            balance=balance,
            charge=self._charge,
            soh_pct=self._soh_pct(),
            plan=self._plan,
            recovery=self.recovery,
            changes=tuple(changes),
        )

    def _limits(
        self,
        now: Measurement,
        found: Signals,
        now_s: float,
        blocked: int,
        faults: frozenset[Fault],
        *,
        deep: bool,
    ) -> Limits:
        settings = self._limiter.settings
        cap = None
        if deep:
            cap = settings.recovery_a, LimitRule.DEEP_DISCHARGE
        elif self._charge_limiter.is_in:
            cap = settings.limiter_a, LimitRule.LIMITER
        self._told = limits = self._limiter.step(
            now,
            found,
            now_s,
            blocked,
            lambda way: self._why(way, faults, deep=deep),
            charge_voltage_v=self._plan.voltage_v(self._charging, now_s),
            charge_cap=cap,
            charge_immediately=self._plan.forced,
            full_charge_request=self._plan.wants_full_charge(now_s),
        )
        return limits

    def _switch(self, now: Measurement, now_s: float, opened: int, faults: frozenset[Fault]) -> None:
        wanted = Way.BOTH & ~opened
        precharging = self._around.precharging(now, now_s, wanted)
        coldest = min((value for value in now.temperatures_c if value is not None), default=None)
        if not self.settings.heater or coldest is None or coldest >= HEATER_OFF_C or faults:
            self._heating = False
        elif coldest < HEATER_ON_C and self._around.charger:
            self._heating = True
        self._switches = Switches(
            charge=bool(wanted & Way.CHARGE),
            discharge=bool(wanted & Way.DISCHARGE) and not precharging,
            limit=self._charge_limiter.is_in,
            heating=self._heating,
            dry_contact_1=bool(faults or self._protections.protections),
            dry_contact_2=Condition.SOC_LOW in self._protections.alarms,
            precharge=precharging,
        )

    def _balance(
        self,
        now: Measurement,
        found: Signals,
        faults: frozenset[Fault],
        dt_s: float,
    ) -> Balance:
        cold, hot = found[Signal.CELL_MIN_C], found[Signal.CELL_MAX_C]
        allowed = (
            not faults
            and not self._bleeding_off
            and not self._protections.troubled(NO_BALANCING)
            and cold is not None
            and hot is not None
            and cold >= COLDEST_C
            and hot <= HOTTEST_C
        )
        return self._balancer.step(
            now.cell_voltages_mv,
            now.pack_current_a,
            dt_s,
            threshold_mv=self._values["balance_threshold_mv"],
            delta_mv=self._values["balance_delta_mv"],
            allowed=allowed,
        )

    def _resting(self, power: PowerState, now_s: float, now: Measurement, hottest_c: float | None) -> Decision:
        """Off or dormant: every switch open, nothing allowed, every lamp dark."""
        self._limiter.rest(now_s)
        self._around.precharging(now, now_s, Way.NONE)
        self._switches = Switches(
            charge=False,
            discharge=False,
            limit=False,
            heating=False,
            dry_contact_1=False,
            dry_contact_2=False,
            precharge=False,
        )
        state = PackState.OFF if power is PowerState.OFF else PackState.DORMANT
        row = lamp_row(state, charger=False, alarms=frozenset(), protections=frozenset(), faults=frozenset())
        reason = Reason(LimitRule.SWITCHED_OFF)
        settings = self._limiter.settings
        self._told = limits = Limits(
            now_s,
            charge_voltage_limit_v=settings.charge_voltage_v or None,
            charge_current_limit_a=0.0,
            discharge_current_limit_a=0.0,
            discharge_voltage_limit_v=settings.discharge_voltage_v,
            charge_enabled=False,
            discharge_enabled=False,
            charge_reason=reason,
            discharge_reason=reason,
        )
        cells = self.product.cells_in_series
        return Decision(
            at_s=now_s,
            state=state,
            switches=self._switches,
            alarms=frozenset(),
            protections=self._protections.protections,
            faults=frozenset(),
            notices=frozenset(resting_notices(hottest_c, storage_max_c=self.product.storage_max_c)),
            limits=limits,
            lamps=lamps(row, None, alm_on_fault=False),
            balance=Balance(self._balancer.ahead_ah, (False,) * cells),
            charge=self._charge,
            soh_pct=self._soh_pct(),
            plan=self._plan,
            recovery=self.recovery,
            changes=(),
        )

    def _soh_pct(self) -> float:
        return min(100.0, self._gauge.health.soh_pct)

    def _open_ways(self) -> int:
        opened: int = Way.NONE if self._switches.charge else Way.CHARGE
        return opened if self._switches.discharge else opened | Way.DISCHARGE

    def _why(self, way: int, faults: frozenset[Fault], *, deep: bool) -> Reason:
        if faults:
            return Reason(LimitRule.FAULT, names=tuple(sorted(fault.value for fault in faults)))
        names = [
            guard.row.condition.value
            for guard in self._protections.guards
            if (guard.tripped or guard.beyond) and guard.opens & way
        ]
        if names:
            return Reason(LimitRule.PROTECTION, names=tuple(names))
        if deep and way == Way.CHARGE:
            return Reason(LimitRule.DEEP_DISCHARGE)
        return Reason(LimitRule.SWITCHED_OFF)


def _direction(current_a: float | None) -> int:
    """Direction of the current; both while it is too small to tell, or not known."""
    if current_a is None or -CURRENT_EFFECTIVE_A <= current_a <= CURRENT_EFFECTIVE_A:
        return Way.BOTH
    return Way.CHARGE if current_a > 0 else Way.DISCHARGE
