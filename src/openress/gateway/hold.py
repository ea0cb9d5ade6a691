"""The freshness contract: what an inverter is told while values are fresh, when they grow old, and after a gap.

Fresh values pass, falling at once and rising slowly. Old ones go by the inverter's fail-safe table: both currents to 0
within seconds, then silence, so that its own time-out acts. After a start or a gap nothing is told until a complete
valid set has been seen, and then the currents rise from 0. A value that is old is never told as if it were live.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf

from openress.gateway.caps import Caps, Rule, Step, positive, restrict
from openress.gateway.chain import Chain
from openress.gateway.freshset import Lack, data_at_s, is_fresh, lacking, sound
from openress.gateway.handover import HandOver, refusal
from openress.inverters.failsafe import FailSafe, Stage
from openress.model import FRESH_AT_LEAST_S, FRESH_AT_MOST_S, Limits, RackSample

__all__ = ["END_S", "GAP_S", "REMOTE_HOLDS_S", "Hold", "State", "Told"]

END_S = 5.0
"""Zeros before an orderly end, longer than an inverter takes to react (about 4 s are claimed)."""
REMOTE_HOLDS_S = 60.0
"""A remote command that is not repeated by then no longer counts."""
GAP_S = 5.0
"""An inverter that has heard nothing for so long begins anew: five frames of the usual period are missing."""


class State(StrEnum):
    """Where the contract stands: a stage of the fail-safe table, or what comes before and after it."""

    WAITING = "waiting"
    """Nothing is told: no complete valid set since the start or the last gap."""
    LIVE = "live"
    FADING = "fading"
    STOPPED = "stopped"
    ENDING = "ending"
    """An orderly end: zeros for a while, then silence."""
    SILENT = "silent"
    """Nothing is told, because the values are too old or the end has come."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the inverter is to be told now.

    Attributes:
        state: where the contract stands.
        rack: what to tell; `None` is silence.
        steps: the chain of reasons, from what the packs allow to what is told.
        lack: what is missing from a complete valid set.
        age_s: of the values it rests on.
        fresh_for_s: age up to which they hold.
    """

    state: State
    rack: RackSample | None = None
    steps: tuple[Step, ...] = ()
    lack: Lack = Lack()
    age_s: float | None = None
    fresh_for_s: float = FRESH_AT_LEAST_S


class Hold:
    """Machine of the contract: give it every reading with `see`, ask it with `tell` as often as frames are due.

    Args:
        fail_safe: the inverter's table.
        caps: a person's own.
        ceiling: what the data sheet allows the packs of a reading.
        expected: packs that a first set must have.
    """

    def __init__(
        self, fail_safe: FailSafe, *, caps: Caps, ceiling: Callable[[RackSample], Caps], expected: int = 1
    ) -> None:
        self._fail_safe = fail_safe
        self._chain = Chain(caps, ceiling)
        self._ceiling = ceiling
        self._expected = expected
        self._remote: tuple[Caps, float] | None = None
        self._lack = Lack()
        self._fresh_for_s = FRESH_AT_LEAST_S
        self._end_s: float | None = None
        self._told_s: float | None = None
        self._set: RackSample | None = None
        self._anew = True
        self._limits: Limits | None = None
        """As told last: nothing rises from more."""
        self._fresh_limits: Limits | None = None
        """As told last while values were fresh: old ones allow a part of them at most."""
        self._handed = False
        """The set is what was handed over: it is told as it was, or less."""
        self._newest_s = -inf
        """When the newest reading that was looked at was measured: an older one says nothing any more."""

    def hand_over(self, told: Told) -> HandOver | None:
        """What a successor must know of what was just told; `None` while nothing is."""
        at_s = None if self._set is None else data_at_s(self._set)
        if told.rack is None or told.rack.limits is None or at_s is None:
            return None
        awake = tuple(pack.pack for pack in told.rack.packs if not pack.asleep)
        caps, until_s = self._remote or (None, 0.0)
        full, empty = self._chain.window.ends
        return HandOver(
            told.rack.at_s,
            at_s,
            told.fresh_for_s,
            told.rack.limits,
            awake,
            caps,
            until_s,
            full=full,
            empty=empty,
        )

    def take_over(self, found: HandOver, now_s: float) -> str | None:
        """Go on where another gateway has ended; gives why not, in a sentence, where that cannot be."""
        fresh_for_s = max(0.0, min(found.fresh_for_s, FRESH_AT_MOST_S))
        why_not = refusal(found, now_s, self._fail_safe.silent_s(fresh_for_s))
        if why_not is not None:
            return why_not
        rack = found.rack()
        self._limits = self._fresh_limits = self._chain.capped(found.limits, rack)
        self._set = replace(rack, limits=self._limits)
        self._fresh_for_s, self._told_s, self._newest_s = fresh_for_s, found.told_s, found.data_at_s
        self._handed, self._anew = True, False
        self._chain.window.set(full=found.full, empty=found.empty)
        if found.remote is not None and now_s <= found.remote_until_s <= found.told_s + REMOTE_HOLDS_S:
            self._remote = found.remote, found.remote_until_s
        return None

    def set_remote(self, caps: Caps | None, now_s: float, for_s: float = REMOTE_HOLDS_S) -> None:
        """Take caps from afar; without being repeated they hold for `for_s`, and never longer than a minute."""
        self._remote = None if caps is None else (caps, now_s + max(0.0, min(for_s, REMOTE_HOLDS_S)))

    def end(self, now_s: float) -> None:
        """Begin the orderly end: zeros at once, silence `END_S` later."""
        if self._end_s is None:
            self._end_s = now_s

    def see(self, rack: RackSample, now_s: float, fresh_for_s: float = FRESH_AT_LEAST_S) -> None:
        """Take a reading whose values hold for `fresh_for_s`, 20 s at most.

        What is older than what is known, is not fresh or lies in the future is not taken, nor a reading without a sum.
        """
        most_s = self._fresh_for_s if self._handed else FRESH_AT_MOST_S
        self._fresh_for_s = max(0.0, min(fresh_for_s, most_s))
        rack = sound(rack)
        at_s = data_at_s(rack)
        self._lack = lacking(rack, now_s, fresh_for_s=self._fresh_for_s, expected=self._expected)
        if at_s is None or at_s < self._newest_s or not is_fresh(at_s, now_s, self._fresh_for_s):
            return
        self._newest_s = at_s
        if self._handed:
            if self._lack:
                self._restrict_handed(rack)
            else:
                self._set, self._handed = rack, False
            return
        if self._set is not None or not self._lack:
            self._set = rack

    def _restrict_handed(self, rack: RackSample) -> None:
        """A reading that is not complete takes nothing over, but what it forbids holds at once."""
        bounds = _bounds(rack.limits)
        if self._limits is not None:
            self._limits = restrict(self._limits, bounds, Rule.PACKS)[0]
        if self._fresh_limits is not None:
            self._fresh_limits = restrict(self._fresh_limits, bounds, Rule.PACKS)[0]

    def unheard(self) -> None:
        """Nothing of what was decided lately has reached the inverter: the rise begins anew."""
        self._anew = True

    def tell(self, now_s: float) -> Told:
        """What the inverter is to be told at `now_s`; the time never goes back."""
        elapsed_s = 0.0 if self._told_s is None else max(0.0, now_s - self._told_s)
        self._told_s = now_s
        if self._anew or elapsed_s > GAP_S:
            self._limits, self._fresh_limits, elapsed_s = _zero(self._limits), _zero(self._fresh_limits), 0.0
            self._anew = False
        at_s = None if self._set is None else data_at_s(self._set)
        if self._set is None or at_s is None:
            state = State.WAITING if self._end_s is None else State.SILENT
            return Told(state, lack=self._lack, fresh_for_s=self._fresh_for_s)
        age_s = now_s - at_s
        stage = self._fail_safe.stage(age_s, self._fresh_for_s)
        if stage is Stage.SILENT or (self._end_s is not None and now_s - self._end_s > END_S):
            # Nothing of what was known holds any more: it takes a complete valid set to begin anew.
            self._set = self._limits = self._fresh_limits = None
            self._handed = False
            return Told(State.SILENT, lack=self._lack, age_s=age_s, fresh_for_s=self._fresh_for_s)
        live = stage is Stage.LIVE
        rack, steps = self._live(self._set, now_s, elapsed_s) if live else self._stale(self._set, now_s, age_s)
        if self._end_s is not None:
            rack, steps = self._ended(rack), [*steps, Step(Rule.ENDING, None, 0.0, 0.0)]
            return Told(State.ENDING, rack, tuple(steps), self._lack, age_s, self._fresh_for_s)
        return Told(State(stage.value), rack, tuple(steps), self._lack, age_s, self._fresh_for_s)

    def _live(self, rack: RackSample, now_s: float, elapsed_s: float) -> tuple[RackSample, list[Step]]:
        if self._handed:
            return self._as_handed(rack, now_s)
        limits, steps = self._chain.run(rack, self._remote_caps(now_s))
        limits, rising = restrict(limits, self._risen(rack, limits, elapsed_s), Rule.RISING)
        steps += [] if rising is None else [rising]
        self._limits = self._fresh_limits = limits
        return replace(rack, at_s=now_s, limits=_enabled(limits)), steps

    def _as_handed(self, rack: RackSample, now_s: float) -> tuple[RackSample, list[Step]]:
        """What the last gateway told, within a remote command that has come since; nothing rises on it."""
        before = self._limits or self._fail_safe.stopped(Limits(now_s), pack_voltage_v=None)
        limits, remotely = restrict(before, self._remote_caps(now_s), Rule.REMOTE)
        self._limits = self._fresh_limits = limits
        step = Step(
            Rule.HANDED_OVER,
            before.charge_voltage_limit_v,
            before.charge_current_limit_a,
            before.discharge_current_limit_a,
        )
        return _unmeasured(rack, limits, now_s), [step, *([] if remotely is None else [remotely])]

    def _risen(self, rack: RackSample, target: Limits, elapsed_s: float) -> Caps:
        """As much as may be told now of what was told before, or at the start of nothing."""
        if self._limits is None:
            return Caps(None, 0.0, 0.0)
        full, share, before = self._ceiling(rack), elapsed_s / self._fail_safe.rise_s, self._limits
        return Caps(
            None,
            (before.charge_current_limit_a or 0.0)
            + share * _known(full.charge_current_a, target.charge_current_limit_a),
            (before.discharge_current_limit_a or 0.0)
            + share * _known(full.discharge_current_a, target.discharge_current_limit_a),
        )

    def _stale(self, rack: RackSample, now_s: float, age_s: float) -> tuple[RackSample, list[Step]]:
        before = self._fresh_limits or self._fail_safe.stopped(Limits(now_s), pack_voltage_v=None)
        voltage_v = None if rack.analog is None else rack.analog.pack_voltage_v
        told = self._fail_safe.told(before, age_s, self._fresh_for_s, pack_voltage_v=voltage_v)
        self._limits = limits = told or self._fail_safe.stopped(before, pack_voltage_v=voltage_v)
        step = Step(Rule.STALE, None, limits.charge_current_limit_a, limits.discharge_current_limit_a)
        return _unmeasured(rack, limits, now_s), [step]

    def _ended(self, rack: RackSample) -> RackSample:
        voltage_v = None if rack.analog is None else rack.analog.pack_voltage_v
        self._limits = self._fail_safe.stopped(rack.limits or Limits(rack.at_s), pack_voltage_v=voltage_v)
        return replace(rack, limits=self._limits)

    def _remote_caps(self, now_s: float) -> Caps:
        if self._remote is None or now_s > self._remote[1]:
            self._remote = None
            return Caps()
        return self._remote[0]


def _known(full_a: float | None, target_a: float | None) -> float:
    return (target_a or 0.0) if full_a is None else full_a


def _bounds(limits: Limits | None) -> Caps:
    """What a reading forbids: what it does not tell, it does not."""
    if limits is None:
        return Caps()
    charge_a, discharge_a = limits.charge_current_limit_a, limits.discharge_current_limit_a
    return Caps(
        None,
        0.0 if limits.charge_enabled is False else None if charge_a is None else positive(charge_a),
        0.0 if limits.discharge_enabled is False else None if discharge_a is None else positive(discharge_a),
    )


def _zero(limits: Limits | None) -> Limits | None:
    if limits is None:
        return None
    return replace(limits, charge_current_limit_a=0.0, discharge_current_limit_a=0.0)


def _enabled(limits: Limits) -> Limits:
    """The limits with their enable flags saying what the currents say."""
    charges = bool(limits.charge_current_limit_a)
    return replace(
        limits,
        charge_enabled=charges,
        discharge_enabled=bool(limits.discharge_current_limit_a),
        charge_immediately=limits.charge_immediately and charges,
    )


def _unmeasured(rack: RackSample, limits: Limits, now_s: float) -> RackSample:
    """A reading without its measured values; what was wrong stays, for its source has not taken it back.

    The lost link is no alarm to the inverter: a Sunny Island would stop at once on any, long before its table says.
    """
    packs = tuple(replace(pack, analog=None, limits=None) for pack in rack.packs)
    return RackSample(now_s, packs, None, rack.status, _enabled(limits))
