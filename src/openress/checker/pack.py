"""One pack: what its BMS was given and what it said, held against S1 to S8, S13, S16, S21 and S23.

The list stands in the project's safety invariants; the numbers are the A5L guide's, through the parameters in force.
A breach is repeated for as long as it lasts.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from openress.bms.decision import Decision
from openress.bms.measure import Measurement
from openress.checker.bleeding import bled
from openress.checker.breach import Breach
from openress.checker.hazards import HAZARDS, PATIENCE_S, Flow, Lift, Watch, limit_of, since
from openress.checker.overrun import Overrun
from openress.checker.view import View, view
from openress.model import Condition, LimitRule, PackState
from openress.products import Product

__all__ = ["PackChecker"]

RELEASE_A = 1.0
"""Current that counts as charging or discharging for a release (guide, S/N 1 to 6)."""
CHARGER_V, CHARGER_FOR_S = 0.5, 1.0
"""A charger is connected when the terminals stay this far above the pack for so long (INC-09)."""
LOAD_SHARE = 0.5
"""Terminals that come back above this share of the pack's voltage behind an open switch carry no short (ours)."""
GAP_S = 60.0
"""Nothing is known of a longer silence: no duration is counted across it."""
LOCK_TRIPS, FORGIVEN_S = 10, 599.0
"""The tenth trip in a row stays; ten minutes without one, less a second of tolerance, forgive (INC-10)."""
DEEP_MV = 2000
"""Below this no charge without the recovery mode (S2)."""
FROST_C = 0.0
"""Below this no charge is offered, whatever the protection says (REQ-065)."""
SENSOR_S = 2.0 + PATIENCE_S
"""How long a sensor may be missing before both switches must be open: the delay of a temperature."""
EPSILON = 1e-6

_LOW = frozenset({Condition.CELL_UNDER_VOLTAGE, Condition.PACK_UNDER_VOLTAGE})
_OVER_CURRENT = frozenset({Condition.DISCHARGE_OVER_CURRENT, Condition.DISCHARGE_OVER_CURRENT_2})
_ASLEEP = (PackState.OFF, PackState.DORMANT)


