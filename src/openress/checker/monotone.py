"""S6 over two runs: whatever restricts, restricts."""

from __future__ import annotations

from openress.checker.breach import Breach
from openress.model import Limits

__all__ = ["loosened"]

_CEILINGS = ("charge_voltage_limit_v", "charge_current_limit_a", "discharge_current_limit_a")
_EPSILON = 1e-9


def loosened(free: Limits, restricted: Limits) -> list[Breach]:
    """Compare the limits of two runs that differ only in a further restriction.

    Args:
        free: without it.
        restricted: with it, for example a cap that a person has set; nothing in it may allow more.
    """
    breaches = []
    for name in _CEILINGS:
        before, after = getattr(free, name), getattr(restricted, name)
        if before is not None and (after is None or not after <= before + _EPSILON):
            breaches.append(Breach("S6", f"A restriction raised {name} from {before} to {after}.", restricted.at_s))
    before, after = free.discharge_voltage_limit_v, restricted.discharge_voltage_limit_v
    if before is not None and (after is None or not after >= before - _EPSILON):
        sentence = f"A restriction lowered discharge_voltage_limit_v from {before} to {after}."
        breaches.append(Breach("S6", sentence, restricted.at_s))
    return breaches
