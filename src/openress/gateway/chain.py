"""The chain of reasons: from what the packs allow, through everything that restricts, to what may be told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from openress.gateway.caps import Caps, Rule, SocWindow, Step, positive, restrict
from openress.model import Analog, Limits, RackSample

__all__ = ["Chain"]


class Chain:
    """Restricts limits by the data sheet, a person, a remote command and a window of charge, in that order.

    Args:
        caps: a person's own.
        ceiling: what the data sheet allows the packs of a reading.
    """

    def __init__(self, caps: Caps, ceiling: Callable[[RackSample], Caps]) -> None:
        self._caps = caps
        self._ceiling = ceiling
        self.window = SocWindow()

    def capped(self, limits: Limits, rack: RackSample) -> Limits:
        """Limits that were told before, within what does not depend on anything measured."""
        for caps, rule in ((self._ceiling(rack), Rule.PRODUCT), (self._caps, Rule.USER)):
            limits, _ = restrict(limits, caps, rule)
        return limits

    def run(self, rack: RackSample, remote: Caps) -> tuple[Limits, list[Step]]:
        """The limits that may be told of a reading, and every rule that had a say in them."""
        limits, analog = rack.limits, rack.analog
        if limits is None or analog is None:
            return Limits(rack.at_s, charge_current_limit_a=0.0, discharge_current_limit_a=0.0), []
        steps = [_step(Rule.PACKS, limits)]
        limits, invalid = _valid(limits, analog)
        steps += invalid
        closed = Caps(
            charge_current_a=0.0 if limits.charge_enabled is False else None,
            discharge_current_a=0.0 if limits.discharge_enabled is False else None,
        )
        rules = (
            (closed, Rule.PACKS),
            (self._ceiling(rack), Rule.PRODUCT),
            (self._caps, Rule.USER),
            (remote, Rule.REMOTE),
            (self.window.closed(self._caps, analog.soc_pct), Rule.WINDOW),
        )
        limits, restricted = _all(limits, rules)
        limits, wrong = restrict(limits, _contradiction(limits), Rule.CONTRADICTION)
        return limits, [*steps, *restricted, *_known(wrong)]


def _all(limits: Limits, rules: Iterable[tuple[Caps, Rule]]) -> tuple[Limits, list[Step]]:
    steps: list[Step] = []
    for caps, rule in rules:
        limits, step = restrict(limits, caps, rule)
        steps += _known(step)
    return limits, steps


def _known(step: Step | None) -> list[Step]:
    return [] if step is None else [step]


def _step(rule: Rule, limits: Limits) -> Step:
    return Step(rule, limits.charge_voltage_limit_v, limits.charge_current_limit_a, limits.discharge_current_limit_a)


def _valid(limits: Limits, analog: Analog) -> tuple[Limits, list[Step]]:
    """Currents that can be passed on: 0 where something is unknown that decides them, or no limit at all."""
    blind = analog.pack_voltage_v is None or analog.pack_current_a is None
    voltage_v = positive(limits.charge_voltage_limit_v) or None
    charge_a = positive(None if blind or voltage_v is None else limits.charge_current_limit_a)
    discharge_a = positive(None if blind else limits.discharge_current_limit_a)
    valid = replace(
        limits, charge_voltage_limit_v=voltage_v, charge_current_limit_a=charge_a, discharge_current_limit_a=discharge_a
    )
    return valid, [] if valid == limits else [Step(Rule.INVALID, None, charge_a, discharge_a)]


def _contradiction(limits: Limits) -> Caps:
    """No charge where the voltage to charge to lies at or below the one at which discharging ends."""
    high_v, low_v = limits.charge_voltage_limit_v, limits.discharge_voltage_limit_v
    return Caps(charge_current_a=0.0) if high_v is not None and low_v is not None and high_v <= low_v else Caps()