class PackChecker:
    """Watches the BMS of one pack; remembers what it must to judge the next decision.

    Args:
        product: what the pack is.
        values: its parameters; `set_values` when they change.
    """

    def __init__(self, product: Product, values: Mapping[str, float]) -> None:
        self._product = product
        self._values = values
        self._caps: dict[Flow, float | None] = dict.fromkeys(Flow)
        self._watches = [Watch(hazard) for hazard in HAZARDS]
        self._found: list[Breach] = []
        self._at_s = 0.0
        self._last_s: float | None = None
        self._charger_since_s: float | None = None
        self._missing_since_s: float | None = None
        self._deep_since_s: float | None = None
        self._was_deep = False
        self._load_cut = False
        self._trips, self._trip_s = 0, 0.0
        self._overrun = Overrun()

    def set_values(self, values: Mapping[str, float]) -> None:
        """Take new parameters together with the BMS: what stands stands, and every duration starts anew."""
        self._values = values
        self._restart()

    def set_caps(self, charge_a: float | None, discharge_a: float | None) -> None:
        """Take the limits that a person has set; none for no cap."""
        self._caps = {Flow.CHARGE: charge_a, Flow.DISCHARGE: discharge_a}

    def check(self, now: Measurement, decision: Decision, now_s: float) -> list[Breach]:
        """Judge one decision by the measurement it was made of; gives what must not be, in the order of the list."""
        self._found, self._at_s = [], now_s
        if self._last_s is not None and not 0.0 <= now_s - self._last_s <= GAP_S:
            self._restart()
        self._last_s = now_s
        seen = view(now, self._product)
        if decision.state in _ASLEEP:
            self._asleep(decision)
        else:
            self._follow(seen, now, decision)
            self._zero(seen, decision)
            self._envelope(decision)
            self._switches(seen, decision)
            troubles = [watch for watch in self._watches if watch.stands or watch.there or _named(watch, decision)]
            self._found += bled(seen, decision, [watch.hazard for watch in troubles], self._values, now_s)
        self._found += self._overrun.step(seen, decision, now_s)
        self._load_cut = decision.switches.discharge is False
        return sorted(self._found, key=lambda breach: int(breach.invariant[1:]))

    def _say(self, invariant: str, sentence: str) -> None:
        self._found.append(Breach(invariant, sentence, self._at_s))

    def _restart(self) -> None:
        """Start every duration anew that could convict; that of a charger only ever acquits."""
        for watch in self._watches:
            watch.restart()
        self._missing_since_s = self._deep_since_s = None
        self._overrun.restart()

    def _asleep(self, decision: Decision) -> None:
        """Nothing flows and nothing is offered; a pack whose supply was off has forgotten everything (INC-10)."""
        self._restart()
        if decision.state is PackState.OFF:
            for watch in self._watches:
                watch.forget()
            self._trips = 0
        for flow in Flow:
            if _closed(decision, flow):
                self._say("S16", f"The pack is {decision.state} with its {flow.value} switch closed.")
            if limit_of(decision.limits, flow):
                self._say("S16", f"The pack is {decision.state} and offers {limit_of(decision.limits, flow)} A.")

    def _follow(self, seen: View, now: Measurement, decision: Decision) -> None:
        """Bring every hazard up to date with the measurement, then with what the BMS claims."""
        now_s, current = self._at_s, seen.current_a or 0.0
        terminal_v, pack_v = now.terminal_voltage_v, seen.pack_v
        met = set()
        if current > RELEASE_A:
            met |= {Lift.CHARGING, Lift.CHARGER}
            self._trips = 0
        if current < -RELEASE_A:
            met.add(Lift.DISCHARGING)
        over = terminal_v is not None and pack_v is not None and terminal_v > pack_v + CHARGER_V
        self._charger_since_s = since(self._charger_since_s, now_s, holds=over)
        if self._charger_since_s is not None and now_s - self._charger_since_s >= CHARGER_FOR_S:
            met.add(Lift.CHARGER)
        if self._load_cut and terminal_v is not None and pack_v is not None and terminal_v >= LOAD_SHARE * pack_v:
            met.add(Lift.LOAD_GONE)
        # A charger that has only just come may already count for the BMS: it excuses, but does not let go.
        excused = frozenset(met | {Lift.CHARGER}) if over else frozenset(met)
        if self._trips < LOCK_TRIPS and now_s - self._trip_s >= FORGIVEN_S:
            self._trips = 0
        locked = self._trips >= LOCK_TRIPS
        for watch in self._watches:
            watch.see(seen, self._values, now_s, frozenset(met), excused=excused, locked=locked and _locks(watch))
            if decision.faults:
                # Both switches are open for the fault; whether durations run on meanwhile is the BMS's affair.
                watch.restart()
        trips = [watch for watch in self._watches if watch.settle(self._values, now_s, named=_named(watch, decision))]
        if any(_locks(watch) for watch in trips):
            # Two levels that trip on one measurement are one trip here.
            self._trips, self._trip_s = self._trips + 1, now_s
        self._missing_since_s = since(self._missing_since_s, now_s, holds=bool(seen.missing))
        deep = seen.lowest_mv is not None and seen.lowest_mv < DEEP_MV
        self._deep_since_s = since(self._deep_since_s, now_s, holds=deep and not _recovering(decision))
        low = any(w.lingers or w.tripped_s is not None for w in self._watches if w.hazard.condition in _LOW)
        self._was_deep = deep or (self._was_deep and low)

    def _zero(self, seen: View, decision: Decision) -> None:
        """S1 to S5 and S13: limits that must be 0 now."""
        for flow in Flow:
            limit = limit_of(decision.limits, flow)
            if not limit:
                continue
            offer = f"{flow.value} is offered {limit:g} A"
            for watch in self._watches:
                if flow in watch.hazard.cuts:
                    self._zero_for(watch, seen, offer, named=_named(watch, decision))
            if seen.missing:
                names = ", ".join(sorted(group.title for group in seen.missing))
                self._say("S13", f"{names} is missing, and {offer}.")
            if decision.faults:
                self._say("S16", f"{', '.join(sorted(decision.faults))} has failed, and {offer}.")
        charge_a = limit_of(decision.limits, Flow.CHARGE)
        if not charge_a:
            return
        if self._deep_since_s is not None:
            self._say(
                "S2", f"A cell is at {seen.lowest_mv:g} mV without recovery, and charge is offered {charge_a:g} A."
            )
        if seen.coldest_c is not None and seen.coldest_c < FROST_C:
            self._say("S4", f"The cells are at {seen.coldest_c:g} C, and charge is offered {charge_a:g} A.")

    def _zero_for(self, watch: Watch, seen: View, offer: str, *, named: bool) -> None:
        hazard = watch.hazard
        if watch.there and hazard.invariant is not None:
            self._say(hazard.invariant, f"{hazard.condition} at {hazard.read(seen):g}, and {offer}.")
        elif watch.stands or named:
            self._say("S5", f"{hazard.condition} stands, and {offer}.")
        elif watch.lingers:
            self._say("S5", f"{hazard.condition} was there, no release path has been met, and {offer}.")

    def _envelope(self, decision: Decision) -> None:
        """S6 to S8: numbers that can be sent, within what product, parameters and people allow."""
        product, values, limits = self._product, self._values, decision.limits
        published = {Flow.CHARGE: product.charge_current_max_a, Flow.DISCHARGE: product.discharge_current_max_a}
        for flow in Flow:
            limit = limit_of(limits, flow)
            if limit is None or not isfinite(limit) or limit < 0.0:
                self._say("S7", f"The {flow.value} current limit is {limit}.")
                continue
            alarm_a = values[f"{flow.value}_oc_alarm_a"]
            for name, most in (("published maximum", published[flow]), ("alarm", alarm_a), ("cap", self._caps[flow])):
                if most is not None and limit > most + EPSILON:
                    self._say("S6", f"The {flow.value} current limit is {limit:g} A above the {name} of {most:g} A.")
        high_v, low_v, n = limits.charge_voltage_limit_v, limits.discharge_voltage_limit_v, product.cells_in_series
        if high_v is None and product.charge_voltage_v is None and limits.charge_current_limit_a == 0.0:
            # Nobody has published the voltage; it is not known, and no charge is offered with it.
            pass
        elif high_v is None or low_v is None or not (isfinite(high_v) and isfinite(low_v) and low_v >= 0.0):
            self._say("S7", f"The voltage limits are {low_v} and {high_v} V.")
        else:
            alarm_v = min(n * values["cell_ov_alarm_mv"] / 1000.0, values["pack_ov_alarm_v"])
            most_v = min(alarm_v, product.charge_voltage_v or alarm_v)
            least_v = max(n * values["cell_uv_protect_mv"] / 1000.0, values["pack_uv_protect_v"])
            if high_v > most_v + EPSILON:
                self._say("S7", f"The charge voltage limit is {high_v:g} V, above {most_v:g} V.")
            if low_v < least_v - EPSILON:
                self._say("S7", f"The discharge voltage limit is {low_v:g} V, below {least_v:g} V.")
            if low_v >= high_v:
                self._say(
                    "S7", f"The discharge voltage limit of {low_v:g} V is not below that of charge, {high_v:g} V."
                )
        soc = decision.charge.soc_pct
        if not 0.0 <= soc <= 100.0:
            self._say("S8", f"The state of charge is {soc} %.")

    def _switches(self, seen: View, decision: Decision) -> None:
        """S2, S13 and S16: which switches must be open, and which must not stay so."""
        for flow in Flow:
            if not _closed(decision, flow):
                continue
            for watch in self._watches:
                condition = watch.hazard.condition
                if flow in watch.hazard.cuts and (watch.stands or condition in decision.protections):
                    self._say(
                        "S16", f"{condition} stands and nothing has let it go: the {flow.value} switch is closed."
                    )
            if decision.faults:
                self._say("S16", f"{', '.join(sorted(decision.faults))} has failed: the {flow.value} switch is closed.")
            if self._missing_since_s is not None and self._at_s - self._missing_since_s >= SENSOR_S:
                self._say("S13", f"A sensor has been missing for too long: the {flow.value} switch is closed.")
        if _closed(decision, Flow.CHARGE):
            patience_s = self._values["cell_uv_delay_ms"] / 1000.0 + PATIENCE_S
            if self._deep_since_s is not None and self._at_s - self._deep_since_s >= patience_s:
                self._say("S2", f"A cell is at {seen.lowest_mv:g} mV without recovery: the charge switch is closed.")
        elif self._must_recover(seen, decision):
            self._say("S2", "Under-voltage has opened the charge switch too: the pack can never recover.")

    def _must_recover(self, seen: View, decision: Decision) -> bool:
        """Whether under-voltage stands alone, so that charging has to stay possible."""
        reason = decision.limits.charge_reason
        if self._was_deep or decision.faults or seen.doubtful or decision.switches.charge is not False:
            return False
        if reason is not None and reason.rule is LimitRule.SWITCHED_OFF:
            return False
        low = any(w.there or w.stands for w in self._watches if w.hazard.condition in _LOW)
        held = any(
            w.there or w.lingers or w.tripped_s is not None or _named(w, decision)
            for w in self._watches
            if Flow.CHARGE in w.hazard.cuts
        )
        return low and not held


def _closed(decision: Decision, flow: Flow) -> bool:
    """A switch that is not reported counts as closed."""
    switches = decision.switches
    return (switches.charge if flow is Flow.CHARGE else switches.discharge) is not False


def _named(watch: Watch, decision: Decision) -> bool:
    return watch.hazard.condition in decision.protections


def _recovering(decision: Decision) -> bool:
    return bool(getattr(decision, "recovery", False))


def _locks(watch: Watch) -> bool:
    return watch.hazard.condition in _OVER_CURRENT
