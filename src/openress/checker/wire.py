"""What an inverter hears, held against what its gateway was given: S6, S7, S11, S12, S15 and S24 over decoded frames.

The checker is told three things: every reading the gateway was given, every failure on the way, and every set of limits
that was decoded from the wire. It knows nothing of how the one became the other.
"""

from __future__ import annotations

from math import isfinite

from openress.checker.breach import Breach
from openress.checker.hazards import Flow
from openress.checker.spoken import Bounds, Spoken, Times
from openress.model import RackSample

__all__ = ["REMOTE_S", "WireChecker"]

REMOTE_S = 60.0
"""A remote command holds no longer than this without being repeated (S15)."""
STEP_A = 0.11
"""One count of current in the coarsest dialect, and a rounding error."""
STEP_V = 0.051
BRIEF_S = 0.05
"""What a clock read twice may differ by."""


class WireChecker:
    """Watches one session.

    Args:
        times: the printed table of the inverter.
        bounds: what nothing may pass.
        full_a: the currents to which a rise is measured; `None` takes the highest limit that was given.
    """

    def __init__(self, times: Times, bounds: Bounds | None = None, *, full_a: float | None = None) -> None:
        self._times = times
        self._bounds = bounds or Bounds()
        self._full_a = full_a
        self._highest_a = 0.0
        self._data_s: float | None = None
        self._reading: RackSample | None = None
        self._failed_s: float | None = None
        self._remote: tuple[Bounds, float] | None = None
        self._capped_since_s: float | None = None
        self._last: Spoken | None = None
        self._handed: Spoken | None = None

    def given(self, rack: RackSample, now_s: float) -> None:
        """Take note of a reading that the gateway was given at `now_s`."""
        limits, analog = rack.limits, rack.analog
        if limits is None or analog is None:
            return
        at_s = min(limits.at_s, analog.at_s)
        if at_s > now_s or (self._data_s is not None and at_s < self._data_s):
            return
        self._data_s, self._reading, self._failed_s = at_s, rack, None
        self._handed = None
        own = [limits.charge_current_limit_a or 0.0, limits.discharge_current_limit_a or 0.0]
        self._highest_a = max([self._highest_a, *(value for value in own if isfinite(value))])

    def failed(self, now_s: float) -> None:
        """Take note that computing what to say has failed at `now_s`."""
        self._failed_s = now_s

    def printed(self, times: Times) -> None:
        """Take the table anew, where its times follow the polling cycle."""
        self._times = times

    def restarted(self) -> None:
        """Take note that another gateway goes on from here: until it is given a reading, nothing may rise (S12)."""
        self._handed = self._last

    def commanded(self, bounds: Bounds, now_s: float) -> None:
        """Take note of a remote command."""
        self._remote = (bounds, now_s)

    def spoken(self, said: Spoken) -> list[Breach]:
        """Judge a set of limits that has arrived."""
        found = [*self._envelope(said), *self._freshness(said), *self._rise(said), *self._remotely(said)]
        self._last = said
        return [Breach(invariant, sentence, said.at_s) for invariant, sentence in found]

    def _age_s(self, now_s: float) -> float | None:
        return None if self._data_s is None else now_s - self._data_s

    def _envelope(self, said: Spoken) -> list[tuple[str, str]]:
        """Finite, not negative, within every bound (S6, S7)."""
        found = []
        bounds = self._bounds
        for name, value, bound in (
            ("charge voltage limit", said.charge_voltage_v, bounds.charge_voltage_v),
            ("charge current limit", said.charge_a, bounds.charge_a),
            ("discharge current limit", said.discharge_a, bounds.discharge_a),
        ):
            if value is None:
                continue
            if not (isfinite(value) and value >= 0.0):
                found.append(("S7", f"The {name} on the wire is {value}."))
            elif bound is not None and value > bound + 1e-6:
                found.append(("S6", f"The {name} on the wire is {value:g}, and {bound:g} is the most."))
        low, high = said.discharge_voltage_v, said.charge_voltage_v
        if low is not None and high is not None and said.charge_a and low >= high:
            found.append(("S7", f"Charging to {high:g} V is allowed, and discharging ends at {low:g} V."))
        return found

    def _freshness(self, said: Spoken) -> list[tuple[str, str]]:
        """Nothing beyond the age of the data (S11)."""
        age_s, times = self._age_s(said.at_s), self._times
        if age_s is None:
            return [("S11", "Limits are on the wire, and no reading was ever given.")]
        found = []
        if age_s > times.silent_s + BRIEF_S:
            found.append(("S11", f"Something is said with data of {age_s:.1f} s, and {times.silent_s:g} s is the end."))
        was_old = self._last is not None and self._last.at_s - (said.at_s - age_s) > times.fresh_for_s
        for flow, value in _currents(said):
            before = _current(self._last, flow)
            if value and age_s > times.zero_s + BRIEF_S:
                found.append(("S11", f"{value:g} A of {flow.value} are offered with data of {age_s:.1f} s."))
            elif was_old and before is not None and value > before + 1e-6:
                found.append(("S11", f"{flow.value} rises from {before:g} to {value:g} A with data of {age_s:.1f} s."))
            allowed = self._allowed(flow)
            if value > allowed + 1e-6:
                found.append(("S11", f"{value:g} A of {flow.value} are offered; the newest reading has {allowed:g} A."))
        if said.measured and age_s > times.fresh_for_s + BRIEF_S:
            found.append(("S11", f"Measured values of {age_s:.1f} s are told as if they were live."))
        return found

    def _allowed(self, flow: Flow) -> float:
        """What the newest reading allows; what is no number allows nothing (S13)."""
        limits = None if self._reading is None else self._reading.limits
        if limits is None:
            return 0.0
        charging = flow is Flow.CHARGE
        if (limits.charge_enabled if charging else limits.discharge_enabled) is False:
            return 0.0
        value = limits.charge_current_limit_a if charging else limits.discharge_current_limit_a
        return value if value is not None and isfinite(value) and value > 0.0 else 0.0

    def _rise(self, said: Spoken) -> list[tuple[str, str]]:
        """From 0 after a start or a gap, never faster than the table says; nothing after a failure (S12, S24)."""
        last, times = self._last, self._times
        full_a = self._highest_a if self._full_a is None else self._full_a
        gap = last is None or said.at_s - last.at_s > times.silent_s - times.zero_s
        elapsed_s = 0.0 if last is None or gap else said.at_s - last.at_s
        found = []
        for flow, value in _currents(said):
            before = 0.0 if gap else _current(last, flow) or 0.0
            most = before + full_a * (elapsed_s + BRIEF_S) / times.rise_s + STEP_A
            if value > most:
                found.append(("S12", f"{flow.value} rises from {before:g} to {value:g} A within {elapsed_s:.2f} s."))
            if self._handed is not None and value > (_current(self._handed, flow) or 0.0) + 1e-6:
                found.append(("S12", f"{value:g} A of {flow.value} after a hand-over, and less was told before."))
            if self._failed_s is not None and value > 0.0:
                found.append(("S24", f"{value:g} A of {flow.value} after a failure at {self._failed_s:g} s."))
        return found

    def _remotely(self, said: Spoken) -> list[tuple[str, str]]:
        """A remote command counts while it is new, and not for longer (S15)."""
        if self._remote is None:
            return (
                [("S15", "The inverter is told to charge now, and nothing asks for it.")] if self._forces(said) else []
            )
        bounds, at_s = self._remote
        expired = said.at_s - at_s > REMOTE_S + BRIEF_S
        found = []
        for flow, value in _currents(said):
            bound = bounds.charge_a if flow is Flow.CHARGE else bounds.discharge_a
            if bound is None:
                continue
            settled_s = self._times.rise_s + 2 * self._times.period_s
            if not expired and value > bound + 1e-6:
                found.append(("S15", f"{value:g} A of {flow.value} are offered against a remote limit of {bound:g} A."))
            held = value <= bound + STEP_A < self._local(flow)
            if held and said.at_s - at_s > REMOTE_S + settled_s and self._fresh(said.at_s):
                found.append(("S15", f"{flow.value} is still held at {value:g} A by a command of {at_s:g} s."))
        return found

    def _forces(self, said: Spoken) -> bool:
        limits = None if self._reading is None else self._reading.limits
        return said.forced and not (limits is not None and limits.charge_immediately and self._fresh(said.at_s))

    def _fresh(self, now_s: float) -> bool:
        age_s = self._age_s(now_s)
        return age_s is not None and age_s <= self._times.fresh_for_s + BRIEF_S

    def _local(self, flow: Flow) -> float:
        bound = self._bounds.charge_a if flow is Flow.CHARGE else self._bounds.discharge_a
        return min(self._allowed(flow), self._highest_a if bound is None else bound)


def _current(said: Spoken | None, flow: Flow) -> float | None:
    if said is None:
        return None
    return said.charge_a if flow is Flow.CHARGE else said.discharge_a


def _currents(said: Spoken) -> list[tuple[Flow, float]]:
    """The currents that are numbers; those that are none are for the envelope."""
    pairs = ((Flow.CHARGE, said.charge_a), (Flow.DISCHARGE, said.discharge_a))
    return [(flow, value) for flow, value in pairs if value is not None and isfinite(value)]
